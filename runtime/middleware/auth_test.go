package middleware_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// whoami answers with the user that a layer has found.
func whoami(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, string(extension[middleware.User](t, r)))
	}
}

func TestBasicAuth(t *testing.T) {
	const challenge = `Basic realm="restricted", charset="UTF-8"`
	const required = "user and password are required"
	check := middleware.Passwords(map[string]string{"ann": "secret", "bob": "geheim:ß", "": "nameless"})
	tests := []struct {
		name   string
		header []string
		set    func(r *http.Request)
		want   string // the user
		detail string // or the problem
	}{
		{"right", nil, func(r *http.Request) { r.SetBasicAuth("ann", "secret") }, "ann", ""},
		{"right, with a colon", nil, func(r *http.Request) { r.SetBasicAuth("bob", "geheim:ß") }, "bob", ""},
		{"right, without a name", nil, func(r *http.Request) { r.SetBasicAuth("", "nameless") }, "", ""},
		{"another's password", nil, func(r *http.Request) { r.SetBasicAuth("ann", "geheim:ß") }, "", "the credentials are wrong"},
		{"a part of the password", nil, func(r *http.Request) { r.SetBasicAuth("ann", "secre") }, "", "the credentials are wrong"},
		{"no password", nil, func(r *http.Request) { r.SetBasicAuth("ann", "") }, "", "the credentials are wrong"},
		{"unknown user", nil, func(r *http.Request) { r.SetBasicAuth("eve", "secret") }, "", "the credentials are wrong"},
		{"case", nil, func(r *http.Request) { r.SetBasicAuth("Ann", "secret") }, "", "the credentials are wrong"},
		{"scheme without case", []string{"bAsIc YW5uOnNlY3JldA=="}, nil, "ann", ""},
		{"nothing", nil, nil, "", required},
		{"another scheme", []string{"Bearer YW5uOnNlY3JldA=="}, nil, "", required},
		{"not base64", []string{"Basic ?"}, nil, "", required},
		{"no colon", []string{"Basic YW5u"}, nil, "", required},
	}
	server := serve(t, middleware.BasicAuth(check)(whoami(t)))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(t, server, "GET", "/", nil)
			if test.header != nil {
				r.Header["Authorization"] = test.header
			}
			if test.set != nil {
				test.set(r)
			}
			answer := send(t, server, r)
			if test.detail == "" {
				if answer.StatusCode != 200 || answer.body != test.want {
					t.Errorf("got %s %s", answer.Status, answer.body)
				}
				return
			}
			wantProblem(t, answer, 401, test.detail)
			if got := answer.Header.Get("Www-Authenticate"); got != challenge {
				t.Errorf("the challenge is %s", got)
			}
		})
	}
}

func TestBearerAuth(t *testing.T) {
	check := middleware.Tokens(map[string]string{"t0ken": "deploy", "other": "backup"})
	tests := []struct {
		name      string
		header    []string
		want      string
		detail    string
		challenge string
	}{
		{"right", []string{"Bearer t0ken"}, "deploy", "", ""},
		{"scheme without case", []string{"bearer other"}, "backup", "", ""},
		{"wrong", []string{"Bearer t0kem"}, "", "the credentials are wrong", `Bearer error="invalid_token"`},
		{"a part", []string{"Bearer t0ke"}, "", "the credentials are wrong", `Bearer error="invalid_token"`},
		{"nothing", nil, "", "credentials are missing", "Bearer"},
		{"another scheme", []string{"Basic t0ken"}, "", "a bearer token is required", "Bearer"},
		{"no token", []string{"Bearer "}, "", "the bearer token is malformed", `Bearer error="invalid_token"`},
		{"two", []string{"Bearer t0ken", "Bearer t0ken"}, "", "the bearer token is malformed", `Bearer error="invalid_token"`},
	}
	server := serve(t, middleware.BearerAuth(check)(whoami(t)))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(t, server, "GET", "/", nil)
			r.Header["Authorization"] = test.header
			answer := send(t, server, r)
			if test.detail == "" {
				if answer.StatusCode != 200 || answer.body != test.want {
					t.Errorf("got %s %s", answer.Status, answer.body)
				}
				return
			}
			wantProblem(t, answer, 401, test.detail)
			if got := answer.Header.Get("Www-Authenticate"); got != test.challenge {
				t.Errorf("the challenge is %s", got)
			}
		})
	}
}

// TestAuthChecks has checks of one's own, with identities and errors of one's
// own.
func TestAuthChecks(t *testing.T) {
	captureLog(t)
	judge := func(name string) (tenant, error) {
		switch name {
		case "known":
			return tenant{name}, nil
		case "expired":
			return tenant{}, runtime.Errorf(401, "the password has expired")
		case "locked":
			return tenant{}, runtime.Errorf(403, "locked")
		case "broken":
			return tenant{}, errors.New("no database")
		}
		return tenant{}, middleware.ErrUnauthorized
	}
	basic := middleware.BasicAuth(func(r *http.Request, username, _ string) (tenant, error) {
		if r.URL.Path != "/x" {
			t.Error("another request")
		}
		return judge(username)
	}, middleware.BasicAuthConfig{Realm: `our "own" \ realm`})
	bearer := middleware.BearerAuth(func(_ *http.Request, token string) (tenant, error) { return judge(token) })
	handler := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, extension[tenant](t, r).name) }
	tests := []struct {
		name       string
		status     int
		body       string
		challenged bool
	}{
		{"known", 200, "known", false},
		{"unknown", 401, `{"title":"Unauthorized","status":401,"detail":"the credentials are wrong"}`, true},
		{"expired", 401, `{"title":"Unauthorized","status":401,"detail":"the password has expired"}`, true},
		{"locked", 403, `{"title":"Forbidden","status":403,"detail":"locked"}`, false},
		{"broken", 500, `{"title":"Internal Server Error","status":500}`, false},
	}
	for _, test := range tests {
		for scheme, l := range map[string]layer{
			`Basic realm="our \"own\" \\ realm", charset="UTF-8"`: basic,
			`Bearer error="invalid_token"`:                        bearer,
		} {
			r := httptest.NewRequest("GET", "/x", nil)
			if strings.HasPrefix(scheme, "Basic") {
				r.SetBasicAuth(test.name, "any")
			} else {
				r.Header.Set("Authorization", "Bearer "+test.name)
			}
			w := httptest.NewRecorder()
			l(http.HandlerFunc(handler)).ServeHTTP(w, r)
			challenge := ""
			if test.challenged {
				challenge = scheme
			}
			if w.Code != test.status || w.Body.String() != test.body || w.Header().Get("Www-Authenticate") != challenge {
				t.Errorf("%s: got %d %s %v", test.name, w.Code, w.Body, w.Header())
			}
		}
	}
}

func TestAuthConfig(t *testing.T) {
	mustPanic(t, "BasicAuth with a check false", func() {
		middleware.BasicAuth[middleware.User](nil)
	})
	mustPanic(t, "BearerAuth without a check", func() { middleware.BearerAuth[middleware.User](nil) })
	mustPanic(t, "the realm", func() {
		middleware.BasicAuth(middleware.Passwords(nil), middleware.BasicAuthConfig{Realm: "a\nb"})
	})
	mustPanic(t, "Passwords with an empty secret of ann", func() { middleware.Passwords(map[string]string{"ann": ""}) })
	mustPanic(t, `the user "a:b", which has a colon`, func() { middleware.Passwords(map[string]string{"a:b": "c"}) })
	mustPanic(t, "Tokens with an empty secret of deploy", func() { middleware.Tokens(map[string]string{"": "deploy"}) })
}

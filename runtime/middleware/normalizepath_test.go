package middleware_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestNormalizePath(t *testing.T) {
	tests := []struct{ target, trimmed, appended string }{
		{"/", "/", "/"},
		{"//", "/", "/"},
		{"/users", "/users", "/users/"},
		{"/users/", "/users", "/users/"},
		{"/users///", "/users", "/users/"},
		{"//users", "/users", "/users/"},
		{"///users//", "/users", "/users/"},
		{"/a//b/", "/a//b", "/a//b/"},
		{"/users/?q=a/&r=//", "/users?q=a/&r=//", "/users/?q=a/&r=//"},
		{"/?", "/?", "/?"},
		{"//example.com/", "/example.com", "/example.com/"},
		{"/a%2F/", "/a%2F", "/a%2F/"},
		{"/a%2F", "/a%2F", "/a%2F/"},
		{"/%2Fa%2f//", "/%2Fa%2f", "/%2Fa%2f/"},
		{"/a%20b/", "/a%20b", "/a%20b/"},
		{"/%C3%A4/", "/%C3%A4", "/%C3%A4/"},
		{"*", "*", "*"},
	}
	for _, test := range tests {
		for _, appends := range []bool{false, true} {
			want := test.trimmed
			if appends {
				want = test.appended
			}
			called := false
			handler := func(_ http.ResponseWriter, r *http.Request) {
				called = true
				if got := r.URL.RequestURI(); got != want {
					t.Errorf("%s, append %t: got %s, want %s", test.target, appends, got, want)
				}
				if decoded, err := url.PathUnescape(r.URL.EscapedPath()); decoded != r.URL.Path || err != nil {
					t.Errorf("%s: path %q and raw path %q differ", test.target, r.URL.Path, r.URL.RawPath)
				}
				if r.RequestURI != test.target {
					t.Errorf("%s: the original is %s", test.target, r.RequestURI)
				}
			}
			r := httptest.NewRequest("GET", "/", nil)
			u, err := url.ParseRequestURI(test.target)
			if err != nil {
				t.Fatal(err)
			}
			before := *u
			r.URL, r.RequestURI = u, test.target
			middleware.NormalizePath(middleware.NormalizePathConfig{Append: appends})(http.HandlerFunc(handler)).
				ServeHTTP(httptest.NewRecorder(), r)
			if !called || *u != before {
				t.Errorf("%s: called %t, the URL outside is %v", test.target, called, u)
			}
		}
	}
}

// TestNormalizePathAroundRouter looks for redirects, and for who they would send
// where.
func TestNormalizePathAroundRouter(t *testing.T) {
	router := runtime.NewRouter()
	router.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.PathValue("id")) })
	router.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "root") })
	router.HandleFunc("GET /{host}", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.PathValue("host")) })
	server := serve(t, middleware.NormalizePath()(router))
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]string{
		"/users/7/":      "7",
		"/users/a%2Fb//": "a/b",
		"//users/7":      "7",
		"/":              "root",
		"//":             "root",
		"//example.com/": "example.com",
		"//example.com":  "example.com",
	} {
		if answer := get(t, server, path); answer.StatusCode != 200 || answer.body != want {
			t.Errorf("%s: got %s %q, Location %q", path, answer.Status, answer.body, answer.Header.Get("Location"))
		}
	}
	answer := get(t, server, "//example.com//x/..//")
	if location := answer.Header.Get("Location"); strings.HasPrefix(location, "//") || strings.Contains(location, ":") {
		t.Errorf("redirected to %s", location)
	}
}

// TestNormalizePathConnect leaves alone what has no path.
func TestNormalizePathConnect(t *testing.T) {
	r := httptest.NewRequest("CONNECT", "/", nil)
	r.URL = &url.URL{Host: "example.com:443"}
	handler := func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "" {
			t.Errorf("got %q", r.URL.Path)
		}
	}
	middleware.NormalizePath(middleware.NormalizePathConfig{Append: true})(http.HandlerFunc(handler)).ServeHTTP(nil, r)
}

// FuzzNormalizePath looks at what must be true of every path.
func FuzzNormalizePath(f *testing.F) {
	for _, target := range []string{"/", "//", "/a/", "//a//b//", "/%2F/", "/a%2f", "/%", "/\\x/", "/ä/", "/a;b/?c", "/%2F "} {
		f.Add(target, true)
		f.Add(target, false)
	}
	f.Fuzz(func(t *testing.T, target string, appends bool) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(u.Path, "/") {
			t.Skip()
		}
		normalize := middleware.NormalizePath(middleware.NormalizePathConfig{Append: appends})
		once := through(normalize, u)
		raw := once.EscapedPath()
		if strings.HasPrefix(raw, "//") || raw != "/" && strings.HasSuffix(raw, "/") != appends || strings.HasSuffix(raw, "//") {
			t.Errorf("%q becomes %q", target, raw)
		}
		if strings.Trim(raw, "/") != strings.Trim(u.EscapedPath(), "/") || once.RawQuery != u.RawQuery {
			t.Errorf("%q becomes %q", target, once)
		}
		if twice := through(normalize, once); *twice != *once {
			t.Errorf("%q becomes %q, and that %q", target, once, twice)
		}
	})
}

// through returns the URL that a handler behind a layer gets.
func through(l layer, u *url.URL) *url.URL {
	r := httptest.NewRequest("GET", "/", nil)
	r.URL = u
	l(http.HandlerFunc(func(_ http.ResponseWriter, inside *http.Request) { r = inside })).ServeHTTP(nil, r)
	return r.URL
}

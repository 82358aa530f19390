package runtime

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
)

// patternsOnly is a Mux that notes the patterns.
type patternsOnly struct {
	patterns []string
	handlers map[string]http.Handler
}

func (m *patternsOnly) Handle(pattern string, h http.Handler) {
	m.patterns = append(m.patterns, pattern)
	if m.handlers == nil {
		m.handlers = map[string]http.Handler{}
	}
	m.handlers[pattern] = h
}

// patternsOfChi is one that has the method by which chi is known.
type patternsOfChi struct{ patternsOnly }

func (m *patternsOfChi) Method(method, pattern string, h http.Handler) {
	m.Handle(method+" "+pattern, h)
}

func TestRegisterOrder(t *testing.T) {
	router := NewRouter().Handle("/a/{x}", tell("any")).Handle("GET /a/{y}", tell("get")).Handle("HEAD /a/{z}", tell("head")).
		Handle("POST /b/{rest...}", tell("post")).Handle("/b/", tell("b")).Handle("/{$}", tell("root")).Handle("GET /c/{$}", tell("c")).
		Handle("/%C3%A4/b", tell("ä"))
	var plain patternsOnly
	router.Register(&plain)
	want := []string{"HEAD /a/{z}", "GET /a/{y}", "POST /b/{rest...}", "GET /c/{$}", "/a/{x}", "/b/", "/{$}", "/%C3%A4/b"}
	if !slices.Equal(plain.patterns, want) {
		t.Errorf("got %q, want %q", plain.patterns, want)
	}
	var chi patternsOfChi
	router.Register(&chi)
	want = []string{
		"/a/{x}", "/b/*", "/", "/ä/b", "/%C3%A4/b", "HEAD /a/{y}", "GET /a/{y}", "POST /b/*", "HEAD /c/", "GET /c/", "HEAD /a/{z}",
	}
	if !slices.Equal(chi.patterns, want) {
		t.Errorf("got %q, want %q", chi.patterns, want)
	}
}

// TestChiRoute plays the part of chi, in versions that set the pattern of the
// request and in those that do not.
func TestChiRoute(t *testing.T) {
	var chi patternsOfChi
	NewRouter().Handle("GET /a/{id}/{rest...}", tell("it")).Handle("/{$}", tell("root")).Register(&chi)
	tests := []struct {
		route, pattern string
		target         string
		values         [2]string // {id}, *
		want           string
	}{
		{"GET /a/{id}/*", "/a/{id}/*", "/a/1/2", [2]string{"1", "2"}, `200 it sees /a/1/2 of /a/1/2 at "/a/{id}/{rest...}" id=1 rest=2`},
		{"GET /a/{id}/*", "/p/a/{id}/*", "/p/a/1/2", [2]string{"1", "2"}, `200 it sees /a/1/2 of /p/a/1/2 at "/p/a/{id}/{rest...}" id=1 rest=2`},
		{"GET /a/{id}/*", "", "/a/%25/%2F%20", [2]string{"%25", "%2F%20"}, `200 it sees /a/%25/%2F%20 of /a/%25/%2F%20 at "/a/{id}/{rest...}" id=% rest=/ `},
		{"GET /a/{id}/*", "/a/{id}/*", "/a/%25/2", [2]string{"%", "2"}, `200 it sees /a/%25/2 of /a/%25/2 at "/a/{id}/{rest...}" id=% rest=2`},
		{"GET /a/{id}/*", "/a/{id}/*", "/a//2", [2]string{"", "2"}, `404 {"title":"Not Found","status":404,"detail":"no route has this path"}`},
		{"/", "/p", "/p/", [2]string{}, `200 root sees / of /p/ at "/p/{$}"`},
		{"/", "/", "/", [2]string{}, `200 root sees / of / at "/{$}"`},
		{"/", "", "/", [2]string{}, `200 root sees / of / at "/{$}"`},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", test.target, nil)
		r.Pattern = test.pattern
		r.SetPathValue("id", test.values[0])
		r.SetPathValue("*", test.values[1])
		w := httptest.NewRecorder()
		chi.handlers[test.route].ServeHTTP(w, r)
		if got := fmt.Sprint(w.Code, " ", w.Body); got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.pattern, test.target, got, test.want)
		}
	}
}

// TestRegisterBelow plays the part of an adapter to a router with prefixes.
func TestRegisterBelow(t *testing.T) {
	var mux patternsOnly
	files := NewRouter().Handle("/", tell("files"))
	NewRouter().Handle("GET /a/{id}", tell("a")).Handle("GET  example.com/h", tell("host")).Nest("/f/{org}", files).Register(&mux)
	tests := []struct{ route, pattern, target, want string }{
		{"GET /a/{id}", "GET /a/{id}", "/a/1", `200 a sees /a/1 of /a/1 at "/a/{id}"`},
		{"GET /a/{id}", "GET /p/{x}/a/{id}", "/p/1%2F2/a/3%2F4", `200 a sees /a/3%2F4 of /p/1%2F2/a/3%2F4 at "/p/{x}/a/{id}"`},
		{"GET /a/{id}", "GET /{x:[a-z/]{2}}/a/{id}", "/p/a/1", `200 a sees /a/1 of /p/a/1 at "/{x:[a-z/]{2}}/a/{id}"`},
		{"GET /a/{id}", "", "/p/a/1", `200 a sees /p/a/1 of /p/a/1 at ""`},
		{"GET /a/{id}", "/p/", "/a/1", `200 a sees /a/1 of /a/1 at "/p/"`}, // of a mux outside
		{"GET  example.com/h", "GET  example.com/h", "/h", `200 host sees /h of /h at "/h"`},
		{"/f/{org}/", "/p/f/{org}/", "/p/f/1/2/3", `200 files sees /2/3 of /p/f/1/2/3 at "/p/f/{org}/"`},
		{"/f/{org}/", "/f/{org}/", "/f/1/2/3", `200 files sees /2/3 of /f/1/2/3 at "/f/{org}/"`},
	}
	for _, test := range tests {
		r := httptest.NewRequest("GET", test.target, nil)
		r.Pattern = test.pattern
		w := httptest.NewRecorder()
		mux.handlers[test.route].ServeHTTP(w, r)
		if got := fmt.Sprint(w.Code, " ", w.Body); got != test.want {
			t.Errorf("%s, %s: got %s, want %s", test.pattern, test.target, got, test.want)
		}
		if r.URL.Path == "" || r.URL.String() != test.target {
			t.Errorf("%s: outside, %s has become %s", test.pattern, test.target, r.URL)
		}
	}
}

func TestRegisterRefuses(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("GET /a/{b}", tell("it"))
	wantPanic(t, func() { NewRouter().Handle("GET /a/{id}", tell("it")).Register(mux) },
		`register route "GET /a/{id}" (added at `, "register_test.go:", `conflicts with pattern "GET /a/{b}"`)
	wantPanic(t, func() { NewRouter().Handle("example.com/a", tell("it")).Register(&patternsOfChi{}) }, "no hosts", "example.com")
	wantPanic(t, func() { NewRouter().Handle("/a%2F", tell("it")).Register(&patternsOfChi{}) }, "no segments with /")
	wantPanic(t, func() { NewRouter().Register(nil) }, "runtime: register: nil router")
}

package runtime

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// TestPrecedence is a table of routes, paths and which route wins, in whatever
// order the routes were added and however they came together.
func TestPrecedence(t *testing.T) {
	tests := []struct {
		routes string
		wins   map[string]string // request path, pattern or status
	}{
		{"/{key} /foo", map[string]string{"/foo": "/foo", "/fo": "/{key}", "/": "404", "/foo/": "404"}},
		{"/users/me /users/{id}", map[string]string{"/users/me": "/users/me", "/users/meh": "/users/{id}", "/users/%6De": "/users/me", "/users/ME": "/users/{id}"}},
		{"/posts/{y}/{m}/index /posts/{y}/{m}/{post}", map[string]string{
			"/posts/1/2/index": "/posts/{y}/{m}/index", "/posts/1/2/3": "/posts/{y}/{m}/{post}",
		}},
		{"/{k...} /x/{k...}", map[string]string{"/x/": "/x/{k...}", "/x/y": "/x/{k...}", "/": "/{k...}", "/y/x": "/{k...}"}},
		{"/{o}/{id} /secret/{id}/path", map[string]string{"/secret/1": "/{o}/{id}", "/secret/1/path": "/secret/{id}/path"}},
		{"/path/foo/{a} /path/{r...}", map[string]string{
			"/path/foo/1": "/path/foo/{a}", "/path/foo/1/2": "/path/{r...}", "/path/foo/": "/path/{r...}", "/path/": "/path/{r...}",
		}},
		{"/x/{r...}", map[string]string{"/x": "307", "/x/": "/x/{r...}", "/x//": "307"}},
		{"/a /a/", map[string]string{"/a": "/a", "/a/": "/a/", "/a/b": "/a/", "//a": "307", "/A": "404"}},
		{"/a", map[string]string{"/a/": "404", "/a": "/a", "/a/..": "307", "/b/../a": "307"}},
		{"/{k}/method", map[string]string{"//method": "307", "/a%2Fb/method": "/{k}/method"}},
		{"GET-/x /x", map[string]string{"/x": "GET /x"}},
		{"GET-/x/{id} POST-/{a}/{b}", map[string]string{"/x/1": "GET /x/{id}", "/y/1": "405"}},
	}
	tell := func(w http.ResponseWriter, r *http.Request) { WriteText(w, http.StatusOK, r.Pattern) }
	for _, test := range tests {
		var patterns []string
		for text := range strings.FieldsSeq(test.routes) {
			patterns = append(patterns, strings.Replace(text, "-", " ", 1))
		}
		forwards, backwards, merged, nested := NewRouter(), NewRouter(), NewRouter(), NewRouter()
		for _, pattern := range patterns {
			forwards.HandleFunc(pattern, tell)
			merged.Merge(NewRouter().HandleFunc(pattern, tell))
		}
		for _, pattern := range slices.Backward(patterns) {
			backwards.HandleFunc(pattern, tell)
			nested.Nest("/n", NewRouter().HandleFunc(pattern, tell))
		}
		for path, want := range test.wins {
			routers := map[string]*Router{"forwards": forwards, "backwards": backwards, "merged": merged, "nested": nested}
			for name, router := range routers {
				target := path
				if name == "nested" {
					target = "/n" + path
				}
				w := httptest.NewRecorder()
				router.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
				got := w.Body.String()
				if w.Code != http.StatusOK {
					got = ask(router, "GET", target)[:3]
				}
				if name == "nested" {
					got = strings.Replace(got, "/n/", "/", 1)
				}
				if got != want {
					t.Errorf("%s, %s: %s: got %s, want %s", test.routes, name, path, got, want)
				}
			}
		}
	}
}

// TestWhatConflicts says of pairs of routes whether one router can have both.
func TestWhatConflicts(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"/{a}", "/{b}", true},
		{"/{a}/x", "/{b}/y", false},
		{"/{id}", "/{p...}", false},
		{"/foo", "/{p...}", false},
		{"GET /x", "GET /x", true},
		{"GET /x", "POST /x", false},
		{"GET /x", "/x", false},
		{"GET /x", "HEAD /x", false},
		{"/{a}/x", "/y/{b}", true},
		{"GET /{a}", "/x", true},
		{"example.com/x", "/x", false},
		{"example.com/{a}", "/x", false},
		{"/x/", "/x/{rest...}", true},
		{"/x/{$}", "/x/", false},
	}
	add := map[string]func(a, b *Router) *Router{
		"Merge": func(a, b *Router) *Router { return NewRouter().Merge(a, b) },
		"Nest":  func(a, b *Router) *Router { return NewRouter().Nest("/n", a).Nest("/n/", b) },
		"both":  func(a, b *Router) *Router { return NewRouter().Nest("/n", a).Merge(NewRouter().Nest("/n", b)) },
	}
	for _, test := range tests {
		for name, add := range add {
			a, b := NewRouter().Handle(test.a, tell("a")), NewRouter().Handle(test.b, tell("b"))
			if got := panics(func() { add(a, b) }); got != test.want {
				t.Errorf("%s: %s and %s: a conflict is %t, want %t", name, test.a, test.b, got, test.want)
			}
		}
	}
}

// TestAllow reads the header Allow of what many routers refuse together.
func TestAllow(t *testing.T) {
	on := func(patterns ...string) *Router {
		router := NewRouter()
		for _, pattern := range patterns {
			router.Handle(pattern, tell("it"))
		}
		return router
	}
	tests := []struct {
		router *Router
		method string
		path   string
		want   string
	}{
		{on("PUT /x", "GET /x", "PATCH /x"), "POST", "/x", "GET, HEAD, PATCH, PUT"},
		{on("PUT /x").Merge(on("PATCH /x"), on("GET /x")), "POST", "/x", "GET, HEAD, PATCH, PUT"},
		{on("PUT /n/x").Nest("/n", on("GET /x").Nest("/x", on("DELETE /{$}"))), "POST", "/n/x", "DELETE, GET, HEAD, PUT"},
		{on("PUT /{a}").Merge(on("GET /x")), "POST", "/x", "GET, HEAD, PUT"},
		{on("HEAD /x"), "GET", "/x", "HEAD"},
		{on("GET /x"), "OPTIONS", "/x", "GET, HEAD"},
		{on("QUERY /x", "BREW /x"), "GET", "/x", "BREW, QUERY"},
		{on("PUT /x/"), "GET", "/x", "PUT"},
		{on("PUT example.com/x", "GET /x"), "POST", "/x", "GET, HEAD, PUT"},
		{on("PUT /x").MethodNotAllowed(answerWith(405, "no")), "GET", "/x", "PUT"},
		{on("PUT /x").Layer(mark("a")), "GET", "/x", "PUT"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		test.router.ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
		if got := w.Header()["Allow"]; w.Code != 405 || len(got) != 1 || got[0] != test.want {
			t.Errorf("%v: %s %s: got %d, Allow: %q, want %s", slices.Collect(test.router.Routes()), test.method, test.path, w.Code, got, test.want)
		}
	}
}

package runtime

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// mark returns a layer that adds its name to the header Layers, and the path
// that it sees.
func mark(name string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Layers", name+r.URL.Path)
			next.ServeHTTP(w, r)
		})
	}
}

// answerWith returns a handler that answers with a status and its name.
func answerWith(status int, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, name, r.URL.Path)
	}
}

// A layered is a request through layers, and "layers status body" of its answer. The body of
// a problem document is left out.
type layered struct{ method, path, want string }

func (e layered) check(t *testing.T, h http.Handler) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(e.method, e.path, nil))
	got := fmt.Sprint(strings.Join(w.Header()["Layers"], " "), " ", w.Code)
	if w.Header().Get("Content-Type") != "application/problem+json" {
		got += " " + strings.TrimSpace(w.Body.String())
	}
	if got = strings.TrimSpace(got); got != e.want {
		t.Errorf("%s %s: got %q, want %q", e.method, e.path, got, e.want)
	}
}

func TestLayers(t *testing.T) {
	a, b, c := mark("a"), mark("b"), mark("c")
	h := func(name string) http.Handler { return answerWith(200, name) }
	tests := []struct {
		name      string
		router    *Router
		exchanges []layered
	}{
		{"around routes and misses", NewRouter().Handle("GET /x", h("x")).Layer(a), []layered{
			{"GET", "/x", "a/x 200 x/x"},
			{"HEAD", "/x", "a/x 200 x/x"}, // no server to take the body away
			{"POST", "/x", "a/x 405"},
			{"GET", "/y", "a/y 404"},
			{"CONNECT", "/y", "a/y 404"},
		}},
		{"what is added later is bare", NewRouter().Handle("GET /x", h("x")).Layer(a).Handle("GET /y", h("y")), []layered{
			{"GET", "/x", "a/x 200 x/x"},
			{"GET", "/y", "200 y/y"},
			{"POST", "/x", "a/x 405"},
			{"POST", "/y", "405"},
			{"GET", "/z", "a/z 404"},
		}},
		{"the last is outermost", NewRouter().Handle("GET /x", h("x")).Layer(a).Layer(b).Layer(c), []layered{
			{"GET", "/x", "c/x b/x a/x 200 x/x"},
			{"POST", "/x", "c/x b/x a/x 405"},
			{"GET", "/y", "c/y b/y a/y 404"},
		}},
		{"in one call the first is outermost", NewRouter().Handle("GET /x", h("x")).Layer(a, b, c).Layer(), []layered{
			{"GET", "/x", "a/x b/x c/x 200 x/x"},
			{"POST", "/x", "a/x b/x c/x 405"},
			{"GET", "/y", "a/y b/y c/y 404"},
		}},
		{"route layers for routes alone", NewRouter().Handle("GET /x", h("x")).Fallback(h("fallback")).RouteLayer(a, b), []layered{
			{"GET", "/x", "a/x b/x 200 x/x"},
			{"POST", "/x", "405"},
			{"GET", "/y", "200 fallback/y"},
		}},
		{"route layers and layers", NewRouter().Handle("GET /x", h("x")).RouteLayer(a).Layer(b).Handle("GET /y", h("y")).RouteLayer(c), []layered{
			{"GET", "/x", "c/x b/x a/x 200 x/x"},
			{"POST", "/x", "b/x 405"},
			{"GET", "/y", "c/y 200 y/y"},
			{"POST", "/y", "405"},
			{"GET", "/z", "b/z 404"},
		}},
		{"a fallback is layered if it was there", NewRouter().Fallback(h("fallback")).Layer(a), []layered{
			{"GET", "/y", "a/y 200 fallback/y"},
			{"BREW", "/y", "a/y 200 fallback/y"},
		}},
		{"a later fallback is bare", NewRouter().Layer(a).Fallback(h("fallback")), []layered{
			{"GET", "/y", "200 fallback/y"},
		}},
		{"a refusal is layered if it was there", NewRouter().Handle("GET /x", h("x")).MethodNotAllowed(h("no")).Layer(a).Handle("GET /y", h("y")), []layered{
			{"POST", "/x", "a/x 200 no/x"},
			{"POST", "/y", "200 no/y"},
			{"GET", "/z", "a/z 404"},
		}},
		{"a later refusal is bare", NewRouter().Handle("GET /x", h("x")).Layer(a).MethodNotAllowed(h("no")).Handle("GET /y", h("y")), []layered{
			{"GET", "/x", "a/x 200 x/x"},
			{"POST", "/x", "200 no/x"},
			{"POST", "/y", "200 no/y"},
		}},
		{"the inner router's layers see the rest of the path", NewRouter().Handle("GET /x", h("x")).
			Nest("/n", NewRouter().Handle("GET /x", h("inner")).Layer(b, c)).Layer(a), []layered{
			{"GET", "/n/x", "a/n/x b/x c/x 200 inner/x"},
			{"POST", "/n/x", "a/n/x b/x c/x 405"},
			{"GET", "/x", "a/x 200 x/x"},
			{"GET", "/n/y", "a/n/y 404"}, // without b and c, which were around another 404
			{"GET", "/y", "a/y 404"},
		}},
		{"the inner router's fallback keeps its layers", NewRouter().
			Nest("/n", NewRouter().Handle("GET /x", h("inner")).Fallback(h("fallback")).Layer(b)).Layer(a), []layered{
			{"GET", "/n/y", "a/n/y b/y 200 fallback/y"},
			{"GET", "/n", "a/n b/ 200 fallback/"},
			{"GET", "/y", "a/y 404"},
		}},
		{"what is nested later is bare", NewRouter().Handle("GET /x", h("x")).Layer(a).
			Nest("/n", NewRouter().Handle("GET /x", h("inner")).Fallback(h("fallback")).Layer(b)), []layered{
			{"GET", "/n/x", "b/x 200 inner/x"},
			{"POST", "/n/x", "b/x 405"},
			{"GET", "/n/y", "b/y 200 fallback/y"},
			{"GET", "/y", "a/y 404"},
		}},
		{"merged: private layers stay private", NewRouter().Handle("GET /x", h("x")).
			Merge(NewRouter().Handle("GET /p", h("private")).Layer(a)), []layered{
			{"GET", "/p", "a/p 200 private/p"},
			{"POST", "/p", "a/p 405"},
			{"GET", "/x", "200 x/x"},
			{"POST", "/x", "405"},
			{"GET", "/y", "404"},
		}},
		{"merged: the receiver keeps its 404", NewRouter().Handle("GET /p", h("private")).Layer(a).
			Merge(NewRouter().Handle("GET /x", h("x"))), []layered{
			{"GET", "/x", "200 x/x"},
			{"GET", "/y", "a/y 404"},
		}},
		{"merged: one fallback survives with its layers", NewRouter().Handle("GET /p", h("private")).Layer(a).
			Merge(NewRouter().Handle("GET /x", h("x")).Fallback(h("fallback")).Layer(b)).Layer(c), []layered{
			{"GET", "/p", "c/p a/p 200 private/p"},
			{"GET", "/x", "c/x b/x 200 x/x"},
			{"GET", "/y", "c/y b/y 200 fallback/y"},
		}},
		{"merged: the receiver's fallback survives", NewRouter().Fallback(h("fallback")).Layer(a).
			Merge(NewRouter().Handle("GET /x", h("x")).Layer(b)), []layered{
			{"GET", "/x", "b/x 200 x/x"},
			{"GET", "/y", "a/y 200 fallback/y"},
		}},
		{"redirects have no layers", NewRouter().Handle("GET /x/", h("x")).Layer(a), []layered{
			{"GET", "/x", `307 <a href="/x/">Temporary Redirect</a>.`},
			{"GET", "/x/", "a/x/ 200 x/x/"},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, e := range test.exchanges {
				e.check(t, test.router)
			}
		})
	}
}

// TestLayerSees looks at what a layer knows of the request, and what it cannot
// change any more.
func TestLayerSees(t *testing.T) {
	var seen []string
	look := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = append(seen, fmt.Sprintf("%q %q id=%q", ReadMatchedPath(r), r.URL, r.PathValue("id")))
			r = r.Clone(r.Context())
			r.URL.Path = "/x/other"
			next.ServeHTTP(w, r)
		})
	}
	inner := NewRouter().Handle("GET /users/{id}", tell("user")).Handle("GET /other", tell("other")).Layer(look)
	router := NewRouter().Nest("/api", inner).Layer(look)
	ask(router, "GET", "/api/users/7")
	if got := ask(router, "POST", "/api/users/7"); !strings.HasPrefix(got, "405") {
		t.Errorf("got %s", got)
	}
	ask(router, "GET", "/api/none/7")
	want := []string{
		`"/api/users/{id}" "/api/users/7" id="7"`, `"/api/users/{id}" "/other" id="7"`,
		`"" "/api/users/7" id="7"`, `"" "/other" id="7"`,
		`"" "/api/none/7" id=""`,
	}
	if got := strings.Join(seen, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("the layers see\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
	if got := ask(router, "GET", "/api/users/7"); !strings.HasPrefix(got, "200 user sees /x/other of /api/users/7 ") {
		t.Errorf("got %s", got)
	}
}

// TestLayerInstances counts how often a layer is made.
func TestLayerInstances(t *testing.T) {
	made := 0
	count := func(h http.Handler) http.Handler { made++; return h }
	router := NewRouter().Handle("GET /a", tell("a")).Handle("GET /b", tell("b"))
	router.Layer(count)
	if made != 4 { // the routes, their 405, the 404
		t.Errorf("made %d times by Layer", made)
	}
	router.RouteLayer(count)
	if made != 6 {
		t.Errorf("made %d times with RouteLayer", made)
	}
	for range 3 {
		ask(router, "GET", "/a")
		ask(router, "GET", "/c")
	}
	NewRouter().Nest("/n", router).Merge(router)
	if made != 6 {
		t.Errorf("made %d times after serving and nesting", made)
	}
}

func TestLayerRefuses(t *testing.T) {
	router := NewRouter().Handle("GET /a", tell("a"))
	nothing := func(http.Handler) http.Handler { return nil }
	wantPanic(t, func() { router.Layer(mark("a"), nil) }, "layer 2 is nil")
	wantPanic(t, func() { router.RouteLayer(nil) }, "layer 1 is nil")
	wantPanic(t, func() { router.Layer(nothing) }, "returned a nil handler")
	wantPanic(t, func() { NewRouter().RouteLayer(mark("a")) }, "RouteLayer before any route", "add the routes first")
	wantPanic(t, func() { NewRouter().Fallback(tell("it")).RouteLayer(mark("a")) }, "RouteLayer before any route")
	wantPanic(t, func() { router.Fallback(nil) }, "nil Fallback")
	wantPanic(t, func() { router.Fallback(http.HandlerFunc(nil)) }, "nil Fallback")
	wantPanic(t, func() { router.HandleFunc("/b", nil) }, `route "/b": nil handler`)
	wantPanic(t, func() { router.MethodNotAllowed(nil) }, "nil MethodNotAllowed")
}

// TestLayerWithContextOfItsOwn drops what the router put into the context.
func TestLayerWithContextOfItsOwn(t *testing.T) {
	forget := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(context.Background()))
		})
	}
	router := NewRouter().Handle("GET /a", tell("a")).Layer(forget)
	outer := NewRouter().Nest("/n", router).MethodNotAllowed(tell("outer"))
	for request, want := range map[string]string{"GET /b": "404", "PUT /a": "405"} {
		method, path, _ := strings.Cut(request, " ")
		if got := ask(router, method, path); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got %s, want %s", request, got, want)
		}
	}
	if got := ask(outer, "PUT", "/n/a"); !strings.HasPrefix(got, "405") {
		t.Errorf("got %s", got)
	}
}

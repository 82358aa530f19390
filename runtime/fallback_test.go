package runtime

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// values returns a handler that answers with its name, the path that it sees,
// the one that was asked for, and the header Allow that is set already.
func values(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.TrimSpace(strings.Join([]string{
			name, r.URL.Path, ReadOriginalURL(r).Value.Path, r.Pattern, w.Header().Get("Allow"), r.PathValue("org"), r.PathValue("id"),
		}, " ")))
	}
}

func TestFallback(t *testing.T) {
	api := func() *Router { return NewRouter().Handle("GET /users/{id}", values("user")) }
	tests := []struct {
		name      string
		router    *Router
		exchanges []layered
	}{
		{"for every method and path", api().Fallback(values("fallback")), []layered{
			{"GET", "/", "200 fallback / /"},
			{"BREW", "/x/y", "200 fallback /x/y /x/y"},
			{"CONNECT", "/x", "200 fallback /x /x"},
			{"GET", "/users/7", "200 user /users/7 /users/7 GET /users/{id}   7"},
			{"POST", "/users/7", "405"},
			{"GET", "/users/7/", "200 fallback /users/7/ /users/7/"},
		}},
		{"not for a path with routes", NewRouter().Handle("GET /{$}", values("root")).Fallback(values("fallback")), []layered{
			{"POST", "/", "405"},
			{"POST", "/x", "200 fallback /x /x"},
		}},
		{"in any order", NewRouter().Fallback(values("fallback")).Handle("GET /{id}", values("id")), []layered{
			{"GET", "/x", "200 id /x /x GET /{id}   x"},
			{"GET", "/x/y", "200 fallback /x/y /x/y"},
		}},
		{"the second replaces the first", NewRouter().Fallback(values("first")).Layer(mark("a")).Fallback(values("second")), []layered{
			{"GET", "/x", "200 second /x /x"},
		}},
		{"a nested router inherits", NewRouter().Nest("/api", api()).Fallback(values("outer")), []layered{
			{"GET", "/api/x", "200 outer /api/x /api/x"},
			{"GET", "/api", "200 outer /api /api"},
		}},
		{"a nested router's own", NewRouter().Nest("/api", api().Fallback(values("inner"))).Fallback(values("outer")), []layered{
			{"GET", "/api/x", "200 inner /x /api/x"},
			{"PUT", "/api/x?q", "200 inner /x /api/x"},
			{"GET", "/api", "200 inner / /api"},
			{"GET", "/api/", "200 inner / /api/"},
			{"GET", "/apis", "200 outer /apis /apis"},
			{"GET", "/", "200 outer / /"},
			{"POST", "/api/users/7", "405"},
		}},
		{"a nested router's own alone", NewRouter().Nest("/api", api().Fallback(values("inner"))), []layered{
			{"GET", "/api/x", "200 inner /x /api/x"},
			{"GET", "/x", "404"},
		}},
		{"the longest prefix wins", NewRouter().
			Nest("/a", NewRouter().Fallback(values("a")).Nest("/b", NewRouter().Fallback(values("b")))).
			Nest("/{org}", NewRouter().Fallback(values("org"))).
			Nest("/a/b/c", NewRouter().Fallback(values("c"))).
			Nest("/{org}/{id}/d", NewRouter().Fallback(values("d"))), []layered{
			{"GET", "/a/x", "200 a /x /a/x"},
			{"GET", "/a/b/x", "200 b /x /a/b/x"},
			{"GET", "/a/b/c/x", "200 c /x /a/b/c/x"},
			{"GET", "/a/b/d/x", "200 d /x /a/b/d/x   a b"},
			{"GET", "/z/x", "200 org /x /z/x   z"},
			{"GET", "/z%2Fa/x%2Fy", "200 org /x/y /z/a/x/y   z/a"},
			{"GET", "/z", "200 org / /z   z"},
			{"GET", "/", "404"},
		}},
		{"a literal wins over a wildcard", NewRouter().
			Nest("/{org}/x", NewRouter().Fallback(values("wildcard"))).
			Nest("/a/{id}", NewRouter().Fallback(values("literal"))), []layered{
			{"GET", "/a/x/z", "200 literal /z /a/x/z    x"},
			{"GET", "/b/x/z", "200 wildcard /z /b/x/z   b"},
		}},
		{"a route of the outer router is none of the inner one's misses", NewRouter().
			Nest("/api", api().Fallback(values("inner"))).Handle("GET /", values("all")), []layered{
			{"GET", "/api/x", "200 all /api/x /api/x GET /"},
			{"POST", "/api/x", "405"},
		}},
		{"merging keeps the fallbacks of nested routers", NewRouter().
			Merge(NewRouter().Nest("/api", api().Fallback(values("inner")))).Nest("/v1", NewRouter().Nest("/api", api().Fallback(values("v1")))), []layered{
			{"GET", "/api/x", "200 inner /x /api/x"},
			{"GET", "/v1/api/x", "200 v1 /x /v1/api/x"},
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

func TestMethodNotAllowed(t *testing.T) {
	get := func(path string) *Router { return NewRouter().Handle("GET "+path, values("route")) }
	refused := get("/x").MethodNotAllowed(values("inner"))
	tests := []struct {
		name      string
		router    *Router
		exchanges []layered
	}{
		{"for all routes", get("/x").MethodNotAllowed(values("no")).Handle("PUT /y/{id}", values("route")), []layered{
			{"POST", "/x", "200 no /x /x  GET, HEAD"},
			{"GET", "/y/7", "200 no /y/7 /y/7  PUT  7"},
			{"GET", "/z", "404"},
		}},
		{"without a slash", NewRouter().Handle("POST /x/", values("route")).MethodNotAllowed(values("no")), []layered{
			{"GET", "/x", "200 no /x /x  POST"},
			{"GET", "/x/y", "200 no /x/y /x/y  POST"},
		}},
		{"a host and CONNECT", NewRouter().Handle("POST example.com/x", values("route")).Handle("CONNECT example.com/y", values("route")).
			MethodNotAllowed(values("no")), []layered{
			{"GET", "/x", "200 no /x /x  POST"},
			{"GET", "/y", "200 no /y /y  CONNECT"},
		}},
		{"the second replaces the first", refused.Layer(mark("a")).MethodNotAllowed(values("inner")), []layered{
			{"POST", "/x", "200 inner /x /x  GET, HEAD"},
		}},
		{"a nested router inherits", NewRouter().Nest("/n/{org}", get("/x").Layer(mark("b"))).
			MethodNotAllowed(values("outer")).Nest("/m", get("/x").Layer(mark("b"))).Layer(mark("a")), []layered{
			{"POST", "/n/1/x", "a/n/1/x b/x 200 outer /n/1/x /n/1/x  GET, HEAD 1"},
			{"POST", "/m/x", "a/m/x b/x 200 outer /m/x /m/x  GET, HEAD"},
		}},
		{"a nested router's own", NewRouter().Nest("/n", refused).MethodNotAllowed(values("outer")).Handle("PUT /y", values("y")), []layered{
			{"POST", "/n/x", "200 inner /x /n/x  GET, HEAD"},
			{"POST", "/y", "200 outer /y /y  PUT"},
		}},
		{"the nearest of three", NewRouter().Nest("/o", NewRouter().Nest("/m", get("/x").Layer(mark("a"))).MethodNotAllowed(values("middle"))).
			MethodNotAllowed(values("outer")), []layered{
			{"POST", "/o/m/x", "a/x 200 middle /m/x /o/m/x  GET, HEAD"},
		}},
		{"several routers have the path", get("/x").
			Merge(NewRouter().Handle("PUT /x", values("put")).Layer(mark("a"))).
			Merge(NewRouter().Handle("DELETE /x", values("delete")).MethodNotAllowed(values("delete's")).Layer(mark("b"))).
			Merge(NewRouter().Handle("PATCH /x", values("patch")).MethodNotAllowed(values("patch's"))), []layered{
			{"POST", "/x", "b/x 200 delete's /x /x  DELETE, GET, HEAD, PATCH, PUT"},
			{"PUT", "/x", "a/x 200 put /x /x PUT /x"},
		}},
		{"several routers have the path, the first counts", get("/x").
			Merge(NewRouter().Handle("DELETE /x", values("delete")).Layer(mark("a"))), []layered{
			{"POST", "/x", "405"},
		}},
		{"several routers have the path, the outer one has a handler", NewRouter().MethodNotAllowed(values("outer")).
			Merge(NewRouter().Handle("DELETE /x", values("delete")).Layer(mark("a"))).
			Merge(NewRouter().Handle("PUT /x", values("put")).MethodNotAllowed(values("put's"))), []layered{
			{"POST", "/x", "a/x 200 outer /x /x  DELETE, PUT"},
		}},
		{"before a fallback", get("/x").Fallback(values("fallback")).MethodNotAllowed(values("no")), []layered{
			{"POST", "/x", "200 no /x /x  GET, HEAD"},
			{"POST", "/y", "200 fallback /y /y"},
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

// TestErrorsFunctions asks which function renders what, when several routers
// have one.
func TestErrorsFunctions(t *testing.T) {
	render := func(name string) func(w http.ResponseWriter, r *http.Request, err error) {
		return func(w http.ResponseWriter, r *http.Request, err error) {
			w.WriteHeader(StatusOf(err))
			_, _ = io.WriteString(w, name+" "+r.URL.Path)
		}
	}
	fail := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		RenderError(w, r, Errorf(http.StatusConflict, "no"))
	})
	guard := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("guarded") {
				fail(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
	inner := func() *Router { return NewRouter().Handle("GET /x", fail).RenderErrors(render("inner")).Layer(guard) }
	opaque := NewRouter().RenderErrors(render("outer")).Nest("/o", NewRouter().Handle("/", inner()))
	tests := []struct {
		name      string
		router    *Router
		exchanges []layered
	}{
		{"the inner one alone", NewRouter().Nest("/n", inner()).Merge(inner()), []layered{
			{"GET", "/n/x", "409 inner /x"},
			{"PUT", "/n/x?guarded", "409 inner /x"},
			{"GET", "/x", "409 inner /x"},
			{"PUT", "/n/x", "405"}, // of the outermost router, which has none
			{"GET", "/y", "404"},
		}},
		{"the outer one alone", NewRouter().RenderErrors(render("outer")).Nest("/n", NewRouter().Handle("GET /x", fail).Layer(guard)), []layered{
			{"GET", "/n/x", "409 outer /x"},
			{"GET", "/n/x?guarded", "409 outer /x"},
			{"PUT", "/n/x?guarded", "409 outer /x"},
			{"PUT", "/n/x", "405 outer /n/x"},
			{"GET", "/y", "404 outer /y"},
		}},
		{"both", NewRouter().Nest("/n", inner()).Handle("GET /y", fail).Layer(guard).RenderErrors(render("outer")), []layered{
			{"GET", "/n/x", "409 inner /x"},
			{"GET", "/n/x?guarded", "409 outer /n/x"},
			{"PUT", "/n/x", "405 outer /n/x"},
			{"GET", "/y", "409 outer /y"},
			{"GET", "/z", "404 outer /z"},
			{"GET", "/z?guarded", "409 outer /z"},
		}},
		{"the outer one's handler for the inner one's path", NewRouter().Nest("/n", inner()).MethodNotAllowed(fail).RenderErrors(render("outer")), []layered{
			{"PUT", "/n/x", "409 outer /n/x"},
			{"PUT", "/n/x?guarded", "409 inner /x"},
		}},
		{"a router as a handler", opaque, []layered{
			{"GET", "/o/x", "409 inner /x"},
			{"GET", "/o/y", "404 outer /y"}, // the outermost function, but not its URL
			{"GET", "/o/y?guarded", "409 inner /y"},
			{"PUT", "/o/x", "405 outer /x"},
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

// TestAdapterRendersItself registers a function that says it renders its errors,
// and layers around it, which have said nothing of the kind.
func TestAdapterRendersItself(t *testing.T) {
	adapter := func(w http.ResponseWriter, r *http.Request) {
		RenderError(w, r, Errorf(http.StatusConflict, "it has lied"))
	}
	newRouter := func() *Router { return NewRouter().HandleAdapter("GET /x", adapter).RenderErrors(renderTeapot) }
	outer := func() *Router { return NewRouter().RenderErrors(renderTeapot) }
	nothing := func(h http.Handler) http.Handler { return h }
	tests := []struct {
		name   string
		router *Router
		path   string
		carry  bool
	}{
		{"alone", newRouter(), "/x", false},
		{"no layer", newRouter().Layer().RouteLayer(), "/x", false},
		{"a layer", newRouter().Layer(nothing), "/x", true},
		{"a route layer", newRouter().RouteLayer(nothing), "/x", true},
		{"nested", NewRouter().Nest("/n", newRouter()), "/n/x", false},
		{"merged", outer().Merge(newRouter()), "/x", false},
		{"nested with a layer", NewRouter().Nest("/n", newRouter().Layer(nothing)), "/n/x", true},
		{"nested into a layer", NewRouter().Nest("/n", newRouter()).Layer(nothing), "/n/x", false},
		{"nested into a layer of a router with an errors function", outer().Nest("/n", newRouter()).Layer(nothing), "/n/x", true},
	}
	for _, test := range tests {
		status := 409
		if test.carry {
			status = 418
		}
		if got := ask(test.router, "GET", test.path); !strings.HasPrefix(got, fmt.Sprint(status)) {
			t.Errorf("%s: got %s, want %d", test.name, got, status)
		}
	}
}

// TestHeadOnTheWire asks a server for the head of what a nested router would
// send.
func TestHeadOnTheWire(t *testing.T) {
	get := func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "HEAD" {
			t.Errorf("the handler sees the method %s", r.Method)
		}
		WriteText(w, http.StatusOK, "hello")
	}
	own := func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "77") }
	router := NewRouter().Nest("/n", NewRouter().HandleFunc("GET /x", get).HandleFunc("GET /y", get).HandleFunc("HEAD /y", own).Layer(mark("a")))
	server := httptest.NewServer(router)
	defer server.Close()
	for path, want := range map[string]int64{"/n/x": 5, "/n/y": 77} {
		response, err := http.Head(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != 200 || response.ContentLength != want || len(body) != 0 || err != nil {
			t.Errorf("%s: got %s, length %d, body %q, %v", path, response.Status, response.ContentLength, body, err)
		}
	}
}

package runtime

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// respondWith returns a handler that says which one it is and what it got.
func respondWith(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s pattern=%s id=%q rest=%q", name, r.Pattern, r.PathValue("id"), r.PathValue("rest"))
	}
}

// request makes a request as the server does, for any path.
func request(method, host, path string) *http.Request {
	r := httptest.NewRequest(method, "/", nil)
	u, err := url.ParseRequestURI(path)
	if err != nil {
		u = &url.URL{Path: path}
	}
	r.URL, r.RequestURI, r.Host = u, path, host
	return r
}

// TestRouterLikeServeMux compares the router with a ServeMux of the same routes,
// for many routes and requests.
func TestRouterLikeServeMux(t *testing.T) {
	sets := [][]string{
		{},
		{"GET /users", "POST /users", "GET /users/{id}", "DELETE /users/{id}"},
		{"/"},
		{"GET /"},
		{"/{rest...}"},
		{"GET /{rest...}", "POST /a"},
		{"/{$}", "/tree/", "POST /only/"},
		{"example.com/", "GET example.com/users/{id}", "/users/"},
		{"example.com/{rest...}", "/", "GET /users/{id}"},
		{"/x/{id}/y", "/z/{id}/{rest...}", "CONNECT /c/{id}"},
		{"PUT /users/{id}", "PATCH /users/{id}", "OPTIONS /users/{id}", "/users/{id}/all/"},
		{" /", "GET  /users"},
		{"/{$}", "/users/{$}", "GET /tree", "HEAD /tree", "POST /tree/{$}", "/tree/", "/only", "GET /only"},
		{"CONNECT /users", "CONNECT /users//7", "/x//y", "/users%2F7", "/u%73ers"},
		{"/users", "GET /u%73ers", "/ä", "GET /%C3%A4", "/%2e/only", "/%7Busers%7D", "/a%2Fb"},
		{"BREW /users", "GET /users", "HEAD /users", "/users", "/only"},
	}
	methods := []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "CONNECT", "BREW"}
	paths := []string{
		"/", "/users", "/users/", "/users/7", "/users/7/", "/users/a%2Fb", "/users/7/all", "/users//7", "//", "/./users", "/a/../users",
		"/users%2F7", "/u%73ers", "/%75sers", "/tree%2F", "/tree", "/tree/", "/tree/a", "/only", "/only/", "/x/1/y", "/x//y", "/z//", "/z//b", "/z/a/", "/c/1", "/c/", "/none?q=1", "/users?q=1", "/tree?q=1", "*", "",
		"/ä", "/%C3%A4", "/./only", "/%2e/only", "/{users}", "/%7Busers%7D", "/a/b", "/a%2Fb", "/a%2fb",
	}
	for _, patterns := range sets {
		mux, router := http.NewServeMux(), NewRouter()
		for _, p := range patterns {
			mux.Handle(p, respondWith(p))
			router.Handle(p, respondWith(p))
		}
		for _, method := range methods {
			for _, host := range []string{"example.com", "example.com:8080", "other.org"} {
				for _, path := range paths {
					compareWithMux(t, mux, router, func() *http.Request { return request(method, host, path) })
				}
			}
		}
	}
}

func compareWithMux(t *testing.T, mux *http.ServeMux, router *Router, newRequest func() *http.Request) {
	t.Helper()
	r := newRequest()
	what := fmt.Sprintf("%s %s%s", r.Method, r.Host, r.RequestURI)
	got := httptest.NewRecorder()
	router.ServeHTTP(got, r)

	want := httptest.NewRecorder()
	panicked := func() (p any) {
		defer func() { p = recover() }()
		mux.ServeHTTP(want, newRequest())
		return nil
	}()
	if panicked != nil { // golang/go#81222
		if r.Method != "CONNECT" || got.Code != 404 {
			t.Errorf("%s: got %d, ServeMux panics", what, got.Code)
		}
		return
	}
	if got.Code == 404 && r.Method == "CONNECT" && strings.Contains(r.URL.Path, "//") {
		return
	}
	if got.Code != want.Code {
		t.Errorf("%s: got %d, want %d", what, got.Code, want.Code)
		return
	}
	if got.Code == 404 || got.Code == 405 {
		detail := map[int]string{404: errNotFound.detail, 405: errMethodNotAllowed.detail}[got.Code]
		document := fmt.Sprintf(`{"title":%q,"status":%d,"detail":%q}`, http.StatusText(got.Code), got.Code, detail)
		if got.Body.String() != document || got.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: got %s %s", what, got.Header(), got.Body)
		}
		if g, w := got.Header()["Allow"], want.Header()["Allow"]; !slices.Equal(g, w) {
			t.Errorf("%s: Allow is %q, want %q", what, g, w)
		}
		return
	}
	if got.Body.String() != want.Body.String() || !reflect.DeepEqual(got.Header(), want.Header()) {
		t.Errorf("%s: got %v %s, want %v %s", what, got.Header(), got.Body, want.Header(), want.Body)
	}
}

// TestLookUp demands that literal paths do not go through ServeMux, and that
// nothing else passes by it.
func TestLookUp(t *testing.T) {
	router := NewRouter().Handle("/{$}", respondWith("")).Handle("GET /a", respondWith("")).Handle("/a", respondWith("")).
		Handle("POST /a/{$}", respondWith("")).Handle("/b/", respondWith("")).Handle("GET /c/{id}", respondWith("")).
		Handle("/d//e", respondWith("")).Handle("CONNECT /f", respondWith("")).Handle("/%67", respondWith("")).
		Handle("/i%2Fj", respondWith(""))
	escaped := request("GET", "example.com", "/%61")
	outside := request("GET", "example.com", "/a")
	outside.Pattern = "/{tenant}/"
	star := request("GET", "example.com", "/a")
	star.RequestURI = "*"
	tests := []struct {
		r    *http.Request
		want string
	}{
		{request("GET", "example.com", "/"), "/{$}"},
		{request("BREW", "example.com", "/"), "/{$}"},
		{request("GET", "example.com", "/a"), "GET /a"},
		{request("HEAD", "example.com", "/a?q=%2F"), "GET /a"},
		{request("POST", "example.com", "/a"), "/a"},
		{request("POST", "example.com", "/a/"), "POST /a/{$}"},
		{request("GET", "example.com", "/a/"), ""},
		{request("CONNECT", "example.com", "/a"), ""},
		{request("CONNECT", "example.com", "/f"), ""},
		{request("GET", "example.com", "/b/"), ""},
		{request("GET", "example.com", "/c/1"), ""},
		{request("GET", "example.com", "/c/{id}"), ""},
		{request("GET", "example.com", "/d//e"), ""},
		{request("GET", "example.com", "/g"), "/%67"},
		{request("GET", "example.com", "/i/j"), ""},
		{escaped, ""},
		{outside, ""},
		{star, ""},
	}
	table := router.compile()
	for _, test := range tests {
		got := ""
		if e := table.lookUp(test.r); e != nil {
			got = e.pattern
		}
		if got != test.want {
			t.Errorf("%s %s: got %q, want %q", test.r.Method, test.r.URL, got, test.want)
		}
	}
	table = router.Handle("example.com/h", respondWith("")).compile()
	if e := table.lookUp(request("GET", "example.com", "/a")); e != nil {
		t.Errorf("with a host: got %q", e.pattern)
	}
}

func TestRouterRenderErrors(t *testing.T) {
	router := NewRouter()
	router.HandleFunc("GET /a", respondWith("a"))
	router.HandleFunc("POST /a", respondWith("a"))
	var rendered error
	router.RenderErrors(func(w http.ResponseWriter, r *http.Request, err error) {
		rendered = err
		if r.Pattern != "" {
			t.Errorf("the request has the pattern %q", r.Pattern)
		}
		http.Error(w, err.Error(), StatusOf(err))
	})
	tests := []struct {
		method, path string
		status       int
		body, allow  string
	}{
		{"GET", "/b", 404, "no route has this path\n", ""},
		{"PUT", "/a", 405, "this path has no route with this method\n", "GET, HEAD, POST"},
		{"CONNECT", "/a", 405, "this path has no route with this method\n", "GET, HEAD, POST"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(test.method, test.path, nil))
		if w.Code != test.status || w.Body.String() != test.body || w.Header().Get("Allow") != test.allow {
			t.Errorf("%s %s: got %d %q %v", test.method, test.path, w.Code, w.Body, w.Header())
		}
		var rejection *Rejection
		if !errors.As(rendered, &rejection) || rejection.Status() != test.status {
			t.Errorf("%s %s: the error is %#v", test.method, test.path, rendered)
		}
	}
	router.RenderErrors(nil)
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/b", nil))
	if want := `{"title":"Not Found","status":404,"detail":"no route has this path"}`; w.Body.String() != want {
		t.Errorf("got %s, want %s", w.Body, want)
	}
}

func TestRouterPanics(t *testing.T) {
	tests := []struct {
		pattern string
		handler http.Handler
		want    []string
	}{
		{"", respondWith(""), []string{`route ""`, "invalid pattern"}},
		{"GET", respondWith(""), []string{`route "GET"`, "parsing"}},
		{"/{a", respondWith(""), []string{`route "/{a"`, "parsing", "bad wildcard"}},
		{"/b", nil, []string{`route "/b"`, "nil handler"}},
		{"/b", http.HandlerFunc(nil), []string{`route "/b"`, "nil handler"}},
		{"GET /users/{name}", respondWith(""), []string{
			`route "GET /users/{name}" (added at `, `conflicts with route "GET /users/{id}" (added at `, "same requests",
		}},
		{"/{all...}", respondWith(""), []string{`route "/{all...}"`, `conflicts with route "/" (added`}},
	}
	for _, test := range tests {
		router := NewRouter()
		router.Handle("GET /users/{id}", respondWith(""))
		router.Handle("/", respondWith(""))
		message := func() (message any) {
			defer func() { message = recover() }()
			router.Handle(test.pattern, test.handler)
			return nil
		}()
		text, _ := message.(string)
		for _, want := range test.want {
			if !strings.Contains(text, want) {
				t.Errorf("%q: the panic says %q, want %q in it", test.pattern, text, want)
			}
		}
		if n := strings.Count(text, ".go:"); n != strings.Count(text, "router_test.go:") {
			t.Errorf("%q: the panic names a file of the runtime: %s", test.pattern, text)
		}
		if n := len(slices.Collect(router.Routes())); n != 2 {
			t.Errorf("%q: the refused route is listed", test.pattern)
		}
	}
}

func TestRoutes(t *testing.T) {
	router := NewRouter()
	for _, pattern := range []string{"GET /users/{id}", "/", "POST  example.com/x", "example.com/{$}"} {
		router.HandleFunc(pattern, respondWith(""))
	}
	want := []Route{{"GET", "/users/{id}"}, {"", "/"}, {"POST", "example.com/x"}, {"", "example.com/{$}"}}
	if got := slices.Collect(router.Routes()); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for range router.Routes() {
		break
	}
}

func TestRouterAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	router := NewRouter()
	router.HandleFunc("GET /static", func(http.ResponseWriter, *http.Request) {})
	w := &nullWriter{header: make(http.Header)}
	r := httptest.NewRequest("GET", "/static", nil)
	if got := testing.AllocsPerRun(100, func() { router.ServeHTTP(w, r) }); got != 0 {
		t.Errorf("a static route allocates %v times", got)
	}
}

// TestConnectOnTheWire sends what a client sends to a proxy.
func TestConnectOnTheWire(t *testing.T) {
	router := NewRouter()
	router.HandleFunc("/x/{id}/y", respondWith("x"))
	server := httptest.NewServer(router)
	defer server.Close()
	for _, target := range []string{"example.com:443", "/x//y", "/x/1/y"} {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: example.com:443\r\n\r\n", target)
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("CONNECT %s: %v", target, err)
		} else if response.StatusCode >= 500 {
			t.Errorf("CONNECT %s: %s", target, response.Status)
		}
		conn.Close()
	}
}

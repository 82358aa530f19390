// Package test holds tests that need packages of others, in a module that
// nobody builds but this repository: what they require is required nowhere else.
package test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/labstack/echo/v4"

	"github.com/handlergen/handlergen/contrib/echomux"
	"github.com/handlergen/handlergen/contrib/ginmux"
	"github.com/handlergen/handlergen/runtime"
)

// see answers with everything that a handler may ask about its route.
func see(w http.ResponseWriter, r *http.Request) {
	in := runtime.NewInput(w, r)
	visitor, err := runtime.ReadExtension[visitor](&in)
	if err != nil {
		runtime.RenderError(w, r, err)
		return
	}
	w.Header().Set("X-Method", r.Method)
	fmt.Fprintf(w, "%s, path %s of %s, visitor %s", r.Pattern, r.URL.EscapedPath(), runtime.ReadOriginalURL(r).Value, visitor.Value)
	for _, name := range []string{"tenant", "org", "id", "rest"} {
		if value := r.PathValue(name); value != "" {
			fmt.Fprintf(w, ", %s %q", name, value)
		}
	}
}

// number answers with a typed path value, or with what is wrong with it.
func number(w http.ResponseWriter, r *http.Request) {
	in := runtime.NewInput(w, r)
	n := runtime.ReadInt[int8](&in, in.Path("n"))
	if in.Failed() {
		runtime.RenderError(w, r, in.Err())
		return
	}
	fmt.Fprint(w, n)
}

// visitor is what middleware knows of the client.
type visitor string

func greet(name visitor) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Layers", string(name)+" at "+r.URL.Path)
			next.ServeHTTP(w, runtime.WithExtension(r, name))
		})
	}
}

// routes returns a router with a route of every kind that all targets can have.
func routes() *runtime.Router {
	inner := runtime.NewRouter().
		HandleFunc("GET /users/{id}", see).
		HandleFunc("GET /{$}", see).
		HandleFunc("GET /tree/{rest...}", see).
		HandleFunc("GET /fail", func(w http.ResponseWriter, r *http.Request) {
			runtime.RenderError(w, r, runtime.Errorf(http.StatusConflict, "it is taken"))
		}).
		RenderErrors(func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "inner: "+err.Error(), runtime.StatusOf(err))
		}).
		Layer(greet("inner"))
	return runtime.NewRouter().
		HandleFunc("GET /{$}", see).
		HandleFunc("GET /users/me", see).
		HandleFunc("GET /users/{id}", see).
		HandleFunc("/users/{name}/all", see).
		HandleFunc("PUT /users/{id}", see).
		HandleFunc("HEAD /users/{id}/all", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "77") }).
		HandleFunc("DELETE /users/{id}/all", see).
		HandleFunc("GET /users/{id}/files/{rest...}", see).
		HandleFunc("GET /sub/", see).
		HandleFunc("GET /exact/{$}", see).
		HandleFunc("GET /numbers/{n}", number).
		HandleFunc("GET /caf%C3%A9/{id}", see).
		Nest("/orgs/{org}", inner).
		Layer(greet("outer")).
		RenderErrors(func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "outer: "+err.Error(), runtime.StatusOf(err))
		})
}

// targets are the routers that find the routes, with or without the answers of
// ours to requests without a route.
var targets = []struct {
	name  string
	serve func(router *runtime.Router) http.Handler
}{
	{"runtime.Router", func(router *runtime.Router) http.Handler { return router }},
	{"http.ServeMux", func(router *runtime.Router) http.Handler {
		mux := http.NewServeMux()
		router.Register(mux)
		mux.Handle("/", router)
		return mux
	}},
	{"chi", func(router *runtime.Router) http.Handler {
		mux := chi.NewMux()
		router.Register(mux)
		mux.NotFound(router.ServeHTTP)
		mux.MethodNotAllowed(router.ServeHTTP)
		return mux
	}},
	{"gin", func(router *runtime.Router) http.Handler {
		engine := newGin()
		router.Register(ginmux.Wrap(engine))
		engine.HandleMethodNotAllowed = true
		engine.NoRoute(gin.WrapH(router))
		engine.NoMethod(gin.WrapH(router))
		return engine
	}},
	{"echo", func(router *runtime.Router) http.Handler {
		e := echo.New()
		router.Register(echomux.Wrap(e))
		e.RouteNotFound("/*", echo.WrapHandler(router))
		return e
	}},
}

func newGin() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseEscapedPath = true
	return engine
}

// TestRouters sends the same requests through every target.
func TestRouters(t *testing.T) {
	const outer, inner = "outer at ", "inner at "
	tests := []struct {
		method, path string
		status       int
		layers, body string
	}{
		{"GET", "/", 200, outer + "/", "GET /{$}, path / of /, visitor outer"},
		{"GET", "/users/me", 200, outer + "/users/me", "GET /users/me, path /users/me of /users/me, visitor outer"},
		{"GET", "/users/7?q=%2F", 200, outer + "/users/7", `GET /users/{id}, path /users/7 of /users/7?q=%2F, visitor outer, id "7"`},
		{"PUT", "/users/7", 200, outer + "/users/7", `PUT /users/{id}, path /users/7 of /users/7, visitor outer, id "7"`},
		{"PUT", "/users/me", 200, outer + "/users/me", `PUT /users/{id}, path /users/me of /users/me, visitor outer, id "me"`},
		{"GET", "/users/a%2Fb", 200, outer + "/users/a/b", `GET /users/{id}, path /users/a%2Fb of /users/a%2Fb, visitor outer, id "a/b"`},
		{"GET", "/users/a%20b", 200, outer + "/users/a b", `GET /users/{id}, path /users/a%20b of /users/a%20b, visitor outer, id "a b"`},
		{"GET", "/users/a+b%2B", 200, outer + "/users/a+b+", `GET /users/{id}, path /users/a+b%2B of /users/a+b%2B, visitor outer, id "a+b+"`},
		{"GET", "/users/%25%C3%A4", 200, outer + "/users/%ä", `GET /users/{id}, path /users/%25%C3%A4 of /users/%25%C3%A4, visitor outer, id "%ä"`},
		{"GET", "/caf%C3%A9/7", 200, outer + "/café/7", `GET /caf%C3%A9/{id}, path /caf%C3%A9/7 of /caf%C3%A9/7, visitor outer, id "7"`},
		{"GET", "/users/7/all", 200, outer + "/users/7/all", "/users/{name}/all, path /users/7/all of /users/7/all, visitor outer"},
		{"PATCH", "/users/7/all", 200, outer + "/users/7/all", "/users/{name}/all, path /users/7/all of /users/7/all, visitor outer"},
		{"OPTIONS", "/users/7/all", 200, outer + "/users/7/all", "/users/{name}/all, path /users/7/all of /users/7/all, visitor outer"},
		{"DELETE", "/users/7/all", 200, outer + "/users/7/all", `DELETE /users/{id}/all, path /users/7/all of /users/7/all, visitor outer, id "7"`},
		{
			"GET", "/users/7/files/a/b", 200, outer + "/users/7/files/a/b",
			`GET /users/{id}/files/{rest...}, path /users/7/files/a/b of /users/7/files/a/b, visitor outer, id "7", rest "a/b"`,
		},
		{
			"GET", "/users/7%2F8/files/a%2Fb/", 200, outer + "/users/7/8/files/a/b/",
			`GET /users/{id}/files/{rest...}, path /users/7%2F8/files/a%2Fb/ of /users/7%2F8/files/a%2Fb/, visitor outer, id "7/8", rest "a/b/"`,
		},
		{"GET", "/users/7/files/", 200, outer + "/users/7/files/", `GET /users/{id}/files/{rest...}, path /users/7/files/ of /users/7/files/, visitor outer, id "7"`},
		{"GET", "/sub/", 200, outer + "/sub/", "GET /sub/, path /sub/ of /sub/, visitor outer"},
		{"GET", "/sub/a/b", 200, outer + "/sub/a/b", "GET /sub/, path /sub/a/b of /sub/a/b, visitor outer"},
		{"GET", "/exact/", 200, outer + "/exact/", "GET /exact/{$}, path /exact/ of /exact/, visitor outer"},
		{"GET", "/exact/a", 404, outer + "/exact/a", "outer: no route has this path"},
		{"GET", "/numbers/7", 200, outer + "/numbers/7", "7"},
		{"GET", "/numbers/700", 400, outer + "/numbers/700", "outer: path n: must be between -128 and 127"},
		{
			"GET", "/orgs/x/users/7", 200, outer + "/orgs/x/users/7, " + inner + "/users/7",
			`GET /orgs/{org}/users/{id}, path /users/7 of /orgs/x/users/7, visitor inner, org "x", id "7"`,
		},
		{
			"GET", "/orgs/x%2Fy/users/%2E?q", 200, outer + "/orgs/x/y/users/., " + inner + "/users/.",
			`GET /orgs/{org}/users/{id}, path /users/%2E of /orgs/x%2Fy/users/%2E?q, visitor inner, org "x/y", id "."`,
		},
		{"GET", "/orgs/x/", 200, outer + "/orgs/x/, " + inner + "/", `GET /orgs/{org}/{$}, path / of /orgs/x/, visitor inner, org "x"`},
		{
			"GET", "/orgs/x/tree/a/b", 200, outer + "/orgs/x/tree/a/b, " + inner + "/tree/a/b",
			`GET /orgs/{org}/tree/{rest...}, path /tree/a/b of /orgs/x/tree/a/b, visitor inner, org "x", rest "a/b"`,
		},
		{"GET", "/orgs/x/fail", 409, outer + "/orgs/x/fail, " + inner + "/fail", "inner: it is taken"},
		{"GET", "/orgs/x/none", 404, outer + "/orgs/x/none", "outer: no route has this path"},
		{"GET", "/none", 404, outer + "/none", "outer: no route has this path"},
		{"POST", "/users/me", 405, outer + "/users/me", "outer: this path has no route with this method"},
		{"POST", "/users/8", 405, outer + "/users/8", "outer: this path has no route with this method"},
		{"POST", "/orgs/x/users/8", 405, outer + "/orgs/x/users/8, " + inner + "/users/8", "outer: this path has no route with this method"},
	}
	allowed := map[string]string{"/users/me": "GET, HEAD, PUT", "/users/8": "GET, HEAD, PUT", "/orgs/x/users/8": "GET, HEAD"}
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			server := httptest.NewServer(target.serve(routes()))
			defer server.Close()
			for _, test := range tests {
				response, body := send(t, test.method, server.URL+test.path)
				layers := strings.Join(response.Header["Layers"], ", ")
				if response.StatusCode != test.status || layers != test.layers || strings.TrimSpace(body) != test.body {
					t.Errorf("%s %s: got %d [%s] %s\nwant %d [%s] %s", test.method, test.path,
						response.StatusCode, layers, body, test.status, test.layers, test.body)
				}
				if got := response.Header.Get("Allow"); test.status == 405 && got != allowed[test.path] {
					t.Errorf("%s %s: Allow is %q, want %q", test.method, test.path, got, allowed[test.path])
				}
			}
			for path, want := range map[string]struct {
				length int64
				method string
			}{
				"/users/7":         {int64(len(`GET /users/{id}, path /users/7 of /users/7, visitor outer, id "7"`)), "HEAD"},
				"/orgs/x/users/77": {int64(len(`GET /orgs/{org}/users/{id}, path /users/77 of /orgs/x/users/77, visitor inner, org "x", id "77"`)), "HEAD"},
				"/users/7/all":     {77, ""},
			} {
				response, body := send(t, "HEAD", server.URL+path)
				if response.StatusCode != 200 || response.ContentLength != want.length || response.Header.Get("X-Method") != want.method || body != "" {
					t.Errorf("HEAD %s: got %s, length %d, want %d, method %s, body %q",
						path, response.Status, response.ContentLength, want.length, response.Header.Get("X-Method"), body)
				}
			}
		})
	}
}

// TestAnswersForTheRest lets a router answer what another one has no route for.
func TestAnswersForTheRest(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("status") {
			w.WriteHeader(http.StatusOK)
		}
		fmt.Fprint(w, "allowed: ", w.Header().Get("Allow"))
	}
	router := runtime.NewRouter().HandleFunc("GET /users/{id}", see).
		Fallback(http.HandlerFunc(answer)).MethodNotAllowed(http.HandlerFunc(answer))
	for _, target := range targets {
		h := target.serve(router)
		for _, test := range []struct {
			method, path, want string
			status             int // without one of its own
		}{
			{"GET", "/none", "allowed: ", http.StatusNotFound},
			{"PUT", "/users/7", "allowed: GET, HEAD", http.StatusMethodNotAllowed},
		} {
			for _, query := range []string{"", "?status"} {
				status := http.StatusOK
				if target.name == "gin" && query == "" {
					status = test.status
				}
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest(test.method, test.path+query, nil))
				if w.Code != status || w.Body.String() != test.want {
					t.Errorf("%s: %s %s%s: got %d %s, want %d %s", target.name, test.method, test.path, query, w.Code, w.Body, status, test.want)
				}
			}
		}
	}
}

func send(t *testing.T, method, url string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// TestBelowPrefix registers on what the other routers call a group.
func TestBelowPrefix(t *testing.T) {
	groups := []struct {
		name  string
		serve func(router *runtime.Router) http.Handler
	}{
		{"chi", func(router *runtime.Router) http.Handler {
			mux := chi.NewMux()
			mux.Route("/v1/{tenant:[a-z/]+}", func(r chi.Router) { router.Register(r) })
			return mux
		}},
		{"gin", func(router *runtime.Router) http.Handler {
			engine := newGin()
			router.Register(ginmux.Wrap(engine.Group("/v1/").Group(":tenant")))
			return engine
		}},
		{"echo", func(router *runtime.Router) http.Handler {
			e := echo.New()
			router.Register(echomux.Wrap(e.Group("/v1").Group("/:tenant")))
			return e
		}},
	}
	tests := [][2]string{
		{"/v1/t/users/a%2Fb", `/v1/{tenant}/users/{id}, path /users/a%2Fb of /v1/t/users/a%2Fb, visitor outer, tenant "t", id "a/b"`},
		{"/v1/t/users/7/files/a%2Fb/c", `/v1/{tenant}/users/{id}/files/{rest...}, path /users/7/files/a%2Fb/c of /v1/t/users/7/files/a%2Fb/c, visitor outer, tenant "t", id "7", rest "a/b/c"`},
		{"/v1/t/", `/v1/{tenant}/{$}, path / of /v1/t/, visitor outer, tenant "t"`},
		{"/v1/t/exact/", `/v1/{tenant}/exact/{$}, path /exact/ of /v1/t/exact/, visitor outer, tenant "t"`},
		{"/v1/t/caf%C3%A9/7", `/v1/{tenant}/caf%C3%A9/{id}, path /caf%C3%A9/7 of /v1/t/caf%C3%A9/7, visitor outer, tenant "t", id "7"`},
		{"/v1/t/caf%C3%A9/a%2Fb", `/v1/{tenant}/caf%C3%A9/{id}, path /caf%C3%A9/a%2Fb of /v1/t/caf%C3%A9/a%2Fb, visitor outer, tenant "t", id "a/b"`},
		{"/v1/t/orgs/x/", `/v1/{tenant}/orgs/{org}/{$}, path / of /v1/t/orgs/x/, visitor inner, tenant "t", org "x"`},
		{"/v1/t/orgs/x%2Fy/tree/a%2Fb/c", `/v1/{tenant}/orgs/{org}/tree/{rest...}, path /tree/a%2Fb/c of /v1/t/orgs/x%2Fy/tree/a%2Fb/c, visitor inner, tenant "t", org "x/y", rest "a/b/c"`},
	}
	for _, group := range groups {
		t.Run(group.name, func(t *testing.T) {
			router := group.serve(routes())
			for _, test := range tests {
				w := httptest.NewRecorder()
				router.ServeHTTP(w, httptest.NewRequest("GET", test[0], nil))
				want := "GET " + test[1]
				if group.name == "chi" {
					want = strings.Replace(want, "{tenant}", "{tenant:[a-z/]+}", 1)
				}
				if got := w.Body.String(); got != want {
					t.Errorf("%s: got %d %s\nwant %s", test[0], w.Code, got, want)
				}
			}
			// Nothing is no value of a wildcard.
			w := httptest.NewRecorder()
			router.ServeHTTP(w, httptest.NewRequest("GET", "/v1/t/users//files/a", nil))
			if w.Code != http.StatusNotFound {
				t.Errorf("an empty segment: got %d %s", w.Code, w.Body)
			}
		})
	}
}

// TestRegisterRefuses registers what the other routers cannot have.
func TestRegisterRefuses(t *testing.T) {
	muxes := map[string]func() runtime.Mux{
		"http.ServeMux": func() runtime.Mux { return http.NewServeMux() },
		"chi":           func() runtime.Mux { return chi.NewMux() },
		"gin":           func() runtime.Mux { return ginmux.Wrap(newGin()) },
		"echo":          func() runtime.Mux { return echomux.Wrap(echo.New()) },
	}
	ok := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	tests := []struct {
		patterns []string
		refuse   map[string]string // router, what its message says
	}{
		{[]string{"GET /a/{id}", "GET /a/{name}/b", "HEAD /a/{x}", "/a/{y}", "GET /c", "/c/{rest...}"}, nil},
		{[]string{"GET example.com/a"}, map[string]string{
			"chi": "no hosts", "gin": "no hosts", "echo": "no hosts",
		}},
		{[]string{"BREW /a"}, map[string]string{"chi": "'BREW' http method is not supported"}},
		{[]string{"QUERY /a"}, nil},
		{[]string{"/a%2Fb"}, map[string]string{"chi": "no segments with /", "gin": "no segments with /", "echo": "no segments with /"}},
		{[]string{"/a*"}, map[string]string{"chi": "or * in them", "gin": "or * in them", "echo": "or * in them"}},
		{[]string{"/:a"}, map[string]string{"gin": ": or *", "echo": ": or *"}},
		{[]string{"/%7Ba%7D"}, map[string]string{"chi": "{, } or *"}},
		{[]string{"GET /a/{rest...}", "GET /a/b"}, map[string]string{"gin": "conflicts with existing"}},
	}
	for _, test := range tests {
		for name, newMux := range muxes {
			router := runtime.NewRouter()
			for _, pattern := range test.patterns {
				router.Handle(pattern, ok)
			}
			message := func() (message string) {
				defer func() {
					if reason := recover(); reason != nil {
						message = fmt.Sprint(reason)
					}
				}()
				router.Register(newMux())
				return ""
			}()
			want := test.refuse[name]
			if !strings.Contains(message, want) || (message == "") != (want == "") {
				t.Errorf("%s, %q: the panic says %q, want %q in it", name, test.patterns, message, want)
			}
			if message != "" && !(strings.HasPrefix(message, `runtime: register route "`) && strings.Contains(message, "(added at ")) {
				t.Errorf("%s, %q: the panic does not say which route it is about: %s", name, test.patterns, message)
			}
		}
	}
}

// TestRegisterSnapshot changes the router after it was registered.
func TestRegisterSnapshot(t *testing.T) {
	for _, target := range targets[1:] {
		router := routes()
		other := target.serve(router)
		w := httptest.NewRecorder()
		router.Layer(greet("later"))
		router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/users/me", nil))
		other.ServeHTTP(w, httptest.NewRequest("GET", "/users/me", nil))
		if got := w.Header()["Layers"]; len(got) != 1 {
			t.Errorf("%s: the layers are %q", target.name, got)
		}
	}
}

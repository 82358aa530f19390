package echomux_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"github.com/handlergen/handlergen/contrib/echomux"
	"github.com/handlergen/handlergen/runtime"
)

func Example() {
	// As the generated function Routes returns it.
	users := runtime.NewRouter().HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s: %s", r.Pattern, r.PathValue("id"))
	})

	e := echo.New()
	e.GET("/ping", func(c echo.Context) error { return c.String(http.StatusOK, "pong") })
	users.Register(echomux.Wrap(e.Group("/api")))
	e.RouteNotFound("/*", echo.WrapHandler(users))

	for _, path := range []string{"/ping", "/api/users/a%2Fb", "/none"} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 pong
	// 200 GET /api/users/{id}: a/b
	// 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
}

// say returns a handler that says its name, and what it sees of the route.
func say(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, name, " ", r.Pattern)
		for _, wildcard := range []string{"a", "b", "rest"} {
			if value := r.PathValue(wildcard); value != "" {
				fmt.Fprint(w, " ", wildcard, "=", value)
			}
		}
	})
}

func TestHandle(t *testing.T) {
	e := echo.New()
	mux := echomux.Wrap(e)
	mux.Handle("HEAD /x/{a}", say("head"))
	mux.Handle("GET /x/{b}", say("get"))
	mux.Handle("BREW /x/{b}", say("brew"))
	mux.Handle("/x/{a}", say("any"))
	mux.Handle("GET /x/{b}/y/{a}/{rest...}", say("names"))
	mux.Handle("/{$}", say("root"))
	mux.Handle("/tree/", say("tree"))
	mux.Handle("/tree/{$}", say("trunk"))
	const notFound, notAllowed = `{"message":"Not Found"}`, `{"message":"Method Not Allowed"}`
	tests := [][3]string{
		{"HEAD", "/x/1", "head HEAD /x/{a} a=1"},
		{"GET", "/x/1", "get GET /x/{b} b=1"},
		{"BREW", "/x/1", "brew BREW /x/{b} b=1"},
		{"POST", "/x/1", "any /x/{a} a=1"},
		{"QUERY", "/x/1", "any /x/{a} a=1"},
		{"GET", "/x/1/y/2/3/4", "names GET /x/{b}/y/{a}/{rest...} a=2 b=1 rest=3/4"},
		{"GET", "/x/1%2F/y/%20/%2F", "names GET /x/{b}/y/{a}/{rest...} a=  b=1/ rest=/"},
		{"HEAD", "/x/1/y/2/", "names GET /x/{b}/y/{a}/{rest...} a=2 b=1"},
		{"PUT", "/", "root /{$}"},
		{"PUT", "/tree/a/b", "tree /tree/"},
		{"PUT", "/tree/", "trunk /tree/{$}"},
		{"MOVE", "/x/1", notAllowed},
		{"GET", "/x/", notFound}, // echo would give {b} nothing
		{"GET", "/x/1/y//3", notFound},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest(test[0], test[1], nil))
		if got := strings.TrimSuffix(w.Body.String(), "\n"); got != test[2] {
			t.Errorf("%s %s: got %d %q, want %q", test[0], test[1], w.Code, got, test[2])
		}
	}
}

// TestRest asks for what echo has no route for, with a router for the rest.
func TestRest(t *testing.T) {
	routes := runtime.NewRouter().Handle("PUT /x/{a}", say("x")).Handle("PUT /tree/{rest...}", say("tree"))
	e := echo.New()
	routes.Register(echomux.Wrap(e))
	e.RouteNotFound("/*", echo.WrapHandler(routes))
	const problem = "application/problem+json"
	for _, test := range []struct {
		path, contentType string
		status            int
	}{
		{"/none", problem, http.StatusNotFound},
		{"/x/1", problem, http.StatusMethodNotAllowed},
		{"/tree/a", echo.MIMEApplicationJSON, http.StatusMethodNotAllowed},
	} {
		w := httptest.NewRecorder()
		e.ServeHTTP(w, httptest.NewRequest("GET", test.path, nil))
		if got := w.Header().Get("Content-Type"); w.Code != test.status || !strings.HasPrefix(got, test.contentType) {
			t.Errorf("%s: got %d %s, want %d %s", test.path, w.Code, got, test.status, test.contentType)
		}
	}
}

func TestHandleRefuses(t *testing.T) {
	mux := echomux.Wrap(echo.New().Group("/v/:tenant"))
	mux.Handle("GET /x/{a}", say("x"))
	tests := []struct {
		pattern string
		handler http.Handler
		want    string
	}{
		{"GET /{a", say("it"), "bad wildcard"},
		{"/a", nil, "nil handler"},
		{"GET /x/{b}", say("it"), "an earlier route has its method and path"},
		{"HEAD /x/{b}", say("it"), "an earlier route has its method and path"},
		{"example.com/", say("it"), "echo has no hosts"},
		{"/{tenant}", say("it"), "duplicate wildcard name"},
		{"/y:", say("it"), "no segments with"},
	}
	for _, test := range tests {
		func() {
			defer func() {
				message := fmt.Sprint(recover())
				if !strings.Contains(message, test.want) || !strings.HasPrefix(message, fmt.Sprintf("echomux: route %q: ", test.pattern)) {
					t.Errorf("%s: the panic says %q, want %q in it", test.pattern, message, test.want)
				}
			}()
			mux.Handle(test.pattern, test.handler)
		}()
	}
}

// TestStream demands that a handler reaches the connection through echo.
func TestStream(t *testing.T) {
	e := echo.New()
	more := make(chan struct{})
	echomux.Wrap(e).Handle("GET /x", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "1")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-more
		fmt.Fprint(w, "2")
	}))
	server := httptest.NewServer(e)
	defer server.Close()
	response, err := http.Get(server.URL + "/x")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(response.Body, first); err != nil || string(first) != "1" {
		t.Errorf("got %q, %v", first, err)
	}
	close(more)
	if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "2" {
		t.Errorf("got %q, %v", rest, err)
	}
}

package ginmux_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/handlergen/handlergen/contrib/ginmux"
	"github.com/handlergen/handlergen/runtime"
)

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.UseEscapedPath = true
	return engine
}

func Example() {
	// As the generated function Routes returns it.
	users := runtime.NewRouter().HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s: %s", r.Pattern, r.PathValue("id"))
	})

	engine := newEngine()
	engine.GET("/ping", func(c *gin.Context) { c.String(http.StatusOK, "pong") })
	users.Register(ginmux.Wrap(engine.Group("/api")))
	engine.NoRoute(gin.WrapH(users))

	for _, path := range []string{"/ping", "/api/users/a%2Fb", "/none"} {
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
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
		for _, wildcard := range []string{"a", "b", "größe", "rest"} {
			if value := r.PathValue(wildcard); value != "" {
				fmt.Fprint(w, " ", wildcard, "=", value)
			}
		}
	})
}

func TestHandle(t *testing.T) {
	engine := newEngine()
	mux := ginmux.Wrap(engine)
	mux.Handle("HEAD /x/{a}", say("head"))
	mux.Handle("GET /x/{b}", say("get"))
	mux.Handle("BREW /x/{b}", say("brew"))
	mux.Handle("/x/{a}", say("any"))
	mux.Handle("GET /x/{b}/y/{a}/{rest...}", say("names"))
	mux.Handle("/{$}", say("root"))
	mux.Handle("/tree/", say("tree"))
	tests := [][3]string{
		{"HEAD", "/x/1", "head HEAD /x/{a} a=1"},
		{"GET", "/x/1", "get GET /x/{b} b=1"},
		{"BREW", "/x/1", "brew BREW /x/{b} b=1"},
		{"POST", "/x/1", "any /x/{a} a=1"},
		{"QUERY", "/x/1", "any /x/{a} a=1"},
		{"GET", "/x/1/y/2/3/4", "names GET /x/{b}/y/{a}/{rest...} a=2 b=1 rest=3/4"},
		{"HEAD", "/x/1/y/2/", "names GET /x/{b}/y/{a}/{rest...} a=2 b=1"},
		{"PUT", "/", "root /{$}"},
		{"PUT", "/tree/a/b", "tree /tree/"},
		{"MOVE", "/x/1", "404 page not found"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest(test[0], test[1], nil))
		if got := w.Body.String(); got != test[2] {
			t.Errorf("%s %s: got %d %q, want %q", test[0], test[1], w.Code, got, test[2])
		}
	}
}

// TestSettings serves paths that gin has changed for itself, or has not
// unescaped.
func TestSettings(t *testing.T) {
	tests := []struct {
		name string
		set  func(engine *gin.Engine)
		path string
		want string
	}{
		{"default", func(*gin.Engine) {}, "/v/%20/x/1%2F2", "404 404 page not found"},
		{"default", func(*gin.Engine) {}, "/v/%20/x/1%262", "200 it GET /v/{b}/x/{a} a=1&2 b= "},
		{"default", func(*gin.Engine) {}, "/v/0/caf%C3%A9/1%202", "200 it GET /v/{b}/café/{größe} b=0 größe=1 2"},
		{"UseRawPath", func(e *gin.Engine) { e.UseRawPath = true }, "/v/0/caf%C3%A9/1", "200 it GET /v/{b}/café/{größe} b=0 größe=1"},
		{"UseEscapedPath", func(e *gin.Engine) { e.UseEscapedPath = true }, "/v/0/caf%C3%A9/1%2F2", "200 it GET /v/{b}/café/{größe} b=0 größe=1/2"},
		{"UseRawPath", func(e *gin.Engine) { e.UseRawPath = true }, "/v/0/x/1%2F+2", "200 it GET /v/{b}/x/{a} a=1/+2 b=0"},
		{"UseEscapedPath", func(e *gin.Engine) { e.UseEscapedPath = true }, "/v/0/x/1%2F+2", "200 it GET /v/{b}/x/{a} a=1/+2 b=0"},
		{"UnescapePathValues", func(e *gin.Engine) { e.UseRawPath, e.UnescapePathValues = true, false }, "/v/0/x/1%2F+2", "200 it GET /v/{b}/x/{a} a=1/+2 b=0"},
		{"RemoveExtraSlash", func(e *gin.Engine) { e.RemoveExtraSlash = true }, "/v//0//x//1", "200 it GET /v/{b}/x/{a} a=1 b=0"},
		{"RemoveExtraSlash", func(e *gin.Engine) { e.RemoveExtraSlash = true }, "/v/0/tree//1//2", "200 it GET /v/{b}/tree/{rest...} b=0 rest=/1//2"},
		{"empty", func(*gin.Engine) {}, "/v/0/e//f", "404 404 page not found"},
	}
	for _, test := range tests {
		gin.SetMode(gin.ReleaseMode)
		engine := gin.New()
		test.set(engine)
		mux := ginmux.Wrap(engine.Group("/v/:b/"))
		mux.Handle("GET /x/{a}", say("it"))
		mux.Handle("GET /e/{a}/f", say("it"))
		mux.Handle("GET /café/{größe}", say("it"))
		mux.Handle("GET /tree/{rest...}", say("it"))
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, httptest.NewRequest("GET", test.path, nil))
		if got := strings.TrimSuffix(fmt.Sprint(w.Code, " ", w.Body), "\n"); got != test.want {
			t.Errorf("%s, %s: got %q, want %q", test.name, test.path, got, test.want)
		}
	}
}

func TestHandleRefuses(t *testing.T) {
	engine := newEngine()
	mux := ginmux.Wrap(engine.Group("/v/:tenant"))
	mux.Handle("GET /x", say("x"))
	mux.Handle("GET /tree/{rest...}", say("tree"))
	tests := []struct {
		pattern string
		handler http.Handler
		want    string
	}{
		{"GET /{a", say("it"), "bad wildcard"},
		{"/a", nil, "nil handler"},
		{"GET /x", say("it"), "an earlier route has its method and path"},
		{"HEAD /x", say("it"), "an earlier route has its method and path"},
		{"example.com/", say("it"), "gin has no hosts"},
		{"/{tenant}", say("it"), "duplicate wildcard name"},
		{"get /y", say("it"), "http method get is not valid"},
		{"/y:", say("it"), "no segments with"},
		{"GET /tree/a", say("it"), "conflicts with existing wildcard"},
	}
	for _, test := range tests {
		func() {
			defer func() {
				message := fmt.Sprint(recover())
				if !strings.Contains(message, test.want) || !strings.HasPrefix(message, fmt.Sprintf("ginmux: route %q: ", test.pattern)) {
					t.Errorf("%s: the panic says %q, want %q in it", test.pattern, message, test.want)
				}
			}()
			mux.Handle(test.pattern, test.handler)
		}()
	}
}

// TestStream demands that a handler reaches the connection through gin.
func TestStream(t *testing.T) {
	engine := newEngine()
	more := make(chan struct{})
	ginmux.Wrap(engine).Handle("GET /x", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "1")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
		<-more
		fmt.Fprint(w, "2")
	}))
	server := httptest.NewServer(engine)
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

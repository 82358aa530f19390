package runtime_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/handlergen/handlergen/runtime"
)

// get prints what a router answers to a GET request.
func get(router http.Handler, path string) {
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	fmt.Println(path, w.Code, w.Body)
}

// say returns a handler that says a word and the path that it sees.
func say(word string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, word, " sees ", r.URL.Path) }
}

// logged is middleware that prints the pattern of what it is around.
func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Printf("log: %q\n", r.Pattern)
		next.ServeHTTP(w, r)
	})
}

func ExampleRouter_compose() {
	pages := runtime.NewRouter().Handle("GET /about", say("about"))
	api := runtime.NewRouter().Handle("GET /users/{id}", say("user"))
	root := runtime.NewRouter().
		Merge(pages).
		Nest("/api", api.Layer(logged)).
		Fallback(say("nobody"))
	get(root, "/about")
	get(root, "/api/users/7")
	get(root, "/api/orders")
	// Output:
	// /about 200 about sees /about
	// log: "GET /api/users/{id}"
	// /api/users/7 200 user sees /users/7
	// /api/orders 200 nobody sees /api/orders
}

func ExampleRouter_Nest() {
	users := runtime.NewRouter().HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "user %s of %s: %s, which was %s",
			r.PathValue("id"), r.PathValue("org"), r.URL, runtime.ReadOriginalURL(r).Value)
	})
	root := runtime.NewRouter().Nest("/orgs/{org}", users)
	get(root, "/orgs/acme/users/7?all=1")
	for route := range root.Routes() {
		fmt.Println(route.Method, route.Pattern)
	}
	// Output:
	// /orgs/acme/users/7?all=1 200 user 7 of acme: /users/7?all=1, which was /orgs/acme/users/7?all=1
	// GET /orgs/{org}/users/{id}
}

// Any handler can be nested as the one route of a router.
func ExampleRouter_Nest_handler() {
	var handler http.Handler = say("files")
	root := runtime.NewRouter().Nest("/files", runtime.NewRouter().Handle("/", handler))
	get(root, "/files/a/b")
	// Output:
	// /files/a/b 200 files sees /a/b
}

func ExampleRouter_Merge() {
	read := runtime.NewRouter().Handle("GET /users", say("list"))
	write := runtime.NewRouter().Handle("POST /users", say("create"))
	root := runtime.NewRouter().Merge(read, write)
	w := httptest.NewRecorder()
	root.ServeHTTP(w, httptest.NewRequest(http.MethodDelete, "/users", nil))
	fmt.Println(w.Code, "Allow:", w.Header().Get("Allow"))
	// Output:
	// 405 Allow: GET, HEAD, POST
}

// Layer is also around the answers to requests without a route; RouteLayer is
// not.
func ExampleRouter_Layer() {
	everything := runtime.NewRouter().Handle("GET /a", say("a")).Layer(logged)
	get(everything, "/a")
	get(everything, "/b")
	routes := runtime.NewRouter().Handle("GET /a", say("a")).RouteLayer(logged)
	get(routes, "/a")
	get(routes, "/b")
	// Output:
	// log: "GET /a"
	// /a 200 a sees /a
	// log: ""
	// /b 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
	// log: "GET /a"
	// /a 200 a sees /a
	// /b 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
}

func ExampleRouter_RouteLayer() {
	authenticate := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			runtime.RenderError(w, r, runtime.Errorf(http.StatusUnauthorized, "who are you?"))
		})
	}
	private := runtime.NewRouter().Handle("GET /account", say("account")).RouteLayer(authenticate)
	root := runtime.NewRouter().Handle("GET /about", say("about")).Merge(private)
	get(root, "/about")
	get(root, "/account")
	get(root, "/none")
	// Output:
	// /about 200 about sees /about
	// /account 401 {"title":"Unauthorized","status":401,"detail":"who are you?"}
	// /none 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
}

// A nested router answers the misses below its prefix, if it has a fallback.
func ExampleRouter_Fallback() {
	api := runtime.NewRouter().Handle("GET /users", say("users")).Fallback(say("api"))
	root := runtime.NewRouter().Nest("/api", api).Fallback(say("site"))
	get(root, "/api/users")
	get(root, "/api/orders")
	get(root, "/orders")
	// Output:
	// /api/users 200 users sees /users
	// /api/orders 200 api sees /orders
	// /orders 200 site sees /orders
}

func ExampleRouter_MethodNotAllowed() {
	root := runtime.NewRouter().Handle("PUT /users", say("put")).
		MethodNotAllowed(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusMethodNotAllowed)
			fmt.Fprint(w, "only ", w.Header().Get("Allow"))
		}))
	get(root, "/users")
	// Output:
	// /users 405 only PUT
}

// The routes go to another router, which finds them from then on; requests
// without a route come back for their answers.
func ExampleRouter_Register() {
	routes := runtime.NewRouter().Handle("GET /users/{id}", say("user")).Layer(logged)
	mux := http.NewServeMux()
	mux.Handle("GET /ping", say("ping"))
	routes.Register(mux)
	mux.Handle("/", routes)
	get(mux, "/ping")
	get(mux, "/users/7")
	get(mux, "/none")
	// Output:
	// /ping 200 ping sees /ping
	// log: "GET /users/{id}"
	// /users/7 200 user sees /users/7
	// log: ""
	// /none 404 {"title":"Not Found","status":404,"detail":"no route has this path"}
}

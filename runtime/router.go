package runtime

import (
	"fmt"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A Router sends each request to the handler of the pattern that fits it best.
// Patterns are those of [http.ServeMux], and so is everything about them: which
// of several wins, redirects to the path with a slash or without dots, HEAD
// served by GET. What it adds is that routers are values to compose, that it
// lists its routes, and that requests without a route are answered as errors
// are: with a problem document, by the function given to [Router.RenderErrors],
// or by handlers of their own.
//
// # Composing
//
// [Router.Nest] and [Router.Merge] copy the routes of other routers, as they are
// at that moment: what happens to either afterwards does not show in the other.
// [Router.Layer] and [Router.RouteLayer] put middleware around what was added
// before them. All methods that compose change the router and return it:
//
//	root := runtime.NewRouter().
//		Merge(pages.Routes()).
//		Nest("/api", api.Routes(store).Layer(authenticate)).
//		Fallback(notFound).
//		Layer(trace)
//
// Routes are added before the router serves, by one goroutine; a router that
// serves may be used by any number of them. The zero value is a router without
// routes.
//
// # Mistakes
//
// What cannot be composed panics where it is composed, as with ServeMux. Two
// routes that fit the same requests are named with the places in which they were
// added, however many routers they have gone through.
type Router struct {
	routes  []*route
	exact   *http.ServeMux // the routes alone; judges them when they are added
	errors  *rendering     // nil for problem documents
	answers misses

	compiling sync.Mutex
	table     atomic.Pointer[table] // nil when something was added since
}

// A Route is one pattern of a router.
type Route struct {
	Method  string // "GET"; empty when the pattern has none, which then fits all
	Pattern string // without the method: "/users/{id}", "example.com/"
}

// NewRouter returns a router without routes.
func NewRouter() *Router { return new(Router) }

// Handle adds a route. It panics if [http.ServeMux.Handle] would: if the
// pattern is malformed, if it conflicts with an earlier one, and if h is nil.
//
// A handler that is mounted as a whole is nested, so that it sees the rest of
// the path, and a [Redirect] of it is relative to the whole:
//
//	root.Nest("/files", runtime.NewRouter().Handle("/", files))
//
// A Router is nested itself, since a ServeMux that does not see the whole path,
// also behind [http.StripPrefix], redirects without the prefix.
//
// [http.ServeMux.Handle]: https://pkg.go.dev/net/http#ServeMux.Handle
// [http.StripPrefix]: https://pkg.go.dev/net/http#StripPrefix
func (rt *Router) Handle(pattern string, h http.Handler) *Router {
	if isNilHandler(h) {
		panic(fmt.Sprintf("runtime: route %q: nil handler", pattern))
	}
	rt.add(&route{pattern: pattern, handler: h, origin: callers(), refusal: rt.answers.refusal()})
	return rt
}

func isNilHandler(h http.Handler) bool {
	f, ok := h.(http.HandlerFunc)
	return h == nil || ok && f == nil
}

// HandleFunc is [Router.Handle] for a function.
func (rt *Router) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) *Router {
	return rt.Handle(pattern, http.HandlerFunc(h))
}

// HandleAdapter is [Router.HandleFunc] for generated code, where the function
// renders errors itself, and gives its writer to nobody who would ask
// [RenderError] to. Without a layer around it, its requests need not carry the
// function given to [Router.RenderErrors].
func (rt *Router) HandleAdapter(pattern string, h func(http.ResponseWriter, *http.Request)) *Router {
	rt.HandleFunc(pattern, h)
	rt.routes[len(rt.routes)-1].renders = true
	return rt
}

// Routes goes through the routes in the order in which they were added, those
// of other routers in their place and with their whole pattern.
func (rt *Router) Routes() iter.Seq[Route] {
	return func(yield func(Route) bool) {
		for _, e := range rt.routes {
			if !yield(Route{Method: e.parsed.Method, Pattern: e.parsed.Host + e.parsed.Path}) {
				return
			}
		}
	}
}

// RenderErrors lets render answer the requests that no route fits, unless they
// have handlers of their own, and what middleware and handlers give to
// [RenderError]. The error of a request without a route is a [*Rejection] with
// status 404 or 405; the header Allow of a 405 is set already. Nil restores the
// problem document.
//
// In a router that was nested or merged, its function goes on to render the
// errors of its routes. The request without a route is rendered by that of the
// outermost router, which is the one that could not place it.
func (rt *Router) RenderErrors(render func(w http.ResponseWriter, r *http.Request, err error)) *Router {
	rt.errors = newRendering(render)
	rt.table.Store(nil)
	return rt
}

// ServeHTTP serves r by the handler of its route.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t := rt.table.Load()
	if t == nil {
		t = rt.compile()
	}
	t.serve(w, r)
}

// compile makes the table of the routes as they are.
func (rt *Router) compile() *table {
	rt.compiling.Lock()
	defer rt.compiling.Unlock()
	t := rt.table.Load()
	if t == nil {
		t = newTable(rt)
		rt.table.Store(t)
	}
	return t
}

// A route is a pattern of one router. Routers share none, since each puts
// layers of its own around them.
type route struct {
	pattern string // as it was added, with the prefix: "GET /api/users/{id}"
	parsed  pattern.Pattern
	handler http.Handler // with layers
	renders bool         // the handler renders all errors by itself
	refusal *answer      // answers 405 for the path
	origin  origin
	serves  http.Handler // the handler as the table has it
	index   int          // in the table
}

// ServeHTTP serves r once the table has found the route.
func (e *route) ServeHTTP(w http.ResponseWriter, r *http.Request) { e.serves.ServeHTTP(w, r) }

// add adds a route unless ServeMux refuses it.
func (rt *Router) add(e *route) {
	if rt.exact == nil {
		rt.exact = http.NewServeMux()
	}
	defer rt.explain(e)
	rt.exact.Handle(e.pattern, e)
	e.parsed = mustParse(e.pattern)
	rt.routes = append(rt.routes, e)
	rt.table.Store(nil)
}

// mustParse parses a pattern that ServeMux has accepted.
func mustParse(text string) pattern.Pattern {
	p, err := pattern.Parse(text)
	if err != nil {
		panic(fmt.Sprintf("runtime: %v", err))
	}
	return p
}

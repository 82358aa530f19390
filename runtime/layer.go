package runtime

import (
	"fmt"
	"net/http"
	"slices"
)

// Layer puts middleware around every route that was added so far and around
// the answers to requests without a route, 404 and 405, fallbacks included. What
// is added later stays bare, a later [Router.Fallback] too.
//
// Of several in one call the first is outermost, as in a use directive; of
// several calls the last is outermost. So Layer(a, b) is Layer(b).Layer(a).
//
// Middleware runs after the route was found: it sees its pattern and path
// values, and cannot choose another one. What has to run before, such as
// rewriting paths, goes around the router itself, which is an [http.Handler].
// The redirects of [http.ServeMux] to a clean path are not part of a route and
// have no layers.
//
// Each of the functions is called once for each route and each answer. State
// that the routes share, such as a limit of requests, therefore belongs to what
// returned the function, and not to its body.
func (rt *Router) Layer(middleware ...func(http.Handler) http.Handler) *Router {
	checkLayers(middleware)
	rt.wrapRoutes(middleware)
	for a := range rt.answers.all() {
		a.handler = wrap(a.handler, middleware)
	}
	rt.answers.settle()
	rt.table.Store(nil)
	return rt
}

// RouteLayer is [Router.Layer] for the routes alone: requests without a route,
// also those that no more than their method keeps from one, are answered without
// it. It panics if there is no route yet, since it would do nothing.
func (rt *Router) RouteLayer(middleware ...func(http.Handler) http.Handler) *Router {
	checkLayers(middleware)
	if len(rt.routes) == 0 {
		panic("runtime: RouteLayer before any route does nothing: add the routes first")
	}
	rt.wrapRoutes(middleware)
	rt.table.Store(nil)
	return rt
}

func (rt *Router) wrapRoutes(middleware []func(http.Handler) http.Handler) {
	for _, e := range rt.routes {
		e.handler = wrap(e.handler, middleware)
		e.renders = e.renders && len(middleware) == 0
	}
}

func checkLayers(middleware []func(http.Handler) http.Handler) {
	if i := slices.IndexFunc(middleware, func(m func(http.Handler) http.Handler) bool { return m == nil }); i >= 0 {
		panic(fmt.Sprintf("runtime: layer %d is nil", i+1))
	}
}

// wrap puts middleware around a handler, the first outermost.
func wrap(h http.Handler, middleware []func(http.Handler) http.Handler) http.Handler {
	for _, m := range slices.Backward(middleware) {
		if h = m(h); h == nil {
			panic("runtime: a layer returned a nil handler")
		}
	}
	return h
}

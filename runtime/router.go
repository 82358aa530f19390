package runtime

import (
	"iter"
	"net/http"
	"slices"
	"strings"
)

// A Router sends each request to the handler of the pattern that fits it best.
// Patterns are those of [http.ServeMux], and so is everything about them: which
// of several wins, redirects to the path with a slash or without dots, HEAD
// served by GET. What it adds is that it lists its routes, and that requests
// without a route are answered as errors are: with a problem document, or by
// the function given to [Router.RenderErrors].
//
// Routes are added before the router serves.
type Router struct {
	table  *table
	routes []Route
	render renderer
}

// A Route is one pattern of a router.
type Route struct {
	Method  string // "GET"; empty when the pattern has none, which then fits all
	Pattern string // without the method: "/users/{id}", "example.com/"
}

// NewRouter returns a router without routes.
func NewRouter() *Router {
	rt := &Router{}
	rt.table = newTable(rt.miss)
	return rt
}

// Handle adds a route. It panics if [http.ServeMux.Handle] would: if the
// pattern is malformed, if it conflicts with an earlier one, and if h is nil.
// The message names the pattern.
//
// [http.ServeMux.Handle]: https://pkg.go.dev/net/http#ServeMux.Handle
func (rt *Router) Handle(pattern string, h http.Handler) {
	if h != nil && !isNilFunc(h) {
		h = &endpoint{rt, h}
	}
	rt.table.add(pattern, h)
	method, rest := splitPattern(pattern)
	rt.routes = append(rt.routes, Route{Method: method, Pattern: rest})
}

// HandleFunc is [Router.Handle] for a function.
func (rt *Router) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	if h == nil {
		rt.Handle(pattern, nil)
		return
	}
	rt.Handle(pattern, http.HandlerFunc(h))
}

// Routes goes through the routes in the order in which they were added.
func (rt *Router) Routes() iter.Seq[Route] { return slices.Values(rt.routes) }

// RenderErrors lets render answer the requests that no route fits, and what
// middleware and handlers give to [RenderError]. The error of a request without
// a route is a [*Rejection] with status 404 or 405; the header Allow of a 405 is
// set already. Nil restores the problem document.
func (rt *Router) RenderErrors(render func(w http.ResponseWriter, r *http.Request, err error)) {
	rt.render = render
}

// ServeHTTP serves r by the handler of its route.
func (rt *Router) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rt.table.handler(r).ServeHTTP(w, r)
}

// An endpoint is the handler of a route. It lets RenderError find the errors
// function of its router.
type endpoint struct {
	router *Router
	h      http.Handler
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if render := e.router.render; render != nil {
		r = withRenderer(r, render)
	}
	e.h.ServeHTTP(w, r)
}

func isNilFunc(h http.Handler) bool {
	f, ok := h.(http.HandlerFunc)
	return ok && f == nil
}

// miss answers a request that no route fits.
func (rt *Router) miss(w http.ResponseWriter, r *http.Request, status int) {
	rejection := errNotFound
	if status == http.StatusMethodNotAllowed {
		rejection = errMethodNotAllowed
	}
	if rt.render == nil {
		writeProblem(w, status, rejection.detail, nil)
		return
	}
	rt.render(w, r, rejection)
}

var (
	errNotFound         = &Rejection{status: http.StatusNotFound, detail: "no route has this path"}
	errMethodNotAllowed = &Rejection{
		status: http.StatusMethodNotAllowed,
		detail: "this path has no route with this method",
	}
)

// splitPattern cuts the method off a pattern.
func splitPattern(pattern string) (method, rest string) {
	i := strings.IndexAny(pattern, " \t")
	if i < 0 {
		return "", pattern
	}
	return pattern[:i], strings.TrimLeft(pattern[i+1:], " \t")
}

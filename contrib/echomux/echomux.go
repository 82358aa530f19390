// Package echomux registers net/http handlers on echo, with the patterns of
// [http.ServeMux]. It is how the routes of handlergen live beside those of an
// application that is written with echo:
//
//	e := echo.New()
//	users.Routes(state).Register(echomux.Wrap(e))
//
// The middleware of the instance or group runs around the handlers, which see
// the path values and the pattern in their request as behind ServeMux; the
// pattern includes the prefix of the group.
//
// What differs is what echo decides before a handler runs: precedence, 404 and
// 405. For the answers of a [runtime.Router] instead, give it to echo for the
// rest:
//
//	e.RouteNotFound("/*", echo.WrapHandler(router))
//
// Where a route ends with a slash or {name...}, echo answers 405 by itself all the
// same.
//
// echo has no hosts in patterns; those of [echo.Echo.Host] are groups.
//
// [http.ServeMux]: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux
// [runtime.Router]: https://pkg.go.dev/github.com/handlergen/handlergen/runtime#Router
package echomux

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A Router is an [echo.Echo] or an [echo.Group].
type Router interface {
	Add(method, path string, handler echo.HandlerFunc, middleware ...echo.MiddlewareFunc) *echo.Route
}

// A Mux registers handlers on echo.
type Mux struct {
	router Router
	taken  map[string]bool // methods and paths
}

// Wrap returns a Mux for an instance or a group. One for each is enough: routes
// from two of them do not know of each other.
func Wrap(router Router) *Mux { return &Mux{router: router, taken: map[string]bool{}} }

// Handle registers a handler for a pattern. One for GET serves HEAD too, and one
// without a method the usual ten, unless an earlier call has registered that: so
// the more specific comes first, as [runtime.Router.Register] sees to.
//
// Handle panics if the pattern is malformed, if echo cannot have it, and if its
// method and path are taken.
//
// [runtime.Router.Register]: https://pkg.go.dev/github.com/handlergen/handlergen/runtime#Router.Register
func (m *Mux) Handle(text string, h http.Handler) {
	defer func() {
		if reason := recover(); reason != nil {
			panic(fmt.Sprintf("echomux: route %q: %v", text, reason))
		}
	}()
	if h == nil {
		panic("nil handler")
	}
	p, err := pattern.Parse(text)
	if err != nil {
		panic(err)
	}
	if p.Host != "" {
		panic("echo has no hosts in patterns")
	}
	e := &endpoint{h: h}
	path, shape := toEcho(p)
	escaped, _ := toEcho(p.Escaped())
	for _, method := range p.Methods() {
		key := method + " " + shape
		switch {
		case !m.taken[key]:
			m.taken[key] = true
			route := m.router.Add(method, path, e.serve)
			e.full = withPrefix(p, strings.TrimSuffix(route.Path, path))
			// echo compares the path as it was sent if that has unusual escapes.
			if escaped != path {
				m.router.Add(method, escaped, e.serve)
			}
		case method == p.Method:
			panic("an earlier route has its method and path")
		}
	}
}

// toEcho writes a pattern as echo does, and its shape: the same without names.
func toEcho(p pattern.Pattern) (path, shape string) {
	for _, s := range p.Segments {
		path, shape = path+"/", shape+"/"
		switch s.Kind {
		case pattern.Literal:
			if strings.ContainsAny(s.Text, "/:*") {
				panic("echo has no segments with /, : or * in them")
			}
			path, shape = path+s.Text, shape+s.Text
		case pattern.Wildcard:
			path, shape = path+":"+s.Text, shape+":"
		case pattern.Rest:
			path, shape = path+"*", shape+"*"
		}
	}
	return path, shape
}

// withPrefix returns the pattern with the prefix of a group.
func withPrefix(p pattern.Pattern, prefix string) pattern.Pattern {
	segments := strings.Split(prefix, "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	full, err := pattern.Parse(p.Method + " " + strings.Join(segments, "/") + p.Path)
	if err != nil {
		panic(err)
	}
	return full
}

// An endpoint serves one pattern.
type endpoint struct {
	full pattern.Pattern // with the prefix of the group
	h    http.Handler
}

func (e *endpoint) serve(c echo.Context) error {
	r := c.Request()
	if !e.full.SetPathValues(r, r.URL.EscapedPath()) {
		return echo.ErrNotFound // a wildcard is empty, which echo lets pass
	}
	r.Pattern = e.full.String()
	e.h.ServeHTTP(c.Response(), r)
	return nil
}

// Package ginmux registers net/http handlers on gin, with the patterns of
// [http.ServeMux]. It is how the routes of handlergen live beside those of an
// application that is written with gin:
//
//	engine := gin.New()
//	engine.UseEscapedPath = true
//	users.Routes(state).Register(ginmux.Wrap(engine))
//
// The middleware of the engine or group runs around the handlers, which see the
// path values and the pattern in their request as behind ServeMux; the pattern
// includes the prefix of the group.
//
// What differs is what gin decides before a handler runs: precedence,
// redirects, 404 and 405. For the answers of a [runtime.Router] instead, give it
// to gin for the rest; HandleMethodNotAllowed is for 405 and Allow:
//
//	engine.HandleMethodNotAllowed = true
//	engine.NoMethod(gin.WrapH(router))
//	engine.NoRoute(gin.WrapH(router))
//
// gin has its status 404 or 405 ready then, which stands unless the answer says
// another one.
//
// Without UseEscapedPath gin compares the path without its escapes, so that
// /users/a%2Fb has three segments, and does not fit /users/{id}.
//
// gin has no hosts, and no routes beside a wildcard {name...} or a pattern with
// a slash at its end: Handle panics with what gin says.
//
// [http.ServeMux]: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux
// [runtime.Router]: https://pkg.go.dev/github.com/handlergen/handlergen/runtime#Router
package ginmux

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A Router is a [gin.Engine] or a [gin.RouterGroup].
type Router interface {
	gin.IRoutes
	BasePath() string
}

// A Mux registers handlers on gin.
type Mux struct {
	router Router
	prefix string            // of the group, in the syntax of ServeMux
	names  map[string]string // of wildcards, by what stands before them
	taken  map[string]bool   // methods and paths
}

// Wrap returns a Mux for an engine or a group. One for each is enough: routes
// from two of them do not know of each other.
func Wrap(router Router) *Mux {
	return &Mux{
		router: router,
		prefix: fromGin(router.BasePath()),
		names:  map[string]string{},
		taken:  map[string]bool{},
	}
}

// Handle registers a handler for a pattern. One for GET serves HEAD too, and one
// without a method the usual ten, unless an earlier call has registered that: so
// the more specific comes first, as [runtime.Router.Register] sees to.
//
// Handle panics if the pattern is malformed, if gin cannot have it, and if its
// method and path are taken.
//
// [runtime.Router.Register]: https://pkg.go.dev/github.com/handlergen/handlergen/runtime#Router.Register
func (m *Mux) Handle(text string, h http.Handler) {
	defer func() {
		if reason := recover(); reason != nil {
			panic(fmt.Sprintf("ginmux: route %q: %v", text, reason))
		}
	}()
	if h == nil {
		panic("nil handler")
	}
	paths, full := m.parse(text)
	e := &endpoint{full: full, h: h}
	for _, method := range full.Methods() {
		key := method + " " + paths[0]
		switch {
		case !m.taken[key]:
			m.taken[key] = true
			for _, path := range paths {
				m.router.Handle(method, path, e.serve)
			}
		case method == full.Method:
			panic("an earlier route has its method and path")
		}
	}
}

// parse returns the paths for gin, and the pattern with the group's prefix. There
// are two paths if literals have to be escaped, of which gin compares one or the
// other, as it is set.
func (m *Mux) parse(text string) (paths []string, full pattern.Pattern) {
	p, err := pattern.Parse(text)
	if err != nil {
		panic(err)
	}
	if p.Host != "" {
		panic("gin has no hosts")
	}
	full, err = pattern.Parse(p.Method + " " + m.prefix + p.Path)
	if err != nil {
		panic(err)
	}
	paths = []string{m.toGin(p)}
	if escaped := m.toGin(p.Escaped()); escaped != paths[0] {
		paths = append(paths, escaped)
	}
	return paths, full
}

// toGin writes a pattern as gin does. Wildcards at one place have one name,
// since gin wants it so; their values are found without it.
func (m *Mux) toGin(p pattern.Pattern) string {
	path := ""
	for _, s := range p.Segments {
		path += "/"
		switch s.Kind {
		case pattern.Literal:
			if strings.ContainsAny(s.Text, "/:*") {
				panic("gin has no segments with /, : or * in them")
			}
			path += s.Text
		case pattern.Wildcard:
			path += ":" + m.name(path, s.Text)
		case pattern.Rest:
			path += "*" + m.name(path, s.Text)
		}
	}
	return path
}

// name returns the name of the wildcard behind a path.
func (m *Mux) name(path, name string) string {
	if m.names[path] == "" {
		m.names[path] = name
		if name == "" {
			m.names[path] = "rest"
		}
	}
	return m.names[path]
}

// fromGin returns the path of a group in the syntax of ServeMux.
func fromGin(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i, s := range segments {
		if name, ok := strings.CutPrefix(s, ":"); ok {
			segments[i] = "{" + name + "}"
		}
	}
	return strings.Join(segments, "/")
}

// An endpoint serves one pattern.
type endpoint struct {
	full pattern.Pattern
	h    http.Handler
}

func (e *endpoint) serve(c *gin.Context) {
	r := c.Request
	if !e.full.SetPathValues(r, r.URL.EscapedPath()) && !e.setParams(r, c.Params) {
		http.NotFound(c.Writer, r)
		return
	}
	r.Pattern = e.full.String()
	e.h.ServeHTTP(c.Writer, r)
}

// setParams takes the values that gin has found, for a path that gin has cleaned
// before. It reports whether each wildcard has one: gin lets them be empty.
func (e *endpoint) setParams(r *http.Request, params gin.Params) bool {
	for _, s := range e.full.Segments {
		if s.Kind != pattern.Wildcard && s.Kind != pattern.Rest {
			continue
		}
		if len(params) == 0 || s.Kind == pattern.Wildcard && params[0].Value == "" {
			return false
		}
		if s.Text != "" {
			r.SetPathValue(s.Text, strings.TrimPrefix(params[0].Value, "/"))
		}
		params = params[1:]
	}
	return true
}

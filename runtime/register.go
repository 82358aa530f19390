package runtime

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A Mux is another router, for [Router.Register]. It understands the patterns of
// [http.ServeMux], as ServeMux itself does and the adapters of contrib/ginmux
// and contrib/echomux do, or it has chi's method
//
//	Method(method, pattern string, h http.Handler)
//
// and is given the patterns of chi: /* for what ends with a slash or a wildcard
// {name...}, and a path with a slash at its end for {$}.
//
// [http.ServeMux]: https://pkg.go.dev/net/http#ServeMux
type Mux interface {
	Handle(pattern string, h http.Handler)
}

// chi is a Mux with the patterns of github.com/go-chi/chi.
type chi interface {
	Mux
	Method(method, pattern string, h http.Handler)
}

// Register adds the routes, as they are now, to another router, which then
// finds them in place of this one. Handlers, layers, nested routers and errors
// functions work as before, [http.Request.PathValue] and the pattern of the
// request included. A prefix that the other router has, such as that of a group,
// is to them as one of [Router.Nest]: part of the pattern, and not of the URL.
// To add routes to a Router there is [Router.Merge].
//
// What no route fits is answered by the other router in its own way, and so are
// paths that are not clean. For the answers of this one, give it to the other
// as the handler of the rest, which finds no route either:
//
//	mux.Handle("/", router)              // ServeMux
//	mux.NotFound(router.ServeHTTP)       // chi, also for MethodNotAllowed
//	engine.NoRoute(gin.WrapH(router))    // gin, also for NoMethod
//	echo.RouteNotFound("/*", echo.WrapHandler(router))
//
// Below a prefix it goes behind [http.StripPrefix]. gin has its own status 404 or
// 405 ready by then, which stands unless the answer says another one.
//
// Register panics if the other router cannot have a route: hosts are known to
// ServeMux alone, methods of one's own not to all, and some refuse wildcards
// beside each other that ServeMux tells apart.
//
// [http.Request.PathValue]: https://pkg.go.dev/net/http#Request.PathValue
// [http.StripPrefix]: https://pkg.go.dev/net/http#StripPrefix
func (rt *Router) Register(mux Mux) {
	if mux == nil {
		panic("runtime: register: nil router")
	}
	t := rt.compile()
	if chi, ok := mux.(chi); ok {
		t.registerChi(chi)
		return
	}
	// The more specific first, for adapters to routers that have GET and HEAD, and
	// each method, by itself.
	for _, e := range slices.SortedStableFunc(slices.Values(rt.routes), compareMethods) {
		h := &registered{e.parsed.Host + e.parsed.Path, e.serves}
		e.register(func() { mux.Handle(e.pattern, h) })
	}
}

// A registered handler serves a route that another router has found, perhaps
// below a prefix.
type registered struct {
	path string // of the pattern, with the host
	h    http.Handler
}

func (g *registered) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, whole := pattern.Split(r.Pattern)
	prefix, ok := strings.CutSuffix(whole, g.path)
	if !ok {
		prefix = ""
	}
	serveBelow(prefix, g.h, w, r)
}

// serveBelow serves r by what the other router has below a prefix, as it is in a
// pattern of that router.
func serveBelow(prefix string, h http.Handler, w http.ResponseWriter, r *http.Request) {
	n, braces := 0, 0
	for _, c := range prefix {
		switch {
		case c == '{':
			braces++
		case c == '}':
			braces--
		case c == '/' && braces == 0: // in braces it is of a regular expression
			n++
		}
	}
	if n > 0 {
		h = &nested{segments: n, h: h}
	}
	h.ServeHTTP(w, r)
}

// compareMethods puts HEAD before GET, and both before a route for all methods.
func compareMethods(a, b *route) int {
	rank := func(e *route) int {
		switch e.parsed.Method {
		case http.MethodHead:
			return 0
		case "":
			return 2
		}
		return 1
	}
	return cmp.Compare(rank(a), rank(b))
}

// register calls add, and says which route another router refuses.
func (e *route) register(add func()) {
	defer func() {
		if reason := recover(); reason != nil {
			panic(fmt.Sprintf("runtime: register route %q (added at %s): %v", e.pattern, e.origin, reason))
		}
	}()
	add()
}

// registerChi registers the routes with the patterns of chi. A route for all
// methods takes those of earlier ones, so it comes first, and GET does not serve
// HEAD.
func (t *table) registerChi(mux chi) {
	routes := slices.SortedStableFunc(slices.Values(t.router.routes), func(a, b *route) int { return compareMethods(b, a) })
	for _, e := range routes {
		e.register(func() {
			path := toChi(e.parsed)
			t.addToChi(mux, e, path)
			// chi compares the path as it was sent if that has unusual escapes.
			if escaped := toChi(e.parsed.Escaped()); escaped != path {
				t.addToChi(mux, e, escaped)
			}
		})
	}
}

// addToChi adds a route with a path in the syntax of chi.
func (t *table) addToChi(mux chi, e *route, path string) {
	h := &chiRoute{e.parsed, path, e.serves, t}
	switch e.parsed.Method {
	case "":
		mux.Handle(path, h)
		return
	case http.MethodGet:
		mux.Method(http.MethodHead, path, h) // a route for HEAD comes after it
	}
	mux.Method(e.parsed.Method, path, h)
}

// A chiRoute serves a route that chi has found.
type chiRoute struct {
	pattern pattern.Pattern
	path    string // in the syntax of chi
	route   http.Handler
	table   *table
}

// toChi returns the path of a pattern in the syntax of chi.
func toChi(p pattern.Pattern) string {
	if p.Host != "" {
		panic(fmt.Sprintf("this router has no hosts; register routes for %s with one of their own", p.Host))
	}
	var path strings.Builder
	for _, s := range p.Segments {
		path.WriteByte('/')
		switch s.Kind {
		case pattern.Literal:
			if strings.ContainsAny(s.Text, "/{}*") {
				panic("this router has no segments with /, {, } or * in them")
			}
			path.WriteString(s.Text)
		case pattern.Wildcard:
			path.WriteString("{" + s.Text + "}")
		case pattern.Rest:
			path.WriteByte('*')
		}
	}
	return path.String()
}

func (c *chiRoute) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !c.setPathValues(r) {
		r.Pattern = ""
		c.table.miss(w, r, errNotFound)
		return
	}
	prefix, ok := strings.CutSuffix(r.Pattern, strings.TrimSuffix(c.path, "/"))
	if !ok {
		prefix = "" // an older chi, which sets no pattern
	}
	prefix = strings.TrimSuffix(prefix, "/")
	r.Pattern = strings.TrimLeft(c.pattern.Method+" ", " ") + prefix + c.pattern.Path
	serveBelow(prefix, c.route, w, r)
}

// setPathValues makes of chi's path values what ServeMux would: chi leaves them
// escaped if the path has escapes of its own, calls the rest *, and lets a
// segment be empty.
func (c *chiRoute) setPathValues(r *http.Request) bool {
	for _, s := range c.pattern.Segments {
		name := s.Text
		switch {
		case s.Kind == pattern.Rest && name != "":
			name = "*"
		case s.Kind != pattern.Wildcard:
			continue
		}
		value := r.PathValue(name)
		if r.URL.RawPath != "" {
			if text, err := url.PathUnescape(value); err == nil {
				value = text
			}
		}
		if value == "" && s.Kind == pattern.Wildcard {
			return false
		}
		r.SetPathValue(s.Text, value)
	}
	return true
}

package runtime

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// A table finds the handler of a request. It is the only place that knows how
// that is done, and never changes: a router makes another one when routes were
// added.
//
// A path that stands in a pattern word for word is looked up. All others are
// found by two ServeMuxes. The one that serves has a route "/" of its own for
// what no other route fits. The other knows the user's routes alone, and says
// what net/http would have answered to a miss.
type table struct {
	paths     map[string]*methods
	looks     [256]bool // which of the paths may be there, by what look returns
	serving   *http.ServeMux
	exact     *http.ServeMux
	router    *Router
	errors    *rendering
	missing   http.Handler
	fallbacks []fallback // the most specific first
	refuses   bool       // there is more to a 405 than the default
}

// newTable returns the table of a router's routes.
func newTable(rt *Router) *table {
	t := &table{
		serving: http.NewServeMux(),
		exact:   rt.exact,
		router:  rt,
		errors:  rt.errors,
		missing: missByDefault,
	}
	if t.exact == nil {
		t.exact = http.NewServeMux()
	}
	if rt.answers.missing != nil {
		t.missing = rt.answers.missing.handler
	}
	t.fallbacks = slices.SortedStableFunc(slices.Values(rt.answers.fallbacks), fallback.compare)
	fitsEverything := false
	for i, e := range rt.routes {
		e.index = i
		e.serves = e.handler
		if t.errors != nil && !e.renders {
			e.serves = &nested{errors: t.errors, h: e.handler}
		}
		t.refuses = t.refuses || !isDefault(e.refusal.handler)
		t.serving.Handle(e.pattern, e.serves)
		fitsEverything = fitsEverything || fitsAll(e.parsed)
	}
	if !fitsEverything {
		t.serving.HandleFunc("/", t.serveRest)
	}
	t.paths = literalPaths(rt.routes)
	for path := range t.paths {
		t.looks[look(path)] = true
	}
	return t
}

// serve serves r.
func (t *table) serve(w http.ResponseWriter, r *http.Request) {
	if t.looks[look(r.URL.Path)] {
		if e := t.lookUp(r); e != nil {
			r.Pattern = e.pattern
			e.serves.ServeHTTP(w, r)
			return
		}
	}
	if r.Method == http.MethodConnect && r.RequestURI != "*" {
		t.serveConnect(w, r)
		return
	}
	t.serving.ServeHTTP(w, r)
}

// serveConnect serves a CONNECT request, whose path ServeMux does not clean.
// One with an empty segment would match a wildcard with nothing, of which
// PathValue panics (golang/go#81222).
func (t *table) serveConnect(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.URL.Path, "//") {
		t.miss(w, r, errNotFound)
		return
	}
	t.serveRest(w, r)
}

// serveRest serves what no route of the serving mux fits: by the user's own
// route for the rest, or as a miss.
func (t *table) serveRest(w http.ResponseWriter, r *http.Request) {
	h, found := t.exact.Handler(r)
	if found != "" {
		t.exact.ServeHTTP(w, r)
		return
	}
	r.Pattern = ""
	var head answerHead
	h.ServeHTTP(&head, r)
	switch head.status {
	case http.StatusMethodNotAllowed:
		w.Header()["Allow"] = head.header["Allow"]
		t.miss(w, r, errMethodNotAllowed)
	case http.StatusNotFound:
		t.miss(w, r, errNotFound)
	default: // a redirect to the clean path
		h.ServeHTTP(w, r)
	}
}

// fitsAll reports whether a pattern fits every request that no other does, as
// the serving mux's own route.
func fitsAll(p pattern.Pattern) bool {
	return p.Method == "" && p.Host == "" && p.Segments[0].Kind == pattern.Rest
}

// miss answers a request that no route fits.
func (t *table) miss(w http.ResponseWriter, r *http.Request, why *Rejection) {
	h := t.missing
	if why == errMethodNotAllowed {
		h = t.refusal(r, w.Header().Get("Allow"))
	} else if f := t.fallback(r); f != nil {
		h = f
	}
	ctx := r.Context()
	errors := t.errors.below(ctx)
	if isDefault(h) {
		errors.refuse(w, r, why)
		return
	}
	m := &miss{errors: errors, url: r.URL}
	ctx = context.WithValue(t.errors.inside(ctx), missKey{}, m)
	serveCopy(h, w, r, r.WithContext(ctx))
}

// fallback returns the fallback of a nested router that is due, or nil.
func (t *table) fallback(r *http.Request) http.Handler {
	if len(t.fallbacks) == 0 {
		return nil
	}
	escaped := r.URL.EscapedPath()
	for _, f := range t.fallbacks {
		if setPathValues(f.prefix, r, escaped) {
			return f.handler
		}
	}
	return nil
}

// refusal returns the handler that refuses the method of r, which is none of
// the allowed ones: that of the router whose route has the path.
func (t *table) refusal(r *http.Request, allowed string) http.Handler {
	if !t.refuses {
		return refuseByDefault
	}
	var owner *route
	probe := *r
	for method := range strings.SplitSeq(allowed, ", ") {
		probe.Method = method
		h, found := t.exact.Handler(&probe)
		e, ok := h.(*route)
		if !ok { // a redirect
			e = t.router.routeOf(found)
		}
		if e != nil && (owner == nil || t.prefers(e, owner)) {
			owner = e
		}
	}
	if owner == nil {
		return refuseByDefault
	}
	setPathValues(owner.parsed, r, r.URL.EscapedPath())
	return owner.refusal.handler
}

// prefers reports whether a rather than b speaks for their common path.
func (t *table) prefers(a, b *route) bool {
	if t.router.answers.notAllowed == nil && a.refusal.own != b.refusal.own {
		return a.refusal.own
	}
	return a.index < b.index
}

// setPathValues gives r the path values of p if its path fits, or would with a
// slash at its end.
func setPathValues(p pattern.Pattern, r *http.Request, escaped string) bool {
	return p.SetPathValues(r, escaped) || p.SetPathValues(r, escaped+"/")
}

// A path of patterns without wildcards has a route for each of some methods, and
// perhaps one for all others.
type methods struct {
	names  []string
	routes []*route
	rest   *route
}

// lookUp returns the route of r if its path stands in a pattern word for word,
// else nil. It finds what ServeMux would: patterns without wildcards are more
// specific than all others that fit the same requests.
func (t *table) lookUp(r *http.Request) *route {
	if r.URL.RawPath != "" || r.RequestURI == "*" || strings.IndexByte(r.Pattern, '{') >= 0 {
		return nil // ServeMux cares for escapes, and forgets the path values of a mux outside
	}
	found, ok := t.paths[r.URL.Path]
	if !ok {
		return nil
	}
	for i, name := range found.names {
		if name == r.Method {
			return found.routes[i]
		}
	}
	if r.Method == http.MethodConnect {
		return nil
	}
	return found.rest
}

// look returns a number by which most paths are told apart, so that hardly any
// is looked up in vain before ServeMux matches its wildcards.
func look(path string) uint8 {
	if path == "" {
		return 0
	}
	return uint8(len(path)) + 37*path[len(path)-1]
}

// literalPaths returns the routes that lookUp finds. There are none if a pattern
// has a host, which comes before the path.
func literalPaths(routes []*route) map[string]*methods {
	paths := map[string]*methods{}
	for _, e := range routes {
		if e.parsed.Host != "" {
			return nil
		}
		text, ok := literalPath(e.parsed)
		if !ok || e.parsed.Method == http.MethodConnect {
			continue
		}
		m := paths[text]
		if m == nil {
			m = &methods{}
			paths[text] = m
		}
		m.add(e)
	}
	return paths
}

func (m *methods) add(e *route) {
	method := e.parsed.Method
	if method == "" {
		m.rest = e
		return
	}
	if i := slices.Index(m.names, method); i >= 0 {
		m.routes[i] = e // HEAD, for which GET stood in
		return
	}
	m.names, m.routes = append(m.names, method), append(m.routes, e)
	if method == http.MethodGet && !slices.Contains(m.names, http.MethodHead) {
		m.names, m.routes = append(m.names, http.MethodHead), append(m.routes, e)
	}
}

// literalPath returns the one path that a pattern fits, without its escapes.
func literalPath(p pattern.Pattern) (string, bool) {
	text := ""
	for _, s := range p.Segments {
		switch {
		case s.Kind == pattern.End, s.Kind == pattern.Literal && !strings.Contains(s.Text, "/"):
			text += "/" + s.Text
		default:
			return "", false
		}
	}
	clean := path.Clean(text)
	if strings.HasSuffix(text, "/") && clean != "/" {
		clean += "/"
	}
	return text, clean == text // else ServeMux redirects before it matches
}

// An answerHead is the status and header of an answer that is not sent.
type answerHead struct {
	header http.Header
	status int
}

func (a *answerHead) Header() http.Header {
	if a.header == nil {
		a.header = make(http.Header)
	}
	return a.header
}

func (a *answerHead) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answerHead) Write(p []byte) (int, error) { return len(p), nil }

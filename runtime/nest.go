package runtime

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// Nest adds the routes of another router, as they are now, under a prefix. The
// prefix goes before their path, after their method and host, as that of a group
// directive does; a slash at its end does not count:
//
//	prefix  route     becomes         fits
//	/api    /users    /api/users      /api/users
//	/api    /{$}      /api/{$}        /api/, to which /api redirects
//	/api    /         /api/           all paths below /api/; /api redirects there
//	/api    h.org/x   h.org/api/x     /api/x on that host
//	/{org}  /{id}     /{org}/{id}     path values of both
//
// The handlers, layers and fallback of the inner router see a request whose URL
// has the path without the prefix, as behind [http.StripPrefix], but for any
// prefix and escapes. The pattern of the request and the path values are whole;
// [OriginalURL] is the URL as it was, and what a [Redirect] is relative to. What
// is around them sees the whole URL.
//
// Layers of the inner router stay around its routes, its 405 and its fallback.
// Where it has no fallback, or no handler for 405, those of rt count; the layers
// around its default 404 are lost.
//
// A prefix starts with a slash and is more than that. It may have wildcards, each
// of which fits one segment; one with a name that an inner route uses too is
// refused, and so is {name...} or {$}, behind which nothing can follow.
//
// [http.StripPrefix]: https://pkg.go.dev/net/http#StripPrefix
func (rt *Router) Nest(prefix string, inner *Router) *Router {
	if inner == nil {
		panic(fmt.Sprintf("runtime: nest %q: nil router", prefix))
	}
	if inner == rt {
		panic(fmt.Sprintf("runtime: nest %q: a router in itself", prefix))
	}
	rt.adopt(inner, parsePrefix(prefix))
	return rt
}

// Merge adds the routes of other routers as they are now, with their layers and
// handlers for 405. If one of the routers has a fallback it becomes that of rt;
// two are refused. Layers around the default 404 of the others are lost.
func (rt *Router) Merge(others ...*Router) *Router {
	for i, other := range others {
		switch {
		case other == nil:
			panic(fmt.Sprintf("runtime: merge: router %d is nil", i+1))
		case other == rt:
			panic("runtime: merge: a router with itself")
		case rt.answers.hasFallback() && other.answers.hasFallback():
			panic("runtime: merge: two routers have a Fallback: a path without a route could go to either")
		}
		rt.adopt(other, prefix{})
	}
	return rt
}

// A prefix is what Nest puts before patterns.
type prefix struct {
	path     string // "/orgs/{org}"; empty for none
	segments int
}

// parsePrefix checks a prefix.
func parsePrefix(s string) prefix {
	refuse := func(format string, args ...any) {
		panic(fmt.Sprintf("runtime: nest %q: ", s) + fmt.Sprintf(format, args...))
	}
	path := strings.TrimSuffix(s, "/")
	method, rest := pattern.Split(s)
	host, below, isHost := strings.Cut(rest, "/")
	switch {
	case s == "":
		refuse("the prefix is empty; Merge adds routes without one")
	case path == "":
		refuse("the prefix is the root; Merge adds routes without a prefix")
	case method != "" || rest != s:
		refuse("a prefix has no method: write it in the patterns of the routes")
	case isHost && host != "":
		refuse("a prefix starts with a slash; write /%s, and the host %s in the patterns of the routes", below, host)
	case !isHost:
		refuse("a prefix starts with a slash: write /%s", s)
	case strings.HasSuffix(path, "/{$}"):
		refuse("{$} ends the path, so that nothing can follow it")
	case strings.HasSuffix(path, "...}"):
		refuse("%s takes the rest of the path, so that nothing can follow it", path[strings.LastIndex(path, "/")+1:])
	}
	p, err := pattern.Parse("GET " + path + "/") // GET, so that a path that is not clean is refused
	if err != nil {
		refuse("%v", err)
	}
	return prefix{path: path, segments: len(p.Segments) - 1}
}

// join puts a prefix before the path of a pattern.
func (p prefix) join(to pattern.Pattern) string {
	to.Path = p.path + to.Path
	return to.String()
}

// adopt copies the routes and answers of another router.
func (rt *Router) adopt(other *Router, at prefix) {
	refusals := map[*answer]*answer{}
	for _, e := range other.routes {
		if refusals[e.refusal] == nil {
			refusals[e.refusal] = rt.adoptRefusal(other, e.refusal, at)
		}
		text := e.pattern
		if at.path != "" {
			text = at.join(e.parsed)
		}
		errors := other.errors
		if e.renders {
			errors = nil
		}
		rt.add(&route{
			pattern: text,
			handler: enter(e.handler, errors, at),
			renders: e.renders,
			refusal: refusals[e.refusal],
			origin:  e.origin,
		})
	}
	for _, f := range other.answers.fallbacks {
		rt.addFallback(at.path+strings.TrimSuffix(f.prefix.Path, "/"), enter(f.handler, other.errors, at))
	}
	if other.answers.hasFallback() {
		rt.addFallback(at.path, enter(other.answers.missing.handler, other.errors, at))
	}
	rt.table.Store(nil)
}

func (rt *Router) adoptRefusal(other *Router, old *answer, at prefix) *answer {
	h := enter(old.handler, other.errors, at)
	a := &answer{handler: h, bare: h, own: old.own || other.answers.notAllowed != nil}
	if rt.answers.notAllowed != nil {
		a.inherit(rt.answers.notAllowed)
	}
	rt.answers.refusals = append(rt.answers.refusals, a)
	return a
}

// addFallback adds what answers the misses below a prefix, or everywhere.
func (rt *Router) addFallback(path string, h http.Handler) {
	a := &answer{handler: h, own: true}
	if path == "" {
		rt.answers.missing = a
		return
	}
	p, err := pattern.Parse(path + "/")
	if err != nil { // two prefixes have a wildcard of the same name
		panic(fmt.Sprintf("runtime: nest %q: %v", path, err))
	}
	added := fallback{p, a}
	for _, f := range rt.answers.fallbacks {
		if f.compare(added) == 0 {
			panic(fmt.Sprintf("runtime: the routers at %s and %s have a Fallback both: a path without a route could go to either",
				f.prefix.Path, p.Path))
		}
	}
	rt.answers.fallbacks = append(rt.answers.fallbacks, added)
}

// enter returns a handler for use in another router than its own, whose errors
// are rendered like that.
func enter(h http.Handler, errors *rendering, at prefix) http.Handler {
	if isDefault(h) {
		return h
	}
	n := &nested{errors: errors, segments: at.segments, h: h}
	if in, ok := h.(*nested); ok && in.errors == nil { // one step instead of two
		n.segments, n.h = n.segments+in.segments, in.h
	}
	if n.errors == nil && n.segments == 0 {
		return n.h
	}
	return n
}

// nested is a handler that is entered from another router.
type nested struct {
	errors   *rendering // of the router that the handler is from, or nil
	segments int        // of the prefix, which the handler does not see
	h        http.Handler
}

func (n *nested) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inner := r.WithContext(n.errors.inside(r.Context()))
	if n.segments > 0 {
		inner.URL = cut(r.URL, n.segments)
		if inner.RequestURI == "" { // it did not come through a server
			inner.RequestURI = requestURI(r.URL)
		}
	}
	serveCopy(n.h, w, r, inner)
}

// serveCopy serves r by a handler that is to see a copy of it. A form that the
// handler reads is noted in r, so that the server removes its files.
func serveCopy(h http.Handler, w http.ResponseWriter, r, seen *http.Request) {
	defer handBackForm(r, seen)
	h.ServeHTTP(w, seen)
}

// cut returns u without the first n segments of its path.
func cut(u *url.URL, n int) *url.URL {
	inner := *u
	inner.Path, inner.RawPath = cutPath(u.Path, n), ""
	if u.RawPath == "" || u.RawPath != u.EscapedPath() {
		return &inner
	}
	raw := cutPath(u.RawPath, n)
	if text, err := url.PathUnescape(raw); err == nil {
		inner.Path = text
	}
	if inner.EscapedPath() != raw {
		inner.RawPath = raw
	}
	return &inner
}

// cutPath cuts segments off a path. What remains starts with a slash.
func cutPath(path string, n int) string {
	for range n {
		i := strings.IndexByte(path[min(1, len(path)):], '/')
		if i < 0 {
			return "/"
		}
		path = path[i+1:]
	}
	return path
}

// requestURI returns what a client would have sent to ask for u.
func requestURI(u *url.URL) string {
	if u.Host == "" {
		return u.RequestURI()
	}
	absolute := *u
	absolute.Fragment, absolute.RawFragment = "", ""
	return absolute.String()
}

package runtime

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/handlergen/handlergen/runtime/pattern"
)

// Fallback lets h answer the requests whose path no route has, in place of the
// error with status 404. Its status is its own, 200 unless it says otherwise.
// It sees no pattern. A second call replaces the first handler, and with it the
// layers that were around it.
//
// A router that is nested keeps its fallback for the paths below its prefix, and
// the prefix itself; without one it leaves them to the outer router. Of several
// prefixes the longest counts. A fallback is for what no route fits: a route /
// of an outer router fits everything.
func (rt *Router) Fallback(h http.Handler) *Router {
	if isNilHandler(h) {
		panic("runtime: nil Fallback")
	}
	rt.answers.missing = &answer{handler: h, own: true}
	rt.table.Store(nil)
	return rt
}

// MethodNotAllowed lets h answer the requests whose path has routes, but none
// for their method, in place of the error with status 405. The header Allow is
// set already; the status is up to h. It sees no pattern, but the path values of
// one of the path's routes. A second call replaces the first handler, and with
// it the layers that were around it.
//
// It counts for all routes of the router, whenever they are added, except for
// those from a nested or merged router that has a handler of its own. Where a
// path has routes from several routers, the first that has a handler counts.
func (rt *Router) MethodNotAllowed(h http.Handler) *Router {
	if isNilHandler(h) {
		panic("runtime: nil MethodNotAllowed")
	}
	rt.answers.notAllowed = h
	for _, a := range rt.answers.refusals {
		a.inherit(h)
	}
	rt.table.Store(nil)
	return rt
}

// An answer answers requests that no route fits. Routes share it as long as the
// same layers are around it.
type answer struct {
	handler http.Handler // with layers
	bare    http.Handler // without the layers of this router
	own     bool         // it is not the default, nor will it become the outer router's
}

// inherit lets h answer where nothing else was chosen.
func (a *answer) inherit(h http.Handler) {
	if a.own {
		return
	}
	if isDefault(a.bare) {
		a.handler = h
		return
	}
	a.handler = &heir{inherited: h, h: a.bare}
}

// The misses of a router are the requests that no route fits: what answers them.
type misses struct {
	missing    *answer      // to a path without routes; nil for the default
	notAllowed http.Handler // what MethodNotAllowed was given
	refusals   []*answer    // to a method that a path's routes do not have
	current    *answer      // the refusal for the next route
	fallbacks  []fallback   // of nested routers
}

// A fallback is the answer to the paths below a prefix that no route has.
type fallback struct {
	prefix pattern.Pattern // with a slash at its end
	*answer
}

// compare orders fallbacks: the longer prefix first, and of two that are
// equally long the one with a literal where the other has a wildcard. Two that
// have the same paths are equal.
func (f fallback) compare(other fallback) int {
	a, b := f.prefix.Segments, other.prefix.Segments
	return cmp.Or(cmp.Compare(len(b), len(a)), slices.CompareFunc(a, b, func(a, b pattern.Segment) int {
		order := cmp.Compare(a.Kind, b.Kind)
		if a.Kind == pattern.Literal {
			return cmp.Or(order, cmp.Compare(a.Text, b.Text))
		}
		return order
	}))
}

// refusal returns the refusal for a route that is about to be added.
func (m *misses) refusal() *answer {
	if m.current == nil {
		m.current = &answer{handler: refuseByDefault, bare: refuseByDefault}
		if m.notAllowed != nil {
			m.current.inherit(m.notAllowed)
		}
		m.refusals = append(m.refusals, m.current)
	}
	return m.current
}

// settle ends the time of the current refusal, because what is added from now
// on has other layers.
func (m *misses) settle() { m.current = nil }

// all goes through the answers that layers go around.
func (m *misses) all() iter.Seq[*answer] {
	return func(yield func(*answer) bool) {
		if m.missing == nil {
			m.missing = &answer{handler: missByDefault}
		}
		if !yield(m.missing) {
			return
		}
		for _, a := range m.refusals {
			if !yield(a) {
				return
			}
		}
		for _, f := range m.fallbacks {
			if !yield(f.answer) {
				return
			}
		}
	}
}

// hasFallback reports whether Fallback was called.
func (m *misses) hasFallback() bool { return m.missing != nil && m.missing.own }

// A miss is a request that no route fits, on its way through layers to what
// answers it.
type miss struct {
	inherited http.Handler // what a nested router answers with instead; nil for the default
	errors    *rendering
	url       *url.URL // as what answers sees it
}

// missKey is the context key of a miss.
type missKey struct{}

// A defaultAnswer answers a miss where nothing else was chosen.
type defaultAnswer struct{ rejection *Rejection }

var (
	missByDefault   = defaultAnswer{errNotFound}
	refuseByDefault = defaultAnswer{errMethodNotAllowed}
)

func isDefault(h http.Handler) bool { return h == missByDefault || h == refuseByDefault }

func (a defaultAnswer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m, ok := r.Context().Value(missKey{}).(*miss)
	if !ok { // a layer made a context of its own
		WriteError(w, r, a.rejection)
		return
	}
	outer := r.WithContext(context.WithValue(r.Context(), renderingKey{}, m.errors))
	outer.URL = m.url
	if m.inherited != nil {
		serveCopy(m.inherited, w, r, outer)
		return
	}
	m.errors.refuse(w, outer, a.rejection)
}

// An heir is a nested router's refusal whose handler is the outer router's.
type heir struct {
	inherited http.Handler
	h         http.Handler
}

func (a *heir) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	outer, ok := ctx.Value(missKey{}).(*miss)
	if !ok { // a layer made a context of its own
		a.h.ServeHTTP(w, r)
		return
	}
	m := *outer
	m.inherited, m.url = a.inherited, r.URL
	m.errors, _ = ctx.Value(renderingKey{}).(*rendering)
	serveCopy(a.h, w, r, r.WithContext(context.WithValue(ctx, missKey{}, &m)))
}

var (
	errNotFound         = &Rejection{status: http.StatusNotFound, detail: "no route has this path"}
	errMethodNotAllowed = &Rejection{
		status: http.StatusMethodNotAllowed,
		detail: "this path has no route with this method",
	}
)

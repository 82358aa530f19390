// Package answers derives from the model what routes can answer, and why.
//
// It is the one place that knows which status comes of which parameter and
// result: what is explained, documented and promised to clients says the same.
package answers

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

// An Answer is one thing that a route can answer. There may be several of one
// code, for several reasons or with several bodies.
type Answer struct {
	Code    string   // "200"; "2XX" for any of those; [Default] for any other
	Cause   Cause    // what it comes of
	Body    Body     // nil for none
	Headers []Header // that it has
}

// Default is the code of an answer whose status only the request decides.
const Default = "default"

// Status is the status of an answer, or 0 if it can have several.
func (a Answer) Status() int {
	status, err := strconv.Atoi(a.Code)
	if err != nil {
		return 0
	}
	return status
}

// A Header is a header that an answer has.
type Header struct {
	Name string // "Location"
	Doc  string // "Where to go."
}

// Of lists what a handler can answer to requests for some of its routes, by
// code. Of one code, what comes of its results is first, and what its directives
// say last.
func Of(pkg *model.Package, h model.Handler, routes ...model.Route) []Answer {
	l := &list{pkg: pkg, limit: h.Limit, timeout: h.Timeout, methods: methodsOf(routes)}
	l.success(h)
	around := adaptersAround(routes)
	for _, i := range around {
		l.takenOver(pkg.Middleware[i])
	}
	l.failures(h.Params, h.Results)
	for _, i := range around {
		l.through(pkg.Middleware[i])
	}
	if h.Timeout > 0 {
		l.fail(http.StatusGatewayTimeout, TimedOut{After: h.Timeout})
	}
	for _, r := range routes {
		for _, use := range r.Use {
			l.said(use.Said, Anything{}, len(l.answers))
		}
		l.said(r.Said, Anything{}, 0)
	}
	return l.sorted()
}

// Instead lists what a middleware function can answer in place of what is
// inside, by code.
func Instead(pkg *model.Package, m model.MiddlewareFunc) []Answer {
	l := &list{pkg: pkg}
	l.takenOver(m)
	l.through(m)
	return l.sorted()
}

// A list of answers that grows.
type list struct {
	pkg     *model.Package
	limit   model.Limit
	timeout time.Duration // for bodies
	methods methods
	answers []Answer
	plain   []model.Source // of the plain values that can be wrong
}

// methods are what is known of the methods of some routes.
type methods struct {
	reads  bool // GET or HEAD is one of them
	writes bool // another is
}

func methodsOf(routes []model.Route) methods {
	var m methods
	for _, r := range routes {
		if len(r.Methods) == 0 {
			return methods{reads: true, writes: true}
		}
		for _, method := range r.Methods {
			reads := method == http.MethodGet || method == http.MethodHead
			m.reads, m.writes = m.reads || reads, m.writes || !reads
		}
	}
	return m
}

// adaptersAround lists the middleware functions around some of the routes,
// outermost first.
func adaptersAround(routes []model.Route) []int {
	var list []int
	for _, r := range routes {
		for _, use := range r.Use {
			if use.Adapter != model.NoAdapter && !slices.Contains(list, use.Adapter) {
				list = append(list, use.Adapter)
			}
		}
	}
	return list
}

func (l *list) add(a Answer) { l.answers = append(l.answers, a) }

// fail adds an error, in the form that the package gives to errors.
func (l *list) fail(status int, cause Cause, headers ...Header) {
	if fn := l.pkg.Errors; fn != nil && fn.Invalid != 0 {
		switch status {
		case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
			status = fn.Invalid
		}
	}
	l.failAs(strconv.Itoa(status), cause, headers...)
}

func (l *list) failAs(code string, cause Cause, headers ...Header) {
	l.add(Answer{Code: code, Cause: cause, Body: l.errorBody(), Headers: headers})
}

// sorted returns the answers by code, each once.
func (l *list) sorted() []Answer {
	var all []Answer
	for _, a := range l.answers {
		if !slices.ContainsFunc(all, func(known Answer) bool { return reflect.DeepEqual(known, a) }) {
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b Answer) int { return cmp.Compare(a.Code, b.Code) })
	return all
}

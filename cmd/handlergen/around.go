package main

import (
	"fmt"

	"github.com/handlergen/handlergen/internal/model"
)

// printMiddleware prints all there is to know about a middleware function.
func (a *app) printMiddleware(pkg *model.Package, i int) {
	m := pkg.Middleware[i]
	a.printPlace(pkg, m.Func, m.Pos)
	a.section("middleware", [][]string{{effect(m)}})
	a.section("parameters", valueRows(params(pkg, m.Params), 0))
	a.section("results", resultRows(results(pkg, m.Results)))
	a.section("around", a.aroundRows(pkg, i))
	var rows [][]string
	for _, answer := range answersOf(pkg, m) {
		rows = append(rows, []string{answer.status, answer.when})
	}
	a.section("answers by itself", rows)
	a.section("carries inside", carriedRows(pkg, m))
}

// effect says what a middleware function does with the answer of what it is
// around.
func effect(m model.MiddlewareFunc) string {
	switch {
	case !m.Direct:
		return "may change the answer: what is inside runs on a goroutine of its own"
	case m.Answers:
		return "leaves the answer as it is, or gives its own"
	}
	return "leaves the answer as it is"
}

// aroundRows has a row for each route that a middleware function is around.
func (a *app) aroundRows(pkg *model.Package, i int) [][]string {
	var rows [][]string
	for _, h := range pkg.Handlers {
		for _, at := range h.Routes {
			for _, use := range at.Use {
				if use.Adapter == i {
					rows = append(rows, []string{a.route(pkg, h, at).methods(), at.Pattern, title(h.Func)})
					break
				}
			}
		}
	}
	return rows
}

// carriedRows has a row for each result of an extractor function that is found
// further in.
func carriedRows(pkg *model.Package, m model.MiddlewareFunc) [][]string {
	var rows [][]string
	for _, i := range m.Carries {
		p := pkg.Providers[i]
		rows = append(rows, []string{spell(p.Type, pkg.Path), fmt.Sprintf("the result of %s", title(p.Func))})
	}
	return rows
}

// answersOf lists what a middleware function can answer by itself.
func answersOf(pkg *model.Package, m model.MiddlewareFunc) []answer {
	o := &outcome{pkg: pkg, handler: model.Handler{Limit: m.Limit}}
	o.through(m)
	return o.sorted()
}

// through adds what a middleware function can answer in place of the handler.
func (o *outcome) through(m model.MiddlewareFunc) {
	own := outcome{pkg: o.pkg, handler: model.Handler{Params: m.Params, Results: m.Results, Limit: m.Limit}}
	for _, p := range m.Params {
		own.reading(p.From, false)
	}
	own.plainValues()
	own.failure()
	if m.Answers {
		own.addOther("what %s answers", title(m.Func))
	}
	o.answers = append(o.answers, own.answers...)
}

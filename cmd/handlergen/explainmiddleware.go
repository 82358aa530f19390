package main

import (
	"fmt"

	"github.com/handlergen/handlergen/internal/answers"
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
	a.section("answers by itself", answerRows(pkg, answers.Instead(pkg, m)))
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

package main

import (
	"cmp"
	"fmt"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
)

// printHandler prints all there is to know about a handler.
func (a *app) printHandler(pkg *model.Package, h model.Handler) {
	a.printPlace(pkg, h.Func, h.Pos)
	a.section("routes", a.routeRows(pkg, h))
	a.section("parameters", valueRows(params(pkg, h.Params), 0))
	a.section("results", resultRows(results(pkg, h.Results)))
	a.section("security", securityRows(pkg, h))
	a.section("answers", answerRows(pkg, answers.Of(pkg, h, h.Routes...)))
	if pkg.Errors != nil {
		fmt.Fprintf(a.stdout, "\n%s renders every error\n", title(pkg.Errors.Func))
	}
}

// printProvider prints all there is to know about an extractor function.
func (a *app) printProvider(pkg *model.Package, p model.Provider) {
	a.printPlace(pkg, p.Func, p.Pos)
	a.section("provides", [][]string{{spell(p.Type, pkg.Path), "at most once for a request"}})
	a.section("parameters", valueRows(params(pkg, p.Params), 0))
	var users [][]string
	add := func(name, what string, params []model.Param) {
		if n := len(users); needs(pkg, params, p.Func) && (n == 0 || users[n-1][0] != name) {
			users = append(users, []string{name, what})
		}
	}
	for _, h := range pkg.Handlers {
		add(title(h.Func), "", h.Params)
	}
	for _, m := range pkg.Middleware {
		add(title(m.Func), "middleware", m.Params)
	}
	a.section("for", users)
}

// needs reports whether one of some parameters is the result of an extractor
// function, or needs it.
func needs(pkg *model.Package, params []model.Param, f model.Func) bool {
	for _, p := range params {
		if extractorNeeds(pkg, p.From, f) {
			return true
		}
	}
	return false
}

func extractorNeeds(pkg *model.Package, from model.Extractor, f model.Func) bool {
	switch from := from.(type) {
	case model.Provided:
		p := pkg.Providers[from.Provider]
		return title(p.Func) == title(f) || needs(pkg, p.Params, f)
	case model.Composite:
		return needs(pkg, from.Fields, f)
	case model.OptionalOf:
		return extractorNeeds(pkg, from.Of, f)
	case model.ResultOf:
		return extractorNeeds(pkg, from.Of, f)
	}
	return false
}

func (a *app) printPlace(pkg *model.Package, f model.Func, pos token.Position) {
	fmt.Fprintf(a.stdout, "%s.%s\n%s:%d:%d\n", pkg.Name, title(f),
		filepath.ToSlash(a.relative(pos.Filename)), pos.Line, pos.Column)
}

// section prints rows under a title, aligned.
func (a *app) section(title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		rows[i][0] = "  " + rows[i][0]
	}
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	columns(a.stdout, rows)
}

func (a *app) routeRows(pkg *model.Package, h model.Handler) [][]string {
	var rows [][]string
	for _, at := range h.Routes {
		r := a.route(pkg, h, at)
		through := ""
		if len(r.Use) > 0 {
			through = "through " + strings.Join(r.Use, ", ")
		}
		rows = append(rows, []string{r.methods(), at.Pattern, through})
	}
	return rows
}

// valueRows has a row for each parameter, and below it one for each field.
func valueRows(list []value, depth int) [][]string {
	var rows [][]string
	for _, v := range list {
		name := strings.Repeat("  ", depth) + cmp.Or(v.Name, "_")
		rows = append(rows, []string{name, v.Type, strings.TrimSpace(v.Source + " " + v.Wire), v.details()})
		rows = append(rows, valueRows(v.Fields, depth+1)...)
	}
	return rows
}

// details says what is special about a value.
func (v value) details() string {
	var parts []string
	if v.Why != "" {
		parts = append(parts, v.Why)
	}
	switch {
	case v.Default != "":
		parts = append(parts, "default "+strconv.Quote(v.Default))
	case v.Wire != "" && !v.Required:
		parts = append(parts, "may be missing")
	}
	if v.Doc != "" {
		parts = append(parts, v.Doc)
	}
	return strings.Join(parts, "; ")
}

func resultRows(list []value) [][]string {
	var rows [][]string
	for _, v := range list {
		rows = append(rows, []string{v.Type, v.As, v.Why})
	}
	return rows
}

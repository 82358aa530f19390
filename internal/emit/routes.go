package emit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// routes declares the constructor of the router.
func (e *emitter) routes() decl {
	f := e.newFunction()
	state := f.pick("state", "app", "shared")
	router := f.pick("router", "mux", "routes")
	if e.stateful {
		f.add(jen.Id(e.own.h).Op(":=").Id(e.own.handlers).Values(jen.Id("state").Op(":").Id(state)))
	}
	f.add(jen.Id(router).Op(":=").Add(e.rt("NewRouter")).Call())
	if e.pkg.Errors != nil {
		f.add(jen.Id(router).Dot("RenderErrors").Call(f.errorWriterName()))
	}
	c := &registrar{function: f, router: router, state: state}
	for i, h := range e.pkg.Handlers {
		c.handle = e.handleMethod(h)
		for _, r := range h.Routes {
			c.register(r, e.own.adapters[i], e.methods[i])
		}
	}
	f.add(jen.Return(jen.Id(router)))

	var params []jen.Code
	if e.pkg.State != nil {
		if !e.stateful && !c.usesState {
			state = "_"
		}
		params = append(params, jen.Id(state).Add(e.spell(e.pkg.State.Type)))
	}
	return append(
		e.routesDoc(),
		jen.Func().Id(e.pkg.Routes).Params(params...).Op("*").Add(e.rt("Router")).Block(f.body...),
	)
}

// A registrar writes the registration of routes.
type registrar struct {
	*function
	router    string
	state     string
	handle    string // the method that registers an adapter
	usesState bool
}

// handleMethod returns the method of the router that registers an adapter. In a
// package with an errors function it says whether the adapter renders all errors
// itself: whether nobody else gets its writer.
func (e *emitter) handleMethod(h model.Handler) string {
	if e.pkg.Errors == nil || h.WritesItself() {
		return "HandleFunc"
	}
	for _, r := range h.Results {
		switch r.As.(type) {
		case model.Stream, model.Attachment, model.Events, model.Lines, model.Whole, model.HTTPHandler, model.Responder, model.Sealed:
			return "HandleFunc"
		}
	}
	return "HandleAdapter"
}

// register registers a route, once for each of its methods. Middleware wraps
// the adapter once.
func (c *registrar) register(r model.Route, adapter string, method bool) {
	handler := func() *jen.Statement { return c.ours(adapter, method) }
	patterns := patternsOf(r)
	if len(r.Use) == 0 {
		for _, p := range patterns {
			c.add(c.fit(func(call caller) *jen.Statement {
				return call(jen.Id(c.router).Dot(c.handle), quote(p), handler())
			}))
		}
		return
	}
	wrapped := func() *jen.Statement { return c.wrapped(r.Use, handler()) }
	width := 0
	if !c.draft {
		width = c.width(wrapped())
	}
	if len(patterns) > 1 || width+tabWidth > lineWidth {
		name := c.pickLocal(wire.Lower(strings.TrimPrefix(adapter, "serve")), "Handler")
		if width+len(name+" := ") > lineWidth {
			c.wrapStepwise(name, r.Use, handler())
		} else {
			c.add(jen.Id(name).Op(":=").Add(wrapped()))
		}
		wrapped = func() *jen.Statement { return jen.Id(name) }
	}
	for _, p := range patterns {
		c.add(c.fit(func(call caller) *jen.Statement {
			return call(jen.Id(c.router).Dot("Handle"), quote(p), wrapped())
		}))
	}
}

// ours refers to a function of ours, or to a method of what holds the state.
func (c *registrar) ours(name string, method bool) *jen.Statement {
	if method {
		return jen.Id(c.own.h).Dot(name)
	}
	return jen.Id(name)
}

// wrapped puts middleware around an adapter, outermost first.
func (c *registrar) wrapped(use []model.Middleware, handler *jen.Statement) *jen.Statement {
	inner := c.std("net/http", "HandlerFunc").Call(handler)
	for _, m := range slices.Backward(use) {
		inner = c.middleware(m).Call(inner)
	}
	return inner
}

// wrapStepwise does so with a statement for each, from the inside out.
func (c *registrar) wrapStepwise(name string, use []model.Middleware, handler *jen.Statement) {
	for i, m := range slices.Backward(use) {
		if i == len(use)-1 {
			c.add(jen.Id(name).Op(":=").Add(c.wrapped(use[i:], handler)))
			continue
		}
		c.add(jen.Id(name).Op("=").Add(c.middleware(m)).Call(jen.Id(name)))
	}
}

// middleware refers to what a use directive names, or to its adapter.
func (c *registrar) middleware(m model.Middleware) *jen.Statement {
	if m.Adapter != model.NoAdapter {
		w := c.own.wrappers[m.Adapter]
		return c.ours(w.name, w.method)
	}
	from := m.Func.Receiver
	if from == nil {
		return jen.Id(m.Func.Name)
	}
	c.usesState = true
	return stateAt(c.state, model.FromState{Field: from.Field}).Dot(m.Func.Name)
}

// patternsOf lists what a route is registered as.
func patternsOf(r model.Route) []string {
	if len(r.Methods) == 0 {
		return []string{r.Pattern}
	}
	var list []string
	for _, m := range r.Methods {
		list = append(list, m+" "+r.Pattern)
	}
	return list
}

// routesDoc writes the table of routes as the comment of the constructor.
func (e *emitter) routesDoc() []jen.Code {
	of := "package " + e.pkg.Name
	if e.pkg.File == model.TestFile {
		of = "the tests of " + strings.TrimSuffix(of, "_test")
	}
	list := e.doc("%s returns a router with the routes of %s:", e.pkg.Routes, of)
	list = append(list, comment(""))
	var rows [][2]string
	var names []string
	for _, h := range e.pkg.Handlers {
		for _, r := range h.Routes {
			rows = append(rows, [2]string{visible(methodsOf(r)), visible(r.Pattern)})
			names = append(names, e.tableName(h.Func))
		}
	}
	var widths [2]int
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for i, row := range rows {
		list = append(list, tableRow(pad(row[0], widths[0])+"  "+pad(row[1], widths[1])+"  "+names[i]))
	}
	return list
}

// tableName names a function as its declaration does: "(*App).GetUser".
func (e *emitter) tableName(fn model.Func) string {
	recv := e.recv(fn)
	name := receiverName(recv)
	switch {
	case name == "":
		return fn.Name
	case isPointer(recv):
		return "(*" + name + ")." + fn.Name
	}
	return name + "." + fn.Name
}

func isPointer(t model.Type) bool {
	_, ok := t.(model.Pointer)
	return ok
}

// tableRow writes a line of a comment that is not wrapped.
func tableRow(text string) jen.Code { return jen.Comment("//\t" + visible(text)) }

// pad fills a cell with spaces.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", width-utf8.RuneCountInString(text))
}

package parse

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A middlewareFunc is a function with a middleware directive. What its
// parameters are depends on the routes that it wraps, so it has a plan for each
// of them; those that do not differ are one.
type middlewareFunc struct {
	signature
	directive
	sound  bool // it can be called, and takes one runtime.Next
	named  bool // by a use directive
	around []wrapping
	plans  []int // in Package.Middleware
}

// A wrapping is a route that a middleware function wraps.
type wrapping struct {
	*handler
	route *route
	at    int // in Route.Use
}

// readMiddleware collects the functions with a middleware directive.
func (p *parser) readMiddleware() {
	for _, d := range p.directives {
		decl, ok := d.on.(*ast.FuncDecl)
		if d.verb != "middleware" || !ok {
			continue
		}
		m := &middlewareFunc{directive: d}
		m.signature, m.sound = p.signatureOf(decl)
		if m.fn == nil {
			continue
		}
		if routes := p.directivesFor(decl, "route"); len(routes) > 0 {
			p.report(diag.MisplacedDirective, d, "%s has a //handlergen:route, and a handler is no middleware", m.name()).
				related(routes[0], "the route").hint("give the middleware a function of its own")
			m.sound = false
		}
		m.sound = m.sound && p.checkNext(m.signature)
		p.middleware = append(p.middleware, m)
	}
}

// checkNext reports a middleware function without a runtime.Next, or with
// several.
func (p *parser) checkNext(sig signature) bool {
	nexts := slices.DeleteFunc(slices.Clone(sig.params), func(e entry) bool { return !isNext(e) })
	switch {
	case len(nexts) == 0:
		p.lacksNext(sig)
		return false
	case len(nexts) > 1:
		p.report(diag.BadMiddlewareFunc, nexts[1].typ, "%s takes runtime.Next twice", sig.name()).
			related(nexts[0].typ, "the first one").hint("remove one of them")
		return false
	}
	return true
}

// lacksNext reports a middleware function without a runtime.Next.
func (p *parser) lacksNext(sig signature) {
	for _, e := range sig.params {
		if ptr, ok := types.Unalias(e.v.Type()).(*types.Pointer); ok && isNextType(ptr.Elem()) {
			p.report(diag.BadMiddlewareFunc, e.typ, "a middleware function takes runtime.Next by value").
				hint("write %s", p.typeString(ptr.Elem()))
			return
		}
	}
	if isMiddleware(sig.fn.Type()) {
		p.report(diag.BadMiddlewareFunc, sig.decl.Name, "%s is a func(http.Handler) http.Handler, which needs no directive", sig.name()).
			hint("remove //handlergen:middleware: a //handlergen:use names it as it is")
		return
	}
	p.report(diag.BadMiddlewareFunc, sig.decl.Name, "%s takes no runtime.Next, so it could never go on to the handler", sig.name()).
		hint("add a parameter: next runtime.Next")
}

func isNext(e entry) bool { return isNextType(e.v.Type()) }

func isNextType(t types.Type) bool {
	w, ok := runtimeType(t)
	return ok && w.name == "Next"
}

// isUsed reports whether a use directive names the function of a middleware
// directive.
func (p *parser) isUsed(d directive) bool {
	return slices.ContainsFunc(p.middleware, func(m *middlewareFunc) bool { return m.directive.on == d.on && m.named })
}

// next returns the parameter by which a function goes on.
func (m *middlewareFunc) next() entry {
	return m.params[slices.IndexFunc(m.params, isNext)]
}

// middlewareFuncOf returns the middleware function that an object is, or nil.
func (p *parser) middlewareFuncOf(obj types.Object) *middlewareFunc {
	for _, m := range p.middleware {
		if m.fn == obj {
			return m
		}
	}
	return nil
}

// bindMiddleware decides what to generate for the middleware functions that
// wrap something. The routes are known by now.
func (p *parser) bindMiddleware() {
	for _, m := range p.middleware {
		if m.sound && len(m.around) > 0 {
			p.planMiddleware(m)
		}
	}
	for _, m := range p.middleware {
		p.checkBodyTaken(m)
	}
	p.carryProvided()
}

// planMiddleware plans a middleware function for each route that it wraps. What
// is wrong with it is said once.
func (p *parser) planMiddleware(m *middlewareFunc) {
	common := model.MiddlewareFunc{Func: p.funcOf(m.signature), Pos: p.fset.Position(m.decl.Name.Pos()), Results: p.results(m.signature), Said: p.saidOf(m.decl)}
	p.checkReturns(m, common.Results)
	common.Direct, common.Answers = p.flow(m.signature, m.next(), common.Results)
	options := p.paramOptions(m.signature)
	first := len(p.diags)
	for _, w := range m.around {
		before := len(p.diags)
		out := common
		out.Params = p.bindAround(m, w, options)
		out.Limit = p.limitAround(w.route, out.Params)
		p.foldProblems(first, before, w.route)
		use := &w.route.Route.Use[w.at]
		use.Func, use.Adapter = out.Func, p.addMiddleware(m, out)
	}
}

// addMiddleware returns the index of a plan, which may be that of an earlier
// one.
func (p *parser) addMiddleware(m *middlewareFunc, out model.MiddlewareFunc) int {
	for _, i := range m.plans {
		if reflect.DeepEqual(p.out.Middleware[i], out) {
			return i
		}
	}
	i := len(p.out.Middleware)
	m.plans = append(m.plans, i)
	p.out.Middleware = append(p.out.Middleware, out)
	return i
}

// bindAround binds the parameters of a middleware function for a route.
func (p *parser) bindAround(m *middlewareFunc, w wrapping, options map[string]paramOptions) []model.Param {
	sc := &scope{
		fn: m.name(), around: true, route: w.route.String(), routeAt: w.route.at, wildcards: w.route.wildcards(),
		used: map[string]bool{}, params: options, methods: w.route.Methods,
	}
	for _, other := range m.around {
		sc.addElsewhere(other.route)
	}
	params := p.bindWithNext(sc, m)
	for i, param := range params {
		reads := p.readsOf(param.From, nil, nil)
		w.route.seesAll = w.route.seesAll || reads.all
		for _, read := range reads.named {
			sc.use(read.name)
			if read.by != nil && read.required && !slices.Contains(sc.wildcards, read.name) {
				p.lackingAround(m, w, m.params[i], read)
			}
		}
	}
	if w.route.scope != nil {
		for name := range sc.used {
			w.route.scope.use(name)
		}
	}
	return params
}

// bindWithNext binds the parameters of a middleware function.
func (p *parser) bindWithNext(sc *scope, m *middlewareFunc) []model.Param {
	var params []model.Param
	for _, e := range m.params {
		if isNext(e) {
			spelled, _ := p.typeOf(e.v.Type(), e.typ)
			param := model.Param{Type: spelled, Pos: p.fset.Position(e.Pos()), From: model.Next{}, Why: "the rest of the chain"}
			if e.named() {
				param.Name = e.v.Name()
			}
			params = append(params, param)
			continue
		}
		param, _ := p.bindParam(sc, e) // without an extractor if it is refused
		if param.From == (model.Head{Part: model.Writer}) {
			p.report(diag.BadMiddlewareFunc, e.typ, "%s answers by what it returns, and takes no http.ResponseWriter", m.name()).
				hint("return a *runtime.Response, or write func %s(next http.Handler) http.Handler", m.name())
		}
		params = append(params, param)
	}
	p.checkBodies(m.signature, params)
	return params
}

// lackingAround reports a route without a wildcard that an extractor function
// reads.
func (p *parser) lackingAround(m *middlewareFunc, w wrapping, at entry, read pathRead) {
	p.report(diag.NoSource, at.typ, "%s needs the path value %s, which %s does not have", p.typeString(at.v.Type()), read.name, w.route).
		related(read.at, "%s reads %s", read.by.Name(), read.name).
		hint("use %s on routes with {%s} alone, or let %s read it from elsewhere", m.name(), read.name, read.by.Name())
}

// foldProblems adds what is said again for a further route, from index again
// on, to what was said for an earlier one.
func (p *parser) foldProblems(first, again int, r *route) {
	said := p.diags[first:again]
	kept := p.diags[:again]
	for _, d := range p.diags[again:] {
		i := slices.IndexFunc(said, func(earlier diag.Diagnostic) bool { return earlier.Code == d.Code && earlier.Pos == d.Pos })
		switch {
		case i < 0:
			kept = append(kept, d)
		case said[i].Message != d.Message:
			note{p, first + i}.related(r.at, "it is the same for %s", r)
		}
	}
	p.diags = kept
}

// checkReturns reports a middleware function that cannot return the answer of
// the rest of the chain.
func (p *parser) checkReturns(m *middlewareFunc, results []model.Result) {
	response := responseType(m.next().v.Type())
	for i, result := range results {
		iface, ok := m.results[i].v.Type().Underlying().(*types.Interface)
		if result.As == nil || result.As == (model.Whole{}) || ok && roleOf(result.As) == body && types.Implements(response, iface) {
			return
		}
	}
	at := span(m.decl.Name)
	if len(m.results) > 0 {
		at = m.decl.Type.Results
	}
	p.report(diag.BadMiddlewareFunc, at, "%s returns no *runtime.Response, so what the handler answers would be lost", m.name()).
		hint("return *runtime.Response, or (*runtime.Response, error)")
}

// responseType returns the type *runtime.Response of the package that a
// runtime.Next is of.
func responseType(next types.Type) types.Type {
	obj := types.Unalias(next).(*types.Named).Obj().Pkg().Scope().Lookup("Response")
	return types.NewPointer(obj.Type())
}

// checkMiddlewareAlone reads a middleware function that wraps nothing for the
// mistakes in it.
func (p *parser) checkMiddlewareAlone(m *middlewareFunc) {
	p.funcOf(m.signature)
	p.checkReturns(m, p.results(m.signature))
	p.bindWithNext(&scope{fn: m.name(), open: true, used: map[string]bool{}, params: p.paramOptions(m.signature)}, m)
}

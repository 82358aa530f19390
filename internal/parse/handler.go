package parse

import (
	"go/ast"
	"reflect"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A handler is one function with route directives.
type handler struct {
	signature
	fn     model.Func
	routes []*route
	unsure bool // there is no telling what another route of it means
	plans  []*plan
}

// A plan is one adapter of a handler and the routes that share it.
type plan struct {
	model.Handler
	routes []*route
}

// readHandlers reads the functions with route directives, in source order.
func (p *parser) readHandlers() {
	for _, file := range p.files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok {
				if routes := p.directivesFor(decl, "route"); len(routes) > 0 {
					p.readHandler(decl, routes)
				}
			}
		}
	}
}

// directivesFor returns the directives of one verb on a declaration.
func (p *parser) directivesFor(node ast.Node, verb string) []directive {
	return slices.DeleteFunc(p.directivesOn(node), func(d directive) bool { return d.verb != verb })
}

// readHandler reads one handler. The routes of a function that cannot be called
// are read too, for they may be wrong as well.
func (p *parser) readHandler(decl *ast.FuncDecl, routes []directive) {
	sig, callable := p.signatureOf(decl)
	if sig.fn == nil {
		return
	}
	h := &handler{signature: sig}
	for _, d := range routes {
		if r := p.readRoute(d, p.groupOf(sig)); r != nil {
			h.routes = append(h.routes, r)
		} else {
			h.unsure = true
		}
	}
	p.handlers = append(p.handlers, h)
	if !callable {
		return
	}
	p.documentRoutes(h)
	h.fn = p.funcOf(sig)
	options, results := p.paramOptions(sig), p.results(sig)
	for _, r := range h.routes {
		r.scope = h.scopeOf(r, options)
		h.add(p.plan(h, r, results), r)
	}
}

// scopeOf returns what binding the parameters has to know of a route.
func (h *handler) scopeOf(r *route, options map[string]paramOptions) *scope {
	sc := &scope{
		fn: h.name(), route: r.String(), routeAt: r.at, wildcards: r.wildcards(),
		used: map[string]bool{}, params: options, methods: r.Methods,
	}
	for _, other := range h.routes {
		sc.addElsewhere(other)
	}
	return sc
}

// addElsewhere adds the wildcards that only another route has.
func (sc *scope) addElsewhere(other *route) {
	for _, name := range other.wildcards() {
		if !slices.Contains(sc.wildcards, name) && !slices.Contains(sc.elsewhere, name) {
			sc.elsewhere = append(sc.elsewhere, name)
		}
	}
}

// plan decides what to generate for one route of a handler.
func (p *parser) plan(h *handler, r *route, results []model.Result) model.Handler {
	out := model.Handler{
		Func: h.fn, Pos: p.fset.Position(h.decl.Name.Pos()),
		Results: results, Timeout: r.timeout,
	}
	if recv := h.receiver(); recv != nil {
		out.RecvDoc = p.docOfType(recv)
	}
	for _, e := range h.params {
		param, _ := p.bindParam(r.scope, e) // without an extractor if it is refused
		out.Params = append(out.Params, param)
	}
	out.Limit = p.limitOf(h, r, out.Params, results)
	p.checkBodies(h.signature, out.Params)
	p.checkWriter(h.signature, out.Params)
	p.readWildcards(h, r, out.Params, results)
	out.Status = p.statusOf(h, r, out.Params, results)
	return out
}

// add gives a route the plan of an earlier one if they do not differ.
func (h *handler) add(out model.Handler, r *route) {
	for _, earlier := range h.plans {
		if reflect.DeepEqual(earlier.Handler, out) {
			earlier.routes = append(earlier.routes, r)
			return
		}
	}
	h.plans = append(h.plans, &plan{out, []*route{r}})
}

// checkBodies reports parameters that read the body when another has read it,
// and parameters after the one that does.
func (p *parser) checkBodies(sig signature, params []model.Param) {
	var bodies []entry
	last := -1
	for i, param := range params {
		if param.From != nil && readsBody(param.From, p.out.Providers) {
			bodies, last = append(bodies, sig.params[i]), i
		}
	}
	switch {
	case len(bodies) > 1:
		p.severalBodies(bodies)
	case len(bodies) == 1 && slices.ContainsFunc(sig.params[last+1:], isRead):
		p.bodyNotLast(sig, last)
	}
}

// isRead reports whether a parameter is read from the request.
func isRead(e entry) bool { return !isNext(e) }

func (p *parser) severalBodies(bodies []entry) {
	first, second := p.called(bodies[0]), p.called(bodies[1])
	if len(bodies) == 2 {
		p.report(diag.TwoBodies, bodies[1].typ, "%s reads the request body, which %s has already read", second, first).
			related(bodies[0].typ, "%s reads it here", first).
			hint("put both in one struct, or read %s from elsewhere, such as the query", second)
		return
	}
	var names []string
	for _, e := range bodies {
		names = append(names, p.called(e))
	}
	n := p.report(diag.TwoBodies, bodies[1].typ, "%s all read the request body, which can be read once", andList(names))
	for _, e := range slices.Delete(bodies, 1, 2) {
		n.related(e.typ, "%s reads it here", p.called(e))
	}
	n.hint("put them in one struct, or read all but one from elsewhere, such as the query")
}

// bodyNotLast reports the parameters after the one that reads the body.
func (p *parser) bodyNotLast(sig signature, body int) {
	e := sig.params[body]
	n := p.report(diag.BodyNotLast, e.typ, "%s reads the request body and must be the last parameter", p.called(e))
	var before, after []entry
	for i, other := range sig.params {
		switch {
		case i == body:
		case isNext(other):
			after = append(after, other)
		default:
			before = append(before, other)
			if i > body {
				n.related(other, "%s comes after it", p.called(other))
			}
		}
	}
	n.hint("write %s(%s)", sig.name(), p.listEntries(slices.Concat(before, []entry{e}, after)))
}

// listEntries writes parameters or results as they are declared.
func (p *parser) listEntries(list []entry) string {
	var words []string
	for _, e := range list {
		words = append(words, strings.TrimSpace(e.v.Name()+" "+p.typeString(e.v.Type())))
	}
	return strings.Join(words, ", ")
}

package parse

import (
	"go/ast"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// bodyParam returns the index of the parameter that reads the body, or -1.
func bodyParam(params []model.Param, providers []model.Provider) int {
	return slices.IndexFunc(params, func(param model.Param) bool {
		return param.From != nil && readsBody(param.From, providers)
	})
}

// checkBodyTaken reports a middleware function that leaves nothing of the body
// to something inside that reads it too.
func (p *parser) checkBodyTaken(m *middlewareFunc) {
	if len(m.plans) == 0 || p.givesBody(m.decl) {
		return
	}
	var at entry
	var inner []bodyReader
	for _, w := range m.around {
		own := p.readerOf(m.signature, p.out.Middleware[w.route.Route.Use[w.at].Adapter].Params)
		if own == nil {
			continue
		}
		at = own.entry
		for _, r := range p.readersInside(w) {
			shared := own.provider >= 0 && own.provider == r.provider
			if !shared && !slices.ContainsFunc(inner, func(known bodyReader) bool { return known.entry == r.entry }) {
				inner = append(inner, r)
			}
		}
	}
	if len(inner) == 0 {
		return
	}
	n := p.report(diag.BodyTaken, at.typ, "%s reads the request body, and leaves nothing of it to %s", p.called(at), inner[0].fn)
	for _, r := range inner {
		n.related(r.entry, "%s reads it here", r.fn)
	}
	n.hint("take it as a runtime.Bytes, and give it back in %s: r.Body = io.NopCloser(bytes.NewReader(body))", m.name())
}

// A bodyReader is a parameter that reads the body.
type bodyReader struct {
	entry
	fn       string // of the function, for messages
	provider int    // the extractor function that reads it, or -1
}

// readerOf returns the parameter of a function that reads the body, or nil.
func (p *parser) readerOf(sig signature, params []model.Param) *bodyReader {
	i := bodyParam(params, p.out.Providers)
	if i < 0 {
		return nil
	}
	return &bodyReader{sig.params[i], sig.name(), p.bodyProvider(params[i].From)}
}

// readersInside lists the parameters inside a middleware function that read the
// body.
func (p *parser) readersInside(w wrapping) []bodyReader {
	var list []bodyReader
	add := func(r *bodyReader) {
		if r != nil {
			list = append(list, *r)
		}
	}
	for _, m := range p.middleware {
		for _, other := range m.around {
			if other.route == w.route && other.at > w.at && m.sound {
				add(p.readerOf(m.signature, p.out.Middleware[w.route.Route.Use[other.at].Adapter].Params))
			}
		}
	}
	for _, plan := range w.plans {
		if slices.Contains(plan.routes, w.route) {
			add(p.readerOf(w.signature, plan.Params))
		}
	}
	return list
}

// bodyProvider returns the extractor function by which the body is read, or -1.
func (p *parser) bodyProvider(from model.Extractor) int {
	found := -1
	visit(from, false, func(from model.Extractor, _ bool) {
		of, ok := from.(model.Provided)
		if !ok || !p.out.Providers[of.Provider].Body {
			return
		}
		found = of.Provider
		params := p.out.Providers[of.Provider].Params
		if deeper := p.bodyProvider(params[bodyParam(params, p.out.Providers)].From); deeper >= 0 {
			found = deeper
		}
	})
	return found
}

// givesBody reports whether a function gives a request another body.
func (p *parser) givesBody(decl *ast.FuncDecl) bool {
	gives := false
	if decl.Body != nil {
		ast.Inspect(decl.Body, func(n ast.Node) bool {
			if assign, ok := n.(*ast.AssignStmt); ok {
				gives = gives || slices.ContainsFunc(assign.Lhs, p.isRequestBody)
			}
			return true
		})
	}
	return gives
}

// isRequestBody reports whether an expression is the field Body of a request.
func (p *parser) isRequestBody(e ast.Expr) bool {
	field, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && field.Sel.Name == "Body" && fullName(baseOf(p.info.TypeOf(field.X))) == "net/http.Request"
}

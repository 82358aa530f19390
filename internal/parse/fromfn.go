package parse

import (
	"go/ast"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// readMiddleware reads the functions with a middleware directive, whose
// parameters are extractors and one runtime.Next.
func (p *parser) readMiddleware() {
	for _, d := range p.directives {
		decl, ok := d.on.(*ast.FuncDecl)
		if d.verb != "middleware" || !ok {
			continue
		}
		if sig, ok := p.signatureOf(decl); ok && p.checkNext(sig) {
			p.out.Middleware = append(p.out.Middleware, p.bindMiddleware(sig))
		}
	}
}

// checkNext reports a middleware function without a runtime.Next, or with
// several.
func (p *parser) checkNext(sig signature) bool {
	var nexts []entry
	for _, e := range sig.params {
		if isNext(e) {
			nexts = append(nexts, e)
		}
	}
	switch {
	case len(nexts) == 0:
		p.report(diag.BadMiddleware, sig.decl.Name, "%s takes no runtime.Next, so it could never go on to the handler", sig.name()).
			hint("add a parameter: next runtime.Next")
		return false
	case len(nexts) > 1:
		p.report(diag.BadMiddleware, nexts[1].typ, "%s takes runtime.Next twice", sig.name()).
			related(nexts[0].typ, "the first one").hint("remove one of them")
		return false
	}
	return true
}

func isNext(e entry) bool {
	w, ok := runtimeType(e.v.Type())
	return ok && w.name == "Next"
}

func (p *parser) bindMiddleware(sig signature) model.MiddlewareFunc {
	out := model.MiddlewareFunc{Pos: p.fset.Position(sig.decl.Name.Pos())}
	out.Func = p.funcOf(sig)
	sc := &scope{fn: sig.name(), open: true, used: map[string]bool{}, params: p.paramOptions(sig)}
	for _, e := range sig.params {
		if isNext(e) {
			spelled, _ := p.typeOf(e.v.Type(), e.typ)
			out.Params = append(out.Params, model.Param{
				Name: e.v.Name(), Type: spelled, Pos: p.fset.Position(e.Pos()), Why: "the rest of the chain",
			})
			continue
		}
		param, _ := p.bindParam(sc, e)
		out.Params = append(out.Params, param)
	}
	p.checkBodies(sig, out.Params)
	out.Results = p.results(sig)
	return out
}

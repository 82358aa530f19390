package parse

import (
	"go/ast"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// readErrors reads the function that renders every error of the package.
func (p *parser) readErrors() {
	var first *ast.FuncDecl
	for _, d := range p.directives {
		decl, ok := d.on.(*ast.FuncDecl)
		if d.verb != "errors" || !ok {
			continue
		}
		if first != nil {
			p.report(diag.ErrorsTwice, decl.Name, "%s renders the errors of the package, which %s already does", decl.Name.Name, first.Name.Name).
				related(first.Name, "%s has //handlergen:errors here", first.Name.Name).hint("remove one of the two directives")
			continue
		}
		first = decl
		if sig, ok := p.signatureOf(decl); ok && p.checkErrorParams(sig) {
			p.bindErrors(sig)
			p.out.Errors.Invalid = p.readInvalid(d)
		}
	}
}

// checkErrorParams reports an errors function that does not take an error, or a
// context and an error.
func (p *parser) checkErrorParams(sig signature) bool {
	var names []string
	for _, e := range sig.params {
		names = append(names, p.typeString(e.v.Type()))
	}
	n := len(names)
	switch {
	case n == 1 && isError(sig.params[0].v.Type()):
		return true
	case n == 2 && fullName(sig.params[0].v.Type()) == "context.Context" && isError(sig.params[1].v.Type()):
		return true
	}
	got := "nothing"
	if n > 0 {
		got = andList(names)
	}
	p.report(diag.BadErrorsFunc, sig.decl.Type.Params, "%s takes %s, and an errors function takes an error, or a context and an error", sig.name(), got).
		hint("write func %s(ctx context.Context, err error)", sig.name())
	return false
}

// readInvalid reads the status that an errors directive gives to requests that
// are not valid, which is an error of the client's.
func (p *parser) readInvalid(d directive) int {
	a, ok := d.value("invalid")
	if !ok {
		return 0
	}
	status, ok := readStatus(a.value)
	if !ok || status < 400 || status > 499 {
		p.report(diag.BadValue, valueOf(a), "%q is not the status of a request that is not valid", a.value).
			hint("write a status from 400 to 499, such as invalid=422")
		return 0
	}
	return status
}

func (p *parser) bindErrors(sig signature) {
	out := &model.ErrorFunc{Pos: p.fset.Position(sig.decl.Name.Pos()), WithContext: len(sig.params) == 2}
	out.Func = p.funcOf(sig)
	out.Results = p.results(sig)
	answers := false
	for i, result := range out.Results {
		answers = answers || roleOf(result.As) != failure
		if result.As == (model.NoContent{}) {
			p.report(diag.BadErrorsFunc, sig.results[i].typ, "%s answers every error with runtime.NoContent, which is a success", sig.name()).
				hint("return a body, or runtime.Status alone")
		}
	}
	if !answers {
		p.report(diag.BadErrorsFunc, sig.decl.Name, "%s returns nothing to answer with", sig.name()).
			hint("return a body, with a runtime.Status before it if the error shall not choose the status")
	}
	p.out.Errors = out
}

package parse

import (
	"fmt"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A package may give predeclared names another meaning. Generated code does
// without them where it can; the functions in this file refuse the rest.

// refusePredeclared says why a predeclared type cannot be named in this
// package, if so.
func (p *parser) refusePredeclared(name string) *unspellable {
	if p.types.Scope().Lookup(name) == nil {
		return nil
	}
	return &unspellable{
		fmt.Sprintf("package %s declares %s, so generated code cannot name what Go calls so", p.types.Name(), name),
		"give the declaration of " + name + " another name",
	}
}

// checkError reports a declaration of error in a package for which functions
// are generated that return Go's own.
func (p *parser) checkError() {
	if obj := p.types.Scope().Lookup("error"); obj != nil && p.generatesErrors() {
		p.report(diag.NameTaken, nameSpan(obj), "package %s declares error, and generated functions have to name what Go calls so", p.types.Name()).
			hint("give it another name")
	}
}

// generatesErrors reports whether a generated function takes or returns an
// error, as those for extractors do that may fail within others.
func (p *parser) generatesErrors() bool {
	if p.out.Errors != nil || len(p.out.Providers) > 0 {
		return true
	}
	for _, h := range p.handlers {
		for _, plan := range h.plans {
			if slices.ContainsFunc(plan.Params, isAttempted) {
				return true
			}
		}
	}
	return false
}

// isAttempted reports whether a parameter is read in a function of its own,
// which returns an error.
func isAttempted(param model.Param) bool {
	found := false
	visit(param.From, false, func(from model.Extractor, _ bool) {
		switch from := from.(type) {
		case model.ResultOf:
			found = true
		case model.OptionalOf:
			_, composed := from.Of.(model.Composite)
			found = found || composed
		}
	})
	return found
}

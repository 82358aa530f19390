package parse

import (
	"go/ast"
	"go/types"

	"github.com/handlergen/handlergen/internal/model"
)

// flow says what a middleware function does with the answer of the rest of the
// chain. It is direct if all it does is
//
//	return next.Run(r)
//
// or the same with nil for the error, where no deferred function can come
// between: then nobody can tell whether the answer has been sent by that time.
// It answers if another answer may come of it than that or an error.
func (p *parser) flow(sig signature, next entry, results []model.Result) (direct, answers bool) {
	if !returnsAnswer(results) || sig.decl.Body == nil {
		return false, true
	}
	uses, returned, deferred := 0, 0, false
	depth := 0 // of function literals
	var visit func(ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			depth++
			ast.Inspect(n.Body, visit)
			depth--
			return false
		case *ast.DeferStmt:
			deferred = deferred || depth == 0
		case *ast.Ident:
			if p.info.Uses[n] == next.v {
				uses++
			}
		case *ast.ReturnStmt:
			switch {
			case depth > 0:
			case p.returnsRun(n, next.v):
				returned++
			case len(n.Results) == 0 || !p.isNil(n.Results[0]):
				answers = true
			}
		}
		return true
	}
	ast.Inspect(sig.decl.Body, visit)
	direct = uses == returned && !deferred
	return direct, answers || !direct
}

// returnsAnswer reports whether the results of a function are an answer, and
// perhaps an error.
func returnsAnswer(results []model.Result) bool {
	switch len(results) {
	case 1:
		return results[0].As == model.Whole{}
	case 2:
		return results[0].As == model.Whole{} && results[1].As == model.Failure{}
	}
	return false
}

// returnsRun reports whether a statement returns the answer of a next, without
// an error.
func (p *parser) returnsRun(stmt *ast.ReturnStmt, next *types.Var) bool {
	if len(stmt.Results) == 0 {
		return false
	}
	call, ok := ast.Unparen(stmt.Results[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	run, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || run.Sel.Name != "Run" {
		return false
	}
	on, ok := ast.Unparen(run.X).(*ast.Ident)
	if !ok || p.info.Uses[on] != next {
		return false
	}
	return len(stmt.Results) == 1 || p.isNil(stmt.Results[1])
}

// isNil reports whether an expression is nil itself.
func (p *parser) isNil(e ast.Expr) bool {
	name, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = p.info.Uses[name].(*types.Nil)
	return ok
}

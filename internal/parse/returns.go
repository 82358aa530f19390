package parse

import (
	"go/ast"
	"go/constant"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// describeResult adds what only documents want to know of a result.
func (p *parser) describeResult(result *model.Result, sig signature, i int) {
	switch as := result.As.(type) {
	case model.JSON:
		t := sig.results[i].v.Type()
		if w, ok := runtimeType(t); ok && as.Wrapped {
			t = w.args[0]
		}
		result.Encodes, _ = p.spellType(t)
		if status := p.constantStatus(t); as.Statused && status != 0 {
			result.Statuses = []int{status}
		}
	case model.Lines:
		if seq, ok := sequenceOf(sig.results[i].v.Type()); ok {
			result.Encodes, _ = p.spellType(seq.elem)
		}
	case model.StatusCode:
		result.Statuses = p.constantReturns(sig.decl, i)
	case model.Responder:
		if _, ok := isRuntime(sig.results[i].v.Type(), "Redirect"); ok {
			result.Statuses = p.redirectsOf(sig.decl, i)
		}
	case model.HeaderParts:
		result.Headers = p.headersOf(sig.decl, i)
	case model.CustomParts:
		result.Headers = p.headersOfPart(sig.results[i].v.Type())
	case model.CookiePart, model.CookieParts:
		result.Cookies = p.cookiesOf(sig.decl, i)
	}
}

// constantReturns lists the constants that a function returns as its result i,
// sorted, or nothing if it returns anything else there.
func (p *parser) constantReturns(decl *ast.FuncDecl, i int) []int {
	if decl == nil || decl.Body == nil {
		return nil
	}
	var found []int
	known := true
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // its returns are its own
		case *ast.ReturnStmt:
			value := p.constantAt(n, i)
			known = known && value != nil
			if value != nil {
				status, _ := constant.Int64Val(value)
				found = append(found, int(status))
			}
		}
		return known
	})
	if !known {
		return nil
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// constantAt returns the constant that a statement returns as result i, or nil.
func (p *parser) constantAt(ret *ast.ReturnStmt, i int) constant.Value {
	if i >= len(ret.Results) {
		return nil // named results, or what another function returns
	}
	tv := p.info.Types[ret.Results[i]]
	if tv.Value == nil || tv.Value.Kind() != constant.Int {
		return nil
	}
	return tv.Value
}

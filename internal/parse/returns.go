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
		if w, ok := runtimeType(sig.results[i].v.Type()); ok && w.name == "Redirect" {
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
	values, all := returned(decl, i)
	if !all {
		return nil
	}
	var found []int
	for _, value := range values {
		n, ok := p.constantInt(value)
		if !ok {
			return nil
		}
		found = append(found, n)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// constantInt returns the whole number that an expression is, if it is constant.
func (p *parser) constantInt(value ast.Expr) (int, bool) {
	known := p.info.Types[value].Value
	if known == nil || known.Kind() != constant.Int {
		return 0, false
	}
	n, _ := constant.Int64Val(known)
	return int(n), true
}

// returned lists what a function returns as its result i: expressions, and the
// name of the result where a statement returns it as it is. It reports whether
// those are all: what another function returns for several results is not there.
func returned(decl *ast.FuncDecl, i int) (values []ast.Expr, all bool) {
	if decl == nil || decl.Body == nil {
		return nil, false
	}
	all = true
	var results []*ast.Ident
	if decl.Type.Results != nil {
		for _, field := range decl.Type.Results.List {
			results = append(results, field.Names...)
		}
	}
	ast.Inspect(decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false // its returns are its own
		case *ast.ReturnStmt:
			switch {
			case i < len(n.Results):
				values = append(values, ast.Unparen(n.Results[i]))
			case len(n.Results) == 0 && i < len(results):
				values = append(values, results[i])
			default:
				all = false
			}
		}
		return true
	})
	return values, all
}

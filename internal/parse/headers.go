package parse

import (
	"go/ast"
	"go/constant"
	"go/types"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// headersOf lists the names in the headers that a function returns as its result
// i, as far as they are constants: those of composite literals, and those that
// are set or added to a variable of the function.
func (p *parser) headersOf(decl *ast.FuncDecl, i int) []string {
	found := map[string]bool{}
	values, _ := returned(decl, i)
	for _, value := range values {
		p.headerNames(value, found)
		if obj := p.variable(value); obj != nil {
			p.headerWrites(decl.Body, obj, found)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// headersOfPart lists the names that the method IntoResponseParts of a type sets,
// if this package declares it.
func (p *parser) headersOfPart(t types.Type) []string {
	fn := p.methodOf(t, "IntoResponseParts")
	decl := p.declarationOf(fn)
	if decl == nil || decl.Body == nil || fn.Signature().Params().Len() == 0 {
		return nil
	}
	found := map[string]bool{}
	p.headerWrites(decl.Body, fn.Signature().Params().At(0), found)
	return slices.Sorted(maps.Keys(found))
}

// variable returns the variable that an expression is, or nil.
func (p *parser) variable(value ast.Expr) types.Object {
	name, ok := value.(*ast.Ident)
	if !ok {
		return nil
	}
	obj := p.info.ObjectOf(name)
	if _, isVar := obj.(*types.Var); !isVar {
		return nil
	}
	return obj
}

// headerNames adds the names in a composite literal of http.Header.
func (p *parser) headerNames(value ast.Expr, found map[string]bool) {
	literal, ok := value.(*ast.CompositeLit)
	if !ok || fullName(p.info.TypeOf(literal)) != "net/http.Header" {
		return
	}
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			p.headerName(pair.Key, found)
		}
	}
}

// headerName adds a constant name. A document has another place for the type of
// a body.
func (p *parser) headerName(value ast.Expr, found map[string]bool) {
	if text, ok := p.constantText(value); ok && text != "" && !strings.EqualFold(text, "Content-Type") {
		found[http.CanonicalHeaderKey(text)] = true
	}
}

func (p *parser) constantText(value ast.Expr) (string, bool) {
	tv := p.info.Types[value]
	if tv.Value == nil || tv.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(tv.Value), true
}

// headerWrites adds the names that the statements of a body give to a header:
// by making it, by its methods Set and Add, and by an index.
func (p *parser) headerWrites(body *ast.BlockStmt, header types.Object, found map[string]bool) {
	is := func(value ast.Expr) bool { return p.variable(ast.Unparen(value)) == header }
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if index, ok := left.(*ast.IndexExpr); ok && is(index.X) {
					p.headerName(index.Index, found)
				}
				if is(left) && len(n.Lhs) == len(n.Rhs) {
					p.headerNames(ast.Unparen(n.Rhs[i]), found)
				}
			}
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if is(name) && i < len(n.Values) {
					p.headerNames(ast.Unparen(n.Values[i]), found)
				}
			}
		case *ast.CallExpr:
			method, ok := n.Fun.(*ast.SelectorExpr)
			if ok && is(method.X) && len(n.Args) == 2 && (method.Sel.Name == "Set" || method.Sel.Name == "Add") {
				p.headerName(n.Args[0], found)
			}
		}
		return true
	})
}

// cookiesOf lists the names of the cookies that a function returns as its result
// i, if they are all constants of composite literals.
func (p *parser) cookiesOf(decl *ast.FuncDecl, i int) []string {
	values, all := returned(decl, i)
	if !all {
		return nil
	}
	found := map[string]bool{}
	for _, value := range values {
		if tv := p.info.Types[value]; tv.IsNil() {
			continue
		}
		if !p.cookieNames(value, found) {
			return nil
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// cookieNames adds the names of a cookie or of a list of them, and reports
// whether those are all.
func (p *parser) cookieNames(value ast.Expr, found map[string]bool) bool {
	if pointer, ok := value.(*ast.UnaryExpr); ok {
		value = pointer.X
	}
	literal, ok := value.(*ast.CompositeLit)
	if !ok {
		return false
	}
	if _, list := p.info.TypeOf(literal).Underlying().(*types.Slice); list {
		return !slices.ContainsFunc(literal.Elts, func(element ast.Expr) bool { return !p.cookieNames(element, found) })
	}
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			return false
		}
		if key, ok := pair.Key.(*ast.Ident); ok && key.Name == "Name" {
			text, known := p.constantText(pair.Value)
			found[text] = known
			return known
		}
	}
	return false
}

// redirects are the functions that make a runtime.Redirect.
var redirects = map[string]int{
	"SeeOther": http.StatusSeeOther, "Temporary": http.StatusTemporaryRedirect, "Permanent": http.StatusPermanentRedirect,
}

// redirectsOf lists the statuses of the redirects that a function returns as its
// result i, sorted, or nothing if there are others.
func (p *parser) redirectsOf(decl *ast.FuncDecl, i int) []int {
	values, all := returned(decl, i)
	if !all {
		return nil
	}
	var statuses []int
	for _, value := range values {
		call, ok := value.(*ast.CallExpr)
		if !ok {
			if literal, isZero := value.(*ast.CompositeLit); isZero && len(literal.Elts) == 0 {
				continue // beside an error
			}
			return nil
		}
		made, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		fn, ok := p.info.Uses[made.Sel].(*types.Func)
		if !ok || fn.Pkg() == nil || fn.Pkg().Path() != model.RuntimePath || redirects[fn.Name()] == 0 {
			return nil
		}
		statuses = append(statuses, redirects[fn.Name()])
	}
	slices.Sort(statuses)
	return slices.Compact(statuses)
}

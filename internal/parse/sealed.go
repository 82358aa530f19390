package parse

import (
	"go/ast"
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// respondSealed reads a result of an interface type: whichever implementation
// of the package comes answers for itself.
func (p *parser) respondSealed(e entry) (model.Response, string) {
	iface := e.v.Type().Underlying().(*types.Interface)
	var sealed model.Sealed
	ok := true
	for _, t := range p.implementations(e, iface) {
		c, caseOK := p.sealedCase(e, t)
		ok = ok && caseOK
		sealed.Cases = append(sealed.Cases, c)
	}
	written := p.typeString(e.v.Type())
	switch {
	case !ok:
		return nil, ""
	case len(sealed.Cases) == 0:
		p.report(diag.BadSealed, e.typ, "no type of package %s implements %s", p.types.Name(), written).
			hint("return a concrete type, or declare the types that can come in this package")
		return nil, ""
	}
	return sealed, "whichever implementation of " + written + " comes, with its own status"
}

// implementations returns the types of the package that implement an
// interface: T, and *T even where T does, for either can stand in it.
func (p *parser) implementations(e entry, iface *types.Interface) []types.Type {
	var found []types.Type
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) {
			continue
		}
		t, pointer := obj.Type(), types.NewPointer(obj.Type())
		if !types.Implements(pointer, iface) {
			continue
		}
		if t.(*types.Named).TypeParams().Len() > 0 {
			p.report(diag.BadSealed, e.typ, "%s implements %s and has type parameters, so its values cannot be told apart", name, p.typeString(e.v.Type())).
				related(nameSpan(obj), "%s is declared here", name).hint("declare a type for each instance: type X struct{ %s[…] }", name)
			continue
		}
		if types.Implements(t, iface) {
			found = append(found, t)
		}
		found = append(found, pointer)
	}
	return found
}

// sealedCase decides how one implementation answers.
func (p *parser) sealedCase(e entry, t types.Type) (model.Case, bool) {
	spelled, ok := p.typeOf(t, e.typ)
	c := model.Case{Type: spelled, Status: p.constantStatus(t)}
	switch {
	case p.intoResponse(t):
		c.As = model.Responder{Nil: nilOf(t)}
	case p.hasStatus(t):
		c.As = p.jsonOf(t)
		ok = p.checkEncodable(t, e.typ) && ok
	default:
		obj := types.Unalias(baseOf(t)).(*types.Named).Obj()
		p.report(diag.BadSealed, e.typ, "%s can come as %s, but has neither IntoResponse nor Status", obj.Name(), p.typeString(e.v.Type())).
			related(nameSpan(obj), "%s is declared here", obj.Name()).
			hint("write func (%s) Status() int { return 200 }", obj.Name())
		return c, false
	}
	return c, ok
}

// constantStatus returns what the method Status of a type returns if its body
// says nothing else, or 0.
func (p *parser) constantStatus(t types.Type) int {
	decl := p.declarationOf(p.methodOf(t, "Status"))
	if decl == nil || decl.Body == nil || len(decl.Body.List) != 1 {
		return 0
	}
	ret, ok := decl.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return 0
	}
	status, _ := p.constantInt(ret.Results[0])
	return status
}

// declarationOf returns the syntax of a function of this package, or nil.
func (p *parser) declarationOf(fn *types.Func) *ast.FuncDecl {
	if fn == nil {
		return nil
	}
	for _, file := range p.files {
		for _, decl := range file.Decls {
			if decl, ok := decl.(*ast.FuncDecl); ok && p.info.Defs[decl.Name] == fn {
				return decl
			}
		}
	}
	return nil
}

package parse

import (
	"go/ast"
	"go/token"
	"go/types"
)

// fieldOf returns the syntax of a parameter or a struct field, or nil if it is
// declared in another package.
func (p *parser) fieldOf(v *types.Var) *ast.Field {
	if p.fields == nil {
		p.fields = make(map[token.Pos]*ast.Field)
		for _, file := range p.files {
			ast.Inspect(file, p.indexField)
		}
	}
	return p.fields[v.Pos()]
}

// indexField enters a field under the positions that go/types gives to the
// variables it declares.
func (p *parser) indexField(n ast.Node) bool {
	f, ok := n.(*ast.Field)
	if !ok {
		return true
	}
	for _, name := range f.Names {
		p.fields[name.Pos()] = f
	}
	if len(f.Names) == 0 {
		p.fields[f.Type.Pos()] = f
		p.fields[embeddedName(f.Type).Pos()] = f
	}
	return true
}

// embeddedName returns the name of an embedded field: T of *pkg.T[int].
func embeddedName(t ast.Expr) ast.Expr {
	for {
		switch x := t.(type) {
		case *ast.StarExpr:
			t = x.X
		case *ast.ParenExpr:
			t = x.X
		case *ast.SelectorExpr:
			return x.Sel
		case *ast.IndexExpr:
			t = x.X
		case *ast.IndexListExpr:
			t = x.X
		default:
			return t
		}
	}
}

// typeExpr returns the type of a parameter or field as it is written, or the
// given place if the syntax is not at hand.
func (p *parser) typeExpr(v *types.Var, otherwise span) span {
	if f := p.fieldOf(v); f != nil {
		return ast.Unparen(f.Type)
	}
	return otherwise
}

// typeString returns a type as messages name it: with the names of packages,
// but without the name of this one.
func (p *parser) typeString(t types.Type) string {
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg == p.types {
			return ""
		}
		return pkg.Name()
	})
}

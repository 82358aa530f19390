package parse

import (
	"cmp"
	"go/ast"
	"go/types"
	"iter"
)

// docOfType returns the doc comment of a type.
func (p *parser) docOfType(obj *types.TypeName) string {
	return docText(p.commentOfType(obj))
}

func (p *parser) commentOfType(obj *types.TypeName) *ast.CommentGroup {
	for gen, spec := range p.specs() {
		if spec, ok := spec.(*ast.TypeSpec); ok && p.info.Defs[spec.Name] == obj {
			return typeComment(gen, spec)
		}
	}
	if found := p.foreignSpec(obj); found.spec != nil {
		if spec, ok := found.spec.(*ast.TypeSpec); ok {
			return typeComment(found.decl, spec)
		}
	}
	return nil
}

// typeComment is the doc comment of a type, which stands before its declaration
// unless that is of several.
func typeComment(gen *ast.GenDecl, spec *ast.TypeSpec) *ast.CommentGroup {
	if spec.Doc != nil || gen.Lparen.IsValid() {
		return spec.Doc
	}
	return gen.Doc
}

// specs goes through the declarations of the package that are no functions, each
// with what it stands in.
func (p *parser) specs() iter.Seq2[*ast.GenDecl, ast.Spec] {
	return func(yield func(*ast.GenDecl, ast.Spec) bool) {
		for _, file := range p.files {
			for _, decl := range file.Decls {
				gen, ok := decl.(*ast.GenDecl)
				if !ok {
					continue
				}
				for _, spec := range gen.Specs {
					if !yield(gen, spec) {
						return
					}
				}
			}
		}
	}
}

// docOfField returns the doc comment of a field, or the comment behind it.
func (p *parser) docOfField(v *types.Var) string {
	f := p.fieldOf(v)
	if f == nil {
		f = p.foreignField(v)
	}
	if f == nil {
		return ""
	}
	return cmp.Or(docText(f.Doc), docText(f.Comment))
}

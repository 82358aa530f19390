package parse

import (
	"cmp"
	"encoding/json"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// constantsOf lists the constants of a type that its package declares, in
// source order, those of one value once. Numbers of a type that has a text form
// are no texts, so such a type has none.
func (p *parser) constantsOf(named *types.Named, schema model.Schema) []model.Constant {
	if _, text := schema.(model.TextValue); text != isKind(named, types.IsString) {
		return nil
	}
	var found []*types.Const
	scope := named.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if ok && types.Identical(c.Type(), named) && (c.Exported() || c.Pkg() == p.types) {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b *types.Const) int { return cmp.Compare(a.Pos(), b.Pos()) })
	if !isEnumeration(found, named) {
		return nil
	}
	var list []model.Constant
	for _, c := range found {
		literal := literalOf(c.Val())
		if !slices.ContainsFunc(list, func(known model.Constant) bool { return known.Literal == literal }) {
			list = append(list, model.Constant{Name: c.Name(), Literal: literal, Doc: p.docOfConstant(c)})
		}
	}
	return list
}

// isEnumeration reports whether constants are all values that their type is
// meant to have, as far as one can tell: two texts at least, or whole numbers
// without a gap, as iota makes them. One constant alone, or the powers of two,
// say nothing of the other values.
func isEnumeration(constants []*types.Const, named *types.Named) bool {
	switch {
	case len(constants) < 2:
		return false
	case isKind(named, types.IsString):
		return true
	case !isKind(named, types.IsInteger):
		return false
	}
	var values []int64
	for _, c := range constants {
		n, exact := constant.Int64Val(c.Val())
		if !exact {
			return false
		}
		values = append(values, n)
	}
	slices.Sort(values)
	values = slices.Compact(values)
	return len(values) >= 2 && values[len(values)-1]-values[0] == int64(len(values)-1)
}

// literalOf writes a constant as JSON.
func literalOf(value constant.Value) string {
	if value.Kind() == constant.String {
		text, _ := json.Marshal(constant.StringVal(value)) // a string
		return string(text)
	}
	return value.ExactString()
}

// docOfConstant returns the doc comment of a constant, or the comment behind it.
func (p *parser) docOfConstant(c *types.Const) string {
	for gen, spec := range p.specs() {
		spec, ok := spec.(*ast.ValueSpec)
		if !ok || !slices.ContainsFunc(spec.Names, func(name *ast.Ident) bool { return p.info.Defs[name] == c }) {
			continue
		}
		return valueDoc(gen, spec)
	}
	found := p.foreignSpec(c)
	if spec, ok := found.spec.(*ast.ValueSpec); ok {
		return valueDoc(found.decl, spec)
	}
	return ""
}

func valueDoc(gen *ast.GenDecl, spec *ast.ValueSpec) string {
	switch {
	case spec.Doc != nil:
		return docText(spec.Doc)
	case gen.Doc != nil && !gen.Lparen.IsValid():
		return docText(gen.Doc)
	}
	return docText(spec.Comment)
}

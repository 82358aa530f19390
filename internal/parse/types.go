package parse

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// typeOf returns a type as generated code spells it. What generated code cannot
// spell is reported at the given place.
func (p *parser) typeOf(t types.Type, at span) (model.Type, bool) {
	spelled, refusal := p.spellType(t)
	if refusal != nil {
		p.report(diag.UnspellableType, at, "%s", refusal.message).hint("%s", refusal.hint)
		return nil, false
	}
	return spelled, true
}

// An unspellable says why generated code cannot name a type.
type unspellable struct{ message, hint string }

func (p *parser) spellType(t types.Type) (model.Type, *unspellable) {
	switch t := t.(type) {
	case *types.Alias:
		return p.spellAlias(t)
	case *types.Named:
		return p.spellNamed(t.Obj(), t.TypeArgs())
	case *types.Basic:
		return p.spellBasic(t)
	case *types.Pointer:
		elem, no := p.spellType(t.Elem())
		return model.Pointer{Elem: elem}, no
	case *types.Slice:
		elem, no := p.spellType(t.Elem())
		return model.Slice{Elem: elem}, no
	case *types.Array:
		elem, no := p.spellType(t.Elem())
		return model.Array{Len: t.Len(), Elem: elem}, no
	case *types.Map:
		return p.spellMap(t)
	case *types.Chan:
		elem, no := p.spellType(t.Elem())
		return model.Chan{Dir: chanWords[t.Dir()], Elem: elem}, no
	case *types.Signature:
		return p.spellSignature(t)
	case *types.Struct:
		return p.spellStruct(t)
	case *types.Interface:
		return p.spellInterface(t)
	case *types.TypeParam:
		return nil, &unspellable{
			fmt.Sprintf("%s is a type parameter, which generated code cannot name", t.Obj().Name()),
			"write the concrete type",
		}
	}
	panic(fmt.Sprintf("parse: unhandled type %T", t))
}

var chanWords = map[types.ChanDir]string{
	types.SendRecv: "chan", types.SendOnly: "chan<-", types.RecvOnly: "<-chan",
}

func (p *parser) spellBasic(t *types.Basic) (model.Type, *unspellable) {
	if t.Kind() == types.UnsafePointer {
		return model.Named{PkgPath: "unsafe", PkgName: "unsafe", Name: "Pointer"}, nil
	}
	return model.Named{Name: t.Name()}, p.refusePredeclared(t.Name())
}

// spellAlias keeps an alias as written unless only what it stands for can be
// named.
func (p *parser) spellAlias(t *types.Alias) (model.Type, *unspellable) {
	spelled, no := p.spellNamed(t.Obj(), t.TypeArgs())
	if no == nil {
		return spelled, nil
	}
	if spelled, alsoNo := p.spellType(t.Rhs()); alsoNo == nil {
		return spelled, nil
	}
	return nil, no
}

func (p *parser) spellNamed(obj *types.TypeName, args *types.TypeList) (model.Type, *unspellable) {
	if no := p.refuseName(obj); no != nil {
		return nil, no
	}
	named := model.Named{Name: obj.Name()}
	if pkg := obj.Pkg(); pkg != nil {
		named.PkgPath, named.PkgName = pkg.Path(), pkg.Name()
	}
	for t := range args.Types() {
		arg, no := p.spellType(t)
		if no != nil {
			return nil, no
		}
		named.Args = append(named.Args, arg)
	}
	return named, nil
}

// refuseName says why a declared type cannot be named in this package, if so.
func (p *parser) refuseName(obj *types.TypeName) *unspellable {
	pkg := obj.Pkg()
	switch {
	case pkg == nil:
		return p.refusePredeclared(obj.Name())
	case obj.Parent() != pkg.Scope():
		return &unspellable{
			fmt.Sprintf("%s is declared inside a function, where generated code cannot reach it", obj.Name()),
			fmt.Sprintf("declare %s at package level", obj.Name()),
		}
	case pkg == p.types:
		return nil
	case !obj.Exported():
		return &unspellable{
			fmt.Sprintf("%s.%s is not exported, so generated code cannot name it", pkg.Name(), obj.Name()),
			"use an exported type, or declare one in this package",
		}
	case !MayImport(p.types.Path(), pkg.Path()) || pkg.Name() == "main":
		return &unspellable{
			fmt.Sprintf("%s.%s is in %s, which package %s cannot import", pkg.Name(), obj.Name(), pkg.Path(), p.types.Name()),
			"declare the type in a package that can be imported, or in this one",
		}
	}
	return nil
}

// MayImport reports whether the rule of internal directories lets one package
// import another.
func MayImport(from, path string) bool {
	elems := strings.Split(path, "/")
	for i, elem := range slices.Backward(elems) {
		if elem == "internal" {
			parent, from := strings.Join(elems[:i], "/"), strings.TrimSuffix(from, "_test")
			return from == parent || parent != "" && strings.HasPrefix(from, parent+"/")
		}
	}
	return true
}

func (p *parser) spellMap(t *types.Map) (model.Type, *unspellable) {
	key, no := p.spellType(t.Key())
	if no != nil {
		return nil, no
	}
	elem, no := p.spellType(t.Elem())
	return model.Map{Key: key, Elem: elem}, no
}

func (p *parser) spellSignature(t *types.Signature) (model.Type, *unspellable) {
	params, no := p.spellTuple(t.Params())
	if no != nil {
		return nil, no
	}
	results, no := p.spellTuple(t.Results())
	return model.Signature{Params: params, Results: results, Variadic: t.Variadic()}, no
}

func (p *parser) spellTuple(tuple *types.Tuple) ([]model.Type, *unspellable) {
	var list []model.Type
	for v := range tuple.Variables() {
		t, no := p.spellType(v.Type())
		if no != nil {
			return nil, no
		}
		list = append(list, t)
	}
	return list, nil
}

func (p *parser) spellStruct(t *types.Struct) (model.Type, *unspellable) {
	var fields []model.StructField
	for i := range t.NumFields() {
		field := t.Field(i)
		if !field.Exported() && field.Pkg() != p.types {
			return nil, &unspellable{
				fmt.Sprintf("the field %s belongs to package %s, so generated code cannot spell the struct",
					field.Name(), field.Pkg().Name()),
				"declare a named type for the struct",
			}
		}
		spelled, no := p.spellType(field.Type())
		if no != nil {
			return nil, no
		}
		fields = append(fields, model.StructField{
			Name: field.Name(), Type: spelled, Tag: t.Tag(i), Embedded: field.Embedded(),
		})
	}
	return model.Struct{Fields: fields}, nil
}

func (p *parser) spellInterface(t *types.Interface) (model.Type, *unspellable) {
	if t.Empty() {
		return model.EmptyInterface{}, nil
	}
	return nil, &unspellable{
		"an interface without a name cannot be spelled by generated code",
		"declare a named type for the interface",
	}
}

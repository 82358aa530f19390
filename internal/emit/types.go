package emit

import (
	"fmt"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// spell writes a type.
func (e *emitter) spell(t model.Type) *jen.Statement {
	switch t := t.(type) {
	case model.Named:
		return e.named(t)
	case model.Pointer:
		return jen.Op("*").Add(e.spell(t.Elem))
	case model.Slice:
		return jen.Index().Add(e.spell(t.Elem))
	case model.Array:
		return raw("[" + strconv.FormatInt(t.Len, 10) + "]").Add(e.spell(t.Elem))
	case model.Map:
		return jen.Map(e.spell(t.Key)).Add(e.spell(t.Elem))
	case model.Chan:
		return e.channel(t)
	case model.Signature:
		return jen.Func().Add(e.signature(t))
	case model.Struct:
		return e.structure(t)
	case model.EmptyInterface:
		return e.anything()
	}
	panic(fmt.Sprintf("emit: unhandled type %T", t))
}

func (e *emitter) spellAll(types []model.Type) []jen.Code {
	var list []jen.Code
	for _, t := range types {
		list = append(list, e.spell(t))
	}
	return list
}

func (e *emitter) named(t model.Named) *jen.Statement {
	if t.PkgPath == "" {
		if t.Name == "any" {
			return e.anything()
		}
		return jen.Id(t.Name)
	}
	name := e.qual(t.PkgPath, t.PkgName, t.Name)
	if len(t.Args) > 0 {
		name.Types(e.spellAll(t.Args)...)
	}
	return name
}

// anything writes the empty interface, by its short name unless the package
// gives that another meaning.
func (e *emitter) anything() *jen.Statement {
	if e.redefines("any") {
		return jen.Interface()
	}
	return jen.Id("any")
}

// channel puts parentheses where the arrow would belong to the wrong channel.
func (e *emitter) channel(t model.Chan) *jen.Statement {
	elem := e.spell(t.Elem)
	if inner, ok := t.Elem.(model.Chan); ok && inner.Dir == "<-chan" && t.Dir == "chan" {
		elem = jen.Parens(elem)
	}
	return raw(t.Dir).Add(elem)
}

func (e *emitter) signature(t model.Signature) *jen.Statement {
	params := e.spellAll(t.Params)
	if last := len(params) - 1; t.Variadic && last >= 0 {
		params[last] = jen.Op("...").Add(e.spell(t.Params[last].(model.Slice).Elem))
	}
	s := jen.Params(params...)
	switch len(t.Results) {
	case 0:
		return s
	case 1:
		return s.Add(e.spell(t.Results[0]))
	}
	return s.Params(e.spellAll(t.Results)...)
}

// structure writes a struct type on one line.
func (e *emitter) structure(t model.Struct) *jen.Statement {
	var fields []jen.Code
	for _, f := range t.Fields {
		field := jen.Null()
		if !f.Embedded {
			field.Id(f.Name)
		}
		field.Add(e.spell(f.Type))
		if f.Tag != "" {
			field.Add(quote(f.Tag))
		}
		fields = append(fields, field)
	}
	return jen.Custom(jen.Options{Open: "struct{", Close: "}", Separator: ";"}, fields...)
}

// isString reports whether a type is string itself, not just of its kind.
func isString(t model.Type) bool {
	named, ok := t.(model.Named)
	return ok && named.PkgPath == "" && named.Name == "string"
}

// elem returns the element type of a slice, array or map that is written out,
// and the type in a pointer, Optional or Nullable; nil if that is not to be seen.
func elem(t model.Type) model.Type {
	switch t := t.(type) {
	case model.Slice:
		return t.Elem
	case model.Array:
		return t.Elem
	case model.Map:
		return t.Elem
	case model.Pointer:
		return t.Elem
	case model.Named:
		if t.PkgPath == model.RuntimePath && len(t.Args) == 1 {
			return t.Args[0]
		}
	}
	return nil
}

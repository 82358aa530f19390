package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// The functions in this file write what takes predeclared names. A package may
// give those another meaning, and generated code still has to work there, be it
// not as pretty.

// redefines reports whether the package gives a predeclared name another
// meaning.
func (e *emitter) redefines(name string) bool { return slices.Contains(e.pkg.Taken, name) }

// isNil is the condition that a variable, or a field of one, is nil.
func (e *emitter) isNil(x string) *jen.Statement {
	if e.redefines("nil") {
		return e.reflected(x).Dot("IsZero").Call()
	}
	return raw(x).Op("==").Nil()
}

func (e *emitter) notNil(x string) *jen.Statement {
	if e.redefines("nil") {
		return jen.Op("!").Add(e.reflected(x)).Dot("IsZero").Call()
	}
	return raw(x).Op("!=").Nil()
}

func (e *emitter) reflected(x string) *jen.Statement {
	return e.std("reflect", "ValueOf").Call(raw("&" + x)).Dot("Elem").Call()
}

// noError is the error that is none.
func (e *emitter) noError() *jen.Statement {
	if e.redefines("nil") {
		return e.std("errors", "Join").Call()
	}
	return jen.Nil()
}

// yes is the truth.
func (e *emitter) yes() *jen.Statement {
	if e.redefines("true") {
		return jen.Lit(1).Op(">").Lit(0)
	}
	return jen.True()
}

// length is the number of elements or bytes of a value.
func (e *emitter) length(x string) *jen.Statement {
	if e.redefines("len") {
		return e.std("reflect", "ValueOf").Call(raw(x)).Dot("Len").Call()
	}
	return jen.Len(raw(x))
}

// appended is a list of a certain type with one more element.
func (e *emitter) appended(list *jen.Statement, typ model.Type, element *jen.Statement) *jen.Statement {
	if e.redefines("append") {
		return e.std("slices", "Concat").Call(list, e.spell(typ).Values(element))
	}
	return jen.Append(list, element)
}

// asString is a value of some string type as a string.
func (e *emitter) asString(x string, typ model.Type) *jen.Statement {
	switch {
	case isString(typ):
		return raw(x)
	case e.redefines("string"):
		return e.std("reflect", "ValueOf").Call(raw(x)).Dot("String").Call()
	}
	return jen.String().Call(raw(x))
}

package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// The methods that make a type an extractor of its own.
const (
	fromRequestParts = "FromRequestParts"
	fromRequest      = "FromRequest"
)

// A custom is a type with one of those methods, or both.
type custom struct {
	typ     types.Type // without the pointer
	pointer bool       // the parameter is a *typ
	parts   *types.Selection
	body    *types.Selection
}

// customOf finds the methods of a T or *T. They need not be of the right shape.
func customOf(t types.Type) (custom, bool) {
	c := custom{typ: t}
	if pointer, ok := types.Unalias(t).(*types.Pointer); ok {
		c.typ, c.pointer = pointer.Elem(), true
	}
	set := types.NewMethodSet(types.NewPointer(c.typ))
	if types.IsInterface(c.typ) {
		set = types.NewMethodSet(c.typ)
	}
	c.parts, c.body = set.Lookup(nil, fromRequestParts), set.Lookup(nil, fromRequest)
	return c, c.parts != nil || c.body != nil
}

// bindCustom checks a type that extracts itself.
func (p *parser) bindCustom(tg target, c custom) (model.Extractor, string, bool) {
	method := c.parts
	if method == nil {
		method = c.body
	}
	if !p.checkCustom(tg, c, method) {
		return nil, "", false
	}
	spelled, ok := p.typeOf(c.typ, tg.typ)
	name := method.Obj().Name()
	return model.Custom{Type: spelled, Method: name, Pointer: c.pointer, Said: p.saidOfType(c.typ)}, "its own method " + name, ok
}

// checkCustom reports methods that cannot fill in a value.
func (p *parser) checkCustom(tg target, c custom, method *types.Selection) bool {
	name, written := method.Obj().Name(), p.typeString(c.typ)
	sig := method.Type().(*types.Signature)
	switch {
	case types.IsInterface(c.typ):
		p.report(diag.BadExtractor, tg.typ, "%s is an interface, so there is no value to call %s on", written, name).
			hint("take a type that has the method")
	case c.parts != nil && c.body != nil:
		n := p.report(diag.BadExtractor, tg.typ, "%s has both %s and %s, and only one can read it", written, fromRequestParts, fromRequest)
		p.relatedMethod(n, c.parts)
		p.relatedMethod(n, c.body)
		n.hint("keep %s if it reads the body, else %s", fromRequest, fromRequestParts)
	case !takesRequestOnly(sig):
		n := p.report(diag.BadExtractor, tg.typ, "the method %s of %s has the wrong signature, %s", name, written, p.typeString(sig))
		p.relatedMethod(n, method)
		n.hint("write func (x *%s) %s(r *http.Request) error", written, name)
	case !hasPointerReceiver(method):
		n := p.report(diag.BadExtractor, tg.typ, "the method %s of %s has a copy of the value to fill in", name, written)
		p.relatedMethod(n, method)
		n.hint("give it a pointer receiver: func (x *%s) %s(r *http.Request) error", written, name)
	default:
		return true
	}
	return false
}

// relatedMethod adds the declaration of a method if it stands in this package.
func (p *parser) relatedMethod(n note, method *types.Selection) {
	if fn := method.Obj(); fn.Pkg() == p.types {
		at := stretch{fn.Pos(), fn.Pos()}
		n.related(at, "%s is declared here", fn.Name())
	}
}

// takesRequestOnly is the shape func(*http.Request) error.
func takesRequestOnly(sig *types.Signature) bool {
	return sig.Params().Len() == 1 && !sig.Variadic() &&
		fullName(sig.Params().At(0).Type()) == "*net/http.Request" && returnsError(sig)
}

func hasPointerReceiver(method *types.Selection) bool {
	recv := method.Obj().(*types.Func).Signature().Recv()
	_, ok := types.Unalias(recv.Type()).(*types.Pointer)
	return ok
}

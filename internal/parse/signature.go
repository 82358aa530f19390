package parse

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A signature is a function of the user's with the places of what it takes and
// returns.
type signature struct {
	fn      *types.Func
	decl    *ast.FuncDecl
	params  []entry
	results []entry
}

// An entry is one parameter or result, from its name to the end of its type.
type entry struct {
	v   *types.Var
	typ span // as written, or the name where several share a type
	stretch
}

// name returns the name of the function.
func (s signature) name() string { return s.fn.Name() }

// receiver returns the type that a method belongs to, or nil.
func (s signature) receiver() *types.TypeName {
	recv := s.fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	if named, ok := types.Unalias(baseOf(recv.Type())).(*types.Named); ok {
		return named.Obj()
	}
	return nil
}

// signatureOf returns the signature of a function that generated code shall
// call, or reports why it cannot call it.
func (p *parser) signatureOf(decl *ast.FuncDecl) (signature, bool) {
	fn, ok := p.info.Defs[decl.Name].(*types.Func)
	if !ok {
		return signature{}, false // redeclared, which the type checker reports
	}
	sig := signature{
		fn: fn, decl: decl,
		params:  entries(decl.Type.Params, fn.Signature().Params()),
		results: entries(decl.Type.Results, fn.Signature().Results()),
	}
	return sig, p.checkCallable(sig)
}

// entries pairs the variables of a tuple with the syntax that declares them.
func entries(list *ast.FieldList, tuple *types.Tuple) []entry {
	var found []entry
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		whole := stretch{field.Type.Pos(), field.Type.End()}
		if len(field.Names) == 0 {
			found = append(found, entry{tuple.At(len(found)), field.Type, whole})
		}
		for _, name := range field.Names {
			e := entry{tuple.At(len(found)), name, stretch{name.Pos(), name.End()}}
			if len(field.Names) == 1 {
				e.typ, e.end = field.Type, whole.end
			}
			found = append(found, e)
		}
	}
	return found
}

// checkCallable reports a function that generated code cannot call.
func (p *parser) checkCallable(sig signature) bool {
	name := sig.decl.Name
	switch {
	case name.Name == "_":
		p.report(diag.BadHandler, name, "a function without a name cannot be called").hint("give it a name")
	case name.Name == "init" && sig.decl.Recv == nil, name.Name == "main" && sig.decl.Recv == nil && p.types.Name() == "main":
		p.report(diag.BadHandler, name, "%s is called by Go itself and cannot be a handler", name.Name).
			hint("move the directive to a function of its own")
	case sig.decl.Type.TypeParams != nil:
		p.report(diag.GenericHandler, sig.decl.Type.TypeParams, "%s has type parameters, and nothing says with which types to call it", name.Name).
			hint("write a function without type parameters that calls %s", name.Name)
	case sig.fn.Signature().RecvTypeParams().Len() > 0:
		p.report(diag.GenericHandler, sig.decl.Recv.List[0].Type, "the receiver of %s has type parameters, and nothing says with which types to call it", name.Name).
			hint("write a method of a type without type parameters that calls %s", name.Name)
	case sig.fn.Signature().Variadic():
		p.refuseVariadic(name.Name, sig.params[len(sig.params)-1])
	default:
		return true
	}
	return false
}

// refuseVariadic reports a last parameter that takes any number of values.
func (p *parser) refuseVariadic(name string, last entry) {
	n := p.report(diag.BadHandler, last.typ, "%s is variadic, and a request has one value for each parameter", name)
	if elem := last.v.Type().(*types.Slice).Elem(); isScalar(elem) {
		n.hint("take a slice: runtime.Query[%s]", p.typeString(last.v.Type()))
	} else {
		n.hint("take one: %s", p.typeString(elem))
	}
}

// funcOf returns a function or method as generated code calls it.
func (p *parser) funcOf(sig signature) model.Func {
	fn := model.Func{Name: sig.name()}
	recv := sig.fn.Signature().Recv()
	if recv == nil {
		return fn
	}
	fn.Recv, _ = p.spellType(recv.Type())
	fn.Receiver, _ = p.receiverFor(recv.Type(), sig.decl.Recv.List[0].Type)
	return fn
}

// bindParam decides where the value of one parameter comes from.
func (p *parser) bindParam(sc *scope, e entry) (model.Param, bool) {
	from, why, ok := p.bind(sc, e.v, e)
	if !ok {
		return model.Param{}, false
	}
	spelled, ok := p.typeOf(e.v.Type(), e.typ)
	param := model.Param{Type: spelled, Pos: p.fset.Position(e.Pos()), From: from, Why: why}
	if e.named() {
		param.Name = e.v.Name()
	}
	if doc := sc.params[param.Name].doc; doc != nil {
		param.Doc = doc.value
	}
	return param, ok
}

// named reports whether an entry has a name to speak of.
func (e entry) named() bool { return e.v.Name() != "" && e.v.Name() != "_" }

// called returns what messages call a parameter: its name, or its type.
func (p *parser) called(e entry) string {
	if e.named() {
		return e.v.Name()
	}
	return p.typeString(e.v.Type())
}

// nameSpan returns the span of the name in the declaration of an object.
func nameSpan(obj types.Object) span {
	return stretch{obj.Pos(), obj.Pos() + token.Pos(len(obj.Name()))}
}

package parse

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// checkEncodable reports what encoding/json cannot write of a type, and the
// optional members that it would write as null.
func (p *parser) checkEncodable(t types.Type, at span) bool {
	return p.checkJSON(&jsonWalk{p: p, root: t, at: at, encode: true}, &p.encodable, model.Sent)
}

// checkDecodable reports what encoding/json cannot read into a type.
func (p *parser) checkDecodable(t types.Type, at span) bool {
	return p.checkJSON(&jsonWalk{p: p, root: t, at: at}, &p.decodable, model.Received)
}

// checkJSON goes through a type unless that is known to be good.
func (p *parser) checkJSON(w *jsonWalk, good *typeutil.Map, use model.Use) bool {
	if good.At(w.root) == nil {
		w.visit(w.root, p.pathRoot(w.root), true)
		if w.failed {
			return false
		}
		good.Set(w.root, true)
	}
	p.describeJSON(w.root, use)
	return true
}

// A jsonWalk goes through a type as encoding/json does.
type jsonWalk struct {
	p      *parser
	root   types.Type
	at     span // of the root
	encode bool
	field  *types.Var      // the innermost field on the way
	seen   [2]typeutil.Map // by whether the value is addressable
	failed bool
}

// pathRoot is what the path to a part of a type starts with.
func (p *parser) pathRoot(t types.Type) string {
	if _, ok := types.Unalias(t).(*types.Named); ok {
		return p.typeString(t)
	}
	return ""
}

// visit goes through a type and what it is made of. Methods with pointer
// receivers count only where a value is addressable: not in a map.
func (w *jsonWalk) visit(t types.Type, path string, addressable bool) {
	if w.enters(t, addressable) {
		return
	}
	if isInvalid(t) {
		w.p.refuseInvalid(w.p.typeString(w.root), w.at)
		w.failed = true
		return
	}
	if held, ok := heldInJSON(t); ok {
		if path == w.p.pathRoot(t) {
			path = w.p.pathRoot(held)
		}
		w.visit(held, path, true)
		return
	}
	if w.encode && encodesItself(t, addressable) || !w.encode && decodesItself(t) {
		return
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsComplex != 0 || u.Kind() == types.UnsafePointer {
			w.refuseHere(path, "a "+u.Name())
		}
	case *types.Pointer:
		w.visit(u.Elem(), path, true)
	case *types.Slice:
		w.visit(u.Elem(), w.elements(path, u.Elem()), true)
	case *types.Array:
		w.visit(u.Elem(), w.elements(path, u.Elem()), addressable)
	case *types.Map:
		w.checkKey(u, path)
		w.visit(u.Elem(), w.elements(path, u.Elem()), !w.encode)
	case *types.Struct:
		w.members(t, path, addressable)
	case *types.Chan:
		w.refuseHere(path, "a chan")
	case *types.Signature:
		w.refuseHere(path, "a func")
	case *types.Interface:
		if !w.encode && !u.Empty() {
			w.refuseHere(path, "the interface "+w.p.typeString(t)+", and nothing says which type it holds")
		}
	}
}

// enters notes that a type is gone through, and reports whether it already was.
func (w *jsonWalk) enters(t types.Type, addressable bool) bool {
	seen := &w.seen[0]
	if addressable {
		seen = &w.seen[1]
	}
	return seen.Set(t, true) != nil
}

// heldInJSON returns what a runtime.Optional or runtime.Nullable holds, which
// encoding/json reads and writes in its place.
func heldInJSON(t types.Type) (types.Type, bool) {
	holder, held := holderOf(t)
	return held, holder == model.HolderOptional || holder == model.HolderNullable
}

// elements is the path to the elements of what stands at a path.
func (w *jsonWalk) elements(path string, elem types.Type) string {
	if path == "" {
		return w.p.pathRoot(elem)
	}
	return path + "[]"
}

// members goes through the members of a struct.
func (w *jsonWalk) members(t types.Type, path string, addressable bool) {
	outer := w.field
	defer func() { w.field = outer }()
	for _, m := range membersOf(t) {
		w.field = m.v
		at := m.v.Name()
		if path != "" {
			at = path + "." + at
		}
		w.checkEmbedding(m, at)
		w.checkOptional(m, at)
		w.visit(m.v.Type(), at, addressable)
	}
}

// checkEmbedding reports a member below an embedded pointer that encoding/json
// cannot allocate.
func (w *jsonWalk) checkEmbedding(m member, path string) {
	for _, above := range m.path {
		if _, pointer := embedded(above); pointer && !above.Exported() && !w.encode {
			w.refuse(path, "in an embedded pointer to "+above.Name()+", which is not exported").
				hint("embed the struct itself, or export its type")
		}
	}
}

// checkKey reports a map whose keys have no form as text.
func (w *jsonWalk) checkKey(m *types.Map, path string) {
	key := m.Key()
	if isKind(key, types.IsString|types.IsInteger) {
		return
	}
	if w.encode && marshalsText(key, false) || !w.encode && unmarshalsText(key) {
		return
	}
	method := "UnmarshalText(text []byte) error"
	if w.encode {
		method = "MarshalText() ([]byte, error)"
	}
	w.refuse(path, "a map with keys of type "+w.p.typeString(key)).
		hint("use keys of a string or integer type, or give them a method %s", method)
}

// checkOptional reports a runtime.Optional that is written as null when it is
// absent, although null can also be what it holds: the two would look the same.
func (w *jsonWalk) checkOptional(m member, path string) {
	held, ok := isRuntime(m.v.Type(), "Optional")
	if !ok || !w.encode || slices.Contains(m.options, "omitzero") || !holdsNull(held) {
		return
	}
	w.failed = true
	n := w.p.report(diag.LostOptional, w.tagPlace(m), "%s would be written as null when it is absent, as if it held null", path)
	if f := w.p.fieldOf(m.v); f != nil {
		n.related(w.at, "%s is written as JSON here", w.p.typeString(w.root))
	}
	n.hint("write json:\"%s,omitzero\"", m.name)
}

// tagPlace is the json tag of a member, or the field, or the root if the source
// is not at hand.
func (w *jsonWalk) tagPlace(m member) span {
	f := w.p.fieldOf(m.v)
	if f == nil {
		return w.at
	}
	if f.Tag == nil {
		return f
	}
	pairs, _ := parseTag(locate(f.Tag))
	for _, pair := range pairs {
		if pair.key == "json" {
			return pair
		}
	}
	return f.Tag
}

// refuse reports a part of the root that is no JSON.
func (w *jsonWalk) refuse(path, what string) note {
	w.failed = true
	code, verb := diag.UnreadableType, "read from"
	if w.encode {
		code, verb = diag.UnwritableType, "written as"
	}
	if path != "" {
		what = path + " is " + what
	} else {
		what = "it is or holds " + what
	}
	n := w.p.report(code, w.at, "%s cannot be %s JSON: %s", w.p.typeString(w.root), verb, what)
	if w.field != nil {
		if f := w.p.fieldOf(w.field); f != nil {
			n.related(f, "%s is declared here", w.field.Name())
		}
	}
	return n
}

// refuseHere is refuse for a type that a method of its own would help.
func (w *jsonWalk) refuseHere(path, what string) {
	method := "UnmarshalJSON(data []byte) error"
	if w.encode {
		method = "MarshalJSON() ([]byte, error)"
	}
	n := w.refuse(path, what)
	if w.field == nil {
		n.hint("use another type, or one with a method %s", method)
		return
	}
	n.hint("leave the field out with json:\"-\", or give its type a method %s", method)
}

// decodesItself reports whether encoding/json calls a method of *t to read it.
func decodesItself(t types.Type) bool {
	return hasMethod(t, "UnmarshalJSON", takesBytes) || unmarshalsText(t)
}

// encodesItself reports whether encoding/json calls a method of t to write it,
// or of *t if the value is addressable.
func encodesItself(t types.Type, addressable bool) bool {
	return marshals(t, "MarshalJSON", addressable) || marshalsText(t, addressable)
}

func marshalsText(t types.Type, addressable bool) bool {
	return marshals(t, "MarshalText", addressable)
}

// marshals reports whether t, or *t if addressable, has a method of this name
// and the shape func() ([]byte, error).
func marshals(t types.Type, name string, addressable bool) bool {
	if addressable && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	method, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := method.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 2 &&
		isBytes(sig.Results().At(0).Type()) && isError(sig.Results().At(1).Type())
}

// holdsNull reports whether null is a value of a type.
func holdsNull(t types.Type) bool {
	if _, ok := isRuntime(t, "Nullable"); ok {
		return true
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
		return true
	}
	return false
}

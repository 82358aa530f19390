package parse

import (
	"fmt"
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
)

// refuseType reports a type that cannot be read from named texts.
func (p *parser) refuseType(sp spot, t types.Type) {
	why, hint := p.unreadable(sp, t)
	p.report(diag.UnreadableType, sp.typ, "%s cannot be read from the %s: %s", sp.what, sourceNames[sp.source], why).hint("%s", hint)
}

// unreadable says why a type is not read from texts, and what to write instead.
func (p *parser) unreadable(sp spot, t types.Type) (why, hint string) {
	written := p.typeString(t)
	if isUpload(t) {
		return p.unreadableFile(sp, t)
	}
	if w, ok := runtimeType(t); ok {
		return p.unreadableWrapper(sp, w)
	}
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return "the struct " + written + " has no text form",
			fmt.Sprintf("embed it to read its fields, or give *%s a method UnmarshalText(text []byte) error", written)
	case *types.Pointer:
		return p.unreadablePointer(sp, u, written)
	case *types.Slice:
		return p.unreadableList(sp, u, written)
	case *types.Array:
		return written + " has a fixed length, which a list of values has not",
			fmt.Sprintf("use []%s with validate:\"len=%d\"", p.typeString(u.Elem()), u.Len())
	case *types.Map:
		return p.unreadableMap(sp, u, written)
	case *types.Interface:
		return "nothing says which type the interface " + written + " holds", "use a concrete type, such as string"
	}
	return written + " has no text form", "use a type with a method UnmarshalText(text []byte) error"
}

func (p *parser) unreadableWrapper(sp spot, w wrapper) (why, hint string) {
	if w.name == "Nullable" {
		return "only JSON has null", fmt.Sprintf("use runtime.Optional[%s]", p.typeString(w.args[0]))
	}
	if w.name != "Optional" {
		return "runtime." + w.name + " is an extractor or a result itself",
			"make it a parameter, or a field without a tag of a struct with //handlergen:extractor"
	}
	held := w.args[0]
	if isScalar(held) {
		return "what it holds is optional already", fmt.Sprintf("use runtime.Optional[%s]", p.typeString(heldBy(held)))
	}
	return p.unreadable(sp, held)
}

func (p *parser) unreadableList(sp spot, t *types.Slice, written string) (why, hint string) {
	switch {
	case isBytes(t):
		return written + " could be a text or a list of numbers", "use string, or []int for numbers"
	case isScalar(t.Elem()):
		return "the elements of " + written + " cannot be optional", fmt.Sprintf("use []%s", p.typeString(heldBy(t.Elem())))
	}
	if _, ok := t.Elem().Underlying().(*types.Slice); ok {
		return written + " is a list of lists", "use one list, of a type with a method UnmarshalText(text []byte) error"
	}
	return p.unreadable(sp, t.Elem())
}

func (p *parser) unreadablePointer(sp spot, t *types.Pointer, written string) (why, hint string) {
	elem := p.typeString(t.Elem())
	switch {
	case isScalar(t.Elem()):
		return written + " is optional twice", fmt.Sprintf("use *%s", p.typeString(heldBy(t.Elem())))
	case isStruct(t.Elem()) && sp.whole:
		return "fields are read into a struct, not into a pointer to one", fmt.Sprintf("write runtime.%s[%s]", sp.source, elem)
	}
	switch t.Elem().Underlying().(type) {
	case *types.Slice, *types.Map:
		return written + " is optional twice", fmt.Sprintf("use %s, which is nil when there is none", elem)
	case *types.Pointer:
		return written + " is a pointer to a pointer", "use one pointer"
	}
	return p.unreadable(sp, t.Elem())
}

func (p *parser) unreadableMap(sp spot, t *types.Map, written string) (why, hint string) {
	switch {
	case readerFunc(t.Key()) != "ReadString":
		return "the keys of " + written + " are no strings", fmt.Sprintf("use map[string]%s", p.typeString(t.Elem()))
	case sp.name != "" && !hasKeys(sp.source):
		list := p.typeString(t.Elem())
		if !isList(t.Elem()) {
			list = "[]" + list
		}
		return "a map is read from name[key]=value, which only queries and forms have",
			fmt.Sprintf("use %s, or a parameter runtime.%s[%s] for all of them", list, sp.source, written)
	}
	return "the elements of " + written + " are neither scalars nor slices of them", "use map[string]string"
}

// heldBy is what a pointer or runtime.Optional to a scalar holds in the end.
func heldBy(t types.Type) types.Type {
	if held, ok := isRuntime(t, "Optional"); ok {
		return heldBy(held)
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		return heldBy(pointer.Elem())
	}
	return t
}

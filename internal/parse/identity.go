package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/model"
)

// A wrapper is a type of the runtime package as it stands in a signature.
type wrapper struct {
	name string       // "Query"
	args []types.Type // of a generic type: ListQuery
}

// runtimeType recognises the types of the runtime package, through aliases.
func runtimeType(t types.Type) (wrapper, bool) {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return wrapper{}, false
	}
	obj := named.Origin().Obj()
	if obj.Pkg() == nil || obj.Pkg().Path() != model.RuntimePath {
		return wrapper{}, false
	}
	w := wrapper{name: obj.Name()}
	for arg := range named.TypeArgs().Types() {
		w.args = append(w.args, arg)
	}
	return w, true
}

// isRuntime returns the type argument of one of the runtime's generic types
// with one parameter.
func isRuntime(t types.Type, name string) (types.Type, bool) {
	w, ok := runtimeType(t)
	if !ok || w.name != name || len(w.args) != 1 {
		return nil, false
	}
	return w.args[0], true
}

// fullName returns the import path and name of a declared type that is not
// generic, "net/http.Request", with a * for each pointer to it.
func fullName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		if elem := fullName(t.Elem()); elem != "" {
			return "*" + elem
		}
	case *types.Named:
		if pkg := t.Obj().Pkg(); pkg != nil && t.TypeArgs().Len() == 0 {
			return pkg.Path() + "." + t.Obj().Name()
		}
		return t.Obj().Name()
	}
	return ""
}

// isInvalid reports whether a type, or one it is made of, did not type-check.
func isInvalid(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case nil:
		return true
	case *types.Basic:
		return t.Kind() == types.Invalid
	case *types.Pointer:
		return isInvalid(t.Elem())
	case *types.Slice:
		return isInvalid(t.Elem())
	case *types.Array:
		return isInvalid(t.Elem())
	case *types.Chan:
		return isInvalid(t.Elem())
	case *types.Map:
		return isInvalid(t.Key()) || isInvalid(t.Elem())
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if isInvalid(arg) {
				return true
			}
		}
		basic, ok := t.Underlying().(*types.Basic)
		return ok && basic.Kind() == types.Invalid
	}
	return false
}

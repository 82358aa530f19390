package wire

import (
	"reflect"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// IsClear reports whether the status of an answer says which implementation of
// a sealed interface it is.
func IsClear(s model.Sealed) bool {
	seen := map[int]bool{}
	for _, c := range Implementations(s) {
		as, ok := c.As.(model.JSON)
		if !ok || !as.Statused || c.Status == 0 || seen[c.Status] {
			return false
		}
		seen[c.Status] = true
	}
	return true
}

// ImplementationSchema is what an implementation of a sealed interface looks
// like: never null, since a nil pointer is an error.
func ImplementationSchema(pkg *model.Package, t model.Type) model.Schema {
	schema := Lookup(pkg, t, model.Sent)
	if null, ok := schema.(model.NullOr); ok {
		return null.Of
	}
	return schema
}

// Implementations lists those of a sealed interface: by value, if a value of
// the type implements it.
func Implementations(s model.Sealed) []model.Case {
	var list []model.Case
	for _, c := range s.Cases {
		pointer, ok := c.Type.(model.Pointer)
		if !ok || !slices.ContainsFunc(s.Cases, func(other model.Case) bool { return reflect.DeepEqual(other.Type, pointer.Elem) }) {
			list = append(list, c)
		}
	}
	return list
}

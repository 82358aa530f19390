package parse

import (
	"go/types"
	"strings"
)

// intoResponse reports whether a result answers by IntoResponse.
func (p *parser) intoResponse(t types.Type) bool {
	return isShaped(p.methodOf(t, "IntoResponse"), "net/http.ResponseWriter, *net/http.Request", "")
}

// intoResponseParts reports whether a result adds headers by IntoResponseParts.
func (p *parser) intoResponseParts(t types.Type) bool {
	return isShaped(p.methodOf(t, "IntoResponseParts"), "net/http.Header", "error")
}

// servesHTTP reports whether a result is an http.Handler.
func (p *parser) servesHTTP(t types.Type) bool {
	return isShaped(p.methodOf(t, "ServeHTTP"), "net/http.ResponseWriter, *net/http.Request", "")
}

// hasStatus reports whether a result gives its status by a method.
func (p *parser) hasStatus(t types.Type) bool {
	return isShaped(p.methodOf(t, "Status"), "", "int")
}

// methodOf returns the method of a variable of a type, those of its pointer
// included, or nil.
func (p *parser) methodOf(t types.Type, name string) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(t, true, p.types, name)
	method, _ := obj.(*types.Func)
	return method
}

// isShaped reports whether a method takes and returns the listed types.
func isShaped(method *types.Func, params, results string) bool {
	if method == nil {
		return false
	}
	sig := method.Signature()
	return !sig.Variadic() && listTypes(sig.Params()) == params && listTypes(sig.Results()) == results
}

// listTypes writes the types of a tuple with their import paths.
func listTypes(tuple *types.Tuple) string {
	var words []string
	for v := range tuple.Variables() {
		words = append(words, types.TypeString(types.Unalias(v.Type()), nil))
	}
	return strings.ReplaceAll(strings.Join(words, ", "), "[]uint8", "[]byte")
}

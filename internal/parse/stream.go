package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/model"
)

// respondStream reads the results that are sent piece by piece.
func (p *parser) respondStream(t types.Type) (model.Response, string) {
	if reads(t) {
		return model.Stream{Closes: types.IsInterface(t) || offers(t, "Close", "", "error")}, "the body, streamed"
	}
	return nil, ""
}

// reads reports whether a type is an io.Reader.
func reads(t types.Type) bool { return offers(t, "Read", "[]byte", "int, error") }

// offers reports whether values of a type have a method of that shape.
func offers(t types.Type, name, params, results string) bool {
	sel := types.NewMethodSet(t).Lookup(nil, name)
	if sel == nil {
		return false
	}
	return isShaped(sel.Obj().(*types.Func), params, results)
}

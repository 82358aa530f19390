package runtime

import (
	"fmt"
	"net/http"

	"github.com/handlergen/handlergen/runtime/internal/extension"
)

// Extension is a value that middleware put into the request with
// [WithExtension]. It is found by its type; a handler that asks for one that
// nobody put there answers 500.
type Extension[T any] struct{ Value T }

// WithExtension returns a copy of r that carries v, for handlers with a
// parameter of type Extension[T]. A second value of the same type replaces the
// first.
func WithExtension[T any](r *http.Request, v T) *http.Request {
	return extension.With(r, v)
}

// FindExtension returns the extension of type T, if r carries one.
func FindExtension[T any](r *http.Request) (T, bool) { return extension.Find[T](r.Context()) }

// ReadExtension returns the extension of type T. If there is none, the error
// has status 500 and is [ErrAbsent].
func ReadExtension[T any](in *Input) (Extension[T], error) {
	v, ok := extension.Find[T](in.r.Context())
	if !ok {
		return Extension[T]{}, missingExtension(new(T))
	}
	return Extension[T]{Value: v}, nil
}

// missingExtension says in the log which type nobody put into the request.
func missingExtension(pointer any) error {
	typ := fmt.Sprintf("%T", pointer)[1:]
	return &Rejection{
		status: http.StatusInternalServerError,
		detail: "the request carries no extension of type " + typ,
		cause:  ErrAbsent,
	}
}

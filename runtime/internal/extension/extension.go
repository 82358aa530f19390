// Package extension puts values into requests, by their type, and finds them:
// one place for the runtime and its middleware.
package extension

import (
	"context"
	"net/http"
)

// A key is the context key of the extension of type T.
type key[T any] struct{}

// A carrier is a context with an extension.
type carrier[T any] struct {
	context.Context
	extension *T
}

// Value finds the extension, and what the context around has.
func (c *carrier[T]) Value(k any) any {
	if _, ok := k.(key[T]); ok {
		return c
	}
	return c.Context.Value(k)
}

// Find returns the extension of type T, if there is one.
func Find[T any](ctx context.Context) (T, bool) {
	c, ok := ctx.Value(key[T]{}).(*carrier[T])
	if !ok {
		var none T
		return none, false
	}
	return *c.extension, true
}

// With returns a copy of r with the extension v.
func With[T any](r *http.Request, v T) *http.Request {
	c := &struct {
		Copy[T]
		value T
	}{value: v}
	return c.Of(r, &c.value)
}

// A Copy is room for a copy of a request that has an extension. With other things
// that come with a request it can be allocated at once.
type Copy[T any] struct {
	request http.Request
	carrier carrier[T]
}

// Of returns a copy of r with the extension v points to.
func (c *Copy[T]) Of(r *http.Request, v *T) *http.Request {
	c.carrier = carrier[T]{r.Context(), v}
	c.request = *r.WithContext(&c.carrier) // which is inlined and stays on the stack
	return &c.request
}

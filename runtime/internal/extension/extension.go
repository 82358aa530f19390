// Package extension knows where a request's extensions are, so that the runtime
// and its middleware find the same ones.
package extension

import "context"

// A Key is the context key of the extension of type T.
type Key[T any] struct{}

// Find returns the extension of type T, if there is one.
func Find[T any](ctx context.Context) (T, bool) {
	v, ok := ctx.Value(Key[T]{}).(T)
	return v, ok
}

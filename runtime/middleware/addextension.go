package middleware

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime/internal/extension"
)

// AddExtension puts v into every request, for handlers with a parameter of type
// [runtime.Extension] of T. It is [runtime.WithExtension] for a value that is
// the same for all; an AddExtension of the same type further inside wins.
//
// After axum's Extension layer and tower-http's AddExtension, which copy the
// value for each request: here all requests share it.
func AddExtension[T any](v T) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			serveChanged(next, w, r, new(extension.Copy[T]).Of(r, &v))
		})
	}
}

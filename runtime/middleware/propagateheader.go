package middleware

import (
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// PropagateHeader copies fields of the request to the answer, in place of what
// the handler has set there: ids of traces, for instance. What the request does
// not have is left alone. [RequestID] does this for its own field.
//
// After tower-http's PropagateHeader. It panics if a name is no token or there
// is none.
func PropagateHeader(names ...string) func(http.Handler) http.Handler {
	names = fieldNames("PropagateHeader", names)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var fields []headerField
			for _, name := range names {
				if lines := r.Header[name]; len(lines) > 0 {
					fields = append(fields, headerField{name, slices.Clone(lines)})
				}
			}
			if fields == nil {
				next.ServeHTTP(w, r)
				return
			}
			before := writer.Before(w, func(int) {
				for _, field := range fields {
					w.Header()[field.name] = field.lines
				}
			})
			next.ServeHTTP(before, r)
			before.End()
		})
	}
}

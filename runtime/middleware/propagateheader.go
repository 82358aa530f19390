package middleware

import (
	"net/http"

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
			if !hasAny(r.Header, names) {
				next.ServeHTTP(w, r)
				return
			}
			propagating := &propagatingWriter{names: names}
			propagating.copy(r.Header)
			propagating.Before(w, propagating)
			next.ServeHTTP(&propagating.Tracked, r)
			propagating.End()
		})
	}
}

func hasAny(h http.Header, names []string) bool {
	for _, name := range names {
		if len(h[name]) > 0 {
			return true
		}
	}
	return false
}

// A propagatingWriter sets fields of an answer before it goes.
type propagatingWriter struct {
	writer.Tracked
	names  []string
	fields [][]string // what the request has of each
	few    [2][]string
	copied lines
}

func (w *propagatingWriter) copy(from http.Header) {
	if w.fields = w.few[:]; len(w.names) > len(w.few) {
		w.fields = make([][]string, len(w.names))
	}
	for i, name := range w.names {
		w.fields[i] = w.copied.copies(from[name])
	}
}

// Announce is called before the head is sent.
func (w *propagatingWriter) Announce(int) {
	header := w.Header()
	for i, name := range w.names {
		if len(w.fields[i]) > 0 {
			header[name] = w.fields[i]
		}
	}
}

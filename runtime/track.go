package runtime

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// TrackWriter returns a writer that knows whether the answer has begun, for
// handlers that take an [http.ResponseWriter] and return an error: [WriteError]
// writes to it only if nothing has been written before.
func TrackWriter(w http.ResponseWriter) http.ResponseWriter { return writer.Track(w) }

// Begun reports whether w comes from [TrackWriter], or from a layer of
// runtime/middleware that tracks what is written, and the answer has begun.
func Begun(w http.ResponseWriter) bool {
	tracked, ok := w.(*writer.Tracked)
	return ok && tracked.Begun()
}

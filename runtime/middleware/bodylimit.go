package middleware

import (
	"fmt"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// BodyLimit refuses requests whose body has more than limit bytes: with status
// 413, before the handler is called, if the Content-Length says so, and else by
// a body that fails with an [*http.MaxBytesError] when it is read beyond the
// limit, which what the runtime reads answers with 413, too. Exactly limit bytes
// pass. The connection is closed after either, as by [http.MaxBytesReader].
//
// Routes have a limit of their own, 2 MiB unless they say `limit=`; of the two
// the smaller counts, and `limit=none` leaves this one. This one also counts
// for handlers that read the request's Body by themselves. Around a
// [Decompress] it counts the bytes that are sent, inside of one those that come
// out of it.
//
// After tower-http's RequestBodyLimit. It panics if limit is negative.
func BodyLimit(limit int64) func(http.Handler) http.Handler {
	if limit < 0 {
		panic(fmt.Sprintf("middleware: BodyLimit of %d bytes", limit))
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.ContentLength > limit:
				writer.CloseConnection(w)
				runtime.RenderError(w, r, tooLarge{&http.MaxBytesError{Limit: limit}})
			case r.Body == nil || r.Body == http.NoBody:
				next.ServeHTTP(w, r)
			default:
				// In a copy: net/http looks at the body in its own request to see
				// whether there is something left of it on the connection.
				made := &limitedRequest{*r, writer.Limit(w, r.Body, limit)}
				made.request.Body = &made.body
				serveChanged(next, w, r, &made.request)
			}
		})
	}
}

// A limitedRequest is a request with a limited body, in one allocation.
type limitedRequest struct {
	request http.Request
	body    writer.LimitedBody
}

// A tooLarge is the error of a body whose Content-Length is beyond the limit.
type tooLarge struct{ cause *http.MaxBytesError }

func (e tooLarge) Status() int   { return http.StatusRequestEntityTooLarge }
func (e tooLarge) Unwrap() error { return e.cause }
func (e tooLarge) Error() string {
	return fmt.Sprintf("the body must have at most %d bytes", e.cause.Limit)
}

package runtime

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// WithTimeout returns a copy of r for a route with a timeout, for generated code.
// After that its context ends, and so does the waiting for its body: reading
// fails with a rejection of status 408. The function is to be called when the
// answer has been written.
//
// A ReadTimeout of the [http.Server] that is shorter stays.
func WithTimeout(w http.ResponseWriter, r *http.Request, timeout time.Duration) (*http.Request, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(r.Context(), timeout)
	timed := r.WithContext(ctx)
	timeBody(w, timed, timeout)
	return timed, func() {
		cancel()
		handBackForm(r, timed)
	}
}

// timeBody lets the body of r come until the timeout, and reports whether there
// is a body and no timeout of the server that is shorter.
func timeBody(w http.ResponseWriter, r *http.Request, timeout time.Duration) bool {
	if r.Body == nil || r.Body == http.NoBody {
		return false // for the server reads ahead then, and would take the deadline for the client's end
	}
	server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	if ok && server.ReadTimeout > 0 && server.ReadTimeout < timeout {
		return false
	}
	if err := http.NewResponseController(w).SetReadDeadline(time.Now().Add(timeout)); err != nil {
		return false // there is no connection, as in tests
	}
	r.Body = &timedBody{r.Body, w}
	return true
}

// A timedBody is one that has to come before the deadline of its connection.
type timedBody struct {
	io.ReadCloser
	w http.ResponseWriter
}

func (b *timedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		writer.CloseConnection(b.w) // the client may still send
		err = bodyError(err)
	}
	return n, err
}

// handBackForm gives a form that was read of a copy to the request that the
// server has: it removes the files of that one.
func handBackForm(r, seen *http.Request) {
	if r.MultipartForm == nil {
		r.MultipartForm = seen.MultipartForm
	}
}

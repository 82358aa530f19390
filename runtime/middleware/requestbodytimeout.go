package middleware

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// BodyTimeoutConfig is the config of [RequestBodyTimeout] and
// [ResponseBodyTimeout].
type BodyTimeoutConfig struct {
	// Total is how long the whole body may take, from the first read or write.
	// 0 does not limit it.
	Total time.Duration
}

// RequestBodyTimeout gives the client at most gap between one piece of the
// request's body and the next, whenever the handler reads: a limit for clients
// that send slowly on purpose, which does not hurt those who send much. Reading
// fails with an [os.ErrDeadlineExceeded] then, and what the runtime reads is
// answered with 408.
//
// It sets the deadline of the connection, so ReadTimeout of [http.Server] does
// not count any more once the handler reads.
//
// After tower-http's RequestBodyTimeout and RequestBodyDeadline. It panics if gap
// is not positive or Total negative.
func RequestBodyTimeout(gap time.Duration, config ...BodyTimeoutConfig) func(http.Handler) http.Handler {
	p := newPace("RequestBodyTimeout", gap, config)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			paced := *r
			paced.Body = &pacedBody{ReadCloser: r.Body, pace: p, w: w}
			serveChanged(next, w, r, &paced)
		})
	}
}

// A pacedBody is a body whose pieces must come soon.
type pacedBody struct {
	io.ReadCloser
	pace  pace
	w     http.ResponseWriter
	ended bool
}

func (b *pacedBody) Read(p []byte) (int, error) {
	if b.ended { // and the server reads, which must not look as if the client had gone
		return b.ReadCloser.Read(p)
	}
	b.setDeadline(b.pace.next())
	n, err := b.ReadCloser.Read(p)
	switch {
	case errors.Is(err, io.EOF):
		b.ended = true
	case errors.Is(err, os.ErrDeadlineExceeded):
		// The client has time to read the answer, whatever it still sends.
		writer.CloseConnection(b.w)
	}
	return n, err
}

// setDeadline does nothing where there are no deadlines, as in tests.
func (b *pacedBody) setDeadline(t time.Time) {
	_ = http.NewResponseController(b.w).SetReadDeadline(t)
}

// A pace is how soon something must come.
type pace struct {
	gap, total time.Duration
	end        time.Time // with a total, once begun
}

func newPace(layer string, gap time.Duration, config []BodyTimeoutConfig) pace {
	c := settings(layer, config)
	if gap <= 0 || c.Total < 0 {
		panic(fmt.Sprintf("middleware: %s of %v and %v in total", layer, gap, c.Total))
	}
	return pace{gap: gap, total: c.Total}
}

// next returns when the next piece must have come.
func (p *pace) next() time.Time {
	now := time.Now()
	deadline := now.Add(p.gap)
	if p.total == 0 {
		return deadline
	}
	if p.end.IsZero() {
		p.end = now.Add(p.total)
	}
	if deadline.After(p.end) {
		return p.end
	}
	return deadline
}

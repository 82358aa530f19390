package middleware

import (
	"errors"
	"io"
	"math"
	"net/http"
	"os"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// ResponseBodyTimeout gives the client at most gap to take each piece of the
// answer that is written or flushed, so that one that does not read does not
// keep the handler for ever. Writing fails with an [os.ErrDeadlineExceeded] then,
// and the connection is closed. The handler may take its time between pieces,
// as streams do.
//
// It sets the deadline of the connection, so WriteTimeout of [http.Server] does
// not count any more once the handler writes. Files are sent in pieces of
// 256 KiB.
//
// After tower-http's ResponseBodyTimeout and ResponseBodyDeadline, which limit
// how long the handler takes. It panics if gap is not positive or Total negative.
func ResponseBodyTimeout(gap time.Duration, config ...BodyTimeoutConfig) func(http.Handler) http.Handler {
	p := newPace("ResponseBodyTimeout", gap, config)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			paced := &pacedWriter{Tracked: writer.Track(w), pace: p}
			next.ServeHTTP(paced, r)
			if !paced.Hijacked() {
				paced.begin() // for what the server has yet to send
			}
		})
	}
}

// A pacedWriter is a writer whose client must not be slow.
type pacedWriter struct {
	*writer.Tracked
	pace pace
}

// Unwrap is for [http.ResponseController].
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.Tracked }

// begin is called before a piece is sent.
func (w *pacedWriter) begin() { w.setDeadline(w.pace.next()) }

// end is called after it, since HTTP/2 ends a stream at its deadline whether
// somebody writes or not.
func (w *pacedWriter) end(err error) {
	if err == nil {
		w.setDeadline(time.Time{})
	}
}

// setDeadline does nothing where there are no deadlines, as in tests.
func (w *pacedWriter) setDeadline(t time.Time) {
	_ = http.NewResponseController(w.Tracked).SetWriteDeadline(t)
}

func (w *pacedWriter) Write(p []byte) (int, error) {
	w.begin()
	n, err := w.Tracked.Write(p)
	w.end(err)
	return n, err
}

func (w *pacedWriter) WriteString(s string) (int, error) {
	w.begin()
	n, err := w.Tracked.WriteString(s)
	w.end(err)
	return n, err
}

// ReadFrom sends files as net/http does, piece by piece. Other sources may be
// slow themselves, so they are read before the client's time begins.
func (w *pacedWriter) ReadFrom(src io.Reader) (int64, error) {
	rest, ok := src.(*io.LimitedReader)
	if !ok {
		rest = &io.LimitedReader{R: src, N: math.MaxInt64}
	}
	if _, ok := rest.R.(*os.File); !ok {
		return io.Copy(struct{ io.Writer }{w}, src)
	}
	const piece = 256 << 10
	var copied int64
	for rest.N > 0 {
		w.begin()
		n, err := io.CopyN(w.Tracked, rest.R, min(piece, rest.N))
		rest.N -= n
		copied += n
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return copied, err
		}
	}
	w.end(nil)
	return copied, nil
}

func (w *pacedWriter) Flush() { _ = w.FlushError() }

func (w *pacedWriter) FlushError() error {
	w.begin()
	err := w.Tracked.FlushError()
	w.end(err)
	return err
}

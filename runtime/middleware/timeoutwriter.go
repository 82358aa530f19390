package middleware

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/deadline"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// A timedWriter is the writer of a handler that runs against a deadline. It
// writes to the one below if the handler begins before the deadline, and never
// touches it otherwise.
type timedWriter struct {
	below  http.ResponseWriter
	header http.Header // the handler's own
	ctx    *deadline.Context
	timer  *time.Timer

	mu    sync.Mutex
	state timedState
}

// A timedState is who answers.
type timedState int

const (
	undecided timedState = iota
	begun                // the handler: there is no deadline any more
	expired              // the server
)

func (w *timedWriter) init(below http.ResponseWriter, ctx *deadline.Context) {
	w.below, w.ctx = below, ctx
	w.header = below.Header().Clone()
	if w.header == nil {
		w.header = make(http.Header)
	}
}

// decide decides who answers, now that the handler would.
func (w *timedWriter) decide() timedState {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == undecided {
		w.decideLocked()
	}
	return w.state
}

func (w *timedWriter) decideLocked() {
	if w.isLate() {
		w.state = expired
		return
	}
	w.beginLocked()
}

func (w *timedWriter) isLate() bool { return !time.Now().Before(w.ctx.At()) }

func (w *timedWriter) beginLocked() {
	w.state = begun
	w.timer.Stop()
	w.ctx.Lift()
	writer.Replace(w.below, w.header)
}

// begin is called before anything is sent.
func (w *timedWriter) begin() error {
	if w.decide() == expired {
		return http.ErrHandlerTimeout
	}
	return nil
}

// finish copies the trailers that the handler has set since it began.
func (w *timedWriter) finish() { writer.CopyTrailers(w.below, w.header, w.header["Trailer"]) }

func (w *timedWriter) Header() http.Header { return w.header }

func (w *timedWriter) WriteHeader(status int) {
	if writer.IsInterim(status) {
		w.inform(status)
		return
	}
	if w.begin() == nil {
		w.below.WriteHeader(status)
	}
}

// inform sends an interim answer, which decides nothing.
func (w *timedWriter) inform(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch w.state {
	case begun:
		w.below.WriteHeader(status)
	case undecided:
		writer.Inform(w.below, status, w.header)
	}
}

func (w *timedWriter) Write(p []byte) (int, error) {
	if err := w.begin(); err != nil {
		return 0, err
	}
	return w.below.Write(p)
}

func (w *timedWriter) WriteString(s string) (int, error) {
	if err := w.begin(); err != nil {
		return 0, err
	}
	return io.WriteString(w.below, s)
}

// ReadFrom lets net/http send files without copying them. Waiting for the first
// byte of the source is within the deadline.
func (w *timedWriter) ReadFrom(src io.Reader) (int64, error) {
	first, err := writer.CopyFirst(w, src)
	if err != nil || first == 0 {
		return first, err
	}
	n, err := io.Copy(w.below, src)
	return first + n, err
}

func (w *timedWriter) Flush() { _ = w.FlushError() }

func (w *timedWriter) FlushError() error {
	if err := w.begin(); err != nil {
		return err
	}
	return http.NewResponseController(w.below).Flush()
}

// Hijack begins an answer, too, unless the connection cannot be had. One that is
// had is the handler's, however long that took.
func (w *timedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == undecided && w.isLate() {
		w.state = expired
	}
	if w.state == expired {
		return nil, nil, http.ErrHandlerTimeout
	}
	conn, rw, err := http.NewResponseController(w.below).Hijack()
	if err == nil && w.state == undecided {
		w.beginLocked()
	}
	return conn, rw, err
}

func (w *timedWriter) SetReadDeadline(t time.Time) error {
	return w.control(func(c *http.ResponseController) error { return c.SetReadDeadline(t) })
}

func (w *timedWriter) SetWriteDeadline(t time.Time) error {
	return w.control(func(c *http.ResponseController) error { return c.SetWriteDeadline(t) })
}

func (w *timedWriter) EnableFullDuplex() error {
	return w.control((*http.ResponseController).EnableFullDuplex)
}

// CloseConnection has the connection closed after the answer; see
// writer.CloseConnection.
func (w *timedWriter) CloseConnection() {
	_ = w.control(func(*http.ResponseController) error {
		writer.CloseConnection(w.below)
		return nil
	})
}

// control does what says nothing about who answers. The connection is not the
// handler's any more when time is up.
func (w *timedWriter) control(do func(*http.ResponseController) error) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.state == expired {
		return http.ErrHandlerTimeout
	}
	return do(http.NewResponseController(w.below))
}

// Below is where a stack goes on its way out; see writer.SetStack.
func (w *timedWriter) Below() http.ResponseWriter { return w.below }

// isExpired reports whether the server answers.
func (w *timedWriter) isExpired() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.state == expired
}

// A timedBody is the body of a request under a deadline.
type timedBody struct {
	io.ReadCloser
	writer *timedWriter
	ended  atomic.Bool // has been read to its end
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.writer.isExpired() {
		return 0, http.ErrHandlerTimeout
	}
	n, err := b.ReadCloser.Read(p)
	switch {
	case err == nil:
	case err == io.EOF: // not errors.Is: no body wraps it, and this is on every request's way
		b.ended.Store(true)
	case b.writer.isExpired():
		err = http.ErrHandlerTimeout // the server has taken the body back
	}
	return n, err
}

func (b *timedBody) Close() error {
	if b.writer.isExpired() {
		return nil
	}
	return b.ReadCloser.Close()
}

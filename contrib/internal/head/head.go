// Package head lets middleware have the last word about the head of an answer,
// without looking at its body.
package head

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// A Writer calls a function with the header just before the head is sent.
type Writer struct {
	http.ResponseWriter
	before func(http.Header)
	sent   bool
}

// New returns a writer on top of w.
func New(w http.ResponseWriter, before func(http.Header)) *Writer {
	return &Writer{ResponseWriter: w, before: before}
}

// Finish is called when the handler has returned. If it has sent nothing, the
// head is what net/http makes of that.
func (w *Writer) Finish() {
	if !w.sent {
		w.sent = true
		w.before(w.Header())
	}
}

// Unwrap is for [http.ResponseController].
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader sends the head, or one with status 1xx before it.
func (w *Writer) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.Finish()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *Writer) Write(p []byte) (int, error) {
	w.Finish()
	return w.ResponseWriter.Write(p)
}

// WriteString writes s without copying it, where that is possible.
func (w *Writer) WriteString(s string) (int, error) {
	w.Finish()
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom lets net/http send files without copying them.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	w.Finish()
	return io.Copy(w.ResponseWriter, r)
}

// Flush sends what there is, and at least the head.
func (w *Writer) Flush() { _ = w.FlushError() }

// FlushError is what [http.ResponseController] prefers to Flush.
func (w *Writer) FlushError() error {
	w.Finish()
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack hands over the connection; the head is then somebody else's.
func (w *Writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.sent = w.sent || err == nil
	return conn, rw, err
}

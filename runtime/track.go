package runtime

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// TrackWriter returns a writer that knows whether the answer has begun, for
// handlers that take an [http.ResponseWriter] and return an error: [WriteError]
// writes to it only if nothing has been written before.
func TrackWriter(w http.ResponseWriter) http.ResponseWriter {
	return &trackedWriter{ResponseWriter: w}
}

// Begun reports whether w comes from [TrackWriter] and the answer has begun.
func Begun(w http.ResponseWriter) bool {
	tracked, ok := w.(*trackedWriter)
	return ok && tracked.begun
}

// A trackedWriter passes everything on. What the writer below it may or may not
// be able to do goes through an [http.ResponseController].
type trackedWriter struct {
	http.ResponseWriter
	begun bool
}

// Unwrap is for [http.ResponseController].
func (w *trackedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *trackedWriter) WriteHeader(status int) {
	if status >= 200 || status == http.StatusSwitchingProtocols {
		w.begun = true
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *trackedWriter) Write(p []byte) (int, error) {
	w.begun = true
	return w.ResponseWriter.Write(p)
}

func (w *trackedWriter) WriteString(s string) (int, error) {
	w.begun = true
	return io.WriteString(w.ResponseWriter, s)
}

// ReadFrom lets net/http send files without copying them.
func (w *trackedWriter) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(w.ResponseWriter, r)
	w.begun = w.begun || n > 0
	return n, err
}

func (w *trackedWriter) Flush() {
	w.begun = true
	_ = http.NewResponseController(w.ResponseWriter).Flush()
}

// FlushError is what [http.ResponseController] prefers to Flush.
func (w *trackedWriter) FlushError() error {
	w.begun = true
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func (w *trackedWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.begun = true
	}
	return conn, rw, err
}

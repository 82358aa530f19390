package compress

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// A writer decides, once it has seen enough of an answer, how its body goes.
type writer struct {
	http.ResponseWriter
	request *http.Request
	layer   *layer
	encoder *encoder // nil if the client wants the body plain
	refused bool     // the client wants it neither plain nor encoded

	status  int         // as given to WriteHeader or 200 by Write, 0 before
	mode    mode        // how the body goes
	head    http.Header // as it was when the answer began, if that was left open
	pending []byte      // the beginning of the body, while that is open
	stream  stream      // the encoded body, from its first byte on
	unsent  bool        // the stream may hold bytes back
	missing int64       // what the stream has not got of a body of declared size, or unknown
	cut     bool        // what the stream still writes goes nowhere
}

// A mode is how a body goes.
type mode int

const (
	open    mode = iota // not decided yet
	plain               // as it is
	encoded             // through the stream
	dropped             // nowhere: something else has been answered
)

// Unwrap is for [http.ResponseController].
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *writer) WriteHeader(status int) {
	switch {
	case w.mode == dropped, w.mode == open && w.status != 0: // superfluous
	case w.mode != open, status < 200 && status != http.StatusSwitchingProtocols:
		w.ResponseWriter.WriteHeader(status)
	default:
		w.status = status
		w.decide(nil, early)
	}
}

func (w *writer) Write(p []byte) (int, error) {
	switch w.mode {
	case plain:
		return w.ResponseWriter.Write(p)
	case encoded:
		return w.encode(p)
	case dropped:
		return len(p), nil
	}
	w.status = cmp.Or(w.status, http.StatusOK)
	start := p
	if len(w.pending) > 0 {
		w.pending = append(w.pending, p...)
		start = w.pending
	}
	w.decide(start, early)
	if w.mode == open {
		if len(w.pending) == 0 {
			w.pending = append(w.pending, p...)
		}
		return len(p), nil
	}
	w.pending = nil
	if n, err := w.Write(start); err != nil {
		return max(0, n-(len(start)-len(p))), err
	}
	return len(p), nil
}

// WriteString lets a plain body stay a string.
func (w *writer) WriteString(s string) (int, error) {
	if w.mode == plain {
		return io.WriteString(w.ResponseWriter, s)
	}
	return w.Write([]byte(s))
}

// ReadFrom lets net/http send a file that stays plain without copying more of it
// than it takes to decide that.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	if w.mode == open && len(w.pending) == 0 {
		w.decide(nil, early)
	}
	var read int64
	for w.mode == open {
		n, err := io.CopyN(struct{ io.Writer }{w}, r, sniffLength)
		read += n
		if errors.Is(err, io.EOF) {
			return read, nil
		}
		if err != nil {
			return read, err
		}
	}
	to := io.Writer(struct{ io.Writer }{w})
	if w.mode == plain {
		to = w.ResponseWriter
	}
	n, err := io.Copy(to, r)
	return read + n, err
}

// Flush is for those who do not ask for the error.
func (w *writer) Flush() { _ = w.FlushError() }

// FlushError sends the head and what has been written so far.
func (w *writer) FlushError() error {
	if err := w.settle(flush); err != nil {
		return err
	}
	if w.unsent {
		w.unsent = false
		if err := w.stream.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack hands over the connection. What was not flushed may be lost, as it may
// without the layer.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		w.mode, w.cut = plain, true
	}
	return conn, rw, err
}

// close ends the body. One that the handler did not complete ends as it is, and
// one that is shorter than declared is aborted, as net/http does it.
func (w *writer) close(complete bool) {
	w.cut = w.cut || !complete
	if !w.cut && w.status != 0 {
		_ = w.settle(end)
	}
	hasBody := w.mode == encoded && !w.cut && w.request.Method != http.MethodHead
	short := hasBody && w.missing > 0
	switch {
	case short:
		w.cut = true
	case hasBody && hasUndeclaredTrailers(w.Header()):
		// There are none in an answer with a Content-Length, which a short one has.
		_ = http.NewResponseController(w.ResponseWriter).Flush()
	}
	switch {
	case w.stream != nil:
		_ = w.stream.Close()
		w.mode, w.unsent = dropped, false // the stream is another answer's, whoever still writes
	case hasBody && !short:
		_, _ = w.ResponseWriter.Write(w.encoder.empty)
	}
	if short {
		w.abort()
	}
}

// abort makes the client see that the body is not whole, unless it has gone.
func (w *writer) abort() {
	err := http.NewResponseController(w.ResponseWriter).Flush() // without a head, it would try again
	if err == nil || errors.Is(err, errors.ErrUnsupported) {
		panic(http.ErrAbortHandler)
	}
}

// hasUndeclaredTrailers reports whether there are trailers by
// [http.TrailerPrefix].
func hasUndeclaredTrailers(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			return true
		}
	}
	return false
}

// settle decides at the latest now, and lets go of what is pending.
func (w *writer) settle(at moment) error {
	if w.mode != open {
		return nil
	}
	start := w.pending
	w.pending = nil
	w.decide(start, at)
	if len(start) == 0 {
		return nil
	}
	_, err := w.Write(start)
	return err
}

// sendPlain lets the body, of that size, go as it is.
func (w *writer) sendPlain(size int64) {
	if w.refused && size != 0 && w.mayRefuse() {
		w.refuse()
		return
	}
	w.mode = plain
	if w.status != 0 {
		w.ResponseWriter.WriteHeader(w.status)
	}
}

// sendEncoded lets the body go through a stream.
func (w *writer) sendEncoded() {
	header := w.Header()
	w.missing = declared(header)
	header.Set("Content-Encoding", string(w.encoder.coding))
	header.Del("Content-Length")
	header.Del("Accept-Ranges") // of the plain body
	weakenETag(header)
	w.mode = encoded
	w.ResponseWriter.WriteHeader(cmp.Or(w.status, http.StatusOK))
}

func (w *writer) encode(p []byte) (int, error) {
	var excess error
	if w.missing != unknown {
		if int64(len(p)) > w.missing {
			p, excess = p[:w.missing], http.ErrContentLength
		}
		w.missing -= int64(len(p))
	}
	if w.stream == nil {
		w.stream = w.encoder.open((*output)(w))
	}
	w.unsent = true
	n, err := w.stream.Write(p)
	return n, cmp.Or(err, excess)
}

// An output is where the stream of a writer writes to.
type output writer

func (o *output) Write(p []byte) (int, error) {
	if o.cut {
		return len(p), nil
	}
	return o.ResponseWriter.Write(p)
}

// mayRefuse reports whether 406 is true: the handler has changed nothing, and was
// about to send a body that is not encoded.
func (w *writer) mayRefuse() bool {
	switch status := cmp.Or(w.status, http.StatusOK); {
	case status < 200, status >= 300, status == http.StatusNoContent:
		return false
	case len(w.Header()["Content-Encoding"]) > 0:
		return false
	}
	return w.request.Method == http.MethodGet || w.request.Method == http.MethodHead
}

// refuse answers 406 in place of a body that the client does not want.
func (w *writer) refuse() {
	header := w.Header()
	for _, name := range []string{
		"Accept-Ranges", "Cache-Control", "Content-Disposition", "Content-Language", "Content-Type",
		"Etag", "Expires", "Last-Modified", "Trailer",
	} {
		delete(header, name) // they were about the body
	}
	addVary(header)
	w.mode = dropped
	runtime.RenderError(w.ResponseWriter, w.request, errNotAcceptable)
}

var errNotAcceptable = runtime.Errorf(http.StatusNotAcceptable, "no content coding that the client accepts is on offer")

// Package writer has the [http.ResponseWriter] that the runtime and its
// middleware wrap around the server's, so that there is one that keeps all
// promises: streams are not buffered, files are sent without copying them,
// connections can be taken over, and everything else that the writer below can
// do is reached by an [http.ResponseController].
package writer

import (
	"bufio"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

// A Tracked passes everything on and knows what went by. As with every
// [http.ResponseWriter], its methods must not be called by several goroutines
// at once.
type Tracked struct {
	http.ResponseWriter

	before   Announcer // told before the head goes, then nil
	bytes    int64
	status   int32 // 0 before the head
	hijacked bool
	stack    atomic.Pointer[[]byte]
}

// Track returns a writer that tracks what is written to w, which is w itself if
// it does that already: several layers share one.
func Track(w http.ResponseWriter) *Tracked {
	if t, ok := w.(*Tracked); ok {
		return t
	}
	return &Tracked{ResponseWriter: w}
}

// An Announcer is told of the head of an answer before it goes.
type Announcer interface{ Announce(status int) }

// Before makes t a writer to w that tells f once, before the head of the answer
// goes. What f does to the header goes with it. A t that is part of f saves an
// allocation.
func (t *Tracked) Before(w http.ResponseWriter, f Announcer) {
	t.ResponseWriter, t.before = w, f
}

// Status returns the final status of the answer, and 0 if it has not begun.
func (t *Tracked) Status() int { return int(t.status) }

// Bytes returns how many bytes of a body were written.
func (t *Tracked) Bytes() int64 { return t.bytes }

// Hijacked reports whether the connection was taken over.
func (t *Tracked) Hijacked() bool { return t.hijacked }

// Begun reports whether there is nothing to be said about the head any more.
func (t *Tracked) Begun() bool { return t.status != 0 || t.hijacked }

// End is to be called when the handler has returned. It does what is done before
// the head of an answer of which nothing was written, since the server will send
// that now.
func (t *Tracked) End() {
	if !t.Begun() {
		t.announce(http.StatusOK)
	}
}

// SetStack leaves the stack of a panic to those around, for a layer that raises
// a panic of another goroutine. Stack returns it. On the way of a panic through
// several such layers the first stack is the one that shows where it began.
// SetStack reports whether somebody around knows now.
//
// A writer that has no Unwrap can have a method Below instead, for this and for
// Lowest.
func SetStack(w http.ResponseWriter, stack []byte) bool {
	found := false
	for ; w != nil; w = below(w) {
		if t, ok := w.(*Tracked); ok {
			t.stack.CompareAndSwap(nil, &stack)
			found = true
		}
	}
	return found
}

// Lowest returns the writer that others pass on to what they are given, those
// without Unwrap included. What it cannot do none of them can.
func Lowest(w http.ResponseWriter) http.ResponseWriter {
	for {
		inner := below(w)
		if inner == nil {
			return w
		}
		w = inner
	}
}

// below returns the writer that w was wrapped around, or nil.
func below(w http.ResponseWriter) http.ResponseWriter {
	switch w := w.(type) {
	case interface{ Unwrap() http.ResponseWriter }:
		return w.Unwrap()
	case interface{ Below() http.ResponseWriter }:
		return w.Below()
	}
	return nil
}

// Stack returns what SetStack has left, or nil.
func (t *Tracked) Stack() []byte {
	if stack := t.stack.Load(); stack != nil {
		return *stack
	}
	return nil
}

// Unwrap is for [http.ResponseController].
func (t *Tracked) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// WriteHeader passes interim answers (1xx) on as they are.
func (t *Tracked) WriteHeader(status int) {
	if IsInterim(status) {
		t.ResponseWriter.WriteHeader(status)
		return
	}
	t.announce(status)
	t.ResponseWriter.WriteHeader(status) // which panics if there is no such status
	if t.status == 0 {
		t.status = int32(status)
	}
}

func (t *Tracked) Write(p []byte) (int, error) {
	t.begin()
	n, err := t.ResponseWriter.Write(p)
	t.bytes += int64(n)
	return n, err
}

// WriteString is for [io.WriteString].
func (t *Tracked) WriteString(s string) (int, error) {
	t.begin()
	n, err := io.WriteString(t.ResponseWriter, s)
	t.bytes += int64(n)
	return n, err
}

// ReadFrom lets net/http send files without copying them. An answer begins with
// the first byte, not with a source that has none, and is known to have begun if
// the source panics after it.
func (t *Tracked) ReadFrom(src io.Reader) (int64, error) {
	var first int64
	if t.status == 0 {
		var err error
		if first, err = CopyFirst(t, src); err != nil || first == 0 {
			return first, err
		}
	}
	n, err := io.Copy(t.ResponseWriter, src)
	t.bytes += n
	return first + n, err
}

// Flush is FlushError for those who do not want to know.
func (t *Tracked) Flush() { _ = t.FlushError() }

// FlushError is what [http.ResponseController] prefers to Flush. A writer that
// cannot flush has sent nothing.
func (t *Tracked) FlushError() error {
	if t.status == 0 {
		t.announce(http.StatusOK)
	}
	err := http.NewResponseController(t.ResponseWriter).Flush()
	if t.status == 0 && !errors.Is(err, http.ErrNotSupported) {
		t.status = http.StatusOK
	}
	return err
}

// Hijack is for those who ask for an [http.Hijacker].
func (t *Tracked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	t.hijacked = t.hijacked || err == nil
	return conn, rw, err
}

// begin is called before what sends the head with status 200 if it has not been
// sent.
func (t *Tracked) begin() {
	if t.status == 0 {
		t.announce(http.StatusOK)
		t.status = http.StatusOK
	}
}

func (t *Tracked) announce(status int) {
	if f := t.before; f != nil {
		t.before = nil
		f.Announce(status)
	}
}

// CopyFirst copies the first bytes of a source, and none to ReadFrom: a writer
// whose ReadFrom calls it knows whether there is one before it promises an
// answer. They are as many as net/http looks at to find the type of a body.
func CopyFirst(w io.Writer, src io.Reader) (int64, error) {
	const sniffed = 512
	return io.Copy(only{w}, io.LimitReader(src, sniffed))
}

// only hides ReadFrom.
type only struct{ io.Writer }

// Inform sends an interim answer (1xx) with a header, and leaves that of w as it
// is.
func Inform(w http.ResponseWriter, status int, header http.Header) {
	own := w.Header()
	before := maps.Clone(own)
	defer replace(own, before)
	replace(own, header)
	w.WriteHeader(status)
}

// Replace makes the header of w hold what h does.
func Replace(w http.ResponseWriter, h http.Header) { replace(w.Header(), h) }

func replace(header, h http.Header) {
	clear(header)
	maps.Copy(header, h)
}

// IsInterim reports whether a status announces another one. 101 does not: it is
// the last.
func IsInterim(status int) bool { return status < 200 && status != http.StatusSwitchingProtocols }

// CopyTrailers copies the trailers that a handler has set by its end from its
// header to that of w: those with [http.TrailerPrefix], and those that the lines
// of the field Trailer announce.
func CopyTrailers(w http.ResponseWriter, from http.Header, announced []string) {
	header := w.Header()
	for name, lines := range from {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			header[name] = lines
		}
	}
	for _, line := range announced {
		for name := range strings.SplitSeq(line, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if lines, ok := from[name]; ok {
				header[name] = lines
			}
		}
	}
}

// Bottom returns the writer that others were wrapped around, as
// [http.ResponseController] finds it.
func Bottom(w http.ResponseWriter) http.ResponseWriter {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = wrapper.Unwrap()
	}
}

// CloseConnection has net/http close the connection after the answer, as
// [http.MaxBytesReader] does when it is read beyond its limit. A writer that
// does not answer by itself has a method for that.
func CloseConnection(w http.ResponseWriter) {
	bottom := Bottom(w)
	if later, ok := bottom.(interface{ CloseConnection() }); ok {
		later.CloseConnection()
		return
	}
	beyond := http.MaxBytesReader(bottom, io.NopCloser(strings.NewReader("x")), 0)
	_, _ = beyond.Read(make([]byte, 1))
}

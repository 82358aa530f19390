package runtime

import (
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// A runBody is the body of a run as the middleware function sees it.
type runBody run

// Read waits for the handler to write.
func (b *runBody) Read(p []byte) (int, error) {
	u := (*run)(b)
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if u.phase.Load() == held {
		u.phase.Store(piped)
		u.change.Broadcast()
	}
	for {
		switch phase := u.phase.Load(); {
		case u.closed:
			return 0, http.ErrBodyReadAfterClose
		case phase == piped && len(u.chunk) > 0:
			n := copy(p, u.chunk)
			u.chunk = u.chunk[n:]
			u.taken += int64(n)
			if len(u.chunk) == 0 {
				u.change.Broadcast()
			}
			return n, nil
		case u.ended:
			return 0, u.final()
		case phase == open:
			return 0, errPassedBody
		case phase != piped:
			return 0, errUnwanted
		}
		u.change.Wait()
	}
}

// final is what the reader of the body finds at its end.
func (u *run) final() error {
	declared, ok := u.declared()
	switch {
	case u.exited:
		return errors.New("the handler exited")
	case u.failed != nil:
		return fmt.Errorf("the handler panicked: %v", u.failed)
	case u.phase.Load() != piped:
		return errUnwanted
	case ok && u.sent < declared && u.request.Method != http.MethodHead && bodyAllowed(u.status):
		return io.ErrUnexpectedEOF
	}
	return io.EOF
}

// Close says that nobody wants the rest of the body.
func (b *runBody) Close() error {
	u := (*run)(b)
	u.mu.Lock()
	passed := u.phase.Load() == open
	u.closed = u.closed || !passed
	u.mu.Unlock()
	if !passed {
		u.shut()
	}
	return nil
}

// send sends the answer of a run, as it is or changed.
func (u *run) send(w http.ResponseWriter, r *http.Request, status int, res *Response, parts []*Parts) error {
	own := res.Body == io.ReadCloser((*runBody)(u))
	switch {
	case !possible(status) && status != u.status:
		return impossible(status)
	case own && u.phase.Load() == shut:
		return errClosedBody
	}
	if res.run == nil {
		addAll(w.Header(), res.Header)
	} else {
		writer.Replace(w, res.Header)
	}
	if lines := w.Header()["Content-Length"]; len(lines) > 0 && lines[0] == u.length && (!own || u.wasRead()) {
		delete(w.Header(), "Content-Length")
	}
	writeHead(w, status, parts)
	var err error
	switch {
	case own:
		u.open(w)
	case res.Body != nil && bodyAllowed(status):
		err = u.copyFrom(res.Body, w)
	}
	u.raise()
	if err != nil {
		abort(w, r, status, err)
	}
	if u.hasEnded() { // else the body was not read to its end, and the header is still the handler's
		writer.CopyTrailers(w, u.header, w.Header()["Trailer"])
	}
	return nil
}

// wasRead reports whether some of the body is not there any more.
func (u *run) wasRead() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.taken > 0
}

// copyFrom sends a body that is made of the handler's, or stands in its place.
func (u *run) copyFrom(body io.Reader, w http.ResponseWriter) error {
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	defer u.copyInto(nil)
	u.copyInto(w)
	for {
		n, more, err := readSome(body, chunk[:])
		if gone := u.copyPiece(w, chunk[:n]); gone != nil || !more {
			return err
		}
	}
}

// copyInto says where the copy goes that the handler's Flush sends; nil for
// nowhere. What it has flushed before is sent here.
func (u *run) copyInto(w http.ResponseWriter) {
	u.copying.Lock()
	defer u.copying.Unlock()
	u.copyTo = w
	if w != nil && u.flushed.Load() {
		_ = http.NewResponseController(w).Flush()
	}
}

// copyPiece sends a piece of the body, at once if the handler flushes.
func (u *run) copyPiece(w http.ResponseWriter, piece []byte) error {
	u.copying.Lock()
	defer u.copying.Unlock()
	if _, err := w.Write(piece); err != nil {
		return err
	}
	if u.flushed.Load() {
		_ = http.NewResponseController(w).Flush()
	}
	return nil
}

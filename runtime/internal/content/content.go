// Package content sends what is sought in: files, and whatever else has a
// beginning to go back to. It is what stands on both sides of
// [http.ServeContent], whose errors are plain text and whose answers end
// silently when a file cannot be read any further: a [Writer] that keeps the
// errors back, and a [Reader] that knows what has failed.
package content

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// A Writer notes how much of a content was sent.
type Writer struct {
	http.ResponseWriter
	serving bool // what is written comes from ServeContent
	status  int
	refused int   // an error status, which was not sent
	want    int64 // bytes of the body; 0 if there is no saying
	sent    int64
	err     error // of sending
}

// Serve is [http.ServeContent] for a content without a name. If that refuses
// the request it answers nothing and returns the status of the error. The header
// has then what belonged to the content, and the Content-Range of an error 416.
func (w *Writer) Serve(r *http.Request, modified time.Time, in *Reader) (refused int) {
	w.serving = true
	http.ServeContent(w, r, "", modified, in.Seeker)
	return w.refused
}

// Status returns the status that was sent.
func (w *Writer) Status() int { return w.status }

// Unwrap is for [http.ResponseController].
func (w *Writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader notes what is announced.
func (w *Writer) WriteHeader(status int) {
	if w.serving && status >= 400 {
		w.refused = status
		return
	}
	w.status = status
	if length := w.Header()["Content-Length"]; len(length) > 0 {
		w.want, _ = strconv.ParseInt(length[0], 10, 64)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *Writer) Write(p []byte) (int, error) {
	if w.refused != 0 {
		return len(p), nil
	}
	n, err := w.ResponseWriter.Write(p)
	w.note(int64(n), err)
	return n, err
}

// ReadFrom lets net/http send files without copying them.
func (w *Writer) ReadFrom(r io.Reader) (int64, error) {
	if w.refused != 0 {
		return io.Copy(io.Discard, r)
	}
	n, err := io.Copy(w.ResponseWriter, r)
	w.note(n, err)
	return n, err
}

func (w *Writer) note(n int64, err error) {
	w.sent += n
	if w.err == nil {
		w.err = err
	}
}

// CutOff says why less was sent than was announced in an answer that has a body.
// It is nil if everything was sent, or if that is because the client has gone.
func (w *Writer) CutOff(in *Reader) error {
	if err := in.Failure(); err != nil {
		return err
	}
	if w.sent >= w.want {
		return nil
	}
	if w.err == nil {
		return io.ErrUnexpectedEOF // the file has shrunk
	}
	if file, ok := errors.AsType[*fs.PathError](w.err); ok {
		return file
	}
	return nil
}

// A Reader is a content that knows with which error it could not be read. It can
// be read by another goroutine, as for several ranges, until its end.
type Reader struct {
	Seeker io.ReadSeeker // what is to be read: itself, or a file

	mu    sync.Mutex
	from  io.ReadSeeker // nil after the end
	error error         // the first one
}

// Watch returns a Reader of a content. A file is left to itself, for only so
// does the kernel send it.
func Watch(seeker io.ReadSeeker) *Reader {
	r := &Reader{from: seeker}
	r.Seeker = r
	if _, ok := seeker.(*os.File); ok {
		r.Seeker = seeker
	}
	return r
}

func (r *Reader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.from == nil {
		return 0, io.ErrClosedPipe
	}
	n, err := r.from.Read(p)
	if r.error == nil && !errors.Is(err, io.EOF) {
		r.error = err
	}
	return n, err
}

// Seek moves to where is read next.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.from == nil {
		return 0, io.ErrClosedPipe
	}
	n, err := r.from.Seek(offset, whence)
	if err != nil && r.error == nil {
		r.error = err
	}
	return n, err
}

// End lets nothing be read any more: what comes next may be the Close.
func (r *Reader) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.from = nil
}

// Failure returns the first error of reading, or nil.
func (r *Reader) Failure() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.error
}

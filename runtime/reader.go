package runtime

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"mime"
	"net/http"
	"os"
	"path"
	"strconv"
	"sync"
	"time"
)

// WriteReader answers with what body holds, as a stream. The Content-Type is
// that of the extension of its name if body is a file, that is, if it has a
// method Stat as [fs.File] does, else application/octet-stream; it is never
// guessed from what is sent.
//
// Seekers, which most files are, are sent from their beginning. With status 200
// [http.ServeContent] answers GET and HEAD for them: with ranges, with
// conditional requests by the ETag among the parts and the time of modification
// of a file, and with a Content-Length. A [*bytes.Buffer] has a Content-Length
// as well. Of anything else the length is not known before its end; what it
// yields reaches the client within 10 milliseconds.
//
// The error is that of an answer which has not begun: body is nil, its first
// byte cannot be read, or the request is for a range that there is not or
// conditional on what is not so. An error after that is logged and aborts the
// connection, so that the client does not take a part for the whole. Nothing is
// logged when the client has gone.
//
// Closing body is left to [CloseBody].
func WriteReader(w http.ResponseWriter, r *http.Request, status int, body io.Reader, parts ...*Parts) error {
	return content{reader: body, contentType: contentTypeBytes[0], parts: parts}.write(w, r, status)
}

// CloseBody closes the body of an answer, once that has been sent or will not
// be. Anything that has no Close, and nil, is left alone.
func CloseBody(body any) {
	switch answer := body.(type) {
	case *http.Response:
		if answer != nil {
			body = answer.Body
		}
	case *Response:
		if answer != nil {
			body = answer.Body
		}
	}
	if closer, ok := body.(io.Closer); ok && !isNil(closer) {
		_ = closer.Close() // it was only read
	}
}

// A content is a body that is read while it is sent.
type content struct {
	reader      io.Reader
	contentType string // of what is no file with a known extension
	disposition string // Content-Disposition; empty for none
	named       bool   // the type stands, whatever the file's name
	parts       []*Parts
}

// write answers with the content, or returns an error before anything was sent.
func (c content) write(w http.ResponseWriter, r *http.Request, status int) error {
	switch {
	case isNil(c.reader):
		return ErrNilResponse
	case !possible(status):
		return impossible(status)
	case !bodyAllowed(status):
		writeHead(w, status, c.parts)
		return nil
	}
	info, err := statOf(c.reader)
	if err != nil {
		return err
	}
	if info != nil && !c.named {
		if byName := mime.TypeByExtension(path.Ext(info.Name())); byName != "" {
			c.contentType = byName
		}
	}
	if seeker, ok := seekable(c.reader, info); ok {
		return c.writeSeeker(w, r, status, seeker, modified(info))
	}
	return c.stream(w, r, status)
}

// statOf describes a file, or returns nil for what is none. A directory is an
// error, since it cannot be read.
func statOf(content io.Reader) (fs.FileInfo, error) {
	file, ok := content.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return nil, nil
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("read the answer: %s is a directory", info.Name())
	}
	return info, nil
}

// seekable returns a content that has a beginning to go back to. Pipes and
// devices have the method for it, but not what it takes.
func seekable(content io.Reader, info fs.FileInfo) (io.ReadSeeker, bool) {
	seeker, ok := content.(io.ReadSeeker)
	if !ok || info != nil && !info.Mode().IsRegular() {
		return nil, false
	}
	_, err := seeker.Seek(0, io.SeekCurrent)
	return seeker, err == nil
}

// modified returns when a file was modified, and the zero time for what is no
// file.
func modified(info fs.FileInfo) time.Time {
	if info == nil {
		return time.Time{}
	}
	return info.ModTime()
}

// writeHeader sets what describes the content, and then the parts.
func (c content) writeHeader(w http.ResponseWriter) {
	header := w.Header()
	header["Content-Type"] = []string{c.contentType}
	if c.disposition != "" {
		header["Content-Disposition"] = []string{c.disposition}
	}
	writeParts(w, c.parts)
}

// writeSeeker sends a content whose length is known, in ranges if that is what
// the client asks for.
func (c content) writeSeeker(w http.ResponseWriter, r *http.Request, status int, seeker io.ReadSeeker, modified time.Time) error {
	before := maps.Clone(w.Header())
	in := watch(seeker)
	defer in.end()
	out := &contentWriter{ResponseWriter: w}
	c.writeHeader(w)
	if status == http.StatusOK && isRead(r) {
		out.judges = true
		http.ServeContent(out, r, "", modified, in.seeker)
	} else if err := sendWhole(out, r, status, in.seeker); err != nil {
		restore(w.Header(), before)
		return err
	}
	if out.refused != 0 {
		return out.refusal(before, in)
	}
	if err := out.cutOff(in); err != nil && r.Method != http.MethodHead {
		abort(w, r, out.status, err)
	}
	return nil
}

// sendWhole sends all of a content, whatever the request says about ranges,
// which mean something for GET alone (RFC 9110 §14.2).
func sendWhole(w http.ResponseWriter, r *http.Request, status int, seeker io.ReadSeeker) error {
	size, err := seeker.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = seeker.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	setLength(w.Header(), size)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.CopyN(w, seeker, size) // w has noted the error
	}
	return nil
}

// setLength announces the length of a body, unless a part says that it is
// encoded on its way.
func setLength(header http.Header, size int64) {
	if header["Content-Length"] == nil && header["Content-Encoding"] == nil {
		header["Content-Length"] = []string{strconv.FormatInt(size, 10)}
	}
}

// stream sends a content that can only be read once.
func (c content) stream(w http.ResponseWriter, r *http.Request, status int) error {
	length := lengthOf(c.reader)
	return relay(w, r, status, c.reader, func() {
		c.writeHeader(w)
		if length >= 0 {
			setLength(w.Header(), length)
		}
	})
}

// relay answers with what is read from body, as it comes. The header is set
// once the first byte is there, or it is known that there is none: an error
// before that is returned.
func relay(w http.ResponseWriter, r *http.Request, status int, body io.Reader, setHeader func()) error {
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	buf := chunk[:]
	n, more, err := readSome(body, buf)
	if err != nil && n == 0 {
		return fmt.Errorf("read the answer: %w", err)
	}
	setHeader()
	beginStream(w, r, status)
	if r.Method == http.MethodHead {
		return nil
	}
	out := newPacer(w)
	defer out.stop()
	for {
		if _, gone := out.Write(buf[:n]); gone != nil {
			return nil
		}
		if !more {
			break
		}
		n, more, err = readSome(body, buf)
	}
	if err != nil {
		out.stop()
		abort(w, r, status, err)
	}
	return nil
}

// lengthOf returns the length of what is still to be read if that is certain,
// else -1.
func lengthOf(content io.Reader) int64 {
	if buf, ok := content.(*bytes.Buffer); ok {
		return int64(buf.Len())
	}
	return -1
}

// chunkSize is how much of a stream is read at once, as [io.Copy] does.
const chunkSize = 32 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// readSome reads at least one byte if there is one, and says whether there may
// be more.
func readSome(r io.Reader, buf []byte) (n int, more bool, err error) {
	for range 100 {
		switch n, err = r.Read(buf); {
		case err == io.EOF:
			return n, false, nil
		case err != nil:
			return n, false, err
		case n > 0:
			return n, true, nil
		}
	}
	return 0, false, io.ErrNoProgress
}

// A contentWriter notes how much of a content was sent. Of [http.ServeContent]
// it keeps back the errors, which would be answered as plain text.
type contentWriter struct {
	http.ResponseWriter
	judges  bool // what is written comes from ServeContent
	status  int
	refused int   // an error status, which was not sent
	want    int64 // bytes of the body; 0 if there is no saying
	sent    int64
	err     error // of sending
}

// Unwrap is for [http.ResponseController].
func (w *contentWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *contentWriter) WriteHeader(status int) {
	if w.judges && status >= 400 {
		w.refused = status
		return
	}
	w.status = status
	if length := w.Header()["Content-Length"]; len(length) > 0 {
		w.want, _ = strconv.ParseInt(length[0], 10, 64)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *contentWriter) Write(p []byte) (int, error) {
	if w.refused != 0 {
		return len(p), nil
	}
	n, err := w.ResponseWriter.Write(p)
	w.note(int64(n), err)
	return n, err
}

// ReadFrom lets net/http send files without copying them.
func (w *contentWriter) ReadFrom(r io.Reader) (int64, error) {
	if w.refused != 0 {
		return io.Copy(io.Discard, r)
	}
	n, err := io.Copy(w.ResponseWriter, r)
	w.note(n, err)
	return n, err
}

func (w *contentWriter) note(n int64, err error) {
	w.sent += n
	if w.err == nil {
		w.err = err
	}
}

// refusal is the error of what was not sent. The header is as it was before,
// but for what belongs to the error.
func (w *contentWriter) refusal(before http.Header, in *watched) error {
	length := w.Header()["Content-Range"]
	restore(w.Header(), before)
	switch w.refused {
	case http.StatusRequestedRangeNotSatisfiable:
		if length != nil {
			w.Header()["Content-Range"] = length
		}
		return Errorf(w.refused, "the range is not one of this content")
	case http.StatusPreconditionFailed:
		return errPrecondition
	}
	if err := in.failure(); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return errors.New("read the answer: it cannot be sought in")
}

var errPrecondition = Errorf(http.StatusPreconditionFailed, "the content is not the one that the request is for")

// restore gives a header the fields of another.
func restore(header, before http.Header) {
	clear(header)
	maps.Copy(header, before)
}

// cutOff says why less was sent than was announced. It is nil if everything was
// sent, or if that is because the client has gone.
func (w *contentWriter) cutOff(in *watched) error {
	if err := in.failure(); err != nil {
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

// A watched content knows with which error it could not be read. It can be read
// by another goroutine, as for several ranges, until its end.
type watched struct {
	seeker io.ReadSeeker // what is to be read: itself, or a file

	mu    sync.Mutex
	from  io.ReadSeeker // nil after the end
	error error         // the first one
}

// watch watches a content. A file is left to itself, for only so does the
// kernel send it.
func watch(seeker io.ReadSeeker) *watched {
	w := &watched{from: seeker}
	w.seeker = w
	if _, ok := seeker.(*os.File); ok {
		w.seeker = seeker
	}
	return w
}

func (w *watched) Read(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.from == nil {
		return 0, io.ErrClosedPipe
	}
	n, err := w.from.Read(p)
	if w.error == nil && !errors.Is(err, io.EOF) {
		w.error = err
	}
	return n, err
}

func (w *watched) Seek(offset int64, whence int) (int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.from == nil {
		return 0, io.ErrClosedPipe
	}
	n, err := w.from.Seek(offset, whence)
	if err != nil && w.error == nil {
		w.error = err
	}
	return n, err
}

// end lets nothing be read any more: what comes next may be the Close.
func (w *watched) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.from = nil
}

func (w *watched) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.error
}

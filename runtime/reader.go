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
	"path"
	"strconv"
	"sync"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/content"
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
	return readerBody{reader: body, contentType: contentTypeBytes[0], parts: parts}.write(w, r, status)
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

// A readerBody is a body that is read while it is sent.
type readerBody struct {
	reader      io.Reader
	contentType string // of what is no file with a known extension
	disposition string // Content-Disposition; empty for none
	named       bool   // the type stands, whatever the file's name
	parts       []*Parts
}

// write answers with the content, or returns an error before anything was sent.
func (b readerBody) write(w http.ResponseWriter, r *http.Request, status int) error {
	switch {
	case isNil(b.reader):
		return ErrNilResponse
	case !possible(status):
		return impossible(status)
	case !bodyAllowed(status):
		writeHead(w, status, b.parts)
		return nil
	}
	info, err := statOf(b.reader)
	if err != nil {
		return err
	}
	if info != nil && !b.named {
		if byName := mime.TypeByExtension(path.Ext(info.Name())); byName != "" {
			b.contentType = byName
		}
	}
	if seeker, ok := seekable(b.reader, info); ok {
		return b.writeSeeker(w, r, status, seeker, modified(info))
	}
	return b.stream(w, r, status)
}

// statOf describes a file, or returns nil for what is none. A directory is an
// error, since it cannot be read.
func statOf(body io.Reader) (fs.FileInfo, error) {
	file, ok := body.(interface{ Stat() (fs.FileInfo, error) })
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
func seekable(body io.Reader, info fs.FileInfo) (io.ReadSeeker, bool) {
	seeker, ok := body.(io.ReadSeeker)
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
func (b readerBody) writeHeader(w http.ResponseWriter) {
	header := w.Header()
	header["Content-Type"] = []string{b.contentType}
	if b.disposition != "" {
		header["Content-Disposition"] = []string{b.disposition}
	}
	writeParts(w, b.parts)
}

// writeSeeker sends a content whose length is known, in ranges if that is what
// the client asks for.
func (b readerBody) writeSeeker(w http.ResponseWriter, r *http.Request, status int, seeker io.ReadSeeker, modified time.Time) error {
	before := maps.Clone(w.Header())
	in := content.Watch(seeker)
	defer in.End()
	out := &content.Writer{ResponseWriter: w}
	b.writeHeader(w)
	if status == http.StatusOK && isRead(r) {
		if refused := out.Serve(r, modified, in); refused != 0 {
			return refusal(w.Header(), before, refused, in)
		}
	} else if err := sendWhole(out, r, status, in.Seeker); err != nil {
		restore(w.Header(), before)
		return err
	}
	if err := out.CutOff(in); err != nil && r.Method != http.MethodHead {
		abort(w, r, out.Status(), err)
	}
	return nil
}

// refusal is the error of what was not sent. The header is as it was before,
// but for what belongs to the error.
func refusal(header, before http.Header, status int, in *content.Reader) error {
	length := header["Content-Range"]
	restore(header, before)
	switch status {
	case http.StatusRequestedRangeNotSatisfiable:
		if length != nil {
			header["Content-Range"] = length
		}
		return Errorf(status, "the range is not one of this content")
	case http.StatusPreconditionFailed:
		return errPrecondition
	}
	if err := in.Failure(); err != nil {
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
func (b readerBody) stream(w http.ResponseWriter, r *http.Request, status int) error {
	length := lengthOf(b.reader)
	return relay(w, r, status, b.reader, func() {
		b.writeHeader(w)
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
func lengthOf(body io.Reader) int64 {
	if buf, ok := body.(*bytes.Buffer); ok {
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

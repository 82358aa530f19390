package runtime

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// HasBody reports whether the request has a body, or a Content-Type that
// announces one: what [Optional] asks before the body is read.
func (in *Input) HasBody() bool {
	if len(in.r.Header["Content-Type"]) > 0 {
		return true
	}
	if in.r.Body == nil || in.r.Body == http.NoBody || in.r.ContentLength == 0 {
		return false
	}
	return in.r.ContentLength > 0 || in.peek()
}

// HasForm is [Input.HasBody] for forms. GET and HEAD have theirs in the query,
// where it is a form if one of the names is in it, or anything if there are no
// names.
func (in *Input) HasForm(names ...string) bool {
	if !formInQuery(in.r) {
		return in.HasBody()
	}
	if len(names) == 0 {
		return in.r.URL.RawQuery != ""
	}
	own := NewInput(in.w, in.r)
	for pair := own.Query(); pair.Next(); {
		for _, name := range names {
			if _, ok := pair.Key(name); ok || pair.Name() == name {
				return true
			}
		}
	}
	return own.Failed() // a malformed query is for the reading to report
}

// peek reports whether a body of unknown length has a first byte.
func (in *Input) peek() bool {
	var first [1]byte
	_, err := io.ReadFull(in.r.Body, first[:])
	if err == io.EOF {
		return false
	}
	head := io.Reader(bytes.NewReader(first[:]))
	if err != nil {
		head = failing{err}
	}
	in.r.Body = peekedBody{io.MultiReader(head, in.r.Body), in.r.Body}
	return true
}

type peekedBody struct {
	io.Reader
	io.Closer
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// ReadJSON decodes the JSON body into v, a pointer, which may hold defaults.
// The body may have limit bytes. The error is a [*Rejection]: 415 for another
// Content-Type than application/json or application/*+json, 413, 400 for a body
// that is not JSON or cut off, and 422 for one that is not of the type.
func (in *Input) ReadJSON(v any, limit int64) error {
	if err := in.OpenJSON(v, limit); err != nil {
		return err
	}
	in.closeBody()
	return nil
}

// OpenJSON is [Input.ReadJSON] for a body with rules: after it the body can be
// looked into with [Input.Has] and problems have status 422, until
// [Input.CloseJSON].
func (in *Input) OpenJSON(v any, limit int64) error {
	if !isJSON(in.contentType()) {
		return unsupported("application/json")
	}
	buf, err := in.readBody(limit)
	if err != nil {
		return err
	}
	if err := decodeJSON(buf.b, v); err != nil {
		rejection := rejectJSON(buf.b, 0, v, err)
		putBuffer(buf)
		return rejection
	}
	in.body, in.status = buf, http.StatusUnprocessableEntity
	return nil
}

// CloseJSON ends what [Input.OpenJSON] began, and returns the problems gathered
// since as a [*Rejection], or nil.
func (in *Input) CloseJSON() error {
	in.closeBody()
	return in.Err()
}

func (in *Input) closeBody() {
	if in.body != nil {
		putBuffer(in.body)
		in.body, in.finder = nil, nil
	}
}

// ReadText returns the body, which may have limit bytes. The error is a
// [*Rejection] with status 413, or 400 for a body that is cut off.
func (in *Input) ReadText(limit int64) (Text, error) {
	buf, err := in.readBody(limit)
	if err != nil {
		return "", err
	}
	text := Text(buf.b)
	putBuffer(buf)
	return text, nil
}

// ReadBytes is [Input.ReadText] for bytes.
func (in *Input) ReadBytes(limit int64) (Bytes, error) {
	buf, err := in.readBody(limit)
	if err != nil {
		return nil, err
	}
	if cap(buf.b) > maxPooled {
		return buf.b, nil // the pool would not take it
	}
	data := Bytes(bytes.Clone(buf.b))
	putBuffer(buf)
	return data, nil
}

// Reader returns the body to be read by the handler. What it fails with is a
// [*Rejection]: 413 after limit bytes, with an [*http.MaxBytesError] behind it,
// and 400 for a body that is cut off. A handler can return it as it is.
func (in *Input) Reader(limit int64) io.Reader {
	switch {
	case in.r.Body == nil:
		return http.NoBody
	case limit < 0:
		return bodyReader{in.r.Body}
	}
	limited := writer.Limit(in.w, in.r.Body, limit)
	return bodyReader{&limited}
}

// A bodyReader gives the errors of a body the status that they are answered
// with.
type bodyReader struct{ body io.Reader }

func (r bodyReader) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = bodyError(err)
	}
	return n, err
}

// Form returns the pairs of the form: those of the query for GET and HEAD, else
// those of the body, which must have the Content-Type
// application/x-www-form-urlencoded and may have limit bytes. The error is a
// [*Rejection] with status 415, 413, or 400 for a body that is cut off. After a
// body was read problems have status 422.
func (in *Input) Form(limit int64) (Pairs, error) {
	if formInQuery(in.r) {
		in.pairs = pairsState{text: in.r.URL.RawQuery, in: InForm}
		return Pairs{in}, nil
	}
	if !isMediaType(in.contentType(), contentTypeForm[0]) {
		return Pairs{in}, unsupported(contentTypeForm[0])
	}
	text, err := in.ReadText(limit)
	if err != nil {
		return Pairs{in}, err
	}
	in.status = http.StatusUnprocessableEntity
	in.pairs = pairsState{text: string(text), in: InForm, body: true}
	return Pairs{in}, nil
}

func formInQuery(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == ""
}

// readBody reads the whole body into a pooled buffer.
func (in *Input) readBody(limit int64) (*buffer, error) {
	if limit >= 0 && in.r.ContentLength > limit {
		return nil, in.bodyTooLarge(limit)
	}
	buf := getBuffer()
	if in.r.Body == nil {
		return buf, nil
	}
	err := buf.readAll(in.r.Body, in.r.ContentLength, limit)
	if err == nil {
		return buf, nil
	}
	putBuffer(buf)
	if errors.Is(err, errTooLarge) {
		return nil, in.bodyTooLarge(limit)
	}
	return nil, bodyError(err)
}

// bodyTooLarge is the error of a body beyond its limit, after which the
// connection is closed.
func (in *Input) bodyTooLarge(limit int64) error {
	writer.CloseConnection(in.w)
	return bodyError(&http.MaxBytesError{Limit: limit})
}

// bodyError says why a body could not be read.
func bodyError(err error) error {
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return &Rejection{
			status: http.StatusRequestEntityTooLarge,
			detail: tooLargeDetail(tooLong.Limit),
			cause:  err,
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &Rejection{
			status: http.StatusRequestTimeout,
			detail: "the body took too long to arrive",
			cause:  err,
		}
	}
	return &Rejection{
		status: http.StatusBadRequest,
		detail: "the body could not be read to its end",
		cause:  err,
	}
}

func (in *Input) contentType() string {
	if lines := in.r.Header["Content-Type"]; len(lines) > 0 {
		return lines[0]
	}
	return ""
}

func unsupported(want string) error {
	return &Rejection{
		status: http.StatusUnsupportedMediaType,
		detail: "the Content-Type must be " + want,
	}
}

// isJSON reports whether a Content-Type is application/json or
// application/*+json, with any parameters (RFC 6839 §3.1).
func isJSON(contentType string) bool {
	if isMediaType(contentType, "application/json") {
		return true
	}
	const prefix, suffix = "application/", "+json"
	media := mediaType(contentType)
	if len(media) <= len(prefix)+len(suffix) {
		return false
	}
	n := len(media) - len(suffix)
	return strings.EqualFold(media[:len(prefix)], prefix) && strings.EqualFold(media[n:], suffix) &&
		isToken(media[len(prefix):n])
}

// isMediaType reports whether a Content-Type is that media type, with any
// parameters. Names of media types have no case (RFC 9110 §8.3.1).
func isMediaType(contentType, want string) bool {
	return contentType == want || strings.EqualFold(mediaType(contentType), want)
}

// mediaType returns a Content-Type without its parameters.
func mediaType(contentType string) string {
	media, _, _ := strings.Cut(contentType, ";")
	return trimSpace(media)
}

package runtime

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// contentTypesLines are the names that JSON lines have. The first one is that
// of answers.
var contentTypesLines = []string{contentTypeLines[0], "application/ndjson", "application/jsonl", "application/x-jsonlines"}

// ReadJSONLines returns the body as lines of JSON, for generated code. The body
// may have limit bytes. Each line is read by read, which calls
// [Input.ReadLine] and validates what that has decoded; nil stands for
// ReadLine alone. The error is a [*Rejection]: 415 for another Content-Type,
// and 413 for a body that says that it is too large.
func ReadJSONLines[T any](in *Input, limit int64, read func(line *Input, v *T) error) (JSONLines[T], error) {
	lines, err := in.openLines(limit)
	if err != nil {
		return JSONLines[T]{}, err
	}
	if read == nil {
		read = readLine[T]
	}
	return JSONLines[T]{Value: func(yield func(T, error) bool) {
		var line Input
		var v, zero T
		for lines.next(&line) {
			v = zero
			err := read(&line, &v)
			line.closeBody()
			if err != nil {
				v = zero
			}
			if !yield(v, err) {
				return
			}
		}
		if lines.err != nil {
			yield(zero, lines.err)
		}
	}}, nil
}

func readLine[T any](line *Input, v *T) error { return line.ReadLine(v) }

// ReadLine decodes the line of a body of JSON lines into v, a pointer, which may
// hold defaults. After it the line can be looked into with [Input.Has] and
// problems have status 422, until [Input.CloseJSON]. The error is a
// [*Rejection].
func (in *Input) ReadLine(v any) error {
	if err := decodeJSON(in.body.b, v); err != nil {
		return rejectJSON(in.body.b, in.line, v, err)
	}
	return nil
}

// lineReader cuts a body into lines.
type lineReader struct {
	w     http.ResponseWriter
	r     *http.Request
	body  *bufio.Reader
	count int   // of the lines so far
	err   error // of the body
	ended bool
}

// openLines checks whether the body can be read as JSON lines.
func (in *Input) openLines(limit int64) (*lineReader, error) {
	known := false
	for _, name := range contentTypesLines {
		known = known || isMediaType(in.contentType(), name)
	}
	if !known {
		return nil, unsupported(contentTypesLines[0] + " or " + contentTypesLines[2])
	}
	if limit >= 0 && in.r.ContentLength > limit {
		return nil, in.bodyTooLarge(limit)
	}
	return &lineReader{w: in.w, r: in.r, body: bufio.NewReaderSize(in.Reader(limit), 16<<10)}, nil
}

// next lets line read the next line that is not empty, if there is one.
func (l *lineReader) next(line *Input) bool {
	for !l.ended {
		buf := getBuffer()
		l.read(buf)
		if l.err == nil && skipSpace(buf.b, 0) < len(buf.b) {
			*line = Input{w: l.w, r: l.r, status: http.StatusUnprocessableEntity, body: buf, line: l.count}
			return true
		}
		putBuffer(buf)
	}
	return false
}

// read reads a line, without its end.
func (l *lineReader) read(buf *buffer) {
	l.count++
	for {
		part, err := l.body.ReadSlice('\n')
		buf.b = append(buf.b, part...)
		if err == nil {
			buf.b = buf.b[:len(buf.b)-1]
		}
		switch {
		case int64(len(buf.b)) > DefaultBodyLimit:
			l.fail(l.tooLong())
			return
		case err == nil:
			return
		case errors.Is(err, io.EOF):
			l.ended = true
			return
		case !errors.Is(err, bufio.ErrBufferFull):
			l.fail(err)
			return
		}
	}
}

func (l *lineReader) fail(err error) { l.err, l.ended = err, true }

// tooLong is the error of a line beyond the limit of lines, after which the
// connection is closed.
func (l *lineReader) tooLong() error {
	writer.CloseConnection(l.w)
	return &Rejection{
		status: http.StatusRequestEntityTooLarge,
		detail: "line " + strconv.Itoa(l.count) + " must have at most " + strconv.FormatInt(DefaultBodyLimit, 10) + " bytes",
	}
}

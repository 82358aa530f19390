package runtime

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// WriteLines answers with values as JSON lines (application/x-ndjson): each on
// a line of its own, as encoding/json writes it. The head of the answer goes
// out with the first value, and each value within 10 milliseconds; the client
// may take 30 seconds to accept what is sent to it, which replaces the
// WriteTimeout of the server.
//
// An error before the first value is returned, and nothing was sent. One after
// it, of values or because a value cannot be encoded, is logged and aborts the
// connection: the client must not take the lines before it for all of them.
// That is also why a server that drains waits for the end of values, and stops
// them only when the client goes: yield returns false then, and the context of
// the request has ended.
//
// For a HEAD request, and with a status that has no body, values is not run.
func WriteLines[T any](w http.ResponseWriter, r *http.Request, status int, values func(yield func(T, error) bool), parts ...*Parts) error {
	if values == nil {
		return ErrNilResponse
	}
	out := lines{w: w, r: r, status: status, parts: parts}
	if done, err := out.justHead(); done {
		return err
	}
	defer out.close()
	var value T
	for v, err := range values {
		value = v
		if !out.add(&value, err) {
			break
		}
	}
	return out.end()
}

// WriteLineSeq is [WriteLines] for values that do not fail.
func WriteLineSeq[T any](w http.ResponseWriter, r *http.Request, status int, values func(yield func(T) bool), parts ...*Parts) error {
	if values == nil {
		return ErrNilResponse
	}
	return WriteLines(w, r, status, func(yield func(T, error) bool) {
		values(func(v T) bool { return yield(v, nil) })
	}, parts...)
}

// lines is an answer of JSON lines.
type lines struct {
	w      http.ResponseWriter
	r      *http.Request
	status int
	parts  []*Parts

	out     *pacer // nil before the first value
	encoder *json.Encoder
	count   int   // of the values
	err     error // that ends them
	gone    error // of the connection
}

// justHead answers what needs no values.
func (l *lines) justHead() (done bool, err error) {
	switch {
	case !possible(l.status):
		return true, impossible(l.status)
	case !bodyAllowed(l.status):
		writeHead(l.w, l.status, l.parts)
		return true, nil
	case l.r.Method == http.MethodHead:
		l.head()
		return true, nil
	}
	return false, nil
}

func (l *lines) head() {
	l.w.Header()["Content-Type"] = contentTypeLines
	writeParts(l.w, l.parts)
	beginStream(l.w, l.r, l.status)
}

// add adds a value, and reports whether there may be more.
func (l *lines) add(v any, err error) bool {
	if err == nil {
		err = l.r.Context().Err()
	}
	if err != nil {
		l.err = err
		return false
	}
	l.count++
	if l.encoder == nil {
		l.encoder = json.NewEncoder(l)
		l.encoder.SetEscapeHTML(false) // it is not HTML
	}
	if err := l.encoder.Encode(v); err != nil && l.gone == nil {
		l.err = fmt.Errorf("encode value %d: %w", l.count, err)
	}
	return l.err == nil && l.gone == nil
}

// Write takes one line from the encoder.
func (l *lines) Write(line []byte) (int, error) {
	if l.out == nil {
		l.head()
		l.out = newPacer(l.w)
		l.out.holds = true
		l.out.timeout = defaultSendTimeout
	}
	var n int
	n, l.gone = l.out.Write(line)
	return n, l.gone
}

// end ends the answer, or returns an error if it has not begun.
func (l *lines) end() error {
	l.close()
	switch {
	case l.err != nil && (l.out != nil || isGone(l.r)):
		abort(l.w, l.r, l.status, l.err)
	case l.out == nil && l.err == nil:
		l.head()
	}
	return l.err
}

// close ends what goes on beside the values.
func (l *lines) close() {
	if l.out != nil {
		l.out.stop()
	}
}

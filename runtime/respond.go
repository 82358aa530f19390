package runtime

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
)

// Status is the status of an answer, such as [http.StatusCreated]. As a result
// of a handler it wins over the status of the route; 0 leaves that as it is.
type Status int

// Or returns the status, or the one given here if s is 0.
func (s Status) Or(status int) int {
	if s == 0 {
		return status
	}
	return int(s)
}

// NoContent is the result of a handler that answers 204 without a body.
type NoContent struct{}

// HTML is a body of the type text/html; charset=utf-8. It is sent as it is.
type HTML string

// Values of Content-Type that all answers share. They are never written to, and
// appending to one makes a copy. They are handed on by their address, which is
// one word where a slice is three.
var (
	contentTypeText    = []string{"text/plain; charset=utf-8"}
	contentTypeBytes   = []string{"application/octet-stream"}
	contentTypeHTML    = []string{"text/html; charset=utf-8"}
	contentTypeJSON    = []string{"application/json"}
	contentTypeForm    = []string{"application/x-www-form-urlencoded"}
	contentTypeProblem = []string{"application/problem+json"}
	contentTypeLines   = []string{"application/x-ndjson"}
	contentTypeEvents  = []string{"text/event-stream"}
)

// lengthBuffered is the size of net/http's buffer: of a body that fits in it
// net/http finds the Content-Length by itself, a longer one it would chunk.
const lengthBuffered = 2048

// WriteText answers with a body of the type text/plain; charset=utf-8.
func WriteText[T ~string](w http.ResponseWriter, status int, body T, parts ...*Parts) {
	sendString(w, status, &contentTypeText, string(body), parts)
}

// WriteHTML answers with a body of the type text/html; charset=utf-8.
func WriteHTML[T ~string](w http.ResponseWriter, status int, body T, parts ...*Parts) {
	sendString(w, status, &contentTypeHTML, string(body), parts)
}

// WriteBytes answers with a body of the type application/octet-stream.
func WriteBytes[T ~[]byte](w http.ResponseWriter, status int, body T, parts ...*Parts) {
	send(w, status, &contentTypeBytes, body, parts)
}

// WriteHandler lets h answer, with parts in the head. The error is
// [ErrNilResponse] for a nil h.
func WriteHandler(w http.ResponseWriter, r *http.Request, h http.Handler, parts ...*Parts) error {
	if h == nil {
		return ErrNilResponse
	}
	writeParts(w, parts)
	h.ServeHTTP(w, r)
	return nil
}

// WriteResponder lets res answer, with parts in the head. The error is
// [ErrNilResponse] for a nil res.
func WriteResponder(
	w http.ResponseWriter, r *http.Request,
	res interface {
		IntoResponse(w http.ResponseWriter, r *http.Request)
	},
	parts ...*Parts,
) error {
	if res == nil {
		return ErrNilResponse
	}
	writeParts(w, parts)
	res.IntoResponse(w, r)
	return nil
}

// WriteJSON answers with v as application/json. When v cannot be encoded, or
// the status cannot be sent, it returns an error before anything was sent.
func WriteJSON[T any](w http.ResponseWriter, status int, v *T, parts ...*Parts) error {
	return writeJSON(w, status, v, parts)
}

func writeJSON(w http.ResponseWriter, status int, v any, parts []*Parts) error {
	if !possible(status) {
		return impossible(status)
	}
	if !bodyAllowed(status) {
		writeHead(w, status, parts)
		return nil
	}
	if err := sendJSON(w, status, v, parts); err != nil {
		return fmt.Errorf("encode the answer: %w", err)
	}
	return nil
}

// WriteStatus answers without a body.
func WriteStatus(w http.ResponseWriter, status int, parts ...*Parts) {
	if !possible(status) {
		refuseStatus(w, status)
		return
	}
	writeHead(w, status, parts)
}

// send sends a whole answer in one piece.
func send(w http.ResponseWriter, status int, contentType *[]string, body []byte, parts []*Parts) {
	if isUsual(status, len(body), parts) {
		w.Header()["Content-Type"] = *contentType
		_, _ = w.Write(body) // the client has gone
		return
	}
	if begin(w, status, contentType, len(body), parts) {
		_, _ = w.Write(body)
	}
}

// sendString is send for a string, which net/http's writer takes without a
// copy.
func sendString(w http.ResponseWriter, status int, contentType *[]string, body string, parts []*Parts) {
	if isUsual(status, len(body), parts) {
		w.Header()["Content-Type"] = *contentType
		_, _ = io.WriteString(w, body) // the client has gone
		return
	}
	if begin(w, status, contentType, len(body), parts) {
		_, _ = io.WriteString(w, body)
	}
}

// isUsual reports whether the head of an answer is the type of its body and no
// more. The first byte of the body sends it then.
func isUsual(status, length int, parts []*Parts) bool {
	return status == http.StatusOK && 0 < length && length <= lengthBuffered && len(parts) == 0
}

// begin sends the head of an answer and reports whether its body is to follow.
func begin(w http.ResponseWriter, status int, contentType *[]string, length int, parts []*Parts) bool {
	if !possible(status) {
		refuseStatus(w, status)
		return false
	}
	if bodyAllowed(status) {
		setBodyHeader(w, contentType, length)
	}
	writeHead(w, status, parts)
	return length > 0 && bodyAllowed(status)
}

// setBodyHeader sets the fields of the header that describe a body.
func setBodyHeader(w http.ResponseWriter, contentType *[]string, length int) {
	header := w.Header()
	header["Content-Type"] = *contentType
	if length > lengthBuffered {
		header["Content-Length"] = []string{strconv.Itoa(length)}
	}
}

func writeHead(w http.ResponseWriter, status int, parts []*Parts) {
	writeParts(w, parts)
	w.WriteHeader(status)
}

func writeParts(w http.ResponseWriter, parts []*Parts) {
	for _, p := range parts {
		if p != nil {
			p.WriteTo(w)
		}
	}
}

// possible reports whether an answer can have that status: one that is final
// (RFC 9110 §15), since 1xx announces another.
func possible(status int) bool { return 200 <= status && status <= 599 }

// bodyAllowed reports whether an answer with that status can have a body
// (RFC 9110 §6.4.1).
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

func impossible(status int) error {
	return fmt.Errorf("status %d is not between 200 and 599", status)
}

// refuseStatus answers 500 in place of a status that cannot be sent.
func refuseStatus(w http.ResponseWriter, status int) {
	slog.Default().Error("request failed", slog.Any("error", impossible(status)))
	writeProblem(w, http.StatusInternalServerError, "", nil)
}

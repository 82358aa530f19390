package client

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// maxErrorBody is how much is kept of the body of an error.
const maxErrorBody = 1 << 20

// An Error is an answer that says that a request failed. If it came as a problem
// document (RFC 9457), as handlers answer unless they have an errors function,
// its members are here too. Find it with errors.As or errors.AsType.
type Error struct {
	Method   string
	URL      string
	Status   int
	Title    string            // "Not Found"
	Detail   string            // "there is no user 7"
	Problems []runtime.Problem // the values of the request that are not valid
	Header   http.Header
	Body     []byte // as it came, at most 1 MiB
}

// Error says which request failed and why.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s %s: %d", e.Method, e.URL, e.Status)
	if e.Title != "" {
		text += " " + e.Title
	}
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	for i, p := range e.Problems {
		separator := ", "
		if i == 0 {
			separator = ": "
		}
		text += fmt.Sprintf("%s%s %s %s", separator, p.In, p.Name, p.Detail)
	}
	return text
}

// newError makes an error of an answer, and closes it.
func newError(res *http.Response) error {
	defer closeBody(res)
	e := &Error{Status: res.StatusCode, Title: http.StatusText(res.StatusCode), Header: res.Header}
	if r := res.Request; r != nil {
		e.Method, e.URL = r.Method, r.URL.Redacted()
	}
	var err error
	e.Body, err = io.ReadAll(io.LimitReader(res.Body, maxErrorBody))
	if err != nil || !isProblem(res) {
		return e // the status says enough
	}
	var doc struct {
		Title  string            `json:"title"`
		Detail string            `json:"detail"`
		Errors []runtime.Problem `json:"errors"`
	}
	if json.Unmarshal(e.Body, &doc) == nil {
		if doc.Title != "" {
			e.Title = doc.Title
		}
		e.Detail, e.Problems = doc.Detail, doc.Errors
	}
	return e
}

// Unexpected makes an error of an answer that the client was not made for.
func Unexpected(res *http.Response) error { return newError(res) }

func isProblem(res *http.Response) bool {
	media, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	return media == "application/problem+json"
}

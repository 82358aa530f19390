package runtime

import (
	"errors"
	"io"
	"net/http"
	"slices"
)

// Response is a whole answer: the result of [Next.Run], for a middleware
// function to change and return, and as such a result of any handler.
//
// The body is closed once it is sent, or when it will not be. An error of a body
// is answered as other errors before its first byte; after that, or if the body
// is made of the handler's, it aborts the connection, so that the client does
// not take a part for the whole.
//
// The body that Run returns, as long as it is in its place, goes from the
// handler to the client without passing through here, whatever becomes of
// status and header: files by sendfile, every piece and every Flush when the
// handler sends it. What the function has read of it before is not sent.
//
// A body that wraps it, or stands in its place, is copied; when the handler
// flushes, it is flushed piece by piece, so that events still arrive one by
// one. The Content-Length that the handler had set is dropped then; one of
// another value is the function's own, and sent. Other fields that describe the
// body, such as Etag and Content-Encoding, are for the function to correct.
// Trailers of the handler are sent after a body that was read to its end.
//
// A response of Run has the whole header of the answer, with what middleware
// further out has set before; what the function deletes is not sent. The fields
// of a Response that the function makes are added to those, each replacing what
// has its name.
type Response struct {
	Status int // 0 stands for 200, in an errors function for that of the error
	Header http.Header
	Body   io.ReadCloser // nil for none

	run  *run // that it is the answer of; nil if someone made it
	sent bool // it stands for an answer that has been sent
}

// StatusOr returns the status, or the one given here if that of res is 0.
func (res *Response) StatusOr(status int) int {
	if res == nil || res.Status == 0 {
		return status
	}
	return res.Status
}

// IntoResponse answers with res. It makes a Response fit for results of
// interface types.
func (res *Response) IntoResponse(w http.ResponseWriter, r *http.Request) {
	defer CloseBody(res)
	if err := WriteResponse(w, r, res.StatusOr(http.StatusOK), res); err != nil {
		RenderError(w, r, err)
	}
}

// WriteResponse answers with res, and with that status. The error is that of an
// answer which has not begun: [ErrNilResponse] for a nil res, a status that
// cannot be sent, a body that cannot be read or was closed. Closing the body is
// left to [CloseBody].
func WriteResponse(w http.ResponseWriter, r *http.Request, status int, res *Response, parts ...*Parts) error {
	switch {
	case res == nil:
		return ErrNilResponse
	case res.sent:
		res.checkSent(r)
		return nil
	}
	u := res.origin()
	switch {
	case u != nil && u.phase.Load() == hijacked:
		u.wait()
		u.raise()
		return nil
	case u != nil:
		return u.send(w, r, status, res, parts)
	}
	return res.send(w, r, status, parts)
}

// origin returns the run that a response is of, or that its body is of.
func (res *Response) origin() *run {
	if body, ok := res.Body.(*runBody); ok && res.run == nil {
		return (*run)(body)
	}
	return res.run
}

// send sends a response that someone made.
func (res *Response) send(w http.ResponseWriter, r *http.Request, status int, parts []*Parts) error {
	if !possible(status) {
		return impossible(status)
	}
	if res.Body == nil || !bodyAllowed(status) {
		addAll(w.Header(), res.Header)
		writeHead(w, status, parts)
		return nil
	}
	return relay(w, r, status, res.Body, func() {
		addAll(w.Header(), res.Header)
		writeParts(w, parts)
	})
}

// addAll adds the fields of h, each in place of what has its name.
func addAll(header, h http.Header) {
	for name, lines := range h {
		header[http.CanonicalHeaderKey(name)] = slices.Clip(lines)
	}
}

// checkSent says so if a function has changed an answer after it was sent. It
// would not have been sent then if the generated code were not of before.
func (res *Response) checkSent(r *http.Request) {
	if res.Status != 0 || len(res.Header) > 0 || res.Body != http.NoBody {
		logError(r, http.StatusInternalServerError, "a middleware function has changed an answer that has been sent",
			errors.New("the generated code is older than the function: run handlergen"))
	}
}

package service

import (
	"io"
	"net/http"
	"reflect"
	"sync"
	"time"
)

// A result can outlive the call that returned it: of an [*http.Response] the
// body is still to come. These functions know which results do that.

// lasts reports whether res is in use after the call.
func lasts[Res any](res Res) bool {
	r, ok := any(res).(*http.Response)
	return ok && hasBody(r)
}

// hasBody reports whether a response has a body to come.
func hasBody(r *http.Response) bool {
	return r != nil && r.Body != nil && r.Body != http.NoBody
}

// atEnd calls f once, when res has been used: when its body is closed or has
// been read to its end, and at once for a result that does not last.
func atEnd[Res any](res Res, f func()) {
	r, ok := any(res).(*http.Response)
	if !ok || !hasBody(r) {
		f()
		return
	}
	body := &endingBody{ReadCloser: r.Body, end: sync.OnceFunc(f)}
	if w, ok := r.Body.(io.Writer); ok { // after 101 Switching Protocols
		r.Body = &endingConn{endingBody: body, Writer: w}
		return
	}
	r.Body = body
}

// An endingBody says when it ends.
type endingBody struct {
	io.ReadCloser
	end func()
}

func (b *endingBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.end()
	}
	return n, err
}

func (b *endingBody) Close() error {
	defer b.end()
	return b.ReadCloser.Close()
}

// An endingConn is a body that is both ways of a connection. Its end is that
// of Close alone: the other side may have ended its half only.
type endingConn struct {
	*endingBody
	io.Writer
}

func (c *endingConn) Read(p []byte) (int, error) { return c.ReadCloser.Read(p) }

// discard does away with a result that nobody will use.
func discard[Res any](res Res) {
	switch r := any(res).(type) {
	case *http.Response:
		if hasBody(r) {
			closeBody(r)
		}
	case io.Closer:
		if !isNil(r) {
			_ = r.Close()
		}
	}
}

// closeBody closes a body. Of a short one it first reads the rest, if that comes
// soon, so that the connection can be used again.
func closeBody(r *http.Response) {
	if 0 < r.ContentLength && r.ContentLength <= discardLimit {
		late := time.AfterFunc(discardTime, func() { _ = r.Body.Close() })
		_, _ = io.CopyN(io.Discard, r.Body, r.ContentLength+1) // and the EOF
		if !late.Stop() {
			return
		}
	}
	_ = r.Body.Close()
}

// How much of a body is read, and for how long, rather than a new connection
// made.
const (
	discardLimit = 4 << 10
	discardTime  = 50 * time.Millisecond
)

// isNil reports whether v is a nil pointer in an interface.
func isNil(v any) bool {
	value := reflect.ValueOf(v)
	return value.Kind() == reflect.Pointer && value.IsNil()
}

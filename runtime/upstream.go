package runtime

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/runtime/drain"
)

// WriteUpstream answers with the response of another server, as a proxy does:
// its status, unless that given here is not 0, its header without the fields
// that are about its own connection (RFC 9110 §7.6.1), and its body as it comes,
// with the trailers behind it. Each field of the header replaces what the answer
// has under its name, except that cookies are added.
//
// What upstream sends reaches the client within 10 milliseconds, events one by
// one. If it breaks off, that is logged and aborts the connection. A stream of
// events ends when the server drains. Upstream should be asked with the context
// of the request, so that it hears when the client has gone.
//
// The error is that of an answer which has not begun: res is nil, or has a
// status that cannot be passed on. That is also 101 (Switching Protocols): for
// connections that are taken over return an [http.Handler], such as an
// [net/http/httputil.ReverseProxy], which passes on other interim answers (1xx),
// too: a client keeps them to itself. Closing the body is left to [CloseBody].
func WriteUpstream(w http.ResponseWriter, r *http.Request, status int, res *http.Response, parts ...*Parts) error {
	if res == nil {
		return ErrNilResponse
	}
	if !possible(res.StatusCode) {
		return &upstreamError{http.StatusBadGateway, fmt.Errorf("upstream answered with status %d, which cannot be passed on", res.StatusCode)}
	}
	if status == 0 {
		status = res.StatusCode
	}
	if !possible(status) {
		return impossible(status)
	}
	passHeader(w.Header(), res)
	trailers := announce(w.Header(), res.Trailer)
	writeParts(w, parts)
	beginStream(w, r, status)
	if r.Method == http.MethodHead || !bodyAllowed(status) || res.Body == nil {
		return nil
	}
	passBody(w, r, status, res)
	passTrailers(w, res.Trailer, trailers)
	return nil
}

// passHeader adds the header of a response that is about what it says, and not
// about how it came here.
func passHeader(header http.Header, res *http.Response) {
	connection := ownFields(res.Header)
	for name, lines := range res.Header {
		switch name = textproto.CanonicalMIMEHeaderKey(name); {
		case slices.Contains(hopFields, name), slices.Contains(connection, name):
		case name == "Set-Cookie":
			header[name] = append(header[name], lines...)
		default:
			header[name] = slices.Clip(lines)
		}
	}
	if res.ContentLength > 0 && header["Content-Length"] == nil && len(res.TransferEncoding) == 0 && !res.Uncompressed {
		header["Content-Length"] = []string{strconv.FormatInt(res.ContentLength, 10)}
	}
}

// hopFields are the fields that are about one connection, also where Connection
// does not name them.
var hopFields = []string{
	"Connection",
	"Proxy-Connection",
	"Keep-Alive",
	"Proxy-Authenticate",
	"Proxy-Authorization",
	"Te",
	"Trailer",
	"Transfer-Encoding",
	"Upgrade",
}

// ownFields lists the fields that a header says are about its connection.
func ownFields(header http.Header) []string {
	var names []string
	for _, line := range header["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			names = append(names, textproto.CanonicalMIMEHeaderKey(textproto.TrimString(name)))
		}
	}
	return names
}

// announce announces the trailers that upstream has announced, and returns how
// many there are.
func announce(header, trailer http.Header) int {
	if len(trailer) > 0 {
		header["Trailer"] = []string{strings.Join(slices.Sorted(maps.Keys(trailer)), ", ")}
	}
	return len(trailer)
}

// passBody sends the body of a response as it comes. What has no length may be
// long in coming, so its head goes out before. What may have no end ends with
// the server.
func passBody(w http.ResponseWriter, r *http.Request, status int, res *http.Response) {
	chunk := chunks.Get().(*[chunkSize]byte)
	defer chunks.Put(chunk)
	out := newPacer(w)
	defer out.stop()
	if res.ContentLength < 0 {
		out.flush()
	}
	var draining <-chan struct{}
	if isMediaType(res.Header.Get("Content-Type"), contentTypeEvents[0]) {
		draining = drain.Done(r.Context())
		defer endsWithServer(r)()
	}
	for {
		n, more, err := readSome(res.Body, chunk[:])
		if _, gone := out.Write(chunk[:n]); gone != nil {
			return
		}
		select {
		case <-draining:
			return
		default:
		}
		if err != nil {
			out.stop()
			abort(w, r, status, fmt.Errorf("read what upstream answers: %w", err))
		}
		if !more {
			return
		}
	}
}

// passTrailers sends the trailers, those that upstream has not announced as
// well.
func passTrailers(w http.ResponseWriter, trailer http.Header, announced int) {
	if len(trailer) == 0 {
		return
	}
	_ = http.NewResponseController(w).Flush() // a short body would be sent with its length, and without trailers
	prefix := ""
	if len(trailer) != announced {
		prefix = http.TrailerPrefix
	}
	for name, lines := range trailer {
		w.Header()[prefix+name] = lines
	}
}

// UpstreamError gives the error of a handler that passes on what another server
// answers a status: 502 if that could not be reached or did not answer, and 504
// if it took too long. It is for generated code. Errors that have a status of
// their own, and those that are not about a connection, are left alone.
//
// All errors of an [http.Client] are about one. Of those of an
// [http.RoundTripper] only some can be told from others; who gets them alone,
// as the ErrorHandler of an [net/http/httputil.ReverseProxy] does, makes a
// [*url.Error] of them, as a client would.
func UpstreamError(err error) error {
	if isNil(err) || StatusOf(err) != http.StatusInternalServerError || hasStatus(err) {
		return err
	}
	if call, ok := errors.AsType[*url.Error](err); ok && call != nil {
		switch {
		case call.Op == "parse":
			return err // nobody was asked
		case call.Timeout():
			return &upstreamError{http.StatusGatewayTimeout, err}
		}
		return &upstreamError{http.StatusBadGateway, err}
	}
	network, ok := errors.AsType[net.Error](err)
	switch {
	case ok && !isNil(network) && network.Timeout():
		return &upstreamError{http.StatusGatewayTimeout, err}
	case ok && !isNil(network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &upstreamError{http.StatusBadGateway, err}
	}
	return err
}

// An upstreamError is an error of another server.
type upstreamError struct {
	status int
	err    error
}

func (e *upstreamError) Status() int   { return e.status }
func (e *upstreamError) Error() string { return e.err.Error() }
func (e *upstreamError) Unwrap() error { return e.err }

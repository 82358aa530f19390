package service

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/stack"
)

// FromHandler makes a service of an [http.Handler], without a network between
// them. It is always ready. A call runs the handler in a goroutine of its own
// and returns when the head of the response is there: what the handler writes
// after that goes to whoever reads the body, as they read it. Whatever a
// client of net/http would see, it sees: up to 2048 bytes are gathered before
// the head is sent, unless the handler flushes; the Content-Type is detected
// where it is missing; there is a Date, and a short body has a Content-Length;
// trailers come after the body.
//
// A request that was made for a client is shown to the handler as a server
// would show it. When the handler returns, the body of the request is closed, and
// the files of a multipart form that it has parsed are removed. The context of
// the handler is that of the call; it ends when the body is closed. A handler
// that does not heed the end of its context is left alone, as by [Detach].
// Hijacking is not possible.
//
// A panic of the handler before the head is a panic of the call (of
// [http.ErrAbortHandler], or a [*PanicError]); after that, it is an error in
// reading the body.
func FromHandler(h http.Handler) Service[*http.Request, *http.Response] {
	return &handler{h}
}

type handler struct {
	handler http.Handler
}

func (h *handler) Ready(context.Context) error { return nil }

func (h *handler) Call(ctx context.Context, r *http.Request) (*http.Response, error) {
	handling, cancel := context.WithCancel(ctx)
	a := &answer{
		running: newRunning[*http.Response](),
		request: r,
		cancel:  cancel,
		header:  make(http.Header),
		length:  -1,
	}
	go a.serve(h.handler, serverRequest(handling, r))
	return a.running.wait(ctx)
}

// serverRequest returns r as a handler expects it.
func serverRequest(ctx context.Context, r *http.Request) *http.Request {
	s := r.WithContext(ctx)
	if s.Body == nil {
		s.Body = http.NoBody
	}
	if r.RequestURI != "" {
		return s // it comes from a server
	}
	url := *r.URL
	url.Scheme, url.Host, url.User, url.Fragment, url.RawFragment = "", "", nil, "", ""
	if url.Path == "" {
		url.Path = "/"
	}
	s.URL, s.RequestURI = &url, r.URL.RequestURI()
	if s.Header = r.Header.Clone(); s.Header == nil {
		s.Header = make(http.Header)
	}
	if s.Host == "" {
		s.Host = r.URL.Host
	}
	if s.Method == "" {
		s.Method = http.MethodGet
	}
	if s.ContentLength == 0 && s.Body != http.NoBody {
		s.ContentLength = -1
	}
	s.Proto, s.ProtoMajor, s.ProtoMinor = "HTTP/1.1", 1, 1
	return s
}

// An answer is the [http.ResponseWriter] of a handler whose caller waits for a
// response.
type answer struct {
	running *running[*http.Response] // of the head
	request *http.Request
	cancel  context.CancelFunc // of the handler's context

	header  http.Header
	status  int            // 0: none yet
	sending http.Header    // as it was when the status was set
	length  int64          // as the header has it, or -1
	written int64          // by the handler
	buffer  []byte         // what was written and has not been sent
	res     *http.Response // nil until the head is sent
	pipe    *io.PipeWriter // where the rest of the body goes then
	closed  atomic.Bool    // by whoever reads it
}

// bufferSize is how much net/http gathers before it sends the head.
const bufferSize = 2048

// serve runs the handler and ends the response.
func (a *answer) serve(h http.Handler, r *http.Request) {
	stack.Grow()
	defer a.cancel()
	defer closeRequest(r)
	var o outcome[struct{}]
	defer func() { a.end(o) }()
	if r.MultipartForm == nil { // else it is for whoever parsed it
		defer removeFiles(r)
	}
	o.of(func() (struct{}, error) {
		h.ServeHTTP(a, r)
		return struct{}{}, nil
	})
}

// removeFiles removes what a handler has parsed to temporary files.
func removeFiles(r *http.Request) {
	if r.MultipartForm != nil {
		_ = r.MultipartForm.RemoveAll()
	}
}

// end ends the response of a handler that has ended so.
func (a *answer) end(o outcome[struct{}]) {
	failure := o.err
	switch {
	case isAbort(o.panicked):
		failure = io.ErrUnexpectedEOF
	case o.panicked != nil:
		failure = o.panicked
	case failure == nil && a.length > a.written && a.hasBody():
		failure = io.ErrUnexpectedEOF
	}
	switch {
	case a.pipe != nil:
		a.setTrailer()
		if _ = a.pipe.CloseWithError(failure); a.closed.Load() { // nil: EOF
			o.discard() // nobody reads of a panic
		}
	case o.panicked != nil || o.err != nil:
		a.running.finish(outcome[*http.Response]{err: o.err, panicked: o.panicked})
	default:
		a.sendWhole(failure)
	}
}

// Header returns the header that WriteHeader will send.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader sets the status. The head is sent later, but is as it is now.
func (a *answer) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status))
	}
	if a.status != 0 {
		return
	}
	if status < 200 && status != http.StatusSwitchingProtocols {
		a.inform(status)
		return
	}
	a.status = status
	a.sending = a.header.Clone()
	if length, err := strconv.ParseInt(a.sending.Get("Content-Length"), 10, 64); err == nil && length >= 0 {
		a.length = length
	} else {
		delete(a.sending, "Content-Length")
	}
}

// inform tells a caller who wants to know of an informational response.
func (a *answer) inform(status int) {
	trace := httptrace.ContextClientTrace(a.request.Context())
	if trace != nil && trace.Got1xxResponse != nil {
		_ = trace.Got1xxResponse(status, textproto.MIMEHeader(a.header.Clone()))
	}
}

// Write sends p, or gathers it while there is little.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if len(p) == 0 {
		return 0, nil
	}
	if !bodyAllowed(a.status) {
		return 0, http.ErrBodyNotAllowed
	}
	if a.written += int64(len(p)); a.length >= 0 && a.written > a.length {
		return 0, http.ErrContentLength
	}
	if a.pipe == nil {
		if len(a.buffer)+len(p) <= bufferSize {
			a.buffer = append(a.buffer, p...)
			return len(p), nil
		}
		if err := a.send(p); err != nil {
			return 0, err
		}
	}
	if !a.hasBody() {
		return len(p), nil
	}
	return a.pipe.Write(p)
}

// Flush sends what has been gathered.
func (a *answer) Flush() { _ = a.FlushError() }

// FlushError is what [http.ResponseController] prefers to Flush.
func (a *answer) FlushError() error {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.pipe != nil {
		return nil
	}
	return a.send(nil)
}

// EnableFullDuplex is for [http.ResponseController]: a handler may always read
// the request after it has begun to write.
func (a *answer) EnableFullDuplex() error { return nil }

// send sends the head and what was gathered. More is what comes next.
func (a *answer) send(more []byte) error {
	first := a.buffer
	if len(first) == 0 {
		first = more
	}
	reader, writer := io.Pipe()
	a.makeHead(first)
	a.pipe = writer
	if a.hasBody() {
		a.res.Body = &pipeBody{reader, a}
	}
	a.running.finish(outcome[*http.Response]{res: a.res})
	buffer := a.buffer
	a.buffer = nil
	if !a.hasBody() || len(buffer) == 0 {
		return nil
	}
	_, err := writer.Write(buffer)
	return err
}

// sendWhole sends a response that has been gathered whole. If it ends before it
// should, failure says how.
func (a *answer) sendWhole(failure error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	if a.length < 0 && bodyAllowed(a.status) && (len(a.buffer) > 0 || a.hasBody()) && !a.hasTrailer() {
		a.length = int64(len(a.buffer))
		a.sending["Content-Length"] = []string{strconv.Itoa(len(a.buffer))}
	}
	a.makeHead(a.buffer)
	switch {
	case !a.hasBody():
	case failure != nil:
		a.res.Body = io.NopCloser(io.MultiReader(bytes.NewReader(a.buffer), failingReader{failure}))
	case len(a.buffer) > 0:
		a.res.Body = io.NopCloser(bytes.NewReader(a.buffer))
	}
	a.setTrailer()
	a.running.finish(outcome[*http.Response]{res: a.res})
}

// makeHead makes the response, of which first is what the body begins with.
func (a *answer) makeHead(first []byte) {
	_, typed := a.sending["Content-Type"]
	_, encoded := a.sending["Content-Encoding"]
	if !typed && !encoded && len(first) > 0 {
		a.sending["Content-Type"] = []string{http.DetectContentType(first)}
	}
	if _, dated := a.sending["Date"]; !dated {
		a.sending["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	}
	if !bodyAllowed(a.status) && a.request.Method != http.MethodHead {
		a.length = 0
	}
	text := http.StatusText(a.status)
	if text == "" {
		text = fmt.Sprintf("status code %d", a.status)
	}
	a.res = &http.Response{
		Status:     fmt.Sprintf("%d %s", a.status, text),
		StatusCode: a.status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Trailer:       a.announced(),
		Header:        a.sending,
		Body:          http.NoBody,
		ContentLength: a.length,
		Request:       a.request,
	}
}

// announced takes the names of the trailer out of the header that is being
// sent, and what nobody sends.
func (a *answer) announced() http.Header {
	var trailer http.Header
	if a.hasBody() {
		for _, value := range a.sending["Trailer"] {
			for name := range strings.SplitSeq(value, ",") {
				if trailer == nil {
					trailer = make(http.Header)
				}
				trailer[http.CanonicalHeaderKey(textproto.TrimString(name))] = nil
			}
		}
		delete(a.sending, "Trailer")
	}
	for name, values := range a.sending {
		if len(values) == 0 || strings.HasPrefix(name, http.TrailerPrefix) {
			delete(a.sending, name)
		}
	}
	return trailer
}

// hasTrailer reports whether the header announces a trailer, which goes with a
// body of unknown length only.
func (a *answer) hasTrailer() bool { return len(a.sending["Trailer"]) > 0 }

// setTrailer gives the response the trailer, now that the body has been
// written.
func (a *answer) setTrailer() {
	if !a.hasBody() {
		return
	}
	for name := range a.res.Trailer {
		a.res.Trailer[name] = slices.Clone(a.header[name])
	}
	for key, values := range a.header {
		if name, ok := strings.CutPrefix(key, http.TrailerPrefix); ok {
			if a.res.Trailer == nil {
				a.res.Trailer = make(http.Header)
			}
			a.res.Trailer[name] = slices.Clone(values)
		}
	}
}

// hasBody reports whether the caller gets what the handler writes.
func (a *answer) hasBody() bool {
	return a.request.Method != http.MethodHead && (a.status == 0 || bodyAllowed(a.status))
}

// bodyAllowed reports whether a response with that status can have a body
// (RFC 9110 §6.4.1).
func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// A pipeBody is a body that is being written. Closing it tells the handler.
type pipeBody struct {
	*io.PipeReader
	answer *answer
}

func (b *pipeBody) Close() error {
	b.answer.closed.Store(true)
	b.answer.cancel()
	return b.PipeReader.Close()
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

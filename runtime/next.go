package runtime

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	goruntime "runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/stack"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// Next is what comes after a function with a //handlergen:middleware directive:
// the middleware further in, and the handler. Only such functions take one.
//
//	//handlergen:middleware
//	func Timed(r *http.Request, next runtime.Next) *runtime.Response {
//		start := time.Now()
//		res := next.Run(r)
//		res.Header.Set("Server-Timing", fmt.Sprintf("handler;dur=%d", time.Since(start).Milliseconds()))
//		return res
//	}
type Next struct {
	chain *Chain

	// Of one that lets the handler answer directly.
	w       http.ResponseWriter
	handler http.Handler
}

// Run lets the rest of the chain answer r, and returns its answer as soon as the
// head is known: when the handler calls WriteHeader, Write or Flush, or returns.
// The function may change the answer and return it, or answer otherwise; or not
// call Run at all. r may be another request than the function was given, such
// as one with an extension, as long as it is made of that one.
//
// The body follows at the pace of whoever takes it. Nothing is buffered: until
// the function returns, or reads the body, the handler waits in its first
// Write. See [Response] for what becomes of the body.
//
// A function is done with an answer when it returns something else, closes the
// body, or calls Run again. The context of the handler's request is then
// cancelled and its writes fail; it has ended before the next Run starts and
// before the function's own caller goes on, so that no two handlers ever use
// the request at a time. To Run again, as for a retry, is to answer the request
// again: a body that the first handler has read is gone unless the function
// gives r another.
//
// A panic of the handler before the head comes out of Run with the same value,
// and one after it aborts the connection if its answer was returned. A handler
// that hijacks the connection makes Run return an answer with status 101;
// whatever is returned then, nothing is sent.
//
// Run is called on the goroutine of the function and not after its return.
//
// Functions that do nothing with an answer but return it are generated without
// the goroutine that this takes. There Run returns when the answer has been
// sent, and what it returns only stands for it.
func (n Next) Run(r *http.Request) *Response {
	switch {
	case r == nil:
		panic("runtime: Next.Run of a nil request")
	case n.chain != nil:
		return n.chain.run(r)
	case n.handler != nil:
		n.handler.ServeHTTP(n.w, r)
		return &Response{Header: make(http.Header), Body: http.NoBody, sent: true}
	}
	panic("runtime: Run of a Next that is not an adapter's")
}

// DirectNext returns a Next that lets h answer on w, for middleware functions
// that return the answer of Run as it is. It is for generated code.
func DirectNext(w http.ResponseWriter, h http.Handler) Next { return Next{w: w, handler: h} }

// A Chain is the rest of a chain behind one call of a middleware function. It
// is for generated code, which gives its Next to the function, and calls End
// whatever happens.
type Chain struct {
	w       http.ResponseWriter
	handler http.Handler

	mu      sync.Mutex
	last    *run // the latest call of Run
	running bool // it has not returned
	over    bool // the function has
}

// NewChain returns a chain that answers by h. It does not write to w but for
// what goes past middleware: informational responses, and hijacked connections.
func NewChain(w http.ResponseWriter, h http.Handler) *Chain { return &Chain{w: w, handler: h} }

// Next returns what the middleware function calls the rest of the chain by.
func (c *Chain) Next() Next { return Next{chain: c} }

// End ends a handler whose answer was not returned, and waits for it.
func (c *Chain) End() {
	c.mu.Lock()
	c.over = true
	u := c.last
	c.mu.Unlock()
	if u != nil {
		u.abandon()
	}
}

func (c *Chain) run(r *http.Request) *Response {
	ctx, cancel := context.WithCancelCause(r.Context())
	u, before := c.start(r, cancel)
	defer c.stop()
	if before != nil {
		before.abandon()
	}
	go u.serve(c.handler, r.WithContext(ctx))
	return u.answer()
}

// start makes the latest run, and returns the one before as well. The writer is
// left alone once the function has returned, for it may be the server's again.
func (c *Chain) start(r *http.Request, cancel context.CancelCauseFunc) (u, before *run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.over:
		panic("runtime: Next.Run after the middleware function has returned")
	case c.running:
		panic("runtime: Next.Run during another call of it")
	}
	u, before = newRun(c.w, r, cancel), c.last
	c.last, c.running = u, true
	return u, before
}

func (c *Chain) stop() {
	c.mu.Lock()
	c.running = false
	c.mu.Unlock()
}

// A run is one call of Next.Run: a handler on a goroutine of its own, the
// writer that it answers through, and the body that comes of that.
type run struct {
	request *http.Request // as given to Run
	cancel  context.CancelCauseFunc
	header  http.Header // the handler's
	res     Response    // as Run returns it
	status  int         // as the handler chose it
	length  string      // Content-Length, as the handler set it

	phase  atomic.Uint32 // written under mu
	mu     sync.Mutex
	change sync.Cond // of what follows
	w      http.ResponseWriter
	chunk  []byte // what a Write offers to the reader of the body
	sent   int64  // bytes of the body that were offered
	taken  int64  // bytes of the body that were read
	closed bool   // the body was, by its reader
	failed any    // the handler's panic
	exited bool   // the handler called runtime.Goexit
	ended  bool   // the handler has

	writing sync.Mutex // held by the one Write that may offer a chunk

	flushed atomic.Bool // the handler wants what it wrote to arrive at once
	copying sync.Mutex
	copyTo  http.ResponseWriter // where a body made of this one goes; under copying
}

// The phases of a run.
const (
	working  uint32 = iota // the head is not known yet
	held                   // the body waits for what becomes of it
	piped                  // the body is being read
	open                   // the body goes where the answer goes
	shut                   // the body is not wanted
	hijacked               // there is no body, for the connection is the handler's
)

var (
	errUnwanted   = errors.New("runtime: a middleware function has no use for this answer")
	errClosedBody = errors.New("the body of the response was closed before it was returned, or Next.Run called again")
	errPassedBody = errors.New("runtime: the body is read after the response was returned")
	errBodyIsRead = fmt.Errorf("runtime: a middleware function reads the body: %w", http.ErrNotSupported)
)

func newRun(w http.ResponseWriter, r *http.Request, cancel context.CancelCauseFunc) *run {
	u := &run{w: w, request: r, cancel: cancel, header: w.Header().Clone(), status: http.StatusOK}
	if u.header == nil {
		u.header = make(http.Header)
	}
	u.change.L = &u.mu
	return u
}

// serve runs the handler.
func (u *run) serve(h http.Handler, r *http.Request) {
	returned := false
	defer func() {
		if !returned {
			reason := recover()
			u.keepStack(reason)
			u.mu.Lock()
			if u.phase.Load() != shut { // else nobody has to know
				u.failed, u.exited = reason, reason == nil
			}
			u.mu.Unlock()
		}
		u.end(r)
	}()
	stack.Grow()
	h.ServeHTTP(u, r)
	returned = true
}

// keepStack keeps where a panic comes from, which is not to be seen any more on
// the goroutine where it goes on: for a layer that recovers, else in the log.
func (u *run) keepStack(reason any) {
	if err, ok := reason.(error); reason == nil || ok && errors.Is(err, http.ErrAbortHandler) {
		return
	}
	trace := debug.Stack()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() != shut && writer.SetStack(u.w, trace) {
		return
	}
	slog.Default().LogAttrs(u.request.Context(), slog.LevelError, "panic behind a middleware function",
		slog.String("method", u.request.Method),
		slog.String("path", u.request.URL.Path),
		slog.Any("panic", reason),
		slog.String("stack", string(trace)),
	)
}

// Below is where a stack goes on its way out; see writer.SetStack.
func (u *run) Below() http.ResponseWriter {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.w
}

// end tells everyone that the handler has ended. The files of a form that it
// read are removed here, since net/http knows only its own copy of the request.
func (u *run) end(r *http.Request) {
	if r.MultipartForm != nil && r.MultipartForm != u.request.MultipartForm {
		_ = r.MultipartForm.RemoveAll()
	}
	u.cancel(nil)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == open {
		u.phase.Store(shut)
	}
	u.ended = true
	u.change.Broadcast()
}

// answer waits for the head and returns the answer.
func (u *run) answer() *Response {
	u.mu.Lock()
	for u.phase.Load() == working && !u.ended {
		u.change.Wait()
	}
	headless := u.phase.Load() == working
	if headless {
		u.phase.Store(held)
		u.res.Header = u.header
	}
	u.mu.Unlock()
	if headless {
		u.raise()
	}
	u.res.Status, u.res.Body, u.res.run = u.status, (*runBody)(u), u
	return &u.res
}

// raise does what the handler did at its end: panic, exit or return.
func (u *run) raise() {
	u.mu.Lock()
	failed, exited := u.failed, u.exited
	u.mu.Unlock()
	switch {
	case exited:
		goruntime.Goexit()
	case failed != nil:
		panic(failed)
	}
}

// abandon tells the handler that nobody wants its answer, and waits for it.
func (u *run) abandon() {
	u.shut()
	u.wait()
}

// shut makes the handler's writes fail and cancels its context.
func (u *run) shut() {
	u.mu.Lock()
	if u.phase.Load() != hijacked {
		u.phase.Store(shut)
	}
	u.change.Broadcast()
	u.mu.Unlock()
	u.cancel(errUnwanted)
}

func (u *run) wait() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for !u.ended {
		u.change.Wait()
	}
}

// open lets the handler write to w by itself, and waits until it has ended.
func (u *run) open(w http.ResponseWriter) {
	u.mu.Lock()
	for flushed := false; u.flushed.Load() && !flushed; flushed = true {
		u.mu.Unlock()
		_ = http.NewResponseController(w).Flush() // the head, for what follows may take its time
		u.mu.Lock()
	}
	if phase := u.phase.Load(); !u.ended && (phase == held || phase == piped) {
		u.w = w
		u.phase.Store(open)
		u.change.Broadcast()
	}
	u.mu.Unlock()
	u.wait()
}

// The methods below are the handler's.

// Header returns the handler's own header, which at first has what middleware
// further out has set.
func (u *run) Header() http.Header { return u.header }

func (u *run) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status)) // as net/http does
	}
	u.mu.Lock()
	phase := u.phase.Load()
	if phase == working {
		if isInformational(status) {
			u.inform(status)
		} else {
			u.commit(status)
		}
	}
	u.mu.Unlock()
	if phase == open {
		u.w.WriteHeader(status) // superfluous, and net/http says so
	}
}

// isInformational reports whether a status announces another. 101 does not: it
// is the last one.
func isInformational(status int) bool {
	return status < 200 && status != http.StatusSwitchingProtocols
}

// inform sends an informational response, such as 103 Early Hints.
func (u *run) inform(status int) {
	header := u.w.Header()
	before := maps.Clone(header)
	setAll(header, u.header)
	u.w.WriteHeader(status)
	setAll(header, before)
}

// setAll makes header hold what h does.
func setAll(header, h http.Header) {
	clear(header)
	maps.Copy(header, h)
}

// CloseConnection has the connection closed after the answer: see
// [writer.CloseConnection].
func (u *run) CloseConnection() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == working {
		u.header.Set("Connection", "close")
	}
}

// commit settles the head. The handler goes on using its own header, for
// trailers if for nothing else.
func (u *run) commit(status int) {
	u.status = status
	u.res.Header = u.header.Clone()
	u.length = u.header.Get("Content-Length")
	u.phase.Store(held)
	u.change.Broadcast()
}

// settle commits the head if that has not happened, and waits until it is known
// what becomes of the body.
func (u *run) settle() uint32 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == working {
		u.commit(http.StatusOK)
	}
	return u.decided()
}

// decided waits until it is known what becomes of the body.
func (u *run) decided() uint32 {
	for u.phase.Load() == held {
		u.change.Wait()
	}
	return u.phase.Load()
}

func (u *run) Write(p []byte) (int, error) {
	if u.phase.Load() == open {
		return u.w.Write(p)
	}
	if err := u.begin(len(p)); err != nil || len(p) == 0 {
		return 0, err
	}
	switch u.settle() {
	case open:
		return u.w.Write(p)
	case piped:
		return u.offer(p)
	}
	return 0, u.unwritable()
}

// WriteString is for [io.WriteString]: on its way to the client a string is
// never copied.
func (u *run) WriteString(s string) (int, error) {
	if u.phase.Load() != open {
		if err := u.begin(len(s)); err != nil || s == "" {
			return 0, err
		}
		if u.settle() != open {
			return u.Write([]byte(s))
		}
	}
	return io.WriteString(u.w, s)
}

// ReadFrom lets net/http send files without copying them.
func (u *run) ReadFrom(src io.Reader) (int64, error) {
	if u.settle() == open {
		return io.Copy(u.w, src)
	}
	return io.Copy(struct{ io.Writer }{u}, src)
}

// begin commits the head for a write of n bytes, and says why there can be no
// body.
func (u *run) begin(n int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == working {
		u.commit(http.StatusOK)
	}
	switch {
	case u.phase.Load() == hijacked:
		return http.ErrHijacked
	case n > 0 && !bodyAllowed(u.status):
		return http.ErrBodyNotAllowed
	}
	return nil
}

// offer hands p to the reader of the body and waits until it is read, or goes
// where the body goes by then.
func (u *run) offer(p []byte) (int, error) {
	u.writing.Lock()
	defer u.writing.Unlock()
	u.mu.Lock()
	if declared, ok := u.declared(); ok && u.sent+int64(len(p)) > declared {
		u.mu.Unlock()
		return 0, http.ErrContentLength
	}
	u.sent += int64(len(p))
	u.chunk = p
	u.change.Broadcast()
	for len(u.chunk) > 0 && u.phase.Load() == piped {
		u.change.Wait()
	}
	rest, phase := u.chunk, u.phase.Load()
	u.chunk = nil
	u.mu.Unlock()
	n := len(p) - len(rest)
	switch {
	case len(rest) == 0:
		return n, nil
	case phase == open:
		more, err := u.w.Write(rest)
		return n + more, err
	}
	return n, u.unwritable()
}

// declared returns the length of the body if the handler has said it.
func (u *run) declared() (int64, bool) {
	n, err := strconv.ParseInt(u.length, 10, 64)
	return n, err == nil && n >= 0
}

// unwritable says why the handler cannot write.
func (u *run) unwritable() error {
	if u.phase.Load() == hijacked {
		return http.ErrHijacked
	}
	return errUnwanted
}

// Flush sends what was written as soon as there is a way to.
func (u *run) Flush() { _ = u.FlushError() }

// FlushError is what [http.ResponseController] prefers to Flush.
func (u *run) FlushError() error {
	if err := u.begin(0); err != nil {
		return err
	}
	u.mu.Lock()
	phase := u.phase.Load()
	if phase == held || phase == piped {
		u.flushed.Store(true)
	}
	u.mu.Unlock()
	switch phase {
	case held, piped:
		return u.flushCopy()
	case open:
		return http.NewResponseController(u.w).Flush()
	}
	return u.unwritable()
}

// flushCopy sends what has been written of a body that is made of this one.
func (u *run) flushCopy() error {
	u.copying.Lock()
	defer u.copying.Unlock()
	if u.copyTo == nil {
		return nil
	}
	return http.NewResponseController(u.copyTo).Flush()
}

// Hijack gives the connection to the handler. After the head of a 101 it waits
// until that has been sent.
func (u *run) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	phase := u.decided()
	if phase != working && phase != open {
		return nil, nil, u.unavailable(phase)
	}
	conn, rw, err := http.NewResponseController(u.w).Hijack()
	if err == nil && phase == working {
		u.commit(http.StatusSwitchingProtocols)
		u.phase.Store(hijacked)
	}
	return conn, rw, err
}

// EnableFullDuplex lets the handler read the request while it answers.
func (u *run) EnableFullDuplex() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	phase := u.decided()
	if phase != working && phase != open {
		return u.unavailable(phase)
	}
	return http.NewResponseController(u.w).EnableFullDuplex()
}

// unavailable says why the handler cannot have the connection.
func (u *run) unavailable(phase uint32) error {
	if phase == piped {
		return errBodyIsRead
	}
	return u.unwritable()
}

// SetReadDeadline and SetWriteDeadline are the connection's, whoever writes the
// answer.
func (u *run) SetReadDeadline(deadline time.Time) error {
	return u.control(func(c *http.ResponseController) error { return c.SetReadDeadline(deadline) })
}

// SetWriteDeadline is like SetReadDeadline.
func (u *run) SetWriteDeadline(deadline time.Time) error {
	return u.control(func(c *http.ResponseController) error { return c.SetWriteDeadline(deadline) })
}

func (u *run) control(set func(*http.ResponseController) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == shut || u.ended {
		return errUnwanted
	}
	return set(http.NewResponseController(u.w))
}

// A runBody is the body of a run as the middleware function sees it.
type runBody run

// Read waits for the handler to write.
func (b *runBody) Read(p []byte) (int, error) {
	u := (*run)(b)
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	if u.phase.Load() == held {
		u.phase.Store(piped)
		u.change.Broadcast()
	}
	for {
		switch phase := u.phase.Load(); {
		case u.closed:
			return 0, http.ErrBodyReadAfterClose
		case phase == piped && len(u.chunk) > 0:
			n := copy(p, u.chunk)
			u.chunk = u.chunk[n:]
			u.taken += int64(n)
			if len(u.chunk) == 0 {
				u.change.Broadcast()
			}
			return n, nil
		case u.ended:
			return 0, u.final()
		case phase == open:
			return 0, errPassedBody
		case phase != piped:
			return 0, errUnwanted
		}
		u.change.Wait()
	}
}

// final is what the reader of the body finds at its end.
func (u *run) final() error {
	declared, ok := u.declared()
	switch {
	case u.exited:
		return errors.New("the handler exited")
	case u.failed != nil:
		return fmt.Errorf("the handler panicked: %v", u.failed)
	case u.phase.Load() != piped:
		return errUnwanted
	case ok && u.sent < declared && u.request.Method != http.MethodHead && bodyAllowed(u.status):
		return io.ErrUnexpectedEOF
	}
	return io.EOF
}

// Close says that nobody wants the rest of the body.
func (b *runBody) Close() error {
	u := (*run)(b)
	u.mu.Lock()
	passed := u.phase.Load() == open
	u.closed = u.closed || !passed
	u.mu.Unlock()
	if !passed {
		u.shut()
	}
	return nil
}

// copyTrailers adds the trailers that the handler has set by its end: those with
// [http.TrailerPrefix], and those that the header of the answer announces.
func (u *run) copyTrailers(header http.Header) {
	for name, lines := range u.header {
		if strings.HasPrefix(name, http.TrailerPrefix) {
			header[name] = lines
		}
	}
	for _, line := range header["Trailer"] {
		for name := range strings.SplitSeq(line, ",") {
			name = http.CanonicalHeaderKey(strings.TrimSpace(name))
			if lines, ok := u.header[name]; ok {
				header[name] = lines
			}
		}
	}
}

package middleware

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	stdruntime "runtime"
	"runtime/debug"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/deadline"
	"github.com/handlergen/handlergen/runtime/internal/stack"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// TimeoutConfig is the config of [Timeout].
type TimeoutConfig struct {
	// Status is that of the answer, from 400 to 599. 0 is 503; 408 says that
	// it was the client who was too slow.
	Status int

	// Logger logs the panic of a handler that was given up, and the stack of
	// another one if no layer outside would know it; nil is [slog.Default].
	Logger *slog.Logger
}

// Timeout gives the handler d to begin its answer. If nothing has been written
// by then, the client gets a problem document with status 503, at once, also if
// the handler takes no notice. An answer that has begun is not limited: streams
// and downloads take the time that they take.
//
// The context of the request has the deadline, and ends with
// [context.DeadlineExceeded] when it has passed; when the answer begins in time,
// the deadline is lifted. What the handler writes after it fails with
// [http.ErrHandlerTimeout], and so does reading the body. An answer that begins
// at the deadline is too late.
//
// # How it works
//
// The handler runs on a goroutine of its own, as with [http.TimeoutHandler].
// Unlike there nothing is buffered: one step under a lock, at the first byte or
// at the deadline, decides which of the two answers, and only that one touches
// the writer below. The handler has a header map of its own, which begins with
// what layers outside have set. Its writer has no Unwrap, since whoever got
// below would get past the lock; it flushes, hijacks, sends files and sets
// deadlines all the same.
//
// A timer that answers while the handler keeps the server's goroutine would not
// do: the end of an answer is sent when ServeHTTP returns, so that over HTTP/2
// the client would wait for the handler after all, and over HTTP/1 its next
// request on the connection.
//
// A handler that ignores its context therefore goes on when Timeout has
// returned, at the cost of the server. A server that drains (runtime/drain)
// waits for it. Its panic is raised again on the server's goroutine, where
// [Recover] also gets its stack, or logged if it comes after the answer. If time
// is up before the body was read to its end, the connection is closed.
//
// After tower-http's Timeout, which drops the handler. Timeout panics if d is
// not positive or the status not that of an error.
func Timeout(d time.Duration, config ...TimeoutConfig) func(http.Handler) http.Handler {
	c := settings("Timeout", config)
	if c.Status == 0 {
		c.Status = http.StatusServiceUnavailable
	}
	if d <= 0 || c.Status < 400 || c.Status > 599 {
		panic(fmt.Sprintf("middleware: Timeout of %v with status %d", d, c.Status))
	}
	late := timeoutError{runtime.Errorf(c.Status, "there was no answer within %v", d)}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			call := startTimed(next, w, r, d, c.Logger)
			if call.await() {
				call.finish(r)
				return
			}
			if call.leavesBody() {
				writer.CloseConnection(w)
			}
			runtime.RenderError(w, r, late)
		})
	}
}

// A timeoutError is the error that a request is answered with when time is up.
type timeoutError struct{ error }

func (e timeoutError) Unwrap() error        { return e.error }
func (e timeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// A timedCall is a handler that runs against a deadline. The server's goroutine
// waits for it.
type timedCall struct {
	ctx     deadline.Context
	writer  timedWriter
	body    timedBody
	next    http.Handler
	request http.Request       // the handler's
	cancel  context.CancelFunc // ends its context
	logger  *slog.Logger       // of a panic that comes too late

	// It is known who answers when decided is closed: the handler has returned,
	// and what is below was written before, or its time is up.
	decided  chan struct{}
	panicked *PanicError
	exited   bool // by runtime.Goexit

	// Guarded by the lock of the writer.
	returned bool
	release  func() // of a handler that was given up: lets a server drain that waits for it
}

// startTimed calls the handler on another goroutine.
func startTimed(next http.Handler, w http.ResponseWriter, r *http.Request, d time.Duration, logger *slog.Logger) *timedCall {
	c := &timedCall{next: next, decided: make(chan struct{}), logger: logger}
	c.ctx.Init(r.Context(), time.Now().Add(d))
	c.writer.init(w, &c.ctx)
	ctx, cancel := c.ctx.Child()
	c.cancel = cancel
	c.request = *r.WithContext(ctx) // which is inlined and stays on the stack
	if r.Body != nil && r.Body != http.NoBody {
		c.body = timedBody{ReadCloser: r.Body, writer: &c.writer}
		c.request.Body = &c.body
	}
	c.writer.timer = time.AfterFunc(d, c.giveUp)
	go c.run()
	return c
}

// run calls the handler and notes how it ended.
func (c *timedCall) run() {
	defer c.cancel()
	ok := false
	defer func() {
		var failure *PanicError
		if value := recover(); value != nil {
			failure = &PanicError{Value: value, Stack: debug.Stack()}
		}
		c.end(failure, !ok && failure == nil)
	}()
	stack.Grow()
	c.next.ServeHTTP(&c.writer, &c.request)
	ok = true
}

// end is called when the handler has returned, one way or another.
func (c *timedCall) end(failure *PanicError, exited bool) {
	c.writer.mu.Lock()
	late := c.writer.state == expired
	c.returned = true
	release := c.release
	c.writer.mu.Unlock()

	if late {
		c.clean(failure)
	} else {
		c.panicked, c.exited = failure, exited
	}
	if release != nil {
		release()
	} else {
		close(c.decided)
	}
}

// clean does for a handler that was given up what those around would have done.
func (c *timedCall) clean(failure *PanicError) {
	if form := c.request.MultipartForm; form != nil {
		_ = form.RemoveAll()
	}
	if failure != nil && !isAbort(failure.Value) {
		c.log("handler panicked after its timeout", failure)
	}
}

func (c *timedCall) log(message string, failure *PanicError) {
	logger := c.logger
	if logger == nil {
		logger = slog.Default()
	}
	logPanic(logger, &c.request, message, failure)
}

// await waits until the handler has returned, or until time is up before it has
// begun to answer, and reports whether the answer is the handler's.
func (c *timedCall) await() bool {
	select {
	case <-c.decided:
	case <-c.ctx.Around().Done():
		c.ctx.End(c.ctx.Around().Err())
		<-c.decided
	}
	return c.panicked != nil || c.exited || c.writer.decide() != expired
}

// giveUp is called when time is up. It does nothing if the handler has begun to
// answer, or returned.
func (c *timedCall) giveUp() {
	c.writer.mu.Lock()
	if c.writer.state == begun || c.returned {
		c.writer.mu.Unlock()
		return
	}
	c.writer.state = expired
	c.release = drain.Hold(c.ctx.Around())
	c.writer.mu.Unlock()

	c.ctx.End(context.DeadlineExceeded)
	close(c.decided)
}

// finish hands on what the handler has left, on the goroutine of the server.
func (c *timedCall) finish(r *http.Request) {
	c.writer.timer.Stop() // which a panic has not
	handBack(r, &c.request)
	switch {
	case c.panicked != nil:
		if !isAbort(c.panicked.Value) && !writer.SetStack(c.writer.below, c.panicked.Stack) {
			c.log("handler panicked", c.panicked)
		}
		panic(c.panicked.Value)
	case c.exited:
		stdruntime.Goexit()
	}
	c.writer.finish()
}

// leavesBody reports whether the body has not been read to its end.
func (c *timedCall) leavesBody() bool {
	return c.body.ReadCloser != nil && !c.body.ended.Load()
}

package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	goruntime "runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/handlergen/handlergen/runtime/internal/stack"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// A run is one call of Next.Run: a handler on a goroutine of its own, the
// writer that it answers through, and the body that comes of that.
type run struct {
	request *http.Request // as given to Run
	inner   http.Request  // the handler's
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
	closes bool   // the connection is to be closed after the answer
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

func (u *run) init(w http.ResponseWriter, r *http.Request, cancel context.CancelCauseFunc) {
	u.w, u.request, u.cancel, u.status = w, r, cancel, http.StatusOK
	u.header = w.Header().Clone()
	if u.header == nil {
		u.header = make(http.Header)
	}
	u.change.L = &u.mu
}

// serve runs the handler.
func (u *run) serve(h http.Handler) {
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
		u.end()
	}()
	stack.Grow()
	h.ServeHTTP(u, &u.inner)
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
		slog.String("path", OriginalPath(u.request)),
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

// end tells everyone that the handler has ended.
func (u *run) end() {
	removeFiles(u.inner.MultipartForm, u.request.MultipartForm)
	u.cancel(nil)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	u.change.Broadcast()
}

// removeFiles removes the files of a form that a handler has read, unless it was
// there before. net/http does that only for its own copy of the request.
func removeFiles(form, before *multipart.Form) {
	if form != nil && form != before {
		_ = form.RemoveAll()
	}
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
		u.setHeader(u.header)
	}
	u.mu.Unlock()
	if headless {
		u.raise()
	}
	u.res.Status, u.res.Body, u.res.run = u.status, (*runBody)(u), u
	return &u.res
}

// setHeader settles the header of the answer.
func (u *run) setHeader(h http.Header) {
	if u.closes {
		h.Set("Connection", "close")
	}
	u.res.Header = h
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

func (u *run) hasEnded() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.ended
}

// open lets the handler write to w by itself, and waits until it has ended.
func (u *run) open(w http.ResponseWriter) {
	u.mu.Lock()
	if u.flushed.Load() {
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

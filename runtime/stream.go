package runtime

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
)

// WithStream returns a copy of r for a handler whose answer is a stream, for
// generated code. Its context is that of r, but for two ends that it may come
// to by itself: the timeout, if that is not 0 and passes before the answer
// begins, and the drain of the server, once a stream of events has begun. The
// function is to be called when the answer has ended.
//
// So the timeout of a route is that of its function: it cuts no stream.
func WithStream(r *http.Request, timeout time.Duration) (*http.Request, context.CancelFunc) {
	parent, s := r.Context(), &streaming{}
	var ctx context.Context
	if timeout > 0 {
		d := &deadline{Context: parent, done: make(chan struct{})}
		ctx, s.cancel = context.WithCancel(d)
		s.disarm, s.release = d.arm(timeout)
	} else {
		ctx, s.cancel = context.WithCancel(parent)
	}
	return r.WithContext(context.WithValue(ctx, streamKey{}, s)), s.end
}

// A streaming is what the context of a stream is ended by.
type streaming struct {
	cancel  context.CancelFunc
	disarm  func() bool // ends the timeout; nil if there is none
	release func() bool // leaves the context above; nil likewise
}

// streamKey is where a context has its streaming.
type streamKey struct{}

// streamOf returns the streaming of a request, or nil.
func streamOf(r *http.Request) *streaming {
	s, _ := r.Context().Value(streamKey{}).(*streaming)
	return s
}

// begin says that the answer begins.
func (s *streaming) begin() {
	if s.disarm != nil {
		s.disarm()
	}
}

func (s *streaming) end() {
	s.cancel()
	if s.disarm != nil {
		s.disarm()
		s.release()
	}
}

// A deadline is the context above that of a stream with a timeout. It ends as
// one of [context.WithTimeout] does, with [context.DeadlineExceeded], but can be
// told not to. It has one child, which hears of the end by AfterFunc.
type deadline struct {
	context.Context
	done chan struct{}

	mu    sync.Mutex
	err   error
	child func()
}

func (d *deadline) Done() <-chan struct{} { return d.done }

func (d *deadline) Err() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.err
}

// AfterFunc is for package context, which needs no goroutine then.
func (d *deadline) AfterFunc(f func()) (stop func() bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.child = f
	return func() bool { return true }
}

// arm lets the context end after a time, until disarm is called, and with the
// one above it, until release is.
func (d *deadline) arm(timeout time.Duration) (disarm, release func() bool) {
	release = context.AfterFunc(d.Context, func() { d.end(d.Context.Err()) })
	return time.AfterFunc(timeout, func() { d.end(context.DeadlineExceeded) }).Stop, release
}

func (d *deadline) end(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.err == nil {
		d.err = err
		close(d.done)
		go d.child()
	}
}

// beginStream sends the head of an answer that goes on for a while. It may do
// so while the body of the request is still being read.
func beginStream(w http.ResponseWriter, r *http.Request, status int) {
	if s := streamOf(r); s != nil {
		s.begin()
	}
	if r.Body != nil && r.Body != http.NoBody {
		_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 has it anyway
	}
	w.WriteHeader(status)
}

// endsWithServer ends the context of a stream when the server drains, until
// stop is called.
func endsWithServer(r *http.Request) (stop func() bool) {
	s := streamOf(r)
	if s == nil {
		return func() bool { return true }
	}
	return drain.AfterFunc(r.Context(), s.cancel)
}

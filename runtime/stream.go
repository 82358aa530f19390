package runtime

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/deadline"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// WithStream returns a copy of r for a handler whose answer is a stream, for
// generated code. Its context is that of r, but for two ends that it may come
// to by itself: the timeout, if that is not 0 and passes before the answer
// begins, and the drain of the server, once a stream of events has begun. The
// function is to be called when the answer has ended.
//
// So the timeout of a route is that of its function: it cuts no stream. It is
// also that of the body, as by [WithTimeout], until the answer begins.
func WithStream(w http.ResponseWriter, r *http.Request, timeout time.Duration) (*http.Request, context.CancelFunc) {
	parent, s := r.Context(), &streaming{request: r}
	var ctx context.Context
	if timeout > 0 {
		ctx = s.limit(parent, timeout)
	} else {
		ctx, s.cancel = context.WithCancel(parent)
	}
	s.copy = r.WithContext(context.WithValue(ctx, streamKey{}, s))
	s.timesBody = timeout > 0 && timeBody(w, s.copy, timeout)
	return s.copy, s.end
}

// A streaming is what the context of a stream is ended by.
type streaming struct {
	request, copy *http.Request
	cancel        context.CancelFunc

	// Of one with a timeout.
	timesBody bool // of the request
	deadline  *deadline.Context
	timer     *time.Timer
	release   func() bool // leaves the context above
}

// limit returns a context that ends with its parent and after a time, unless the
// stream has begun by then.
func (s *streaming) limit(parent context.Context, timeout time.Duration) context.Context {
	d := new(deadline.Context)
	d.Init(parent, time.Now().Add(timeout))
	ctx, cancel := d.Child()
	s.cancel, s.deadline = cancel, d
	s.timer = time.AfterFunc(timeout, func() { d.End(context.DeadlineExceeded) })
	s.release = context.AfterFunc(parent, func() { d.End(parent.Err()) })
	return ctx
}

// streamKey is where a context has its streaming.
type streamKey struct{}

// streamOf returns the streaming of a request, or nil.
func streamOf(r *http.Request) *streaming {
	s, _ := r.Context().Value(streamKey{}).(*streaming)
	return s
}

// begin says that the answer begins.
func (s *streaming) begin(w http.ResponseWriter) {
	if s.deadline == nil || !s.timer.Stop() {
		return
	}
	s.deadline.Lift()
	if s.timesBody {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
}

func (s *streaming) end() {
	s.cancel()
	if s.deadline != nil {
		s.timer.Stop()
		s.release()
	}
	handBackForm(s.request, s.copy)
}

// beginStream sends the head of an answer that goes on for a while. It may do
// so while the body of the request is still being read.
func beginStream(w http.ResponseWriter, r *http.Request, status int) {
	if s := streamOf(r); s != nil {
		s.begin(w)
	}
	if r.Body != nil && r.Body != http.NoBody {
		_ = http.NewResponseController(w).EnableFullDuplex() // HTTP/2 has it anyway
		askForBody(w, r)
	}
	w.WriteHeader(status)
}

// askForBody tells a client that waits with the body to send it, lest it take
// the head of the answer for a refusal. It may have been told so before.
func askForBody(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 && r.ProtoAtLeast(1, 1) && strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		writer.Inform(w, http.StatusContinue, nil)
	}
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

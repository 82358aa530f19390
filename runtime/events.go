package runtime

import (
	"errors"
	"fmt"
	"iter"
	"net/http"
	"sync"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// What an [EventStream] uses unless it says otherwise.
const (
	defaultKeepAlive   = 15 * time.Second
	defaultSendTimeout = 30 * time.Second
)

// An EventStream is an answer of the type text/event-stream with settings of
// its own. See [WriteEvents] for what the plain iterators do, which is what the
// zero settings stand for.
type EventStream struct {
	// Events is run once the head of the answer has been sent.
	Events iter.Seq2[Event, error]
	// KeepAlive is how long nothing is sent before a comment is, which keeps
	// proxies from giving up and finds out when the client has gone: 15 seconds
	// by default. Negative for never.
	KeepAlive time.Duration
	// SendTimeout is how long the client may take to accept what is sent to it:
	// 30 seconds by default. It replaces the WriteTimeout of the server, which
	// is about the whole answer. Negative for any time.
	SendTimeout time.Duration
	// Abort lets an error abort the connection in place of being sent as a last
	// event.
	Abort bool
}

// WriteEvents answers with a stream of events. Its head goes out before events
// is run, with Cache-Control: no-cache and, for nginx, X-Accel-Buffering: no;
// parts may say otherwise. Each event is sent when it comes, and a comment
// every 15 seconds while none does.
//
// The stream ends with events, and stops them when the client goes or the
// server drains: yield returns false then. Events that wait for something wait
// for the end of the request's context as well, which comes then too; what
// ignores both keeps its own connection and nothing else. The client of a
// server that drains sees the end of the stream and comes again.
//
// An error, of events or because an [Event] cannot be sent, is logged and ends
// the stream with an event named "error", whose data is the problem document
// that [WriteError] would have answered with. That is so for the first event,
// too: the status has been sent by then, since the client is to know of the
// stream before something happens in it. A function that can fail earlier
// returns events and an error, which is answered as any other.
//
// For a HEAD request, and with a status that has no body, events is not run.
// Status 204 tells a client not to come again. The error of WriteEvents is that
// of an answer which has not begun: events is nil, or the writer cannot flush.
func WriteEvents(w http.ResponseWriter, r *http.Request, status int, events func(yield func(Event, error) bool), parts ...*Parts) error {
	return WriteEventStream(w, r, status, EventStream{Events: events}, parts...)
}

// WriteEventSeq is [WriteEvents] for events that do not fail.
func WriteEventSeq(w http.ResponseWriter, r *http.Request, status int, events func(yield func(Event) bool), parts ...*Parts) error {
	if events == nil {
		return ErrNilResponse
	}
	return WriteEvents(w, r, status, func(yield func(Event, error) bool) {
		events(func(e Event) bool { return yield(e, nil) })
	}, parts...)
}

// WriteEventChan is [WriteEvents] for a channel, until that is closed. Whoever
// sends to it learns from the context of the request that nobody receives any
// more.
func WriteEventChan(w http.ResponseWriter, r *http.Request, status int, events <-chan Event, parts ...*Parts) error {
	if events == nil {
		return ErrNilResponse
	}
	return WriteEvents(w, r, status, func(yield func(Event, error) bool) {
		for {
			select {
			case event, ok := <-events:
				if !ok || !yield(event, nil) {
					return
				}
			case <-r.Context().Done():
				return
			case <-drain.Done(r.Context()):
				return
			}
		}
	}, parts...)
}

// WriteEventStream is [WriteEvents] with settings.
func WriteEventStream(w http.ResponseWriter, r *http.Request, status int, stream EventStream, parts ...*Parts) error {
	switch {
	case stream.Events == nil:
		return ErrNilResponse
	case !possible(status):
		return impossible(status)
	case !bodyAllowed(status):
		writeHead(w, status, parts)
		return nil
	case !canFlush(w):
		return fmt.Errorf("cannot send events: the writer %T cannot flush, and has no Unwrap to one that can", writer.Lowest(w))
	}
	header := w.Header()
	header["Content-Type"] = contentTypeEvents
	header["Cache-Control"] = []string{"no-cache"}
	header["X-Accel-Buffering"] = []string{"no"}
	writeParts(w, parts)
	beginStream(w, r, status)
	if r.Method == http.MethodHead {
		return nil
	}
	defer endsWithServer(r)()
	out := newEventWriter(w, stream)
	defer out.end()
	if err := out.run(r, stream.Events); err != nil {
		out.fail(r, status, err, stream.Abort)
	}
	return nil
}

// canFlush reports whether what is written can be sent before the end. That is
// up to the writer below all others: those above have the method for the sake of
// those that can.
func canFlush(w http.ResponseWriter) bool {
	switch writer.Lowest(w).(type) {
	case http.Flusher, interface{ FlushError() error }:
		return true
	}
	return false
}

// An eventWriter sends events, and comments while there are none.
type eventWriter struct {
	w         http.ResponseWriter
	below     *http.ResponseController
	keepAlive time.Duration
	timeout   time.Duration

	mu    sync.Mutex // the timer sends from another goroutine
	timer *time.Timer
	buf   []byte
	gone  error // of the connection
	ended bool
}

var errGone = errors.New("the client has gone")

// newEventWriter sends the head of a stream.
func newEventWriter(w http.ResponseWriter, stream EventStream) *eventWriter {
	e := &eventWriter{
		w: w, below: http.NewResponseController(w),
		keepAlive: stream.KeepAlive, timeout: stream.SendTimeout,
	}
	if e.keepAlive == 0 {
		e.keepAlive = defaultKeepAlive
	}
	if e.timeout == 0 {
		e.timeout = defaultSendTimeout
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.send(nil)
	if e.keepAlive > 0 {
		e.timer = time.AfterFunc(e.keepAlive, e.ring)
	}
	return e
}

// run sends events until they end, which is no error when the request does.
func (e *eventWriter) run(r *http.Request, events iter.Seq2[Event, error]) error {
	ctx := r.Context()
	draining := drain.Done(ctx)
	for event, err := range events {
		select {
		case <-ctx.Done():
			return nil
		case <-draining:
			return nil
		default:
		}
		if err != nil {
			return err
		}
		if err := e.write(event); err != nil {
			if errors.Is(err, errGone) {
				return nil
			}
			return err
		}
	}
	return nil
}

// write sends an event. The error is that of the event, or errGone.
func (e *eventWriter) write(event Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	var err error
	if e.buf, err = event.append(e.buf[:0]); err != nil {
		return err
	}
	e.send(e.buf)
	if cap(e.buf) > chunkSize { // too much to hold on to for as long as a stream goes on
		e.buf = nil
	}
	if e.timer != nil {
		e.timer.Reset(e.keepAlive)
	}
	if e.gone != nil {
		return errGone
	}
	return nil
}

// ring is what the timer does while no events come.
func (e *eventWriter) ring() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended || e.gone != nil {
		return
	}
	e.send(comment)
	e.timer.Reset(e.keepAlive)
}

var comment = []byte(":\n\n")

// send sends bytes at once, within the time that the client has for it. No
// deadline is left behind: HTTP/2 would end a stream by it that waits for its
// next event.
func (e *eventWriter) send(b []byte) {
	if e.gone != nil {
		return
	}
	if e.timeout > 0 {
		_ = e.below.SetWriteDeadline(time.Now().Add(e.timeout))
	}
	if len(b) > 0 {
		_, e.gone = e.w.Write(b)
	}
	if err := e.below.Flush(); e.gone == nil {
		e.gone = err
	}
	if e.gone == nil {
		_ = e.below.SetWriteDeadline(time.Time{})
	}
}

// end ends the work of the timer. The server has the usual time to send what
// ends the answer.
func (e *eventWriter) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = true
	if e.timer != nil {
		e.timer.Stop()
	}
	if e.timeout > 0 && e.gone == nil {
		_ = e.below.SetWriteDeadline(time.Now().Add(e.timeout))
	}
}

// fail lets the client see that the events have failed.
func (e *eventWriter) fail(r *http.Request, status int, err error, abort bool) {
	logError(r, status, "error in the middle of the event stream", err)
	if abort {
		panic(http.ErrAbortHandler)
	}
	_ = e.write(Event{Name: "error", Data: string(appendProblemOf(nil, err))}) // if it is still there
}

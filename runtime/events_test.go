package runtime

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/leak"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

func TestEventBytes(t *testing.T) {
	tests := []struct {
		event Event
		want  string
	}{
		{Event{Data: "one", Comment: "this is a comment"}, ": this is a comment\ndata: one\n\n"},
		{Event{Name: "three", Retry: 30 * time.Second, ID: "unique-id"}, "event: three\nid: unique-id\nretry: 30000\ndata:\n\n"},
		{Event{}, "data:\n\n"},
		{Event{Name: "ping"}, "event: ping\ndata:\n\n"},
		{Event{ID: "1"}, "id: 1\ndata:\n\n"},
		{Event{Data: "\n"}, "data:\ndata:\n\n"},
		{Event{Data: "a\nb"}, "data: a\ndata: b\n\n"},
		{Event{Data: "a\rb"}, "data: a\ndata: b\n\n"},
		{Event{Data: "a\r\nb"}, "data: a\ndata: b\n\n"},
		{Event{Data: "a\n\rb"}, "data: a\ndata:\ndata: b\n\n"},
		{Event{Data: "a\r\r\nb\n\nc"}, "data: a\ndata:\ndata: b\ndata:\ndata: c\n\n"},
		{Event{Data: "moon star\nsunset bye\r"}, "data: moon star\ndata: sunset bye\ndata:\n\n"},
		{Event{Data: "a\r\n"}, "data: a\ndata:\n\n"},
		{Event{Data: "\tfoobar"}, "data: \tfoobar\n\n"},
		{Event{Data: " x"}, "data:  x\n\n"},
		{Event{Data: ":"}, "data: :\n\n"},
		{Event{Data: "data: x"}, "data: data: x\n\n"},
		{Event{Data: "a\x00b\u2028c\u0085d\ve\xff"}, "data: a\x00b\u2028c\u0085d\ve\xff\n\n"},
		{Event{Name: "\x00\x01", ID: "\tü\u0085"}, "event: \x00\x01\nid: \tü\u0085\ndata:\n\n"},
		{Event{Name: " a: b", ID: " 1"}, "event:  a: b\nid:  1\ndata:\n\n"},
		{Event{Comment: "a\nb\rc\r\nd"}, ": a\n: b\n: c\n: d\n\n"},
		{Event{Comment: "\ndata: forged"}, ":\n: data: forged\n\n"},
		{Event{Retry: 5 * time.Millisecond}, "retry: 5\n\n"},
		{Event{Retry: 1005*time.Millisecond + 999*time.Microsecond}, "retry: 1005\n\n"},
		{Event{Retry: time.Nanosecond}, "retry: 1\n\n"},
		{Event{Retry: math.MaxInt64}, "retry: 9223372036854\n\n"},
		{Event{Retry: time.Second, Comment: "c"}, ": c\nretry: 1000\n\n"},
	}
	for _, test := range tests {
		got, err := test.event.append(nil)
		if err != nil || string(got) != test.want {
			t.Errorf("%+v is sent as %q, %v, want %q", test.event, got, err, test.want)
		}
	}
	for _, bad := range []Event{
		{Name: "a\nb"},
		{Name: "a\r"},
		{ID: "\n"},
		{ID: "a\rb"},
		{ID: "a\x00b"},
		{ID: "a\x01b"},
		{ID: "a\x7fb"},
		{Retry: -1},
	} {
		if got, err := bad.append(nil); err == nil || len(got) > 0 {
			t.Errorf("%+v is sent as %q", bad, got)
		}
	}
}

func TestJSONEvent(t *testing.T) {
	event, err := JSONEvent("change", map[string]any{"html": "<b>", "text": "a\nb"})
	if want := (Event{Name: "change", Data: `{"html":"<b>","text":"a\nb"}`}); err != nil || event != want {
		t.Errorf("got %+v, %v", event, err)
	}
	if _, err := JSONEvent("", math.NaN()); err == nil {
		t.Error("NaN is an event")
	}
}

// eventsOf yields events, and then an error if it is not nil.
func eventsOf(err error, events ...Event) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for _, event := range events {
			if !yield(event, nil) {
				return
			}
		}
		if err != nil {
			yield(Event{}, err)
		}
	}
}

// serveEvents is an adapter as handlergen writes it.
func serveEvents(open func(ctx context.Context) EventStream) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r, stop := WithStream(w, r, 0)
		defer stop()

		out := open(r.Context())

		if err := WriteEventStream(w, r, http.StatusOK, out); err != nil {
			WriteError(w, r, err)
		}
	}
}

// A vigil is events of which the first comes at once, and no other before the
// context ends. It says whether it is being run.
type vigil struct {
	ctx             context.Context
	running, cleans atomic.Int32
}

func (v *vigil) events(yield func(Event, error) bool) {
	v.running.Add(1)
	defer v.cleans.Add(1)
	if !yield(Event{Data: "first"}, nil) {
		return
	}
	<-v.ctx.Done()
	yield(Event{}, v.ctx.Err())
}

// wantCleaned waits until the events have ended.
func (v *vigil) wantCleaned(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return v.cleans.Load() > 0 }, func() string { return "the events go on" })
}

// readEvent reads one event, up to the empty line.
func readEvent(t *testing.T, body *bufio.Reader) string {
	t.Helper()
	var event strings.Builder
	for {
		line, err := body.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", event.String()+line, err)
		}
		if line == "\n" {
			return event.String()
		}
		event.WriteString(line)
	}
}

// protocols are the ways to serve a site.
var protocols = map[string]func(*httptest.Server){"HTTP/1.1": func(*httptest.Server) {}, "HTTP/2": http2}

// TestEventsHead wants the head before the first event, and nothing run for
// those who want no more.
func TestEventsHead(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			var runs atomic.Int32
			s := serveSite(t, serveEvents(func(ctx context.Context) EventStream {
				return EventStream{Events: func(yield func(Event, error) bool) {
					runs.Add(1)
					<-ctx.Done()
				}}
			}), protocol)
			head := s.get(t, "HEAD")
			if _, err := io.ReadAll(head.Body); err != nil || runs.Load() != 0 {
				t.Errorf("HEAD: %v, and the events ran %d times", err, runs.Load())
			}
			response := s.get(t, "GET")
			for _, got := range []*http.Response{head, response} {
				if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" ||
					got.Header.Get("Cache-Control") != "no-cache" || got.Header.Get("X-Accel-Buffering") != "no" ||
					got.ContentLength > 0 {
					t.Errorf("got %v %v", got.Status, got.Header)
				}
			}
			eventually(t, func() bool { return runs.Load() == 1 }, func() string { return "the events do not run" })
		})
	}
}

func TestEventsBeforeTheStream(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	ran := false
	events := func(yield func(Event, error) bool) { ran = true }

	w := httptest.NewRecorder()
	header := NewParts(http.Header{"Cache-Control": {"no-store"}, "X-A": {"1"}})
	if err := WriteEvents(w, r, 204, events, &header, nil); err != nil || w.Code != 204 || w.Header().Get("X-A") != "1" || w.Header().Get("Content-Type") != "" || ran {
		t.Errorf("204: got %v, %d %v, run %t", err, w.Code, w.Header(), ran)
	}
	if err := WriteEvents(w, r, 99, events); err == nil {
		t.Error("99 is a status")
	}
	for name, err := range map[string]error{
		"events": WriteEvents(w, r, 200, nil), "seq": WriteEventSeq(w, r, 200, nil),
		"chan": WriteEventChan(w, r, 200, nil), "stream": WriteEventStream(w, r, 200, EventStream{}),
	} {
		if !errors.Is(err, ErrNilResponse) {
			t.Errorf("nil %s: got %v", name, err)
		}
	}
	for _, w := range []http.ResponseWriter{onlyWriter{w}, writer.Track(onlyWriter{w}), wrappedWriter{writer.Track(onlyWriter{w})}} {
		if err := WriteEvents(w, r, 200, events); err == nil || !strings.Contains(err.Error(), "onlyWriter cannot flush") || ran {
			t.Errorf("a writer that cannot flush: got %v, run %t", err, ran)
		}
	}
	w = httptest.NewRecorder()
	if err := WriteEvents(wrappedWriter{w}, r, 200, events, &header); err != nil || !ran || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %v, run %t, %v", err, ran, w.Header())
	}
}

// An onlyWriter cannot do more than it must.
type onlyWriter struct{ http.ResponseWriter }

// TestEventsKinds takes each kind of events through middleware, one event at a
// time: none is sent before the one before it has arrived.
func TestEventsKinds(t *testing.T) {
	for name, protocol := range protocols {
		for kind := range 4 {
			t.Run(fmt.Sprint(name, kind), func(t *testing.T) {
				next := make(chan Event)
				adapter := func(w http.ResponseWriter, r *http.Request) error {
					switch kind {
					case 0:
						return WriteEvents(w, r, 200, func(yield func(Event, error) bool) {
							for e := range next {
								yield(e, nil)
							}
						})
					case 1:
						return WriteEventSeq(w, r, 200, func(yield func(Event) bool) {
							for e := range next {
								yield(e)
							}
						})
					case 2:
						return WriteEventChan(w, r, 200, next)
					}
					return WriteEventStream(w, r, 200, EventStream{KeepAlive: -1, Events: func(yield func(Event, error) bool) {
						for e := range next {
							yield(e, nil)
						}
					}})
				}
				s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
					if err := adapter(wrappedWriter{writer.Track(wrappedWriter{w})}, r); err != nil {
						t.Error(err)
					}
				}, protocol)
				wantAtOnce(t, s.get(t, "GET").Body, next)
			})
		}
	}
}

// wantAtOnce wants each event to arrive before there is another, and the end.
func wantAtOnce(t *testing.T, from io.Reader, next chan<- Event) {
	t.Helper()
	body := bufio.NewReader(from)
	for i := range 10 {
		next <- Event{Data: fmt.Sprint(i)}
		if got := readEvent(t, body); got != fmt.Sprintf("data: %d\n", i) {
			t.Fatalf("got %q", got)
		}
	}
	close(next)
	if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
		t.Errorf("at the end: %q, %v", rest, err)
	}
}

// TestEventsKeepAlive wants comments while there are no events, and the time
// for the client not to run while there is nothing for it.
func TestEventsKeepAlive(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			v := &vigil{}
			s := serveSite(t, serveEvents(func(ctx context.Context) EventStream {
				v.ctx = ctx
				return EventStream{Events: v.events, KeepAlive: 5 * time.Millisecond}
			}), protocol)
			body := bufio.NewReader(s.get(t, "GET").Body)
			for i := range 10 {
				want := ":\n"
				if i == 0 {
					want = "data: first\n"
				}
				if got := readEvent(t, body); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// TestEventsOutlastWriteTimeout wants the limits for one event not to count
// for the pauses between them, nor for all of them together.
func TestEventsOutlastWriteTimeout(t *testing.T) {
	for name, protocol := range protocols {
		for _, timeout := range []time.Duration{0, 150 * time.Millisecond, -1} {
			t.Run(fmt.Sprint(name, timeout), func(t *testing.T) {
				s := serveSite(t, serveEvents(func(context.Context) EventStream {
					return EventStream{KeepAlive: -1, SendTimeout: timeout, Events: func(yield func(Event, error) bool) {
						for i := range 3 {
							time.Sleep(200 * time.Millisecond)
							if !yield(Event{Data: fmt.Sprint(i)}, nil) {
								return
							}
						}
						time.Sleep(200 * time.Millisecond)
					}}
				}), protocol, func(s *httptest.Server) { s.Config.WriteTimeout = 500 * time.Millisecond })
				all, err := io.ReadAll(s.get(t, "GET").Body)
				if want := "data: 0\n\ndata: 1\n\ndata: 2\n\n"; err != nil || string(all) != want {
					t.Errorf("got %q, %v", all, err)
				}
			})
		}
	}
}

// TestEventsClientGoes lets clients vanish, while events wait and while they
// come.
func TestEventsClientGoes(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			v := &vigil{}
			s := serveSite(t, serveEvents(func(ctx context.Context) EventStream {
				v.ctx = ctx
				return EventStream{Events: v.events}
			}), protocol)
			response := s.get(t, "GET")
			readEvent(t, bufio.NewReader(response.Body))
			response.Body.Close()
			v.wantCleaned(t)
			if log := s.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
		t.Run(name+", busy", func(t *testing.T) {
			cleaned := make(chan struct{})
			s := serveSite(t, serveEvents(func(context.Context) EventStream {
				return EventStream{Events: func(yield func(Event, error) bool) {
					defer close(cleaned)
					for yield(Event{Data: "x"}, nil) { // until it is told to stop
					}
				}}
			}), protocol)
			response := s.get(t, "GET")
			readEvent(t, bufio.NewReader(response.Body))
			response.Body.Close()
			<-cleaned
		})
		t.Run(name+", channel", func(t *testing.T) {
			stopped := make(chan struct{})
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				events := make(chan Event)
				go func() {
					defer close(stopped)
					for {
						select {
						case events <- Event{Data: "x"}:
						case <-r.Context().Done():
							return
						}
					}
				}()
				if err := WriteEventChan(w, r, 200, events); err != nil {
					t.Error(err)
				}
			}, protocol)
			response := s.get(t, "GET")
			readEvent(t, bufio.NewReader(response.Body))
			response.Body.Close()
			<-stopped
		})
	}
}

// TestEventsStuckClient does not read: the events must be stopped all the same.
func TestEventsStuckClient(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			v := &vigil{}
			s := serveSite(t, serveEvents(func(ctx context.Context) EventStream {
				v.ctx = ctx
				return EventStream{SendTimeout: 20 * time.Millisecond, Events: func(yield func(Event, error) bool) {
					for yield(Event{Data: strings.Repeat("x", 1<<20)}, nil) { // until it is told to stop
					}
					v.events(yield2nowhere) // which waits for the context
				}}
			}), protocol)
			s.get(t, "GET")
			v.wantCleaned(t)
			if log := s.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

func yield2nowhere(Event, error) bool { return true }

// drained is a server that can be drained.
func drained(group *drain.Group) func(*httptest.Server) {
	return func(s *httptest.Server) {
		s.Config.BaseContext = func(net.Listener) context.Context { return group.Context(context.Background()) }
		s.Config.RegisterOnShutdown(group.Begin)
	}
}

// TestEventsDrain wants Shutdown not to wait for streams, whose clients see an
// orderly end.
func TestEventsDrain(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			v := &vigil{}
			s := serveSite(t, serveEvents(func(ctx context.Context) EventStream {
				v.ctx = ctx
				return EventStream{Events: v.events}
			}), drained(drain.New()), protocol)
			body := bufio.NewReader(s.get(t, "GET").Body)
			readEvent(t, body)
			done := make(chan error)
			go func() { done <- s.Config.Shutdown(context.Background()) }()
			if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
				t.Errorf("at the end: %q, %v", rest, err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			v.wantCleaned(t)
			if log := s.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
		t.Run(name+", channel", func(t *testing.T) {
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				if err := WriteEventChan(w, r, 200, make(chan Event)); err != nil {
					t.Error(err)
				}
			}, drained(drain.New()), protocol)
			body := s.get(t, "GET").Body
			done := make(chan error)
			go func() { done <- s.Config.Shutdown(context.Background()) }()
			if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
				t.Errorf("at the end: %q, %v", rest, err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
		t.Run(name+", busy and without a context", func(t *testing.T) {
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				if err := WriteEventSeq(w, r, 200, func(yield func(Event) bool) {
					for yield(Event{}) { // until it is told to stop
					}
				}); err != nil {
					t.Error(err)
				}
			}, drained(drain.New()), protocol)
			body := bufio.NewReader(s.get(t, "GET").Body)
			readEvent(t, body)
			done := make(chan error)
			go func() { done <- s.Config.Shutdown(context.Background()) }()
			if _, err := io.Copy(io.Discard, body); err != nil {
				t.Errorf("at the end: %v", err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

// TestEventsLetGo wants a stream not to hold on to the memory of a large event.
func TestEventsLetGo(t *testing.T) {
	w := httptest.NewRecorder()
	e := newEventWriter(w, EventStream{KeepAlive: -1})
	for _, size := range []int{100, 10 << 20, 100} {
		w.Body.Reset()
		if err := e.write(Event{Data: strings.Repeat("x", size)}); err != nil || w.Body.Len() < size {
			t.Errorf("%d bytes sent, %v", w.Body.Len(), err)
		}
		if cap(e.buf) > 64<<10 {
			t.Errorf("%d bytes are kept", cap(e.buf))
		}
	}
}

func TestEventsFail(t *testing.T) {
	secret := errors.New("the database at 10.0.0.7 is gone")
	one := Event{Data: "one"}
	const internal = "event: error\ndata: {\"title\":\"Internal Server Error\",\"status\":500}\n\n"
	tests := []struct {
		name   string
		stream EventStream
		want   string
		broken bool
		log    string
	}{
		{"error", EventStream{Events: eventsOf(secret, one)}, "data: one\n\n" + internal, false, "10.0.0.7"},
		{"error at first", EventStream{Events: eventsOf(secret)}, internal, false, "10.0.0.7"},
		{
			"error with a status",
			EventStream{Events: eventsOf(Errorf(http.StatusGone, "no user %d", 7), one)},
			"data: one\n\nevent: error\ndata: {\"title\":\"Gone\",\"status\":410,\"detail\":\"no user 7\"}\n\n", false, "no user 7",
		},
		{
			"rejection",
			EventStream{Events: eventsOf(&Rejection{status: 422, problems: []Problem{{In: "body", Detail: "is bad"}}})},
			"event: error\ndata: {\"title\":\"Unprocessable Entity\",\"status\":422,\"detail\":\"1 value of the request is not valid\"," +
				"\"errors\":[{\"in\":\"body\",\"detail\":\"is bad\"}]}\n\n", false, "is bad",
		},
		{"bad event", EventStream{Events: eventsOf(nil, one, Event{ID: "a\nb"}, one)}, "data: one\n\n" + internal, false, `control character`},
		{"abort", EventStream{Events: eventsOf(secret, one), Abort: true}, "data: one\n\n", true, "10.0.0.7"},
		{"abort at first", EventStream{Events: eventsOf(secret), Abort: true}, "", true, "10.0.0.7"},
		{"canceled by something else", EventStream{Events: eventsOf(context.Canceled)}, internal, false, "context canceled"},
	}
	for name, protocol := range protocols {
		for _, test := range tests {
			t.Run(name+" "+test.name, func(t *testing.T) {
				s := serveSite(t, serveEvents(func(context.Context) EventStream { return test.stream }), protocol)
				response := s.get(t, "GET")
				got, err := io.ReadAll(response.Body)
				if string(got) != test.want || (err != nil) != test.broken {
					t.Errorf("got %q, %v, want %q, broken %t", got, err, test.want, test.broken)
				}
				if log := s.log.String(); !strings.Contains(log, test.log) {
					t.Errorf("logged %q, want %q", log, test.log)
				}
			})
		}
	}
}

// TestEventsPanic wants a panic of events to end the answer, and their timer.
func TestEventsPanic(t *testing.T) {
	s := serveSite(t, serveEvents(func(context.Context) EventStream {
		return EventStream{KeepAlive: time.Millisecond, Events: func(func(Event, error) bool) { panic("events are broken") }}
	}), func(s *httptest.Server) { s.Config.ErrorLog = discardLog })
	if got, err := io.ReadAll(s.get(t, "GET").Body); err == nil {
		t.Errorf("got %q", got)
	}
}

// TestStreamDeadline wants the context of a stream to have its deadline until the
// answer begins.
func TestStreamDeadline(t *testing.T) {
	r, stop := WithStream(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), time.Hour)
	defer stop()
	if at, ok := r.Context().Deadline(); !ok || time.Until(at) > time.Hour {
		t.Errorf("the deadline is %v, %t", at, ok)
	}
	beginStream(httptest.NewRecorder(), r, 200)
	if at, ok := r.Context().Deadline(); ok || r.Context().Err() != nil {
		t.Errorf("when the answer has begun, the deadline is %v, the error %v", at, r.Context().Err())
	}
}

// TestStreamContext looks at every end of the context of a stream.
func TestStreamContext(t *testing.T) {
	begin := func(t *testing.T, timeout time.Duration) (r *http.Request, stop, leave func(), group *drain.Group) {
		group = drain.New()
		ctx, leave := context.WithCancel(group.Context(t.Context()))
		t.Cleanup(leave)
		r, stop = WithStream(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(ctx), timeout)
		return r, stop, leave, group
	}
	// ended says how a context and one derived from it have ended.
	ended := func(ctx, derived context.Context) error {
		synctest.Wait()
		if ctx.Err() != derived.Err() || (ctx.Err() != nil) != isClosed(ctx.Done()) {
			return fmt.Errorf("the context says %v, %t, one derived from it %v", ctx.Err(), isClosed(ctx.Done()), derived.Err())
		}
		return ctx.Err()
	}
	for name, test := range map[string]struct {
		timeout time.Duration
		events  bool
		end     func(r *http.Request, stop, leave func(), group *drain.Group)
		want    error
	}{
		"nothing happens": {end: func(*http.Request, func(), func(), *drain.Group) { time.Sleep(time.Hour) }},
		"the timeout":     {time.Second, false, func(*http.Request, func(), func(), *drain.Group) { time.Sleep(2 * time.Second) }, context.DeadlineExceeded},
		"the timeout after begin": {time.Second, false, func(r *http.Request, _, _ func(), _ *drain.Group) {
			beginStream(httptest.NewRecorder(), r, 200)
			time.Sleep(2 * time.Second)
		}, nil},
		"the client": {time.Second, false, func(_ *http.Request, _, leave func(), _ *drain.Group) { leave() }, context.Canceled},
		"the client after begin": {0, false, func(r *http.Request, _, leave func(), _ *drain.Group) {
			beginStream(httptest.NewRecorder(), r, 200)
			leave()
		}, context.Canceled},
		"the end of the handler":     {time.Second, false, func(_ *http.Request, stop, _ func(), _ *drain.Group) { stop() }, context.Canceled},
		"the drain before the begin": {0, false, func(_ *http.Request, _, _ func(), group *drain.Group) { group.Begin() }, nil},
		"the drain of events":        {0, true, func(_ *http.Request, _, _ func(), group *drain.Group) { group.Begin() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, stop, leave, group := begin(t, test.timeout)
				derived, cancel := context.WithCancel(r.Context())
				defer cancel()
				if test.events {
					defer endsWithServer(r)()
				}
				test.end(r, stop, leave, group)
				if err := ended(r.Context(), derived); !errors.Is(err, test.want) {
					t.Errorf("got %v, want %v", err, test.want)
				}
				late, cancel := context.WithCancel(r.Context())
				defer cancel()
				if err := ended(r.Context(), late); !errors.Is(err, test.want) {
					t.Errorf("derived after the end: got %v, want %v", err, test.want)
				}
				stop()
				if err := ended(r.Context(), derived); err == nil {
					t.Error("the context outlives its handler")
				}
			})
		})
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestStreamContextIsCheap wants no goroutine for contexts derived from it.
func TestStreamContextIsCheap(t *testing.T) {
	leak.Check(t)
	before := runtime.NumGoroutine()
	parent, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, stop := WithStream(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil).WithContext(parent), 0)
	defer stop()
	for range 10 {
		_, cancel := context.WithCancel(context.WithValue(r.Context(), streamKey{}, 1))
		defer cancel()
		stop := context.AfterFunc(r.Context(), func() { t.Error("called after stop") })
		if !stop() {
			t.Error("stop came too late")
		}
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines more", n-before)
	}
}

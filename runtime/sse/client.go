// Package sse is a client of event streams ("server-sent events"), such as
// those that handlers answer with iter.Seq2[runtime.Event, error].
//
// A [Client] does what the EventSource of browsers does, by the HTML standard
// (§9.2): it connects, goes on reading, and when the stream ends it connects
// again and says by the header Last-Event-ID what it has seen last. Beyond
// that it is made for servers that come and go:
//
//	client := sse.Client{URL: "https://example.com/feed"}
//	for event, err := range client.Events(ctx) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(event.Data)
//	}
//
// # What it takes for what
//
//   - An end of the stream, an error of the connection, and the statuses 408,
//     425, 429 and 5xx are passing. The client connects again after a while: as
//     long as the server has asked for by a retry field, or 3 seconds. Each
//     attempt in a row without an event doubles that, up to a minute, and half
//     of it at most is added by chance, so that not all clients of a server
//     come at once. A Retry-After of the server is a minimum. No server makes
//     a client wait for longer than a day.
//   - Status 204 is the end: the server wants the client not to come again.
//   - Any other status, and another Content-Type than text/event-stream, is an
//     error, and so are an event that is too long and an ID that cannot be
//     sent back, since it has a control character.
//   - The end of the context is the error that the context has.
//
// Redirects are followed as the [http.Client] does. A client with a Timeout cuts
// streams, which is a passing error then.
//
// The events are a result for handlers as they are: a handler that returns them
// relays the stream.
package sse

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// What a [Client] uses unless it says otherwise.
const (
	// DefaultRetry is how long it waits before it connects again.
	DefaultRetry = 3 * time.Second
	// DefaultMaxRetry is how long it waits at most after failures in a row.
	DefaultMaxRetry = time.Minute
	// DefaultLimit is how many bytes an event may have: 1 MiB.
	DefaultLimit = 1 << 20
)

// A Client receives the events of one stream. The zero value of each field but
// the URL is good for most. It is not changed by its use, and may be used by
// several goroutines.
type Client struct {
	// URL is where the stream is.
	URL string
	// Request makes the request in place of GET URL, for other methods and
	// bodies. It is called for each connection.
	Request func(ctx context.Context) (*http.Request, error)
	// Header is added to each request.
	Header http.Header
	// HTTP sends the requests; nil stands for http.DefaultClient. It should not
	// have a Timeout.
	HTTP *http.Client

	// LastEventID is the event to go on after.
	LastEventID string
	// Limit is how many bytes an event may have: 0 for DefaultLimit, negative
	// for any number.
	Limit int
	// Retry is how long to wait before connecting again, until the server says
	// otherwise: DefaultRetry by default.
	Retry time.Duration
	// MaxRetry is how long to wait at most after failures in a row:
	// DefaultMaxRetry by default. A server may ask for more, up to a day.
	MaxRetry time.Duration
	// Attempts is how many connections in a row may bring no event before the
	// last error is final; 0 for any number.
	Attempts int
	// Idle is how long the client waits for the head of an answer, and then for
	// anything to come, were it a comment, before it takes the connection for
	// dead; 0 for ever. Servers that keep a stream alive do so every 15 seconds
	// or so. The time that the loop over the events takes does not count.
	Idle time.Duration
	// Retrying, if it is not nil, is told of each passing error, and how long
	// the client is going to wait.
	Retrying func(err error, wait time.Duration)
}

var (
	// ErrIdle is the passing error of a stream on which nothing came.
	ErrIdle = errors.New("sse: the stream is silent")
	// ErrContentType is the error of an answer that is no event stream.
	ErrContentType = errors.New("sse: the answer is not text/event-stream")
)

// A StatusError is the error of an answer with another status than 200.
type StatusError struct{ Status int }

func (e *StatusError) Error() string {
	return fmt.Sprintf("sse: the server answers %d %s", e.Status, http.StatusText(e.Status))
}

// Events connects and yields the events that come, as long as it takes. The ID
// of an event is that of the last one that had any. An error is final and comes
// last; a stream that the server has ended by 204 ends without. Comments are not
// yielded. Who breaks out of the loop closes the connection.
func (c Client) Events(ctx context.Context) iter.Seq2[runtime.Event, error] {
	return func(yield func(runtime.Event, error) bool) {
		s := session{Client: c, yield: yield, lastID: c.LastEventID, retry: cmp.Or(c.Retry, DefaultRetry)}
		for {
			err := s.connect(ctx)
			switch {
			case s.stopped:
				return
			case ctx.Err() != nil:
				yield(runtime.Event{}, ctx.Err())
				return
			case errors.Is(err, errNoContent):
				return
			case s.isFinal(&err):
				yield(runtime.Event{}, err)
				return
			}
			if !s.wait(ctx, err) {
				yield(runtime.Event{}, ctx.Err())
				return
			}
		}
	}
}

// A session is one run through the events of a client.
type session struct {
	Client
	yield   func(runtime.Event, error) bool
	stopped bool // yield has returned false

	lastID   string
	retry    time.Duration
	failures int           // connections in a row without an event
	after    time.Duration // what Retry-After has asked for
}

// errNoContent is the error of a stream that the server has ended for good.
var errNoContent = errors.New("204")

// A finalError is one that trying again would not mend.
type finalError struct{ error }

// isFinal reports whether an error is, and takes off what says so.
func (s *session) isFinal(err *error) bool {
	if final, ok := (*err).(finalError); ok { //nolint:errorlint // connect does not wrap it
		*err = final.error
		return true
	}
	return s.Attempts > 0 && s.failures >= s.Attempts
}

// wait waits until it is time to connect again, and reports whether it came to
// that.
func (s *session) wait(ctx context.Context, err error) bool {
	wait := min(max(s.retry, shortest), longest)
	most := min(max(wait, cmp.Or(s.MaxRetry, DefaultMaxRetry)), longest)
	for n := 1; n < s.failures && wait < most; n++ {
		wait *= 2
	}
	wait = min(wait, most)
	wait += rand.N(wait/2 + 1)
	wait = max(wait, s.after)
	if s.Retrying != nil {
		s.Retrying(err, wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// How long to wait at least and, but for the part by chance, at most, whatever
// the server says.
const (
	shortest = 10 * time.Millisecond
	longest  = 24 * time.Hour
)

// connect yields the events of one connection, up to the error that ends it,
// which is [io.EOF] at the end of the stream.
func (s *session) connect(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.failures++
	s.after = 0
	req, err := s.request(ctx)
	if err != nil {
		return finalError{fmt.Errorf("sse: make the request: %w", err)}
	}
	err = s.receive(req, &alarm{after: s.Idle, ring: func() { cancel(ErrIdle) }})
	if err != nil && errors.Is(context.Cause(ctx), ErrIdle) {
		return ErrIdle
	}
	return err
}

// receive yields the events that come in answer to a request.
func (s *session) receive(req *http.Request, silence *alarm) error {
	silence.set()
	res, err := s.client().Do(req)
	silence.stop()
	if err != nil {
		return fmt.Errorf("sse: connect: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	if err := s.check(res); err != nil {
		return err
	}
	return s.read(watchedReader{res.Body, silence})
}

func (s *session) client() *http.Client {
	if s.HTTP != nil {
		return s.HTTP
	}
	return http.DefaultClient
}

func (s *session) request(ctx context.Context) (req *http.Request, err error) {
	if s.Request != nil {
		req, err = s.Request(ctx)
	} else {
		req, err = http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	}
	if err != nil {
		return nil, err
	}
	req = req.WithContext(ctx)
	header := http.Header{"Accept": {"text/event-stream"}, "Cache-Control": {"no-cache"}}
	maps.Copy(header, req.Header)
	for name, lines := range s.Header {
		header[http.CanonicalHeaderKey(name)] = lines
	}
	if strings.ContainsFunc(s.lastID, isControl) {
		return nil, fmt.Errorf("no header can have the event ID %q", s.lastID)
	}
	if s.lastID != "" {
		header.Set("Last-Event-ID", s.lastID)
	}
	req.Header = header
	return req, nil
}

// isControl reports whether a character is one that a field of a header cannot
// have (RFC 9110 §5.5).
func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// check reports an answer that brings no events.
func (s *session) check(res *http.Response) error {
	switch status := res.StatusCode; status {
	case http.StatusOK:
	case http.StatusNoContent:
		return errNoContent
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		s.after = retryAfter(res.Header)
		return &StatusError{status}
	default:
		if status >= 500 {
			s.after = retryAfter(res.Header)
			return &StatusError{status}
		}
		return finalError{&StatusError{status}}
	}
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) || media != "text/event-stream" {
		return finalError{fmt.Errorf("%w but %q", ErrContentType, res.Header.Get("Content-Type"))}
	}
	return nil
}

// retryAfter returns how long a server wants the client to wait (RFC 9110
// §10.2.3).
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(0, seconds), int(longest/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, time.Until(at)), longest)
	}
	return 0
}

// read yields events.
func (s *session) read(body io.Reader) error {
	p := newParser(body, s.Limit)
	p.id, p.lastID = s.lastID, s.lastID
	for {
		event, err := p.next()
		s.lastID = p.lastID
		if p.retry >= 0 {
			s.retry = p.retry
		}
		switch {
		case errors.Is(err, ErrTooLong):
			return finalError{err}
		case err != nil:
			return fmt.Errorf("sse: read: %w", err)
		}
		s.failures = 0
		if !s.yield(event, nil) {
			s.stopped = true
			return nil
		}
	}
}

// An alarm goes off when something takes longer than a time that is not 0.
type alarm struct {
	after time.Duration
	ring  func()
	timer *time.Timer
}

func (a *alarm) set() {
	switch {
	case a.after <= 0:
	case a.timer == nil:
		a.timer = time.AfterFunc(a.after, a.ring)
	default:
		a.timer.Reset(a.after)
	}
}

func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// A watchedReader lets an alarm go off while nothing comes.
type watchedReader struct {
	from    io.Reader
	silence *alarm
}

func (r watchedReader) Read(p []byte) (int, error) {
	r.silence.set()
	defer r.silence.stop()
	return r.from.Read(p)
}

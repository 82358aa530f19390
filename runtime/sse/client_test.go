package sse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// A script is a server that answers one request after the other, in no time.
type script struct {
	t        *testing.T
	answers  []answer
	requests []*http.Request
	times    []time.Time
}

// An answer is a status, a header and a body, or an error.
type answer struct {
	status int
	header http.Header
	body   io.Reader // nil for none
	err    error
}

func stream(text string) answer {
	return answer{200, http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}}, strings.NewReader(text), nil}
}

func status(code int, header ...string) answer {
	a := answer{status: code, header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		a.header.Set(header[i], header[i+1])
	}
	return a
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.requests, s.times = append(s.requests, r), append(s.times, time.Now())
	if len(s.requests) > len(s.answers) {
		s.t.Errorf("an unexpected request, %d", len(s.requests))
		return nil, context.Canceled
	}
	a := s.answers[len(s.requests)-1]
	if a.err != nil {
		return nil, a.err
	}
	if a.body == nil {
		a.body = http.NoBody
	}
	return &http.Response{StatusCode: a.status, Header: a.header, Body: &body{a.body, r.Context()}, Request: r}, nil
}

// A body ends with the context of its request.
type body struct {
	io.Reader
	ctx context.Context
}

func (b *body) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	return b.Reader.Read(p)
}

func (b *body) Close() error { return nil }

// silence is a body on which nothing comes before its context ends.
type silence struct{ ctx context.Context }

// run lets a client run through answers, in a bubble where waiting takes no
// time, and returns what it yields.
func run(t *testing.T, c Client, answers ...answer) (got []string, s *script) {
	t.Helper()
	s = &script{t: t, answers: answers}
	if c.URL == "" && c.Request == nil {
		c.URL = "http://example.com/feed"
	}
	c.HTTP = &http.Client{Transport: s}
	for event, err := range c.Events(t.Context()) {
		if err != nil {
			got = append(got, "error "+err.Error())
			continue
		}
		text := event.Data
		if event.ID != "" {
			text = event.ID + " " + text
		}
		got = append(got, text)
	}
	if n := len(s.requests); n < len(answers) {
		t.Errorf("%d requests, want %d", n, len(answers))
	}
	return got, s
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestResumes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got, s := run(t, Client{LastEventID: "0"},
			stream("id: 1\ndata: a\n\nid: 2\n\nid: 3\ndata: cut off\n"),
			answer{err: errors.New("connection refused")},
			stream("data: b\n\nid\ndata: c\n\n"),
			stream("id: 4\ndata: d\n\nid: 5\n\n"),
			status(204))
		want(t, got, "1 a", "2 b", "c", "4 d")
		var ids []string
		for _, r := range s.requests {
			ids = append(ids, r.Header.Get("Last-Event-ID"))
			if r.Method != "GET" || r.Header.Get("Accept") != "text/event-stream" || r.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("got %s %v", r.Method, r.Header)
			}
		}
		want(t, ids, "0", "2", "2", "", "5")
	})
}

// TestWaits looks at the time between connections.
func TestWaits(t *testing.T) {
	down := answer{err: errors.New("connection refused")}
	const s, day = time.Second, 24 * time.Hour
	for _, test := range []struct {
		name    string
		client  Client
		answers []answer
		want    []time.Duration // at least, and not half as much again
	}{
		{"an end", Client{}, []answer{stream("data: a\n\n"), stream("data: a\n\n"), status(204)}, []time.Duration{3 * s, 3 * s}},
		{"failures", Client{}, []answer{down, down, status(503), stream(""), down, down, down, status(204)}, []time.Duration{3 * s, 6 * s, 12 * s, 24 * s, 48 * s, 60 * s, 60 * s}},
		{"an event between", Client{}, []answer{down, down, stream("data: a\n\n"), down, down, status(204)}, []time.Duration{3 * s, 6 * s, 3 * s, 3 * s, 6 * s}},
		{"own times", Client{Retry: s, MaxRetry: 4 * s}, []answer{down, down, down, down, status(204)}, []time.Duration{s, 2 * s, 4 * s, 4 * s}},
		{"a short longest", Client{Retry: 5 * s, MaxRetry: s}, []answer{down, down, status(204)}, []time.Duration{5 * s, 5 * s}},
		{"retry", Client{}, []answer{stream("retry: 500\n\n"), down, stream("retry: 90000\ndata: a\n\n"), down, down, status(204)}, []time.Duration{s / 2, s, 90 * s, 90 * s, 90 * s}},
		{"retry 0", Client{}, []answer{stream("retry: 0\ndata: a\n\n"), down, down, status(204)}, []time.Duration{s / 100, s / 100, s / 50}},
		{"an event cut off", Client{}, []answer{stream("retry: 1000\ndata: a\n"), status(204)}, []time.Duration{s}},
		{"no end of a retry", Client{}, []answer{stream("retry: 9223372036854\ndata: a\n\n"), down, down, status(204)}, []time.Duration{day, day, day}},
		{"no end of a Retry-After", Client{}, []answer{status(503, "Retry-After", "9999999999"), status(503, "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"), status(204)}, []time.Duration{day, day}},
		{"no end of own times", Client{Retry: math.MaxInt64, MaxRetry: math.MaxInt64}, []answer{down, down, status(204)}, []time.Duration{day, day}},
		{"no end of failures", Client{MaxRetry: math.MaxInt64}, slices.Concat(slices.Repeat([]answer{down}, 50), []answer{status(204)}), []time.Duration{3 * s, 6 * s, 12 * s}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var told []time.Duration
				test.client.Retrying = func(err error, wait time.Duration) {
					if err == nil {
						t.Error("told of no error")
					}
					told = append(told, wait)
				}
				_, script := run(t, test.client, test.answers...)
				for i, want := range test.want {
					got := script.times[i+1].Sub(script.times[i])
					if got < want || got > want+want/2 || got != told[i] {
						t.Errorf("waited %v before connection %d, and said %v; want %v", got, i+2, told[i], want)
					}
				}
			})
		})
	}
}

// TestJitter wants clients not to come back at one time.
func TestJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		waits := map[time.Duration]bool{}
		for range 20 {
			c := Client{Retrying: func(_ error, wait time.Duration) { waits[wait] = true }}
			run(t, c, stream(""), status(204))
		}
		if len(waits) < 15 {
			t.Errorf("20 clients wait %v", slices.Collect(maps.Keys(waits)))
		}
	})
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at := time.Now().Add(5 * time.Minute).UTC().Format(http.TimeFormat)
		_, s := run(t, Client{},
			status(503, "Retry-After", "120"), status(429, "Retry-After", at), status(408, "Retry-After", "soon"),
			status(425, "Retry-After", "-5"), status(500), status(204))
		if wait := s.times[1].Sub(s.times[0]); wait != 2*time.Minute {
			t.Errorf("waited %v", wait)
		}
		if wait := s.times[2].Sub(s.times[0]); wait < 5*time.Minute-time.Second {
			t.Errorf("waited %v from the start", wait)
		}
		if wait := s.times[3].Sub(s.times[2]); wait > time.Minute {
			t.Errorf("waited %v", wait)
		}
	})
}

func TestFinal(t *testing.T) {
	down := answer{err: errors.New("connection refused")}
	html := answer{200, http.Header{"Content-Type": {"text/html"}}, strings.NewReader("data: a\n\n"), nil}
	nothing := answer{200, http.Header{}, strings.NewReader("data: a\n\n"), nil}
	odd := answer{200, http.Header{"Content-Type": {"Text/Event-Stream; charset"}}, strings.NewReader("data: a\n\n"), nil}
	for name, test := range map[string]struct {
		client  Client
		answers []answer
		want    []string
	}{
		"204":            {Client{}, []answer{status(204)}, nil},
		"404":            {Client{}, []answer{stream("data: a\n\n"), status(404)}, []string{"a", "error sse: the server answers 404 Not Found"}},
		"401":            {Client{}, []answer{status(401)}, []string{"error sse: the server answers 401 Unauthorized"}},
		"206":            {Client{}, []answer{status(206)}, []string{"error sse: the server answers 206 Partial Content"}},
		"another type":   {Client{}, []answer{html}, []string{`error sse: the answer is not text/event-stream but "text/html"`}},
		"no type":        {Client{}, []answer{nothing}, []string{`error sse: the answer is not text/event-stream but ""`}},
		"odd type":       {Client{}, []answer{odd, status(204)}, []string{"a"}},
		"too long":       {Client{Limit: 10}, []answer{stream("data: a\n\ndata: 1234567890\n\n")}, []string{"a", "error " + ErrTooLong.Error()}},
		"attempts":       {Client{Attempts: 3}, []answer{down, status(500), down}, []string{`error sse: connect: Get "http://example.com/feed": connection refused`}},
		"attempts again": {Client{Attempts: 2}, []answer{down, stream("data: a\n\n"), down, status(502)}, []string{"a", "error sse: the server answers 502 Bad Gateway"}},
		"empty streams":  {Client{Attempts: 2}, []answer{stream(""), stream(":\n\n")}, []string{"error sse: read: EOF"}},
		"a control character in the ID": {
			Client{},
			[]answer{stream("id: a\tb\ndata: a\n\n"), stream("id: a\x7fb\ndata: b\n\n")},
			[]string{"a\tb a", "a\x7fb b", `error sse: make the request: no header can have the event ID "a\x7fb"`},
		},
		"bad URL": {Client{URL: "http://a b/"}, nil, []string{`error sse: make the request: parse "http://a b/": invalid character " " in host name`}},
		"bad request": {
			Client{Request: func(context.Context) (*http.Request, error) { return nil, errors.New("no token") }},
			nil,
			[]string{"error sse: make the request: no token"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, _ := run(t, test.client, test.answers...)
				want(t, got, test.want...)
			})
		})
	}
}

func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := Client{
			Header: http.Header{"authorization": {"Bearer x"}, "Accept": {"text/event-stream, */*"}},
			Request: func(ctx context.Context) (*http.Request, error) {
				n++
				r, err := http.NewRequestWithContext(ctx, "POST", "http://example.com/ask", strings.NewReader(fmt.Sprint("question ", n)))
				r.Header.Set("Content-Type", "text/plain")
				return r, err
			},
		}
		_, s := run(t, c, stream("id: 7\ndata: a\n\n"), status(204))
		for i, r := range s.requests {
			body, err := io.ReadAll(r.Body)
			if err != nil || string(body) != fmt.Sprint("question ", i+1) || r.Method != "POST" ||
				r.Header.Get("Authorization") != "Bearer x" || r.Header.Get("Accept") != "text/event-stream, */*" ||
				r.Header.Get("Content-Type") != "text/plain" {
				t.Errorf("got %s %v %s", r.Method, r.Header, body)
			}
		}
		if len(c.Header) != 2 {
			t.Errorf("the client's header has become %v", c.Header)
		}
	})
}

// TestContextEnds ends the context while the client waits, and while it reads.
func TestContextEnds(t *testing.T) {
	cause := errors.New("the day is over")
	for name, a := range map[string]answer{
		"waiting": {err: errors.New("connection refused")},
		"reading": {200, http.Header{"Content-Type": {"text/event-stream"}}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, cause)
				defer cancel()
				c := Client{URL: "http://example.com", HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					if a.err != nil {
						return nil, a.err
					}
					return &http.Response{StatusCode: 200, Header: a.header, Body: io.NopCloser(silence{r.Context()})}, nil
				})}}
				n := 0
				for _, err := range c.Events(ctx) {
					n++
					if !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("got %v", err)
					}
				}
				if n != 1 {
					t.Errorf("%d errors", n)
				}
			})
		})
	}
}

func (s silence) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

type roundTrip func(r *http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestIdle wants a silent stream to be given up, and one with comments not.
func TestIdle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connections := 0
		var told []error
		c := Client{
			URL: "http://example.com", Idle: 20 * time.Second,
			Retrying: func(err error, _ time.Duration) { told = append(told, err) },
			HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				connections++
				if connections > 1 {
					return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
				}
				in, out := io.Pipe()
				go func() {
					for range 5 {
						time.Sleep(15 * time.Second)
						io.WriteString(out, ":\n\n")
					}
					<-r.Context().Done()
					out.CloseWithError(r.Context().Err())
				}()
				return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: in}, nil
			})},
		}
		begin := time.Now()
		for event, err := range c.Events(t.Context()) {
			t.Errorf("got %+v, %v", event, err)
		}
		if len(told) != 1 || !errors.Is(told[0], ErrIdle) {
			t.Errorf("told of %v", told)
		}
		if took := time.Since(begin); took < 95*time.Second || took > 105*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestIdleHead wants a server that does not answer to be given up.
func TestIdleHead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := Client{
			URL: "http://example.com", Idle: 20 * time.Second, Attempts: 1,
			HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				return nil, r.Context().Err()
			})},
		}
		begin := time.Now()
		for event, err := range c.Events(t.Context()) {
			if !errors.Is(err, ErrIdle) {
				t.Errorf("got %+v, %v", event, err)
			}
		}
		if took := time.Since(begin); took != 20*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

// TestIdleLoop wants a stream not to be given up because the loop over its events
// takes its time.
func TestIdleLoop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{t: t, answers: []answer{stream(""), status(204)}}
		s.answers[0].body = io.MultiReader(strings.NewReader("data: a\n\n"), strings.NewReader("data: b\n\n"))
		c := Client{
			URL: "http://example.com", Idle: 20 * time.Second, HTTP: &http.Client{Transport: s},
			Retrying: func(err error, _ time.Duration) {
				if errors.Is(err, ErrIdle) {
					t.Error(err)
				}
			},
		}
		var got []string
		for event, err := range c.Events(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, event.Data)
			time.Sleep(time.Minute)
		}
		want(t, got, "a", "b")
	})
}

// TestBreak wants the connection to be closed by who does not go on.
func TestBreak(t *testing.T) {
	closed := false
	c := Client{URL: "http://example.com", HTTP: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: 200, Header: http.Header{"Content-Type": {"text/event-stream"}},
			Body: closer{strings.NewReader("data: a\n\ndata: b\n\n"), &closed},
		}, nil
	})}}
	for event, err := range c.Events(t.Context()) {
		if event != (runtime.Event{Data: "a"}) || err != nil {
			t.Errorf("got %+v, %v", event, err)
		}
		break
	}
	if !closed {
		t.Error("the body is left open")
	}
}

type closer struct {
	io.Reader
	closed *bool
}

func (c closer) Close() error {
	*c.closed = true
	return nil
}

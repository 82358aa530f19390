package service

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTimeout(t *testing.T) {
	tests := map[string]struct {
		call  func(context.Context, int) (int, error)
		err   error
		after time.Duration
	}{
		"in time":              {sleeping(time.Second - 1), nil, time.Second - 1},
		"too late":             {sleeping(time.Hour), ErrTimeout, time.Second},
		"at the very moment":   {deaf(time.Second), nil, time.Second},
		"deaf to its context":  {deaf(time.Hour), nil, time.Hour},
		"its own error":        {failing(time.Second/2, errTest), errTest, time.Second / 2},
		"its own error, late":  {failing(2*time.Second, errTest), errTest, 2 * time.Second},
		"the error of the end": {ending(func(ctx context.Context) error { return ctx.Err() }), ErrTimeout, time.Second},
		"the error of a child's end": {ending(func(ctx context.Context) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			return ctx.Err()
		}), ErrTimeout, time.Second},
		"its own timeout": {failing(time.Second/2, context.DeadlineExceeded), context.DeadlineExceeded, time.Second / 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				_, err := Do(t.Context(), Timeout(&mock{call: test.call}, time.Second), 1)
				wantErr(t, "error", err, test.err)
				want(t, "time", time.Since(began), test.after)
			})
		})
	}
}

// deaf is a call that does not heed its context.
func deaf(d time.Duration) func(context.Context, int) (int, error) {
	return failing(d, nil)
}

func failing(d time.Duration, err error) func(context.Context, int) (int, error) {
	return func(_ context.Context, req int) (int, error) {
		time.Sleep(d)
		return req, err
	}
}

func ending(err func(context.Context) error) func(context.Context, int) (int, error) {
	return func(ctx context.Context, _ int) (int, error) {
		<-ctx.Done()
		return 0, err(ctx)
	}
}

func TestErrTimeout(t *testing.T) {
	want(t, "text", ErrTimeout.Error(), "request timed out")
	want(t, "status", statusOf(ErrTimeout), http.StatusGatewayTimeout)
	wantErr(t, "kind", ErrTimeout, context.DeadlineExceeded)
	for err, timeout := range map[error]bool{ErrTimeout: true, ErrOverloaded: false, ErrNoEndpoints: false} {
		want(t, "timeout of http.Client: "+err.Error(), (&url.Error{Err: err}).Timeout(), timeout)
	}
}

// The clock starts at Call, so that waiting for readiness does not count.
func TestTimeoutClockStartsAtCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{ready: func(context.Context) error { time.Sleep(time.Hour); return nil }, call: sleeping(time.Second / 2)}
		_, err := Do(t.Context(), Timeout(m, time.Second), 1)
		wantErr(t, "after an hour of waiting", err, nil)
	})
}

// The end of the caller's context is not a timeout.
func TestTimeoutOfTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Timeout(&mock{call: sleeping(time.Hour)}, time.Minute)
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(errTest) })
		_, err := Do(ctx, s, 1)
		wantErr(t, "error", err, errTest)
		if errors.Is(err, ErrTimeout) {
			t.Error("the caller's end is called a timeout")
		}
	})
}

// Nor is what the service says by itself, nor what it says when the caller has
// left long before.
func TestTimeoutOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := Do(t.Context(), Timeout(&mock{call: failing(time.Second/2, context.Canceled)}, time.Second), 1)
		want(t, "in time", err, context.Canceled)

		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second/2, cancel)
		_, err = Do(ctx, Timeout(&mock{call: failing(time.Minute, context.Canceled)}, time.Second), 1)
		want(t, "after the caller's end", err, context.Canceled)
	})
}

func TestTimeoutContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		deadline := time.Now().Add(time.Second)
		s := Timeout(&mock{call: func(ctx context.Context, _ int) (int, error) {
			got, ok := ctx.Deadline()
			want(t, "has a deadline", ok, true)
			want(t, "deadline", got, deadline)
			<-ctx.Done()
			want(t, "error", ctx.Err(), context.DeadlineExceeded)
			want(t, "cause", context.Cause(ctx), ErrTimeout)
			return 0, nil
		}}, time.Second)
		_, _ = Do(t.Context(), s, 1)

		earlier, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		deadline = time.Now().Add(time.Millisecond)
		s = Timeout(&mock{call: func(ctx context.Context, _ int) (int, error) {
			got, _ := ctx.Deadline()
			want(t, "earlier deadline", got, deadline)
			return 0, nil
		}}, time.Second)
		_, _ = Do(earlier, s, 1)
	})
}

// After the call its context ends, so that nothing of it is left.
func TestTimeoutContextEnds(t *testing.T) {
	var inner context.Context
	for name, call := range map[string]func(context.Context, int) (int, error){
		"returns": func(ctx context.Context, _ int) (int, error) { inner = ctx; return 0, nil },
		"fails":   func(ctx context.Context, _ int) (int, error) { inner = ctx; return 0, errTest },
		"panics":  func(ctx context.Context, _ int) (int, error) { inner = ctx; panic(errTest) },
	} {
		func() {
			defer func() { _ = recover() }()
			_, _ = Do(t.Context(), Timeout(&mock{call: call}, time.Hour), 1)
		}()
		if inner.Err() == nil {
			t.Errorf("the context of a call that %s is not over", name)
		}
	}
}

// Of a response the timeout is that of the head. The body may take longer.
func TestTimeoutLeavesTheBodyAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := &slowBody{}
		s := Timeout(Func(func(ctx context.Context, _ int) (*http.Response, error) {
			body.ctx = ctx
			return &http.Response{StatusCode: 200, Body: body}, nil
		}), time.Second)
		res, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		time.Sleep(time.Hour)
		buf := make([]byte, 1)
		_, err = res.Body.Read(buf)
		wantErr(t, "Read after an hour", err, nil)
		wantErr(t, "context while the body is read", body.ctx.Err(), nil)
		res.Body.Close()
		want(t, "closed", body.closed, 1)
		wantErr(t, "context after the body", body.ctx.Err(), context.Canceled)
	})
}

// A response that comes late has a body that cannot be read any more.
func TestTimeoutOfAResponse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := &slowBody{}
		s := Timeout(Func(func(ctx context.Context, _ int) (*http.Response, error) {
			time.Sleep(time.Hour)
			return &http.Response{StatusCode: 200, Body: body}, nil
		}), time.Second)
		res, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, ErrTimeout)
		if res != nil {
			t.Error("a response beside the error")
		}
		want(t, "closed", body.closed, 1)

		// One without a body is whole.
		for _, none := range []io.ReadCloser{nil, http.NoBody} {
			s = Timeout(Func(func(context.Context, int) (*http.Response, error) {
				time.Sleep(time.Hour)
				return &http.Response{StatusCode: 204, Body: none}, nil
			}), time.Second)
			res, err = Do(t.Context(), s, 1)
			if err != nil || res.StatusCode != 204 {
				t.Errorf("without a body: %v, %v", res, err)
			}
		}
	})
}

type slowBody struct {
	ctx    context.Context
	closed int
}

func (b *slowBody) Read(p []byte) (int, error) { return len(p), b.ctx.Err() }
func (b *slowBody) Close() error               { b.closed++; return nil }

func TestTimeoutRefusesNonsense(t *testing.T) {
	mustPanic(t, func() { Timeout(&mock{}, 0) })
	mustPanic(t, func() { Timeout(&mock{}, -1) })
}

func TestAtEnd(t *testing.T) {
	response := func(body io.ReadCloser) *http.Response { return &http.Response{Body: body} }
	ends := 0
	end := func() { ends++ }

	atEnd(7, end)
	want(t, "a number", ends, 1)
	atEnd(response(http.NoBody), end)
	want(t, "no body", ends, 2)
	atEnd((*http.Response)(nil), end)
	want(t, "no response", ends, 3)
	atEnd(response(nil), end)
	want(t, "a body that is nil", ends, 4)
	ends = 3

	r := response(io.NopCloser(strings.NewReader("body")))
	atEnd(r, end)
	want(t, "a body", ends, 3)
	io.ReadAll(r.Body)
	want(t, "a body read to its end", ends, 4)
	r.Body.Close()
	r.Body.Close()
	want(t, "a body closed after that", ends, 4)

	conn := response(&conn{Reader: strings.NewReader("")})
	atEnd(conn, end)
	io.ReadAll(conn.Body)
	want(t, "half a connection", ends, 4)
	if n, err := conn.Body.(io.Writer).Write([]byte("x")); n != 1 || err != nil {
		t.Errorf("write to a connection: %d, %v", n, err)
	}
	conn.Body.Close()
	want(t, "a connection", ends, 5)
}

func TestDiscard(t *testing.T) {
	closed := make(closing)
	discard(closed)
	<-closed
	n := 0
	discard(closeCounter{&n})
	discard(&closeCounter{&n})
	want(t, "closed, as a value and as a pointer", n, 2)
	discard((*conn)(nil))
	discard((*http.Response)(nil))
	discard(7)

	short, long := strings.NewReader("short"), strings.NewReader(long)
	discard(&http.Response{Body: io.NopCloser(short), ContentLength: 5})
	want(t, "left of a short body", short.Len(), 0)
	discard(&http.Response{Body: io.NopCloser(long), ContentLength: int64(long.Len())})
	want(t, "left of a long body", long.Len(), int(long.Size()))
	long.Seek(0, io.SeekStart)
	discard(&http.Response{Body: io.NopCloser(long), ContentLength: -1})
	want(t, "left of a body without a length", long.Len(), int(long.Size()))
}

type closeCounter struct{ n *int }

func (c closeCounter) Close() error { *c.n++; return nil }

type conn struct {
	io.Reader
	strings.Builder
}

func (c *conn) Close() error { c.Reset(); return nil }

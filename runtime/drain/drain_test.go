package drain_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
)

func TestWithoutGroup(t *testing.T) {
	ctx := t.Context()
	if done := drain.Done(ctx); done != nil {
		t.Errorf("Done of a context without a group = %v, want nil", done)
	}
	release := drain.Hold(ctx)
	release()
	release()

	parent, stop := context.WithCancel(ctx)
	detached, cancel := drain.Detach(parent)
	stop()
	if err := detached.Err(); err != nil {
		t.Errorf("a detached context ended with its request: %v", err)
	}
	cancel()
	if err := detached.Err(); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel the context says %v, want canceled", err)
	}
}

func TestBegin(t *testing.T) {
	group := drain.New()
	ctx := group.Context(t.Context())
	select {
	case <-drain.Done(ctx):
		t.Fatal("Done is closed before Begin")
	case <-group.Done():
		t.Fatal("the group is done before Begin")
	default:
	}
	group.Begin()
	group.Begin()
	<-drain.Done(ctx)
	<-group.Done()
	if err := ctx.Err(); err != nil {
		t.Errorf("Begin ended the context: %v", err)
	}
}

func TestAfterFunc(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := drain.New()
		ctx := group.Context(t.Context())
		called, stopped := 0, 0
		stop := drain.AfterFunc(ctx, func() { called++ })
		if !drain.AfterFunc(ctx, func() { stopped++ })() {
			t.Error("stop came too late before Begin")
		}
		if !drain.AfterFunc(t.Context(), func() { stopped++ })() {
			t.Error("stop came too late without a group")
		}
		synctest.Wait()
		if called != 0 {
			t.Error("the function was called before Begin")
		}
		group.Begin()
		group.Begin()
		synctest.Wait()
		if called != 1 || stopped != 0 {
			t.Errorf("called %d times, and %d times after stop", called, stopped)
		}
		if stop() {
			t.Error("stop was in time after the call")
		}
		drain.AfterFunc(ctx, func() { called++ })
		synctest.Wait()
		if called != 2 {
			t.Error("a function is not called that comes after Begin")
		}
	})
}

func TestInnerGroupCounts(t *testing.T) {
	outer, inner := drain.New(), drain.New()
	ctx := inner.Context(outer.Context(t.Context()))
	outer.Begin()
	select {
	case <-drain.Done(ctx):
		t.Error("the end of an outer server was seen instead of the inner one's")
	default:
	}
	outer.Cut()
	<-ctx.Done()
	if cause := context.Cause(ctx); !errors.Is(cause, drain.ErrCut) {
		t.Errorf("the cause of the end with its parent = %v, want ErrCut", cause)
	}
}

func TestWaitForHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := drain.New()
		ctx := group.Context(t.Context())
		if err := group.Wait(ctx); err != nil {
			t.Errorf("Wait for nothing = %v", err)
		}
		first, second := drain.Hold(ctx), drain.Hold(ctx)
		if held := group.Held(); held != 2 {
			t.Errorf("held = %d, want 2", held)
		}

		var waited error
		ended := false
		go func() {
			waited = group.Wait(context.Background())
			ended = true
		}()
		first()
		first()
		synctest.Wait()
		if ended {
			t.Error("Wait returned while one was holding")
		}
		second()
		synctest.Wait()
		if !ended || waited != nil {
			t.Errorf("Wait ended = %t, %v; want nil after the last release", ended, waited)
		}
		if held := group.Held(); held != 0 {
			t.Errorf("held = %d after all releases", held)
		}

		release := group.Hold() // again
		began := time.Now()
		time.AfterFunc(time.Second, release)
		if err := group.Wait(t.Context()); err != nil || time.Since(began) != time.Second {
			t.Errorf("the second Wait = %v after %v", err, time.Since(began))
		}
	})
}

func TestWaitGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := drain.New()
		release := group.Hold()
		deadline, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		err := group.Wait(deadline)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 still held") {
			t.Errorf("Wait = %v, want one held and the deadline", err)
		}
		release()
		if err := group.Wait(deadline); err != nil {
			t.Errorf("Wait for nothing with a context that has ended = %v", err)
		}
	})
}

// What is held anew between the last release and the look of the waiting one
// is waited for as well.
func TestHoldWhileWaiting(t *testing.T) {
	group := drain.New()
	var all sync.WaitGroup
	release := group.Hold()
	for range 8 {
		all.Go(func() {
			for range 200 {
				group.Hold()()
			}
		})
		all.Go(func() {
			for range 20 {
				expired, stop := context.WithCancel(t.Context())
				stop()
				_ = group.Wait(expired)
			}
		})
	}
	all.Wait()
	if held := group.Held(); held != 1 {
		t.Fatalf("held = %d, want the first", held)
	}
	release()
	if err := group.Wait(t.Context()); err != nil {
		t.Errorf("Wait = %v", err)
	}
}

func TestCut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		group := drain.New()
		base := group.Context(context.WithValue(t.Context(), key{}, "here"))
		request, end := context.WithCancel(base)
		detached, done := drain.Detach(request)
		defer done()
		end()
		synctest.Wait()
		if detached.Err() != nil {
			t.Errorf("a detached context ended with its request: %v", detached.Err())
		}
		if got := detached.Value(key{}); got != "here" {
			t.Errorf("a detached context has the value %v, want that of the request", got)
		}
		if held := group.Held(); held != 1 {
			t.Errorf("held = %d, want the detached one", held)
		}

		group.Cut()
		<-drain.Done(base)
		for name, ctx := range map[string]context.Context{"base": base, "detached": detached} {
			if cause := context.Cause(ctx); !errors.Is(cause, drain.ErrCut) {
				t.Errorf("%s: cause = %v, want ErrCut", name, cause)
			}
		}
		late, doneLate := drain.Detach(base)
		if cause := context.Cause(late); !errors.Is(cause, drain.ErrCut) {
			t.Errorf("detached after the cut: cause = %v, want ErrCut", cause)
		}
		doneLate()
		done()
		if err := group.Wait(t.Context()); err != nil {
			t.Errorf("Wait after the cut = %v", err)
		}
	})
}

// What has ended leaves no goroutine behind, which the bubble would report,
// and the deadline of a parent is that of its requests.
func TestParentEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := drain.New()
		parent, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		ctx := group.Context(parent)
		want, _ := parent.Deadline()
		if got, ok := ctx.Deadline(); !ok || !got.Equal(want) {
			t.Errorf("deadline = %v, %t; want that of the parent, %v", got, ok, want)
		}
		detached, done := drain.Detach(ctx)
		if got, ok := detached.Deadline(); ok {
			t.Errorf("a detached context has the deadline %v", got)
		}
		<-ctx.Done()
		if cause := context.Cause(ctx); !errors.Is(cause, context.DeadlineExceeded) {
			t.Errorf("cause = %v, want that of the parent", cause)
		}
		if err := detached.Err(); err != nil {
			t.Errorf("a detached context ended with the parent: %v", err)
		}
		done()
		if err := detached.Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("after cancel the context says %v, want canceled", err)
		}
	})
}

// A server of net/http with a group: a stream ends itself, a hijacked
// connection is waited for.
func TestServer(t *testing.T) {
	group := drain.New()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "first\n")
		http.NewResponseController(w).Flush()
		select {
		case <-drain.Done(r.Context()):
			io.WriteString(w, "last\n")
		case <-r.Context().Done():
		}
	})
	mux.HandleFunc("GET /raw", func(w http.ResponseWriter, r *http.Request) {
		release := drain.Hold(r.Context())
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			release()
			return
		}
		done := drain.Done(r.Context())
		go func() {
			defer release()
			defer conn.Close()
			io.WriteString(conn, "taken\n")
			<-done
			io.WriteString(conn, "bye\n")
		}()
	})
	server := httptest.NewUnstartedServer(mux)
	server.Config.BaseContext = func(net.Listener) context.Context { return group.Context(context.Background()) }
	server.Config.RegisterOnShutdown(group.Begin)
	server.Start()
	defer server.Close()

	stream, err := http.Get(server.URL + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewReader(stream.Body)
	if line, err := lines.ReadString('\n'); line != "first\n" {
		t.Fatalf("the stream began with %q, %v", line, err)
	}
	raw, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	io.WriteString(raw, "GET /raw HTTP/1.1\r\nHost: test\r\n\r\n")
	rawLines := bufio.NewReader(raw)
	if line, err := rawLines.ReadString('\n'); line != "taken\n" {
		t.Fatalf("the connection began with %q, %v", line, err)
	}

	deadline, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := server.Config.Shutdown(deadline); err != nil {
		t.Errorf("Shutdown = %v: the stream did not end itself", err)
	}
	if err := group.Wait(deadline); err != nil {
		t.Errorf("Wait = %v", err)
	}
	if rest, err := io.ReadAll(lines); string(rest) != "last\n" || err != nil {
		t.Errorf("the stream ended with %q, %v", rest, err)
	}
	if rest, err := io.ReadAll(rawLines); string(rest) != "bye\n" || err != nil {
		t.Errorf("the connection ended with %q, %v", rest, err)
	}
}

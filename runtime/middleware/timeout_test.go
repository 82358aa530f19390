package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	stdruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// soon is a deadline that handlers of tests miss.
const soon = 20 * time.Millisecond

// TestTimeoutStubborn has handlers that ignore their context. The client gets the
// whole answer while they still run.
func TestTimeoutStubborn(t *testing.T) {
	captureLog(t)
	for _, status := range []int{0, 408, 503, 504} {
		release := make(chan struct{})
		var got atomic.Value
		handler := func(w http.ResponseWriter, r *http.Request) {
			<-release
			w.Header().Set("X-Late", "1")
			w.WriteHeader(200)
			_, err := w.Write([]byte("late"))
			got.Store(err)
		}
		timeout := middleware.Timeout(soon, middleware.TimeoutConfig{Status: status})
		want := status
		if want == 0 {
			want = 503
		}
		overEach(t, timeout(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
			for range 2 { // the connection is free for the next request
				answer := get(t, server, "/")
				wantProblem(t, answer, want, "there was no answer within 20ms")
				if answer.Header.Get("X-Late") != "" || answer.Close {
					t.Errorf("header %v, close %t", answer.Header, answer.Close)
				}
			}
		})
		close(release)
		eventually(t, "the handler's write", func() bool { return got.Load() != nil })
		if err := got.Load().(error); !errors.Is(err, http.ErrHandlerTimeout) {
			t.Errorf("the late write fails with %v", err)
		}
	}
}

// TestTimeoutInTime has handlers that answer in time, each in another way.
func TestTimeoutInTime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(name, []byte(strings.Repeat("file ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		handle http.HandlerFunc
		status int
		body   string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, 200, ""},
		{"a header alone", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Own", "1") }, 200, ""},
		{"a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204, ""},
		{"bytes", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }, 200, "hello"},
		{"a string", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") }, 200, "hello"},
		{"status and bytes", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(404)
			w.Write([]byte("hello"))
		}, 404, "hello"},
		{"a copy", func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, io.MultiReader(strings.NewReader("hel"), strings.NewReader("lo")))
		}, 200, "hello"},
		{"an empty copy", func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, io.MultiReader())
			w.WriteHeader(404)
		}, 404, ""},
		{"a file", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) }, 200, strings.Repeat("file ", 2000)},
		{"after the deadline, but begun before", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(202)
			time.Sleep(3 * soon)
			if r.Context().Err() != nil {
				t.Error("the context ended")
			}
			io.WriteString(w, "slow")
		}, 202, "slow"},
		{"a panic is another's", func(http.ResponseWriter, *http.Request) { panic("boom") }, 500, `{"title":"Internal Server Error","status":500}`},
	}
	captureLog(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := patience
			if strings.HasPrefix(test.name, "after") {
				d = soon
			}
			overEach(t, stack(test.handle, middleware.Recover(), middleware.Timeout(d)), func(t *testing.T, server *httptest.Server) {
				if answer := get(t, server, "/"); answer.StatusCode != test.status || answer.body != test.body {
					t.Errorf("got %d %q, want %d %q", answer.StatusCode, answer.body, test.status, test.body)
				}
			})
		})
	}
}

// TestTimeoutHeader looks at what becomes of what layers outside have set.
func TestTimeoutHeader(t *testing.T) {
	captureLog(t)
	outside := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Kept", "outside")
			w.Header().Set("X-Removed", "outside")
			w.Header().Set("Vary", "Origin")
			next.ServeHTTP(w, r)
		})
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
		if got := w.Header().Get("X-Kept"); got != "outside" {
			t.Errorf("the handler sees %q", got)
		}
		w.Header().Del("X-Removed")
		w.Header().Add("Vary", "Accept")
		if r.URL.Path == "/early" {
			w.Header().Set("Link", "</style.css>")
			w.WriteHeader(103)
			w.Header().Del("Link")
		}
		if r.URL.Path != "/" {
			<-r.Context().Done()
		}
	}
	overEach(t, stack(http.HandlerFunc(handler), outside, middleware.Timeout(100*time.Millisecond)), func(t *testing.T, server *httptest.Server) {
		answer := get(t, server, "/")
		if got := answer.Header; got.Get("X-Kept") != "outside" || got.Get("X-Removed") != "" || len(got["Vary"]) != 2 {
			t.Errorf("in time: %v", got)
		}
		for _, path := range []string{"/late", "/early"} {
			answer = get(t, server, path)
			if got := answer.Header; answer.StatusCode != 503 || got.Get("X-Kept") != "outside" || got.Get("X-Removed") != "outside" ||
				len(got["Vary"]) != 1 || got.Get("Link") != "" {
				t.Errorf("%s: %s %v", path, answer.Status, got)
			}
		}
	})
}

func TestTimeoutTrailers(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		header := w.Header()
		header.Set("Trailer", "X-Sum, x-count")
		io.WriteString(w, "body")
		http.NewResponseController(w).Flush()
		header.Set("X-Sum", "1")
		header.Set("X-Count", "2")
		header.Set(http.TrailerPrefix+"X-More", "3")
		header.Set("X-None", "4")
	}
	overEach(t, middleware.Timeout(patience)(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
		answer := get(t, server, "/")
		if got := answer.Trailer; got.Get("X-Sum") != "1" || got.Get("X-Count") != "2" || got.Get("X-More") != "3" || got.Get("X-None") != "" {
			t.Errorf("got %v", got)
		}
	})
}

// TestTimeoutStream flushes in time and goes on for longer than that.
func TestTimeoutStream(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		for range 5 {
			io.WriteString(w, "tick\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			select {
			case <-time.After(soon):
			case <-r.Context().Done():
				t.Error(r.Context().Err())
			}
		}
		if _, ok := r.Context().Deadline(); ok {
			t.Error("the deadline has not been lifted")
		}
	}
	overEach(t, middleware.Timeout(2*soon)(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
		if answer := get(t, server, "/"); answer.body != strings.Repeat("tick\n", 5) {
			t.Errorf("got %q", answer.body)
		}
	})
}

func TestTimeoutHijack(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		time.Sleep(3 * soon)
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhijacked")
	}
	server := serve(t, middleware.Timeout(soon)(http.HandlerFunc(handler)))
	if answer := get(t, server, "/"); answer.body != "hijacked" {
		t.Errorf("got %q", answer.body)
	}
}

// TestTimeoutHijackSlow has a connection that is taken over in time, and had when
// it is too late for an answer.
func TestTimeoutHijackSlow(t *testing.T) {
	returned := false
	handler := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
		time.Sleep(soon)
		returned = true
	}
	w := &slowHijacker{ResponseRecorder: httptest.NewRecorder()}
	middleware.Timeout(soon)(http.HandlerFunc(handler)).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if !returned || w.Body.Len() > 0 {
		t.Errorf("the handler has returned: %t; %q is written", returned, w.Body)
	}
}

// A slowHijacker takes a while to give its connection away.
type slowHijacker struct{ *httptest.ResponseRecorder }

func (*slowHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	time.Sleep(3 * soon)
	conn, _ := net.Pipe()
	return conn, nil, nil
}

// TestTimeoutHijackRefused takes over what cannot be, which begins no answer.
func TestTimeoutHijackRefused(t *testing.T) {
	captureLog(t)
	handler := func(w http.ResponseWriter, r *http.Request) {
		if _, _, err := w.(http.Hijacker).Hijack(); err == nil {
			t.Error("got the connection")
		}
		<-r.Context().Done()
		if _, _, err := w.(http.Hijacker).Hijack(); !errors.Is(err, http.ErrHandlerTimeout) {
			t.Errorf("after the deadline: %v", err)
		}
	}
	wantProblem(t, get(t, serve2(t, middleware.Timeout(soon)(http.HandlerFunc(handler))), "/"), 503, "there was no answer within 20ms")
}

// TestTimeoutContext looks at the context of the handler and of contexts that
// it derives.
func TestTimeoutContext(t *testing.T) {
	captureLog(t)
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		var errs []error
		var ended []time.Duration
		start := time.Now()
		handler := func(_ http.ResponseWriter, r *http.Request) {
			if deadline, ok := r.Context().Deadline(); !ok || deadline.Sub(start) != time.Second {
				t.Errorf("the deadline is in %v, %t", deadline.Sub(start), ok)
			}
			if r.Context().Value(key{}) != "value" {
				t.Error("a value is missing")
			}
			derived, cancel := context.WithCancel(context.WithValue(r.Context(), key{}, "other"))
			defer cancel()
			<-derived.Done()
			ended = append(ended, time.Since(start))
			errs = append(errs, r.Context().Err(), derived.Err(), context.Cause(derived))
		}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", "/", nil)
		r = r.WithContext(context.WithValue(r.Context(), key{}, "value"))
		middleware.Timeout(time.Second)(http.HandlerFunc(handler)).ServeHTTP(w, r)
		synctest.Wait()
		if w.Code != 503 || len(ended) != 1 || ended[0] != time.Second || time.Since(start) != time.Second {
			t.Errorf("status %d after %v, the handler saw the end after %v", w.Code, time.Since(start), ended)
		}
		for _, err := range errs {
			if err != context.DeadlineExceeded {
				t.Errorf("got %v", err)
			}
		}
	})
}

// TestTimeoutContextEnds sees that the context ends with the handler.
func TestTimeoutContextEnds(t *testing.T) {
	for _, value := range []any{nil, "boom"} {
		var ctx context.Context
		handler := func(_ http.ResponseWriter, r *http.Request) {
			ctx = r.Context()
			if value != nil {
				panic(value)
			}
		}
		h := stack(http.HandlerFunc(handler), middleware.Recover(middleware.RecoverConfig{Logger: new(logbook).logger()}), middleware.Timeout(patience))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		select {
		case <-ctx.Done():
		case <-time.After(patience):
			t.Error("the context goes on")
		}
	}
}

// TestTimeoutClientGone ends the context of the server's request.
func TestTimeoutClientGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, begins := range []bool{false, true} {
			var err, cause error
			gone := errors.New("gone")
			handler := func(w http.ResponseWriter, r *http.Request) {
				if begins {
					w.WriteHeader(200)
				}
				<-r.Context().Done()
				err, cause = r.Context().Err(), context.Cause(r.Context())
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(time.Second, func() { cancel(gone) })
			start := time.Now()
			r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
			middleware.Timeout(time.Minute)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
			if err != context.Canceled || cause != gone || time.Since(start) != time.Second {
				t.Errorf("begins %t: %v because of %v after %v", begins, err, cause, time.Since(start))
			}
		}
	})
}

// TestTimeoutNearerDeadline has an outer deadline that comes first.
func TestTimeoutNearerDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		want, _ := ctx.Deadline()
		handler := func(w http.ResponseWriter, r *http.Request) {
			for range 2 {
				if got, ok := r.Context().Deadline(); !ok || got != want {
					t.Errorf("got %v, %t", got, ok)
				}
				w.WriteHeader(200)
			}
			<-r.Context().Done()
			if err := r.Context().Err(); err != context.DeadlineExceeded {
				t.Error(err)
			}
		}
		r := httptest.NewRequestWithContext(ctx, "GET", "/", nil)
		middleware.Timeout(time.Minute)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
	})
}

// TestTimeoutAtDeadline answers at the very moment: too late (tower-http looks
// at the clock first).
func TestTimeoutAtDeadline(t *testing.T) {
	tests := []struct {
		name   string
		after  time.Duration
		finish func(w http.ResponseWriter)
		status int
	}{
		{"write before", time.Second - 1, func(w http.ResponseWriter) { w.Write(nil) }, 200},
		{"write at", time.Second, func(w http.ResponseWriter) { w.Write(nil) }, 503},
		{"return before", time.Second - 1, func(http.ResponseWriter) {}, 200},
		{"return at", time.Second, func(http.ResponseWriter) {}, 503},
		{"hijack at", time.Second, func(w http.ResponseWriter) {
			if _, _, err := http.NewResponseController(w).Hijack(); !errors.Is(err, http.ErrHandlerTimeout) {
				t.Errorf("hijacking at the deadline: %v", err)
			}
		}, 503},
		{"status at", time.Second, func(w http.ResponseWriter) { w.WriteHeader(404) }, 503},
		{"panic at", time.Second, func(http.ResponseWriter) { panic("boom") }, 0},
	}
	captureLog(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for range 20 { // of goroutines that wake together any may be first
				synctest.Test(t, func(t *testing.T) {
					w := httptest.NewRecorder()
					handler := func(w http.ResponseWriter, _ *http.Request) {
						time.Sleep(test.after)
						test.finish(w)
					}
					stack(http.HandlerFunc(handler), middleware.Recover(), middleware.Timeout(time.Second)).
						ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
					synctest.Wait()
					if w.Code != test.status && (test.status != 0 || w.Code != 500 && w.Code != 503) {
						t.Errorf("got %d, want %d", w.Code, test.status)
					}
				})
			}
		})
	}
}

// TestTimeoutRace has a handler that does everything while time is running out.
// It is for the race detector.
func TestTimeoutRace(t *testing.T) {
	captureLog(t)
	var handlers sync.WaitGroup
	handler := func(w http.ResponseWriter, r *http.Request) {
		defer handlers.Done()
		controller := http.NewResponseController(w)
		body := make([]byte, 10)
		for i := range 100 {
			w.Header().Set("X-Count", strings.Repeat("x", i))
			r.Body.Read(body)
			controller.SetReadDeadline(time.Time{})
			controller.EnableFullDuplex()
			if i%10 == 0 {
				w.WriteHeader(103)
			}
			if i == 50 && r.URL.Path == "/write" {
				io.WriteString(w, "half")
				controller.Flush()
				io.Copy(w, strings.NewReader("more"))
			}
			time.Sleep(40 * time.Microsecond)
		}
		if r.URL.Path == "/panic" {
			panic("boom")
		}
	}
	h := stack(http.HandlerFunc(handler), middleware.Recover(), middleware.Timeout(5*time.Millisecond))
	overEach(t, h, func(t *testing.T, server *httptest.Server) {
		for _, path := range []string{"/", "/write", "/panic"} {
			for range 20 {
				handlers.Add(1)
				r := request(t, server, "POST", path, strings.NewReader(strings.Repeat("x", 500)))
				answer := send(t, server, r)
				if code := answer.StatusCode; code != 503 && code != 200 && (code != 500 || path != "/panic") {
					t.Errorf("%s: got %s %s", path, answer.Status, answer.body)
				}
			}
		}
		handlers.Wait()
	})
}

// TestTimeoutBody has clients that do not send what they have promised.
func TestTimeoutBody(t *testing.T) {
	captureLog(t)
	for _, reads := range []bool{true, false} {
		failed := make(chan error, 1)
		handler := func(_ http.ResponseWriter, r *http.Request) {
			if reads {
				_, err := io.ReadAll(r.Body)
				failed <- err
				return
			}
			<-r.Context().Done()
			if err := r.Body.Close(); err != nil {
				t.Error(err)
			}
			_, err := r.Body.Read(make([]byte, 1))
			failed <- err
		}
		server := serve(t, middleware.Timeout(soon, middleware.TimeoutConfig{Status: 408})(http.HandlerFunc(handler)))
		conn := dial(t, server)
		io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf")
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("reads %t: %v", reads, err)
		}
		response.Body.Close()
		if response.StatusCode != 408 || !response.Close {
			t.Errorf("reads %t: got %s, close %t", reads, response.Status, response.Close)
		}
		if err := <-failed; !errors.Is(err, http.ErrHandlerTimeout) {
			t.Errorf("reads %t: the handler's read fails with %v", reads, err)
		}
	}
}

// TestTimeoutBodyLimit refuses a body inside, which closes the connection.
func TestTimeoutBodyLimit(t *testing.T) {
	for _, inside := range []http.Handler{reading(5), middleware.BodyLimit(5)(reading(100))} {
		server := serve(t, middleware.Timeout(patience)(inside))
		answer := send(t, server, request(t, server, "POST", "/", strings.NewReader("too long")))
		if answer.StatusCode != 413 || !answer.Close {
			t.Errorf("got %s, close %t", answer.Status, answer.Close)
		}
	}
}

// TestTimeoutBodyRead reads a body to its end and leaves the connection open.
func TestTimeoutBodyRead(t *testing.T) {
	captureLog(t)
	handler := func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); string(body) != "whole" || err != nil {
			t.Errorf("read %q, %v", body, err)
		}
		if err := r.Body.Close(); err != nil {
			t.Error(err)
		}
		<-r.Context().Done()
	}
	server := serve(t, middleware.Timeout(soon)(http.HandlerFunc(handler)))
	answer := send(t, server, request(t, server, "POST", "/", strings.NewReader("whole")))
	if answer.StatusCode != 503 || answer.Close {
		t.Errorf("got %s, close %t", answer.Status, answer.Close)
	}
}

// TestTimeoutAfterwards uses everything that a writer has when it is too late.
func TestTimeoutAfterwards(t *testing.T) {
	captureLog(t)
	done := make(chan struct{})
	handler := func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		<-r.Context().Done()
		time.Sleep(soon)
		controller := http.NewResponseController(w)
		_, errWrite := w.Write([]byte("x"))
		_, errString := io.WriteString(w, "x")
		_, errCopy := io.Copy(w, io.MultiReader(strings.NewReader("x")))
		_, _, errHijack := controller.Hijack()
		for i, err := range []error{
			errWrite, errString, errCopy, errHijack, controller.Flush(), controller.EnableFullDuplex(),
			controller.SetReadDeadline(time.Now()), controller.SetWriteDeadline(time.Now()),
		} {
			if !errors.Is(err, http.ErrHandlerTimeout) {
				t.Errorf("%d fails with %v", i, err)
			}
		}
		w.WriteHeader(103)
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
	}
	server := serve(t, middleware.Timeout(soon)(http.HandlerFunc(handler)))
	for range 2 {
		wantProblem(t, get(t, server, "/"), 503, "there was no answer within 20ms")
		<-done
		done = make(chan struct{})
	}
}

// TestTimeoutPanic lets panics through as they are, with their stack.
func TestTimeoutPanic(t *testing.T) {
	for _, value := range []any{"boom", io.ErrUnexpectedEOF, http.ErrAbortHandler} {
		handler := func(http.ResponseWriter, *http.Request) { panicHere(value) }
		func() {
			defer func() {
				if got := recover(); got != value {
					t.Errorf("got %v, want %v", got, value)
				}
			}()
			middleware.Timeout(patience)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
			t.Error("no panic")
		}()
	}

	next := func(h http.Handler) http.Handler { // what a middleware function becomes
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			chain := runtime.NewChain(w, h)
			defer chain.End()
			if err := runtime.WriteResponse(w, r, 200, chain.Next().Run(r)); err != nil {
				t.Error(err)
			}
		})
	}
	timeout, trace := middleware.Timeout(patience), middleware.Trace(middleware.TraceConfig{
		OnRequest: func(*http.Request) {}, OnFailure: func(*middleware.Exchange) {},
	})
	for name, layers := range map[string][]layer{
		"one":            {timeout},
		"two":            {timeout, trace, timeout},
		"inside of Next": {next, timeout},
		"around Next":    {timeout, trace, next},
	} {
		log := captureLog(t)
		h := stack(panics("boom"), append([]layer{middleware.Recover()}, layers...)...)
		wantProblem(t, get(t, serve(t, h), "/"), 500, "")
		if !strings.Contains(log.String(), "panicHere") || strings.Count(log.String(), "msg=") != 1 {
			t.Errorf("%s: the log does not show where it began, once: %s", name, log)
		}
	}
}

// TestTimeoutPanicAlone has no layer around that would log the stack.
func TestTimeoutPanicAlone(t *testing.T) {
	log := captureLog(t)
	for _, value := range []any{"boom", http.ErrAbortHandler} {
		func() {
			defer func() { recover() }()
			middleware.Timeout(patience)(panics(value)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}()
	}
	if got := log.String(); strings.Count(got, "msg=") != 1 || !strings.Contains(got, "panicHere") {
		t.Error(got)
	}
}

func panicHere(value any) { panic(value) }

// TestTimeoutLatePanic panics when nobody waits any more.
func TestTimeoutLatePanic(t *testing.T) {
	log := captureLog(t)
	for _, value := range []any{"boom", http.ErrAbortHandler} {
		release := make(chan struct{})
		own := new(logbook)
		handler := func(http.ResponseWriter, *http.Request) {
			<-release
			panicHere(value)
		}
		h := middleware.Timeout(soon, middleware.TimeoutConfig{Logger: own.logger()})(http.HandlerFunc(handler))
		wantProblem(t, get(t, serve(t, h), "/"), 503, "there was no answer within 20ms")
		close(release)
		if value == "boom" {
			eventually(t, "the log", func() bool { return strings.Contains(own.String(), "panicHere") })
			if !strings.HasPrefix(own.String(), `level=ERROR msg="handler panicked after its timeout" method=GET path=/ panic=boom`) {
				t.Error(own)
			}
		} else if own.String() != "" {
			t.Error(own)
		}
	}
	if strings.Count(log.String(), `msg="request failed" method=GET path=/ status=503 error="there was no answer within 20ms"`) != 2 {
		t.Error(log)
	}
}

// TestTimeoutGoexit ends the handler's goroutine, as FailNow does in tests.
func TestTimeoutGoexit(t *testing.T) {
	exited := true
	var done sync.WaitGroup
	done.Go(func() {
		handler := func(http.ResponseWriter, *http.Request) { stdruntime.Goexit() }
		middleware.Timeout(patience)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		exited = false
	})
	done.Wait()
	if !exited {
		t.Error("the server's goroutine goes on")
	}
}

// TestTimeoutDrain lets a server that drains wait for a handler that was given
// up.
func TestTimeoutDrain(t *testing.T) {
	captureLog(t)
	group := drain.New()
	release := make(chan struct{})
	handler := func(http.ResponseWriter, *http.Request) { <-release }
	r := httptest.NewRequestWithContext(group.Context(t.Context()), "GET", "/", nil)
	middleware.Timeout(soon)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
	if group.Held() != 1 {
		t.Errorf("held by %d", group.Held())
	}
	close(release)
	if err := group.Wait(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestTimeoutPattern looks at the request from outside.
func TestTimeoutPattern(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "panic" {
			panic(http.ErrAbortHandler)
		}
	})
	for _, target := range []string{"/users/1", "/users/1?panic"} {
		r := httptest.NewRequest("GET", target, nil)
		func() {
			defer func() { recover() }()
			middleware.Timeout(patience)(mux).ServeHTTP(httptest.NewRecorder(), r)
		}()
		if r.Pattern != "GET /users/{id}" {
			t.Errorf("%s: got %q", target, r.Pattern)
		}
	}
}

// TestTimeoutError looks at the error that an errors function gets.
func TestTimeoutError(t *testing.T) {
	var got error
	router := runtime.NewRouter()
	router.RenderErrors(func(w http.ResponseWriter, _ *http.Request, err error) {
		got = err
		w.WriteHeader(runtime.StatusOf(err))
	})
	handler := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	router.Handle("/", middleware.Timeout(soon, middleware.TimeoutConfig{Status: 408})(http.HandlerFunc(handler)))
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 408 || !errors.Is(got, context.DeadlineExceeded) || got.Error() != "there was no answer within 20ms" {
		t.Errorf("got %d for %v", w.Code, got)
	}
}

func TestTimeoutConfig(t *testing.T) {
	mustPanic(t, "Timeout of 0s", func() { middleware.Timeout(0) })
	mustPanic(t, "Timeout of -1s", func() { middleware.Timeout(-time.Second) })
	for _, status := range []int{-1, 200, 399, 600} {
		mustPanic(t, "with status", func() {
			middleware.Timeout(time.Second, middleware.TimeoutConfig{Status: status})
		})
	}
}

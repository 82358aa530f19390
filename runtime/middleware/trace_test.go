package middleware_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// traced returns what Trace logs of one request, with "TIME" for latencies. The
// log is complete when the handler has returned, so this does not go over a
// connection.
func traced(t *testing.T, log *logbook, h http.Handler, r *http.Request) string {
	t.Helper()
	func() {
		defer func() { recover() }()
		h.ServeHTTP(httptest.NewRecorder(), r)
	}()
	text := regexp.MustCompile(`latency=[0-9.]+[nµm]?s`).ReplaceAllString(log.String(), "latency=TIME")
	return strings.ReplaceAll(text, "remote="+r.RemoteAddr, "remote=PEER")
}

func TestTrace(t *testing.T) {
	const started = "level=DEBUG msg=\"started processing request\" method=GET path=/users/7 proto=HTTP/1.1 remote=PEER\n"
	const finished = `level=INFO msg="finished processing request" method=GET path=/users/7 route=/users/{id} `
	const failed = `level=ERROR msg="response failed" method=GET path=/users/7 route=/users/{id} `
	tests := []struct {
		name   string
		handle http.HandlerFunc
		want   string
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, finished + "status=200 latency=TIME bytes=0\n"},
		{"a status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, finished + "status=404 latency=TIME bytes=0\n"},
		{"bytes", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "12345") }, finished + "status=200 latency=TIME bytes=5\n"},
		{"a copy", func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, io.MultiReader(strings.NewReader("123456")))
		}, finished + "status=200 latency=TIME bytes=6\n"},
		{"a failure", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, finished + "status=503 latency=TIME bytes=0\n" +
			failed + "status=503 latency=TIME bytes=0\n"},
		{"a panic", func(http.ResponseWriter, *http.Request) { panic("boom") }, failed + "status=0 latency=TIME bytes=0 error=\"panic: boom\"\n"},
		{"a panic within", func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "12")
			panic("boom")
		}, failed + "status=200 latency=TIME bytes=2 error=\"panic: boom\"\n"},
		{"aborted", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			panic(http.ErrAbortHandler)
		}, failed + "status=201 latency=TIME bytes=0 error=\"net/http: abort Handler\"\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			log := captureLog(t)
			router := runtime.NewRouter()
			router.HandleFunc("GET /users/{id}", test.handle)
			r := httptest.NewRequest("GET", "/users/7?secret=1", nil)
			if got := traced(t, log, middleware.Trace()(router), r); got != started+test.want {
				t.Errorf("got\n%swant\n%s", got, started+test.want)
			}
		})
	}
}

// TestTraceNested looks at routes with a prefix, from around the router, from
// its layers, and from those of the router inside.
func TestTraceNested(t *testing.T) {
	var routes []string
	trace := func(where string) layer {
		return middleware.Trace(middleware.TraceConfig{
			OnRequest: func(*http.Request) {},
			OnResponse: func(x *middleware.Exchange) {
				routes = append(routes, fmt.Sprintf("%s %s %d", where, x.Route, x.Status))
			},
		})
	}
	inner := runtime.NewRouter().
		HandleFunc("GET /users/{id}", func(http.ResponseWriter, *http.Request) {}).
		Layer(trace("inner"))
	root := runtime.NewRouter().Nest("/api/{version}", inner).Layer(trace("root"))
	h := stack(root, trace("around"), middleware.BodyLimit(1))
	for path, want := range map[string]string{
		"/api/v1/users/7": "inner /api/{version}/users/{id} 200, root /api/{version}/users/{id} 200, around /api/{version}/users/{id} 200",
		"/nowhere":        "root  404, around  404",
	} {
		routes = nil
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
		if got := strings.Join(routes, ", "); got != want {
			t.Errorf("%s: got %s", path, got)
		}
	}
}

// TestTraceInside has Trace as the middleware of a route, and of no route.
func TestTraceInside(t *testing.T) {
	log := new(logbook)
	trace := middleware.Trace(middleware.TraceConfig{Logger: log.logger(), RequestLevel: slog.LevelDebug - 1})
	router := runtime.NewRouter()
	router.Handle("GET /users/{id}", trace(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	traced(t, log, router, httptest.NewRequest("GET", "/users/7", nil))
	want := `level=INFO msg="finished processing request" method=GET path=/users/7 route=/users/{id} status=200 latency=TIME bytes=0
level=INFO msg="finished processing request" method=GET path=/api/users/7 route=/api/users/{id} status=200 latency=TIME bytes=0
level=INFO msg="finished processing request" method=GET path=/nowhere route="" status=404 latency=TIME bytes=68
`
	traced(t, log, runtime.NewRouter().Nest("/api", router), httptest.NewRequest("GET", "/api/users/7", nil))
	if got := traced(t, log, trace(router), httptest.NewRequest("GET", "/nowhere", nil)); got != want {
		t.Errorf("got\n%s", got)
	}
}

// TestTraceRepanics raises panics again as they were, with a stack that Recover
// outside can log.
func TestTraceRepanics(t *testing.T) {
	log := captureLog(t)
	var seen *middleware.PanicError
	trace := middleware.Trace(middleware.TraceConfig{OnFailure: func(x *middleware.Exchange) { errors.As(x.Err, &seen) }})
	w := httptest.NewRecorder()
	stack(panics("boom"), middleware.Recover(), trace).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || !strings.Contains(log.String(), "panicHere") {
		t.Errorf("got %d, logged %s", w.Code, log)
	}
	if seen == nil || seen.Value != "boom" || !strings.Contains(string(seen.Stack), "panicHere") {
		t.Errorf("the hook has %+v", seen)
	}
}

// TestTraceAroundRecover sees the answers to panics.
func TestTraceAroundRecover(t *testing.T) {
	captureLog(t)
	log := new(logbook)
	trace := middleware.Trace(middleware.TraceConfig{Logger: log.logger(), RequestLevel: slog.LevelDebug - 1})
	got := traced(t, log, stack(panics("boom"), trace, middleware.Recover()), httptest.NewRequest("GET", "/", nil))
	if !strings.Contains(got, `msg="finished processing request" method=GET path=/ route="" status=500`) || !strings.Contains(got, `msg="response failed"`) {
		t.Errorf("got %s", got)
	}
}

func TestTraceHeaders(t *testing.T) {
	log := new(logbook)
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "secret")
		w.Header().Set("X-Key", "secret")
		w.Header().Set("X-Own", "1")
	}
	h := stack(http.HandlerFunc(handler),
		middleware.SensitiveHeaders("X-Key"),
		middleware.RequestID(),
		middleware.Trace(middleware.TraceConfig{Logger: log.logger(), Headers: true}),
	)
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", "secret")
	r.Header.Set("X-Key", "secret")
	r.Header.Set("X-Request-Id", "r1")
	want := `level=DEBUG msg="started processing request" method=GET path=/ proto=HTTP/1.1 remote=PEER request_id=r1 ` +
		`headers.Authorization=[masked] headers.X-Key=[masked] headers.X-Request-Id=r1
level=INFO msg="finished processing request" method=GET path=/ route="" status=200 latency=TIME bytes=0 request_id=r1 ` +
		`headers.Set-Cookie=[masked] headers.X-Key=[masked] headers.X-Own=1 headers.X-Request-Id=r1
`
	if got := traced(t, log, h, r); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTraceLevels(t *testing.T) {
	log := new(logbook)
	handler := func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }
	trace := middleware.Trace(middleware.TraceConfig{
		Logger:        log.logger(),
		RequestLevel:  slog.LevelInfo,
		ResponseLevel: slog.LevelDebug,
		FailureLevel:  slog.LevelWarn,
		Skip:          func(r *http.Request) bool { return r.URL.Path == "/health" },
	})
	h := trace(http.HandlerFunc(handler))
	traced(t, log, h, httptest.NewRequest("GET", "/health", nil))
	got := traced(t, log, h, httptest.NewRequest("GET", "/", nil))
	want := `level=INFO msg="started processing request" method=GET path=/ proto=HTTP/1.1 remote=PEER
level=DEBUG msg="finished processing request" method=GET path=/ route="" status=500 latency=TIME bytes=0
level=WARN msg="response failed" method=GET path=/ route="" status=500 latency=TIME bytes=0
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestTraceHooks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := captureLog(t)
		var events []string
		var last *middleware.Exchange
		note := func(event string) func(*middleware.Exchange) {
			return func(x *middleware.Exchange) { events, last = append(events, event), x }
		}
		trace := middleware.Trace(middleware.TraceConfig{
			OnRequest:  func(r *http.Request) { events = append(events, "request "+r.URL.Path) },
			OnResponse: note("response"),
			OnFailure:  note("failure"),
		})
		handler := func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Second)
			w.Header().Set("X-Own", "1")
			w.WriteHeader(500)
			io.WriteString(w, "body")
		}
		r := httptest.NewRequest("GET", "/x", nil)
		trace(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
		if strings.Join(events, ", ") != "request /x, response, failure" || log.String() != "" {
			t.Errorf("called %q, logged %s", events, log)
		}
		if last.Request != r || last.Status != 500 || last.Bytes != 4 || last.Latency != time.Second || last.Header.Get("X-Own") != "1" ||
			last.Err != nil || last.Hijacked || !last.Failed() {
			t.Errorf("got %+v", last)
		}
	})
}

// TestTraceOnTheWire has clients that go, streams, and connections that are
// taken over.
func TestTraceOnTheWire(t *testing.T) {
	results := make(chan *middleware.Exchange, 1)
	trace := middleware.Trace(middleware.TraceConfig{
		OnRequest:  func(*http.Request) {},
		OnResponse: func(x *middleware.Exchange) { results <- x },
	})
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			io.WriteString(w, "begun")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/all":
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "all")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/stream":
			for range 3 {
				io.WriteString(w, "tick\n")
				w.(http.Flusher).Flush()
			}
		case "/hijack":
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		}
	}
	server := serve(t, trace(http.HandlerFunc(handler)))
	next := func() *middleware.Exchange {
		select {
		case x := <-results:
			return x
		case <-time.After(patience):
			t.Fatal("nothing is traced")
			return nil
		}
	}

	ctx, cancel := context.WithCancel(t.Context())
	response, err := server.Client().Do(request(t, server, "GET", "/gone", nil).WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	bufio.NewReader(response.Body).ReadByte()
	cancel()
	response.Body.Close()
	if x := next(); x.Status != 200 || x.Bytes != 5 || !errors.Is(x.Err, context.Canceled) || x.Failed() {
		t.Errorf("gone: %+v", x)
	}

	conn := dial(t, server)
	io.WriteString(conn, "GET /all HTTP/1.1\r\nHost: x\r\n\r\n")
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	if x := next(); x.Status != 200 || x.Bytes != 3 || x.Err != nil {
		t.Errorf("gone with all of it: %+v", x)
	}

	if answer := get(t, server, "/stream"); answer.body != "tick\ntick\ntick\n" {
		t.Errorf("got %q", answer.body)
	}
	if x := next(); x.Status != 200 || x.Bytes != 15 || x.Err != nil {
		t.Errorf("stream: %+v", x)
	}

	response, err = server.Client().Do(request(t, server, "GET", "/hijack", nil))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if x := next(); !x.Hijacked || x.Status != 0 || x.Failed() {
		t.Errorf("hijack: %+v", x)
	}
}

func TestTraceHijackedLine(t *testing.T) {
	log := new(logbook)
	handler := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		conn.Close()
	}
	server := serve(t, middleware.Trace(middleware.TraceConfig{Logger: log.logger()})(http.HandlerFunc(handler)))
	get(t, server, "/")
	eventually(t, "the log", func() bool { return strings.Contains(log.String(), "status=0") })
	if !strings.HasSuffix(log.String(), "hijacked=true\n") {
		t.Error(log)
	}
}

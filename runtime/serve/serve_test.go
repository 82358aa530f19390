package serve_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/leak"
	"github.com/handlergen/handlergen/runtime/serve"
)

func hello(w http.ResponseWriter, r *http.Request) {
	io.WriteString(w, "hello "+r.URL.Path)
}

func TestServe(t *testing.T) {
	s := start(t, http.HandlerFunc(hello), serve.Config{})
	if _, body := s.get("/you"); body != "hello /you" {
		t.Errorf("got %q", body)
	}
	s.stop()
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if _, err := net.Dial("tcp", s.addr.String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("after Run, dialling says %v, want refused", err)
	}
	s.logs.wants(t, "level=INFO", "msg=listening", "url=http://"+s.addr.String())
	s.logs.wants(t, "level=INFO", "msg=draining", `reason="context canceled"`, "requests=0", "connections=1")
	s.logs.wants(t, "level=INFO", "msg=drained")
}

func TestRequestFinishes(t *testing.T) {
	entered, finish := make(chan struct{}), make(chan struct{})
	handler := func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-finish
		if err := r.Context().Err(); err != nil {
			t.Errorf("the request ended while the server drained: %v", err)
		}
		if got := r.Context().Value(testKey{}); got != t.Name() {
			t.Errorf("the context of Run has %v, that of the request %v", t.Name(), got)
		}
		io.WriteString(w, "done")
	}
	s := start(t, http.HandlerFunc(handler), serve.Config{DrainTimeout: patience})
	answer := make(chan string, 1)
	go func() {
		_, body := s.get("/slow")
		answer <- body
	}()
	<-entered
	s.stop()
	eventually(t, "no more connections", func() bool {
		nc, err := net.Dial("tcp", s.addr.String())
		if err == nil {
			nc.Close()
		}
		return err != nil
	})
	close(finish)
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if body := <-answer; body != "done" {
		t.Errorf("the request was answered with %q", body)
	}
	s.logs.wants(t, "msg=draining", "requests=1")
}

func TestStreamEndsItself(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "data: first\n\n")
		http.NewResponseController(w).Flush()
		select {
		case <-drain.Done(r.Context()):
			io.WriteString(w, "data: last\n\n")
		case <-r.Context().Done():
			t.Error("the stream was cut")
		}
	}
	s := start(t, http.HandlerFunc(handler), serve.Config{DrainTimeout: -1})
	resp, err := s.client.Get(s.url("/events"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	s.stop()
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	if body, err := io.ReadAll(resp.Body); string(body) != "data: first\n\ndata: last\n\n" || err != nil {
		t.Errorf("the stream was %q, %v", body, err)
	}
}

// Connections that are hijacked are waited for while their handler runs, and
// longer if somebody holds.
func TestHijacked(t *testing.T) {
	for _, holding := range []bool{false, true} {
		t.Run(fmt.Sprintf("holding=%t", holding), func(t *testing.T) {
			finish := make(chan struct{})
			talk := func(conn net.Conn) {
				defer conn.Close()
				io.WriteString(conn, "taken\n")
				<-finish
				io.WriteString(conn, "bye\n")
			}
			handler := func(w http.ResponseWriter, r *http.Request) {
				release := drain.Hold(r.Context())
				conn, _, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
				}
				if holding {
					go func() {
						defer release()
						talk(conn)
					}()
					return
				}
				release()
				talk(conn)
			}
			s := start(t, http.HandlerFunc(handler), serve.Config{DrainTimeout: patience})
			lines := bufio.NewReader(s.dial("GET /raw HTTP/1.1\r\nHost: test\r\n\r\n"))
			if line, err := lines.ReadString('\n'); line != "taken\n" {
				t.Fatalf("the connection began with %q, %v", line, err)
			}
			s.stop()
			select {
			case err := <-s.ended:
				t.Errorf("Run = %v before the connection was at its end", err)
				s.ended <- err
			case <-time.After(50 * time.Millisecond):
			}
			close(finish)
			if err := s.wait(); err != nil {
				t.Errorf("Run = %v, want nil", err)
			}
			if rest, err := io.ReadAll(lines); string(rest) != "bye\n" || err != nil {
				t.Errorf("the connection ended with %q, %v", rest, err)
			}
		})
	}
}

func TestDeadlineCuts(t *testing.T) {
	causes := make(chan error, 3)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /endless/{secret}", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
		causes <- context.Cause(r.Context())
	})
	mux.HandleFunc("GET /raw", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "taken\n")
		_, err = conn.Read(make([]byte, 1)) // until the server closes it
		causes <- err
	})
	mux.HandleFunc("POST /job", func(w http.ResponseWriter, r *http.Request) {
		ctx, done := drain.Detach(r.Context())
		go func() {
			defer done()
			<-ctx.Done()
			causes <- context.Cause(ctx)
		}()
	})
	s := start(t, mux, serve.Config{DrainTimeout: 20 * time.Millisecond})
	resp, err := s.client.Get(s.url("/endless/x%0Ay?password=hunter2"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw := bufio.NewReader(s.dial("GET /raw HTTP/1.1\r\nHost: test\r\n\r\n"))
	if line, err := raw.ReadString('\n'); line != "taken\n" {
		t.Fatalf("the connection began with %q, %v", line, err)
	}
	if resp, err := s.client.Post(s.url("/job"), "", nil); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("POST /job: %v, %v", resp, err)
	}

	s.stop()
	err = s.wait()
	var cut *serve.CutError
	if !errors.As(err, &cut) || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("Run = %v, want a CutError by the deadline", err)
	}
	if len(cut.Requests) != 2 || cut.Requests[0].Path != "/endless/x%0Ay" || cut.Requests[1].Path != "/raw" || cut.Held != 1 {
		t.Errorf("what was cut: %+v and %d held", cut.Requests, cut.Held)
	}
	for _, part := range []string{"serve: cut 2 requests (GET /endless/x%0Ay for ", " and 1 hold: not done after 20ms"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	if strings.Contains(err.Error()+s.logs.String(), "hunter2") {
		t.Errorf("a query was told:\n%v\n%s", err, s.logs)
	}
	s.logs.wants(t, "level=ERROR", "msg=cut", "held=1", "/raw")

	byContext := 0
	for range 3 {
		select {
		case cause := <-causes:
			if errors.Is(cause, drain.ErrCut) {
				byContext++
			}
		case <-time.After(patience):
			t.Fatal("not everything has ended")
		}
	}
	if byContext != 2 {
		t.Errorf("%d contexts ended with ErrCut, want that of the request and that of the job", byContext)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the answer that was cut looks whole")
	}
	if rest, _ := io.ReadAll(raw); len(rest) > 0 {
		t.Errorf("the hijacked connection ended with %q", rest)
	}
}

// Run returns soon after the deadline even if a handler never does.
func TestDeafHandler(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	s := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(entered)
		<-leave
	}), serve.Config{DrainTimeout: time.Millisecond})
	s.dial("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	<-entered
	s.stop()
	if err := s.wait(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run = %v, want the deadline", err)
	}
	close(leave)
}

func TestSeveral(t *testing.T) {
	first := start(t, http.HandlerFunc(hello), serve.Config{})
	second := start(t, http.HandlerFunc(hello), serve.Config{})
	for _, s := range []*running{first, second} {
		s.get("/")
	}
	first.stop()
	if err := first.wait(); err != nil {
		t.Errorf("the first: %v", err)
	}
	second.get("/")
}

func TestEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	started := false
	err := serve.Run(ctx, http.HandlerFunc(hello), serve.Config{
		Addr:    "127.0.0.1:0",
		Started: func(net.Addr) { started = true },
		Logger:  new(logs).logger(),
	})
	if err != nil || !started {
		t.Errorf("Run = %v, started = %t; want a clean end", err, started)
	}
}

// A server that ends before it has begun, or cannot begin, leaves no socket.
func TestNothingIsLeft(t *testing.T) {
	certFile, keyFile, _ := certify(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	weak := &tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA}} // not for HTTP/2
	for name, c := range map[string]struct {
		ctx    context.Context
		config serve.Config
		want   string
	}{
		"ended":       {ended, serve.Config{}, ""},
		"refused TLS": {t.Context(), serve.Config{CertFile: certFile, KeyFile: keyFile, TLS: weak}, "serve: http2: "},
	} {
		t.Run(name, func(t *testing.T) {
			leak.Check(t)
			for range 200 {
				path := filepath.Join(t.TempDir(), "app.sock")
				c.config.Addr, c.config.Logger = "unix:"+path, new(logs).logger()
				err := serve.Run(c.ctx, http.HandlerFunc(hello), c.config)
				if (err == nil) != (c.want == "") || err != nil && !strings.HasPrefix(err.Error(), c.want) {
					t.Fatalf("Run = %v, want %q", err, c.want)
				}
				if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Fatalf("the file is left: %v", err)
				}
			}
		})
	}
}

func TestPanicIsLogged(t *testing.T) {
	s := start(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("oh no") }), serve.Config{})
	if _, err := s.client.Get(s.url("/")); err == nil {
		t.Error("a panic was answered")
	}
	s.stop()
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v: a handler that panics has ended", err)
	}
	s.logs.wants(t, "level=ERROR", "panic serving", "oh no", "stack=", "serve_test.go")
}

// Hooks that Configure sets work beside those of the package, and it may
// change what a Config does not name.
func TestConfigure(t *testing.T) {
	type key struct{}
	states := make(chan http.ConnState, 100)
	s := start(t, http.HandlerFunc(hello), serve.Config{Configure: func(server *http.Server) {
		inner := server.Handler
		server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Value", fmt.Sprint(r.Context().Value(key{})))
			if drain.Done(r.Context()) == nil {
				t.Error("the context has lost the group")
			}
			inner.ServeHTTP(w, r)
		})
		server.MaxHeaderBytes = 1 // net/http adds 4 KiB
		server.BaseContext = func(net.Listener) context.Context {
			return context.WithValue(context.Background(), key{}, "base")
		}
		server.ConnContext = func(ctx context.Context, nc net.Conn) context.Context {
			return context.WithValue(ctx, key{}, fmt.Sprint(ctx.Value(key{}), " ", nc.RemoteAddr().Network()))
		}
		server.ConnState = func(_ net.Conn, state http.ConnState) { states <- state }
	}})
	resp, _ := s.get("/")
	if got := resp.Header.Get("X-Value"); got != "base tcp" {
		t.Errorf("the hooks gave %q, want %q", got, "base tcp")
	}
	if resp, _ := s.get("/?" + strings.Repeat("x", 8<<10)); resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a long head: %s", resp.Status)
	}
	if state := <-states; state != http.StateNew {
		t.Errorf("the first state was %v", state)
	}
}

func TestMaxConnections(t *testing.T) {
	s := start(t, http.HandlerFunc(hello), serve.Config{MaxConnections: 1})
	ask := "GET /x HTTP/1.1\r\nHost: test\r\n\r\n"
	first := s.dial(ask)
	if _, err := http.ReadResponse(bufio.NewReader(first), nil); err != nil {
		t.Fatal(err)
	}
	second := s.dial(ask) // the kernel accepts it
	second.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := second.Read(make([]byte, 1)); n > 0 {
		t.Fatalf("the second connection was served beside the first: %v", err)
	}
	second.SetReadDeadline(time.Now().Add(patience))
	first.Close()
	resp, err := http.ReadResponse(bufio.NewReader(second), nil)
	if err != nil {
		t.Fatalf("the second connection was not served after the first: %v", err)
	}
	if body, _ := io.ReadAll(resp.Body); string(body) != "hello /x" {
		t.Errorf("got %q", body)
	}
}

// A connection that was taken over frees its place when its handler returns.
func TestMaxConnectionsHijacked(t *testing.T) {
	s := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "taken\n")
		conn.Close()
	}), serve.Config{MaxConnections: 1})
	for range 3 {
		got, err := io.ReadAll(s.dial("GET / HTTP/1.1\r\nHost: test\r\n\r\n"))
		if string(got) != "taken\n" || err != nil {
			t.Fatalf("got %q, %v", got, err)
		}
	}
}

// A connection that has ended takes no memory.
func TestConnectionsAreForgotten(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	counted := &countingListener{Listener: listener}
	s := start(t, http.HandlerFunc(hello), serve.Config{Listener: counted})
	const connections = 10
	for range connections {
		io.ReadAll(s.dial("GET / HTTP/1.0\r\n\r\n"))
	}
	eventually(t, "connections are collected", func() bool {
		runtime.GC()
		return counted.collected.Load() >= connections-1 // somebody may remember the last
	})
}

// A countingListener counts connections that have been collected as garbage.
type countingListener struct {
	net.Listener
	collected atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	nc, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	counted := &struct{ net.Conn }{nc}
	runtime.AddCleanup(counted, func(n *atomic.Int64) { n.Add(1) }, &l.collected)
	return counted, nil
}

// A server without a free place ends all the same.
func TestMaxConnectionsEnd(t *testing.T) {
	entered := make(chan struct{})
	s := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	}), serve.Config{MaxConnections: 1, DrainTimeout: time.Millisecond})
	s.dial("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
	<-entered
	s.stop()
	if err := s.wait(); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Run = %v, want the deadline", err)
	}
}

func TestListenerFails(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, http.HandlerFunc(hello), serve.Config{Listener: listener})
	s.get("/")
	listener.Close()
	if err := s.wait(); !errors.Is(err, net.ErrClosed) || !strings.HasPrefix(err.Error(), "serve: ") {
		t.Errorf("Run = %v, want why the listener failed", err)
	}
	s.logs.wants(t, "msg=drained")
}

func TestNilHandler(t *testing.T) {
	defer func() {
		if got := recover(); got != "serve: the handler is nil" {
			t.Errorf("recovered %v", got)
		}
	}()
	serve.Run(t.Context(), nil, serve.Config{})
}

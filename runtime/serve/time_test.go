package serve_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/serve"
)

// inBubble serves on a pipe, in a bubble where time is not that of the machine.
func inBubble(t *testing.T, handler http.HandlerFunc, config serve.Config, test func(t *testing.T, s *bubble)) {
	synctest.Test(t, func(t *testing.T) {
		s := &bubble{t: t, pipe: newPipe(), logs: new(logs)}
		config.Listener = s.pipe
		config.Signals = []os.Signal{}
		config.Logger = s.logs.logger()
		var ctx context.Context
		ctx, s.stop = context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			s.err = serve.Run(ctx, handler, config)
			s.ended = time.Now()
		}()
		transport := &http.Transport{DialContext: s.pipe.dial}
		s.client = &http.Client{Transport: transport}
		synctest.Wait()
		test(t, s)
		s.stop()
		<-ended
		transport.CloseIdleConnections()
	})
}

type bubble struct {
	t      *testing.T
	pipe   *pipe
	logs   *logs
	client *http.Client
	stop   context.CancelFunc
	err    error
	ended  time.Time
}

// get returns an answer with its body.
func (s *bubble) get(path string) (*http.Response, string) {
	s.t.Helper()
	resp, err := s.client.Get("http://pipe" + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(body)
}

// closed waits until the server closes a connection and says how long that
// took, after some text was sent.
func (s *bubble) closed(text string) (answer string, after time.Duration) {
	s.t.Helper()
	nc, err := s.pipe.dial(s.t.Context(), "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	defer nc.Close()
	began := time.Now()
	io.WriteString(nc, text)
	got, _ := io.ReadAll(nc)
	return string(got), time.Since(began)
}

func TestPreStop(t *testing.T) {
	alone := httptest.NewRecorder()
	serve.Ready(alone, httptest.NewRequest("GET", "/ready", nil))
	if alone.Code != http.StatusOK || alone.Body.String() != "ready\n" {
		t.Errorf("without a server: %d %q", alone.Code, alone.Body)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", serve.Ready)
	mux.HandleFunc("GET /hello", hello)
	config := serve.Config{PreStop: 10 * time.Second}
	inBubble(t, mux.ServeHTTP, config, func(t *testing.T, s *bubble) {
		resp, body := s.get("/ready")
		if resp.StatusCode != http.StatusOK || body != "ready\n" || resp.Close {
			t.Errorf("before: %s %q, close = %t", resp.Status, body, resp.Close)
		}
		began := time.Now()
		s.stop()
		synctest.Wait()

		resp, body = s.get("/ready")
		if resp.StatusCode != http.StatusServiceUnavailable || body != "draining\n" {
			t.Errorf("during the end: %s %q", resp.Status, body)
		}
		for range 3 { // each by a new connection
			if resp, body := s.get("/hello"); body != "hello /hello" || !resp.Close {
				t.Errorf("during the end: %q, close = %t", body, resp.Close)
			}
			time.Sleep(3 * time.Second)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if s.err != nil || !s.ended.Equal(began.Add(10*time.Second)) {
			t.Errorf("Run = %v after %v, want nil after ten seconds", s.err, s.ended.Sub(began))
		}
		if resp, err := s.client.Get("http://pipe/hello"); err == nil {
			t.Errorf("after the end: %s", resp.Status)
		}
	})
}

// By HTTP/2 as well, clients are asked to come by another connection, which is
// how they find another server.
func TestPreStopHTTP2(t *testing.T) {
	inBubble(t, hello, serve.Config{H2C: true, PreStop: time.Minute}, func(t *testing.T, s *bubble) {
		dials := 0
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
			dials++
			return s.pipe.dial(ctx, network, addr)
		}
		defer transport.CloseIdleConnections()
		s.client = &http.Client{Transport: transport}
		ask := func(want int) {
			t.Helper()
			for range 3 {
				if resp, body := s.get("/"); body != "hello /" || resp.ProtoMajor != 2 {
					t.Errorf("got %q by %s", body, resp.Proto)
				}
				synctest.Wait()
			}
			if dials != want {
				t.Errorf("dialled %d times, want %d", dials, want)
			}
		}
		ask(1)
		s.stop()
		synctest.Wait()
		ask(3)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if s.err != nil || s.ended.IsZero() {
			t.Errorf("Run = %v at %v", s.err, s.ended)
		}
	})
}

// When nobody can come any more, it is not served on.
func TestPreStopOfAFailure(t *testing.T) {
	inBubble(t, hello, serve.Config{PreStop: time.Hour}, func(t *testing.T, s *bubble) {
		began := time.Now()
		s.pipe.failures <- errors.New("broken")
		time.Sleep(time.Minute)
		synctest.Wait()
		if s.err == nil || !strings.Contains(s.err.Error(), "broken") || s.ended.Sub(began) > time.Second {
			t.Errorf("Run = %v after %v", s.err, s.ended.Sub(began))
		}
	})
}

func TestDrainTimeout(t *testing.T) {
	deaf := func(http.ResponseWriter, *http.Request) { time.Sleep(24 * time.Hour) }
	for name, c := range map[string]struct {
		config serve.Config
		want   time.Duration
	}{
		"default":     {serve.Config{}, serve.DefaultDrainTimeout},
		"own":         {serve.Config{DrainTimeout: time.Minute}, time.Minute},
		"and prestop": {serve.Config{DrainTimeout: time.Minute, PreStop: time.Hour}, time.Hour + time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, deaf, c.config, func(t *testing.T, s *bubble) {
				go s.client.Get("http://pipe/")
				synctest.Wait()
				began := time.Now()
				s.stop()
				time.Sleep(c.want + time.Second)
				synctest.Wait()
				took := s.ended.Sub(began)
				if s.err == nil || took < c.want || took > c.want+500*time.Millisecond {
					t.Errorf("Run = %v after %v, want it cut after %v", s.err, took, c.want)
				}
				time.Sleep(24 * time.Hour) // the handler returns
			})
		})
	}
}

// Browsers open connections that they do not need yet. The end does not wait
// for them, as Shutdown does for five seconds.
func TestSilentConnection(t *testing.T) {
	inBubble(t, hello, serve.Config{}, func(t *testing.T, s *bubble) {
		nc, err := s.pipe.dial(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		synctest.Wait()
		began := time.Now()
		s.stop()
		if got, err := io.ReadAll(nc); len(got) > 0 || err != nil {
			t.Errorf("the connection got %q, %v", got, err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if took := s.ended.Sub(began); s.err != nil || took > 10*time.Millisecond {
			t.Errorf("Run = %v after %v", s.err, took)
		}
	})
}

// Nor for one that is accepted when the end has begun.
func TestSilentConnectionLate(t *testing.T) {
	inBubble(t, hello, serve.Config{}, func(t *testing.T, s *bubble) {
		client, server := net.Pipe()
		defer client.Close()
		s.pipe.late = server
		began := time.Now()
		s.stop()
		if got, err := io.ReadAll(client); len(got) > 0 || err != nil {
			t.Errorf("the connection got %q, %v", got, err)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if took := s.ended.Sub(began); s.err != nil || took > 2*time.Second {
			t.Errorf("Run = %v after %v", s.err, took)
		}
	})
}

func TestReadHeaderTimeout(t *testing.T) {
	const half = "GET / HTTP/1.1\r\nHost: pi"
	for name, c := range map[string]struct {
		set, want time.Duration
	}{
		"default": {0, serve.DefaultReadHeaderTimeout},
		"own":     {time.Minute, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, hello, serve.Config{ReadHeaderTimeout: c.set}, func(t *testing.T, s *bubble) {
				if _, after := s.closed(half); after != c.want {
					t.Errorf("half a head was waited for %v, want %v", after, c.want)
				}
			})
		})
	}
}

func TestIdleTimeout(t *testing.T) {
	const whole = "GET / HTTP/1.1\r\nHost: pipe\r\n\r\n"
	for name, c := range map[string]struct {
		set, want time.Duration
	}{
		"default": {0, serve.DefaultIdleTimeout},
		"own":     {time.Hour, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, hello, serve.Config{IdleTimeout: c.set}, func(t *testing.T, s *bubble) {
				if answer, after := s.closed(whole); after != c.want || !strings.HasSuffix(answer, "hello /") {
					t.Errorf("an idle connection was kept for %v after %q, want %v", after, answer, c.want)
				}
			})
		})
	}
}

// There is no limit for a body or an answer.
func TestSlowStreams(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		for _, b := range body {
			time.Sleep(time.Hour)
			w.Write([]byte{b})
			http.NewResponseController(w).Flush()
		}
	}
	inBubble(t, handler, serve.Config{}, func(t *testing.T, s *bubble) {
		body, writer := io.Pipe()
		go func() {
			for range 3 {
				time.Sleep(time.Hour)
				io.WriteString(writer, "x")
			}
			writer.Close()
		}()
		resp, err := s.client.Post("http://pipe/", "text/plain", body)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if got, err := io.ReadAll(resp.Body); string(got) != "xxx" || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	})
}

// Half an answer does not look whole, even if its handler returns as soon as it
// is cut and connections take time to close.
func TestCutIsNotTheEnd(t *testing.T) {
	handler := func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "half")
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	inBubble(t, handler, serve.Config{}, func(t *testing.T, s *bubble) {
		s.pipe.wrap = func(nc net.Conn) net.Conn { return slowClose{nc} }
		resp, err := s.client.Get("http://pipe/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		s.stop()
		body, err := io.ReadAll(resp.Body)
		if string(body) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the client got %q, %v; want that it is not all", body, err)
		}
	})
}

type slowClose struct{ net.Conn }

func (c slowClose) Close() error {
	time.Sleep(time.Second)
	return c.Conn.Close()
}

// Handlers that are cut have a moment for what they deferred.
func TestFarewell(t *testing.T) {
	var undone time.Time
	handler := func(_ http.ResponseWriter, r *http.Request) {
		defer func() {
			time.Sleep(300 * time.Millisecond)
			undone = time.Now()
		}()
		<-r.Context().Done()
	}
	inBubble(t, handler, serve.Config{}, func(t *testing.T, s *bubble) {
		go s.client.Get("http://pipe/")
		synctest.Wait()
		s.stop()
		time.Sleep(serve.DefaultDrainTimeout + 450*time.Millisecond)
		synctest.Wait()
		if s.err == nil || undone.IsZero() || s.ended.Before(undone) {
			t.Errorf("Run = %v at %v, the handler returned at %v", s.err, s.ended, undone)
		}
	})
}

func TestConnectionsAreCounted(t *testing.T) {
	inBubble(t, hello, serve.Config{}, func(t *testing.T, s *bubble) {
		for range 3 {
			s.closed("GET / HTTP/1.0\r\n\r\n")
		}
		s.get("/") // its connection stays
		synctest.Wait()
		s.stop()
		synctest.Wait()
		s.logs.wants(t, "msg=draining", "connections=1")
	})
}

// Failures to accept take no places away.
func TestMaxConnectionsAfterFailures(t *testing.T) {
	inBubble(t, hello, serve.Config{MaxConnections: 1}, func(t *testing.T, s *bubble) {
		for range 3 {
			s.pipe.failures <- syscall.EMFILE
		}
		if _, body := s.get("/"); body != "hello /" {
			t.Errorf("got %q", body)
		}
		s.logs.wants(t, "level=WARN", "Accept error", "too many open files")
	})
}

package middleware_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/middleware"
)

// TestRequestBodyTimeout has a client that sends a byte now and then.
func TestRequestBodyTimeout(t *testing.T) {
	const pause = 5 * time.Millisecond
	tests := []struct {
		name   string
		layer  layer
		stalls bool // after a few bytes
		status int
	}{
		{"in time", middleware.RequestBodyTimeout(patience), false, 200},
		{"in time, in total", middleware.RequestBodyTimeout(patience, middleware.BodyTimeoutConfig{Total: patience}), false, 200},
		{"stalled", middleware.RequestBodyTimeout(50 * time.Millisecond), true, 408},
		{"too long in total", middleware.RequestBodyTimeout(patience, middleware.BodyTimeoutConfig{Total: 50 * time.Millisecond}), false, 408},
		{"inside of a timeout", func(next http.Handler) http.Handler {
			return middleware.Timeout(patience)(middleware.RequestBodyTimeout(50 * time.Millisecond)(next))
		}, true, 408},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server := serve(t, test.layer(reading(1000)))
			conn := dial(t, server)
			io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\n")
			go func() {
				for i := range 40 {
					if test.stalls && i == 5 {
						return
					}
					conn.Write([]byte("x"))
					time.Sleep(pause)
				}
			}()
			response, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if response.StatusCode != test.status || test.status == 200 && string(body) != "read 40" {
				t.Errorf("got %s %s", response.Status, body)
			}
		})
	}
}

// TestRequestBodyTimeoutAfterwards sees that there is no deadline behind the
// body, however often that is read: the server reads on, to learn whether the
// client goes.
func TestRequestBodyTimeoutAfterwards(t *testing.T) {
	handler := func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); string(body) != "body" || err != nil {
			t.Errorf("read %q, %v", body, err)
		}
		if n, err := r.Body.Read(make([]byte, 1)); n != 0 || err != io.EOF {
			t.Errorf("read %d, %v", n, err)
		}
		time.Sleep(3 * soon)
		if err := r.Context().Err(); err != nil {
			t.Error(err)
		}
	}
	h := middleware.RequestBodyTimeout(soon, middleware.BodyTimeoutConfig{Total: soon})(http.HandlerFunc(handler))
	overEach(t, h, func(t *testing.T, server *httptest.Server) {
		for range 2 {
			if answer := send(t, server, request(t, server, "POST", "/", strings.NewReader("body"))); answer.StatusCode != 200 {
				t.Error(answer.Status)
			}
		}
	})
}

// TestResponseBodyTimeout has clients that read all, or stop to.
func TestResponseBodyTimeout(t *testing.T) {
	const size = 64 << 20 // more than all buffers on the way take
	name := filepath.Join(t.TempDir(), "file")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(size); err != nil {
		t.Fatal(err)
	}
	ways := map[string]func(w http.ResponseWriter) error{
		"writes": func(w http.ResponseWriter) error {
			piece := make([]byte, 64<<10)
			for range size / len(piece) {
				if _, err := w.Write(piece); err != nil {
					return err
				}
			}
			return nil
		},
		"strings": func(w http.ResponseWriter) error {
			piece := strings.Repeat("x", 64<<10)
			for range size / len(piece) {
				if _, err := io.WriteString(w, piece); err != nil {
					return err
				}
				w.(http.Flusher).Flush()
			}
			return nil
		},
		"a file": func(w http.ResponseWriter) error {
			_, err := io.CopyN(w, io.NewSectionReader(file, 0, size), size)
			return err
		},
		"a file that the kernel sends": func(w http.ResponseWriter) error {
			file, err := os.Open(name)
			if err != nil {
				return err
			}
			defer file.Close()
			_, err = w.(io.ReaderFrom).ReadFrom(io.LimitReader(file, size))
			return err
		},
	}
	for name, write := range ways {
		t.Run(name, func(t *testing.T) {
			results := make(chan error, 1)
			handler := func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				results <- write(w)
			}
			patient := serve(t, middleware.ResponseBodyTimeout(patience)(http.HandlerFunc(handler)))
			response, err := patient.Client().Get(patient.URL)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, response.Body)
			response.Body.Close()
			if n != size || err != nil {
				t.Errorf("the client reads %d, %v", n, err)
			}
			if err := <-results; err != nil {
				t.Error(err)
			}

			hasty := serve(t, middleware.ResponseBodyTimeout(50*time.Millisecond)(http.HandlerFunc(handler)))
			conn := dial(t, hasty)
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			if err := <-results; !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("writing fails with %v", err)
			}
		})
	}
}

// TestResponseBodyTimeoutEnd has a client that does not take what the server
// sends when the handler has returned.
func TestResponseBodyTimeoutEnd(t *testing.T) {
	closed := make(chan struct{})
	server := &http.Server{
		Handler: middleware.ResponseBodyTimeout(soon)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "buffered")
			time.Sleep(2 * soon)
		})),
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateClosed {
				close(closed)
			}
		},
	}
	defer server.Close()
	client, conn := net.Pipe() // which has no buffer
	defer client.Close()
	go server.Serve(&pipeListener{conn: conn, closed: make(chan struct{})})
	io.WriteString(client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case <-closed:
	case <-time.After(patience):
		t.Error("the server waits for the client")
	}
}

// A pipeListener accepts one connection.
type pipeListener struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	if conn := l.conn; conn != nil {
		l.conn = nil
		return conn, nil
	}
	<-l.closed
	return nil, net.ErrClosed
}

func (l *pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Net: "unix", Name: "pipe"} }

// TestResponseBodyTimeoutStream has a handler that takes its time.
func TestResponseBodyTimeoutStream(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			io.WriteString(w, "tick\n")
			http.NewResponseController(w).Flush()
			time.Sleep(2 * soon)
		}
		io.Copy(w, slowly{})
		time.Sleep(2 * soon)
	}
	overEach(t, middleware.ResponseBodyTimeout(soon)(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
		answer := get(t, server, "/")
		if answer.body != "tick\ntick\ntick\n" || answer.err != nil {
			t.Errorf("got %q, %v", answer.body, answer.err)
		}
	})
}

// slowly is a source that takes its time to end.
type slowly struct{}

func (slowly) Read([]byte) (int, error) {
	time.Sleep(2 * soon)
	return 0, io.EOF
}

func TestResponseBodyTimeoutHijack(t *testing.T) {
	handler := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhijacked")
	}
	server := serve(t, middleware.ResponseBodyTimeout(soon)(http.HandlerFunc(handler)))
	if answer := get(t, server, "/"); answer.body != "hijacked" {
		t.Errorf("got %q", answer.body)
	}
}

func TestBodyTimeoutConfig(t *testing.T) {
	mustPanic(t, "RequestBodyTimeout of 0s", func() { middleware.RequestBodyTimeout(0) })
	mustPanic(t, "ResponseBodyTimeout of -1s", func() { middleware.ResponseBodyTimeout(-time.Second) })
	mustPanic(t, "-1s in total", func() {
		middleware.RequestBodyTimeout(time.Second, middleware.BodyTimeoutConfig{Total: -time.Second})
	})
}

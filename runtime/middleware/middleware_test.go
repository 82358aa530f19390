package middleware_test

import (
	"bytes"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	stdruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/middleware"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// TestMain sees that no goroutine outlives the tests.
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && !settled() {
		code = 1
	}
	os.Exit(code)
}

// settled waits until no goroutine but this one runs code of this package.
func settled() bool {
	var others string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		stacks := make([]byte, 1<<20)
		stacks = stacks[:stdruntime.Stack(stacks, true)]
		_, others, _ = strings.Cut(string(stacks), "\n\n")
		if !strings.Contains(others, "runtime/middleware") {
			return true
		}
	}
	os.Stderr.WriteString(others)
	return false
}

type layer = func(http.Handler) http.Handler

// stack puts layers around a handler, the first one outermost.
func stack(h http.Handler, layers ...layer) http.Handler {
	for i := len(layers) - 1; i >= 0; i-- {
		h = layers[i](h)
	}
	return h
}

// serve starts a server with a handler, over HTTP/1.1.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server
}

// serve2 starts a server that speaks HTTP/2.
func serve2(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

// overEach runs a test over HTTP/1.1 and over HTTP/2.
func overEach(t *testing.T, h http.Handler, test func(t *testing.T, server *httptest.Server)) {
	t.Helper()
	t.Run("HTTP/1.1", func(t *testing.T) { test(t, serve(t, h)) })
	t.Run("HTTP/2", func(t *testing.T) { test(t, serve2(t, h)) })
}

// An answer is a response that has been read.
type answer struct {
	*http.Response
	body string
	err  error // of reading the body
}

// send sends a request and reads the answer.
func send(t *testing.T, server *httptest.Server, r *http.Request) answer {
	t.Helper()
	response, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response, string(body), err}
}

func get(t *testing.T, server *httptest.Server, path string) answer {
	t.Helper()
	return send(t, server, request(t, server, "GET", path, nil))
}

func request(t *testing.T, server *httptest.Server, method, path string, body io.Reader) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// dial opens a connection to a server, on which a test does not wait for ever.
func dial(t *testing.T, server *httptest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

// wantProblem checks for a problem document.
func wantProblem(t *testing.T, got answer, status int, detail string) {
	t.Helper()
	want := `{"title":"` + http.StatusText(status) + `","status":` + got.Status[:3]
	if detail != "" {
		want += `,"detail":"` + detail + `"`
	}
	want += "}"
	if got.StatusCode != status || got.body != want || got.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %s %s %q, want %d %s", got.Status, got.body, got.Header.Get("Content-Type"), status, want)
	}
}

// mustPanic checks that f panics with a message that has a part.
func mustPanic(t *testing.T, part string, f func()) {
	t.Helper()
	defer func() {
		text, _ := recover().(string)
		if !strings.HasPrefix(text, "middleware: ") || !strings.Contains(text, part) {
			t.Errorf("got a panic of %q, want one with %q", text, part)
		}
	}()
	f()
}

// A logbook is a logger's text.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logbook) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logbook) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// logger returns a logger of everything, without times.
func (b *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// captureLog makes a logbook of the default logger's during a test. Such tests
// must not be parallel.
func captureLog(t *testing.T) *logbook {
	t.Helper()
	book := new(logbook)
	before := slog.Default()
	slog.SetDefault(book.logger())
	t.Cleanup(func() { slog.SetDefault(before) })
	return book
}

// eventually waits until something is true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: still not", what)
		}
	}
}

// TestTwoConfigs gives more configs than one.
func TestTwoConfigs(t *testing.T) {
	mustPanic(t, "Recover takes one config", func() {
		middleware.Recover(middleware.RecoverConfig{}, middleware.RecoverConfig{})
	})
}

// TestUploads has handlers that read forms with files, which must not stay
// behind whatever request the handler got.
func TestUploads(t *testing.T) {
	captureLog(t)
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	files := func() int {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	part, err := parts.CreateFormFile("file", "name")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(make([]byte, 100_000))
	parts.Close()

	handler := func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil || files() != 1 {
			t.Errorf("read %d files, %v", files(), err)
		}
		switch r.URL.Path {
		case "/panic":
			panicHere("boom")
		case "/late":
			<-r.Context().Done()
		}
	}
	layers := map[string][]layer{
		"around Timeout": {middleware.RequestID(), middleware.BodyLimit(1 << 20), middleware.Timeout(100 * time.Millisecond)},
		"inside":         {middleware.Timeout(100 * time.Millisecond), middleware.RequestID(), middleware.BodyLimit(1 << 20)},
	}
	for name, layers := range layers {
		server := serve(t, stack(http.HandlerFunc(handler), append([]layer{middleware.Recover()}, layers...)...))
		for _, path := range []string{"/", "/panic", "/late"} {
			r := request(t, server, "POST", path, bytes.NewReader(form.Bytes()))
			r.Header.Set("Content-Type", parts.FormDataContentType())
			send(t, server, r)
			eventually(t, name+", "+path+": no files", func() bool { return files() == 0 })
		}
	}
}

package middleware_test

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// everything is all layers, in the order that the package recommends.
func everything(logger *slog.Logger) []layer {
	return []layer{
		middleware.NormalizePath(),
		middleware.SensitiveHeaders("X-Api-Key"),
		middleware.RequestID(),
		middleware.Trace(middleware.TraceConfig{Logger: logger, Headers: true}),
		middleware.InFlight(func(int64) {}),
		middleware.PropagateHeader("X-Propagated"),
		middleware.SetHeader(rule{Name: "X-Layer", Value: "1"}, rule{Name: "X-Layer", Value: "1", Request: true}),
		middleware.Recover(middleware.RecoverConfig{Logger: logger}),
		middleware.LoadShed(100),
		middleware.RequestBodyTimeout(patience),
		middleware.ResponseBodyTimeout(patience),
		middleware.Timeout(patience),
		middleware.ConcurrencyLimit(100),
		middleware.CrossOrigin(),
		middleware.Accept("text/plain", "text/event-stream"),
		middleware.BasicAuth(middleware.Passwords(map[string]string{"ann": "secret"})),
		middleware.BodyLimit(1 << 20),
		middleware.Decompress(),
		middleware.BodyLimit(2 << 20),
		middleware.AddExtension(tenant{"x"}),
	}
}

// TestTogether has one server with all layers, which must not be in the way of
// anything that net/http can do.
func TestTogether(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file.txt")
	file := strings.Repeat("line\n", 100_000)
	if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	next := make(chan struct{})
	router := runtime.NewRouter()
	router.HandleFunc("GET /file", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, name) })
	router.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 3 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	router.HandleFunc("POST /echo/{id}", func(w http.ResponseWriter, r *http.Request) {
		controller := http.NewResponseController(w)
		if err := controller.EnableFullDuplex(); err != nil && r.ProtoMajor == 1 {
			t.Error(err)
		}
		io.Copy(w, r.Body)
		fmt.Fprintf(w, " %s %s %s", r.PathValue("id"), extension[middleware.User](t, r), extension[tenant](t, r).name)
	})
	router.HandleFunc("GET /hijack", func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		line, _ := rw.ReadString('\n')
		io.WriteString(conn, "heard "+line)
	})
	router.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panicHere("boom") })
	log := new(logbook)
	layers := everything(log.logger())

	authorized := func(t *testing.T, server *httptest.Server, method, path string, body io.Reader) *http.Request {
		r := request(t, server, method, path, body)
		r.SetBasicAuth("ann", "secret")
		r.Header.Set("X-Propagated", "p")
		r.Header.Set("X-Request-Id", "r-1")
		r.Header.Set("X-Api-Key", "s3cret")
		return r
	}
	overEach(t, stack(router, layers...), func(t *testing.T, server *httptest.Server) {
		answer := send(t, server, authorized(t, server, "GET", "/file/", nil))
		if answer.body != file || answer.Header.Get("X-Layer") != "1" || answer.Header.Get("X-Propagated") != "p" || answer.Header.Get("X-Request-Id") != "r-1" {
			t.Errorf("file: %s, %d bytes, %v", answer.Status, len(answer.body), answer.Header)
		}
		r := authorized(t, server, "GET", "/file", nil)
		r.Header.Set("Range", "bytes=5-8")
		if answer = send(t, server, r); answer.StatusCode != 206 || answer.body != "line" {
			t.Errorf("range: %s %q", answer.Status, answer.body)
		}

		response, err := server.Client().Do(authorized(t, server, "GET", "/stream", nil))
		if err != nil {
			t.Fatal(err)
		}
		events := bufio.NewReader(response.Body)
		for i := range 3 { // each comes while the handler waits
			line, err := events.ReadString('\n')
			if want := fmt.Sprintf("data: %d\n", i); line != want || err != nil {
				t.Errorf("got %q, %v", line, err)
			}
			events.ReadString('\n')
			next <- struct{}{}
		}
		response.Body.Close()

		r = authorized(t, server, "POST", "/echo/7", strings.NewReader(gzipped("hello")))
		r.Header.Set("Content-Encoding", "gzip")
		if answer = send(t, server, r); answer.body != "hello 7 ann x" {
			t.Errorf("echo: %s %q", answer.Status, answer.body)
		}
		wantProblem(t, send(t, server, authorized(t, server, "GET", "/panic", nil)), 500, "")
		wantProblem(t, get(t, server, "/file"), 401, "user and password are required")
		answer = send(t, server, authorized(t, server, "GET", "/none", nil))
		wantProblem(t, answer, 404, "no route has this path")
	})

	conn := dial(t, serve(t, stack(router, layers...)))
	io.WriteString(conn, "GET /hijack HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW5uOnNlY3JldA==\r\n\r\n")
	time.Sleep(time.Millisecond)
	io.WriteString(conn, "words\n")
	if got, err := io.ReadAll(conn); string(got) != "heard words\n" || err != nil {
		t.Errorf("hijack: %q, %v", got, err)
	}
	eventually(t, "the last line", func() bool { return strings.Contains(log.String(), "hijacked=true") })
	for _, want := range []string{
		`path=/file route=/file status=206`, `path=/stream route=/stream status=200`, `path=/echo/7 route=/echo/{id} status=200 `,
		`path=/panic route=/panic status=500`, `path=/hijack route=/hijack status=0`, `request_id=r-1`, `headers.X-Api-Key=[masked]`, `panicHere`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("%s is not in the log", want)
		}
	}
	if strings.Contains(log.String(), "s3cret") || strings.Contains(log.String(), "YW5u") {
		t.Error("a secret is in the log")
	}
}

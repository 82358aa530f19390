package middleware_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// panics is a handler that panics with a value.
func panics(value any) http.HandlerFunc {
	return func(http.ResponseWriter, *http.Request) { panicHere(value) }
}

func TestRecover(t *testing.T) {
	values := []any{"boom", errors.New("boom"), 7, runtime.Errorf(404, "boom"), nil, (*error)(nil), stubborn{}}
	for _, value := range values {
		t.Run(fmt.Sprintf("%T", value), func(t *testing.T) {
			log := captureLog(t)
			overEach(t, middleware.Recover()(panics(value)), func(t *testing.T, server *httptest.Server) {
				wantProblem(t, get(t, server, "/path"), 500, "")
			})
			if got := strings.Count(log.String(), `level=ERROR msg="handler panicked" method=GET path=/path panic=`); got != 2 || !strings.Contains(log.String(), "panicHere") {
				t.Errorf("logged %d panics: %s", got, log)
			}
			if strings.Contains(log.String(), "request failed") {
				t.Errorf("logged twice: %s", log)
			}
		})
	}
}

// stubborn panics when it is printed.
type stubborn struct{}

func (stubborn) String() string { panic("no") }

// TestRecoverNothing has handlers that do not panic.
func TestRecoverNothing(t *testing.T) {
	log := captureLog(t)
	handler := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Own", "1")
		io.WriteString(w, "fine")
	}
	overEach(t, middleware.Recover()(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
		if answer := get(t, server, "/"); answer.body != "fine" || answer.Header.Get("X-Own") != "1" {
			t.Errorf("got %q %v", answer.body, answer.Header)
		}
	})
	if log.String() != "" {
		t.Error(log)
	}
}

// TestRecoverBegun panics within an answer. The client must not take a part for
// the whole, though what was sent looks like that.
func TestRecoverBegun(t *testing.T) {
	ways := map[string]func(w http.ResponseWriter){
		"chunked":    func(w http.ResponseWriter) { io.WriteString(w, "part"); w.(http.Flusher).Flush() },
		"length":     func(w http.ResponseWriter) { w.Header().Set("Content-Length", "8"); io.WriteString(w, "part") },
		"not sent":   func(w http.ResponseWriter) { io.WriteString(w, "part") },
		"a status":   func(w http.ResponseWriter) { w.WriteHeader(201) },
		"only flush": func(w http.ResponseWriter) { http.NewResponseController(w).Flush() },
		"a source that panics": func(w http.ResponseWriter) {
			io.Copy(w, struct{ io.Reader }{io.MultiReader(strings.NewReader("part"), panicking{})})
		},
	}
	for name, begin := range ways {
		t.Run(name, func(t *testing.T) {
			log := captureLog(t)
			handler := func(w http.ResponseWriter, _ *http.Request) {
				begin(w)
				panicHere("boom")
			}
			overEach(t, middleware.Recover()(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
				response, err := server.Client().Do(request(t, server, "GET", "/", nil))
				if err == nil {
					_, err = io.ReadAll(response.Body)
					response.Body.Close()
				}
				if err == nil {
					t.Error("the client takes the answer for a whole one")
				}
			})
			if strings.Count(log.String(), `msg="handler panicked"`) != 2 {
				t.Error(log)
			}
		})
	}
}

// A panicking source is one that panics.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("boom") }

// TestRecoverAbort aborts on purpose, which is not a panic to speak of.
func TestRecoverAbort(t *testing.T) {
	log := captureLog(t)
	overEach(t, middleware.Recover()(panics(http.ErrAbortHandler)), func(t *testing.T, server *httptest.Server) {
		if _, err := server.Client().Do(request(t, server, "GET", "/", nil)); err == nil {
			t.Error("got an answer")
		}
	})
	if log.String() != "" {
		t.Error(log)
	}
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("raised %v", got)
		}
	}()
	middleware.Recover()(panics(http.ErrAbortHandler)).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// TestRecoverHijacked panics on a connection that is not the server's any more.
func TestRecoverHijacked(t *testing.T) {
	log := captureLog(t)
	handler := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, "own words")
		panicHere("boom")
	}
	recovers := middleware.Recover()(http.HandlerFunc(handler))
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if value := recover(); value != nil {
				t.Errorf("a panic gets out: %v", value)
			}
		}()
		recovers.ServeHTTP(w, r)
	}))
	conn := dial(t, server)
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if got, err := io.ReadAll(bufio.NewReader(conn)); string(got) != "own words" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	eventually(t, "the log", func() bool { return strings.Contains(log.String(), "panicHere") })
}

// TestRecoverHeader sees that a problem does not have the header of what the
// handler was about to send, but that of layers outside.
func TestRecoverHeader(t *testing.T) {
	captureLog(t)
	for outside := range 8 { // more than are remembered without a map
		around := func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for i := range outside {
					w.Header().Set(fmt.Sprintf("X-Outside-%d", i), "kept")
				}
				next.ServeHTTP(w, r)
			})
		}
		handler := func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			for i := range outside {
				h.Set(fmt.Sprintf("X-Outside-%d", i), "changed")
			}
			h.Del("X-Outside-1")
			h.Set("Content-Encoding", "gzip")
			h.Set("Content-Length", "5")
			h.Set("Etag", `"x"`)
			h.Set("Set-Cookie", "a=b")
			panicHere("boom")
		}
		answer := get(t, serve(t, stack(http.HandlerFunc(handler), around, middleware.Recover())), "/")
		wantProblem(t, answer, 500, "")
		for i := range outside {
			if got := answer.Header.Get(fmt.Sprintf("X-Outside-%d", i)); got != "kept" {
				t.Errorf("%d of %d is %q", i, outside, got)
			}
		}
		for _, name := range []string{"Content-Encoding", "Etag", "Set-Cookie"} {
			if answer.Header.Get(name) != "" {
				t.Errorf("%s is sent", name)
			}
		}
	}
}

func TestRecoverConfig(t *testing.T) {
	other, log := captureLog(t), new(logbook)
	values := make(chan any, 10)
	config := middleware.RecoverConfig{
		Logger: log.logger(),
		Respond: func(w http.ResponseWriter, r *http.Request, value any) {
			values <- value
			switch r.URL.Path {
			case "/own":
				w.WriteHeader(418)
			case "/panic":
				panic("in respond")
			case "/abort":
				panic(http.ErrAbortHandler)
			}
		},
	}
	server := serve(t, middleware.Recover(config)(panics("boom")))
	server.Client().Transport.(*http.Transport).DisableKeepAlives = true // so that nothing is sent twice
	if answer := get(t, server, "/own"); answer.StatusCode != 418 || answer.body != "" {
		t.Errorf("got %s %s", answer.Status, answer.body)
	}
	wantProblem(t, get(t, server, "/report"), 500, "")
	for _, path := range []string{"/panic", "/abort"} {
		if _, err := server.Client().Do(request(t, server, "GET", path, nil)); err == nil {
			t.Errorf("%s: got an answer", path)
		}
	}
	eventually(t, "the log", func() bool {
		return strings.Count(log.String(), "handler panicked") == 4 && strings.Count(log.String(), "answering a panic panicked") == 1
	})
	if len(values) != 4 || <-values != "boom" || other.String() != "" {
		t.Errorf("called %d times, logged %s", len(values), other)
	}
}

// TestRecoverError looks at the error that an errors function gets.
func TestRecoverError(t *testing.T) {
	captureLog(t)
	var got *middleware.PanicError
	router := runtime.NewRouter()
	router.RenderErrors(func(w http.ResponseWriter, r *http.Request, err error) {
		errors.As(err, &got)
		runtime.LogError(r, err)
		w.WriteHeader(runtime.StatusOf(err))
	})
	cause := runtime.Errorf(404, "no such thing")
	router.Handle("/", middleware.Recover()(panics(cause)))
	w := httptest.NewRecorder()
	router.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 500 || got == nil || got.Value != cause || got.Error() != "panic: no such thing" || !strings.Contains(string(got.Stack), "panicHere") {
		t.Errorf("got %d for %v", w.Code, got)
	}
}

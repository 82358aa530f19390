package runtime_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// around is a middleware function that sets a field.
func around(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain := runtime.NewChain(w, next)
		defer chain.End()
		out := chain.Next().Run(r)
		defer runtime.CloseBody(out)
		out.Header.Set("X-Around", "yes")
		if err := runtime.WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			runtime.WriteError(w, r, err)
		}
	})
}

// TestLayersAround sees to it that the layers of the runtime work inside and
// outside of a middleware function.
func TestLayersAround(t *testing.T) {
	layers := map[string]func(http.Handler) http.Handler{
		"Recover": middleware.Recover(),
		"Timeout": middleware.Timeout(time.Hour),
		"Trace":   middleware.Trace(),
	}
	handlers := map[string]http.HandlerFunc{
		"text": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "text") },
		"events": func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				io.WriteString(w, "event\n")
				if err := http.NewResponseController(w).Flush(); err != nil {
					t.Error(err)
				}
			}
		},
		"hijack": func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nConnection: close\r\nX-Around: yes\r\n\r\nhijacked")
		},
		"panic": func(http.ResponseWriter, *http.Request) { panic("at the disco") },
	}
	bodies := map[string]string{"text": "text", "events": "event\nevent\nevent\n", "hijack": "hijacked"}
	for layer, wrap := range layers {
		for name, h := range handlers {
			if name == "panic" && layer != "Recover" || name == "hijack" && layer == "Timeout" {
				continue
			}
			for where, handler := range map[string]http.Handler{
				"inside":  around(wrap(h)),
				"outside": wrap(around(h)),
				"both":    wrap(around(wrap(around(h)))),
			} {
				t.Run(layer+" "+where+" "+name, func(t *testing.T) {
					s := httptest.NewServer(handler)
					defer s.Close()
					res, err := s.Client().Get(s.URL)
					if err != nil {
						t.Fatal(err)
					}
					defer res.Body.Close()
					body, err := io.ReadAll(bufio.NewReader(res.Body))
					if err != nil {
						t.Fatal(err)
					}
					if name == "panic" {
						if res.StatusCode != http.StatusInternalServerError || strings.Contains(string(body), "disco") {
							t.Errorf("got %d %s", res.StatusCode, body)
						}
						return
					}
					if string(body) != bodies[name] || res.Header.Get("X-Around") != "yes" {
						t.Errorf("got %d %q %v", res.StatusCode, body, res.Header)
					}
				})
			}
		}
	}
}

// TestLimitInside sees to it that the connection is closed after a body that is
// too long wherever the limit is.
func TestLimitInside(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			runtime.RenderError(w, r, err)
		}
	})
	busy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { // which net/http does not allow
		read := make(chan error)
		go func() {
			_, err := io.Copy(io.Discard, r.Body)
			read <- err
		}()
		for i := range 1000 {
			w.Header().Set("X-Last", strconv.Itoa(i))
		}
		runtime.RenderError(w, r, <-read)
	})
	limit, timeout := middleware.BodyLimit(1000), middleware.Timeout(time.Hour)
	for name, h := range map[string]http.Handler{
		"alone":                        limit(h),
		"in Timeout":                   timeout(limit(busy)),
		"in a function":                around(limit(busy)),
		"in both":                      timeout(around(limit(busy))),
		"around Timeout":               limit(timeout(h)),
		"around a function":            limit(around(h)),
		"in Recover":                   middleware.Recover()(limit(h)),
		"of a route, in a function":    around(reader(1000)),
		"of a route, in Timeout":       timeout(reader(1000)),
		"of a route, in both":          timeout(around(reader(1000))),
		"of a route, within BodyLimit": middleware.BodyLimit(1 << 20)(around(reader(1000))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(h)
			defer s.Close()
			res, err := s.Client().Post(s.URL, "text/plain", struct{ io.Reader }{strings.NewReader(strings.Repeat("x", 1001))})
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusRequestEntityTooLarge || !res.Close {
				t.Errorf("got %d, closed %t", res.StatusCode, res.Close)
			}
		})
	}
}

// reader is a handler with a parameter of type io.Reader.
func reader(limit int64) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		if _, err := io.Copy(io.Discard, in.Reader(limit)); err != nil {
			runtime.WriteError(w, r, err)
		}
	})
}

// TestOwnStack has a function that panics, and a handler that panics when it is
// told that nobody wants its answer: what is logged of the first is its own stack.
func TestOwnStack(t *testing.T) {
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	before := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	defer slog.SetDefault(before)
	h := middleware.Recover(middleware.RecoverConfig{Logger: logger})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain := runtime.NewChain(w, http.HandlerFunc(panicWhenUnwanted))
		defer chain.End()
		chain.Next().Run(r)
		panicOfFunction()
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if got := log.String(); !strings.Contains(got, "panicOfFunction") || strings.Contains(got, "panicWhenUnwanted") {
		t.Error(got)
	}
}

func panicWhenUnwanted(w http.ResponseWriter, r *http.Request) {
	w.WriteHeader(http.StatusOK)
	<-r.Context().Done()
	panic("unwanted")
}

func panicOfFunction() { panic("mine") }

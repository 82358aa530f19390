package runtime_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// TestLayersAround sees to it that the layers of the runtime work inside and
// outside of a middleware function.
func TestLayersAround(t *testing.T) {
	around := func(next http.Handler) http.Handler {
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

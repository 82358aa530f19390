package sse_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/middleware"
	"github.com/handlergen/handlergen/runtime/sse"
)

// throughFunction is what handlergen makes of a middleware function that
// changes the answer of the rest of the chain.
func throughFunction(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain := runtime.NewChain(w, next)
		defer chain.End()
		res := chain.Next().Run(r)
		res.Header.Set("X-Through", "1")
		if err := runtime.WriteResponse(w, r, res.StatusOr(http.StatusOK), res); err != nil {
			runtime.WriteError(w, r, err)
		}
	})
}

// TestThroughLayers wants events one by one, however long the stream takes,
// through each layer and through all of them, and an end when the server
// drains.
func TestThroughLayers(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	layers := map[string]func(http.Handler) http.Handler{
		"function":            throughFunction,
		"Recover":             middleware.Recover(),
		"Trace":               middleware.Trace(middleware.TraceConfig{Logger: quiet}),
		"Timeout":             middleware.Timeout(time.Second),
		"ResponseBodyTimeout": middleware.ResponseBodyTimeout(10 * time.Second),
		"RequestID":           middleware.RequestID(),
		"ConcurrencyLimit":    middleware.ConcurrencyLimit(1),
		"InFlight":            middleware.InFlight(func(int64) {}),
		"SetHeader":           middleware.SetHeader(middleware.HeaderRule{Name: "X-Set", Value: "1"}),
	}
	all := func(h http.Handler) http.Handler {
		for _, layer := range layers {
			h = layer(h)
		}
		return h
	}
	tests := map[string]func(http.Handler) http.Handler{"all": all}
	for name, layer := range layers {
		tests[name] = layer
	}
	for name, layer := range tests {
		pause := 12 * time.Millisecond // a comment or two
		if name == "all" || name == "Timeout" {
			pause = 120 * time.Millisecond // in all longer than Timeout
		}
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, HTTP/%d", name, version), func(t *testing.T) {
				checkLeaks(t)
				next, cleaned := make(chan runtime.Event), make(chan struct{})
				events := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					r, stop := runtime.WithStream(w, r, 0)
					defer stop()
					ctx := r.Context()
					err := runtime.WriteEventStream(w, r, http.StatusOK, runtime.EventStream{
						KeepAlive: 10 * time.Millisecond,
						Events: func(yield func(runtime.Event, error) bool) {
							defer close(cleaned)
							for {
								select {
								case event := <-next:
									if !yield(event, nil) {
										return
									}
								case <-ctx.Done():
									return
								}
							}
						},
					})
					if err != nil {
						t.Error(err)
					}
				})
				group := drain.New()
				s := httptest.NewUnstartedServer(layer(events))
				s.Config.BaseContext = func(net.Listener) context.Context { return group.Context(context.Background()) }
				s.Config.RegisterOnShutdown(group.Begin)
				if s.EnableHTTP2 = version == 2; s.EnableHTTP2 {
					s.StartTLS()
				} else {
					s.Start()
				}
				defer s.Close()
				n := 0
				client := sse.Client{URL: s.URL, HTTP: s.Client(), Attempts: 1, Retry: time.Millisecond, Idle: 30 * time.Second}
				go func() { next <- runtime.Event{Data: "0"} }()
				for event, err := range client.Events(t.Context()) {
					if err != nil {
						break // the server has drained, and there is none to come again to
					}
					if event.Data != fmt.Sprint(n) {
						t.Fatalf("got %+v, want event %d", event, n)
					}
					if n++; n == 10 {
						go s.Config.Shutdown(context.Background())
						continue
					}
					time.Sleep(pause)
					next <- runtime.Event{Data: fmt.Sprint(n)}
				}
				if n != 10 {
					t.Errorf("%d events", n)
				}
				<-cleaned
			})
		}
	}
}

// TestLayerThatHoldsBack wants an answer that says what is wrong, not silence,
// behind a layer whose writer cannot flush, whatever is in between.
func TestLayerThatHoldsBack(t *testing.T) {
	for name, layer := range map[string]func(http.Handler) http.Handler{
		"nothing":  func(h http.Handler) http.Handler { return h },
		"Recover":  middleware.Recover(),
		"Timeout":  middleware.Timeout(time.Minute),
		"function": throughFunction,
	} {
		ran := false
		h := http.TimeoutHandler(layer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			err := runtime.WriteEventSeq(w, r, http.StatusOK, func(func(runtime.Event) bool) { ran = true })
			if err == nil || !strings.Contains(err.Error(), "timeoutWriter cannot flush") {
				t.Errorf("%s: got %v", name, err)
			}
		})), time.Minute, "")
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		if ran {
			t.Errorf("%s: the events ran", name)
		}
	}
}

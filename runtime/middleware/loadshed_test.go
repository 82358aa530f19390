package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestLoadShed(t *testing.T) {
	log := captureLog(t)
	release := make(chan struct{})
	var running atomic.Int32
	handler := func(http.ResponseWriter, *http.Request) {
		running.Add(1)
		<-release
	}
	h := middleware.LoadShed(2, middleware.LoadShedConfig{RetryAfter: time.Second})(http.HandlerFunc(handler))
	server := serve(t, h)
	statuses := make(chan int)
	for range 2 {
		go func() {
			response, err := server.Client().Get(server.URL)
			if err != nil {
				t.Error(err)
				statuses <- 0
				return
			}
			response.Body.Close()
			statuses <- response.StatusCode
		}()
	}
	eventually(t, "two requests", func() bool { return running.Load() == 2 })
	answer := get(t, server, "/")
	wantProblem(t, answer, 503, "the server is busy")
	if answer.Header.Get("Retry-After") != "1" {
		t.Errorf("got %v", answer.Header)
	}
	close(release)
	for range 2 {
		if status := <-statuses; status != 200 {
			t.Errorf("got %d", status)
		}
	}
	eventually(t, "a free slot", func() bool { return get(t, server, "/").StatusCode == 200 })
	if log.String() != "" {
		t.Errorf("refusals are logged: %s", log)
	}
}

// TestLoadShedPanic sees that a slot is free after a panic.
func TestLoadShedPanic(t *testing.T) {
	h := middleware.LoadShed(1)(panics(http.ErrAbortHandler))
	for range 3 {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("the handler was not called")
				}
			}()
			h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		}()
	}
}

// TestLoadShedAroundConcurrencyLimit has one running, one waiting, and one that
// is refused.
func TestLoadShedAroundConcurrencyLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(middleware.LoadShed(2), middleware.ConcurrencyLimit(1))
		for _, path := range []string{"/runs", "/waits", "/shed"} {
			c.send(t.Context(), "GET", path+"?1s")
		}
		if c.status("/shed") != 503 || c.now() != 1 {
			t.Errorf("shed: %d, running: %d", c.status("/shed"), c.now())
		}
		c.done.Wait()
		if c.status("/runs") != 200 || c.status("/waits") != 200 || c.most != 1 {
			t.Errorf("runs: %d, waits: %d, at once: %d", c.status("/runs"), c.status("/waits"), c.most)
		}
	})
}

func TestLoadShedConfig(t *testing.T) {
	mustPanic(t, "LoadShed of 0", func() { middleware.LoadShed(0) })
	mustPanic(t, "LoadShed of 1", func() { middleware.LoadShed(1, middleware.LoadShedConfig{RetryAfter: -1}) })
}

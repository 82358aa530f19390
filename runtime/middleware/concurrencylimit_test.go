package middleware_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/middleware"
)

// A crowd sends requests to a handler, in a bubble of synctest.
type crowd struct {
	handler http.Handler
	done    sync.WaitGroup

	mu      sync.Mutex
	running int
	most    int
	order   []string
	answers map[string]*httptest.ResponseRecorder
}

// newCrowd returns a crowd of a handler that takes as long as the query says,
// with layers around.
func newCrowd(layers ...layer) *crowd {
	c := &crowd{answers: make(map[string]*httptest.ResponseRecorder)}
	c.handler = stack(http.HandlerFunc(c.work), layers...)
	return c
}

func (c *crowd) work(_ http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.running++
	c.most = max(c.most, c.running)
	c.order = append(c.order, r.URL.Path)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.running--
		c.mu.Unlock()
	}()
	d, _ := time.ParseDuration(r.URL.RawQuery)
	time.Sleep(d)
	if r.Method == "PANIC" {
		panic(http.ErrAbortHandler)
	}
}

// send sends a request and does not wait for its answer, but for its turn.
func (c *crowd) send(ctx context.Context, method, target string) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, method, target, nil)
	c.done.Go(func() {
		defer func() {
			recover()
			c.mu.Lock()
			defer c.mu.Unlock()
			c.answers[r.URL.Path] = w
		}()
		c.handler.ServeHTTP(w, r)
	})
	synctest.Wait()
}

// now returns how many are running.
func (c *crowd) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.running
}

// answer returns the answer to a path, or nil while there is none.
func (c *crowd) answer(path string) *httptest.ResponseRecorder {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answers[path]
}

// status returns the status of the answer to a path, or 0 while there is none.
func (c *crowd) status(path string) int {
	if w := c.answer(path); w != nil {
		return w.Code
	}
	return 0
}

func TestConcurrencyLimit(t *testing.T) {
	for _, limit := range []int{1, 2, 7, 100} {
		synctest.Test(t, func(t *testing.T) {
			c := newCrowd(middleware.ConcurrencyLimit(limit))
			start := time.Now()
			var want []string
			for i := range 7 {
				path := "/" + strconv.Itoa(i)
				c.send(t.Context(), "GET", path+"?1s")
				want = append(want, path)
			}
			c.done.Wait()
			most := min(limit, 7)
			rounds := (7 + most - 1) / most
			if c.most != most || time.Since(start) != time.Duration(rounds)*time.Second {
				t.Errorf("limit %d: %d at once, %v in all", limit, c.most, time.Since(start))
			}
			for _, path := range want {
				if c.status(path) != 200 {
					t.Errorf("limit %d: %s: %d", limit, path, c.status(path))
				}
			}
			if limit == 1 && !slices.Equal(c.order, want) {
				t.Errorf("served in the order %v", c.order)
			}
		})
	}
}

// TestConcurrencyLimitPanic sees that a slot is free after a panic.
func TestConcurrencyLimitPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(middleware.ConcurrencyLimit(1))
		for range 3 {
			c.send(t.Context(), "PANIC", "/?1s")
		}
		c.send(t.Context(), "GET", "/last?1s")
		c.done.Wait()
		if c.status("/last") != 200 || c.most != 1 {
			t.Errorf("status %d, %d at once", c.status("/last"), c.most)
		}
	})
}

// TestConcurrencyLimitGone has clients that do not wait so long.
func TestConcurrencyLimitGone(t *testing.T) {
	captureLog(t)
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(middleware.ConcurrencyLimit(1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		c.send(t.Context(), "GET", "/first?2s")
		c.send(ctx, "GET", "/gone?2s")
		c.send(t.Context(), "GET", "/last?2s")
		time.Sleep(time.Second)
		synctest.Wait()
		if c.status("/gone") != 503 || c.status("/last") != 0 {
			t.Errorf("gone: %d, last: %d", c.status("/gone"), c.status("/last"))
		}
		start := time.Now()
		c.done.Wait()
		if c.status("/last") != 200 || time.Since(start) != 3*time.Second {
			t.Errorf("last: %d after %v", c.status("/last"), time.Since(start))
		}
	})
}

func TestConcurrencyLimitQueue(t *testing.T) {
	log := captureLog(t)
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(middleware.ConcurrencyLimit(1, middleware.ConcurrencyLimitConfig{Queue: 2, RetryAfter: 1500 * time.Millisecond}))
		for _, path := range []string{"/a", "/b", "/c", "/d"} {
			c.send(t.Context(), "GET", path+"?1s")
		}
		if c.status("/d") != 503 || c.answer("/d").Header().Get("Retry-After") != "2" {
			t.Errorf("the fourth: %d", c.status("/d"))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		c.send(t.Context(), "GET", "/e?1s")
		c.send(t.Context(), "GET", "/f?1s")
		if c.status("/e") != 0 || c.status("/f") != 503 {
			t.Errorf("e: %d, f: %d", c.status("/e"), c.status("/f"))
		}
		c.done.Wait()
		for _, path := range []string{"/a", "/b", "/c", "/e"} {
			if c.status(path) != 200 {
				t.Errorf("%s: %d", path, c.status(path))
			}
		}
	})
	if log.String() != "" {
		t.Errorf("refusals are logged: %s", log)
	}
}

func TestConcurrencyLimitWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(middleware.ConcurrencyLimit(1, middleware.ConcurrencyLimitConfig{Wait: 1500 * time.Millisecond}))
		for _, path := range []string{"/a", "/b", "/c"} {
			c.send(t.Context(), "GET", path+"?1s")
		}
		time.Sleep(1500*time.Millisecond - 1)
		synctest.Wait()
		if c.status("/c") != 0 {
			t.Error("too early")
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if c.status("/c") != 503 || c.answer("/c").Body.String() != `{"title":"Service Unavailable","status":503,"detail":"the server is busy"}` {
			t.Errorf("got %d %s", c.status("/c"), c.answer("/c").Body)
		}
		if c.answer("/c").Header()["Retry-After"] != nil {
			t.Error("a Retry-After that nobody asked for")
		}
		c.done.Wait()
		if c.status("/b") != 200 {
			t.Errorf("b: %d", c.status("/b"))
		}
	})
}

// TestConcurrencyLimitShared wraps two handlers with one value, and one with
// another.
func TestConcurrencyLimitShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := middleware.ConcurrencyLimit(1)
		a := newCrowd(limit)
		b := newCrowd(limit)
		other := newCrowd(middleware.ConcurrencyLimit(1))
		for _, c := range []*crowd{a, b, other} {
			c.send(t.Context(), "GET", "/?1s")
		}
		if a.now() != 1 || b.now() != 0 || other.now() != 1 {
			t.Errorf("running: %d, %d, %d", a.now(), b.now(), other.now())
		}
		for _, c := range []*crowd{a, b, other} {
			c.done.Wait()
		}
	})
}

func TestConcurrencyLimitConfig(t *testing.T) {
	mustPanic(t, "ConcurrencyLimit of 0", func() { middleware.ConcurrencyLimit(0) })
	for _, c := range []middleware.ConcurrencyLimitConfig{{Queue: -1}, {Wait: -1}, {RetryAfter: -1}} {
		mustPanic(t, "ConcurrencyLimit of 1", func() { middleware.ConcurrencyLimit(1, c) })
	}
}

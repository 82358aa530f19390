package service

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestCallAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// The later the request, the sooner its result.
		m := &mock{call: func(ctx context.Context, req int) (int, error) {
			return sleeping(time.Duration(10-req)*time.Second)(ctx, req)
		}}
		began := time.Now()
		next := 0
		for res, err := range CallAll(t.Context(), m, slices.Values([]int{0, 1, 2, 3, 4})) {
			wantErr(t, "error", err, nil)
			want(t, "result", res, next)
			next++
		}
		want(t, "results", next, 5)
		want(t, "time", time.Since(began), 10*time.Second)
		want(t, "most at a time", m.most, 5)
	})
}

// Readiness says how many calls are under way, results come as they are there,
// and requests are taken when there is room for them.
func TestCallAllBackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 2
		m := &mock{call: sleeping(time.Second)}
		got := 0
		requests := func(yield func(int) bool) {
			for i := range 10 {
				m.mu.Lock()
				if ended := len(m.calls) - m.running; i > ended+limit {
					t.Errorf("request %d was taken when %d calls had ended", i, ended)
				}
				m.mu.Unlock()
				if !yield(i) {
					return
				}
			}
		}
		began := time.Now()
		for range CallAll(t.Context(), ConcurrencyLimit(m, limit), requests) {
			want(t, "time", time.Since(began), time.Duration(got/limit+1)*time.Second)
			got++
		}
		want(t, "results", got, 10)
		want(t, "most at a time", m.most, limit)
	})
}

func TestCallAllErrors(t *testing.T) {
	m := &mock{call: func(_ context.Context, req int) (int, error) {
		if req == 1 {
			return 0, errTest
		}
		return req, nil
	}}
	m.ready = func(context.Context) error {
		if m.readies > 3 {
			return context.DeadlineExceeded
		}
		return nil
	}
	var errs []error
	for _, err := range CallAll(t.Context(), m, slices.Values([]int{0, 1, 2, 3, 4})) {
		errs = append(errs, err)
	}
	if !slices.Equal(errs, []error{nil, errTest, nil, context.DeadlineExceeded}) {
		t.Errorf("errors %v", errs)
	}
}

func TestCallAllStopsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		places := NewSemaphore(3)
		m := &mock{call: func(ctx context.Context, req int) (int, error) {
			return sleeping(time.Duration(req)*time.Second)(ctx, req)
		}}
		for range CallAll(t.Context(), SharedConcurrencyLimit(m, places), slices.Values([]int{1, 100, 100, 100})) {
			break
		}
		synctest.Wait()
		want(t, "calls that go on", m.goingOn(), 0)
		want(t, "places taken in the end", len(places.taken), 0)
		for range CallAll(t.Context(), m, slices.Values([]int{100, 1})) {
			break
		}
		synctest.Wait()
		want(t, "calls that go on", m.goingOn(), 0)
	})
}

// A Ready that ends its goroutine, as a test that fails in it does, is an error.
func TestCallAllExits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{ready: func(context.Context) error { runtime.Goexit(); return nil }}
		taken := 0
		requests := func(yield func(int) bool) {
			for yield(taken) {
				taken++
			}
		}
		for _, err := range CallAll(t.Context(), m, requests) {
			wantErr(t, "Ready", err, errExited)
		}
		want(t, "requests taken after the first", taken, 0)
	})
}

func TestCallAllPanics(t *testing.T) {
	for name, m := range map[string]*mock{
		"Ready": {ready: func(context.Context) error { panic(errTest) }},
		"Call":  {call: func(context.Context, int) (int, error) { panic(errTest) }},
	} {
		reason := mustPanic(t, func() {
			for range CallAll(t.Context(), m, slices.Values([]int{1})) {
			}
		})
		if p, ok := reason.(*PanicError); !ok || p.Value != any(errTest) {
			t.Errorf("panic of %s: %v", name, reason)
		}
	}
}

package service

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestRateLimitWindows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := RateLimit(&mock{}, 2, time.Second)
		began := time.Now()
		at := func(what string, d time.Duration) {
			t.Helper()
			_, err := Do(t.Context(), s, 1)
			wantErr(t, what, err, nil)
			want(t, what, time.Since(began), d)
		}
		at("first", 0)
		at("second", 0)
		at("third, in the next window", time.Second)
		time.Sleep(time.Second / 2)
		at("fourth, in the same", 3*time.Second/2)
		at("fifth, when that ends", 2*time.Second)

		// An idle window is not saved up.
		time.Sleep(time.Hour)
		began = time.Now()
		at("after an hour", 0)
		at("after an hour", 0)
		at("in the next window", time.Second)

		// A window begins with a call.
		time.Sleep(time.Second + time.Second/3)
		began = time.Now()
		at("first of a late window", 0)
		at("second of it", 0)
		at("in the one after", time.Second)
	})
}

func TestRateLimitReadyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := RateLimit(&mock{}, 1, time.Second)
		_, _ = Do(t.Context(), s, 1)
		began := time.Now()
		ok, err := TryReady(t.Context(), s)
		want(t, "ready now", ok, false)
		wantErr(t, "TryReady", err, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		wantErr(t, "Ready", s.Ready(ctx), context.DeadlineExceeded)
		wantErr(t, "Ready", s.Ready(t.Context()), nil)
		want(t, "time", time.Since(began), time.Second)
	})
}

// Whoever does not wait is told how it is, and keeps nobody waiting by asking.
func TestRateLimitReadyNow(t *testing.T) {
	s := RateLimit(&mock{}, 1, time.Hour)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				_, _ = TryReady(t.Context(), s)
			}
		})
	}
	all.Wait()
	for range 100 {
		ok, err := TryReady(t.Context(), s)
		want(t, "ready", ok, true)
		wantErr(t, "TryReady", err, nil)
	}
}

// A call that is dropped after Ready leaves its place to those who wait.
func TestRateLimitDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := RateLimit(&mock{}, 1, time.Hour)
		ctx, release := Reserve(t.Context())
		wantErr(t, "Ready", s.Ready(ctx), nil)
		began := time.Now()
		time.AfterFunc(time.Second, release)
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), time.Second)

		// And when the window has ended meanwhile, there is nothing to return.
		time.Sleep(time.Hour)
		ctx, release = Reserve(t.Context())
		wantErr(t, "Ready", s.Ready(ctx), nil)
		time.Sleep(time.Hour)
		_, err = Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		release()
		ok, _ := TryReady(t.Context(), s)
		want(t, "ready in a full window", ok, false)
	})
}

// A call that was ready in one window and begins in the next counts there.
func TestRateLimitCountsWhereTheCallBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := RateLimit(&mock{}, 1, time.Second)
		ctx, release := Reserve(t.Context())
		defer release()
		wantErr(t, "Ready", s.Ready(ctx), nil)
		time.Sleep(2 * time.Second)
		_, err := Do(t.Context(), s, 1) // takes the place of the window
		wantErr(t, "Do", err, nil)
		began := time.Now()
		_, err = s.Call(ctx, 2)
		wantErr(t, "Call", err, nil)
		want(t, "time", time.Since(began), time.Second)

		time.Sleep(time.Hour)
		wantErr(t, "Ready", s.Ready(ctx), nil)
		time.Sleep(2 * time.Second)
		began = time.Now()
		_, err = s.Call(ctx, 3) // begins a window
		wantErr(t, "Call", err, nil)
		want(t, "time of the first", time.Since(began), 0)
		_, err = Do(t.Context(), s, 4)
		wantErr(t, "Do", err, nil)
		want(t, "time of the second", time.Since(began), time.Second)
	})
}

// No window has more calls than allowed, whatever callers do.
func TestRateLimitNeverAboveTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const num = 5
		var limit *rateLimit[int, int]
		calls := map[*window]int{}
		s := RateLimit(&mock{call: func(context.Context, int) (int, error) {
			limit.mu.Lock()
			defer limit.mu.Unlock()
			calls[limit.current]++
			return 0, nil
		}}, num, time.Second)
		limit = s.(*rateLimit[int, int])
		var all sync.WaitGroup
		for i := range 300 {
			all.Go(func() {
				time.Sleep(time.Duration(rand.IntN(int(20 * time.Second))))
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(int(30*time.Second))))
				defer cancel()
				ctx, release := Reserve(ctx)
				defer release()
				if i%3 == 0 || s.Ready(ctx) == nil {
					time.Sleep(time.Duration(rand.IntN(2)) * time.Second / 2)
					if i%5 != 0 {
						_, _ = s.Call(ctx, i)
					}
				}
			})
		}
		all.Wait()
		total := 0
		for _, n := range calls {
			total += n
			if n > num {
				t.Errorf("%d calls in a window, want at most %d", n, num)
			}
		}
		if total < 100 {
			t.Errorf("only %d calls in %d windows", total, len(calls))
		}
	})
}

func TestRateLimitIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{}
		s := RateLimit(m, 2, time.Second)
		began := time.Now()
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { _, _ = Do(t.Context(), s, i) })
			synctest.Wait()
		}
		all.Wait()
		want(t, "time", time.Since(began), 4*time.Second)
		for i, req := range m.calls {
			want(t, "window of call", req/2, i/2)
		}
	})
}

// Nobody overtakes those who wait, although a new window has begun.
func TestRateLimitNobodyOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := RateLimit(&mock{}, 1, time.Second).(*rateLimit[int, int])
		s.turn <- struct{}{} // somebody waits
		s.waiting.Add(1)
		ok, _ := TryReady[int, int](t.Context(), s)
		want(t, "ready", ok, false)
		s.waiting.Add(-1)
		<-s.turn
		ok, _ = TryReady[int, int](t.Context(), s)
		want(t, "ready when nobody waits", ok, true)
	})
}

func TestRateLimitRefusesNonsense(t *testing.T) {
	mustPanic(t, func() { RateLimit(&mock{}, 0, time.Second) })
	mustPanic(t, func() { RateLimit(&mock{}, 1, 0) })
}

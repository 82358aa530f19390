package service

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestSteer(t *testing.T) {
	even, odd := &mock{}, &mock{}
	s := Steer(func(n int) int { return n % 2 }, Service[int, int](even), odd)
	for i := range 10 {
		_, err := Do(t.Context(), s, i)
		wantErr(t, "Do", err, nil)
	}
	for i := range 5 {
		want(t, "even", even.calls[i], 2*i)
		want(t, "odd", odd.calls[i], 2*i+1)
	}
}

// Steer is ready when all of its services are.
func TestSteerReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &mock{ready: func(ctx context.Context) error {
			select {
			case <-time.After(time.Second):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}}
		s := Steer(func(int) int { return 0 }, Service[int, int](&mock{}), slow)
		ok, _ := TryReady(t.Context(), s)
		want(t, "ready", ok, false)
		began := time.Now()
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), time.Second)

		slow.ready = func(context.Context) error { return errTest }
		wantErr(t, "Ready", s.Ready(t.Context()), errTest)
	})
}

// What the services that are not picked have kept does not wait for the one that
// is.
func TestSteerGivesBackTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		first, second := NewSemaphore(1), NewSemaphore(1)
		s := Steer(func(n int) int { return n }, SharedConcurrencyLimit(m, first), SharedConcurrencyLimit(m, second))
		done := make(chan error)
		go func() {
			_, err := Do(t.Context(), s, 0)
			done <- err
		}()
		synctest.Wait()
		want(t, "places of the one that is picked", len(first.taken), 1)
		want(t, "places of the other", len(second.taken), 0)

		ok, _ := TryReady(t.Context(), s)
		want(t, "ready while one is busy", ok, false)
		want(t, "places of the other, after that", len(second.taken), 0)

		// Whoever does not ask all of them is served by the other.
		began := time.Now()
		_, err := s.Call(t.Context(), 1)
		wantErr(t, "Call", err, nil)
		want(t, "time", time.Since(began), time.Second)
		wantErr(t, "Do", <-done, nil)
		want(t, "places taken in the end", len(first.taken)+len(second.taken), 0)
	})
}

func TestSteerDrop(t *testing.T) {
	places := []*Semaphore{NewSemaphore(1), NewSemaphore(1)}
	taken := func() int { return len(places[0].taken) + len(places[1].taken) }
	s := Steer(func(n int) int { return n },
		SharedConcurrencyLimit(&mock{}, places[0]), SharedConcurrencyLimit(&mock{}, places[1]))
	ctx, release := Reserve(t.Context())
	wantErr(t, "Ready", s.Ready(ctx), nil)
	wantErr(t, "Ready", s.Ready(ctx), nil)
	want(t, "places taken", taken(), 2)
	release()
	want(t, "places taken after release", taken(), 0)
	wantErr(t, "Ready", s.Ready(t.Context()), nil)
	want(t, "places taken without reservation", taken(), 0)

	// A pick of nothing is a panic, and leaves nothing behind.
	mustPanic(t, func() { _, _ = Do(t.Context(), s, 2) })
	mustPanic(t, func() { _, _ = Do(t.Context(), s, -1) })
	want(t, "places taken after a panic", taken(), 0)
	mustPanic(t, func() { Steer[int, int](func(int) int { return 0 }) })
}

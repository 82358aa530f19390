package service

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// Whatever callers do, there are never more calls at a time than allowed, and
// in the end all places are free.
func TestConcurrencyNeverAboveTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 3
		places := NewSemaphore(limit)
		m := &mock{call: func(ctx context.Context, req int) (int, error) {
			if req%7 == 0 {
				panic("every seventh")
			}
			return sleeping(time.Duration(rand.IntN(10))*time.Millisecond)(ctx, req)
		}}
		s := SharedConcurrencyLimit(m, places)
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				defer func() { _ = recover() }()
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(50))*time.Millisecond)
				defer cancel()
				switch i % 4 {
				case 0:
					_, _ = s.Call(ctx, i)
				case 1:
					_, _ = Do(ctx, s, i)
				case 2:
					ctx, release := Reserve(ctx)
					defer release()
					if s.Ready(ctx) == nil {
						_, _ = s.Call(ctx, i)
					}
				case 3:
					ctx, release := Reserve(ctx)
					defer release()
					_ = s.Ready(ctx) // and nothing more
				}
			})
		}
		all.Wait()
		if m.most != limit {
			t.Errorf("%d calls at a time, want %d", m.most, limit)
		}
		want(t, "places taken in the end", len(places.taken), 0)
	})
}

func TestConcurrencyLimitIsPerApplication(t *testing.T) {
	m := &mock{}
	a, b := ConcurrencyLimit(m, 1), ConcurrencyLimit(m, 1)
	ctx, release := Reserve(t.Context())
	defer release()
	wantErr(t, "Ready", a.Ready(ctx), nil)
	ok, _ := TryReady(t.Context(), b)
	want(t, "the other ready", ok, true)
	ok, _ = TryReady(t.Context(), a)
	want(t, "the same ready", ok, false)
}

func TestSharedConcurrencyLimit(t *testing.T) {
	places := NewSemaphore(1)
	layer := NewBuilder[int, int]().SharedConcurrencyLimit(places).Stack()
	a, b := layer(&mock{}), layer(&mock{})
	ctx, release := Reserve(t.Context())
	wantErr(t, "Ready", a.Ready(ctx), nil)
	ok, _ := TryReady(t.Context(), b)
	want(t, "the other ready", ok, false)
	release()
	ok, _ = TryReady(t.Context(), b)
	want(t, "the other ready after release", ok, true)
	_ = places.Acquire(t.Context())
	ok, _ = TryReady(t.Context(), b)
	want(t, "ready while somebody else has the place", ok, false)
}

// A place is free when the head of a response is there, not its body.
func TestConcurrencyCountsUntilTheHead(t *testing.T) {
	places := NewSemaphore(1)
	s := SharedConcurrencyLimit(Func(func(context.Context, int) (*http.Response, error) {
		return &http.Response{Body: io.NopCloser(strings.NewReader("body"))}, nil
	}), places)
	res, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, nil)
	want(t, "places taken while the body is open", len(places.taken), 0)
	res.Body.Close()
}

// Those who wait are served in the order in which they came.
func TestConcurrencyIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		s := ConcurrencyLimit(m, 1)
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { _, _ = Do(t.Context(), s, i) })
			synctest.Wait()
		}
		all.Wait()
		for i, req := range m.calls {
			want(t, "call", req, i)
		}
	})
}

func TestReadyWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := ConcurrencyLimit(&mock{call: sleeping(time.Second)}, 1)
		go func() { _, _ = Do(context.Background(), s, 1) }()
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		wantErr(t, "Ready", s.Ready(ctx), context.DeadlineExceeded)
		want(t, "time", time.Since(began), time.Second/2)
		wantErr(t, "Ready", s.Ready(t.Context()), nil)
		want(t, "time", time.Since(began), time.Second)
	})
}

func TestSemaphoreRefusesNonsense(t *testing.T) {
	mustPanic(t, func() { NewSemaphore(0) })
	mustPanic(t, func() { ConcurrencyLimit(&mock{}, -1) })
	mustPanic(t, func() { NewSemaphore(1).Release() })
}

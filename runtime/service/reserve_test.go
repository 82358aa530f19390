package service

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadyKeepsForTheCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		places := NewSemaphore(1)
		s := SharedConcurrencyLimit(m, places)

		ctx, release := Reserve(t.Context())
		defer release()
		wantErr(t, "Ready", s.Ready(ctx), nil)
		want(t, "places taken after Ready", len(places.taken), 1)

		// Nobody else is ready, until the call that has the place is over.
		ok, err := TryReady(t.Context(), s)
		want(t, "ready for others", ok, false)
		wantErr(t, "TryReady", err, nil)
		others := make(chan time.Duration)
		began := time.Now()
		go func() {
			_, err := Do(context.Background(), s, 2)
			wantErr(t, "Do", err, nil)
			others <- time.Since(began)
		}()
		synctest.Wait()
		res, err := s.Call(ctx, 1)
		want(t, "result", res, 1)
		wantErr(t, "Call", err, nil)
		want(t, "the other's time", <-others, 2*time.Second)
		want(t, "places taken in the end", len(places.taken), 0)
	})
}

// A slot that Ready reserved is given back when the call is dropped, in every
// way in which that can happen.
func TestDropAfterReady(t *testing.T) {
	type env struct {
		t      *testing.T
		s      Service[int, int]
		places *Semaphore
	}
	tests := map[string]func(env){
		"released": func(e env) {
			ctx, release := Reserve(e.t.Context())
			wantErr(e.t, "Ready", e.s.Ready(ctx), nil)
			want(e.t, "places taken", len(e.places.taken), 1)
			release()
			release() // is nothing
		},
		"the context ends": func(e env) {
			parent, cancel := context.WithCancel(e.t.Context())
			ctx, release := Reserve(parent)
			defer release()
			wantErr(e.t, "Ready", e.s.Ready(ctx), nil)
			want(e.t, "places taken", len(e.places.taken), 1)
			cancel()
			synctest.Wait()
			want(e.t, "places taken before release", len(e.places.taken), 0)
		},
		"the deadline passes": func(e env) {
			parent, cancel := context.WithTimeout(e.t.Context(), time.Second)
			defer cancel()
			ctx, _ := Reserve(parent)
			wantErr(e.t, "Ready", e.s.Ready(ctx), nil)
			time.Sleep(2 * time.Second)
		},
		"a layer refuses the request": func(e env) {
			s := Filter(e.s, func(context.Context, int) (int, error) { return 0, errTest })
			_, err := Do(e.t.Context(), s, 1)
			wantErr(e.t, "Do", err, errTest)
		},
		"a layer panics": func(e env) {
			s := MapRequest(e.s, func(int) int { panic(errTest) })
			want(e.t, "panic", mustPanic(e.t, func() { _, _ = Do(e.t.Context(), s, 1) }), any(errTest))
		},
		"the service panics": func(e env) {
			s := e.s
			e.s.(*concurrencyLimit[int, int]).inner = &mock{
				call: func(context.Context, int) (int, error) { panic(errTest) },
			}
			want(e.t, "panic", mustPanic(e.t, func() { _, _ = Do(e.t.Context(), s, 1) }), any(errTest))
		},
		"Ready fails further in": func(e env) {
			e.s.(*concurrencyLimit[int, int]).inner = &mock{ready: func(context.Context) error { return errTest }}
			_, err := Do(e.t.Context(), e.s, 1)
			wantErr(e.t, "Do", err, errTest)
		},
		"Ready panics further in": func(e env) {
			e.s.(*concurrencyLimit[int, int]).inner = &mock{ready: func(context.Context) error { panic(errTest) }}
			mustPanic(e.t, func() { _, _ = Do(e.t.Context(), e.s, 1) })
		},
		"Ready gives up further in": func(e env) {
			e.s.(*concurrencyLimit[int, int]).inner = &mock{ready: never}
			ctx, cancel := context.WithTimeout(e.t.Context(), time.Second)
			defer cancel()
			_, err := Do(ctx, e.s, 1)
			wantErr(e.t, "Do", err, context.DeadlineExceeded)
		},
		"not ready now further in": func(e env) {
			e.s.(*concurrencyLimit[int, int]).inner = &mock{ready: never}
			ctx, release := Reserve(e.t.Context())
			defer release()
			ok, err := TryReady(ctx, e.s)
			want(e.t, "ready", ok, false)
			wantErr(e.t, "TryReady", err, nil)
		},
		"no reservation": func(e env) {
			wantErr(e.t, "Ready", e.s.Ready(e.t.Context()), nil)
			ok, _ := TryReady(e.t.Context(), e.s)
			want(e.t, "ready", ok, true)
		},
		"ready now after the end of the reservation": func(e env) {
			ctx, release := Reserve(e.t.Context())
			release()
			ok, err := TryReady(ctx, e.s)
			want(e.t, "ready", ok, true)
			wantErr(e.t, "TryReady", err, nil)
		},
		"after the end of the reservation": func(e env) {
			ctx, release := Reserve(e.t.Context())
			release()
			wantErr(e.t, "Ready", e.s.Ready(ctx), nil)
			want(e.t, "places taken", len(e.places.taken), 0)
			_, err := e.s.Call(ctx, 1)
			wantErr(e.t, "Call", err, nil)
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				places := NewSemaphore(1)
				test(env{t, SharedConcurrencyLimit(&mock{}, places), places})
				want(t, "places taken in the end", len(places.taken), 0)
			})
		})
	}
}

func TestReadyTwice(t *testing.T) {
	places := NewSemaphore(2)
	s := SharedConcurrencyLimit(&mock{}, places)
	ctx, release := Reserve(t.Context())
	defer release()
	for range 3 {
		wantErr(t, "Ready", s.Ready(ctx), nil)
		want(t, "places taken", len(places.taken), 1)
	}
	// One place is for one call; then the reservation is as new.
	for range 2 {
		_, err := s.Call(ctx, 1)
		wantErr(t, "Call", err, nil)
		want(t, "places taken after Call", len(places.taken), 0)
		wantErr(t, "Ready", s.Ready(ctx), nil)
		want(t, "places taken", len(places.taken), 1)
	}
}

// Ready again finds what Ready has kept, also when that was the last.
func TestReadyTwiceOfOnePlace(t *testing.T) {
	one := func() Service[int, int] { return ConcurrencyLimit(&mock{}, 1) }
	for name, limit := range map[string]func() Service[int, int]{
		"ConcurrencyLimit": one,
		"RateLimit":        func() Service[int, int] { return RateLimit(&mock{}, 1, time.Hour) },
		"Buffer":           func() Service[int, int] { return Buffer(&mock{}, 1) },
		"Steer":            func() Service[int, int] { return Steer(func(int) int { return 1 }, one(), one()) },
		"Balance":          func() Service[int, int] { return Balance(List(one())) },
		"Reconnect": func() Service[int, int] {
			return Reconnect(func(context.Context) (Service[int, int], error) { return one(), nil })
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := limit()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			ctx, release := Reserve(ctx)
			defer release()
			for range 3 {
				wantErr(t, name+": Ready", s.Ready(ctx), nil)
			}
			ok, _ := TryReady(t.Context(), s)
			want(t, name+": ready for others", ok, false)
			_, err := s.Call(ctx, 1)
			wantErr(t, name+": Call", err, nil)
		})
	}
}

func TestCallWithoutReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		s := ConcurrencyLimit(m, 2)
		began := time.Now()
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				_, err := s.Call(t.Context(), i)
				wantErr(t, "Call", err, nil)
			})
		}
		all.Wait()
		want(t, "time", time.Since(began), 3*time.Second)
		want(t, "most at a time", m.most, 2)
	})
}

// Callers that share one reservation never share a place.
func TestConcurrentCallersOfOneReservation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, callers = 3, 20
		m := &mock{call: sleeping(time.Millisecond)}
		places := NewSemaphore(limit)
		s := SharedConcurrencyLimit(m, places)
		ctx, release := Reserve(t.Context())
		var all sync.WaitGroup
		for i := range callers {
			all.Go(func() {
				wantErr(t, "Ready", s.Ready(ctx), nil)
				_, err := s.Call(ctx, i)
				wantErr(t, "Call", err, nil)
			})
		}
		all.Wait()
		if m.most > limit {
			t.Errorf("%d calls at a time, want at most %d", m.most, limit)
		}
		want(t, "calls", m.called(), callers)
		release()
		want(t, "places taken in the end", len(places.taken), 0)
	})
}

// A place that Ready took for the whole stack is found by a limit within other
// layers, whatever contexts these derive.
func TestReservationThroughLayers(t *testing.T) {
	places := NewSemaphore(1)
	m := &mock{}
	s := NewBuilder[int, int]().
		MapErr(func(err error) error { return err }).
		Timeout(time.Minute).
		Retry(&RetryPolicy[int, int]{}).
		Filter(func(ctx context.Context, req int) (int, error) { return req, nil }).
		Layer(func(s Service[int, int]) Service[int, int] {
			return Func(func(ctx context.Context, req int) (int, error) {
				return s.Call(context.WithoutCancel(ctx), req)
			})
		}).
		Service(SharedConcurrencyLimit(m, places))
	for i := range 3 {
		res, err := Do(t.Context(), s, i)
		want(t, "result", res, i)
		wantErr(t, "Do", err, nil)
	}
	want(t, "places taken in the end", len(places.taken), 0)
}

// What a service does with other services during a call is no business of the
// reservation of that call: it would keep their places until it ends.
func TestReservationIsSealedDuringCall(t *testing.T) {
	places := NewSemaphore(1)
	other := SharedConcurrencyLimit(&mock{}, places)
	s := Func(func(ctx context.Context, req int) (int, error) {
		wantErr(t, "Ready", other.Ready(ctx), nil)
		want(t, "places taken by Ready within a call", len(places.taken), 0)
		return other.Call(ctx, req)
	})
	tries := 0
	failing := Then(s, func(context.Context, int, error) (int, error) {
		if tries++; tries%2 == 1 {
			return 0, errTest
		}
		return 0, nil
	})
	pick := func(int) int { return 0 }
	for name, s := range map[string]Service[int, int]{
		"nothing":  s,
		"LoadShed": LoadShed(s),
		"Buffer":   Buffer(s, 1),
		"Steer":    Steer(pick, s),
		"Balance":  Balance(List(s)),
		"Retry":    Retry(failing, &RetryPolicy[int, int]{}),
	} {
		_, err := Do(t.Context(), s, 1)
		wantErr(t, name, err, nil)
		_, err = s.Call(t.Context(), 1)
		wantErr(t, name+", called alone", err, nil)
	}
}

// A service that calls itself gets a place for each call.
func TestRecursiveCalls(t *testing.T) {
	places := NewSemaphore(3)
	var s Service[int, int]
	s = SharedConcurrencyLimit(Func(func(ctx context.Context, n int) (int, error) {
		if n == 0 {
			return len(places.taken), nil
		}
		return Do(ctx, s, n-1)
	}), places)
	taken, err := Do(t.Context(), s, 2)
	want(t, "places taken by three calls", taken, 3)
	wantErr(t, "Do", err, nil)
	want(t, "places taken in the end", len(places.taken), 0)
}

// An outer reservation that still has the place lets an inner one use it, so
// that a retry after a refusal does not wait for what it holds itself.
func TestNestedReservations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		s := Retry(Filter(ConcurrencyLimit(&mock{}, 1), func(_ context.Context, req int) (int, error) {
			if tries++; tries < 3 {
				return 0, errTest
			}
			return req, nil
		}), &RetryPolicy[int, int]{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		res, err := Do(ctx, s, 7)
		want(t, "result", res, 7)
		wantErr(t, "Do", err, nil)
	})
}

func TestTryReady(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	tests := map[string]struct {
		ctx   context.Context
		ready func(context.Context) error
		want  bool
		err   error
	}{
		"ready":                      {t.Context(), nil, true, nil},
		"ready though ctx has ended": {ended, nil, true, nil},
		"not ready":                  {t.Context(), never, false, nil},
		"not ready, by Err":          {t.Context(), func(ctx context.Context) error { return ctx.Err() }, false, nil},
		"not ready, in a derived context": {t.Context(), func(ctx context.Context) error {
			ctx, cancel := context.WithTimeout(ctx, time.Hour)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		}, false, nil},
		"not ready when ctx has ended": {ended, never, false, nil},
		"failed":                       {t.Context(), func(context.Context) error { return errTest }, false, errTest},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			ok, err := TryReady(test.ctx, &mock{ready: test.ready})
			want(t, "ready", ok, test.want)
			wantErr(t, "TryReady", err, test.err)
		})
	}
}

func TestTryReadyKeeps(t *testing.T) {
	places := NewSemaphore(1)
	s := SharedConcurrencyLimit(&mock{}, places)
	ctx, release := Reserve(t.Context())
	defer release()
	ok, _ := TryReady(ctx, s)
	want(t, "ready", ok, true)
	want(t, "places taken", len(places.taken), 1)
	ok, _ = TryReady(ctx, s) // the place is this one's
	want(t, "ready again", ok, true)
	_, err := s.Call(ctx, 1)
	wantErr(t, "Call", err, nil)
	want(t, "places taken after Call", len(places.taken), 0)
}

func TestSlot(t *testing.T) {
	var back []string
	slot := NewSlot(func(thing string) { back = append(back, thing) })
	want(t, "kept without a reservation", slot.Keep(t.Context(), "a"), false)
	want(t, "given back", len(back), 1)

	ctx, release := Reserve(t.Context())
	want(t, "kept before", slot.Kept(ctx), false)
	want(t, "kept", slot.Keep(ctx, "b"), true)
	want(t, "kept after", slot.Kept(ctx), true)
	want(t, "a second one kept", slot.Keep(ctx, "c"), false)
	want(t, "given back", len(back), 2)
	thing, ok := slot.Take(ctx)
	want(t, "taken", thing, "b")
	want(t, "taken", ok, true)
	_, ok = slot.Take(ctx)
	want(t, "taken twice", ok, false)
	slot.Keep(ctx, "d")
	release()
	want(t, "given back in the end", len(back), 3)
	want(t, "the last", back[2], "d")
}

// More slots than a reservation has room for at first, given back from the
// last to the first.
func TestManySlots(t *testing.T) {
	var back []int
	ctx, release := Reserve(t.Context())
	var slots []*Slot[int]
	for i := range 10 {
		s := NewSlot(func(i int) { back = append(back, i) })
		slots = append(slots, s)
		want(t, "kept", s.Keep(ctx, i), true)
	}
	for i := 0; i < 10; i += 2 {
		thing, ok := slots[i].Take(ctx)
		want(t, "taken", ok, true)
		want(t, "thing", thing, i)
	}
	release()
	for i, got := range back {
		want(t, "given back", got, 9-2*i)
	}
	want(t, "number given back", len(back), 5)
}

// A reservation is a context like any other to those around it.
func TestReservationIsAContext(t *testing.T) {
	type key struct{}
	parent, cancel := context.WithCancelCause(context.WithValue(context.Background(), key{}, "value"))
	ctx, release := Reserve(parent)
	defer release()
	want(t, "value", ctx.Value(key{}), any("value"))
	child, stop := context.WithCancel(ctx)
	defer stop()
	cancel(errTest)
	<-child.Done()
	want(t, "cause", context.Cause(child), errTest)
	want(t, "error", ctx.Err(), context.Canceled)
}

func TestDoReturnsErrorOfReady(t *testing.T) {
	m := &mock{ready: func(context.Context) error { return errTest }}
	_, err := Do(t.Context(), m, 1)
	if !errors.Is(err, errTest) || m.called() != 0 {
		t.Errorf("Do: %v after %d calls, want that of Ready after none", err, m.called())
	}
}

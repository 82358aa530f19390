package service

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// Layers in any order, around a service that fails, panics and dawdles, for
// callers who leave at any moment: no limit is ever exceeded, and in the end
// everything that was taken has been given back, once.
func TestAnyStack(t *testing.T) {
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.DiscardHandler)) // panics of calls that nobody waits for
	stacks := 300
	if testing.Short() {
		stacks = 30
	}
	for range stacks {
		synctest.Test(t, func(t *testing.T) {
			stack := &anyStack{t: t}
			stack.Service = Func(moody)
			for range 2 + rand.IntN(6) {
				stack.grow()
			}
			var callers sync.WaitGroup
			for range 60 {
				callers.Go(stack.visit)
			}
			callers.Wait()
			time.Sleep(time.Minute) // for those that were left alone
			for i, places := range stack.places {
				if n := len(places.taken); n > 0 {
					t.Errorf("%s: %d of places %d are still taken", strings.Join(stack.layers, ", "), n, i)
				}
			}
		})
	}
}

// moody is a service that does anything.
func moody(ctx context.Context, req int) (int, error) {
	dawdle := time.After(upTo(50 * time.Millisecond))
	switch rand.IntN(12) {
	case 0:
		panic(errTest)
	case 1, 2:
		return 0, errTest
	case 3: // deaf to the end of its context
		<-dawdle
		return req, nil
	}
	select {
	case <-dawdle:
		return req, nil
	case <-ctx.Done():
		return 0, context.Cause(ctx)
	}
}

func upTo(d time.Duration) time.Duration { return 1 + rand.N(d) }

type anyStack struct {
	Service[int, int]
	t      *testing.T
	layers []string // from the inside to the outside
	places []*Semaphore
}

// limit puts a limit around s, and watches it.
func (a *anyStack) limit(s Service[int, int]) Service[int, int] {
	most := 1 + rand.IntN(10)
	var running atomic.Int64
	watched := Func(func(ctx context.Context, req int) (int, error) {
		defer running.Add(-1)
		if n := running.Add(1); n > int64(most) {
			a.t.Errorf("%s: %d calls within a limit of %d", strings.Join(a.layers, ", "), n, most)
		}
		return s.Call(ctx, req)
	})
	places := NewSemaphore(most)
	a.places = append(a.places, places)
	return SharedConcurrencyLimit[int, int](&readyCall{s.Ready, watched.Call}, places)
}

type readyCall struct {
	ready func(context.Context) error
	call  func(context.Context, int) (int, error)
}

func (r *readyCall) Ready(ctx context.Context) error                { return r.ready(ctx) }
func (r *readyCall) Call(ctx context.Context, req int) (int, error) { return r.call(ctx, req) }

// grow puts one more layer around the service.
func (a *anyStack) grow() {
	s := a.Service
	layers := []struct {
		name string
		make func() Service[int, int]
	}{
		{"ConcurrencyLimit", func() Service[int, int] { return a.limit(s) }},
		{"Timeout", func() Service[int, int] { return Timeout(s, upTo(60*time.Millisecond)) }},
		{"RateLimit", func() Service[int, int] { return RateLimit(s, 1+rand.IntN(20), upTo(20*time.Millisecond)) }},
		{"LoadShed", func() Service[int, int] { return LoadShed(s) }},
		{"Detach", func() Service[int, int] { return Detach(s) }},
		{"Buffer", func() Service[int, int] {
			b := Buffer(s, 1+rand.IntN(20)).(*buffer[int, int])
			a.places = append(a.places, b.places, &Semaphore{b.turn})
			return b
		}},
		{"Retry", func() Service[int, int] {
			return Retry(s, &RetryPolicy[int, int]{Backoff: Exponential(time.Millisecond, 10*time.Millisecond, 1)})
		}},
		{"Hedge", func() Service[int, int] {
			return Hedge(s, HedgeConfig[int]{Percentile: 50, MinSamples: 1, Period: 20 * time.Millisecond})
		}},
		{"Filter", func() Service[int, int] {
			return Filter(s, func(_ context.Context, req int) (int, error) {
				if rand.IntN(5) == 0 {
					return 0, errTest
				}
				return req, nil
			})
		}},
		{"Steer", func() Service[int, int] {
			return Steer(func(req int) int { return req % 2 }, s, a.limit(s))
		}},
		{"Balance", func() Service[int, int] { return Balance(List(a.limit(s), a.limit(s), a.limit(s))) }},
		{"Reconnect", func() Service[int, int] {
			return Reconnect(func(context.Context) (Service[int, int], error) {
				time.Sleep(time.Millisecond)
				if rand.IntN(4) == 0 {
					return nil, errTest
				}
				return s, nil
			})
		}},
	}
	layer := layers[rand.IntN(len(layers))]
	a.Service = layer.make()
	a.layers = append(a.layers, layer.name)
}

// visit is a caller that comes at some time, and leaves at some other.
func (a *anyStack) visit() {
	defer func() {
		if p := recover(); p != nil && !errors.Is(panicError(p), errTest) {
			panic(p)
		}
	}()
	time.Sleep(upTo(100 * time.Millisecond))
	ctx, cancel := context.WithTimeout(a.t.Context(), upTo(200*time.Millisecond))
	defer cancel()
	req := rand.IntN(100)
	switch rand.IntN(4) {
	case 0, 1:
		_, _ = Do(ctx, a.Service, req)
	case 2:
		_, _ = a.Call(ctx, req)
	case 3:
		ctx, release := Reserve(ctx)
		defer release()
		if a.Ready(ctx) != nil {
			return
		}
		time.Sleep(upTo(20 * time.Millisecond))
		if rand.IntN(2) == 0 {
			_, _ = a.Call(ctx, req)
		}
	}
}

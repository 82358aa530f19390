package service

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// The capacity is that of the queue: neither the request that waits at its head
// nor those that the service works on count.
func TestBufferCapacity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const working, head, waiting = 1, 1, 2
		m := &mock{call: sleeping(time.Second)}
		s := NewBuilder[int, int]().LoadShed().Buffer(waiting).ConcurrencyLimit(working).Service(m)
		var all sync.WaitGroup
		for i := range working + head + waiting {
			all.Go(func() {
				_, err := Do(t.Context(), s, i)
				wantErr(t, "Do", err, nil)
			})
			synctest.Wait()
		}
		_, err := Do(t.Context(), s, 99)
		wantErr(t, "one too many", err, ErrOverloaded)
		time.Sleep(time.Second)
		synctest.Wait()
		ok, _ := TryReady(t.Context(), s.(*loadShed[int, int]).inner)
		want(t, "ready after one has been served", ok, true)
		all.Wait()
		for i, req := range m.calls {
			want(t, "call", req, i)
		}
	})
}

// Order matters: within a limit, those who wait in the queue count.
func TestBufferWithinALimit(t *testing.T) {
	for outside, wanted := range map[bool]int{false: 3, true: 2} {
		synctest.Test(t, func(t *testing.T) {
			b := NewBuilder[int, int]().LoadShed()
			if outside {
				b = b.ConcurrencyLimit(2)
			}
			s := b.Buffer(10).ConcurrencyLimit(1).Service(&mock{call: sleeping(time.Second)})
			var all sync.WaitGroup
			var served atomic.Int64
			for i := range 3 {
				all.Go(func() {
					if _, err := Do(t.Context(), s, i); err == nil {
						served.Add(1)
					}
				})
			}
			all.Wait()
			want(t, "calls served", int(served.Load()), wanted)
		})
	}
}

func TestBufferReadyWaitsForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewBuilder[int, int]().Buffer(1).ConcurrencyLimit(1).Service(&mock{call: sleeping(time.Second)})
		var all sync.WaitGroup
		defer all.Wait()
		for i := range 3 {
			all.Go(func() { _, _ = Do(t.Context(), s, i) })
			synctest.Wait()
		}
		began := time.Now()
		wantErr(t, "Ready", s.Ready(t.Context()), nil)
		want(t, "time", time.Since(began), time.Second)
	})
}

// A place that Ready took is given back if there is no call.
func TestBufferDrop(t *testing.T) {
	s := Buffer[int, int](&mock{}, 1)
	ctx, release := Reserve(t.Context())
	wantErr(t, "Ready", s.Ready(ctx), nil)
	ok, _ := TryReady(t.Context(), s)
	want(t, "ready", ok, false)
	release()
	ok, _ = TryReady(t.Context(), s)
	want(t, "ready after the drop", ok, true)
}

// Whoever leaves the queue is not called, and is not in the way.
func TestBufferSkipsThoseWhoLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		s := NewBuilder[int, int]().Buffer(10).ConcurrencyLimit(1).Service(m)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				if i == 1 || i == 3 { // at the head, and in the queue
					_, err := Do(ctx, s, i)
					wantErr(t, "Do", err, context.DeadlineExceeded)
					return
				}
				_, err := Do(t.Context(), s, i)
				wantErr(t, "Do", err, nil)
			})
			synctest.Wait()
		}
		all.Wait()
		want(t, "calls", len(m.calls), 4)
		for i, req := range []int{0, 2, 4, 5} {
			want(t, "call", m.calls[i], req)
		}
	})
}

// Whoever has left before the queue is not called either.
func TestBufferSkipsThoseWhoHaveLeft(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	m := &mock{}
	_, err := Do(ctx, Buffer[int, int](m, 1), 1)
	wantErr(t, "Do", err, errTest)
	want(t, "calls", m.called(), 0)
}

// A readiness that fails is final, for everybody.
func TestBufferFailureIsFinal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := make(chan struct{})
		m := &mock{ready: func(ctx context.Context) error {
			select {
			case <-fail:
				return errTest
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}}
		s := Buffer[int, int](m, 2)
		errs := make(chan error, 10)
		for i := range 5 { // at the head, in the queue, and before it
			go func() {
				_, err := Do(t.Context(), s, i)
				errs <- err
			}()
		}
		synctest.Wait()
		want(t, "readies", m.readies, 1)
		close(fail)
		for range 5 {
			err := <-errs
			wantErr(t, "waiting", err, errTest)
			want(t, "text", err.Error(), "buffered service failed: test")
			want(t, "status", statusOf(err), http.StatusServiceUnavailable)
		}
		wantErr(t, "Ready", s.Ready(t.Context()), errTest)
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "later", err, errTest)
		_, err = s.Call(t.Context(), 1)
		wantErr(t, "later, without Ready", err, errTest)
		want(t, "readies", m.readies, 1)
		want(t, "calls", len(m.calls), 0)
	})
}

// A caller's own end is not a failure of the service.
func TestBufferOutlivesItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{ready: never}
		s := Buffer[int, int](m, 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := Do(ctx, s, 1)
		wantErr(t, "Do", err, context.DeadlineExceeded)
		m.ready = nil
		_, err = Do(t.Context(), s, 1)
		wantErr(t, "Do", err, nil)
	})
}

// A panic of the service inside leaves the queue in order.
func TestBufferPanic(t *testing.T) {
	m := &mock{ready: func(context.Context) error { panic(errTest) }}
	s := Buffer[int, int](m, 1)
	mustPanic(t, func() { _, _ = Do(t.Context(), s, 1) })
	m.ready, m.call = nil, func(context.Context, int) (int, error) { panic(errTest) }
	mustPanic(t, func() { _, _ = Do(t.Context(), s, 1) })
	m.call = nil
	_, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, nil)
}

// Calls run beside each other: only readiness is one after the other.
func TestBufferCallsAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: sleeping(time.Second)}
		s := Buffer[int, int](m, 1)
		began := time.Now()
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() { _, _ = Do(t.Context(), s, i) })
		}
		all.Wait()
		want(t, "time", time.Since(began), time.Second)
		want(t, "most at a time", m.most, 10)
	})
}

func TestBufferRefusesNonsense(t *testing.T) {
	want(t, "panic", mustPanic(t, func() { Buffer[int, int](&mock{}, 0) }), any("service: the bound of a buffer must be positive"))
}

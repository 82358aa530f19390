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

func TestLoadShed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewBuilder[int, int]().LoadShed().ConcurrencyLimit(1).Service(&mock{call: sleeping(time.Second)})
		done := make(chan error)
		go func() {
			_, err := Do(context.Background(), s, 1)
			done <- err
		}()
		synctest.Wait()
		began := time.Now()
		wantErr(t, "Ready", s.Ready(t.Context()), nil)
		_, err := Do(t.Context(), s, 2)
		wantErr(t, "the second call", err, ErrOverloaded)
		want(t, "time", time.Since(began), 0)
		wantErr(t, "the first call", <-done, nil)
		_, err = Do(t.Context(), s, 3)
		wantErr(t, "the third call", err, nil)
	})
}

func TestErrOverloaded(t *testing.T) {
	want(t, "text", ErrOverloaded.Error(), "service overloaded")
	want(t, "status", statusOf(ErrOverloaded), http.StatusServiceUnavailable)
}

// A service whose Ready fails is not overloaded but broken.
func TestLoadShedOfAFailure(t *testing.T) {
	s := LoadShed[int, int](&mock{ready: func(context.Context) error { return errTest }})
	_, err := Do(t.Context(), s, 1)
	wantErr(t, "Do", err, errTest)
}

// A caller whose context has ended gets to know that, if the service is not
// ready; and its result, if it is.
func TestLoadShedOfAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errTest)
	_, err := Do(ctx, LoadShed[int, int](&mock{ready: never}), 1)
	wantErr(t, "Do", err, errTest)
	_, err = Do(ctx, LoadShed[int, int](&mock{}), 1)
	wantErr(t, "Do", err, nil)
}

// All of a crowd with one context are let in or refused at once.
func TestLoadShedNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewBuilder[int, int]().LoadShed().ConcurrencyLimit(3).Service(&mock{call: sleeping(time.Second)})
		ctx, release := Reserve(t.Context())
		defer release()
		began := time.Now()
		var refused atomic.Int32
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				if _, err := s.Call(ctx, i); err != nil {
					wantErr(t, "Call", err, ErrOverloaded)
					want(t, "time", time.Since(began), 0)
					refused.Add(1)
				}
			})
		}
		all.Wait()
		want(t, "refused", refused.Load(), 7)
	})
}

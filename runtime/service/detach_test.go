package service

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/leak"
)

func TestDetach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &mock{call: deaf(time.Hour)}
		s := NewBuilder[int, int]().Timeout(time.Second).Detach().Service(m)
		began := time.Now()
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "Do", err, ErrTimeout)
		want(t, "time", time.Since(began), time.Second)
		want(t, "calls that go on", m.goingOn(), 1)
		time.Sleep(time.Hour)
		synctest.Wait()
		want(t, "calls that go on after an hour", m.goingOn(), 0)

		m.call = deaf(time.Second - 1)
		res, err := Do(t.Context(), s, 7)
		wantErr(t, "in time", err, nil)
		want(t, "result", res, 7)
		m.call = failing(0, errTest)
		_, err = Do(t.Context(), s, 7)
		wantErr(t, "an error", err, errTest)
	})
}

// A server that drains waits for calls that have been left alone.
func TestDetachedIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		group := drain.New()
		ctx := group.Context(t.Context())
		deafHandler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })
		for name, call := range map[string]func(context.Context) error{
			"Detach": func(ctx context.Context) error {
				_, err := Do(ctx, Detach[int, int](&mock{call: deaf(time.Hour)}), 1)
				return err
			},
			"FromHandler": func(ctx context.Context) error {
				_, err := Do(ctx, FromHandler(deafHandler), newRequest(t))
				return err
			},
			"CallAll": func(ctx context.Context) error {
				for range CallAll(ctx, Service[int, int](&mock{call: func(ctx context.Context, n int) (int, error) {
					return deaf(1+time.Duration(n)*time.Hour)(ctx, n)
				}}), slices.Values([]int{0, 1})) {
					return errTest
				}
				return nil
			},
		} {
			calling, cancel := context.WithTimeoutCause(ctx, time.Second, errTest)
			wantErr(t, name, call(calling), errTest)
			cancel()
			want(t, name+": held", group.Held(), 1)
			time.Sleep(2 * time.Hour)
			synctest.Wait()
			want(t, name+": held in the end", group.Held(), 0)
		}
	})
}

// A limit inside counts a call until it has really ended.
func TestDetachAroundALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := NewBuilder[int, int]().Timeout(time.Second).Detach().LoadShed().ConcurrencyLimit(1).
			Service(&mock{call: deaf(time.Minute)})
		_, err := Do(t.Context(), s, 1)
		wantErr(t, "the first", err, ErrTimeout)
		_, err = Do(t.Context(), s, 2)
		wantErr(t, "the second", err, ErrOverloaded)
		time.Sleep(time.Minute)
		_, err = Do(t.Context(), s, 3)
		wantErr(t, "the third", err, ErrTimeout)
		time.Sleep(time.Minute)
		synctest.Wait()
	})
}

func TestDetachClosesWhatComesLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := &slowBody{ctx: context.Background()}
		s := Detach(Func(func(context.Context, int) (*http.Response, error) {
			time.Sleep(time.Hour)
			return &http.Response{Body: body}, nil
		}))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := Do(ctx, s, 1)
		wantErr(t, "Do", err, context.DeadlineExceeded)
		time.Sleep(time.Hour)
		synctest.Wait()
		want(t, "closed", body.closed, 1)
	})
}

func TestDetachPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fails := func(reason any) Service[int, int] {
			return Detach[int, int](&mock{call: func(context.Context, int) (int, error) { panic(reason) }})
		}
		reason := mustPanic(t, func() { _, _ = Do(t.Context(), fails(errTest), 1) })
		p, ok := reason.(*PanicError)
		if !ok || !errors.Is(p, errTest) || !strings.Contains(p.Error(), "detach_test.go") ||
			!strings.HasPrefix(p.Error(), "panic in a call: test\n") {
			t.Errorf("panic of %v", reason)
		}
		again := mustPanic(t, func() { _, _ = Do(t.Context(), Detach(fails(errTest)), 1) })
		want(t, "panic through two goroutines", again.(*PanicError).Value, any(errTest))
		reason = mustPanic(t, func() { _, _ = Do(t.Context(), fails("a word"), 1) })
		wantErr(t, "cause of a word", reason.(*PanicError).Unwrap(), nil)
		reason = mustPanic(t, func() { _, _ = Do(t.Context(), fails(http.ErrAbortHandler), 1) })
		want(t, "panic of net/http", reason, any(http.ErrAbortHandler))

		exits := Detach[int, int](&mock{call: func(context.Context, int) (int, error) { runtime.Goexit(); return 0, nil }})
		_, err := Do(t.Context(), exits, 1)
		wantErr(t, "exit of the goroutine", err, errExited)
	})
}

// A panic that nobody waits for any more is logged, and ends nothing.
func TestDetachPanicsLate(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		for _, reason := range []any{"much too late", http.ErrAbortHandler} {
			s := Detach[int, int](&mock{call: func(context.Context, int) (int, error) {
				time.Sleep(time.Hour)
				panic(reason)
			}})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			_, err := Do(ctx, s, 1)
			cancel()
			wantErr(t, "Do", err, context.DeadlineExceeded)
			time.Sleep(time.Hour)
		}
	})
	if got := log.String(); strings.Count(got, "panic in an abandoned call") != 1 || !strings.Contains(got, "much too late") {
		t.Errorf("log: %s", got)
	}
}

// Whichever comes first, the end of a call or that of the leak.Patience, a result
// that is not returned is closed.
func TestAbandonAtTheSameTime(t *testing.T) {
	leak.Check(t)
	for range 1000 {
		closed := make(closing)
		c := begin(func() (closing, error) { return closed, nil })
		runtime.Gosched()
		c.abandon(t.Context())
		<-closed
	}
}

// A closing is closed by its Close, which panics the second time.
type closing chan struct{}

func (c closing) Close() error { close(c); return nil }

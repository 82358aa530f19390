package service

import (
	"context"
	"errors"
	"time"
)

// Timeout gives each call that long. Then its context ends, and its error is
// [ErrTimeout]. The clock starts at Call: waiting for Ready does not count. A
// result that the service returns after all, at the last moment or later,
// counts more than the clock.
//
// A service that does not heed its context is not interrupted; around one of
// those put [Detach], inside the timeout.
//
// Of an [*http.Response] the time is that until the head. When the head has
// arrived the clock stops, and the context lasts until the body is closed.
//
// Timeout panics if d is not positive.
func Timeout[Req, Res any](inner Service[Req, Res], d time.Duration) Service[Req, Res] {
	if d <= 0 {
		panic("service: a timeout must be positive")
	}
	return &timeout[Req, Res]{Service: inner, after: d}
}

type timeout[Req, Res any] struct {
	Service[Req, Res]
	after time.Duration
}

func (t *timeout[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	timed := startClock(ctx, t.after)
	used := true // the result, so that the context may end
	defer func() {
		timed.stop()
		if used {
			timed.cancel(nil)
		}
	}()

	res, err := t.Service.Call(timed, req)
	inTime := timed.stop()
	switch {
	case err != nil && !inTime && ctx.Err() == nil && timed.endedBy(err):
		err = ErrTimeout
	case err == nil && lasts(res) && !inTime:
		discard(res) // its context has ended, so nobody can read it
		var none Res
		return none, ErrTimeout
	case err == nil && lasts(res):
		used = false
		atEnd(res, func() { timed.cancel(nil) })
	}
	return res, err
}

// A clock is a context with a deadline that can be stopped.
type clock struct {
	context.Context
	cancel   context.CancelCauseFunc
	deadline time.Time
	timer    *time.Timer
}

func startClock(ctx context.Context, d time.Duration) *clock {
	c := &clock{deadline: time.Now().Add(d)}
	c.Context, c.cancel = context.WithCancelCause(ctx)
	c.timer = time.AfterFunc(d, c.expire)
	return c
}

func (c *clock) expire() { c.cancel(ErrTimeout) }

// stop stops the clock and reports whether it was still running.
func (c *clock) stop() bool { return c.timer.Stop() }

// Deadline returns the deadline of the clock, or an earlier one around it.
func (c *clock) Deadline() (time.Time, bool) {
	if earlier, ok := c.Context.Deadline(); ok && earlier.Before(c.deadline) {
		return earlier, true
	}
	return c.deadline, true
}

// Err tells an expired clock from a context that somebody else cancelled.
func (c *clock) Err() error {
	err := c.Context.Err()
	if err != nil && errors.Is(context.Cause(c.Context), ErrTimeout) {
		return context.DeadlineExceeded
	}
	return err
}

// endedBy reports whether err comes from the end of the clock's time, by
// whichever name a context gives to that.
func (c *clock) endedBy(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

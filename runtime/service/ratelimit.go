package service

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// RateLimit lets at most num calls begin in each window of that length. The
// first who is ready after the end of a window begins the next; when num are,
// Ready waits for its end. What a window does not use is not saved up. Those who
// wait are served in the order in which they came.
//
// A call that was ready in one window and begins in the next counts in the next,
// and waits if that is full. RateLimit panics unless num and per are positive.
func RateLimit[Req, Res any](inner Service[Req, Res], num int, per time.Duration) Service[Req, Res] {
	if num <= 0 || per <= 0 {
		panic("service: the number and the window of a rate limit must be positive")
	}
	l := &rateLimit[Req, Res]{inner: inner}
	l.num, l.per = num, per
	l.turn = make(chan struct{}, 1)
	l.returned = make(chan struct{}, 1)
	l.slot = NewSlot(l.giveBack)
	return l
}

type rateLimit[Req, Res any] struct {
	inner Service[Req, Res]
	windows
	slot *Slot[*window]
}

func (l *rateLimit[Req, Res]) Ready(ctx context.Context) error {
	if !l.slot.Kept(ctx) {
		w, err := l.acquire(ctx)
		if err != nil {
			return err
		}
		l.slot.Keep(ctx, w)
	}
	return l.inner.Ready(ctx)
}

func (l *rateLimit[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	if w, ok := l.slot.Take(ctx); !ok || !w.lasts() {
		if _, err := l.acquire(ctx); err != nil {
			var none Res
			return none, err
		}
	}
	return l.inner.Call(ctx, req)
}

// Windows hand out the tokens of one window after the other.
type windows struct {
	num int
	per time.Duration

	mu      sync.Mutex
	current *window

	waiting  atomic.Int64
	turn     chan struct{} // of one: whoever holds it waits for the window's end, the others for it
	returned chan struct{} // of one: a token has come back
}

type window struct {
	end  time.Time
	left int
}

// lasts reports whether tokens of the window still count.
func (w *window) lasts() bool { return time.Now().Before(w.end) }

// acquire takes a token, and returns the window in which it counts.
func (l *windows) acquire(ctx context.Context) (*window, error) {
	if l.waiting.Load() == 0 {
		if w, _ := l.take(); w != nil {
			return w, nil
		}
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	l.waiting.Add(1)
	defer l.waiting.Add(-1)
	select {
	case l.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-l.turn }()
	for {
		w, wait := l.take()
		if w != nil {
			return w, nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-l.returned:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// take takes a token of the current window, or says how long that lasts.
func (l *windows) take() (*window, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == nil || !l.current.lasts() {
		l.current = &window{end: time.Now().Add(l.per), left: l.num}
	}
	if l.current.left == 0 {
		return nil, time.Until(l.current.end)
	}
	l.current.left--
	return l.current, 0
}

// giveBack takes a token back that was not used.
func (l *windows) giveBack(w *window) {
	l.mu.Lock()
	w.left++
	l.mu.Unlock()
	select {
	case l.returned <- struct{}{}:
	default:
	}
}

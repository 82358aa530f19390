package service

import "context"

// ConcurrencyLimit lets at most max calls run at a time. Ready waits for a
// place; a place is free again when Call returns, which of an [*http.Response]
// is when its head is there, not the end of its body. Places go to those who
// wait in the order in which they came.
//
// Each ConcurrencyLimit has places of its own, also each service that a
// [Builder] makes. To share them among services, see
// [SharedConcurrencyLimit]. ConcurrencyLimit panics if max is not positive.
func ConcurrencyLimit[Req, Res any](inner Service[Req, Res], max int) Service[Req, Res] {
	return SharedConcurrencyLimit(inner, NewSemaphore(max))
}

// SharedConcurrencyLimit is [ConcurrencyLimit] with places that it shares with
// whoever else uses the semaphore.
//
// One within the other, two limits that share a semaphore need two places for
// one call; with one place in all, they wait forever.
func SharedConcurrencyLimit[Req, Res any](inner Service[Req, Res], places *Semaphore) Service[Req, Res] {
	l := &concurrencyLimit[Req, Res]{inner: inner, places: places}
	l.slot = NewSlot(func(struct{}) { places.Release() })
	return l
}

type concurrencyLimit[Req, Res any] struct {
	inner  Service[Req, Res]
	places *Semaphore
	slot   *Slot[struct{}]
}

func (l *concurrencyLimit[Req, Res]) Ready(ctx context.Context) error {
	if !l.slot.Kept(ctx) {
		if err := l.places.Acquire(ctx); err != nil {
			return err
		}
		l.slot.Keep(ctx, struct{}{})
	}
	return l.inner.Ready(ctx)
}

func (l *concurrencyLimit[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	if _, ok := l.slot.Take(ctx); !ok {
		if err := l.places.Acquire(ctx); err != nil {
			var none Res
			return none, err
		}
	}
	defer l.places.Release()
	return l.inner.Call(ctx, req)
}

// A Semaphore has a number of places that are taken and given back.
type Semaphore struct {
	taken chan struct{}
}

// NewSemaphore returns a semaphore with that many places. It panics if that is
// not at least one.
func NewSemaphore(places int) *Semaphore {
	if places <= 0 {
		panic("service: a concurrency limit must be positive")
	}
	return &Semaphore{taken: make(chan struct{}, places)}
}

// Acquire takes a place. It waits for one until ctx ends, and returns the cause
// of that. A free place is taken even if ctx has ended.
func (s *Semaphore) Acquire(ctx context.Context) error {
	if s.TryAcquire() {
		return nil
	}
	select {
	case s.taken <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// TryAcquire takes a place if one is free, and reports whether it did.
func (s *Semaphore) TryAcquire() bool {
	select {
	case s.taken <- struct{}{}:
		return true
	default:
		return false
	}
}

// Release gives a place back. It panics if none is taken.
func (s *Semaphore) Release() {
	select {
	case <-s.taken:
	default:
		panic("service: release of a semaphore that is not held")
	}
}

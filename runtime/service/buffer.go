package service

import (
	"context"
	"sync"
)

// Buffer lets up to bound requests wait for the service inside, in a queue.
// Ready waits for a place in the queue only. Call waits in it; when it is at the
// head it waits for the service to be ready, and then makes room for the next.
// The requests that the service works on, and the one at the head, do not
// count.
//
// A caller whose context ends leaves the queue, and the service never sees the
// request. If the service's Ready fails, that is final: everybody in the queue,
// and everybody who comes later, gets that error, with status 503.
//
// There is no goroutine behind it, and so nothing to close: callers take turns.
// Buffer panics if bound is not positive.
func Buffer[Req, Res any](inner Service[Req, Res], bound int) Service[Req, Res] {
	if bound <= 0 {
		panic("service: the bound of a buffer must be positive")
	}
	b := &buffer[Req, Res]{
		inner:  inner,
		places: NewSemaphore(bound),
		turn:   make(chan struct{}, 1),
		failed: make(chan struct{}),
	}
	b.slot = NewSlot(func(struct{}) { b.places.Release() })
	return b
}

type buffer[Req, Res any] struct {
	inner  Service[Req, Res]
	places *Semaphore
	slot   *Slot[struct{}]
	turn   chan struct{} // of one: whoever holds it is at the head

	once    sync.Once
	failed  chan struct{} // closed after failure is set
	failure error
}

func (b *buffer[Req, Res]) Ready(ctx context.Context) error {
	if err := b.whyFailed(); err != nil || b.slot.Kept(ctx) {
		return err
	}
	if err := b.enter(ctx); err != nil {
		return err
	}
	b.slot.Keep(ctx, struct{}{})
	return nil
}

func (b *buffer[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	var none Res
	if _, ok := b.slot.Take(ctx); !ok {
		if err := b.enter(ctx); err != nil {
			return none, err
		}
	}
	if err := b.await(ctx); err != nil {
		return none, err
	}
	r := &reservation{Context: ctx}
	defer r.end()
	if err := b.ready(r); err != nil {
		return none, err
	}
	r.seal()
	return b.inner.Call(r, req)
}

// enter takes a place in the queue.
func (b *buffer[Req, Res]) enter(ctx context.Context) error {
	if b.places.TryAcquire() {
		return nil
	}
	select {
	case b.places.taken <- struct{}{}:
		return nil
	case <-b.failed:
		return b.failure
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// await waits in the queue, and leaves it: at its head when the error is nil.
func (b *buffer[Req, Res]) await(ctx context.Context) error {
	defer b.places.Release()
	select {
	case b.turn <- struct{}{}:
		return nil
	default:
	}
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-b.failed:
		return b.failure
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// ready waits at the head of the queue for the service inside, and lets the
// next go there.
func (b *buffer[Req, Res]) ready(ctx context.Context) error {
	defer func() { <-b.turn }()
	if err := b.whyFailed(); err != nil {
		return err
	}
	if ctx.Err() != nil { // nobody waits for it any more
		return context.Cause(ctx)
	}
	err := b.inner.Ready(ctx)
	if err == nil || ended(ctx, err) {
		return err
	}
	b.once.Do(func() {
		b.failure = unavailable("buffered service failed", err)
		close(b.failed)
	})
	return b.failure
}

func (b *buffer[Req, Res]) whyFailed() error {
	select {
	case <-b.failed:
		return b.failure
	default:
		return nil
	}
}

package service

import (
	"context"
	"fmt"
	"sync"
)

// Reconnect is a service over a connection that connect makes when it is first
// needed, and again when its Ready has failed. Ready waits for the connection
// but does not fail for want of one: the call that follows does, and the Ready
// after that tries anew. A connection whose Ready fails at once counts as one
// that failed.
//
// What a connection holds, such as a socket, is for whoever made it to close: at
// the latest when its Ready fails, for then it is forgotten.
//
// Whoever waits for a connection, it is made for all; so the context of connect
// has the values of one caller but does not end with it. Connect itself must
// see to it that it ends.
func Reconnect[Req, Res any](
	connect func(ctx context.Context) (Service[Req, Res], error),
) Service[Req, Res] {
	return &reconnect[Req, Res]{connect: connect, slot: NewSlot(func(error) {})}
}

type reconnect[Req, Res any] struct {
	connect func(context.Context) (Service[Req, Res], error)
	slot    *Slot[error] // why there is no connection

	mu      sync.Mutex
	current *connection[Req, Res] // nil: none yet
}

// A connection is being made until done is closed. After that it is a service,
// or an error.
type connection[Req, Res any] struct {
	done    chan struct{}
	service Service[Req, Res]
	err     error
}

func (r *reconnect[Req, Res]) Ready(ctx context.Context) error {
	_, _ = r.slot.Take(ctx) // of an earlier Ready
	for {
		c, fresh, err := r.connected(ctx)
		if err == nil && c.err == nil {
			err = c.service.Ready(ctx)
		}
		switch {
		case ended(ctx, err):
			return err
		case err != nil:
			r.forget(c)
			if !fresh {
				continue
			}
			r.slot.Keep(ctx, err)
		case c.err != nil:
			r.forget(c)
			r.slot.Keep(ctx, c.err)
		}
		return nil
	}
}

func (r *reconnect[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	var none Res
	if err, ok := r.slot.Take(ctx); ok {
		return none, err
	}
	c, _, err := r.connected(ctx)
	if err != nil {
		return none, err
	}
	if c.err != nil {
		r.forget(c)
		return none, c.err
	}
	return c.service.Call(ctx, req)
}

// connected waits for the connection. It is fresh if it was not there before.
// The error is that of ctx alone.
func (r *reconnect[Req, Res]) connected(ctx context.Context) (c *connection[Req, Res], fresh bool, err error) {
	r.mu.Lock()
	if r.current == nil {
		r.current = &connection[Req, Res]{done: make(chan struct{})}
		go r.dial(context.WithoutCancel(ctx), r.current)
	}
	c = r.current
	r.mu.Unlock()
	select {
	case <-c.done:
		return c, false, nil
	default:
	}
	select {
	case <-c.done:
		return c, true, nil
	case <-ctx.Done():
		return c, true, context.Cause(ctx)
	}
}

func (r *reconnect[Req, Res]) dial(ctx context.Context, c *connection[Req, Res]) {
	defer close(c.done)
	var o outcome[Service[Req, Res]]
	defer func() {
		c.service, c.err = o.res, o.err
		if o.panicked != nil {
			c.err = fmt.Errorf("connect: %w", o.panicked)
		}
	}()
	o.of(func() (Service[Req, Res], error) { return r.connect(ctx) })
}

// forget lets the next caller make another connection than c.
func (r *reconnect[Req, Res]) forget(c *connection[Req, Res]) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.current == c {
		r.current = nil
	}
}

package middleware

import (
	"context"
	"sync"
	"time"
)

// A timedContext has a deadline that can be lifted, which those of package
// context do not. It is the parent of one context of that package, which ends
// with it: by the method AfterFunc, so that no goroutine waits in between. What
// the handler derives from that one knows nothing of this.
//
// It ends by its method end alone; who made it also calls that when the context
// around it ends.
type timedContext struct {
	context.Context // of the request
	deadline        time.Time
	done            chan struct{}

	mu     sync.Mutex
	err    error
	lifted bool
	child  func() // ends the child
}

func (c *timedContext) init(around context.Context, deadline time.Time) {
	c.Context, c.deadline, c.done = around, deadline, make(chan struct{})
}

// Deadline returns the next deadline, if there is one.
func (c *timedContext) Deadline() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	around, ok := c.Context.Deadline()
	if c.lifted || ok && around.Before(c.deadline) {
		return around, ok
	}
	return c.deadline, true
}

// Done returns a channel that is closed by end.
func (c *timedContext) Done() <-chan struct{} { return c.done }

// Err returns what end was called with.
func (c *timedContext) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// AfterFunc is what package context looks for in a parent of another type, see
// [context.AfterFunc].
func (c *timedContext) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.child = f
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		waiting := c.child != nil
		c.child = nil
		return waiting
	}
}

// lift removes the deadline.
func (c *timedContext) lift() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lifted = true
}

// end ends the context and its child.
func (c *timedContext) end(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	child := c.child
	c.child = nil
	close(c.done)
	c.mu.Unlock()
	if child != nil {
		child()
	}
}

// Package deadline has contexts with a deadline that can be lifted, which those of
// package context do not: a handler has so much time to begin its answer, and as
// much as it takes to end it.
package deadline

import (
	"context"
	"sync"
	"time"
)

// A Context is one with a deadline that can be lifted. It is not to be handed to
// anybody: [Context.Child] makes the context that is.
//
// It ends by its method End alone. Who made it calls that when the time has
// passed, and when the context around it ends.
type Context struct {
	around   context.Context
	deadline time.Time

	mu     sync.Mutex
	err    error
	lifted bool
	child  func() // ends the child
}

// Init makes c a context inside of another one. It is called once.
func (c *Context) Init(around context.Context, deadline time.Time) {
	c.around, c.deadline = around, deadline
}

// Child returns a context of package context that ends with c, without a goroutine
// that waits in between: package context finds AfterFunc. What is derived from it
// knows nothing of c. There can be one.
func (c *Context) Child() (context.Context, context.CancelFunc) { return context.WithCancel(c) }

// At returns the deadline, lifted or not.
func (c *Context) At() time.Time { return c.deadline }

// Around returns the context around this one.
func (c *Context) Around() context.Context { return c.around }

// Deadline returns the next deadline, if there is one.
func (c *Context) Deadline() (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	around, ok := c.around.Deadline()
	if c.lifted || ok && around.Before(c.deadline) {
		return around, ok
	}
	return c.deadline, true
}

// Done returns a channel that says no more than that c can end: nobody but package
// context has c, and waits for it by AfterFunc.
func (c *Context) Done() <-chan struct{} { return endless }

var endless = make(chan struct{})

// Err returns what End was called with first.
func (c *Context) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Value returns what the context around has.
func (c *Context) Value(key any) any { return c.around.Value(key) }

// AfterFunc is what package context looks for in a parent of another type, see
// [context.AfterFunc]. The child is never told to stop waiting: when it has been
// cancelled, to cancel it again does nothing.
func (c *Context) AfterFunc(f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.child = f
	return neverStops
}

func neverStops() bool { return false }

// Lift removes the deadline.
func (c *Context) Lift() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lifted = true
}

// End ends the context and its child, unless it has ended.
func (c *Context) End(err error) {
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	c.err = err
	child := c.child
	c.child = nil
	c.mu.Unlock()
	if child != nil {
		child()
	}
}

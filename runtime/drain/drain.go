// Package drain makes the end of a server something that long requests can see.
//
// [http.Server.Shutdown] waits for requests, and nobody tells an event stream
// or a long poll that it is being waited for; and it forgets connections that
// were taken over, such as WebSockets. A [Group] is what both sides share:
//
//   - the server puts the group into the context of its requests, says when it
//     begins to drain ([Group.Begin]), waits for what is held ([Group.Wait]),
//     and ends what has not ended by itself ([Group.Cut]);
//   - a handler, or the library that streams for it, asks by the context of
//     the request: [Done] is closed when the end begins, [Hold] makes the
//     server wait, and [Detach] does that for work that outlives its request.
//
// Streams that are made from results of handlers and WebSockets of contrib/ws
// do this by themselves, and runtime/serve is the server side. Who has an
// [http.Server] of their own writes
//
//	group := drain.New()
//	server.BaseContext = func(net.Listener) context.Context {
//		return group.Context(context.Background())
//	}
//	server.RegisterOnShutdown(group.Begin)
//
// and after Shutdown calls Wait, and Cut if that fails.
//
// Where nobody drains, as in tests without a server, everything works and
// nothing happens: Done is a channel that never closes.
package drain

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// ErrCut is the cause ([context.Cause]) of the end of contexts by [Group.Cut].
var ErrCut = errors.New("drain: the server ends and waits no longer")

// A Group is what the requests of one server share about its end. Its methods
// may be called at any time by several goroutines. It is made by [New].
type Group struct {
	begun context.Context // ends with Begin
	begin context.CancelFunc

	life context.Context // ends with Cut
	cut  context.CancelCauseFunc

	mu      sync.Mutex
	held    int
	nothing chan struct{} // while somebody waits: closed when held is 0
}

// New returns a group of a server that does not drain yet.
func New() *Group {
	g := &Group{}
	g.begun, g.begin = context.WithCancel(context.Background())
	g.life, g.cut = context.WithCancelCause(context.Background())
	return g
}

// groupKey is where a context has its group.
type groupKey struct{}

// of returns the group of a request, or nil.
func of(ctx context.Context) *Group {
	g, _ := ctx.Value(groupKey{}).(*Group)
	return g
}

// Context returns a context for the requests of the server, for
// [http.Server.BaseContext]. It ends with parent or by [Group.Cut]. The group
// is found in it, instead of one that parent has.
func (g *Group) Context(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(alive{g.life, context.WithValue(parent, groupKey{}, g)})
	stop := context.AfterFunc(parent, func() { cancel(context.Cause(parent)) })
	context.AfterFunc(ctx, func() { stop() })
	return ctx
}

// An alive context ends with the life of a group and has the values of another
// context. A child that package context makes of it is a child of that life:
// there is no goroutine between them, and [Group.Cut] has ended it when it
// returns.
type alive struct {
	context.Context
	values context.Context
}

func (c alive) Deadline() (time.Time, bool) { return c.values.Deadline() }

func (c alive) Value(key any) any {
	if v := c.Context.Value(key); v != nil {
		return v
	}
	return c.values.Value(key)
}

// Begin says that the server ends: it closes the channel of [Done]. Calling it
// again does nothing.
func (g *Group) Begin() { g.begin() }

// Done is closed by [Group.Begin].
func (g *Group) Done() <-chan struct{} { return g.begun.Done() }

// Hold makes [Group.Wait] wait until release is called. Calling release again
// does nothing. See the function [Hold].
func (g *Group) Hold() (release func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held++
	return sync.OnceFunc(g.release)
}

func (g *Group) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held--
	if g.held == 0 && g.nothing != nil {
		close(g.nothing)
		g.nothing = nil
	}
}

// Held says how many are holding the group.
func (g *Group) Held() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held
}

// Wait waits until nothing holds the group. When ctx ends before, the error
// says how many still do, and wraps the cause of its end. Wait does not call
// [Group.Begin].
func (g *Group) Wait(ctx context.Context) error {
	for {
		nothing := g.waiting()
		if nothing == nil {
			return nil
		}
		select {
		case <-nothing: // and held again since, perhaps
		case <-ctx.Done():
			held := g.Held()
			if held == 0 {
				return nil
			}
			return fmt.Errorf("drain: %d still held: %w", held, context.Cause(ctx))
		}
	}
}

// waiting returns the channel that closes when nothing holds the group, or nil
// when that is so.
func (g *Group) waiting() <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held == 0 {
		return nil
	}
	if g.nothing == nil {
		g.nothing = make(chan struct{})
	}
	return g.nothing
}

// Cut ends every context of the group, with the cause [ErrCut]: those that
// [Group.Context] and [Detach] returned, and so those of all requests. It
// begins the end if nobody has, and does not wait for those who hold.
func (g *Group) Cut() {
	g.Begin()
	g.cut(ErrCut)
}

// Done returns a channel that closes when the server that serves the request
// of ctx begins to drain. For a context without a server that drains the
// channel is nil, so that a select waits for its other cases alone.
//
// A stream that has an end should come to it, as it does when the client goes;
// one that can be taken up again elsewhere should stop. An ordinary request
// does not look: it has until the deadline of the server.
func Done(ctx context.Context) <-chan struct{} {
	if g := of(ctx); g != nil {
		return g.Done()
	}
	return nil
}

// AfterFunc calls f in a goroutine of its own when the channel of [Done] is
// closed, as [context.AfterFunc] does; until then it costs none. Calling stop
// says that f is not needed any more, and whether it was in time for that.
func AfterFunc(ctx context.Context, f func()) (stop func() bool) {
	if g := of(ctx); g != nil {
		return context.AfterFunc(g.begun, f)
	}
	return func() bool { return true }
}

// Hold makes the server that serves the request of ctx wait until release is
// called, for what it would not know of: connections that were hijacked, and
// goroutines that go on after the answer. It also works while the server
// drains, as long as the request has not been answered. Calling release again
// does nothing. Without a server that drains, nothing waits.
func Hold(ctx context.Context) (release func()) {
	if g := of(ctx); g != nil {
		return g.Hold()
	}
	return func() {}
}

// Detach returns a context for work that goes on when its request has ended:
// it has the values of ctx, but neither its deadline nor its end. The server
// holds for it until cancel is called, which must be when the work is done;
// if that takes longer than the server has, the context ends with [ErrCut].
//
//	ctx, done := drain.Detach(r.Context())
//	go func() {
//		defer done()
//		sendWelcome(ctx, user)
//	}()
func Detach(ctx context.Context) (detached context.Context, cancel context.CancelFunc) {
	detached = context.WithoutCancel(ctx)
	g := of(ctx)
	if g == nil {
		return context.WithCancel(detached)
	}
	release := g.Hold()
	detached, end := context.WithCancel(alive{g.life, detached})
	return detached, func() {
		end()
		release()
	}
}

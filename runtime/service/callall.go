package service

import (
	"context"
	"iter"
)

// CallAll calls s with all the requests and yields the results in the order of
// the requests. It takes the next request when s was ready for the one before,
// so as many calls are under way as s has room for; with a service that is
// always ready these are all. Put a [ConcurrencyLimit] around it.
//
// The error of a call is yielded in its place, and the rest goes on; when Ready
// fails, that is the last error. Whoever stops early ends the calls under way.
func CallAll[Req, Res any](
	ctx context.Context, s Service[Req, Res], requests iter.Seq[Req],
) iter.Seq2[Res, error] {
	return func(yield func(Res, error) bool) {
		c := &callAll[Req, Res]{service: s, yield: yield}
		defer c.drop()
		for req := range requests {
			if !c.yieldSome() || !c.begin(ctx, req) {
				return
			}
		}
		c.yieldRest()
	}
}

// A callAll is one run of CallAll.
type callAll[Req, Res any] struct {
	service Service[Req, Res]
	yield   func(Res, error) bool
	calls   []*contender[Res] // whose results have not been yielded
}

// begin begins one more call and waits until the service was ready for it. It
// reports whether to go on.
func (c *callAll[Req, Res]) begin(ctx context.Context, req Req) bool {
	ready := make(chan error, 1)
	c.calls = append(c.calls, contend(ctx, func(ctx context.Context) (Res, error) {
		return Do(ctx, &announced[Req, Res]{c.service, ready}, req)
	}))
	for {
		var head chan outcome[Res]
		if len(c.calls) > 0 {
			head = c.calls[0].done
		}
		select {
		case err := <-ready:
			if err != nil {
				c.yieldRest()
			}
			return err == nil
		case o := <-head:
			if !c.yieldHead(o) {
				return false
			}
		}
	}
}

// yieldSome yields the results that are there. It reports whether to go on.
func (c *callAll[Req, Res]) yieldSome() bool {
	for len(c.calls) > 0 {
		select {
		case o := <-c.calls[0].done:
			if !c.yieldHead(o) {
				return false
			}
		default:
			return true
		}
	}
	return true
}

// yieldRest yields the results of all calls that have begun.
func (c *callAll[Req, Res]) yieldRest() {
	for len(c.calls) > 0 && c.yieldHead(<-c.calls[0].done) {
	}
}

func (c *callAll[Req, Res]) yieldHead(o outcome[Res]) bool {
	head := c.calls[0]
	c.calls = c.calls[1:]
	return c.yield(head.win(o))
}

// drop leaves alone what has not been yielded.
func (c *callAll[Req, Res]) drop() {
	for _, call := range c.calls {
		call.drop()
	}
}

// An announced is a service that says when it was ready.
type announced[Req, Res any] struct {
	Service[Req, Res]
	ready chan<- error // of one
}

func (a *announced[Req, Res]) Ready(ctx context.Context) error {
	err := errExited // or a panic
	defer func() { a.ready <- err }()
	err = a.Service.Ready(ctx)
	return err
}

package service

import (
	"context"
	"fmt"
	"time"
)

// HedgeConfig says when [Hedge] sends a request a second time.
type HedgeConfig[Req any] struct {
	// Percentile of the latencies, after which a request is late. Default 95.
	Percentile float64

	// MinSamples is how many latencies must be known. Default 10.
	MinSamples int

	// Period is how long latencies are gathered before they count; they count
	// for as long, and no longer. Default 10 seconds.
	Period time.Duration

	// Clone returns a copy of a late request to send beside it, or that it is
	// not to be sent again. It runs while the service works on the request.
	// Default: the same; HTTP requests by [CloneRequest].
	Clone func(req Req) (Req, bool)
}

// Hedge sends a request that is late a second time and returns what comes
// first, be it an error. The other call's context ends, and what it still
// returns is closed. A request is late when it takes longer than most did in
// the period before, as config says; the second waits until the service is
// ready for it.
//
// Hedge panics if a number of config is out of its range.
func Hedge[Req, Res any](inner Service[Req, Res], config HedgeConfig[Req]) Service[Req, Res] {
	if config.Percentile == 0 {
		config.Percentile = 95
	}
	if config.MinSamples == 0 {
		config.MinSamples = 10
	}
	if config.Period == 0 {
		config.Period = 10 * time.Second
	}
	if config.Clone == nil {
		config.Clone = cloneRequest[Req]
	}
	if !(0 < config.Percentile && config.Percentile <= 100) || config.MinSamples < 0 || config.Period < 0 {
		panic(fmt.Sprintf("service: cannot hedge at percentile %v of %d samples in %v",
			config.Percentile, config.MinSamples, config.Period))
	}
	return &hedge[Req, Res]{
		timed:  timed[Req, Res]{inner, newLatencies(config.Period)},
		config: config,
	}
}

type hedge[Req, Res any] struct {
	timed[Req, Res]
	config HedgeConfig[Req]
}

func (h *hedge[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	late, ok := h.latencies.percentile(h.config.Percentile, h.config.MinSamples)
	if !ok {
		return h.timed.Call(ctx, req)
	}

	first := contend(ctx, func(ctx context.Context) (Res, error) { return h.timed.Call(ctx, req) })
	defer first.drop()
	timer := time.NewTimer(late)
	defer timer.Stop()
	select {
	case o := <-first.done:
		return first.win(o)
	case <-timer.C:
	}

	clone, ok := h.config.Clone(req)
	if !ok {
		return first.win(<-first.done)
	}
	second := contend(ctx, func(ctx context.Context) (Res, error) {
		res, err := Do(ctx, h.timed, clone)
		if err != nil {
			closeRequest(clone) // perhaps it was never called
		}
		return res, err
	})
	defer second.drop()
	select {
	case o := <-first.done:
		return first.win(o)
	case o := <-second.done:
		return second.win(o)
	}
}

// Timed is a service that remembers how long successful calls took.
type timed[Req, Res any] struct {
	Service[Req, Res]
	latencies *latencies
}

func (t timed[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	began := time.Now()
	res, err := t.Service.Call(ctx, req)
	if err == nil {
		t.latencies.add(time.Since(began))
	}
	return res, err
}

// A contender is one of two calls for the same request.
type contender[Res any] struct {
	*running[Res]
	ctx     context.Context
	cancel  context.CancelFunc
	settled bool
}

// contend makes a call in a goroutine of its own, in a context that ends when it
// has lost or its result has been used.
func contend[Res any](ctx context.Context, call func(context.Context) (Res, error)) *contender[Res] {
	ctx, cancel := context.WithCancel(ctx)
	return &contender[Res]{begin(func() (Res, error) { return call(ctx) }), ctx, cancel, false}
}

// win returns the result.
func (c *contender[Res]) win(o outcome[Res]) (Res, error) {
	c.settled = true
	if o.err == nil && o.panicked == nil {
		atEnd(o.res, c.cancel)
	} else {
		c.cancel()
	}
	return o.result()
}

// drop leaves a call alone that has not won.
func (c *contender[Res]) drop() {
	if !c.settled {
		c.cancel()
		c.abandon(c.ctx)
	}
}

package service

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// A Load is what a service has that knows how much it has to do. [Balance]
// prefers less of it.
type Load interface{ Load() float64 }

// PendingRequests makes the load of a service the number of its calls under
// way. A call that returned an [*http.Response] is under way until the body is
// closed or read to its end.
func PendingRequests[Req, Res any](inner Service[Req, Res]) Service[Req, Res] {
	return &pendingRequests[Req, Res]{Service: inner}
}

type pendingRequests[Req, Res any] struct {
	Service[Req, Res]
	pending atomic.Int64
}

func (p *pendingRequests[Req, Res]) Load() float64 { return float64(p.pending.Load()) }

func (p *pendingRequests[Req, Res]) Call(ctx context.Context, req Req) (res Res, err error) {
	p.pending.Add(1)
	lasting := false
	defer func() {
		if !lasting {
			p.pending.Add(-1)
		}
	}()
	res, err = p.Service.Call(ctx, req)
	if lasting = err == nil && lasts(res); lasting {
		atEnd(res, func() { p.pending.Add(-1) })
	}
	return res, err
}

// ConstantLoad makes the load of a service that number, so that of two services
// the one with less is always taken.
func ConstantLoad[Req, Res any](inner Service[Req, Res], load float64) Service[Req, Res] {
	return &constantLoad[Req, Res]{inner, load}
}

type constantLoad[Req, Res any] struct {
	Service[Req, Res]
	load float64
}

func (c *constantLoad[Req, Res]) Load() float64 { return c.load }

// EWMAConfig says how [PeakEWMA] estimates.
type EWMAConfig struct {
	// Initial is the estimate before anything is known. Default one second, so
	// that a new service is not overrun.
	Initial time.Duration

	// Decay is how long it takes until of an old estimate about a third is left.
	// Default 10 seconds.
	Decay time.Duration
}

// PeakEWMA makes the load of a service its pending requests and one more, times
// an estimate of how long each takes. The estimate rises at once to a call that
// took longer, and otherwise moves towards what calls take, or to nothing when
// there are none: a moving average that is quick to hear of trouble. How long a
// call takes is measured until it returns; how long it is pending, as
// [PendingRequests] has it.
//
// PeakEWMA panics if a duration is negative.
func PeakEWMA[Req, Res any](inner Service[Req, Res], config EWMAConfig) Service[Req, Res] {
	if config.Initial < 0 || config.Decay < 0 {
		panic(fmt.Sprintf("service: cannot estimate latency from %v with decay %v", config.Initial, config.Decay))
	}
	if config.Initial == 0 {
		config.Initial = time.Second
	}
	if config.Decay == 0 {
		config.Decay = 10 * time.Second
	}
	return &peakEWMA[Req, Res]{
		pendingRequests: pendingRequests[Req, Res]{Service: inner},
		decay:           float64(config.Decay),
		estimate:        float64(config.Initial),
		updated:         time.Now(),
	}
}

type peakEWMA[Req, Res any] struct {
	pendingRequests[Req, Res]
	decay float64

	mu       sync.Mutex
	estimate float64 // in nanoseconds
	updated  time.Time
}

// Load is in seconds of work to do.
func (p *peakEWMA[Req, Res]) Load() float64 {
	return p.observe(0) / float64(time.Second) * (p.pendingRequests.Load() + 1)
}

func (p *peakEWMA[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	began := time.Now()
	defer func() { p.observe(time.Since(began)) }()
	return p.pendingRequests.Call(ctx, req)
}

// observe updates the estimate by a latency and returns it.
func (p *peakEWMA[Req, Res]) observe(latency time.Duration) float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if observed := float64(latency); observed > p.estimate {
		p.estimate = observed
	} else {
		kept := math.Exp(-float64(now.Sub(p.updated)) / p.decay)
		p.estimate = p.estimate*kept + observed*(1-kept)
	}
	p.updated = now
	return p.estimate
}

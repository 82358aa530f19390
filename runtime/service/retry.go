package service

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Retry calls the service again as long as policy wants to, and returns the
// last result. Before each further call it waits as long as the policy says,
// and until the service is ready. Responses that it does not return are
// closed.
//
// When the context has ended, or will end before the wait does, the result at
// hand is the last.
func Retry[Req, Res any](inner Service[Req, Res], policy Policy[Req, Res]) Service[Req, Res] {
	if policy == nil {
		panic("service: a retry without a policy")
	}
	if p, ok := policy.(interface{ prepare() }); ok {
		p.prepare()
	}
	return &retry[Req, Res]{inner, policy}
}

// A Policy decides what becomes of the result of a call: [RetryPolicy] for
// most. It is asked by many goroutines at a time.
type Policy[Req, Res any] interface {
	// Retry returns how long to wait until the request is sent again, or that
	// it is not. It may change the attempt: the request, which then is what
	// is sent, and the result, which is returned if it is the last.
	Retry(ctx context.Context, a *Attempt[Req, Res]) (wait time.Duration, again bool)
}

// An Attempt is one call of several for one request.
type Attempt[Req, Res any] struct {
	Request  Req
	Response Res
	Err      error
	Number   int // 1 is the first
}

type retry[Req, Res any] struct {
	Service[Req, Res]
	policy Policy[Req, Res]
}

func (r *retry[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	a := Attempt[Req, Res]{Request: req, Number: 1}
	a.Response, a.Err = r.Service.Call(ctx, req)
	for ctx.Err() == nil {
		wait, again := r.policy.Retry(ctx, &a)
		if !again {
			break
		}
		if !pause(ctx, wait) {
			closeRequest(a.Request)
			break
		}
		if a.Err == nil {
			discard(a.Response)
		}
		a.Number++
		if a.Response, a.Err = Do(ctx, r.Service, a.Request); a.Err != nil {
			closeRequest(a.Request) // perhaps it was never called
		}
	}
	if a.Err == nil && ctx.Err() != nil && lasts(a.Response) {
		discard(a.Response) // nobody can read it
		var none Res
		return none, context.Cause(ctx)
	}
	return a.Response, a.Err
}

// pause waits, and reports whether there is still time after it. If there will
// not be, it does not wait.
func pause(ctx context.Context, wait time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return false
	}
	if wait <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// RetryPolicy is the usual [Policy]: so many attempts, with growing pauses
// between them and a budget for all requests together. The zero value is ready
// to use. Its fields are set before it is first used, and it is not copied after
// that; services with the same policy share its budget.
//
//	service.Retry(client, &service.RetryPolicy[string, string]{Attempts: 5})
//
// Where the defaults speak of HTTP, they do so for services of
// [*http.Request] and [*http.Response].
type RetryPolicy[Req, Res any] struct {
	// Attempts is how often a request is sent at most, the first time included.
	// Default 3.
	Attempts int

	// Backoff is how long to wait before each retry. Default
	// Exponential(50*time.Millisecond, math.MaxInt64, 0.99).
	Backoff Backoff

	// Budget limits the retries of all requests together. Default
	// NewBudget(10*time.Second, 10, 0.2).
	Budget Budget

	// When reports whether a result deserves another attempt. Default: errors
	// do, and the HTTP statuses 408, 425, 429, 502, 503 and 504.
	When func(res Res, err error) bool

	// Clone returns the request to send next, or that this one cannot be sent
	// again. Default: the same; HTTP requests by [CloneRequest].
	Clone func(req Req) (Req, bool)

	// After returns how long the other side wants to be left alone, which is
	// waited for if it is longer than the backoff. Default: nothing; of HTTP
	// responses, what Retry-After says (RFC 9110 §10.2.3).
	After func(res Res, err error) (time.Duration, bool)

	// MaxAfter is how long After may be. What is longer is not waited for, nor
	// is the request sent again. Default 30 seconds.
	MaxAfter time.Duration

	once sync.Once
}

// prepare fills in what is not set, once.
func (p *RetryPolicy[Req, Res]) prepare() {
	p.once.Do(func() {
		if p.Attempts < 0 || p.MaxAfter < 0 {
			panic("service: a retry policy with a negative number")
		}
		if p.Attempts == 0 {
			p.Attempts = 3
		}
		if p.Backoff == nil {
			p.Backoff = defaultBackoff
		}
		if p.Budget == nil {
			p.Budget = NewBudget(10*time.Second, 10, 0.2)
		}
		if p.When == nil {
			p.When = failed[Res]
		}
		if p.Clone == nil {
			p.Clone = cloneRequest[Req]
		}
		if p.After == nil {
			p.After = retryAfter[Res]
		}
		if p.MaxAfter == 0 {
			p.MaxAfter = 30 * time.Second
		}
	})
}

// Retry is for [Policy].
func (p *RetryPolicy[Req, Res]) Retry(_ context.Context, a *Attempt[Req, Res]) (time.Duration, bool) {
	p.prepare()
	if a.Number == 1 {
		p.Budget.Deposit()
	}
	if a.Number >= p.Attempts || !p.When(a.Response, a.Err) {
		return 0, false
	}
	wait := p.Backoff(a.Number - 1)
	if after, ok := p.After(a.Response, a.Err); ok {
		if after > p.MaxAfter {
			return 0, false
		}
		wait = max(wait, after)
	}
	next, ok := p.Clone(a.Request)
	if !ok {
		return 0, false
	}
	if !p.Budget.Withdraw() {
		closeRequest(next)
		return 0, false
	}
	a.Request = next
	return wait, true
}

// failed reports whether a call should be repeated that ended so.
func failed[Res any](res Res, err error) bool {
	if err != nil {
		return true
	}
	r, ok := any(res).(*http.Response)
	if !ok || r == nil {
		return false
	}
	switch r.StatusCode {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

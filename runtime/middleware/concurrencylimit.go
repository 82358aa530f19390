package middleware

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// ConcurrencyLimitConfig is the config of [ConcurrencyLimit].
type ConcurrencyLimitConfig struct {
	// Queue is how many requests may wait for a slot; one more is refused at
	// once. 0 does not limit it: see [LoadShed] for a queue without room.
	Queue int

	// Wait is how long a request may wait for a slot before it is refused. 0
	// lets it wait as long as its context lasts.
	Wait time.Duration

	// RetryAfter goes into the Retry-After of a refusal, in whole seconds,
	// rounded up. 0 leaves it out.
	RetryAfter time.Duration
}

// ConcurrencyLimit lets at most limit requests into the handler at the same
// time. Others wait, first come, first served, until a handler returns, their
// context ends (the client goes, or a [Timeout] outside expires), or the config
// says that it is enough; those that do not get in are refused with status 503.
//
// The slots belong to the middleware, not to the handler that it wraps: all
// routes that share the value share the slots, and a second call of
// ConcurrencyLimit makes others.
//
// After tower's ConcurrencyLimit and GlobalConcurrencyLimit. tower frees the
// slot when the response begins; here the handler also writes the body, and the
// slot is taken until it has. ConcurrencyLimit should be inside of a [Timeout],
// since a slot outside is free while the handler that was given up still runs.
//
// It panics if limit is not positive, or a number of the config is negative.
func ConcurrencyLimit(limit int, config ...ConcurrencyLimitConfig) func(http.Handler) http.Handler {
	c := settings("ConcurrencyLimit", config)
	if limit <= 0 || c.Queue < 0 || c.Wait < 0 || c.RetryAfter < 0 {
		panic(fmt.Sprintf("middleware: ConcurrencyLimit of %d with %+v", limit, c))
	}
	slots := make(semaphore, limit)
	var queue semaphore
	if c.Queue > 0 {
		queue = make(semaphore, c.Queue)
	}
	busy := overload(c.RetryAfter)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !slots.try() && !slots.wait(r.Context(), queue, c.Wait) {
				busy.answer(w, r)
				return
			}
			defer slots.release()
			next.ServeHTTP(w, r)
		})
	}
}

// A semaphore has as many slots as the channel has room. Those who wait for one
// get it in the order in which they came.
type semaphore chan struct{}

func (s semaphore) try() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

// wait waits in a queue for a slot: if that is nil in any company, and if limit
// is 0 for any time.
func (s semaphore) wait(ctx context.Context, queue semaphore, limit time.Duration) bool {
	if queue != nil {
		if !queue.try() {
			return false
		}
		defer queue.release()
	}
	var expired <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		expired = timer.C
	}
	select {
	case s <- struct{}{}:
		return true
	case <-expired:
		return false
	case <-ctx.Done():
		return false
	}
}

func (s semaphore) release() { <-s }

// Package ratelimit limits how many requests each client may make.
//
//	router.Layer(ratelimit.New(ratelimit.Config{
//		Rate: ratelimit.Rate{Requests: 100, Per: time.Minute},
//	}))
//
// # Whose requests
//
// Requests with the same [Key] share a limit. By default it is the address of
// the peer; [ByAddress] can look behind proxies, [ByHeader] and [ByExtension]
// take something else, and any function will do. A limit per user belongs inside
// of what finds out who the user is; one per address belongs outside of it.
//
// # How many
//
// The default [Limiter] is [Buckets], token buckets in memory: each key may make
// as many requests at once as fit into its bucket, which is filled evenly. (That
// is not the fixed window of tower's RateLimit, by which twice the limit gets
// through around the end of a window.) Several processes each have buckets of
// their own; a Limiter over a shared store makes them one.
//
// # What is answered
//
// Every answer says where the client stands, by the fields of the expired draft
// that most clients understand (draft-ietf-httpapi-ratelimit-headers-06):
//
//	RateLimit-Limit: 100      // size of the bucket
//	RateLimit-Remaining: 97   // requests that would pass now
//	RateLimit-Reset: 2        // seconds until the bucket is full
//
// Of two layers, the one with less remaining says so. A request too many is
// answered 429 (RFC 6585 §4), with the error [Exceeded] in the form that
// [runtime.RenderError] gives it, and with the seconds after which one request
// will pass as Retry-After (RFC 9110 §10.2.3).
package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// Config says whose requests are limited, and how.
type Config struct {
	// Key says whose request it is. The default is ByAddress().
	Key Key

	// Rate is that of the buckets in memory, and MaxKeys how many there may be at
	// once; see NewBuckets.
	Rate    Rate
	MaxKeys int

	// Limiter decides instead of buckets in memory. Rate and MaxKeys are its own
	// affair, then.
	Limiter Limiter

	// FailClosed refuses requests with status 503 when the Limiter fails. Without
	// it they pass, and the failure is logged.
	FailClosed bool
}

// A Key says whose request it is. An error is the answer to the request.
type Key func(r *http.Request) (string, error)

// A Limiter decides whether a request passes. It may be called at any time by
// several goroutines.
type Limiter interface {
	// Allow counts one request of key, if it passes. An error says that it could
	// not find out.
	Allow(ctx context.Context, key string) (Decision, error)
}

// A Decision says whether a request passes, and where its client stands.
type Decision struct {
	Allowed   bool
	Limit     int           // requests that can pass at once at best; 0: nothing is said to the client
	Remaining int           // requests that would pass now
	Reset     time.Duration // until Remaining is Limit again
	Retry     time.Duration // until one more passes; only if this one did not
}

// Exceeded is the error of a request too many.
type Exceeded struct{ Decision Decision }

// Error says when to try again.
func (e *Exceeded) Error() string {
	seconds := e.retryAfter()
	if seconds == 1 {
		return "too many requests: try again in 1 second"
	}
	return fmt.Sprintf("too many requests: try again in %d seconds", seconds)
}

// Status returns 429.
func (*Exceeded) Status() int { return http.StatusTooManyRequests }

// ErrorHeader returns Retry-After.
func (e *Exceeded) ErrorHeader() http.Header {
	return http.Header{"Retry-After": {strconv.Itoa(e.retryAfter())}}
}

func (e *Exceeded) retryAfter() int { return max(1, inSeconds(e.Decision.Retry)) }

// New returns middleware that limits requests. It panics if the config has
// neither a valid rate nor a Limiter, or both.
func New(config Config) func(http.Handler) http.Handler {
	key, limiter := config.Key, config.Limiter
	if key == nil {
		key = ByAddress()
	}
	if limiter == nil {
		limiter = NewBuckets(config.Rate, config.MaxKeys)
	} else if config.Rate != (Rate{}) || config.MaxKeys != 0 {
		panic("ratelimit: Rate and MaxKeys say nothing to a Limiter of your own")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			k, err := key(r)
			if err != nil {
				runtime.RenderError(w, r, err)
				return
			}
			decision, err := limiter.Allow(r.Context(), k)
			if err != nil {
				if config.FailClosed {
					runtime.RenderError(w, r, fmt.Errorf("%w: %w", errUnavailable, err))
					return
				}
				logFailure(r, err)
				next.ServeHTTP(w, r)
				return
			}
			tell(w.Header(), decision)
			if !decision.Allowed {
				runtime.RenderError(w, r, &Exceeded{decision})
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

var errUnavailable = runtime.Errorf(http.StatusServiceUnavailable, "rate limits cannot be checked")

// logFailure logs a failure of the limiter, unless the client has gone.
func logFailure(r *http.Request, err error) {
	if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
		return
	}
	slog.Default().LogAttrs(r.Context(), slog.LevelError, "rate limiter failed, request passes",
		slog.String("method", r.Method),
		slog.String("path", runtime.OriginalPath(r)),
		slog.Any("error", err),
	)
}

// tell sets the fields that say where the client stands, unless they say already
// that there is less.
func tell(header http.Header, d Decision) {
	if d.Limit == 0 {
		return
	}
	if lines := header[remainingField]; len(lines) > 0 {
		if before, err := strconv.Atoi(lines[0]); err == nil && before < d.Remaining {
			return
		}
	}
	values := [...]string{strconv.Itoa(d.Limit), strconv.Itoa(d.Remaining), strconv.Itoa(inSeconds(d.Reset))}
	header[limitField], header[remainingField], header[resetField] = values[0:1:1], values[1:2:2], values[2:3:3]
}

// The fields in canonical form.
const (
	limitField     = "Ratelimit-Limit"
	remainingField = "Ratelimit-Remaining"
	resetField     = "Ratelimit-Reset"
)

// inSeconds rounds up to whole seconds.
func inSeconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

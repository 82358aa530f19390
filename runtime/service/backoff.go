package service

import (
	"math"
	"math/rand/v2"
	"time"
)

// A Backoff says how long to wait before a retry; retry is 0 for the first.
type Backoff func(retry int) time.Duration

var defaultBackoff = Exponential(50*time.Millisecond, math.MaxInt64, 0.99)

// Exponential returns a backoff that doubles: before retry n it waits min·2ⁿ
// plus, so that clients do not return all at once, up to jitter times as much
// again at random; but never longer than max.
//
// It panics if min is negative or more than max, max is not positive, or jitter
// is not between 0 and 100.
func Exponential(min, max time.Duration, jitter float64) Backoff {
	switch {
	case min < 0:
		panic("service: the minimum of a backoff must not be negative")
	case max <= 0:
		panic("service: the maximum of a backoff must be positive")
	case min > max:
		panic("service: the maximum of a backoff must not be less than its minimum")
	case !(0 <= jitter && jitter <= 100): // nor NaN
		panic("service: the jitter of a backoff must be between 0 and 100")
	}
	return func(retry int) time.Duration {
		base := max
		if min <= max>>uint(retry) { // else doubling goes beyond it
			base = min << uint(retry)
		}
		random := (1 - rand.Float64()) * jitter * float64(base) // not 0, unless jitter is
		if random >= float64(max-base) {
			return max
		}
		return base + time.Duration(random)
	}
}

package middleware

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// LoadShedConfig is the config of [LoadShed].
type LoadShedConfig struct {
	// RetryAfter goes into the Retry-After of a refusal, in whole seconds,
	// rounded up. 0 leaves it out.
	RetryAfter time.Duration
}

// LoadShed lets at most limit requests in at the same time and answers all
// others at once with status 503: a server that is late for everybody is of use
// to nobody. What is refused is not logged, which would be more load; [Trace]
// outside counts it among the failures.
//
// The limit belongs to the middleware, not to the handler that it wraps, as with
// [ConcurrencyLimit]. The two are tower's ideas put together: a limit that
// waits, and one that sheds. Of
//
//	LoadShed(150), ConcurrencyLimit(100)
//
// 100 requests run, 50 wait, and the next one is refused; the Queue of a
// ConcurrencyLimit says the same in one layer. tower's LoadShed refuses when the
// service inside is not ready. A handler of net/http is always ready, hence the
// number.
//
// It panics if limit is not positive or RetryAfter is negative.
func LoadShed(limit int, config ...LoadShedConfig) func(http.Handler) http.Handler {
	c := settings("LoadShed", config)
	if limit <= 0 || c.RetryAfter < 0 {
		panic(fmt.Sprintf("middleware: LoadShed of %d with %+v", limit, c))
	}
	slots := make(semaphore, limit)
	busy := overload(c.RetryAfter)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !slots.try() {
				busy.answer(w, r)
				return
			}
			defer slots.release()
			next.ServeHTTP(w, r)
		})
	}
}

// An overload is how to refuse a request for which there is no slot: it says
// when to come again, if that is known.
type overload time.Duration

func (o overload) answer(w http.ResponseWriter, r *http.Request) {
	if after := time.Duration(o); after > 0 {
		seconds := int64((after + time.Second - 1) / time.Second)
		w.Header()["Retry-After"] = []string{strconv.FormatInt(seconds, 10)}
	}
	refuse(w, r, http.StatusServiceUnavailable, "the server is busy")
}

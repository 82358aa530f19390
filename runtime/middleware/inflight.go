package middleware

import "net/http"

// InFlight calls add with 1 for each request that begins, and with -1 when its
// handler has returned, for a gauge of requests that are being served:
//
//	var inFlight expvar.Int
//	middleware.InFlight(inFlight.Add)
//
// After tower-http's InFlightRequests. It panics if add is nil.
func InFlight(add func(delta int64)) func(http.Handler) http.Handler {
	if add == nil {
		panic("middleware: InFlight without a function")
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			add(1)
			defer add(-1)
			next.ServeHTTP(w, r)
		})
	}
}

package service

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// CloneRequest returns a copy of r that can be sent as well as r, after it or
// beside it. It refuses a request that must not be repeated, because its method
// is not idempotent (RFC 9110 §9.2.2) and it has no header Idempotency-Key; and
// one whose body can be read only once, because it has no GetBody.
//
// It is how [RetryPolicy] and [Hedge] repeat HTTP requests.
func CloneRequest(r *http.Request) (*http.Request, bool) {
	if !idempotent(r) {
		return nil, false
	}
	clone := *r
	clone.Header = r.Header.Clone()
	if r.Body == nil || r.Body == http.NoBody {
		return &clone, true
	}
	if r.GetBody == nil {
		return nil, false
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, false
	}
	clone.Body = body
	return &clone, true
}

// idempotent reports whether r may be sent twice.
func idempotent(r *http.Request) bool {
	if slices.Contains(idempotentMethods, r.Method) {
		return true
	}
	_, key := r.Header["Idempotency-Key"]
	_, xkey := r.Header["X-Idempotency-Key"] // as net/http has it
	return key || xkey
}

var idempotentMethods = []string{
	"", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace,
	http.MethodPut, http.MethodDelete, "QUERY",
}

// cloneRequest repeats requests that are values by themselves, and HTTP requests
// by CloneRequest.
func cloneRequest[Req any](req Req) (Req, bool) {
	r, ok := any(req).(*http.Request)
	if !ok {
		return req, true
	}
	clone, ok := CloneRequest(r)
	if !ok {
		return req, false
	}
	return any(clone).(Req), true
}

// closeRequest closes what a request has that will not be sent.
func closeRequest[Req any](req Req) {
	if r, ok := any(req).(*http.Request); ok && r != nil && r.Body != nil {
		_ = r.Body.Close()
	}
}

// retryAfter returns what Retry-After says: a number of seconds, or a date.
func retryAfter[Res any](res Res, _ error) (time.Duration, bool) {
	r, ok := any(res).(*http.Response)
	if !ok || r == nil {
		return 0, false
	}
	value := r.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(time.Until(date), 0), true
	}
	return 0, false
}

package ratelimit_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/handlergen/handlergen/contrib/ratelimit"
)

func ExampleNew() {
	layer := ratelimit.New(ratelimit.Config{
		Rate: ratelimit.Rate{Requests: 100, Per: time.Minute, Burst: 2},
		Key:  ratelimit.ByAddress(netip.MustParsePrefix("10.0.0.0/8")), // our load balancers
	})
	handler := layer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))

	for range 3 {
		request := httptest.NewRequest("GET", "/", nil)
		request.RemoteAddr = "10.0.0.1:80"
		request.Header.Set("X-Forwarded-For", "198.51.100.7")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Printf("%d, %s left\n", answer.Code, answer.Header().Get("RateLimit-Remaining"))
	}
	// Output:
	// 200, 1 left
	// 200, 0 left
	// 429, 0 left
}

// A shared limiter asks a store that all processes share, here one that lets
// nobody pass.
type shared struct{}

func (shared) Allow(context.Context, string) (ratelimit.Decision, error) {
	return ratelimit.Decision{Limit: 10, Retry: time.Minute}, nil
}

func ExampleLimiter() {
	layer := ratelimit.New(ratelimit.Config{Limiter: shared{}})
	answer := httptest.NewRecorder()
	layer(http.NotFoundHandler()).ServeHTTP(answer, httptest.NewRequest("GET", "/", nil))

	fmt.Println(answer.Code, answer.Body)
	// Output: 429 {"title":"Too Many Requests","status":429,"detail":"too many requests: try again in 60 seconds"}
}

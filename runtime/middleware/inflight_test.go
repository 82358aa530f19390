package middleware_test

import (
	"expvar"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestInFlight(t *testing.T) {
	var count expvar.Int
	for _, value := range []any{nil, "boom"} {
		handler := func(http.ResponseWriter, *http.Request) {
			if count.Value() != 1 {
				t.Errorf("%d while it runs", count.Value())
			}
			if value != nil {
				panic(value)
			}
		}
		func() {
			defer func() { recover() }()
			middleware.InFlight(count.Add)(http.HandlerFunc(handler)).ServeHTTP(nil, httptest.NewRequest("GET", "/", nil))
		}()
		if count.Value() != 0 {
			t.Errorf("%d afterwards", count.Value())
		}
	}
	mustPanic(t, "InFlight without a function", func() { middleware.InFlight(nil) })
}

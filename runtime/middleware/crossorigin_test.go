package middleware_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

// TestCrossOrigin has a case for each rule of http.CrossOriginProtection.
func TestCrossOrigin(t *testing.T) {
	h := middleware.CrossOrigin(middleware.CrossOriginConfig{
		Trusted: []string{"https://friend.example"},
		Bypass:  []string{"POST /webhooks/{name}"},
	})(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	tests := []struct {
		method, path, site, origin string
		status                     int
	}{
		{"GET", "/", "cross-site", "https://evil.example", 200},
		{"HEAD", "/", "cross-site", "https://evil.example", 200},
		{"OPTIONS", "/", "cross-site", "https://evil.example", 200},
		{"POST", "/", "", "", 200},
		{"POST", "/", "same-origin", "", 200},
		{"POST", "/", "none", "", 200},
		{"POST", "/", "same-site", "", 403},
		{"POST", "/", "cross-site", "https://evil.example", 403},
		{"DELETE", "/", "cross-site", "", 403},
		{"POST", "/", "", "https://example.com", 200},
		{"POST", "/", "", "https://evil.example", 403},
		{"POST", "/", "", "https://example.com:8443", 403},
		{"POST", "/", "", "null", 403},
		{"POST", "/", "cross-site", "https://friend.example", 200},
		{"POST", "/webhooks/x", "cross-site", "https://evil.example", 200},
		{"PUT", "/webhooks/x", "cross-site", "https://evil.example", 403},
	}
	for _, test := range tests {
		r := httptest.NewRequest(test.method, test.path, nil)
		if test.site != "" {
			r.Header.Set("Sec-Fetch-Site", test.site)
		}
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%+v: got %d", test, w.Code)
		}
		if w.Code == 403 && w.Body.String() != `{"title":"Forbidden","status":403,"detail":"the request comes from another site"}` {
			t.Errorf("got %s", w.Body)
		}
	}
}

func TestCrossOriginConfig(t *testing.T) {
	for _, origin := range []string{"friend.example", "https://friend.example/path", "https://", "*"} {
		mustPanic(t, "CrossOrigin: invalid origin", func() {
			middleware.CrossOrigin(middleware.CrossOriginConfig{Trusted: []string{origin}})
		})
	}
	mustPanic(t, "the pattern POST", func() {
		middleware.CrossOrigin(middleware.CrossOriginConfig{Bypass: []string{"POST"}})
	})
}

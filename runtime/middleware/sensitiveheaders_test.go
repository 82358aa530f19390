package middleware_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestSensitiveHeaders(t *testing.T) {
	header := http.Header{
		"Accept":              {"a", "b"},
		"Authorization":       {"Bearer secret"},
		"Cookie":              {"secret=1", "secret=2"},
		"Proxy-Authorization": {"secret"},
		"Set-Cookie":          {"secret"},
		"X-Api-Key":           {"secret"},
		"X-Inner":             {"secret"},
		"X-Public":            {"public"},
		"x-odd":               {"secret"},
	}
	log := new(logbook)
	handler := func(_ http.ResponseWriter, r *http.Request) {
		log.logger().InfoContext(r.Context(), "inside", "h", middleware.LogHeader(r.Context(), header))
		if !middleware.IsSensitive(r.Context(), "x-api-key") || middleware.IsSensitive(r.Context(), "x-public") {
			t.Error("the names have case")
		}
	}
	h := stack(http.HandlerFunc(handler), middleware.SensitiveHeaders("x-api-key", "X-ODD"), middleware.SensitiveHeaders("X-Inner"))
	r := httptest.NewRequest("GET", "/", nil)
	h.ServeHTTP(httptest.NewRecorder(), r)
	log.logger().Info("outside", slog.Any("h", middleware.LogHeader(r.Context(), http.Header{"X-Api-Key": {"seen"}, "Cookie": {"secret"}})))
	log.logger().Info("none", slog.Any("h", middleware.LogHeader(r.Context(), nil)))
	want := `level=INFO msg=inside h.Accept="a, b" h.Authorization=[masked] h.Cookie=[masked] h.Proxy-Authorization=[masked] ` +
		`h.Set-Cookie=[masked] h.X-Api-Key=[masked] h.X-Inner=[masked] h.X-Public=public h.x-odd=[masked]
level=INFO msg=outside h.Cookie=[masked] h.X-Api-Key=seen
level=INFO msg=none
`
	if log.String() != want {
		t.Errorf("got\n%s", log)
	}
}

func TestSensitiveHeadersConfig(t *testing.T) {
	mustPanic(t, "SensitiveHeaders without a name", func() { middleware.SensitiveHeaders() })
	mustPanic(t, `SensitiveHeaders of a header named ""`, func() { middleware.SensitiveHeaders("X-A", "") })
}

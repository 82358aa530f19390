package middleware_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

// BenchmarkLayers measures each layer around a handler that does nothing. None is
// the handler alone.
func BenchmarkLayers(b *testing.B) {
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	quiet := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelError + 1}))
	loud := slog.New(slog.NewTextHandler(io.Discard, nil))
	get := func() *http.Request {
		r := httptest.NewRequest("GET", "/users/7", nil)
		r.Header = http.Header{
			"Accept":       {"application/json, */*;q=0.5"},
			"User-Agent":   {"benchmark"},
			"X-Request-Id": {"trusted"},
		}
		return r
	}
	withBody := func() *http.Request {
		r := get()
		r.Method, r.Body, r.ContentLength = "POST", io.NopCloser(strings.NewReader("body")), 4
		return r
	}
	authorized := func() *http.Request {
		r := get()
		r.Header.Set("Authorization", "Bearer t0ken")
		return r
	}
	basic := func() *http.Request {
		r := get()
		r.SetBasicAuth("ann", "secret")
		return r
	}
	compressed := func() *http.Request {
		r := withBody()
		r.Header.Set("Content-Encoding", "gzip")
		return r
	}
	slash := func() *http.Request {
		r := get()
		r.URL.Path += "/"
		return r
	}
	type config = middleware.TraceConfig
	layers := []struct {
		name    string
		layer   layer
		request func() *http.Request
	}{
		{"None", func(h http.Handler) http.Handler { return h }, get},
		{"Accept", middleware.Accept("application/json"), get},
		{"AddExtension", middleware.AddExtension(tenant{"x"}), get},
		{"BasicAuth", middleware.BasicAuth(middleware.Passwords(map[string]string{"ann": "secret"})), basic},
		{"BearerAuth", middleware.BearerAuth(middleware.Tokens(map[string]string{"t0ken": "x"})), authorized},
		{"BodyLimit", middleware.BodyLimit(1 << 20), get},
		{"BodyLimit/body", middleware.BodyLimit(1 << 20), withBody},
		{"ConcurrencyLimit", middleware.ConcurrencyLimit(10), get},
		{"CrossOrigin", middleware.CrossOrigin(), withBody},
		{"Decompress", middleware.Decompress(), get},
		{"Decompress/gzip", middleware.Decompress(), compressed},
		{"InFlight", middleware.InFlight(func(int64) {}), get},
		{"LoadShed", middleware.LoadShed(10), get},
		{"NormalizePath", middleware.NormalizePath(), get},
		{"NormalizePath/slash", middleware.NormalizePath(), slash},
		{"PropagateHeader", middleware.PropagateHeader("X-Request-Id"), get},
		{"Recover", middleware.Recover(), get},
		{"RequestBodyTimeout", middleware.RequestBodyTimeout(patience), withBody},
		{"RequestID", middleware.RequestID(), get},
		{"RequestID/made", middleware.RequestID(middleware.RequestIDConfig{Replace: true}), get},
		{"ResponseBodyTimeout", middleware.ResponseBodyTimeout(patience), get},
		{"SensitiveHeaders", middleware.SensitiveHeaders("X-Api-Key"), get},
		{"SetHeader", middleware.SetHeader(rule{Name: "X-A", Value: "b"}), get},
		{"SetHeader/request", middleware.SetHeader(rule{Name: "X-A", Value: "b", Request: true}), get},
		{"Timeout", middleware.Timeout(patience), get},
		{"Trace/silent", middleware.Trace(config{Logger: quiet}), get},
		{"Trace/logged", middleware.Trace(config{Logger: loud}), get},
		{"Five", func(h http.Handler) http.Handler {
			return stack(h, middleware.RequestID(), middleware.Trace(config{Logger: quiet}), middleware.Recover(),
				middleware.LoadShed(10), middleware.BodyLimit(1<<20))
		}, get},
	}
	for _, test := range layers {
		b.Run(test.name, func(b *testing.B) {
			h, w, r := test.layer(nothing), &recorder{make(http.Header)}, test.request()
			b.ReportAllocs()
			for b.Loop() {
				clear(w.header)
				h.ServeHTTP(w, r)
			}
		})
	}
}

// A recorder forgets.
type recorder struct{ header http.Header }

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(int)             {}
func (w *recorder) Write(p []byte) (int, error) { return len(p), nil }

package service

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"
)

// Each layer around a service that does nothing, called by Do. Compare with
// "nothing".
func BenchmarkLayers(b *testing.B) {
	nothing := Func(func(context.Context, int) (int, error) { return 0, nil })
	builder := NewBuilder[int, int]()
	for _, bench := range []struct {
		name string
		s    Service[int, int]
	}{
		{"nothing", nothing},
		{"Filter", Filter(nothing, func(_ context.Context, n int) (int, error) { return n, nil })},
		{"MapErr", builder.MapErr(func(err error) error { return err }).Service(nothing)},
		{"Timeout", builder.Timeout(time.Hour).Service(nothing)},
		{"RateLimit", builder.RateLimit(1<<62, time.Hour).Service(nothing)},
		{"ConcurrencyLimit", builder.ConcurrencyLimit(1000).Service(nothing)},
		{"LoadShed", builder.LoadShed().Service(nothing)},
		{"LoadShed+ConcurrencyLimit", builder.LoadShed().ConcurrencyLimit(1000).Service(nothing)},
		{"Buffer", builder.Buffer(1000).Service(nothing)},
		{"Retry", builder.Retry(&RetryPolicy[int, int]{}).Service(nothing)},
		{"Hedge", builder.Hedge(HedgeConfig[int]{}).Service(nothing)},
		{"Hedge, warm", warmHedge(nothing)},
		{"Detach", builder.Detach().Service(nothing)},
		{"Steer of 3", Steer(func(n int) int { return n }, nothing, nothing, nothing)},
		{"Balance of 3", Balance(List(nothing, nothing, nothing))},
		{"Balance of 3 PeakEWMA", Balance(Each(List(nothing, nothing, nothing), func(s Service[int, int]) Service[int, int] {
			return PeakEWMA(s, EWMAConfig{})
		}))},
		{"Reconnect", Reconnect(func(context.Context) (Service[int, int], error) { return nothing, nil })},
		{
			"five layers",
			builder.LoadShed().Buffer(100).ConcurrencyLimit(100).Timeout(time.Hour).Retry(&RetryPolicy[int, int]{}).Service(nothing),
		},
	} {
		b.Run(bench.name, func(b *testing.B) {
			ctx := b.Context()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Do(ctx, bench.s, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func warmHedge(inner Service[int, int]) Service[int, int] {
	s := Hedge(inner, HedgeConfig[int]{Period: time.Hour}).(*hedge[int, int])
	for range 100 {
		s.latencies.reading.add(time.Hour)
	}
	return s
}

func BenchmarkConcurrencyLimitParallel(b *testing.B) {
	s := ConcurrencyLimit(Func(func(context.Context, int) (int, error) { return 0, nil }), 1000)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			_, _ = Do(context.Background(), s, 0)
		}
	})
}

// A handler behind FromHandler, whose body is read.
func BenchmarkFromHandler(b *testing.B) {
	for name, body := range map[string]string{"short": "hello", "long": long} {
		s := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) }))
		b.Run(name, func(b *testing.B) {
			r, _ := http.NewRequest("GET", "http://example.com/", nil)
			b.ReportAllocs()
			for b.Loop() {
				res, err := Do(b.Context(), s, r)
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, res.Body)
				res.Body.Close()
			}
		})
	}
}

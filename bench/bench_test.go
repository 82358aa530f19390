package bench

import (
	"flag"
	"log/slog"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/handlergen/handlergen/bench/endpoints"
)

func TestMain(m *testing.M) {
	// Some contenders log each refused request.
	slog.SetDefault(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// first is for cmd/report, which lets each contender have each place.
var first = flag.Int("first", 0, "begin with the contender at this `place` and come to those before it last")

// BenchmarkEndpoints measures every contender on every endpoint. Its unit
// cpu-ns/op is CPU time of the process, garbage collection included.
func BenchmarkEndpoints(b *testing.B) {
	contenders := append([]Contender{{Name: "harness", Handler: idle{}}}, Contenders()...)
	place := *first % len(contenders)
	contenders = slices.Concat(contenders[place:], contenders[:place])
	for _, q := range endpoints.Requests() {
		b.Run(q.Name, func(b *testing.B) {
			for _, contender := range contenders {
				b.Run(contender.Name, func(b *testing.B) { measure(b, q, contender) })
			}
		})
	}
}

func measure(b *testing.B, q endpoints.Request, contender Contender) {
	c := newClient(q)
	for range 10 { // fill pools
		c.do(contender.Handler)
	}
	b.ReportAllocs()
	start := cpuTime()
	for b.Loop() {
		c.do(contender.Handler)
	}
	b.ReportMetric(float64(cpuTime()-start)/float64(b.N), "cpu-ns/op")
}

// cpuTime is the CPU time that the process has used.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

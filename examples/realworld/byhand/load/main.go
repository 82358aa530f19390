// Command load measures both applications: each in a process of its own on
// loopback, warmed up, in rounds that alternate, with a fixed number of
// connections of which each asks again as soon as it has its answer. It writes
// what it measured into BENCH.md.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/handlergen/handlergen/examples/realworld/byhand/internal/fixture"
)

type options struct {
	rounds      int
	time        time.Duration
	connections int
	articles    int
	file        string
}

func main() {
	var o options
	flag.IntVar(&o.rounds, "rounds", 7, "how many rounds")
	flag.DurationVar(&o.time, "time", 2*time.Second, "how long each endpoint of each application is asked in a round")
	flag.IntVar(&o.connections, "connections", 16, "how many connections ask at once")
	flag.IntVar(&o.articles, "articles", 1000, "how many articles there are")
	flag.StringVar(&o.file, "o", "", "the `file` into which the table goes, between its markers; default: standard output")
	child := flag.String("serve", "", "serve an application, for the process that measures")
	flag.Parse()
	log.SetFlags(0)
	run := o.run
	if *child != "" {
		run = func(ctx context.Context) error { return serve(ctx, *child, os.Stdin, os.Stdout) }
	}
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

// An endpoint is what is asked for again and again.
type endpoint struct{ name, path string }

func (o options) run(ctx context.Context) (err error) {
	dir, err := os.MkdirTemp("", "load")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	data, err := fixture.Make(ctx, dir, o.articles)
	if err != nil {
		return err
	}
	endpoints := []endpoint{
		{"GET /api/articles?limit=10", "/api/articles?limit=10"},
		{"GET /api/articles/{slug}", "/api/articles/" + data.Slug},
		{"GET /api/user", "/api/user"},
	}
	var servers [2]*server
	for i, which := range []string{fixture.Generated, fixture.ByHand} {
		own, err := data.Copy(filepath.Join(dir, which))
		if err != nil {
			return err
		}
		if servers[i], err = start(which, own); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, servers[i].stop()) }()
	}

	results := make([][2][]sample, len(endpoints))
	for round := range o.rounds + 1 {
		for e, endpoint := range endpoints {
			for i := range servers {
				which := (i + round) % 2
				s, err := o.measure(servers[which], endpoint.path, data.Token)
				if err != nil {
					return fmt.Errorf("%s, %s: %w", endpoint.name, servers[which].which, err)
				}
				if round > 0 { // the first is to warm up
					results[e][which] = append(results[e][which], s)
					log.Printf("round %d of %d: %-28s %-10s %s", round, o.rounds, endpoint.name, servers[which].which, s)
				}
			}
		}
	}
	return o.write(o.table(endpoints, results))
}

// A sample is what one application did for one endpoint in one round.
type sample struct {
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of the server, for a request
}

func (s sample) String() string {
	return fmt.Sprintf("%6.0f/s, p50 %v, p99 %v, CPU %v", s.perSecond, s.p50.Round(time.Microsecond), s.p99.Round(time.Microsecond), s.cpu.Round(100*time.Nanosecond))
}

// table writes the results in Markdown: medians, and the least and the most of
// the rounds.
func (o options) table(endpoints []endpoint, results [][2][]sample) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s, %s/%s, %d CPUs that servers and load share; %d connections, %d rounds of %v, %d articles, %s.\n\n",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), o.connections, o.rounds, o.time, o.articles, time.Now().UTC().Format(time.DateOnly))
	fmt.Fprint(&b, "| endpoint | | generated | by hand | ratio |\n|---|---|---:|---:|---:|\n")
	for e, endpoint := range endpoints {
		name := "`" + endpoint.name + "`"
		for _, quantity := range []struct {
			name   string
			of     func(sample) float64
			format string
		}{
			{"requests/s", func(s sample) float64 { return s.perSecond }, "%.0f"},
			{"p50, ms", func(s sample) float64 { return s.p50.Seconds() * 1e3 }, "%.2f"},
			{"p99, ms", func(s sample) float64 { return s.p99.Seconds() * 1e3 }, "%.2f"},
			{"CPU of the server per request, µs", func(s sample) float64 { return s.cpu.Seconds() * 1e6 }, "%.0f"},
		} {
			var columns [2][]float64
			for which := range columns {
				for _, s := range results[e][which] {
					columns[which] = append(columns[which], quantity.of(s))
				}
			}
			ratios := make([]float64, len(columns[0]))
			for i := range ratios {
				ratios[i] = columns[0][i] / columns[1][i]
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", name, quantity.name,
				spread(quantity.format, columns[0]), spread(quantity.format, columns[1]), spread("%.2f", ratios))
			name = ""
		}
	}
	return b.Bytes()
}

// spread is the median with the least and the most.
func spread(format string, values []float64) string {
	values = slices.Sorted(slices.Values(values))
	n := len(values)
	median := (values[(n-1)/2] + values[n/2]) / 2
	return fmt.Sprintf("**"+format+"** ("+format+"–"+format+")", median, values[0], values[n-1])
}

// The table stands between these.
var begin, end = []byte("<!-- load:begin -->\n"), []byte("<!-- load:end -->\n")

func (o options) write(table []byte) error {
	if o.file == "" {
		_, err := os.Stdout.Write(table)
		return err
	}
	text, err := os.ReadFile(o.file)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(text, begin)
	_, after, ok2 := bytes.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %s and %s", o.file, bytes.TrimSpace(begin), bytes.TrimSpace(end))
	}
	return os.WriteFile(o.file, slices.Concat(before, begin, table, end, after), 0o644)
}

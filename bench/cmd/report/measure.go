package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// measurements holds what each contender needed in each row of a benchmark: on
// an endpoint, or around a bare handler.
type measurements struct {
	benchmark  string   // "BenchmarkEndpoints"
	rows       []string // "1-ping", in the order of the benchmark
	idle       string   // the contender that does nothing, whose time the others' is without
	contenders []string
	samples    map[key][]sample
}

type key struct{ row, contender string }

// A sample is one contender in one row in one round.
type sample struct{ cpu, bytes, allocs float64 }

// round measures everything once. Number i begins with contender i.
func (m *measurements) round(binary string, i int, benchtime time.Duration) error {
	for _, row := range m.rows {
		cmd := exec.Command(binary, "-test.run=^$", "-test.bench=^"+m.benchmark+"$/^"+row+"$",
			"-test.benchtime="+benchtime.String(), "-first="+strconv.Itoa(i))
		cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("run the benchmark: %w\n%s", err, out)
		}
		for line := range strings.Lines(string(out)) {
			if err := m.line(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// line takes in a line such as
//
//	BenchmarkEndpoints/1-ping/ours  4711  7.2 ns/op  7.1 cpu-ns/op  0 B/op  0 allocs/op
func (m *measurements) line(line string) error {
	fields := strings.Fields(line)
	name, ok := strings.CutPrefix(line, m.benchmark+"/")
	if !ok || len(fields) < 4 {
		return nil
	}
	row, contender, _ := strings.Cut(strings.Fields(name)[0], "/")
	var s sample
	for i := 2; i+1 < len(fields); i += 2 {
		value, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return fmt.Errorf("read %q: %w", line, err)
		}
		switch fields[i+1] {
		case "cpu-ns/op":
			s.cpu = value
		case "B/op":
			s.bytes = value
		case "allocs/op":
			s.allocs = value
		}
	}
	m.add(key{row, contender}, s)
	return nil
}

func (m *measurements) add(k key, s sample) {
	if m.samples == nil {
		m.samples = map[key][]sample{}
	}
	if !slices.Contains(m.contenders, k.contender) {
		m.contenders = append(m.contenders, k.contender)
	}
	m.samples[k] = append(m.samples[k], s)
}

// net returns the CPU time of each round without what the idle one took in it.
func (m *measurements) net(row, contender string) []float64 {
	idle := m.samples[key{row, m.idle}]
	var times []float64
	for i, s := range m.samples[key{row, contender}] {
		times = append(times, s.cpu-idle[i].cpu)
	}
	return times
}

// ratios returns the CPU time of each round as a multiple of base's.
func (m *measurements) ratios(row, contender, base string) []float64 {
	ratios := m.net(row, contender)
	for i, t := range m.net(row, base) {
		ratios[i] /= t
	}
	return ratios
}

// middle returns the median of some figure.
func (m *measurements) middle(row, contender string, figure func(sample) float64) float64 {
	var values []float64
	for _, s := range m.samples[key{row, contender}] {
		values = append(values, figure(s))
	}
	return median(values)
}

// quantile returns the value below which the share q of values lies.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(at-float64(low))
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// spread is half the distance between the quartiles.
func spread(values []float64) float64 {
	return (quantile(values, 0.75) - quantile(values, 0.25)) / 2
}

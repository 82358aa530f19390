package main

import (
	"fmt"
	"strings"

	"github.com/handlergen/handlergen/bench/endpoints"
)

const (
	harness = "harness" // the contender on endpoints that does nothing
	base    = "optimum" // the one that the others are compared with
)

// measureEndpoints returns what is to be measured on endpoints.
func measureEndpoints() *measurements {
	m := &measurements{benchmark: "BenchmarkEndpoints", idle: harness}
	for _, q := range endpoints.Requests() {
		m.rows = append(m.rows, q.Name)
	}
	return m
}

// endpointTables writes one table for each kind of figure.
func endpointTables(out *strings.Builder, m *measurements) {
	fmt.Fprintf(out, "\nEndpoints: ")
	for i, q := range endpoints.Requests() {
		if i > 0 {
			out.WriteString("; ")
		}
		fmt.Fprintf(out, "%s %s", q.Name, q.Title)
	}
	out.WriteString(".\n")
	m.table(out, "CPU time as a multiple of the optimum by hand, ± half the distance between the quartiles", m.ratioCell)
	m.table(out, "CPU time per request, without that of the harness", m.timeCell)
	m.table(out, "Bytes allocated per request", m.bytesCell)
	m.table(out, "Allocations per request", m.allocsCell)
}

func (m *measurements) table(out *strings.Builder, title string, cell func(endpoint, contender string) string) {
	fmt.Fprintf(out, "\n### %s\n\n| contender | %s |\n| --- |%s\n", title,
		strings.Join(m.rows, " | "), strings.Repeat(" ---: |", len(m.rows)))
	for _, contender := range m.contenders {
		cells := []string{contender}
		for _, endpoint := range m.rows {
			cells = append(cells, cell(endpoint, contender))
		}
		if strings.Join(cells[1:], "") == "" {
			continue
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
	}
}

func (m *measurements) ratioCell(endpoint, contender string) string {
	if contender == harness {
		return ""
	}
	ratios := m.ratios(endpoint, contender, base)
	if contender == base {
		return "1"
	}
	if middle := median(ratios); middle >= 10 {
		return fmt.Sprintf("%.0f ±%.0f", middle, spread(ratios))
	}
	return fmt.Sprintf("%.2f ±%.2f", median(ratios), spread(ratios))
}

func (m *measurements) timeCell(endpoint, contender string) string {
	if contender == harness {
		var times []float64
		for _, s := range m.samples[key{endpoint, contender}] {
			times = append(times, s.cpu)
		}
		return duration(median(times))
	}
	return duration(median(m.net(endpoint, contender)))
}

func duration(ns float64) string {
	switch {
	case ns < 10e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 10e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	default:
		return fmt.Sprintf("%.1f ms", ns/1e6)
	}
}

func (m *measurements) bytesCell(endpoint, contender string) string {
	return count(m.middle(endpoint, contender, func(s sample) float64 { return s.bytes }))
}

func (m *measurements) allocsCell(endpoint, contender string) string {
	return count(m.middle(endpoint, contender, func(s sample) float64 { return s.allocs }))
}

func count(n float64) string {
	switch {
	case n < 10e3:
		return fmt.Sprintf("%.0f", n)
	case n < 1e6:
		return fmt.Sprintf("%.0fk", n/1e3)
	default:
		return fmt.Sprintf("%.1fM", n/1e6)
	}
}

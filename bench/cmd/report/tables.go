package main

import (
	"fmt"
	"strings"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// base is the contender that the others are compared with.
const base = "optimum"

// tables writes one table for each kind of figure.
func (m *measurements) tables(out *strings.Builder, requests []endpoints.Request) {
	fmt.Fprintf(out, "\nEndpoints: ")
	for i, q := range requests {
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
		strings.Join(m.endpoints, " | "), strings.Repeat(" ---: |", len(m.endpoints)))
	for _, contender := range m.contenders {
		cells := []string{contender}
		for _, endpoint := range m.endpoints {
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

func (m *measurements) middle(endpoint, contender string, figure func(sample) float64) float64 {
	var values []float64
	for _, s := range m.samples[key{endpoint, contender}] {
		values = append(values, figure(s))
	}
	return median(values)
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

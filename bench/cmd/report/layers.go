package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/handlergen/handlergen/bench/layers"
)

// bare is the handler that layers are put around.
const bare = "bare"

// measureLayers returns what is to be measured around bare handlers.
func measureLayers() *measurements {
	m := &measurements{benchmark: "BenchmarkLayers", idle: bare}
	for _, layer := range layers.Layers(io.Discard) {
		m.rows = append(m.rows, layer.Row())
	}
	return m
}

// layerTable writes what each layer takes, and what those of others do that
// mean the same.
func layerTable(out *strings.Builder, m *measurements) {
	out.WriteString("\n| layer | ours | allocations | chi | allocations | net/http | allocations |\n" +
		"| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	var notes []string
	for _, layer := range layers.Layers(io.Discard) {
		cells := []string{layer.Name}
		for _, contender := range []string{layers.Ours, layers.Chi, layers.Std} {
			time, allocations := m.layerCells(layer.Row(), contender)
			cells = append(cells, time, allocations)
		}
		fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | "))
		if layer.Note != "" {
			notes = append(notes, "- "+layer.Name+": "+layer.Note+".\n")
		}
	}
	fmt.Fprintf(out, "\n%s", strings.Join(notes, ""))
}

func (m *measurements) layerCells(row, contender string) (time, allocations string) {
	times := m.net(row, contender)
	if len(times) == 0 {
		return "", ""
	}
	allocs := m.middle(row, contender, func(s sample) float64 { return s.allocs })
	bytes := m.middle(row, contender, func(s sample) float64 { return s.bytes })
	time = fmt.Sprintf("%s ±%.0f", duration(median(times)), spread(times))
	if median(times) >= 10e3 {
		time = fmt.Sprintf("%s ±%.1f", duration(median(times)), spread(times)/1e3)
	}
	if allocs == 0 {
		return time, "0"
	}
	return time, fmt.Sprintf("%s, %s B", count(allocs), count(bytes))
}

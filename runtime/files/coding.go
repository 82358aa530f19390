package files

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A coding is one of those that files are kept in.
type coding struct {
	name      string // as in Content-Encoding; empty for the plain file
	extension string // ".gz"
}

var (
	identity = coding{}
	// codings are in order of preference: what was compressed once and for all
	// is smallest in Brotli.
	codings = []coding{{"br", ".br"}, {"zstd", ".zst"}, {"gzip", ".gz"}}
)

// acceptable returns the codings that a client takes, best first, by the lines
// of Accept-Encoding (RFC 9110 §12.5.3). The plain file is always among them,
// since it is better than nothing.
func acceptable(lines []string) []coding {
	weights := parseWeights(lines)
	list := make([]coding, 0, len(codings)+1)
	for _, c := range codings {
		if weights.of(c.name) > 0 {
			list = append(list, c)
		}
	}
	list = append(list, identity)
	slices.SortStableFunc(list, func(a, b coding) int {
		return cmp.Compare(weights.of(b.name), weights.of(a.name))
	})
	return list
}

// weights are those of codings, in thousandths. That of the plain file has the
// name "".
type weights map[string]int

// of returns the weight of a coding. The plain file is liked less than any
// coding that is named, unless it is named itself.
func (w weights) of(name string) int {
	if weight, ok := w[name]; ok || name == "" {
		return weight
	}
	return w["*"]
}

func parseWeights(lines []string) weights {
	w := weights{}
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			name, parameters, _ := strings.Cut(element, ";")
			weight, ok := parseWeight(parameters)
			if !ok {
				continue
			}
			switch name = strings.ToLower(strings.Trim(name, " \t")); name {
			case "":
			case "identity":
				w[""] = weight
			case "x-gzip":
				w["gzip"] = weight
			default:
				w[name] = weight
			}
		}
	}
	return w
}

// parseWeight reads "q=0.5", and 1 if there is nothing.
func parseWeight(parameters string) (weight int, ok bool) {
	name, value, given := strings.Cut(strings.Trim(parameters, " \t"), "=")
	if !given {
		return 1000, name == ""
	}
	q, err := strconv.ParseFloat(value, 64)
	if !strings.EqualFold(name, "q") || err != nil || !(0 <= q && q <= 1) {
		return 0, false
	}
	return int(q * 1000), true
}

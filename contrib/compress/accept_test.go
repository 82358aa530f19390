package compress

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	member = regexp.MustCompile(`^[ \t]*([^;]*?)[ \t]*(?:;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)[ \t]*)?$`)
	both   = newLayer(Config{})
)

// reference is choose as the grammar has it (RFC 9110 §12.4.2, §12.5.3).
func reference(header string) (coding string, acceptable bool) {
	weights := map[string]float64{}
	for text := range strings.SplitSeq(header, ",") {
		parts := member.FindStringSubmatch(text)
		if parts == nil {
			continue
		}
		name, weight := strings.ToLower(parts[1]), 1.0
		if parts[2] != "" {
			weight, _ = strconv.ParseFloat(parts[2], 64)
		}
		if name == "x-gzip" {
			name = "gzip"
		}
		if before, ok := weights[name]; !ok || weight > before {
			weights[name] = weight
		}
	}
	weigh := func(name string, otherwise float64) float64 {
		if w, ok := weights[name]; ok {
			return w
		}
		if w, ok := weights["*"]; ok {
			return w
		}
		return otherwise
	}
	zstd, gzip, identity := weigh("zstd", 0), weigh("gzip", 0), weigh("identity", 1e-9)
	switch best := max(zstd, gzip, identity); best {
	case 0:
		return "", false
	case zstd:
		return "zstd", true
	case gzip:
		return "gzip", true
	default:
		return "", true
	}
}

func FuzzAcceptEncoding(f *testing.F) {
	for _, header := range []string{
		"", "gzip", "gzip, deflate, br, zstd", "*;q=0.5, gzip;q=0.1", "identity;q=0", "GZIP ; Q=0.001 ,zstd;q=1.000",
		"gzip;q=0.1234,*;q=0", ",,;q=1, x-gzip;q=.5", "gzip;q=1.1, identity;q=0.0, *", "zstd;q=0;q=1",
	} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		encoder, acceptable := both.choose([]string{header})
		coding := ""
		if encoder != nil {
			coding = string(encoder.coding)
		}
		wantCoding, wantAcceptable := reference(header)
		if !isASCII(header) {
			return // strings.ToLower knows more letters than HTTP
		}
		if coding != wantCoding || acceptable != wantAcceptable {
			t.Errorf("choose(%q) = %q, %v, want %q, %v", header, coding, acceptable, wantCoding, wantAcceptable)
		}
	})
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c > '~' || c < ' ' && c != '\t' })
}

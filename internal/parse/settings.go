package parse

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// settings are the keys that a route has or takes from the groups around it.
type settings struct {
	tags       []string
	labels     []string
	limit      model.Limit
	limitBy    *limitKey // nil without the key
	timeout    time.Duration
	deprecated bool
	hidden     bool
}

// readSettings reads the keys of a route or group directive over those of the
// groups around it. A key that is given replaces, and what is wrong is reported.
func (p *parser) readSettings(d directive, s settings) settings {
	if a, ok := d.value("tags"); ok {
		s.tags = p.readWords(a)
	}
	if a, ok := d.value("label"); ok {
		s.labels = p.readWords(a)
	}
	if a, ok := d.value("limit"); ok {
		s.limit, s.limitBy = p.readLimit(d, a)
	}
	if a, ok := d.value("timeout"); ok {
		s.timeout = p.readTimeout(a)
	}
	s.deprecated = s.deprecated || d.has("deprecated")
	s.hidden = s.hidden || d.has("hidden")
	return s
}

// readWords reads the value of a key that lists words: a,b.
func (p *parser) readWords(a arg) []string {
	var words []string
	offset := 0
	for word := range strings.SplitSeq(a.value, ",") {
		at := a.part(offset, offset+len(word))
		offset += len(word) + len(",")
		switch {
		case strings.TrimSpace(word) == "":
			p.report(diag.BadValue, valueOf(a), "%s has an empty word", a.key).hint("write %s=a,b", a.key)
		case slices.Contains(words, word):
			p.report(diag.BadValue, at, "%s has %s twice", a.key, word)
		default:
			words = append(words, word)
		}
	}
	return words
}

// valueOf returns the place of the value of an argument, or all of it if the
// value is empty.
func valueOf(a arg) span {
	if a.valuePos >= a.end {
		return a
	}
	return stretch{a.valuePos, a.end}
}

// byteUnits are the units of a limit, the longest suffixes first.
var byteUnits = []struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10},
	{"MiB", 1 << 20},
	{"GiB", 1 << 30},
	{"KB", 1e3},
	{"kB", 1e3},
	{"MB", 1e6},
	{"GB", 1e9},
	{"B", 1},
}

// readLimit reads the most bytes that a request body may have: 10MiB, 4096 or
// none.
func (p *parser) readLimit(d directive, a arg) (model.Limit, *limitKey) {
	limit, ok := model.NoLimit, true
	if a.value != "none" {
		limit, ok = p.readBytes(valueOf(a), a.value, "limit=10MiB, or limit=none")
	}
	if !ok {
		return limit, nil
	}
	key := &limitKey{arg: a, on: d.on}
	p.limits = append(p.limits, key)
	return limit, key
}

// readBytes reads a number of bytes, which is not 0. The examples say how it is
// written here.
func (p *parser) readBytes(at span, text, examples string) (model.Limit, bool) {
	digits, unit := text, int64(1)
	for _, u := range byteUnits {
		if before, ok := strings.CutSuffix(text, u.suffix); ok {
			digits, unit = before, u.bytes
			break
		}
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	hint := "write a number of bytes with KiB, MiB or GiB, such as " + examples
	switch {
	case err != nil && !isDigits(digits):
		p.report(diag.BadValue, at, "%q is not a number of bytes", text).hint("%s", hint)
	case n == 0 && err == nil:
		p.report(diag.BadValue, at, "a limit of 0 bytes would refuse every body").hint("%s", hint)
	case err != nil || int64(n) > math.MaxInt64/unit:
		p.report(diag.BadValue, at, "the limit %s is more bytes than can be counted", text).hint("%s", hint)
	default:
		return model.Limit(int64(n) * unit), true
	}
	return model.DefaultLimit, false
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// readTimeout reads the time that a handler has.
func (p *parser) readTimeout(a arg) time.Duration {
	d, err := time.ParseDuration(a.value)
	switch {
	case err != nil:
		p.report(diag.BadValue, valueOf(a), "%q is not a duration", a.value).hint("write a number with a unit, such as timeout=5s or timeout=1m30s")
	case d <= 0:
		p.report(diag.BadValue, valueOf(a), "a timeout of %s has passed before the handler starts", a.value).hint("write a duration above zero, such as timeout=5s")
	default:
		return d
	}
	return 0
}

// readStatus reads a status code of three digits.
func readStatus(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && len(text) == 3 && n >= 100 && n <= 599
}

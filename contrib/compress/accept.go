package compress

import (
	"strings"
)

// choose returns the encoder that suits the lines of an Accept-Encoding header
// best, or nil for a plain body. If the client accepts neither, acceptable is
// false.
func (l *layer) choose(lines []string) (best *encoder, acceptable bool) {
	if len(lines) == 0 {
		return nil, true
	}
	wildcard := quality(lines, "*")
	bestQuality := 0
	for i := range l.encoders {
		q := quality(lines, string(l.encoders[i].coding))
		if q == absent {
			q = wildcard
		}
		if q > bestQuality {
			best, bestQuality = &l.encoders[i], q
		}
	}
	// A plain body is accepted unless it is refused (RFC 9110 §12.5.3), but it is
	// preferred only if it is named.
	plain := quality(lines, "identity")
	if plain == absent {
		plain = wildcard
	}
	if plain > bestQuality {
		return nil, true
	}
	return best, best != nil || plain != 0
}

// absent is the quality of a coding that is not in the header.
const absent = -1

// quality returns the quality of a coding in thousandths. Of several it is the
// highest.
func quality(lines []string, coding string) int {
	found := absent
	for _, line := range lines {
		for member := range strings.SplitSeq(line, ",") {
			name, weight, weighted := strings.Cut(member, ";")
			if !isCoding(strings.Trim(name, " \t"), coding) {
				continue
			}
			q := 1000
			if weighted {
				q = parseWeight(strings.Trim(weight, " \t"))
			}
			found = max(found, q)
		}
	}
	return found
}

// isCoding reports whether a client means coding by name. To recipients, x-gzip
// is another name of gzip (RFC 9110 §8.4.1.3).
func isCoding(name, coding string) bool {
	return strings.EqualFold(name, coding) || coding == string(Gzip) && strings.EqualFold(name, "x-gzip")
}

// parseWeight reads "q=0.5" (RFC 9110 §12.4.2) in thousandths; it is absent if
// it is malformed.
func parseWeight(s string) int {
	if len(s) < len("q=0") || s[0]|0x20 != 'q' || s[1] != '=' {
		return absent
	}
	whole, fraction := s[2], s[3:]
	if fraction != "" && fraction[0] != '.' || len(fraction) > len(".000") {
		return absent
	}
	q := int(whole-'0') * 1000
	unit := 100
	for i := 1; i < len(fraction); i++ {
		if fraction[i] < '0' || fraction[i] > '9' {
			return absent
		}
		q += int(fraction[i]-'0') * unit
		unit /= 10
	}
	if whole != '0' && whole != '1' || q > 1000 {
		return absent
	}
	return q
}

package runtime

import (
	"net/url"
	"strings"
)

// maxPairs is the number of pairs that [url.ParseQuery] allows.
const maxPairs = 10000

// Pairs goes through the name=value pairs of a query or form where they stand,
// by the rules of [url.ParseQuery]: & separates, empty pairs are skipped, + is a
// space; a semicolon, a bad escape or more than 10,000 pairs make the whole
// malformed, which is one problem of the Input that it came from.
//
//	for pair := in.Query(); pair.Next(); {
//		switch pair.Name() { … pair.Value() … }
//	}
type Pairs struct {
	input   *Input
	rest    string
	name    string
	value   string
	in      In
	of      string // what is malformed: "query" or "form"
	escaped bool   // value has yet to be unescaped
	begun   bool
}

// Next goes to the next pair that is well formed, and reports whether there is
// one.
func (p *Pairs) Next() bool {
	if !p.begun && p.tooMany() {
		return false
	}
	for p.rest != "" {
		s := scanPair(p.rest)
		pair := p.rest[:s.end]
		p.rest = p.rest[min(s.end+1, len(p.rest)):]
		if s.bad {
			p.input.add(p.in, "", malformed(p.of))
			continue
		}
		if pair == "" {
			continue
		}
		p.name, p.value = pair, ""
		if s.equals >= 0 {
			p.name, p.value = pair[:s.equals], pair[s.equals+1:]
		}
		if s.nameEscaped {
			p.name = unescape(p.name)
		}
		p.escaped = s.valueEscaped
		return true
	}
	return false
}

// tooMany makes the whole malformed if it has more than maxPairs pairs.
func (p *Pairs) tooMany() bool {
	p.begun = true
	if len(p.rest) < maxPairs || strings.Count(p.rest, "&") < maxPairs {
		return false
	}
	p.rest = ""
	p.input.add(p.in, "", malformed(p.of))
	return true
}

// Name returns the name of the pair, unescaped.
func (p *Pairs) Name() string { return p.name }

// Value returns the value of the pair, unescaped. It is a part of the query
// itself when nothing in it was escaped.
func (p *Pairs) Value() string {
	if p.escaped {
		p.value, p.escaped = unescape(p.value), false
	}
	return p.value
}

// Param returns the pair as a value of its own, for slices and maps.
func (p *Pairs) Param() Param {
	return Param{name: p.name, text: p.Value(), in: p.in, count: 1}
}

// Key returns the key if the name of the pair is name[key].
func (p *Pairs) Key(name string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(p.name, name)
	if !ok || len(rest) < 2 || rest[0] != '[' || rest[len(rest)-1] != ']' {
		return "", false
	}
	return rest[1 : len(rest)-1], true
}

// A pairScan is what one pass over a pair finds.
type pairScan struct {
	end          int // of the pair: the place of its &, or of the end
	equals       int // the place of the first =, or -1
	nameEscaped  bool
	valueEscaped bool
	bad          bool // a semicolon or an escape that is none
}

func scanPair(s string) pairScan {
	scan := pairScan{end: len(s), equals: -1}
	escaped := false
	for i := range len(s) {
		switch s[i] {
		case '&':
			scan.end = i
			return scan.close(escaped)
		case '=':
			if scan.equals < 0 {
				scan.equals, scan.nameEscaped, escaped = i, escaped, false
			}
		case '+':
			escaped = true
		case '%':
			escaped = true
			if i+2 >= len(s) || !isHex(s[i+1]) || !isHex(s[i+2]) {
				scan.bad = true
			}
		case ';':
			scan.bad = true
		}
	}
	return scan.close(escaped)
}

// close says what the last escape belongs to.
func (s pairScan) close(escaped bool) pairScan {
	if s.equals < 0 {
		s.nameEscaped = escaped
	} else {
		s.valueEscaped = escaped
	}
	return s
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// unescape resolves the escapes of a text that scanPair has found well formed.
func unescape(s string) string {
	text, _ := url.QueryUnescape(s)
	return text
}

func malformed(of string) string {
	if of == "query" {
		return "malformed query"
	}
	return "malformed form"
}

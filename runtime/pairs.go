package runtime

import "strings"

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
//
// An Input goes through one query or form at a time.
type Pairs struct {
	// The state of the scan stands in the Input: to the compiler a struct that
	// held both texts and the Input would leak the one with the other, and the
	// Input could not stay on the stack.
	input *Input
}

// A pairsState is where the scan of a query or form stands.
type pairsState struct {
	rest    string // not scanned yet
	name    string // of the current pair, unescaped
	value   string // of the current pair
	in      In
	body    bool // it is a body, not a query
	begun   bool
	escaped bool // value has yet to be unescaped
}

// Next goes to the next pair that is well formed, and reports whether there is
// one.
func (p Pairs) Next() bool {
	s := &p.input.pairs
	if !s.begun {
		s.begun = true
		if tooManyPairs(s.rest) {
			s.rest = ""
			p.input.malformed()
		}
	}
	for s.rest != "" {
		scan := scanPair(s.rest)
		pair := s.rest[:scan.end]
		s.rest = s.rest[min(scan.end+1, len(s.rest)):]
		if scan.bad {
			p.input.malformed()
			continue
		}
		if pair == "" {
			continue
		}
		s.name, s.value = pair, ""
		if scan.equals >= 0 {
			s.name, s.value = pair[:scan.equals], pair[scan.equals+1:]
		}
		if scan.nameEscaped {
			s.name = unescape(s.name)
		}
		s.escaped = scan.valueEscaped
		return true
	}
	return false
}

// Name returns the name of the pair, unescaped.
func (p Pairs) Name() string { return p.input.pairs.name }

// Value returns the value of the pair, unescaped. It is a part of the query
// itself when nothing in it was escaped.
func (p Pairs) Value() string {
	s := &p.input.pairs
	if s.escaped {
		s.value, s.escaped = unescape(s.value), false
	}
	return s.value
}

// Param returns the pair as a value of its own, for slices and maps.
func (p Pairs) Param() Param {
	return Param{name: p.Name(), text: p.Value(), in: p.input.pairs.in, count: 1}
}

// Key returns the key if the name of the pair is name[key].
func (p Pairs) Key(name string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(p.Name(), name)
	if !ok || len(rest) < 2 || rest[0] != '[' || rest[len(rest)-1] != ']' {
		return "", false
	}
	return rest[1 : len(rest)-1], true
}

// malformed reports that what is scanned is malformed.
func (in *Input) malformed() {
	if in.pairs.body {
		in.add(in.pairs.in, "", "malformed form")
		return
	}
	in.add(in.pairs.in, "", "malformed query")
}

func tooManyPairs(s string) bool {
	return len(s) >= maxPairs && strings.Count(s, "&") >= maxPairs
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

// unescape resolves the escapes of a text that scanPair has found well formed.
func unescape(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '+':
			b.WriteByte(' ')
		case '%':
			b.WriteByte(unhex(s[i+1])<<4 | unhex(s[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&0xf + 9
}

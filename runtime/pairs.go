package runtime

import "strings"

// maxPairs is the number of pairs that [url.ParseQuery] allows.
const maxPairs = 10000

// Pairs goes through the name=value pairs of a query or form where they stand,
// by the rules of [url.ParseQuery]: & separates, empty pairs are skipped, + is
// a space; a semicolon, a bad escape or more than 10,000 pairs make the whole
// malformed, which is one problem of the Input that it came from.
//
//	for pair := in.Query(); pair.Next(); {
//		switch pair.Name() { … pair.Value() … }
//	}
//
// It is for generated code. An Input goes through one query or form at a time.
type Pairs struct {
	// The state of the scan stands in the Input: to the compiler a struct that
	// held both texts and the Input would leak the one with the other, and the
	// Input could not stay on the stack.
	input *Input
}

// A pairsState is where the scan of a query or form stands. The current pair is
// three places in the text rather than two strings: to store a string behind a
// pointer is work for a garbage collector that is running.
type pairsState struct {
	text    string
	next    int // the place of the next pair
	start   int // of the current pair
	equals  int // the place of its first =, or its end
	end     int
	escape  int // the place of its first % or +, if it has one
	in      In
	body    bool // it is a body, not a query
	begun   bool
	escaped bool            // the pair has escapes
	name    string          // of a pair with escapes, unescaped
	value   string          // of a pair with escapes, unescaped
	decoded strings.Builder // all texts that had escapes, one after the other
}

// Next goes to the next pair that is well formed, and reports whether there is
// one.
func (p Pairs) Next() bool {
	s := &p.input.pairs
	if !s.begun {
		s.begun = true
		if tooManyPairs(s.text) {
			s.text = ""
			p.input.malformed()
		}
	}
	for s.next < len(s.text) {
		found := s.cut()
		s.escaped = found >= isEscape
		if s.escaped && (found&isSemicolon != 0 || !s.decode()) {
			p.input.malformed()
			continue
		}
		if s.start < s.end { // there is something between two &
			return true
		}
	}
	return false
}

// Name returns the name of the pair, unescaped.
func (p Pairs) Name() string {
	s := &p.input.pairs
	if s.escaped {
		return s.name
	}
	return s.text[s.start:s.equals]
}

// Value returns the value of the pair, unescaped. It is a part of the query
// itself when nothing in the pair was escaped.
func (p Pairs) Value() string {
	s := &p.input.pairs
	if s.escaped {
		return s.value
	}
	return s.text[min(s.equals+1, s.end):s.end]
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
		in.add(in.pairs.in, "", "", "malformed form")
		return
	}
	in.add(in.pairs.in, "", "", "malformed query")
}

func tooManyPairs(s string) bool {
	return len(s) >= maxPairs && strings.Count(s, "&") >= maxPairs
}

// What a byte means between two &.
const (
	isAnd = 1 << iota
	isEquals
	isEscape
	isSemicolon
)

var pairBytes = [256]uint8{'&': isAnd, '=': isEquals, '%': isEscape, '+': isEscape, ';': isSemicolon}

// cut finds the next pair, and returns which bytes with a meaning are in it.
func (s *pairsState) cut() (found uint8) {
	text, i := s.text, s.next
	equals, escape := -1, -1
	s.start = i
	for ; i < len(text); i++ {
		meaning := pairBytes[text[i]]
		if meaning == 0 {
			continue
		}
		if meaning == isAnd {
			break
		}
		found |= meaning
		if meaning == isEquals {
			if equals < 0 {
				equals = i
			}
		} else if escape < 0 {
			escape = i
		}
	}
	if equals < 0 {
		equals = i
	}
	s.equals, s.escape, s.end, s.next = equals, escape, i, i+1
	return found
}

// decode sets name and value, and reports whether their escapes are well formed.
func (s *pairsState) decode() (ok bool) {
	name, value := s.text[s.start:s.equals], s.text[min(s.equals+1, s.end):s.end]
	first := s.escape - (s.end - len(value)) // in value
	if s.escape < s.equals {
		if name, ok = s.unescape(name, s.escape-s.start); !ok {
			return false
		}
		first = firstEscape(value)
	}
	s.name = name
	s.value, ok = s.unescape(value, first)
	return ok
}

// unescape resolves the escapes of a text, of which the first is at i, and
// reports whether they are well formed.
func (s *pairsState) unescape(text string, i int) (string, bool) {
	if i == len(text) {
		return text, true
	}
	b := &s.decoded
	if b.Cap()-b.Len() < len(text) {
		b.Grow(len(text) + s.escapedRest())
	}
	start, plain := b.Len(), 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '+':
			b.WriteString(text[plain:i])
			b.WriteByte(' ')
			plain = i + 1
		case '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return "", false
			}
			b.WriteString(text[plain:i])
			b.WriteByte(unhex(text[i+1])<<4 | unhex(text[i+2]))
			i += 2
			plain = i + 1
		}
	}
	b.WriteString(text[plain:])
	return b.String()[start:], true
}

// escapedRest returns the length of all that comes after the current pair, or 0
// if nothing in that is escaped. No more room than that is ever needed.
func (s *pairsState) escapedRest() int {
	rest := s.text[min(s.next, len(s.text)):]
	if firstEscape(rest) == len(rest) {
		return 0
	}
	return len(rest)
}

// firstEscape returns the place of the first % or +, or the end.
func firstEscape(text string) int {
	for i := range len(text) {
		if pairBytes[text[i]] == isEscape {
			return i
		}
	}
	return len(text)
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

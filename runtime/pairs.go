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

// A pairsState is where the scan of a query or form stands.
type pairsState struct {
	rest    string // not scanned yet
	name    string // of the current pair, unescaped
	value   string // of the current pair, unescaped
	in      In
	body    bool // it is a body, not a query
	begun   bool
	decoded strings.Builder // all texts that had escapes, one after the other
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
		name, value, found := s.cut()
		if found&isSemicolon != 0 {
			p.input.malformed()
			continue
		}
		if found&isEscape != 0 {
			var okName, okValue bool
			name, okName = s.unescape(name)
			value, okValue = s.unescape(value)
			if !okName || !okValue {
				p.input.malformed()
				continue
			}
		} else if name == "" && found == 0 {
			continue // nothing between two &
		}
		s.name, s.value = name, value
		return true
	}
	return false
}

// Name returns the name of the pair, unescaped.
func (p Pairs) Name() string { return p.input.pairs.name }

// Value returns the value of the pair, unescaped. It is a part of the query
// itself when nothing in it was escaped.
func (p Pairs) Value() string { return p.input.pairs.value }

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

// What a byte means between two &.
const (
	isAnd = 1 << iota
	isEquals
	isEscape
	isSemicolon
)

var pairBytes = [256]uint8{'&': isAnd, '=': isEquals, '%': isEscape, '+': isEscape, ';': isSemicolon}

// cut takes the first pair off the rest, and says which bytes with a meaning
// are in it.
func (s *pairsState) cut() (name, value string, found uint8) {
	text := s.rest
	equals, end := -1, 0
	for ; end < len(text); end++ {
		meaning := pairBytes[text[end]]
		if meaning == 0 {
			continue
		}
		if meaning == isAnd {
			break
		}
		if meaning == isEquals && equals < 0 {
			equals = end
		}
		found |= meaning
	}
	s.rest = text[min(end+1, len(text)):]
	if equals < 0 {
		return text[:end], "", found
	}
	return text[:equals], text[equals+1 : end], found
}

// unescape resolves the escapes of a text, and reports whether they are well
// formed.
func (s *pairsState) unescape(text string) (string, bool) {
	if strings.IndexByte(text, '%') < 0 && strings.IndexByte(text, '+') < 0 {
		return text, true
	}
	b := &s.decoded
	if b.Cap()-b.Len() < len(text) {
		size := len(text)
		if strings.ContainsAny(s.rest, "%+") {
			size += len(s.rest) // no more is ever needed
		}
		b.Grow(size)
	}
	start := b.Len()
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '+':
			b.WriteByte(' ')
		case '%':
			if i+2 >= len(text) || !isHex(text[i+1]) || !isHex(text[i+2]) {
				return "", false
			}
			b.WriteByte(unhex(text[i+1])<<4 | unhex(text[i+2]))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return b.String()[start:], true
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

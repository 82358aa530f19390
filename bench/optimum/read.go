package optimum

import (
	"math"
	"strconv"
	"strings"
)

// once notes which values have been read. Each has a bit.
type once struct {
	seen uint32
	bad  bool
}

func (o *once) mark(bit uint32, ok bool) {
	if !ok || o.seen&bit != 0 {
		o.bad = true
	}
	o.seen |= bit
}

// all reports whether the first n values were read well and each once.
func (o *once) all(n int) bool {
	return o.seen == 1<<n-1 && !o.bad
}

// A scanner takes an urlencoded text apart as url.ParseQuery does, but in place.
type scanner struct {
	malformed bool
	decoded   strings.Builder // all texts that had escapes, one after the other
}

// maxPairs is the number of pairs that url.ParseQuery allows.
const maxPairs = 10000

func scan(text string) scanner {
	return scanner{malformed: len(text) >= maxPairs && strings.Count(text, "&") >= maxPairs}
}

// The bytes that cut looks for.
const (
	isAnd = 1 << iota
	isEqual
	isEscape
	isSemicolon
)

var classes = [256]uint8{'&': isAnd, '=': isEqual, '%': isEscape, '+': isEscape, ';': isSemicolon}

// cut takes the first pair off text. A malformed one has no name.
func (s *scanner) cut(text string) (name, value, rest string) {
	equal, end := -1, 0
	var found uint8
	for ; end < len(text); end++ {
		class := classes[text[end]]
		if class == 0 {
			continue
		}
		if class == isAnd {
			rest = text[end+1:]
			break
		}
		if class == isEqual && equal < 0 {
			equal = end
		}
		found |= class
	}
	if equal < 0 {
		name = text[:end]
	} else {
		name, value = text[:equal], text[equal+1:end]
	}
	if found >= isEscape {
		name, value = s.decode(name, value, rest, found)
	}
	return name, value, rest
}

// decode resolves the escapes of a pair.
func (s *scanner) decode(name, value, rest string, found uint8) (string, string) {
	name, ok := s.unescape(name, rest)
	if ok {
		value, ok = s.unescape(value, rest)
	}
	if !ok || found&isSemicolon != 0 {
		s.malformed = true
		return "", ""
	}
	return name, value
}

// unescape resolves the escapes of text, without a string of its own for it.
func (s *scanner) unescape(text, rest string) (string, bool) {
	if !hasEscape(text) {
		return text, true
	}
	if s.decoded.Cap()-s.decoded.Len() < len(text) {
		size := len(text)
		if hasEscape(rest) {
			size += len(rest) // no more is ever needed
		}
		s.decoded.Grow(size)
	}
	start, plain := s.decoded.Len(), 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '+':
			s.decoded.WriteString(text[plain:i])
			s.decoded.WriteByte(' ')
			plain = i + 1
		case '%':
			if i+2 >= len(text) {
				return "", false
			}
			high, low := hex[text[i+1]], hex[text[i+2]]
			if high|low > 0xf {
				return "", false
			}
			s.decoded.WriteString(text[plain:i])
			s.decoded.WriteByte(high<<4 | low)
			i += 2
			plain = i + 1
		}
	}
	s.decoded.WriteString(text[plain:])
	return s.decoded.String()[start:], true
}

func hasEscape(text string) bool {
	for i := range len(text) {
		if classes[text[i]] == isEscape {
			return true
		}
	}
	return false
}

// hex is the value of hexadecimal digits, and 0xff of all other bytes.
var hex = func() (values [256]byte) {
	for i := range values {
		values[i] = 0xff
	}
	for i := range byte(10) {
		values['0'+i] = i
	}
	for i := range byte(6) {
		values['a'+i], values['A'+i] = 10+i, 10+i
	}
	return values
}()

// parseInt is strconv.ParseInt without its error, which allocates.
func parseInt(text string) (int64, bool) {
	digits := text
	if digits != "" && (digits[0] == '-' || digits[0] == '+') {
		digits = digits[1:]
	}
	if digits == "" {
		return 0, false
	}
	if len(digits) > 18 {
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	}
	var n int64
	for i := range len(digits) {
		digit := digits[i] - '0'
		if digit > 9 {
			return 0, false
		}
		n = n*10 + int64(digit)
	}
	if text[0] == '-' {
		n = -n
	}
	return n, true
}

func parseFloat(text string) (float64, bool) {
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil && !math.IsInf(f, 0) && !math.IsNaN(f)
}

// cookie returns the value of the one cookie with the given name, as
// http.Request.CookiesNamed understands it.
func cookie(lines []string, name string) (value string, ok bool) {
	count := 0
	for _, line := range lines {
		for line != "" {
			part := line
			if i := strings.IndexByte(line, ';'); i >= 0 {
				part, line = line[:i], line[i+1:]
			} else {
				line = ""
			}
			part = trim(part)
			if len(part) < len(name) || part[:len(name)] != name {
				continue
			}
			rest := trim(part[len(name):])
			if rest != "" && rest[0] != '=' {
				continue
			}
			if text, ok := cookieValue(strings.TrimPrefix(rest, "=")); ok {
				value = text
				count++
			}
		}
	}
	return value, count == 1
}

func trim(text string) string {
	for text != "" && (text[0] == ' ' || text[0] == '\t') {
		text = text[1:]
	}
	for text != "" && (text[len(text)-1] == ' ' || text[len(text)-1] == '\t') {
		text = text[:len(text)-1]
	}
	return text
}

func cookieValue(text string) (string, bool) {
	if len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"' {
		text = text[1 : len(text)-1]
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return "", false
		}
	}
	return text, true
}

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

// pairs scans an urlencoded text as url.ParseQuery does, but in place.
type pairs struct {
	rest        string
	name, value string
	malformed   bool
	decoded     strings.Builder // all texts that had escapes, one after the other
}

// maxPairs is the number of pairs that url.ParseQuery allows.
const maxPairs = 10000

func scan(text string) pairs {
	return pairs{rest: text, malformed: len(text) >= maxPairs && strings.Count(text, "&") >= maxPairs}
}

// The bytes that next looks for.
const (
	isAnd = 1 << iota
	isEqual
	isEscape
	isSemicolon
)

var classes = [256]uint8{'&': isAnd, '=': isEqual, '%': isEscape, '+': isEscape, ';': isSemicolon}

// next goes on to the next pair that is well formed.
func (p *pairs) next() bool {
	for p.rest != "" {
		text, equal := p.rest, -1
		var found uint8
		end := 0
		for ; end < len(text); end++ {
			class := classes[text[end]]
			if class == 0 {
				continue
			}
			if class == isAnd {
				break
			}
			if class == isEqual && equal < 0 {
				equal = end
			}
			found |= class
		}
		if end < len(text) {
			p.rest = text[end+1:]
		} else {
			p.rest = ""
		}
		if equal < 0 {
			p.name, p.value = text[:end], ""
		} else {
			p.name, p.value = text[:equal], text[equal+1:end]
		}
		if found < isEscape || p.unescape(found) {
			return true
		}
	}
	return false
}

// unescape decodes the pair and reports whether it is well formed.
func (p *pairs) unescape(found uint8) bool {
	if p.decoded.Cap() == 0 {
		size := len(p.name) + len(p.value)
		if strings.ContainsAny(p.rest, "%+") {
			size += len(p.rest) // no more is ever needed
		}
		p.decoded.Grow(size)
	}
	var ok bool
	if p.name, ok = p.decode(p.name); ok {
		p.value, ok = p.decode(p.value)
	}
	if !ok || found&isSemicolon != 0 {
		p.malformed = true
		return false
	}
	return true
}

// decode resolves the escapes of text, without a string of its own for it.
func (p *pairs) decode(text string) (string, bool) {
	start, plain := p.decoded.Len(), 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '+':
			p.decoded.WriteString(text[plain:i])
			p.decoded.WriteByte(' ')
			plain = i + 1
		case '%':
			if i+2 >= len(text) {
				return "", false
			}
			high, low := hex[text[i+1]], hex[text[i+2]]
			if high|low > 0xf {
				return "", false
			}
			p.decoded.WriteString(text[plain:i])
			p.decoded.WriteByte(high<<4 | low)
			i += 2
			plain = i + 1
		}
	}
	if plain == 0 {
		return text, true
	}
	p.decoded.WriteString(text[plain:])
	return p.decoded.String()[start:], true
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
	for i := 0; i < len(digits); i++ {
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
	for i := 0; i < len(text); i++ {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return "", false
		}
	}
	return text, true
}

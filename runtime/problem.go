package runtime

import (
	"encoding/binary"
	"net/http"
	"strconv"
	"unicode/utf8"
)

// title returns the title of a problem document, which for one without a type
// is the phrase of its status (RFC 9457 §4.2.1).
func title(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Error"
}

// writeProblem answers with a problem document (RFC 9457) in place of whatever
// was to be sent before.
func writeProblem(w http.ResponseWriter, status int, detail string, problems []Problem) {
	buf := getBuffer()
	buf.b = appendProblem(buf.b, status, detail, problems)
	if header := w.Header(); len(header) > 0 {
		delete(header, "Content-Length")
	}
	send(w, status, &contentTypeProblem, buf.b, nil)
	putBuffer(buf)
}

// appendProblem appends a problem document. If it lists problems, their number
// is its detail.
func appendProblem(b []byte, status int, detail string, problems []Problem) []byte {
	b = append(b, `{"title":"`...)
	b = append(b, title(status)...)
	b = append(b, `","status":`...)
	b = append(b, byte('0'+status/100), byte('0'+status/10%10), byte('0'+status%10))
	if len(problems) > 0 {
		b = appendProblems(b, problems)
	} else if detail != "" {
		b = append(b, `,"detail":`...)
		b = appendJSONString(b, detail)
	}
	return append(b, '}')
}

func appendProblems(b []byte, problems []Problem) []byte {
	if len(problems) == 1 {
		b = append(b, `,"detail":"1 value of the request is not valid","errors":[`...)
	} else {
		b = append(b, `,"detail":"`...)
		b = strconv.AppendInt(b, int64(len(problems)), 10)
		b = append(b, ` values of the request are not valid","errors":[`...)
	}
	for i := range problems {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendEntry(b, &problems[i])
	}
	return append(b, ']')
}

func appendEntry(b []byte, p *Problem) []byte {
	b = append(b, `{"in":"`...)
	b = append(b, p.In...)
	b = append(b, '"')
	if p.Line > 0 {
		b = append(b, `,"line":`...)
		b = strconv.AppendInt(b, int64(p.Line), 10)
	}
	if p.Name != "" {
		b = append(b, `,"name":`...)
		b = appendJSONString(b, p.Name)
	}
	b = append(b, `,"detail":`...)
	b = appendJSONString(b, p.Detail)
	return append(b, '}')
}

// isPlain holds the bytes that stand for themselves in the strings that
// encoding/json writes.
var isPlain = func() (plain [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// appendJSONString appends s as encoding/json does when it does not escape HTML:
// what JavaScript could misread is escaped, invalid UTF-8 is replaced by U+FFFD.
func appendJSONString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := plainPrefix(s); i < len(s); {
		if isPlain[s[i]] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if escape := jsonEscape(r, size); escape != "" {
			b = append(b, s[start:i]...)
			b = append(b, escape...)
			start = i + size
		} else if r < utf8.RuneSelf {
			const hex = "0123456789abcdef"
			b = append(b, s[start:i]...)
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&0xf])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// plainPrefix returns the number of bytes before the first that is not plain.
func plainPrefix(s string) int {
	i := 0
	for i+8 <= len(s) && arePlain(binary.LittleEndian.Uint64([]byte(s[i:i+8]))) {
		i += 8
	}
	for i < len(s) && isPlain[s[i]] {
		i++
	}
	return i
}

// arePlain reports whether none of the eight bytes in word is below the space, a
// quote, a backslash or beyond ASCII.
func arePlain(word uint64) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	quote, backslash := word^(ones*'"'), word^(ones*'\\')
	return (word|(word-ones*' ')|(quote-ones)|(backslash-ones))&tops == 0
}

// jsonEscape returns the escape of a rune that has one of its own.
func jsonEscape(r rune, size int) string {
	switch r {
	case '"':
		return `\"`
	case '\\':
		return `\\`
	case '\b':
		return `\b`
	case '\f':
		return `\f`
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	case '\u2028':
		return `\u2028`
	case '\u2029':
		return `\u2029`
	case utf8.RuneError:
		if size == 1 {
			return `\ufffd`
		}
	}
	return ""
}

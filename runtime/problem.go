package runtime

import (
	"net/http"
	"strconv"
	"unicode/utf8"
)

// title returns the title of a problem document, which for one without a type is
// the phrase of its status (RFC 9457 §4.2.1).
func title(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return "Error"
}

// writeProblem answers with a problem document (RFC 9457).
func writeProblem(w http.ResponseWriter, status int, detail string, problems []Problem) {
	if len(problems) > 0 {
		detail = gathered(len(problems))
	}
	buf := getBuffer()
	buf.b = appendProblemHead(buf.b, status, detail)
	for i := range problems {
		buf.b = appendProblemEntry(buf.b, i, &problems[i])
	}
	buf.b = appendProblemTail(buf.b, len(problems))
	sendProblem(w, status, buf.b)
	putBuffer(buf)
}

// sendProblem sends a document in place of whatever was to be sent before.
func sendProblem(w http.ResponseWriter, status int, document []byte) {
	delete(w.Header(), "Content-Length")
	send(w, status, contentTypeProblem, document, nil)
}

// gathered is the detail of a document that lists n problems.
func gathered(n int) string {
	if n == 1 {
		return "1 value of the request is not valid"
	}
	return strconv.Itoa(n) + " values of the request are not valid"
}

// appendProblemHead appends the document up to its errors.
func appendProblemHead(b []byte, status int, detail string) []byte {
	b = append(b, `{"title":`...)
	b = appendJSONString(b, title(status))
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(status), 10)
	if detail != "" {
		b = append(b, `,"detail":`...)
		b = appendJSONString(b, detail)
	}
	return b
}

// appendProblemEntry appends the problem with index i.
func appendProblemEntry(b []byte, i int, p *Problem) []byte {
	if i == 0 {
		b = append(b, `,"errors":[{"in":`...)
	} else {
		b = append(b, `,{"in":`...)
	}
	b = appendJSONString(b, p.In)
	if p.Name != "" {
		b = append(b, `,"name":`...)
		b = appendJSONString(b, p.Name)
	}
	b = append(b, `,"detail":`...)
	b = appendJSONString(b, p.Detail)
	return append(b, '}')
}

// appendProblemTail ends the document after n problems.
func appendProblemTail(b []byte, n int) []byte {
	if n > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

// appendJSONString appends s as encoding/json does: what HTML or JavaScript
// could misread is escaped, invalid UTF-8 is replaced by U+FFFD.
func appendJSONString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' {
				i++
				continue
			}
			b = append(b, s[start:i]...)
			switch c {
			case '"', '\\':
				b = append(b, '\\', c)
			case '\b':
				b = append(b, `\b`...)
			case '\f':
				b = append(b, `\f`...)
			case '\n':
				b = append(b, `\n`...)
			case '\r':
				b = append(b, `\r`...)
			case '\t':
				b = append(b, `\t`...)
			default:
				b = append(b, `\u00`...)
				b = append(b, hex[c>>4], hex[c&0xf])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			b = append(b, s[start:i]...)
			b = append(b, `\ufffd`...)
			start = i + size
		case r == '\u2028' || r == '\u2029':
			b = append(b, s[start:i]...)
			b = append(b, `\u202`...)
			b = append(b, hex[r&0xf])
			start = i + size
		}
		i += size
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

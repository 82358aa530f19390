package runtime

import (
	"iter"
	"strings"
)

// maxCookies is the number of cookies beyond which net/http reads none.
const maxCookies = 3000

// Cookie returns the cookie with that name. As in net/http, quotes around a
// value are not part of it and a cookie with a forbidden character is skipped.
func (in *Input) Cookie(name string) Param {
	p := Param{name: name, in: InCookie}
	lines := in.r.Header["Cookie"]
	if len(lines) == 0 || tooManyCookies(lines) {
		return p
	}
	for _, line := range lines {
		for line != "" {
			cookie := line
			if end := strings.IndexByte(line, ';'); end >= 0 {
				cookie, line = line[:end], line[end+1:]
			} else {
				line = ""
			}
			if text, ok := cookieNamed(cookie, name); ok {
				p.Set(text)
			}
		}
	}
	return p
}

// cookieNamed returns the value of a cookie if it has that name.
func cookieNamed(cookie, name string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(trimSpace(cookie), name)
	if !ok {
		return "", false
	}
	if rest = trimSpace(rest); rest == "" {
		return "", true
	}
	if rest[0] != '=' {
		return "", false
	}
	return cookieValue(rest[1:])
}

// CookieParams returns all cookies of the request, in order.
func (in *Input) CookieParams() iter.Seq[Param] {
	lines := in.r.Header["Cookie"]
	return func(yield func(Param) bool) {
		if tooManyCookies(lines) {
			return
		}
		for _, line := range lines {
			for scan := (cookieScan{rest: line}); scan.next(); {
				text, ok := cookieValue(scan.value)
				if !ok || !isToken(scan.name) {
					continue
				}
				if !yield(Param{name: scan.name, text: text, in: InCookie, count: 1}) {
					return
				}
			}
		}
	}
}

func tooManyCookies(lines []string) bool {
	total := 0
	for _, line := range lines {
		total += len(line) + 1
	}
	if total <= maxCookies {
		return false
	}
	count := 0
	for _, line := range lines {
		count += strings.Count(line, ";") + 1
	}
	return count > maxCookies
}

// A cookieScan goes through the cookies of one line where they stand.
type cookieScan struct {
	rest  string
	name  string
	value string
}

func (s *cookieScan) next() bool {
	for s.rest != "" {
		part := s.rest
		if end := strings.IndexByte(part, ';'); end >= 0 {
			part, s.rest = part[:end], part[end+1:]
		} else {
			s.rest = ""
		}
		if part = trimSpace(part); part == "" {
			continue
		}
		s.name, s.value = part, ""
		if i := strings.IndexByte(part, '='); i >= 0 {
			s.name, s.value = trimSpace(part[:i]), part[i+1:]
		}
		return true
	}
	return false
}

// trimSpace removes what net/http takes for space in a header.
func trimSpace(s string) string {
	for len(s) > 0 && isSpace(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && isSpace(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r'
}

// cookieValue returns the value without its quotes, unless a character in it is
// forbidden (RFC 6265 §4.1.1, to which net/http adds space and comma).
func cookieValue(value string) (text string, ok bool) {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	for i := range len(value) {
		if c := value[i]; c < ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return "", false
		}
	}
	return value, true
}

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isAlphanum(c) && strings.IndexByte("!#$%&'*+-.^_`|~", c) < 0 {
			return false
		}
	}
	return s != ""
}

func isAlphanum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

package middleware

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// fieldName returns the name of a field as [http.Header] has it. It panics if
// there cannot be one of that name.
func fieldName(layer, name string) string {
	if !isToken(name) {
		panic(fmt.Sprintf("middleware: %s of a header named %q", layer, name))
	}
	return http.CanonicalHeaderKey(name)
}

func fieldNames(layer string, names []string) []string {
	if len(names) == 0 {
		panic("middleware: " + layer + " without a name")
	}
	canonical := make([]string, len(names))
	for i, name := range names {
		canonical[i] = fieldName(layer, name)
	}
	return canonical
}

// copyHeader returns a copy of a header whose fields can be replaced. Their lines are
// still those of the header.
func copyHeader(h http.Header) http.Header {
	if h == nil {
		return make(http.Header)
	}
	return maps.Clone(h)
}

// A lines makes lines of fields, the first of them in place: they are not shared
// with other requests, since whoever gets a header may change it.
type lines struct {
	few  [2]string
	used int
}

// of returns the one line of a field.
func (l *lines) of(value string) []string {
	if l.used == len(l.few) {
		return []string{value}
	}
	line := l.few[l.used : l.used+1 : l.used+1]
	line[0] = value
	l.used++
	return line
}

// copies returns a copy of the lines of a field.
func (l *lines) copies(of []string) []string {
	if len(of) == 1 {
		return l.of(of[0])
	}
	return slices.Clone(of)
}

// isToken reports whether s is a token (RFC 9110 §5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c > '~' || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isFieldValue reports whether s can be the value of a field (RFC 9110 §5.5).
func isFieldValue(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

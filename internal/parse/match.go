package parse

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A glob is a package pattern with "..." in it.
type glob struct {
	prefix string // before the first "..."
	match  *regexp.Regexp
	vendor bool // it may enter vendor directories
}

// hidden stands for the element vendor in names and patterns where "..." must
// not match it.
const hidden = "\x00"

// newGlob compiles a pattern by the rules of go help packages: "..." is any
// text, "/..." at the end may be nothing, and neither enters the packages below
// an element vendor unless the pattern has that element.
func newGlob(pattern string) (glob, error) {
	if !utf8.ValidString(pattern) {
		return glob{}, errors.New("the pattern is not UTF-8")
	}
	re := hideVendor(regexp.QuoteMeta(pattern))
	if rest, ok := strings.CutSuffix(re, hidden+`/\.\.\.`); ok && (rest == "" || strings.HasSuffix(rest, "/")) {
		rest = strings.TrimSuffix(rest, "/")
		re = rest + "(/vendor|/" + hidden + `/\.\.\.)`
	}
	if rest, ok := strings.CutSuffix(re, `/\.\.\.`); ok {
		re = rest + `(/\.\.\.)?`
	}
	re = strings.ReplaceAll(re, `\.\.\.`, "[^"+hidden+"]*")
	prefix, _, _ := strings.Cut(pattern, "...")
	return glob{prefix: prefix, match: regexp.MustCompile("^" + re + "$"), vendor: strings.Contains(pattern, "vendor")}, nil
}

// matches reports whether the pattern matches a package, by its import path or
// directory.
func (g glob) matches(name string) bool {
	return g.match.MatchString(hideVendor(name))
}

// canMatchBelow reports whether the pattern can match a package or one below it.
func (g glob) canMatchBelow(name string) bool {
	return strings.HasPrefix(name, g.prefix) || strings.HasPrefix(g.prefix, name+"/")
}

// hideVendor replaces the elements vendor of a path, except for the last one.
func hideVendor(path string) string {
	if !strings.Contains(path, "vendor") {
		return path
	}
	elements := strings.Split(path, "/")
	for i, element := range elements[:len(elements)-1] {
		if element == "vendor" {
			elements[i] = hidden
		}
	}
	return strings.Join(elements, "/")
}

package parse

import (
	"fmt"
	"go/token"
	"net/http"
	"path"
	"regexp"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/diag"
)

// A pattern is the host and path of a route, in the syntax of net/http.ServeMux.
type pattern struct {
	host      string // "example.com"; usually empty
	path      string // "/users/{id}"
	wildcards []wildcard
}

// A wildcard is {name} or {name...} in a pattern. It is the span of its braces.
type wildcard struct {
	name string
	rest bool // {name...}
	stretch
}

// part returns the span of the bytes from:to of the value. It is the whole
// argument if that is written in another way than its value, with escapes.
func (a arg) part(from, to int) stretch {
	rest := int(a.end - a.valuePos)
	if quote := 1; rest != len(a.value) && rest != len(a.value)+quote {
		return stretch{a.pos, a.end}
	}
	return stretch{a.valuePos + token.Pos(from), a.valuePos + token.Pos(to)}
}

// parsePattern reads a pattern as net/http.ServeMux does, and reports what
// ServeMux would refuse. It is stricter in one thing: a path that is not clean
// is refused for every method, since only CONNECT requests could match it.
func (p *parser) parsePattern(a arg) (pattern, bool) {
	before := len(p.diags)
	pat, ok := p.segments(a)
	if why := register(http.NewServeMux(), "GET "+a.value); why != "" {
		ok = false
		if len(p.diags) == before {
			p.report(diag.BadPattern, a, "net/http refuses the pattern %s: %s", a.value, reasonOf(why))
		}
	}
	if !ok {
		return pattern{}, false
	}
	return pat, true
}

// reasonOf returns the reason for which net/http refuses a pattern, without
// what it puts before.
func reasonOf(why string) string { return beforeReason.ReplaceAllString(why, "") }

var beforeReason = regexp.MustCompile(`^parsing .*: at offset \d+: `)

// segments splits a pattern and reports the first thing that is wrong with it.
func (p *parser) segments(a arg) (pattern, bool) {
	slash := strings.IndexByte(a.value, '/')
	if a.value == "" {
		p.report(diag.BadPattern, a, "the pattern is empty").hint("write / for all paths, or /{$} for the root alone")
		return pattern{}, false
	}
	if slash < 0 {
		p.report(diag.BadPattern, a, "the pattern %s has no /", a.value).hint("a path starts with a slash: /%s", a.value)
		return pattern{}, false
	}
	pat := pattern{host: a.value[:slash], path: a.value[slash:]}
	if !p.checkHost(a, pat) || !p.checkClean(a, pat) {
		return pattern{}, false
	}
	for start := slash + 1; start <= len(a.value); {
		end := len(a.value)
		if i := strings.IndexByte(a.value[start:], '/'); i >= 0 {
			end = start + i
		}
		if strings.Contains(a.value[start:end], "{") && !p.wildcard(a, &pat, start, end) {
			return pattern{}, false
		}
		start = end + 1
	}
	return pat, true
}

func (p *parser) checkHost(a arg, pat pattern) bool {
	if i := strings.IndexByte(pat.host, '{'); i >= 0 {
		p.report(diag.BadPattern, a.part(i, len(pat.host)), "a wildcard cannot stand in the host, before the first slash").
			hint("a path starts with a slash: /%s", a.value)
		return false
	}
	if strings.HasSuffix(pat.host, ":") && strings.HasPrefix(pat.path, "//") {
		p.report(diag.BadPattern, a.part(0, len(pat.host+"//")), "a pattern has no scheme such as %s//", pat.host).
			hint("write %s", pat.path[len("//"):])
		return false
	}
	if i := strings.IndexByte(pat.host, ':'); i >= 0 {
		p.report(diag.BadPattern, a.part(i, len(pat.host)), "no request matches a host with a port: net/http matches hosts without").
			hint("write %s%s", pat.host[:i], pat.path)
		return false
	}
	if i := strings.IndexFunc(pat.host, unicode.IsSpace); i >= 0 {
		p.report(diag.BadPattern, a.part(0, len(pat.host)), "the host of a pattern, %q, has a space in it", pat.host)
		return false
	}
	return true
}

// checkClean reports a path that no request can match, because net/http
// redirects to the clean path before it matches.
func (p *parser) checkClean(a arg, pat pattern) bool {
	clean := path.Clean(pat.path)
	if strings.HasSuffix(pat.path, "/") && clean != "/" {
		clean += "/"
	}
	if clean == pat.path {
		return true
	}
	at, what := stretch{a.pos, a.end}, "."
	for offset, segments := len(pat.host)+1, strings.Split(pat.path[1:], "/"); len(segments) > 0; segments = segments[1:] {
		segment := segments[0]
		if segment == "" && len(segments) > 1 {
			at, what = a.part(offset-1, offset+1), "//"
			break
		}
		if segment == "." || segment == ".." {
			at, what = a.part(offset, offset+len(segment)), segment
			break
		}
		offset += len(segment) + 1
	}
	p.report(diag.BadPattern, at, "no request matches a path with %s in it: net/http redirects to the clean path first", what).
		hint("write %s%s", pat.host, clean)
	return false
}

// wildcard reads the segment start:end of a value, which has a brace in it.
func (p *parser) wildcard(a arg, pat *pattern, start, end int) bool {
	segment, at, last := a.value[start:end], a.part(start, end), end == len(a.value)
	if segment[0] != '{' || segment[len(segment)-1] != '}' {
		return p.partialWildcard(segment, at)
	}
	inner := segment[1 : len(segment)-1]
	name, rest := strings.CutSuffix(inner, "...")
	switch {
	case inner == "$" && last:
		return true
	case inner == "$", rest && !last:
		p.report(diag.BadPattern, at, "%s can only stand at the end of a pattern", segment)
		return false
	case name == "":
		p.report(diag.BadPattern, at, "the wildcard %s has no name", segment).hint("name it as a parameter of the function: {id}")
		return false
	case !isWildcardName(name):
		return p.badName(name, a.part(start+1, start+1+len(name)))
	}
	w := wildcard{name: name, rest: rest, stretch: at}
	for _, other := range pat.wildcards {
		if other.name == name {
			p.report(diag.BadPattern, at, "two wildcards have the name %s", name).related(other, "the first one")
			return false
		}
	}
	pat.wildcards = append(pat.wildcards, w)
	return true
}

func (p *parser) partialWildcard(segment string, at span) bool {
	n := p.report(diag.BadPattern, at, "a wildcard is everything between two slashes, not a part of it: %s", segment)
	if name, opens := strings.CutPrefix(segment, "{"); opens && isWildcardName(name) {
		n.hint("write {%s}", name)
	} else {
		n.hint("take the whole segment as one wildcard and split it in the function")
	}
	return false
}

func (p *parser) badName(name string, at span) bool {
	n := p.report(diag.BadPattern, at, "the name of a wildcard is a Go identifier, which %s is not", name)
	before, _, expression := strings.Cut(name, ":")
	switch fixed := strings.ReplaceAll(name, "-", "_"); {
	case expression && isWildcardName(before):
		n.hint("patterns have no regular expressions: write {%s} and give the parameter a type that checks its text", before)
	case isWildcardName(fixed):
		n.hint("write {%s}", fixed)
	}
	return false
}

// isWildcardName reports whether net/http accepts a name of a wildcard.
func isWildcardName(name string) bool {
	for i, c := range name {
		if !unicode.IsLetter(c) && c != '_' && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return name != ""
}

// register adds a pattern to a mux and returns why it refuses, if it does.
func register(mux *http.ServeMux, pattern string) (why string) {
	defer func() {
		if refusal := recover(); refusal != nil {
			why = fmt.Sprint(refusal)
		}
	}()
	mux.Handle(pattern, http.NotFoundHandler())
	return ""
}

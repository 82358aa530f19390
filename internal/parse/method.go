package parse

import (
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// methodNames are the methods that a route can have, besides ANY.
var methodNames = []string{
	"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY",
}

// parseMethods reads the method of a route, "GET" or "GET,POST". Of ANY it
// returns none.
func (p *parser) parseMethods(a arg) ([]string, bool) {
	if a.value == "ANY" {
		return nil, true
	}
	var methods []string
	ok, offset := true, 0
	for name := range strings.SplitSeq(a.value, ",") {
		at := a.part(offset, offset+len(name))
		offset += len(name) + len(",")
		switch {
		case name == "":
			p.report(diag.BadMethod, a, "a method is missing before or after a comma")
		case name == "ANY":
			p.report(diag.BadMethod, at, "ANY stands for every method, so it stands alone").
				hint("write ANY, or only the other methods")
		case slices.Contains(methods, name):
			p.report(diag.BadMethod, at, "the method %s is given twice", name)
		case slices.Contains(methodNames, name):
			methods = append(methods, name)
			continue
		default:
			p.unknownMethod(name, at)
		}
		ok = false
	}
	return methods, ok
}

func (p *parser) unknownMethod(name string, at span) {
	if upper := strings.ToUpper(name); upper == "ANY" || slices.Contains(methodNames, upper) {
		p.report(diag.BadMethod, at, "methods are written in capitals, not %s", name).hint("write %s", upper)
		return
	}
	n := p.report(diag.BadMethod, at, "there is no method %s", name)
	switch near, ok := diag.Nearest(name, append(slices.Clone(methodNames), "ANY")); {
	case ok:
		n.hint("did you mean %s?", near)
	case name == "*" || strings.EqualFold(name, "ALL"):
		n.hint("write ANY for every method")
	default:
		n.hint("the methods are %s, or ANY for all of them", andList(methodNames))
	}
}

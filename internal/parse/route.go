package parse

import (
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A route is one route directive of a function.
type route struct {
	model.Route
	settings
	pattern pattern // as written, without prefixes
	at      arg     // the pattern
	group   group
	status  *arg // nil without the key
	code    int  // of the status key
	name    *arg // nil without the key
	scope   *scope
	seesAll bool // something reads whichever wildcards there are
}

// String returns a route as messages name it.
func (r *route) String() string {
	methods := "ANY"
	if len(r.Methods) > 0 {
		methods = strings.Join(r.Methods, ",")
	}
	return methods + " " + r.Route.Pattern
}

// wildcards returns the names of all wildcards, those of prefixes first.
func (r *route) wildcards() []string {
	var names []string
	for _, w := range r.group.wildcards {
		names = append(names, w.name)
	}
	for _, w := range r.pattern.wildcards {
		names = append(names, w.name)
	}
	return names
}

// readRoute reads a route directive inside its group. It returns nil if there
// is no telling which requests it means.
func (p *parser) readRoute(d directive, g group) *route {
	words := d.words()
	r := &route{at: words[1], group: g, settings: p.readSettings(d, g.settings)}
	methods, ok := p.parseMethods(words[0])
	okPattern := words[1].value == "" && (g.prefix != "" || g.refused) // the prefix itself
	if !okPattern {
		r.pattern, okPattern = p.parsePattern(words[1])
	}
	p.readStatusKey(d, r)
	if a, given := d.value("name"); given {
		p.readName(a, r)
	}
	if !ok || !okPattern || !p.checkJoined(r) {
		return nil
	}
	r.Route.Methods = methods
	r.Route.Pattern = g.join(r.pattern)
	r.Route.Pos = p.fset.Position(d.pos)
	r.Route.Tags, r.Route.Labels = r.tags, r.labels
	r.Route.Deprecated, r.Route.Hidden = r.deprecated, r.hidden
	return r
}

// checkJoined reports wildcards that a pattern has in common with the prefix
// before it.
func (p *parser) checkJoined(r *route) bool {
	ok := true
	for _, w := range r.pattern.wildcards {
		if first := findPrefixWildcard(r.group.wildcards, w.name); first != nil {
			p.report(diag.BadPattern, w, "two wildcards have the name %s", w.name).
				related(first, "the one in the prefix of the group").hint("give one of them another name")
			ok = false
		}
	}
	return ok
}

func (p *parser) readStatusKey(d directive, r *route) {
	a, given := d.value("status")
	if !given {
		return
	}
	switch code, ok := readStatus(a.value); {
	case !ok:
		p.report(diag.BadValue, valueOf(a), "%q is not an HTTP status", a.value).hint("write a number from 200 to 599, such as status=201")
	case code < http.StatusOK:
		p.report(diag.BadValue, valueOf(a), "an answer with status %d says that another one follows", code).hint("write a number from 200 to 599, such as status=201")
	default:
		r.status, r.code = &a, code
	}
}

func (p *parser) readName(a arg, r *route) {
	if strings.TrimSpace(a.value) == "" {
		p.report(diag.BadValue, valueOf(a), "the name of a route is empty").hint("leave name= out to take the function's name")
		return
	}
	r.name = &a
}

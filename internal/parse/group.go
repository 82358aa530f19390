package parse

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// A group is what group directives give to the routes inside: those of the
// package, or those of the methods of one type within it.
type group struct {
	prefix    string // "/orgs/{org}"; empty for none
	refused   bool   // a prefix, so that there is no telling what the routes are
	wildcards []*prefixWildcard
	settings
}

// A prefixWildcard is a wildcard that a prefix gives to several routes. One of
// them has to read it.
type prefixWildcard struct {
	wildcard
	inUse bool // there is a route inside
	read  bool
}

// A grouping holds the groups of a package.
type grouping struct {
	pkg   group
	types map[*types.TypeName]group
	all   []*prefixWildcard
}

// readGroups reads the group directives, that of the package first.
func (p *parser) readGroups() {
	p.groups.types = map[*types.TypeName]group{}
	var first *directive
	for i, d := range p.directives {
		if _, ok := d.on.(*ast.File); d.verb != "group" || !ok {
			continue
		}
		if first != nil {
			p.report(diag.BadGroup, d, "package %s has two group directives", p.types.Name()).
				related(*first, "the first one").hint("write one of them only")
			continue
		}
		first = &p.directives[i]
		p.groups.pkg = p.readGroup(d, group{})
	}
	for _, d := range p.directives {
		if spec, ok := d.on.(*ast.TypeSpec); d.verb == "group" && ok {
			if obj, ok := p.info.Defs[spec.Name].(*types.TypeName); ok {
				p.groups.types[obj] = p.readGroup(d, p.groups.pkg)
			}
		}
	}
}

// readGroup reads a group directive inside another group.
func (p *parser) readGroup(d directive, outer group) group {
	prefix, ok := p.parsePrefix(d.words()[0])
	inner := group{
		prefix:    outer.prefix + strings.TrimSuffix(prefix.path, "/"),
		refused:   outer.refused || !ok,
		wildcards: slices.Clone(outer.wildcards),
		settings:  p.readSettings(d, outer.settings),
	}
	for _, w := range prefix.wildcards {
		if first := findPrefixWildcard(outer.wildcards, w.name); first != nil {
			p.report(diag.BadGroup, w, "the prefix of the package has a wildcard %s already", w.name).
				related(first, "the first one").hint("give one of them another name")
			inner.refused = true
			continue
		}
		added := &prefixWildcard{wildcard: w, read: !ok}
		inner.wildcards = append(inner.wildcards, added)
		p.groups.all = append(p.groups.all, added)
	}
	return inner
}

func findPrefixWildcard(among []*prefixWildcard, name string) *prefixWildcard {
	for _, w := range among {
		if w.name == name {
			return w
		}
	}
	return nil
}

// parsePrefix reads the prefix of a group, which is a path that something can
// follow. Of one that it refuses the wildcards may still be known.
func (p *parser) parsePrefix(a arg) (pattern, bool) {
	before := len(p.diags)
	switch {
	case !strings.HasPrefix(a.value, "/"):
		host, path, isHost := strings.Cut(a.value, "/")
		n := p.report(diag.BadGroup, a, "the prefix %s does not start with a slash", a.value)
		if isHost && strings.Contains(host, ".") {
			n.hint("a group has no host: write /%s, and %s in the patterns of the routes", path, host)
		} else {
			n.hint("write /%s", a.value)
		}
		a.value, a.valuePos = "/"+a.value, a.valuePos-1
	case strings.HasSuffix(a.value, "/{$}"):
		a.value = strings.TrimSuffix(a.value, "{$}")
		p.report(diag.BadGroup, a, "the prefix %s{$} ends the path, so nothing can follow it", a.value).
			hint("write %s", max(strings.TrimSuffix(a.value, "/"), "/"))
	}
	refused := len(p.diags)
	prefix, ok := p.parsePattern(a)
	if refused > before {
		p.diags = p.diags[:refused]
		return prefix, false
	}
	for i := range p.diags[before:] {
		p.diags[before+i].Code = diag.BadGroup
	}
	if n := len(prefix.wildcards); ok && n > 0 && prefix.wildcards[n-1].rest {
		w := prefix.wildcards[n-1]
		p.report(diag.BadGroup, w, "{%s...} takes the rest of the path, so nothing can follow it", w.name).
			hint("write {%s}", w.name)
		return prefix, false
	}
	return prefix, ok
}

// groupOf returns the group of a function's routes.
func (p *parser) groupOf(sig signature) group {
	if recv := sig.receiver(); recv != nil {
		if g, ok := p.groups.types[recv]; ok {
			return g
		}
	}
	return p.groups.pkg
}

// join puts the prefix of a group before the path of a pattern, as nested
// ServeMuxes would: /{$} is the prefix with a slash at its end, to which
// net/http redirects requests for the prefix itself, unless the empty pattern is
// a route. A host stays in front.
func (g group) join(pat pattern) string {
	return pat.host + g.prefix + pat.path
}

// checkPrefixes reports the wildcards of prefixes that no route inside reads.
func (p *parser) checkPrefixes() {
	for _, w := range p.groups.all {
		if w.inUse && !w.read {
			p.report(diag.UnusedWildcard, w, "no handler of the group reads the wildcard %s", w.name).
				hint("add a parameter to the handlers that need it: %s", likelyParam(w.name))
		}
	}
}

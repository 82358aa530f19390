package parse

import (
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// pathKey is the wildcard that a parameter asks for, by its own name or by that
// of a param directive.
func (t target) pathKey() string {
	if t.opts.name != nil {
		return t.opts.name.value
	}
	return t.name
}

// isPathValue reports whether a parameter is a bare scalar that stands for a
// wildcard. The parameters of a provider may stand for any.
func (p *parser) isPathValue(tg target, t types.Type) bool {
	key := tg.pathKey()
	if key == "" || !tg.bare || !p.isPlain(t) {
		return false
	}
	if tg.open {
		_, _, taken := standard(t)
		return !taken
	}
	return slices.Contains(tg.wildcards, key) || mayLack(t) && slices.Contains(tg.elsewhere, key)
}

// isPlain reports whether a type, or what an Optional of it holds, is a scalar
// and no extractor by itself.
func (p *parser) isPlain(t types.Type) bool {
	if !isScalar(t) {
		return false
	}
	if held, ok := isRuntime(t, "Optional"); ok {
		t = held
	}
	return !p.isExtractor(t)
}

// bindPathValue reads a bare scalar from the wildcard of its name.
func (p *parser) bindPathValue(tg target, t types.Type) (model.Extractor, string, bool) {
	slot, here, ok := p.ownSlot(tg, model.Path, t)
	switch {
	case !ok:
		return nil, "", false
	case !here:
		return model.Values{Source: model.Path}, whyValues(tg, model.Path, nil), true
	}
	why := "path value " + slot.Name + ": a wildcard of the pattern has its name"
	return model.Values{Source: model.Path, Slots: []model.Slot{slot}}, why, true
}

// pathName finds the wildcard that a parameter reads: the one of its name, or
// the one that there is. It is not here if the parameter is optional and only
// other routes have it.
func (p *parser) pathName(tg target, t types.Type) (name string, here, ok bool) {
	name, optional := tg.pathKey(), tg.optional || mayLack(t)
	switch {
	case slices.Contains(tg.wildcards, name), tg.open && name != "":
	case optional && slices.Contains(tg.elsewhere, name):
		return "", false, true
	case tg.opts.name != nil, slices.Contains(tg.elsewhere, name):
		p.noWildcard(tg, name)
		return "", false, false
	case len(tg.wildcards) == 1:
		name = tg.wildcards[0]
	case optional && len(tg.wildcards) == 0 && len(tg.elsewhere) > 0:
		return "", false, true
	case len(tg.wildcards) == 0 && !tg.open:
		p.noWildcard(tg, name)
		return "", false, false
	default:
		p.ambiguousPath(tg)
		return "", false, false
	}
	tg.use(name)
	return name, true, true
}

// mayLack reports whether a type can say that there was no value.
func mayLack(t types.Type) bool {
	if _, ok := isRuntime(t, "Optional"); ok {
		return true
	}
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// use notes that a wildcard is read.
func (sc *scope) use(name string) {
	if sc.used == nil {
		sc.used = make(map[string]bool)
	}
	sc.used[name] = true
}

// useAll notes that every wildcard is read, if the source is the path.
func (sc *scope) useAll(source model.Source) {
	if source != model.Path {
		return
	}
	for _, name := range sc.wildcards {
		sc.use(name)
	}
}

// noWildcard reports a parameter that asks for a wildcard the route does not
// have.
func (p *parser) noWildcard(tg target, name string) {
	at := tg.at
	if tg.opts.name != nil {
		at = valueOf(*tg.opts.name)
	}
	if name == "" {
		p.report(diag.NoSource, at, "%s has no wildcard to read", tg.route).hint("name one in the pattern: {id}")
		return
	}
	p.lacksWildcard(tg.scope, name, "%s", at)
}

// lacksWildcard reports a name that is no wildcard of the route. The spelling is
// how another one would be written there: "%s", or path:"%s".
func (p *parser) lacksWildcard(sc *scope, name, spelling string, at span) {
	n := p.report(diag.NoSource, at, "%s has no wildcard %s", sc.route, name)
	if sc.routeAt != nil {
		n.related(sc.routeAt, "the pattern")
	}
	switch near, ok := diag.Nearest(name, sc.wildcards); {
	case slices.Contains(sc.elsewhere, name):
		n.hint("%s", sc.lackingHint())
	case ok:
		sc.use(near)
		n.hint("did you mean "+spelling+"?", near)
	case len(sc.wildcards) > 0:
		n.hint("its wildcards are %s", andList(sc.wildcards))
	default:
		n.hint("put {%s} into the pattern, or read it from the query with runtime.Query", name)
	}
}

// ambiguousPath reports a scalar of the path that could be any of several
// wildcards.
func (p *parser) ambiguousPath(tg target) {
	if tg.open {
		p.report(diag.AmbiguousPath, tg.at, "it is not clear which wildcard this is, for it has no name").
			hint("name the parameter as the wildcard")
		return
	}
	n := p.report(diag.AmbiguousPath, tg.at, "it is not clear which wildcard of %s %s is: %s", tg.route, tg.what, orList(tg.wildcards))
	if tg.routeAt != nil {
		n.related(tg.routeAt, "the pattern")
	}
	if near, ok := diag.Nearest(tg.name, tg.wildcards); ok {
		tg.use(near)
		n.hint("did you mean %s?", near)
		return
	}
	if tg.name == "" {
		n.hint("name the parameter as the wildcard")
		return
	}
	n.hint("rename the parameter, or write //handlergen:param %s name=%s", tg.name, tg.wildcards[0])
}

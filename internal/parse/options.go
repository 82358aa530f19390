package parse

import "github.com/handlergen/handlergen/internal/diag"

// paramOptions collects what the param directives of a function say about its
// parameters, and reports those that name none.
func (p *parser) paramOptions(sig signature) map[string]paramOptions {
	options := map[string]paramOptions{}
	seen := map[string]arg{}
	for _, d := range p.directivesOn(sig.decl) {
		if d.verb != "param" {
			continue
		}
		name := d.words()[0]
		if first, twice := seen[name.value]; twice {
			p.report(diag.UnknownParam, name, "%s has a //handlergen:param already", name.value).
				related(first, "the first one").hint("put its keys into the first one")
			continue
		}
		seen[name.value] = name
		if d.end == name.end {
			p.report(diag.BadArguments, d, "//handlergen:param says nothing about %s", name.value).
				hint(`write name=…, default=… or "doc=…" behind it, or remove this line`)
			continue
		}
		if p.checkParamName(sig, name) {
			options[name.value] = optionsOf(d)
		}
	}
	return options
}

func optionsOf(d directive) paramOptions {
	optional := func(key string) *arg {
		if a, ok := d.value(key); ok {
			return &a
		}
		return nil
	}
	return paramOptions{name: optional("name"), def: optional("default"), doc: optional("doc")}
}

// checkParamName reports a param directive for a parameter that there is not.
func (p *parser) checkParamName(sig signature, name arg) bool {
	var names []string
	for _, e := range sig.params {
		if !e.named() {
			continue
		}
		if e.v.Name() == name.value {
			return true
		}
		names = append(names, e.v.Name())
	}
	n := p.report(diag.UnknownParam, name, "%s has no parameter %s", sig.name(), name.value)
	switch near, ok := diag.Nearest(name.value, names); {
	case ok:
		n.hint("did you mean %s?", near)
	case len(names) == 0:
		n.hint("its parameters have no names")
	default:
		n.hint("its parameters are %s", andList(names))
	}
	return false
}

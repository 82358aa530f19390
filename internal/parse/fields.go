package parse

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// fieldSlots lists what is read into the fields of a struct.
func (p *parser) fieldSlots(tg target, source model.Source, t types.Type) (slots []model.Slot, alloc []string, ok bool) {
	fields, alloc, ok := p.flatten(t, tg.typ, isWhole)
	named := make(map[string]fieldName)
	absent := false
	for _, f := range fields {
		name, read, fine := p.fieldName(f, source)
		if ok = ok && fine; !fine || !read {
			continue
		}
		sp := fieldSpot(tg, source, f, name)
		here, fine := p.checkPath(tg, sp, f)
		absent = absent || fine && !here
		if ok = ok && fine; !fine || !here {
			continue
		}
		slot, fine := p.slot(sp, f.v.Type())
		fine = fine && p.checkTwice(named, slot, name, f)
		ok = ok && fine
		slot.Field = f.selector
		slots = append(slots, slot)
	}
	if ok && len(slots) == 0 && !absent {
		p.report(diag.UnreadableType, tg.typ, "%s has no field that could be read", p.typeString(t)).
			hint("export its fields: only those are read")
		return nil, nil, false
	}
	return slots, alloc, ok
}

// isWhole reports whether an embedded field is read as a whole, not by its
// fields.
func isWhole(v *types.Var, t tag) bool {
	if slices.ContainsFunc(t.pairs, func(pair tagPair) bool { return isSourceTag(pair.key) }) {
		return true
	}
	_, wrapped := runtimeType(v.Type())
	return wrapped || isScalar(v.Type())
}

func isSourceTag(key string) bool {
	_, ok := sourceOfTag(key)
	return ok
}

// sourceOfTag returns the source that a key of struct tags names.
func sourceOfTag(key string) (source model.Source, ok bool) {
	i := slices.IndexFunc(model.Sources, func(s model.Source) bool { return s.Word() == key })
	if i < 0 {
		return "", false
	}
	return model.Sources[i], true
}

// A fieldName is the name of a field on the wire and where it is given.
type fieldName struct {
	name string
	at   span // the value of the tag, or the field
	what string
}

// fieldName reads the name of a field on the wire. A field whose tag is "-" is
// not read.
func (p *parser) fieldName(f field, source model.Source) (name fieldName, read, ok bool) {
	key := source.Word()
	value, tagged := f.tag.lookup(key)
	if !tagged {
		name = fieldName{at: f.at, what: f.what}
		name.name, ok = p.cleanName(source, lowerFirst(f.v.Name()), f.at)
		return name, true, ok && p.checkOtherTags(f, source)
	}
	if value.text == "-" {
		return fieldName{}, false, true
	}
	if !p.checkTag(f, key, value) {
		return fieldName{}, false, false
	}
	name = fieldName{at: value, what: f.what}
	name.name, ok = p.cleanName(source, value.text, value)
	return name, true, ok
}

// checkOtherTags reports a field that is named for another source only.
func (p *parser) checkOtherTags(f field, source model.Source) bool {
	for _, pair := range f.tag.pairs {
		if !isSourceTag(pair.key) || pair.value.text == "-" {
			continue
		}
		key := source.Word()
		name, _, _ := strings.Cut(pair.value.text, ",")
		p.report(diag.BadTag, pair, "%s is read from the %s, which the tag %s does not name", f.what, sourceNames[source], pair.key).
			hint("write %s:%q, or %s:\"-\" to leave it out", key, name, key)
		return false
	}
	return true
}

// checkTag reports the value of a tag that is no name.
func (p *parser) checkTag(f field, key string, value located) bool {
	name, options, ok := strings.Cut(value.text, ",")
	switch {
	case ok:
		p.report(diag.BadTag, value.part(len(name), len(value.text)), "the tag %s of %s holds a name and nothing else, not %q",
			key, f.what, value.text[len(name):]).hint("%s", optionHint(key, name, options))
	case strings.TrimSpace(value.text) != value.text:
		p.report(diag.BadTag, value, "the tag %s of %s has a space around the name", key, f.what).
			hint("write %s:%q", key, strings.TrimSpace(value.text))
	case value.text == "":
		p.report(diag.BadTag, f.tag.whole, "the tag %s of %s names nothing", key, f.what).
			hint("write %s:%q, or remove it", key, lowerFirst(f.v.Name()))
	default:
		return true
	}
	return false
}

// optionHint says how what an option of other libraries means is written here.
func optionHint(key, name, options string) string {
	plain := fmt.Sprintf("write %s:%q", key, name)
	option, value, _ := strings.Cut(options, "=")
	switch option {
	case "required":
		return plain + ": a field is required unless it is a pointer, runtime.Optional, slice or map, or has a default"
	case "omitempty", "omitzero", "optional":
		return plain + ": a pointer or runtime.Optional may be missing"
	case "default":
		return plain + fmt.Sprintf(" default:%q", value)
	}
	return plain
}

// fieldSpot is where the texts of a field are read into.
func fieldSpot(tg target, source model.Source, f field, name fieldName) spot {
	sp := spot{
		scope: tg.scope, source: source, name: name.name, what: f.what, at: f.at, typ: f.typ,
		optional: tg.optional, doc: f.doc, files: tg.files, tag: f.tag,
	}
	sp.def, sp.defaults = f.tag.lookup("default")
	sp.validate, _ = f.tag.lookup("validate")
	return sp
}

// checkPath reports a field that is named as no wildcard. It is not here if it
// may be missing and only other routes have the wildcard.
func (p *parser) checkPath(tg target, sp spot, f field) (here, ok bool) {
	switch {
	case sp.source != model.Path:
		return true, true
	case tg.open, slices.Contains(tg.wildcards, sp.name):
		tg.use(sp.name)
		return true, true
	case slices.Contains(tg.elsewhere, sp.name) && (tg.optional || mayLack(f.v.Type())):
		return false, true
	}
	if value, ok := f.tag.lookup("path"); ok {
		p.lacksWildcard(tg.scope, sp.name, "%s", value)
	} else {
		p.lacksWildcard(tg.scope, sp.name, `path:"%s"`, f.at)
	}
	return false, false
}

// checkTwice reports two fields of one name.
func (p *parser) checkTwice(named map[string]fieldName, slot model.Slot, name fieldName, f field) bool {
	key := slot.Name
	if isMap(f.v.Type()) {
		key += "[]"
	}
	first, twice := named[key]
	if !twice {
		named[key] = name
		return true
	}
	p.report(diag.BadTag, name.at, "%s and %s are both named %s", first.what, f.what, slot.Name).
		related(first.at, "%s is named here", first.what).
		hint("give one of them another name, or \"-\" to leave it out")
	return false
}

package parse

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A composite is a struct with an extractor directive.
type composite struct {
	typ     types.Type // without the pointer
	st      *types.Struct
	pointer bool // the parameter is a *typ
}

// compositeOf recognises a struct with an extractor directive, or a pointer to
// one.
func (p *parser) compositeOf(t types.Type) (composite, bool) {
	c := composite{typ: types.Unalias(t)}
	if pointer, ok := c.typ.(*types.Pointer); ok {
		c.typ, c.pointer = types.Unalias(pointer.Elem()), true
	}
	named, ok := c.typ.(*types.Named)
	if !ok || p.extractorStruct(named) == nil {
		return composite{}, false
	}
	c.st, ok = named.Underlying().(*types.Struct)
	return c, ok
}

// bindComposite reads each field of a struct from its own source.
func (p *parser) bindComposite(tg target, c composite) (model.Extractor, string, bool) {
	if slices.ContainsFunc(tg.inside, func(outer types.Type) bool { return types.Identical(outer, c.typ) }) {
		p.report(diag.ExtractorCycle, tg.typ, "%s has a field of its own type", p.typeString(c.typ))
		return nil, "", false
	}
	spelled, ok := p.typeOf(c.typ, tg.typ)
	if !ok {
		return nil, "", false
	}
	fields, alloc, ok := p.flatten(c.typ, tg.typ, p.isOwnField)
	if ok && len(fields) == 0 {
		p.report(diag.BadExtractor, tg.typ, "%s has no field to read", p.typeString(c.typ)).
			hint("give it exported fields with tags or of extractor types")
		return nil, "", false
	}
	out := model.Composite{Type: spelled, Pointer: c.pointer, Alloc: alloc, Validate: validates(c.typ), Said: p.saidOfType(c.typ)}
	tg.inside = append(slices.Clip(tg.inside), c.typ)
	var read []field
	for _, f := range fields {
		param, isRead, bound := p.bindField(tg, f)
		if ok = ok && bound; isRead && bound {
			out.Fields, read = append(out.Fields, param), append(read, f)
		}
	}
	return out, "each field from its own source", ok && p.checkFieldBodies(out.Fields, read)
}

// isOwnField reports whether an embedded field of a composite is read as a
// whole: by its tag, or because its type is an extractor.
func (p *parser) isOwnField(v *types.Var, t tag) bool {
	return isWhole(v, t) || p.isExtractor(v.Type())
}

// isExtractor reports whether a type has an extractor function, an extractor
// directive, or a method that reads it.
func (p *parser) isExtractor(t types.Type) bool {
	_, composed := p.compositeOf(t)
	_, extracts := customOf(t)
	return p.findProvider(t) != nil || composed || extracts
}

// bindField reads one field of a composite: a value that its tag names, or what
// its type extracts.
func (p *parser) bindField(tg target, f field) (param model.Param, read, ok bool) {
	param = model.Param{Name: f.selector, Pos: p.fset.Position(f.at.Pos()), Doc: f.doc}
	source, named, ok := p.fieldSource(f)
	if !ok {
		return param, false, false
	}
	switch {
	case named:
		param.From, param.Why, read, ok = p.bindNamed(tg, f, source)
	case p.isUnnamed(f.v.Type()):
		ok = p.refuseUnnamed(f)
	default:
		read = true
		param.From, param.Why, ok = p.bindExtracted(tg, f)
	}
	if read && ok {
		param.Type, ok = p.typeOf(f.v.Type(), f.typ)
	}
	return param, read, ok
}

// fieldSource finds the one source that the tag of a field names.
func (p *parser) fieldSource(f field) (source model.Source, named, ok bool) {
	var first tagPair
	for _, pair := range f.tag.pairs {
		of, ok := sourceOfTag(pair.key)
		switch {
		case !ok:
			continue
		case of == model.FormSource:
			p.report(diag.BadTag, pair, "%s cannot be read from a form by itself", f.what).
				hint("make the form a field of its own: Form runtime.Form[T]")
			return "", false, false
		case named:
			p.report(diag.BadTag, pair, "%s has two sources, %s and %s", f.what, first.key, pair.key).
				related(first, "the first one").hint("remove one of them")
			return "", false, false
		}
		first, source, named = pair, of, true
	}
	return source, named, true
}

// bindNamed reads a field from the values of its name.
func (p *parser) bindNamed(tg target, f field, source model.Source) (from model.Extractor, why string, read, ok bool) {
	name, read, ok := p.fieldName(f, source)
	if !ok || !read {
		return nil, "", false, ok
	}
	sp := fieldSpot(tg, source, f, name)
	sp.optional = false
	here, ok := p.checkPath(tg, sp, f)
	if !ok || !here {
		return nil, "", false, ok
	}
	if _, ok := wrappedSource(f.v.Type()); ok {
		p.report(diag.BadTag, f.tag.whole, "%s has two sources, its tag and its type", f.what).hint("%s", p.tagHint(f))
		return nil, "", false, false
	}
	slot, ok := p.slot(sp, f.v.Type())
	return model.Values{Source: source, Slots: []model.Slot{slot}}, source.Word() + " value " + slot.Name, true, ok
}

// isUnnamed reports whether a field without a tag could only be read from named
// texts.
func (p *parser) isUnnamed(t types.Type) bool {
	_, _, taken := standard(t)
	return !taken && (p.isPlain(t) || isList(t) && !p.isExtractor(t))
}

// isList reports whether a type is a slice of scalars.
func isList(t types.Type) bool {
	slice, ok := t.Underlying().(*types.Slice)
	return ok && isScalar(slice.Elem())
}

func (p *parser) refuseUnnamed(f field) bool {
	p.report(diag.NoSource, f.at, "%s comes from nowhere: no tag names its source", f.what).
		hint("write query:%q, or path, header or cookie instead of query", lowerFirst(f.v.Name()))
	return false
}

// bindExtracted reads a field of an extractor type.
func (p *parser) bindExtracted(tg target, f field) (model.Extractor, string, bool) {
	for _, useless := range []struct {
		key  string
		code diag.Code
	}{{"default", diag.BadDefault}, {"validate", diag.BadRule}} {
		if value, ok := f.tag.lookup(useless.key); ok {
			p.report(useless.code, value, "the tag %s of %s has no effect: the field is an extractor of its own", useless.key, f.what).
				hint("%s", p.tagHint(f))
			return nil, "", false
		}
	}
	inner := target{scope: tg.scope, name: lowerFirst(f.v.Name()), what: f.what, at: f.at, typ: f.typ, inside: tg.inside}
	from, why, ok := p.bindType(inner, f.v.Type())
	return from, why, ok && p.checkHeld(inner, from)
}

// wrappedSource returns the source that a wrapper of values names:
// runtime.Query[T].
func wrappedSource(t types.Type) (model.Source, bool) {
	w, _ := runtimeType(t)
	for _, source := range model.PlainSources {
		if w.name == string(source) {
			return source, true
		}
	}
	return "", false
}

// tagHint says where a tag of a field of an extractor type belongs.
func (p *parser) tagHint(f field) string {
	source, ok := wrappedSource(f.v.Type())
	if !ok {
		return "put it on the fields of " + p.typeString(f.v.Type())
	}
	w, _ := runtimeType(f.v.Type())
	name := lowerFirst(f.v.Name())
	if value, ok := f.tag.lookup(source.Word()); ok {
		name = value.text
	}
	return fmt.Sprintf("write %s %s with %s:%q", f.v.Name(), p.typeString(w.args[0]), source.Word(), name)
}

// checkFieldBodies reports fields after the one that reads the body.
func (p *parser) checkFieldBodies(params []model.Param, read []field) bool {
	ok := true
	var body *field
	for i, param := range params {
		f := read[i]
		reads := readsBody(param.From, p.out.Providers)
		switch {
		case body != nil && reads:
			p.report(diag.TwoBodies, f.at, "%s reads the request body, which %s has already read", f.what, body.what).
				related(body.at, "%s reads it here", body.what).
				hint("put both into one struct")
			ok = false
		case body != nil:
			p.report(diag.BodyNotLast, body.at, "%s reads the request body before %s is read", body.what, f.what).
				related(f.at, "%s comes after it", f.what).
				hint("make %s the last field", body.v.Name())
			return false
		case reads:
			body = &f
		}
	}
	return ok
}

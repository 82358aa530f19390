package parse

import (
	"fmt"
	"go/types"
	"net/http"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A spot is one place that named texts are read into: a parameter or a field.
type spot struct {
	*scope
	source   model.Source
	name     string  // on the wire; empty for a map of all names
	what     string  // what messages call it: "id", "ListQuery.Limit"
	at       span    // the parameter or field
	typ      span    // its type
	def      located // text to read when there is none
	defaults bool    // there is a default
	validate located
	optional bool // it stands in a runtime.Optional
	whole    bool // it is the whole T of a wrapper, not a field
	files    bool // it may be a file
	tag      tag  // of the field
	doc      string
}

// sourceNames are what messages call the sources of named texts.
var sourceNames = map[model.Source]string{
	model.Path: "path", model.Query: "query", model.Headers: "headers",
	model.Cookie: "cookies", model.FormSource: "form",
}

// bindValues reads named texts of one source: runtime.Path[T], Query[T],
// Header[T] and Cookie[T].
func (p *parser) bindValues(tg target, source model.Source, t types.Type) (model.Extractor, string, bool) {
	slots, alloc, ok := p.slotsOf(tg, source, t)
	if !ok {
		return nil, "", false
	}
	from := model.Values{Source: source, Wrapped: true, Slots: slots, Alloc: alloc, Validate: isStruct(t) && validates(t)}
	return from, whyValues(tg, source, slots), true
}

// bindForm reads an urlencoded form: runtime.Form[T]. It is the query when all
// methods of the route are known to have no body.
func (p *parser) bindForm(tg target, t types.Type) (model.Extractor, string, bool) {
	slots, alloc, ok := p.slotsOf(tg, model.FormSource, t)
	if !ok {
		return nil, "", false
	}
	why := whyValues(tg, model.FormSource, slots)
	hasBody := func(method string) bool { return method != http.MethodGet && method != http.MethodHead }
	if len(tg.methods) > 0 && !slices.ContainsFunc(tg.methods, hasBody) {
		from := model.Values{Source: model.Query, Wrapped: true, Slots: slots, Alloc: alloc, Validate: isStruct(t) && validates(t)}
		return from, why + ", which is the query, for the request has no body", true
	}
	return model.Form{Slots: slots, Alloc: alloc, Validate: isStruct(t) && validates(t)}, why, true
}

// whyValues says what is read, in one sentence.
func whyValues(tg target, source model.Source, slots []model.Slot) string {
	stem := source.Word()
	if len(slots) == 1 && slots[0].Field == "" {
		switch name := slots[0].Name; {
		case name == "":
			return fmt.Sprintf("every %s value", stem)
		case source == model.Path && name != tg.name && tg.opts.name == nil:
			return fmt.Sprintf("path value %s: the one wildcard of the pattern", name)
		default:
			return fmt.Sprintf("%s value %s", stem, name)
		}
	}
	if len(slots) == 0 {
		return "nothing: the pattern has no such wildcard"
	}
	return fmt.Sprintf("%s values by field: %s", stem, strings.Join(slotNames(slots), ", "))
}

func slotNames(slots []model.Slot) []string {
	names := make([]string, len(slots))
	for i, slot := range slots {
		names[i] = slot.Name
	}
	return names
}

// slotsOf lists what is read into a T: its fields if it is a struct, else the
// value itself.
func (p *parser) slotsOf(tg target, source model.Source, t types.Type) (slots []model.Slot, alloc []string, ok bool) {
	if isInvalid(t) {
		p.refuseInvalid(tg.what, tg.typ)
		return nil, nil, false
	}
	if isStruct(t) {
		if !p.checkUnnamed(tg, model.Values{}) {
			return nil, nil, false
		}
		return p.fieldSlots(tg, source, t)
	}
	slot, here, ok := p.ownSlot(tg, source, t)
	if ok && here {
		slots = []model.Slot{slot}
	}
	return slots, nil, ok
}

// isStruct reports whether a type is a struct that is read by its fields.
func isStruct(t types.Type) bool {
	_, wrapped := runtimeType(t)
	_, ok := t.Underlying().(*types.Struct)
	return ok && !wrapped && readerFunc(t) == ""
}

// isMap reports whether a type, or what an Optional of it holds, is read as a
// map.
func isMap(t types.Type) bool {
	if held, ok := isRuntime(t, "Optional"); ok {
		t = held
	}
	_, ok := t.Underlying().(*types.Map)
	return ok && readerFunc(t) == ""
}

// ownSlot is the slot of a parameter that is read as a whole. It is not here
// if it is optional and the route lacks its wildcard.
func (p *parser) ownSlot(tg target, source model.Source, t types.Type) (slot model.Slot, here, ok bool) {
	sp := spot{
		scope: tg.scope, source: source, what: tg.what, at: tg.at, typ: tg.typ, optional: tg.optional,
		whole: true,
	}
	if doc := tg.opts.doc; doc != nil {
		sp.doc = doc.value
	}
	if def := tg.opts.def; def != nil {
		sp.defaults, sp.def = true, located{text: def.value, whole: valueOf(*def)}
	}
	switch {
	case isMap(t) && tg.opts.name == nil:
		tg.useAll(source)
		here, ok = true, true
	case source == model.Path:
		sp.name, here, ok = p.pathName(tg, t)
	default:
		sp.name, ok = p.wireName(tg, source)
		here = ok
	}
	if !ok || !here {
		return model.Slot{}, false, ok
	}
	slot, ok = p.slot(sp, t)
	return slot, true, ok
}

// wireName is the name of the one value that a parameter is read from.
func (p *parser) wireName(tg target, source model.Source) (string, bool) {
	name, at := tg.name, tg.at
	if tg.opts.name != nil {
		name, at = tg.opts.name.value, valueOf(*tg.opts.name)
	}
	switch {
	case name != "":
	case tg.opts.name != nil:
		p.report(diag.BadKey, at, "name= is empty, and a %s value is read by name", source.Word()).
			hint("write name=%s, or remove it", tg.name)
		return "", false
	default:
		p.report(diag.NoSource, at, "a %s value is read by name, and the parameter has none", source.Word()).
			hint("name the parameter as the value")
		return "", false
	}
	return p.cleanName(source, name, at)
}

// cleanName checks a name on the wire, and writes headers as net/http does.
func (p *parser) cleanName(source model.Source, name string, at span) (string, bool) {
	switch source {
	case model.Headers, model.Cookie:
		if !isToken(name) {
			p.report(diag.BadTag, at, "%q cannot be the name of a %s", name, source.Word())
			return "", false
		}
	}
	if source == model.Headers {
		return http.CanonicalHeaderKey(name), true
	}
	return name, true
}

// isToken reports whether a name is a token of RFC 9110, as those of headers
// and cookies are.
func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return c <= ' ' || c >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c)
	})
}

// slot says how the texts of one name are read into a t.
func (p *parser) slot(sp spot, t types.Type) (model.Slot, bool) {
	shape, ok := p.shapeOf(sp, t)
	if !ok {
		return model.Slot{}, false
	}
	spelled, ok := p.typeOf(t, sp.typ)
	if !ok {
		return model.Slot{}, false
	}
	p.describe(t, model.Texted, spelled)
	slot := model.Slot{Name: sp.name, Type: spelled, Shape: shape, Doc: sp.doc, Deprecated: isDeprecated(sp.doc)}
	if example, ok := sp.tag.lookup("example"); ok {
		slot.Example = p.exampleAt(p.fset, example)
	}
	_, single := shape.(model.Single)
	slot.Required = single && !sp.defaults
	checked := p.setDefault(&slot, sp, t)
	ruled := p.setRules(&slot, sp, t)
	return slot, checked && ruled && p.checkBroken(slot, sp, t)
}

// shapeOf chooses how texts become a t.
func (p *parser) shapeOf(sp spot, t types.Type) (model.Shape, bool) {
	if isInvalid(t) {
		p.refuseInvalid(sp.what, sp.typ)
		return nil, false
	}
	if shape, fits, ok := p.fileShape(sp, t); fits {
		return shape, ok
	}
	if held, ok := isRuntime(t, "Optional"); ok {
		if shape, fits, ok := p.optionalOf(sp, held); fits {
			return shape, ok
		}
	}
	if readerFunc(t) != "" {
		reader, ok := p.reader(t, sp.typ)
		return model.Single{Reader: reader}, ok
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok && readerFunc(pointer.Elem()) != "" {
		reader, ok := p.reader(pointer.Elem(), sp.typ)
		return model.Pointed{Reader: reader}, ok
	}
	if shape, fits, ok := p.manyOf(sp, t); fits {
		return shape, ok
	}
	p.refuseType(sp, t)
	return nil, false
}

// optionalOf is the shape of a runtime.Optional of a scalar, slice or map.
func (p *parser) optionalOf(sp spot, held types.Type) (shape model.Shape, fits, ok bool) {
	if readerFunc(held) != "" {
		reader, ok := p.reader(held, sp.typ)
		return model.Optioned{Reader: reader}, true, ok
	}
	many, fits, ok := p.manyOf(sp, held)
	return model.OptionedMany{Of: many}, fits, ok
}

// manyOf is the shape of a slice or map, if it is one of scalars.
func (p *parser) manyOf(sp spot, t types.Type) (shape model.Shape, fits, ok bool) {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return p.listOf(sp, u)
	case *types.Map:
		return p.dictOf(sp, u)
	}
	return nil, false, false
}

// listOf is the shape of a slice, if it is one of scalars or of pointers to
// them. A []byte is not taken for a list of numbers.
func (p *parser) listOf(sp spot, slice *types.Slice) (shape model.Shape, fits, ok bool) {
	elem := slice.Elem()
	pointer, pointed := elem.Underlying().(*types.Pointer)
	if pointed {
		elem = pointer.Elem()
	}
	if readerFunc(elem) == "" || isBytes(slice) {
		return nil, false, false
	}
	reader, ok := p.reader(elem, sp.typ)
	return model.List{Reader: reader, Pointed: pointed}, true, ok
}

// dictOf is the shape of a map from names to scalars, or to slices of them.
func (p *parser) dictOf(sp spot, m *types.Map) (shape model.Shape, fits, ok bool) {
	if sp.name != "" && !hasKeys(sp.source) || readerFunc(m.Key()) != "ReadString" {
		return nil, false, false
	}
	elem := m.Elem()
	slice, isSlice := elem.Underlying().(*types.Slice)
	isSlice = isSlice && readerFunc(elem) == ""
	if isSlice {
		elem = slice.Elem()
	}
	if readerFunc(elem) == "" || isSlice && isBytes(slice) {
		return nil, false, false
	}
	reader, readable := p.reader(elem, sp.typ)
	keyType, keyed := p.typeOf(m.Key(), sp.typ)
	elemType, spelled := p.typeOf(m.Elem(), sp.typ)
	return model.Dict{Key: keyType, Reader: reader, Elem: elemType, List: isSlice}, true, readable && keyed && spelled
}

// hasKeys reports whether names of a source can have keys, as in name[key].
func hasKeys(source model.Source) bool {
	return source == model.Query || source == model.FormSource
}

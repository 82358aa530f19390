package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// A slot is one place that named texts are read into.
type slot struct {
	model.Slot
	of     *values
	place  string // "query.Value.Limit"
	stem   string // what a variable for it is named after
	param  string // variable with the text; empty if there is none
	done   bool   // of a list or map: its texts have been collected
	holder        // the runtime.Optional around a list or map
}

// A holder is a runtime.Optional whose value is a slot.
type holder struct {
	whole     string // "query.Value.Tags"; empty if there is none
	wholeType model.Type
}

// values are slots that are read together.
type values struct {
	source   model.Source
	target   *target
	base     string // place that the slots stand in: "query.Value"
	slots    []*slot
	alloc    []string
	validate bool
	optional bool // the target is a runtime.Optional
	open     bool // the target is declared and allocated
}

func newValues(source model.Source, t *target, base string, slots []model.Slot) *values {
	v := &values{source: source, target: t, base: base}
	for _, s := range slots {
		place, stem := base, t.stem
		if s.Field != "" {
			place, stem = base+"."+s.Field, s.Field
		}
		v.slots = append(v.slots, newSlot(s, v, place, stem))
	}
	return v
}

// newSlot makes a slot of that place. What an Optional of many texts holds is
// filled as a list or map of its own.
func newSlot(of model.Slot, v *values, place, stem string) *slot {
	s := &slot{Slot: of, of: v, place: place, stem: stem}
	if many, ok := of.Shape.(model.OptionedMany); ok {
		s.Shape, s.Type = many.Of, elem(of.Type)
		s.holder, s.place = holder{place, of.Type}, place+".Value"
	}
	return s
}

// valueSteps plans the reading of path, query, header or cookie values.
func (f *function) valueSteps(from model.Values, t *target, optional bool) []step {
	base := t.place
	if optional {
		base += ".Value"
	}
	if from.Wrapped {
		base += ".Value"
	}
	v := newValues(from.Source, t, base, from.Slots)
	v.alloc, v.validate, v.optional = from.Alloc, from.Validate, optional
	s := step{gathers: len(v.slots) > 0, read: func() { f.readValues(v) }}
	if from.Source == model.Query {
		s.slots = v.slots
	}
	return []step{s}
}

// openValues makes the target ready for its slots.
func (f *function) openValues(v *values) {
	if !v.open {
		v.open = true
		f.declare(v.target)
		f.allocate(v.base, v.alloc)
	}
}

// readValues reads the slots, after the scan if there is one.
func (f *function) readValues(v *values) {
	switch {
	case v.optional:
		f.readOptionalValues(v)
	case v.isPlain():
		f.readPlain(v)
	default:
		f.openValues(v)
		for _, s := range v.slots {
			f.readSlot(s)
		}
		f.validate(v)
	}
}

// isPlain reports whether the target is a scalar, or a wrapper of one, that can
// be declared by reading it.
func (v *values) isPlain() bool {
	if v.target.declared || len(v.slots) != 1 || v.slots[0].Field != "" {
		return false
	}
	_, single := v.slots[0].Shape.(model.Single)
	return single && !v.slots[0].guarded()
}

// guarded reports whether a slot is left alone when there is no text for it.
func (s *slot) guarded() bool { return !s.Required && s.Default == "" }

func (f *function) readPlain(v *values) {
	s := v.slots[0]
	f.prepareSlot(s)
	value := f.readText(s.Shape.(model.Single).Reader, f.text(s))
	if v.base != v.target.place {
		value = f.wrap(v.target.typ, value)
	}
	f.assign(v.target, value)
	f.rules(s.Rules, f.slotSubject(s))
	f.validate(v)
}

// prepareSlot puts the text of a slot into a variable if it is needed more than
// once.
func (f *function) prepareSlot(s *slot) {
	if s.param == "" && s.isScalar() && (s.of.optional || len(s.Rules) > 0) {
		f.add(f.setParam(s))
	}
}

// setParam writes the declaration of a variable for the text of a slot.
func (f *function) setParam(s *slot) *jen.Statement {
	text := f.findText(s)
	s.param = f.pickParam(s)
	return jen.Id(s.param).Op(":=").Add(text)
}

// pickParam takes a name for the text of a slot.
func (f *function) pickParam(s *slot) string {
	name := local(s.stem)
	return f.pick(name, name+"Param", name+"Text")
}

// isScalar reports whether one text is wanted.
func (s *slot) isScalar() bool {
	switch s.Shape.(type) {
	case model.Single, model.Pointed, model.Optioned:
		return true
	}
	return false
}

// findText writes the runtime.Param of a slot, or of all its texts.
func (f *function) findText(s *slot) *jen.Statement {
	switch {
	case s.param != "":
		return jen.Id(s.param)
	case s.of.source == model.Query, s.of.source == model.FormSource:
		return f.rt(string(s.of.source) + "Param").Call(quote(s.Name))
	}
	return f.in(string(s.of.source)).Call(quote(s.Name))
}

// text writes the runtime.Param of a slot, with its default.
func (f *function) text(s *slot) *jen.Statement {
	if s.Default != "" {
		return f.findText(s).Dot("Or").Call(quote(s.Default))
	}
	return f.findText(s)
}

// readText writes the reading of a text as a scalar.
func (f *function) readText(reader model.Reader, text *jen.Statement) *jen.Statement {
	fn := f.rt(reader.Func)
	if reader.Generic() {
		fn.Types(f.spell(reader.Type))
	}
	return fn.Call(f.inAddr(), text)
}

// readSlot reads a slot into its place. It has one case for each shape.
func (f *function) readSlot(s *slot) {
	if !s.guarded() {
		f.prepareSlot(s)
	}
	switch shape := s.Shape.(type) {
	case model.Single:
		f.ifPresent(s, func() {
			f.add(raw(s.place).Op("=").Add(f.readText(shape.Reader, f.text(s))))
			f.rules(s.Rules, f.slotSubject(s))
		})
	case model.Pointed:
		f.ifPresent(s, func() { f.readPointed(s, shape) })
	case model.Optioned:
		f.ifPresent(s, func() {
			f.add(jen.List(raw(s.place+".Value"), raw(s.place+".Present")).Op("=").
				List(f.readText(shape.Reader, f.text(s)), f.yes()))
			f.rules(held(s.Rules, model.HolderOptional), f.slotSubject(s).field("Value"))
		})
	case model.List, model.Dict:
		f.collect(s)
		if s.whole != "" {
			f.add(raw(s.whole + ".Present").Op("=").Add(f.notNil(s.place)))
		}
		f.requireSlot(s)
		f.rules(s.Rules, f.slotSubject(s))
	case model.OneFile:
		f.readFiles(s, "File")
	case model.ManyFiles:
		f.readFiles(s, "Files")
	default:
		panic(fmt.Sprintf("emit: unhandled shape %T", shape))
	}
}

// readFiles takes the files of a slot from what the body had.
func (f *function) readFiles(s *slot, method string) {
	f.add(raw(s.place).Op("=").Add(f.in(method).Call(quote(s.Name))))
	f.requireSlot(s)
	f.rules(s.Rules, f.slotSubject(s))
}

// requireSlot reports a slot of many texts or of files for which there is none.
func (f *function) requireSlot(s *slot) {
	if s.Required {
		f.add(jen.If(f.isNil(s.place)).Block(f.in("Invalid").Call(f.findText(s), quote(isMissing.rule), quote("is missing"))))
	}
}

// isFile reports whether a shape is one of files, which are no texts.
func isFile(shape model.Shape) bool {
	switch shape.(type) {
	case model.OneFile, model.ManyFiles:
		return true
	}
	return false
}

// ifPresent reads a slot if there is a text for it, or if there has to be one.
func (f *function) ifPresent(s *slot, read func()) {
	if !s.guarded() {
		read()
		return
	}
	f.ifText(s, read)
}

// ifText writes what is done if there is a text for a slot.
func (f *function) ifText(s *slot, read func()) {
	if s.param != "" {
		f.add(jen.If(jen.Id(s.param).Dot("Present").Call()).Block(f.block(read)...))
		return
	}
	var statement *jen.Statement
	f.block(func() {
		set := f.setParam(s)
		statement = jen.If(set, jen.Id(s.param).Dot("Present").Call()).Block(f.block(read)...)
	})
	f.add(statement)
	s.param = ""
}

func (f *function) readPointed(s *slot, shape model.Pointed) {
	value := f.pick("value", local(s.stem)+"Value")
	f.add(jen.Id(value).Op(":=").Add(f.readText(shape.Reader, f.text(s))))
	f.rules(held(s.Rules, model.HolderPointer), f.slotSubject(s).variable(value))
	f.add(raw(s.place).Op("=").Op("&").Id(value))
}

// held takes the rules for what a pointer or Optional holds out of their holder,
// where it is known to hold something.
func held(rules []model.Rule, holder model.Holder) []model.Rule {
	var list []model.Rule
	for _, r := range rules {
		if inner, ok := r.(model.IfSet); ok && inner.Holder == holder {
			list = append(list, inner.Rules...)
		} else {
			list = append(list, r)
		}
	}
	return list
}

// slotSubject is the value of a slot, as rules see it.
func (f *function) slotSubject(s *slot) subject {
	if s.whole != "" {
		return subject{place: plainPlace(s.whole), typ: s.wholeType, spot: paramSpot{f, s}}
	}
	return subject{place: plainPlace(s.place), typ: s.Type, spot: paramSpot{f, s}}
}

// validate calls the Validate method of the whole value.
func (f *function) validate(v *values) {
	switch {
	case !v.validate:
	case len(v.slots) == 1 && v.slots[0].Field == "":
		f.add(f.in("Validate").Call(f.findText(v.slots[0]), raw("&"+v.base)))
	default:
		f.add(f.in("ValidateAll").Call(f.rt("In"+string(v.source)), raw("&"+v.base)))
	}
}

// readOptionalValues reads values that may be absent all together.
func (f *function) readOptionalValues(v *values) {
	f.openValues(v)
	if s := v.slots; len(s) == 1 && s[0].isScalar() && s[0].param == "" {
		f.ifText(s[0], func() { f.fillOptional(v) })
		return
	}
	var found []jen.Code
	for _, s := range v.slots {
		f.prepareSlot(s)
		if s.isScalar() {
			found = append(found, jen.Id(s.param).Dot("Present").Call())
		} else {
			f.collect(s)
			found = append(found, f.notNil(s.place))
		}
	}
	if len(found) == 0 {
		return
	}
	f.add(jen.If(joined("||", found)).Block(f.block(func() { f.fillOptional(v) })...))
}

// fillOptional reads values of which at least one is there.
func (f *function) fillOptional(v *values) {
	for _, s := range v.slots {
		f.readSlot(s)
	}
	f.validate(v)
	f.add(raw(v.target.place + ".Present").Op("=").Add(f.yes()))
}

// joined are conditions with an operator between them.
func joined(operator string, conditions []jen.Code) *jen.Statement {
	all := jen.Null()
	for i, c := range conditions {
		if i > 0 {
			all.Op(operator)
		}
		all.Add(c)
	}
	return all
}

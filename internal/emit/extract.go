package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A step is one part of reading parameters, in order.
type step struct {
	barrier bool    // problems gathered so far are answered first
	gathers bool    // it may gather problems
	slots   []*slot // what it needs of the query
	read    func()  // writes it; nil if there is nothing to write
}

// run writes steps. The query is scanned once for all steps between two
// barriers.
func (f *function) run(steps []step) {
	for i, s := range steps {
		if s.barrier {
			f.checkpoint()
		}
		if len(s.slots) > 0 && !f.scanned {
			f.scanQuery(segmentSlots(steps[i:]))
			f.scanned = true
		}
		if s.read != nil {
			s.read()
		}
		f.gathers = f.gathers || s.gathers
	}
}

// segmentSlots lists what steps need of the query before the next barrier.
func segmentSlots(steps []step) []*slot {
	var slots []*slot
	for i, s := range steps {
		if s.barrier && i > 0 {
			break
		}
		slots = append(slots, s.slots...)
	}
	return slots
}

// A target is where a value goes.
type target struct {
	place    string     // a local variable, or a place below one: "login.Body"
	stem     string     // what variables on the way to it are named after
	typ      model.Type // to declare the variable with
	declared bool       // it is there already
}

// below is a field of the target, which is there.
func (t *target) below(field string, typ model.Type) *target {
	return &target{place: t.place + "." + field, stem: local(field), typ: typ, declared: true}
}

// declare declares the variable unless it is there.
func (f *function) declare(t *target) {
	if !t.declared {
		t.declared = true
		f.add(jen.Var().Id(t.place).Add(f.spell(t.typ)))
	}
}

// assign gives the target its value.
func (f *function) assign(t *target, value *jen.Statement) {
	op := ":="
	if t.declared {
		op = "="
	}
	t.declared = true
	f.add(raw(t.place).Op(op).Add(value))
}

// try gives the target the value of a call that may fail.
func (f *function) try(t *target, call *jen.Statement) {
	name, err := t.place, f.own.err
	if t.declared {
		name = f.pickLocal(t.stem)
	}
	f.add(jen.List(jen.Id(name), jen.Id(err)).Op(":=").Add(call))
	f.ifErr(err)
	if t.declared {
		f.assign(t, jen.Id(name))
	}
	t.declared = true
}

// params plans the reading of parameters. The arguments are to be written after
// the steps are.
func (f *function) params(params []model.Param) (steps []step, args []func() *jen.Statement) {
	f.nameProvided(params)
	names := make([]string, len(params))
	for i, p := range params {
		if needsLocal(p.From) {
			names[i] = f.pickLocal(paramName(p))
		}
	}
	for i, p := range params {
		more, arg := f.param(p, names[i])
		steps = append(steps, more...)
		args = append(args, arg)
	}
	return steps, args
}

// paramName returns the name of a parameter, or a word for one that has none.
func paramName(p model.Param) string {
	if p.Name != "" && p.Name != "_" {
		return p.Name
	}
	return wire.Lower(typeStem(p.Type))
}

// needsLocal reports whether a parameter is read into a local variable of its
// own.
func needsLocal(from model.Extractor) bool {
	switch from := from.(type) {
	case model.Head, model.FromApp, model.Next, model.ReaderBody, model.Provided:
		return false
	case model.ResultOf:
		_, provided := from.Of.(model.Provided)
		return !provided
	}
	return true
}

// param plans the reading of one parameter into the local variable of that name.
func (f *function) param(p model.Param, name string) ([]step, func() *jen.Statement) {
	t := &target{place: name, stem: paramName(p), typ: p.Type}
	switch from := p.From.(type) {
	case model.Head, model.FromApp, model.Next:
		return nil, func() *jen.Statement { return f.inline(from, p.Type) }
	case model.ReaderBody:
		return []step{{barrier: true}}, func() *jen.Statement { return f.inline(from, p.Type) }
	case model.Provided:
		return f.providedSteps(from), func() *jen.Statement { return f.provided(from.Provider) }
	case model.ResultOf:
		if of, ok := from.Of.(model.Provided); ok {
			return f.attemptedSteps(of), func() *jen.Statement { return f.resultOf(of.Provider) }
		}
	case model.Custom:
		if from.Pointer {
			from.Pointer, t.typ = false, from.Type
			return f.steps(from, t), func() *jen.Statement { return jen.Op("&").Id(name) }
		}
	case model.Composite:
		if from.Pointer {
			from.Pointer, t.typ = false, from.Type
			return f.steps(from, t), func() *jen.Statement { return jen.Op("&").Id(name) }
		}
	}
	return f.steps(p.From, t), func() *jen.Statement { return jen.Id(name) }
}

// steps plans the reading of a value into its target. It has one case for each
// extractor.
func (f *function) steps(from model.Extractor, t *target) []step {
	switch from := from.(type) {
	case model.Head, model.FromApp, model.Next:
		return []step{{read: func() { f.assign(t, f.inline(from, t.typ)) }}}
	case model.ReaderBody:
		return []step{{barrier: true, read: func() { f.assign(t, f.inline(from, t.typ)) }}}
	case model.QueryValues:
		return []step{{gathers: true, read: func() { f.assign(t, f.in("Values").Call()) }}}
	case model.Extension, model.Credentials, model.TextBody, model.BytesBody, model.MultipartReader:
		return []step{{barrier: true, read: func() { f.try(t, f.reading(from)) }}}
	case model.Values:
		return f.valueSteps(from, t, false)
	case model.Form:
		return f.formSteps(from, t)
	case model.Multipart:
		return f.multipartSteps(from, t)
	case model.JSONBody:
		return f.jsonSteps(from, t)
	case model.JSONLinesBody:
		return []step{{barrier: true, read: func() { f.try(t, f.readLines(from)) }}}
	case model.Custom:
		return []step{{barrier: true, read: func() { f.custom(from, t) }}}
	case model.Provided:
		return append(f.providedSteps(from), step{read: func() { f.assign(t, f.provided(from.Provider)) }})
	case model.Composite:
		return f.compositeSteps(from, t)
	case model.OptionalOf:
		return f.optionalSteps(from, t)
	case model.ResultOf:
		return f.resultSteps(from, t)
	}
	panic(fmt.Sprintf("emit: unhandled extractor %T", from))
}

// inline writes a value that is there for the asking.
func (f *function) inline(from model.Extractor, typ model.Type) *jen.Statement {
	switch from := from.(type) {
	case model.Head:
		return f.head(from.Part)
	case model.FromApp:
		return f.wrap(typ, f.state(from.From))
	case model.ReaderBody:
		return f.in("Reader").Call(f.limit())
	case model.Next:
		return f.next()
	}
	panic(fmt.Sprintf("emit: unhandled extractor %T", from))
}

// wrap writes a value in the field Value of a type of the runtime.
func (f *function) wrap(typ model.Type, value *jen.Statement) *jen.Statement {
	return f.spell(typ).Values(jen.Id("Value").Op(":").Add(value))
}

// head writes a part of the request's head.
func (f *function) head(part model.HeadPart) *jen.Statement {
	switch part {
	case model.Context:
		return f.context()
	case model.Request:
		return f.r()
	case model.Writer:
		return f.w()
	case model.HeaderMap:
		return f.r().Dot("Header")
	case model.URL:
		return f.r().Dot("URL")
	case model.Peer, model.MatchedPath, model.OriginalURL, model.Host, model.Preconditions:
		return f.rt("Read" + string(part)).Call(f.r())
	}
	panic(fmt.Sprintf("emit: unhandled part of the head %q", part))
}

// reading writes a call that returns a value and an error.
func (f *function) reading(from model.Extractor) *jen.Statement {
	switch from := from.(type) {
	case model.Extension:
		return f.rt("ReadExtension").Types(f.spell(from.Type)).Call(f.inAddr())
	case model.Credentials:
		return f.rt("Read" + from.Name).Call(f.inAddr())
	case model.TextBody:
		return f.in("ReadText").Call(f.limit())
	case model.BytesBody:
		return f.in("ReadBytes").Call(f.limit())
	case model.MultipartReader:
		f.uses.parts = true
		return f.in("MultipartReader").Call(f.limit())
	}
	panic(fmt.Sprintf("emit: unhandled extractor %T", from))
}

// custom calls the FromRequest or FromRequestParts of a type.
func (f *function) custom(from model.Custom, t *target) {
	v := f.pointee(from.Pointer, from.Type, t)
	f.declare(v)
	f.ifErrOf(raw(v.place).Dot(from.Method).Call(f.r()))
	if from.Pointer {
		f.assign(t, raw("&"+v.place))
	}
}

// pointee is a variable for what the target shall point to, or the target itself
// if it is no pointer.
func (f *function) pointee(pointer bool, typ model.Type, t *target) *target {
	if !pointer {
		return t
	}
	return &target{place: f.pickLocal(t.stem), stem: t.stem, typ: typ}
}

// compositeSteps plans the reading of a struct, field by field.
func (f *function) compositeSteps(from model.Composite, t *target) []step {
	v := f.pointee(from.Pointer, from.Type, t)
	steps := []step{{read: func() {
		f.declare(v)
		f.allocate(v.place, from.Alloc)
	}}}
	for _, field := range from.Fields {
		steps = append(steps, f.steps(field.From, v.below(field.Name, field.Type))...)
	}
	if from.Validate {
		steps = append(steps, step{gathers: true, read: func() {
			f.add(f.in("ValidateAll").Call(f.rt("In"+compositeSource(from)), raw("&"+v.place)))
		}})
	}
	if from.Pointer {
		steps = append(steps, step{read: func() { f.assign(t, raw("&"+v.place)) }})
	}
	return steps
}

// compositeSource names the part of the request that a problem with the whole
// struct is said to be in: where its first named field is read from.
func compositeSource(from model.Composite) string {
	for _, field := range from.Fields {
		if values, ok := field.From.(model.Values); ok {
			return string(values.Source)
		}
	}
	return "Body"
}

// allocate makes embedded pointers point to something.
func (f *function) allocate(place string, fields []string) {
	for _, field := range fields {
		f.add(f.rt("Allocate").Call(raw("&" + place + "." + field)))
	}
}

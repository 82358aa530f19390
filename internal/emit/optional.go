package emit

import (
	"maps"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// optionalSteps plans the reading of a runtime.Optional. Its value is absent
// when there is no text, no body, or when reading fails with runtime.ErrAbsent.
func (f *function) optionalSteps(from model.OptionalOf, t *target) []step {
	value := t.below("Value", from.Type)
	value.stem = t.stem
	switch of := from.Of.(type) {
	case model.Values:
		return f.valueSteps(of, t, true)
	case model.JSONBody, model.JSONLinesBody, model.TextBody, model.BytesBody, model.ReaderBody, model.Multipart, model.MultipartReader:
		return f.optionalBody(f.in("HasBody").Call(), of, t, value)
	case model.Form:
		return f.optionalBody(f.in("HasForm").Call(formNames(of)...), of, t, value)
	case model.Extension, model.Credentials:
		return []step{{barrier: true, read: func() { f.optionalReading(of, t) }}}
	case model.Custom:
		return []step{{barrier: true, read: func() { f.optionalCustom(of, t, value) }}}
	case model.Composite:
		return f.hoisted(of, step{barrier: true, read: func() { f.optionalAttempt(of, from.Type, t) }})
	case model.Provided:
		return append(f.attemptedSteps(of), step{read: func() { f.optionalProvided(of, from.Type, t) }})
	}
	steps := []step{{read: func() { f.declare(t) }}}
	steps = append(steps, f.steps(from.Of, value)...)
	return append(steps, step{read: func() { f.add(raw(t.place + ".Present").Op("=").Add(f.yes())) }})
}

// optionalBody plans the reading of a body if there is one.
func (f *function) optionalBody(has *jen.Statement, of model.Extractor, t, value *target) []step {
	return []step{{barrier: true, read: func() {
		f.declare(t)
		f.add(jen.If(has).Block(f.block(func() {
			f.run(f.steps(of, value))
			f.add(raw(t.place + ".Present").Op("=").Add(f.yes()))
		})...))
	}}}
}

// formNames lists the names of a form as arguments; none if it takes them all.
func formNames(form model.Form) []jen.Code {
	var names []jen.Code
	for _, s := range form.Slots {
		if s.Name == "" {
			return nil
		}
		names = append(names, quote(s.Name))
	}
	return names
}

// optionalReading reads what one call returns, or what it says is absent.
func (f *function) optionalReading(of model.Extractor, t *target) {
	f.declare(t)
	err, value := f.own.err, ""
	found := f.block(func() {
		value = f.pick("value", t.stem+"Value")
		f.add(jen.List(raw(t.place+".Value"), raw(t.place+".Present")).Op("=").List(jen.Id(value), f.yes()))
	})
	f.add(jen.If(
		jen.List(jen.Id(value), jen.Id(err)).Op(":=").Add(f.reading(of)),
		f.isNil(err),
	).Block(found...).Else().Add(f.ifNotAbsent(err)))
}

// optionalCustom lets a type read itself, or say that it is absent.
func (f *function) optionalCustom(of model.Custom, t, value *target) {
	f.declare(t)
	v := f.pointee(of.Pointer, of.Type, value)
	f.declare(v)
	found := raw(t.place + ".Present").Op("=").Add(f.yes())
	if of.Pointer {
		found = jen.List(raw(value.place), raw(t.place+".Present")).Op("=").List(raw("&"+v.place), f.yes())
	}
	err := f.own.err
	f.add(jen.If(
		jen.Id(err).Op(":=").Add(raw(v.place).Dot(of.Method).Call(f.r())),
		f.isNil(err),
	).Block(found).Else().Add(f.ifNotAbsent(err)))
}

// ifNotAbsent ends the function unless err says that something is absent.
func (f *function) ifNotAbsent(err string) *jen.Statement {
	absent := f.std("errors", "Is").Call(raw(err), f.rt("ErrAbsent"))
	return jen.If(jen.Op("!").Add(absent)).Block(f.failure(raw(err))...)
}

// optionalAttempt reads something of several steps, or finds that it is absent.
func (f *function) optionalAttempt(of model.Extractor, typ model.Type, t *target) {
	result := f.pickLocal(t.stem, "Result")
	f.add(jen.Id(result).Op(":=").Add(f.attemptToRead(of, typ, t.stem)))
	f.optionalResult(result, typ, t)
}

// optionalProvided makes an Optional of the result of a provider.
func (f *function) optionalProvided(of model.Provided, typ model.Type, t *target) {
	if v := f.have[of.Provider]; v.attempted && !v.checked {
		f.optionalResult(v.name, typ, t)
		return
	}
	f.assign(t, f.rt("Optional").Types(f.spell(typ)).Values(
		jen.Id("Value").Op(":").Add(f.provided(of.Provider)), jen.Id("Present").Op(":").Add(f.yes())))
}

// optionalResult makes an Optional of a runtime.Result.
func (f *function) optionalResult(result string, typ model.Type, t *target) {
	err := result + ".Err"
	absent := f.std("errors", "Is").Call(raw(err), f.rt("ErrAbsent"))
	f.add(jen.If(f.notNil(err).Op("&&").Op("!").Add(absent)).Block(f.failure(raw(err))...))
	f.assign(t, f.rt("Optional").Types(f.spell(typ)).Values(
		jen.Id("Value").Op(":").Add(raw(result+".Value")), jen.Id("Present").Op(":").Add(f.isNil(err))))
}

// resultSteps plans the reading of a runtime.Result: a value, or its rejection.
func (f *function) resultSteps(from model.ResultOf, t *target) []step {
	switch of := from.Of.(type) {
	case model.Head, model.FromApp, model.ResultOf:
		value := t.below("Value", from.Type)
		return append([]step{{read: func() { f.declare(t) }}}, f.steps(of, value)...)
	case model.Provided:
		return append(f.attemptedSteps(of), step{read: func() { f.assign(t, f.resultOf(of.Provider)) }})
	case model.Values, model.QueryValues:
		return []step{{read: func() { f.assign(t, f.attemptToRead(of, from.Type, t.stem)) }}}
	}
	return f.hoisted(from.Of, step{barrier: true, read: func() { f.assign(t, f.attemptToRead(from.Of, from.Type, t.stem)) }})
}

// hoisted puts the providers that an attempt needs before it, since each is
// called once for the whole request.
func (f *function) hoisted(of model.Extractor, attempt step) []step {
	var steps []step
	for _, d := range dependencies([]model.Param{{From: of}}) {
		steps = append(steps, f.attemptedSteps(model.Provided{Provider: d.provider})...)
	}
	return append(steps, attempt)
}

// attemptToRead writes a runtime.Attempt to read something.
func (f *function) attemptToRead(of model.Extractor, typ model.Type, stem string) *jen.Statement {
	switch of := of.(type) {
	case model.Extension:
		return f.rt("Attempt").Call(f.inAddr(), f.rt("ReadExtension").Types(f.spell(of.Type)))
	case model.Credentials:
		return f.rt("Attempt").Call(f.inAddr(), f.rt("Read"+of.Name))
	case model.TextBody, model.BytesBody, model.MultipartReader:
		return f.attempt(typ, func(g *function) { g.add(jen.Return(g.reading(of))) })
	case model.Custom:
		return f.attempt(typ, func(g *function) { g.returnCustom(of) })
	}
	return f.attempt(typ, func(g *function) {
		g.fails = true // so that its results have names
		g.run(g.steps(of, &target{place: g.value, stem: stem, typ: typ, declared: true}))
		if g.gathers {
			g.add(jen.Return(jen.Id(g.value), g.in("Err").Call()))
		} else {
			g.add(jen.Return(jen.Id(g.value), g.noError()))
		}
	})
}

// returnCustom returns what a type has read by itself.
func (f *function) returnCustom(of model.Custom) {
	value := f.value
	f.add(jen.Var().Id(value).Add(f.spell(of.Type)))
	f.add(jen.Id(f.own.err).Op(":=").Id(value).Dot(of.Method).Call(f.r()))
	if of.Pointer {
		value = "&" + value
	}
	f.add(jen.Return(raw(value), jen.Id(f.own.err)))
}

// attempt writes a runtime.Attempt of a function literal.
func (f *function) attempt(typ model.Type, fill func(g *function)) *jen.Statement {
	g := f.literal()
	fill(g)
	in := jen.Null()
	if g.usesIn {
		in = jen.Id(f.own.in)
	}
	read := jen.Func().Params(in.Op("*").Add(f.rt("Input"))).Add(g.results(typ, true)).Block(g.body...)
	return f.rt("Attempt").Call(f.inAddr(), read)
}

// literal begins a function literal that gets an Input of its own and returns a
// value and an error.
func (f *function) literal() *function {
	g := f.newFunction()
	g.scope = newScope(f.scope)
	g.uses, g.request, g.pointer = f.uses, f.request, true
	g.limit = f.limit
	g.result(g.pick("value", "result"))
	g.named = maps.Clone(f.named)
	for i, v := range f.have {
		known := *v
		g.have[i] = &known
	}
	return g
}

// result makes the function end its failures by returning a value, which has
// that name among its results, with the error.
func (f *function) result(name string) {
	f.value = name
	f.fail = func(err *jen.Statement) []jen.Code { return []jen.Code{jen.Return(jen.Id(name), err)} }
	f.reject = func() []jen.Code { return f.fail(f.in("Err").Call()) }
}

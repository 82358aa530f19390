package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A provider is an extractor function as generated code calls it: directly when
// there is nothing to read for it, else through a helper that reads its
// parameters.
type provider struct {
	model.Provider
	helper string // empty if it is called directly
	body   *function
	args   []dependency // what the helper takes besides the Input
	fails  bool         // the call returns an error
}

// A dependency is a provider that another needs.
type dependency struct {
	provider int
	tolerant bool // as a runtime.Result: its failure is not the end
}

// provided is the result of a provider in a function.
type provided struct {
	name      string // of the local variable
	attempted bool   // it is a runtime.Result
	checked   bool   // its error has been dealt with
}

// readProviders writes the helpers, each after those it needs.
func (e *emitter) readProviders() {
	for _, p := range e.pkg.Providers {
		out := &provider{Provider: p, args: dependencies(p.Params), fails: p.Fails}
		if p.Carried || !isDirect(p) {
			stem := wire.Upper(typeStem(p.Type))
			out.helper = e.declare("extract"+stem, "extract"+wire.Upper(p.Func.Name), "read"+stem, "provide"+stem)
		}
		e.providers = append(e.providers, out)
	}
	for i, p := range e.providers {
		if p.helper != "" {
			e.readProvider(i, p)
		}
	}
}

// isDirect reports whether an extractor function can be called with what is
// there.
func isDirect(p model.Provider) bool {
	for _, param := range p.Params {
		switch from := param.From.(type) {
		case model.Head, model.FromApp, model.Provided:
		case model.ResultOf:
			if _, ok := from.Of.(model.Provided); !ok {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// dependencies lists the providers that parameters need by themselves, in the
// order of need.
func dependencies(params []model.Param) []dependency {
	var list []dependency
	var visit func(from model.Extractor, tolerant bool)
	visit = func(from model.Extractor, tolerant bool) {
		switch from := from.(type) {
		case model.Provided:
			for i, d := range list {
				if d.provider == from.Provider {
					list[i].tolerant = d.tolerant || tolerant
					return
				}
			}
			list = append(list, dependency{from.Provider, tolerant})
		case model.Composite:
			for _, field := range from.Fields {
				visit(field.From, tolerant)
			}
		case model.OptionalOf:
			visit(from.Of, true)
		case model.ResultOf:
			visit(from.Of, true)
		}
	}
	for _, p := range params {
		visit(p.From, false)
	}
	return list
}

// readProvider writes the body of a helper.
func (e *emitter) readProvider(i int, p *provider) {
	f := e.newFunction()
	p.body = f
	f.pointer = true
	f.limitParam = f.pick("limit", "bodyLimit")
	f.limit = func() *jen.Statement { f.uses.limit = true; return jen.Id(f.limitParam) }
	steps, args := f.params(p.Params)
	for _, d := range p.args {
		f.have[d.provider] = &provided{name: f.nameOf(d.provider), attempted: d.tolerant && e.mayFail(d.provider)}
	}
	f.result(f.pickLocal(wire.Lower(typeStem(p.Type)), "Result"))
	f.run(steps)
	f.checkpoint()
	p.fails = p.Fails || f.fails
	if p.Carried {
		f.body = append([]jen.Code{f.recall(i, p.fails)}, f.body...)
	}
	if p.Fails && f.uses.parts {
		f.add(e.fit(func(call caller) *jen.Statement {
			return jen.List(jen.Id(f.value), jen.Id(f.errName())).Op("=").Add(call(f.fn(p.Func), evaluate(args)...))
		}))
		f.add(jen.Return(jen.Id(f.value), f.partsError(f.errName())))
		return
	}
	f.add(e.fit(func(call caller) *jen.Statement {
		all := call(f.fn(p.Func), evaluate(args)...)
		if p.fails && !p.Fails {
			return jen.Return(all, f.noError())
		}
		return jen.Return(all)
	}))
}

// helpers declares the helpers.
func (e *emitter) helpers() []decl {
	var list []decl
	for _, p := range e.providers {
		if p.helper != "" {
			list = append(list, e.helperDecl(p))
		}
	}
	return list
}

func (e *emitter) helperDecl(p *provider) decl {
	f := p.body
	var params []jen.Code
	if f.uses.w {
		params = append(params, jen.Id(e.own.w).Add(e.std("net/http", "ResponseWriter")))
	}
	if f.usesIn {
		params = append(params, jen.Id(e.own.in).Op("*").Add(e.rt("Input")))
	}
	if f.uses.limit {
		params = append(params, jen.Id(f.limitParam).Int64())
	}
	for _, d := range p.args {
		typ := e.spell(e.providers[d.provider].Type)
		if f.have[d.provider].attempted {
			typ = e.rt("Result").Types(typ)
		}
		params = append(params, jen.Id(f.have[d.provider].name).Add(typ))
	}
	doc := e.doc("%s reads what %s needs, and calls it.", p.helper, e.link(p.Func))
	if p.Carried {
		doc = e.doc("%s reads what %s needs, and calls it, unless a middleware function has done so.", p.helper, e.link(p.Func))
	}
	return append(
		doc,
		e.fit(func(list caller) *jen.Statement {
			head := list(jen.Func().Add(f.receiver()).Id(p.helper), params...)
			return head.Add(f.results(p.Type, p.fails)).Block(f.body...)
		}),
	)
}

// results writes the results of a function that returns a value and perhaps an
// error. They have names if it may end early.
func (f *function) results(typ model.Type, fails bool) *jen.Statement {
	switch {
	case f.fails:
		return jen.Params(jen.Id(f.value).Add(f.spell(typ)), jen.Id(f.own.err).Error())
	case fails:
		return jen.Params(f.spell(typ), jen.Error())
	}
	return f.spell(typ)
}

// nameProvided chooses the names of variables for what providers return: those
// of the parameters that take them.
func (f *function) nameProvided(params []model.Param) {
	for _, p := range params {
		from := p.From
		if result, ok := from.(model.ResultOf); ok {
			from = result.Of
		}
		if of, ok := from.(model.Provided); ok && f.named[of.Provider] == "" {
			f.named[of.Provider] = f.pickLocal(paramName(p))
		}
	}
}

// nameOf returns the name of the variable for what a provider returns.
func (f *function) nameOf(i int) string {
	if f.named[i] == "" {
		f.named[i] = f.pickLocal(wire.Lower(typeStem(f.providers[i].Type)))
	}
	return f.named[i]
}

// mayFail reports whether a provider, or one that it needs, can fail.
func (e *emitter) mayFail(i int) bool {
	p := e.providers[i]
	if p.fails {
		return true
	}
	for _, d := range p.args {
		if !d.tolerant && e.mayFail(d.provider) {
			return true
		}
	}
	return false
}

func (f *function) providedSteps(from model.Provided) []step {
	return []step{{barrier: true, read: func() { f.provide(from.Provider, false) }}}
}

func (f *function) attemptedSteps(from model.Provided) []step {
	return []step{{barrier: true, read: func() { f.provide(from.Provider, true) }}}
}

// provide sees to it that the result of a provider is there, and of those it
// needs. A tolerant caller takes its error along with it.
func (f *function) provide(i int, tolerant bool) {
	if v := f.have[i]; v != nil {
		if !tolerant {
			f.demand(v)
		}
		return
	}
	p := f.providers[i]
	tolerant = tolerant && f.mayFail(i)
	for _, d := range p.args {
		f.provide(d.provider, d.tolerant || tolerant)
	}
	name := f.nameOf(i)
	switch {
	case tolerant:
		f.add(jen.Id(name).Op(":=").Add(f.attemptProvider(p)))
	case p.fails:
		f.add(f.fit(func(call caller) *jen.Statement {
			return jen.List(jen.Id(name), jen.Id(f.own.err)).Op(":=").Add(f.callProvider(p, call))
		}))
		f.ifErr(f.own.err)
	default:
		f.add(f.fit(func(call caller) *jen.Statement {
			return jen.Id(name).Op(":=").Add(f.callProvider(p, call))
		}))
	}
	f.have[i] = &provided{name: name, attempted: tolerant}
}

// demand ends the function if a result that may hold an error does.
func (f *function) demand(v *provided) {
	if v.attempted && !v.checked {
		v.checked = true
		f.ifErr(v.name + ".Err")
	}
}

// provided writes the result of a provider.
func (f *function) provided(i int) *jen.Statement {
	if v := f.have[i]; v.attempted {
		return raw(v.name + ".Value")
	}
	return jen.Id(f.have[i].name)
}

// resultOf writes the result of a provider as a runtime.Result.
func (f *function) resultOf(i int) *jen.Statement {
	if v := f.have[i]; v.attempted {
		return jen.Id(v.name)
	}
	return f.rt("Result").Types(f.spell(f.providers[i].Type)).Values(jen.Id("Value").Op(":").Id(f.have[i].name))
}

// dependency writes what a provider takes of another.
func (f *function) dependency(d dependency) *jen.Statement {
	if d.tolerant && f.mayFail(d.provider) {
		return f.resultOf(d.provider)
	}
	return f.provided(d.provider)
}

// callProvider writes the call of a provider or of its helper.
func (f *function) callProvider(p *provider, call caller) *jen.Statement {
	if p.helper == "" {
		return call(f.fn(p.Func), f.directArgs(p)...)
	}
	var args []jen.Code
	if p.body.uses.w {
		args = append(args, f.w())
	}
	if p.body.usesIn {
		args = append(args, f.inAddr())
	}
	if p.body.uses.limit {
		args = append(args, f.limit())
	}
	for _, d := range p.args {
		args = append(args, f.dependency(d))
	}
	return call(f.helper(p), args...)
}

// helper refers to the helper of a provider.
func (f *function) helper(p *provider) *jen.Statement {
	if p.body.uses.h {
		f.uses.h = true
		return jen.Id(f.own.h).Dot(p.helper)
	}
	return jen.Id(p.helper)
}

// directArgs writes the arguments of an extractor function without a helper.
func (f *function) directArgs(p *provider) []jen.Code {
	var args []jen.Code
	for _, param := range p.Params {
		switch from := param.From.(type) {
		case model.Head, model.FromApp:
			args = append(args, f.inline(from, param.Type))
		case model.Provided:
			args = append(args, f.provided(from.Provider))
		case model.ResultOf:
			args = append(args, f.resultOf(from.Of.(model.Provided).Provider))
		default:
			panic(fmt.Sprintf("emit: unhandled extractor %T", from))
		}
	}
	return args
}

// attemptProvider writes a runtime.Attempt to call a provider.
func (f *function) attemptProvider(p *provider) *jen.Statement {
	if p.helper != "" && len(p.args) == 0 && p.body.usesIn && !p.body.uses.w && !p.body.uses.limit && p.fails {
		return f.rt("Attempt").Call(f.inAddr(), f.helper(p))
	}
	return f.attempt(p.Type, func(g *function) {
		for _, d := range p.args {
			if !d.tolerant {
				g.demand(g.have[d.provider])
			}
		}
		call := g.callProvider(p, onOneLine)
		if p.fails {
			g.add(jen.Return(call))
		} else {
			g.add(jen.Return(call, g.noError()))
		}
	})
}

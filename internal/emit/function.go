package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// A function is the body of one function under construction: an adapter, the
// helper of a provider, or a function literal in one of them.
type function struct {
	*emitter
	scope *scope
	body  []jen.Code
	uses  *uses // shared with function literals

	usesIn  bool // the Input is needed
	pointer bool // the Input is a *runtime.Input
	request bool // the request is there as r

	value      string // of a helper or literal: its result, by name
	limitParam string // of a helper: its parameter with the limit of the body
	errVar     string // of the error writer: the variable for errors of its own
	renders    bool   // it is the error writer

	fail   func(err *jen.Statement) []jen.Code // ends the function with an error
	reject func() []jen.Code                   // ends it with what was gathered
	limit  func() *jen.Statement               // of the body
	next   func() *jen.Statement               // of a middleware function: its runtime.Next
	fails  bool                                // fail or reject was called

	gathers bool              // problems may have been gathered since the last barrier
	scanned bool              // the query has been scanned since the last barrier
	have    map[int]*provided // results of providers, by index
	named   map[int]string    // names for results of providers, by index
}

// uses notes which of its parameters a function needs, besides the Input, and
// whether it hands out the parts of a multipart body unread.
type uses struct{ w, r, h, limit, parts bool }

func (e *emitter) newFunction() *function {
	return &function{
		emitter: e,
		scope:   newScope(e.scope),
		uses:    &uses{},
		have:    map[int]*provided{},
		named:   map[int]string{},
	}
}

// add appends statements.
func (f *function) add(list ...jen.Code) { f.body = append(f.body, list...) }

// paragraph returns the statements so far and begins a new paragraph.
func (f *function) paragraph() []jen.Code {
	list := f.body
	f.body = nil
	return list
}

// paragraphs puts empty lines between groups of statements.
func paragraphs(groups ...[]jen.Code) []jen.Code {
	var all []jen.Code
	for _, group := range groups {
		if len(all) > 0 && len(group) > 0 {
			all = append(all, jen.Empty())
		}
		all = append(all, group...)
	}
	return all
}

// block returns the statements that fill adds, to be put in braces. Names that
// it picks are free again after it.
func (f *function) block(fill func()) []jen.Code {
	outer := f.body
	f.body, f.scope = nil, newScope(f.scope)
	fill()
	inner := f.body
	f.body, f.scope = outer, f.scope.outer
	return inner
}

// pick takes a name for a local variable.
func (f *function) pick(names ...string) string { return f.scope.pick(names...) }

// pickLocal takes a name for a local variable that holds what a text names.
func (f *function) pickLocal(text string, suffixes ...string) string {
	name := local(text)
	names := []string{name}
	for _, suffix := range append(suffixes, "Value") {
		names = append(names, name+suffix)
	}
	return f.pick(names...)
}

// w, r, h and in refer to the parameters of the function.
func (f *function) w() *jen.Statement { f.uses.w = true; return jen.Id(f.own.w) }

func (f *function) r() *jen.Statement {
	if !f.request {
		return f.in("Request").Call()
	}
	f.uses.r = true
	return jen.Id(f.own.r)
}

// in refers to a method of the Input.
func (f *function) in(method string) *jen.Statement {
	f.usesIn = true
	return jen.Id(f.own.in).Dot(method)
}

// inAddr is the Input as an argument.
func (f *function) inAddr() *jen.Statement {
	f.usesIn = true
	if f.pointer {
		return jen.Id(f.own.in)
	}
	return jen.Op("&").Id(f.own.in)
}

// state writes a value from the state.
func (f *function) state(from model.FromState) *jen.Statement {
	f.uses.h = true
	return stateAt(f.own.h+".state", from)
}

// stateAt writes a value from the state, which stands in a certain place.
func stateAt(place string, from model.FromState) *jen.Statement {
	if from.Field != "" {
		place += "." + from.Field
	}
	return raw(from.Op + place)
}

// fn refers to a function of the user's. Methods find their receiver whether or
// not it is a pointer.
func (f *function) fn(fn model.Func) *jen.Statement {
	if fn.Receiver == nil {
		return jen.Id(fn.Name)
	}
	return f.state(model.FromState{Field: fn.Receiver.Field}).Dot(fn.Name)
}

// context is the context of the request.
func (f *function) context() *jen.Statement { return f.r().Dot("Context").Call() }

// ifErr ends the function if a variable holds an error.
func (f *function) ifErr(err string) {
	f.add(jen.If(f.notNil(err)).Block(f.failure(raw(err))...))
}

// ifErrOf ends the function if a call returns an error.
func (f *function) ifErrOf(call *jen.Statement) {
	f.add(f.ifErrThen(call, f.failure(raw(f.errName()))...))
}

// ifErrThen writes what is done if a call returns an error.
func (f *function) ifErrThen(call *jen.Statement, then ...jen.Code) *jen.Statement {
	err := f.errName()
	return jen.If(jen.Id(err).Op(":=").Add(call), f.notNil(err)).Block(then...)
}

// errName is the variable for errors of the function's own.
func (f *function) errName() string {
	if f.errVar != "" {
		return f.errVar
	}
	return f.own.err
}

func (f *function) failure(err *jen.Statement) []jen.Code {
	f.fails = true
	return f.fail(err)
}

// checkpoint answers what was gathered, so that what follows is done only for
// values that are right.
func (f *function) checkpoint() {
	f.scanned = false
	if f.gathers {
		f.gathers = false
		f.fails = true
		f.add(jen.If(f.in("Failed").Call()).Block(f.reject()...))
	}
}

// rangeOver writes a loop over the elements of a slice or map.
func (f *function) rangeOver(place, stem string, each func(element string)) {
	element := ""
	body := f.block(func() {
		element = f.pick(singular(local(stem)), "element", "item")
		each(element)
	})
	f.add(jen.For(jen.List(jen.Id("_"), jen.Id(element)).Op(":=").Range().Add(raw(place))).Block(body...))
}

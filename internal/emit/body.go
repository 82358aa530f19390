package emit

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// jsonSteps plans the decoding of a JSON body, and its validation while the text
// of the body can still be asked which members it has.
func (f *function) jsonSteps(from model.JSONBody, t *target) []step {
	return []step{{barrier: true, read: func() {
		f.declare(t)
		value := t.place + ".Value"
		for _, preset := range from.Presets {
			f.add(raw(value + "." + preset.Field).Op("=").Add(raw(preset.Value)))
		}
		if len(from.Rules) == 0 {
			f.ifErrOf(f.in("ReadJSON").Call(raw("&"+value), f.limit()))
			return
		}
		f.ifErrOf(f.in("OpenJSON").Call(raw("&"+value), f.limit()))
		f.checkBody(plainPlace(value), from.Type, from.Rules)
		f.ifErrOf(f.in("CloseJSON").Call())
	}}}
}

// readLines writes a call that returns the lines of a body, and an error.
func (f *function) readLines(from model.JSONLinesBody) *jen.Statement {
	read := f.rt("ReadJSONLines")
	if len(from.Rules) == 0 && len(from.Presets) == 0 && !f.redefines("nil") {
		return read.Types(f.spell(from.Type)).Call(f.inAddr(), f.limit(), jen.Nil())
	}
	g := f.literal()
	g.fail = func(err *jen.Statement) []jen.Code { return []jen.Code{jen.Return(err)} }
	v := g.value
	for _, preset := range from.Presets {
		g.add(raw(v + "." + preset.Field).Op("=").Add(raw(preset.Value)))
	}
	if len(from.Rules) == 0 {
		g.add(jen.Return(g.in("ReadLine").Call(jen.Id(v))))
	} else {
		g.ifErrOf(g.in("ReadLine").Call(jen.Id(v)))
		g.checkBody(plainPlace(v).pointee(), from.Type, from.Rules)
		g.add(jen.Return(g.in("CloseJSON").Call()))
	}
	return read.Call(f.inAddr(), f.limit(), jen.Func().Params(
		jen.Id(f.own.in).Op("*").Add(f.rt("Input")),
		jen.Id(v).Op("*").Add(f.spell(from.Type)),
	).Error().Block(g.body...))
}

// formSteps plans the reading of an urlencoded form.
func (f *function) formSteps(from model.Form, t *target) []step {
	v := newValues(model.FormSource, t, t.place+".Value", from.Slots)
	v.alloc, v.validate = from.Alloc, from.Validate
	return []step{{barrier: true, gathers: true, read: func() { f.readForm(v, f.urlencoded) }}}
}

// multipartSteps plans the reading of a multipart body.
func (f *function) multipartSteps(from model.Multipart, t *target) []step {
	v := newValues(model.FormSource, t, t.place+".Value", from.Slots)
	v.alloc, v.validate = from.Alloc, from.Validate
	open := func(call caller) *jen.Statement {
		return call(f.in("Multipart"), append([]jen.Code{f.limit()}, f.fileParts(from.Slots)...)...)
	}
	return []step{{barrier: true, gathers: true, read: func() { f.readForm(v, open) }}}
}

// keepsFiles reports whether some of the parameters, or what they need, may
// leave temporary files behind.
func (e *emitter) keepsFiles(params []model.Param) bool {
	return slices.ContainsFunc(params, func(p model.Param) bool { return e.leavesFiles(p.From) })
}

func (e *emitter) leavesFiles(from model.Extractor) bool {
	switch from := from.(type) {
	case model.Multipart:
		return slices.ContainsFunc(from.Slots, func(s model.Slot) bool { return isFile(s.Shape) })
	case model.Provided:
		return e.keepsFiles(e.pkg.Providers[from.Provider].Params)
	case model.Composite:
		return e.keepsFiles(from.Fields)
	case model.OptionalOf:
		return e.leavesFiles(from.Of)
	case model.ResultOf:
		return e.leavesFiles(from.Of)
	}
	return false
}

// fileParts says which files a multipart body may have.
func (f *function) fileParts(slots []model.Slot) []jen.Code {
	var parts []jen.Code
	for _, s := range slots {
		switch shape := s.Shape.(type) {
		case model.OneFile:
			parts = append(parts, f.filePart(s.Name, false, shape.Wanted))
		case model.ManyFiles:
			parts = append(parts, f.filePart(s.Name, true, shape.Wanted))
		}
	}
	return parts
}

func (f *function) filePart(name string, many bool, wanted model.Upload) *jen.Statement {
	fields := []jen.Code{jen.Id("Name").Op(":").Add(quote(name))}
	if many {
		fields = append(fields, jen.Id("Many").Op(":").Add(f.yes()))
	}
	if wanted.Limit > 0 {
		fields = append(fields, jen.Id("Limit").Op(":").Add(f.limitOf(wanted.Limit)))
	}
	if len(wanted.Accept) > 0 {
		fields = append(fields, jen.Id("Accept").Op(":").Add(quote(strings.Join(wanted.Accept, ", "))))
	}
	return f.rt("FilePart").Values(fields...)
}

// urlencoded writes the call that reads an urlencoded form.
func (f *function) urlencoded(call caller) *jen.Statement { return call(f.in("Form"), f.limit()) }

// readForm reads the values of a form from the pairs that a call returns.
func (f *function) readForm(v *values, open func(call caller) *jen.Statement) {
	pairs := f.pick("pairs", "formPairs")
	f.add(f.fit(func(call caller) *jen.Statement {
		return jen.List(jen.Id(pairs), jen.Id(f.own.err)).Op(":=").Add(open(call))
	}))
	f.ifErr(f.own.err)
	f.prepareScan(v.slots)
	f.add(jen.For(jen.Id(pairs).Dot("Next").Call()).Block(f.scan(pairs, v.slots)...))
	f.readValues(v)
}

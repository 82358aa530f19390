package emit

import (
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
		f.checkBody(value, from)
		f.ifErrOf(f.in("CloseJSON").Call())
	}}}
}

// formSteps plans the reading of an urlencoded form.
func (f *function) formSteps(from model.Form, t *target) []step {
	v := newValues(model.FormSource, t, t.place+".Value", from.Slots)
	v.alloc, v.validate = from.Alloc, from.Validate
	return []step{{barrier: true, gathers: true, read: func() { f.readForm(v) }}}
}

func (f *function) readForm(v *values) {
	pairs := f.pick("pairs", "formPairs")
	f.add(jen.List(jen.Id(pairs), jen.Id(f.own.err)).Op(":=").Add(f.in("Form").Call(f.limit())))
	f.ifErr(f.own.err)
	f.prepareScan(v.slots)
	f.add(jen.For(jen.Id(pairs).Dot("Next").Call()).Block(f.scan(pairs, v.slots)...))
	f.readValues(v)
}

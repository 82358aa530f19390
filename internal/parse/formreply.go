package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// respondForm reads a result of type runtime.Form[T], a form that is written.
// Its fields have the names by which they would be read.
func (p *parser) respondForm(e entry, t types.Type) (model.Response, string) {
	written := p.typeString(e.v.Type())
	tg := target{scope: &scope{fn: written}, what: written, at: e, typ: e.typ}.narrow()
	if !isStruct(t) {
		p.report(diag.UnwritableType, tg.typ, "%s is no struct, and a form is written from the fields of one", p.typeString(t)).
			hint("declare a struct with a field for each name")
		return nil, ""
	}
	slots, alloc, ok := p.slotsOf(tg, model.FormSource, t)
	if !ok {
		return nil, ""
	}
	if len(alloc) > 0 {
		p.report(diag.UnwritableType, tg.typ, "%s embeds a pointer, which may be nil when the form is written", p.typeString(t)).
			hint("embed the struct itself")
		return nil, ""
	}
	var reply model.FormReply
	for _, slot := range slots {
		field, fits := formField(slot)
		if !fits {
			p.report(diag.UnwritableType, tg.typ, "the field %s of %s cannot be written into a form", slot.Field, p.typeString(t)).
				hint("give it a type with MarshalText, or a string, number, bool or a slice of those")
			ok = false
		}
		reply.Fields = append(reply.Fields, field)
	}
	if !ok {
		return nil, ""
	}
	return reply, "the body, as an urlencoded form"
}

// formatFuncs are the runtime functions that write what others read.
var formatFuncs = map[string]string{
	"ReadString": "FormatString", "ReadBool": "FormatBool", "ReadInt": "FormatInt", "ReadUint": "FormatUint",
	"ReadFloat": "FormatFloat", "ReadTime": "FormatTime", "ReadDuration": "FormatDuration", "ReadURL": "FormatURL",
	"ReadAddr": "FormatText", "ReadText": "FormatText",
}

// formField says how a field that could be read is written.
func formField(slot model.Slot) (model.FormField, bool) {
	field := model.FormField{Field: slot.Field, Name: slot.Name}
	var reader model.Reader
	switch shape := slot.Shape.(type) {
	case model.Single:
		reader = shape.Reader
	case model.Pointed:
		field.Shape, reader = "pointer", shape.Reader
	case model.Optioned:
		field.Shape, reader = "optional", shape.Reader
	case model.List:
		field.Shape, reader = "slice", shape.Reader
		if shape.Pointed {
			return field, false
		}
	default:
		return field, false
	}
	field.Format = formatFuncs[reader.Func]
	return field, true
}

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
	fields, alloc, ok := p.flatten(t, tg.typ, isWhole)
	if !ok {
		return nil, ""
	}
	if len(alloc) > 0 {
		p.report(diag.UnwritableType, tg.typ, "%s embeds a pointer, which may be nil when the form is written", p.typeString(t)).
			hint("embed the struct itself")
		return nil, ""
	}
	reply, ok := p.formFields(fields)
	if ok && len(reply.Fields) == 0 {
		p.report(diag.UnwritableType, tg.typ, "%s has no field that could be written", p.typeString(t)).
			hint("export its fields: only those are written")
		return nil, ""
	}
	if !ok {
		return nil, ""
	}
	return reply, "the body, as an urlencoded form"
}

// formFields says how each field of a form is written.
func (p *parser) formFields(fields []field) (reply model.FormReply, ok bool) {
	ok = true
	named := make(map[string]fieldName)
	for _, f := range fields {
		name, written, fine := p.fieldName(f, model.FormSource)
		if ok = ok && fine; !fine || !written {
			continue
		}
		out := model.FormField{Field: f.selector, Name: name.name}
		out.Shape, out.Format = formShape(f.v.Type())
		if out.Format == "" {
			p.report(diag.UnwritableType, f.typ, "%s cannot be written into a form: %s has no text form", f.what, p.typeString(f.v.Type())).
				hint("give it a type with a method MarshalText() ([]byte, error), or a string, number, bool or a slice of those")
			ok = false
			continue
		}
		ok = p.checkTwice(named, model.Slot{Name: name.name}, name, f) && ok
		reply.Fields = append(reply.Fields, out)
	}
	return reply, ok
}

// formShape says how a field is written: what holds its scalar, and the runtime
// function for that, which is empty if there is none.
func formShape(t types.Type) (shape, format string) {
	if held, ok := isRuntime(t, "Optional"); ok {
		return "optional", formatFunc(held)
	}
	if format := formatFunc(t); format != "" {
		return "", format
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return "pointer", formatFunc(u.Elem())
	case *types.Slice:
		if !isBytes(u) {
			return "slice", formatFunc(u.Elem())
		}
	}
	return "", ""
}

// formatFuncs are the runtime functions that write what others read.
var formatFuncs = map[string]string{
	"ReadString": "FormatString", "ReadBool": "FormatBool", "ReadInt": "FormatInt", "ReadUint": "FormatUint",
	"ReadFloat": "FormatFloat", "ReadTime": "FormatTime", "ReadDuration": "FormatDuration", "ReadURL": "FormatURL",
	"ReadAddr": "FormatText",
}

// formatFunc names the runtime function that writes a scalar as a text. It is
// empty if a t is none.
func formatFunc(t types.Type) string {
	if _, ok := runtimeType(t); ok {
		return ""
	}
	if name, ok := readerFuncs[fullName(t)]; ok {
		return formatFuncs[name]
	}
	if marshalsText(t, false) && !types.IsInterface(t) && !isPointer(t) {
		return "FormatText"
	}
	return formatFuncs[kindReader(t)]
}

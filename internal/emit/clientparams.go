package emit

import (
	"go/token"
	"net/http"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// An argument is where in a method a value for the request stands.
type argument struct {
	path  string // "id", "query.Paging"
	deref bool   // it is a pointer that is not nil
	pos   token.Position
	given bool // it was said to be present: a zero value is sent, too
}

// whole writes the value.
func (p argument) whole() *jen.Statement {
	if p.deref {
		return raw("*" + p.path)
	}
	return raw(p.path)
}

// below is a field of the value.
func (p argument) below(field string) argument {
	return argument{path: p.path + "." + field, pos: p.pos, given: p.given}
}

// readAll adds what parameters of a function need to the request.
func (m *method) readAll(params []model.Param) {
	for _, p := range params {
		m.param(p, p.From, p.Type, false)
	}
}

// param makes parameters of the method of one of the handler's. One that is
// optional is a pointer.
func (m *method) param(p model.Param, from model.Extractor, typ model.Type, optional bool) {
	switch from := from.(type) {
	case model.Provided:
		for _, inner := range m.op.Package.Providers[from.Provider].Params {
			m.param(inner, inner.From, inner.Type, optional)
		}
		return
	case model.OptionalOf:
		m.param(p, from.Of, from.Type, true)
		return
	case model.ResultOf:
		m.param(p, from.Of, from.Type, optional)
		return
	case model.Composite:
		if !m.isSent(from) {
			m.follow(from)
			return
		}
	}
	if !m.isSent(from) {
		return
	}
	spelled, rest := m.paramType(from, typ, p)
	at := argument{path: "", pos: p.Pos}
	pointed := optional && !hasNone(from)
	if pointed {
		spelled, at.deref, at.given = jen.Op("*").Add(spelled), rest == "", true
	}
	name := m.declareParam(clientParamName(p), spelled)
	at.path = name + rest
	if !pointed {
		m.sendValue(from, at)
		return
	}
	m.add(jen.If(jen.Id(name).Op("!=").Nil()).Block(m.block(func() { m.sendValue(from, at) })...))
}

// clientParamName names a parameter as the handler does.
func clientParamName(p model.Param) string {
	if credentials, ok := p.From.(model.Credentials); ok && (p.Name == "" || p.Name == "_") {
		if credentials.Name == "Bearer" {
			return "token"
		}
		return "auth"
	}
	return paramName(p)
}

// hasNone reports whether the zero value of a parameter says that it is absent.
func hasNone(from model.Extractor) bool {
	switch from.(type) {
	case model.Credentials, model.QueryValues, model.ReaderBody, model.MultipartReader, model.JSONLinesBody:
		return true
	}
	return false
}

// paramType writes the type of a parameter: what is in a wrapper of the
// runtime. Where that is not to be seen, rest leads from the wrapper to it.
func (m *method) paramType(from model.Extractor, typ model.Type, p model.Param) (spelled *jen.Statement, rest string) {
	switch from := from.(type) {
	case model.Values:
		if !from.Wrapped {
			return m.spellAt(typ, p.Pos), ""
		}
	case model.Form:
	case model.JSONBody:
		return m.spellAt(from.Type, p.Pos), ""
	case model.JSONLinesBody:
		return m.std("iter", "Seq2").Types(m.spellAt(from.Type, p.Pos), jen.Error()), ""
	case model.Composite:
		return m.spellAt(from.Type, p.Pos), ""
	case model.QueryValues:
		return m.std("net/url", "Values"), ""
	case model.Multipart:
		return jen.Id(m.formType(from, p.Pos)), ""
	case model.MultipartReader:
		return jen.Func().Params(jen.Op("*").Add(m.std("mime/multipart", "Writer"))).Error(), ""
	case model.ReaderBody:
		return m.std("io", "Reader"), ""
	default:
		return m.spellAt(typ, p.Pos), ""
	}
	if inner := elem(typ); inner != nil {
		return m.spellAt(inner, p.Pos), ""
	}
	return m.spellAt(typ, p.Pos), ".Value"
}

// isSent reports whether a value, or a part of it, comes from what a client
// sends and is not sent already.
func (m *method) isSent(from model.Extractor) bool {
	switch from := from.(type) {
	case model.Head, model.FromApp, model.Extension, model.Custom, model.Next, model.Provided:
		return false
	case model.Credentials:
		return !m.sent["Header Authorization"]
	case model.Values:
		return m.anyUnsent(m.source(from.Source), from.Slots)
	case model.Form:
		return len(from.Slots) == 0 || m.anyUnsent(m.source(model.FormSource), from.Slots)
	case model.OptionalOf:
		return m.isSent(from.Of)
	case model.ResultOf:
		return m.isSent(from.Of)
	case model.Composite:
		return slices.ContainsFunc(from.Fields, func(p model.Param) bool { return m.isSent(p.From) })
	case model.QueryValues:
		return !m.sent["Query"]
	}
	return !m.sent["Body"]
}

func (m *method) anyUnsent(source model.Source, slots []model.Slot) bool {
	return slices.ContainsFunc(slots, func(s model.Slot) bool { return !m.sent[string(source)+" "+s.Name] })
}

// follow adds parameters for what the fields of a struct are made from that is
// not sent itself.
func (m *method) follow(from model.Composite) {
	for _, field := range from.Fields {
		switch of := field.From.(type) {
		case model.Provided:
			m.param(field, of, field.Type, false)
		case model.OptionalOf:
			if !m.isSent(of) {
				m.param(field, of.Of, of.Type, true)
			}
		case model.ResultOf:
			if !m.isSent(of) {
				m.param(field, of.Of, of.Type, false)
			}
		case model.Composite:
			m.follow(of)
		}
	}
}

// source is where values of a form go: to the query, if the request has no body.
func (m *method) source(s model.Source) model.Source {
	if s == model.FormSource && (m.op.Method == http.MethodGet || m.op.Method == http.MethodHead) {
		return model.Query
	}
	return s
}

// sendValue adds a value to the request.
func (m *method) sendValue(from model.Extractor, at argument) {
	switch from := from.(type) {
	case model.Credentials:
		m.first("Header", "Authorization")
		m.add(m.send(from.Name).Call(at.whole()))
	case model.QueryValues:
		m.sent["Query"] = true
		m.add(m.send("QueryValues").Call(at.whole()))
	case model.Values:
		m.sendSlots(m.source(from.Source), from.Slots, from.Alloc, at)
	case model.Form:
		if m.source(model.FormSource) == model.FormSource && !m.form {
			m.form = true
			m.add(m.send("OpenForm").Call())
		}
		m.sendSlots(m.source(model.FormSource), from.Slots, from.Alloc, at)
	case model.Multipart:
		m.sendMultipart(from, at)
	case model.MultipartReader:
		m.sent["Body"] = true
		m.add(m.send("MultipartWriter").Call(at.whole()))
	case model.JSONBody:
		m.sent["Body"] = true
		m.add(m.send("JSON").Call(at.whole()))
	case model.JSONLinesBody:
		m.sent["Body"] = true
		m.add(m.lib("SendLines").Call(jen.Id(m.req), at.whole()))
	case model.TextBody, model.BytesBody, model.ReaderBody:
		m.sent["Body"] = true
		m.add(m.send(bodyMethod(from)).Call(at.whole()))
	case model.Composite:
		m.sendFields(from, at)
	case model.OptionalOf:
		inner := at.below("Value")
		inner.given = true
		m.add(jen.If(raw(at.path + ".Present")).Block(m.block(func() { m.sendField(from.Of, inner) })...))
	case model.ResultOf:
		m.sendField(from.Of, at.below("Value"))
	}
}

func bodyMethod(from model.Extractor) string {
	switch from.(type) {
	case model.TextBody:
		return "Text"
	case model.BytesBody:
		return "Bytes"
	}
	return "Reader"
}

// sendFields adds the fields of a struct that come from the request.
func (m *method) sendFields(from model.Composite, at argument) {
	for _, field := range from.Fields {
		if of, ok := field.From.(model.Multipart); ok {
			m.param(field, of, field.Type, false)
			continue
		}
		if !m.isSent(field.From) {
			continue
		}
		m.guard(from.Alloc, field.Name, at, func() {
			m.sendField(field.From, at.below(m.selector(field.Name, at.pos)))
		})
	}
	m.follow(from)
}

// sendField adds a field, which is a wrapper of the runtime if its extractor
// has one.
func (m *method) sendField(from model.Extractor, at argument) {
	switch of := from.(type) {
	case model.Values:
		if of.Wrapped {
			at = at.below("Value")
		}
	case model.Form, model.JSONBody, model.JSONLinesBody:
		at = at.below("Value")
	}
	m.sendValue(from, at)
}

// selector leaves embedded types out that cannot be named elsewhere: their
// fields are promoted.
func (m *method) selector(field string, pos token.Position) string {
	parts := strings.Split(field, ".")
	last := len(parts) - 1
	if !token.IsExported(parts[last]) {
		m.referField(parts[last], pos)
		return field
	}
	var list []string
	for _, part := range parts {
		if token.IsExported(part) {
			list = append(list, part)
		}
	}
	return strings.Join(list, ".")
}

// guard writes statements that read a field below pointers that may be nil.
func (m *method) guard(alloc []string, field string, at argument, fill func()) {
	var conditions []jen.Code
	for _, pointer := range alloc {
		if strings.HasPrefix(field, pointer+".") {
			conditions = append(conditions, raw(at.path+"."+m.selector(pointer, at.pos)).Op("!=").Nil())
		}
	}
	if len(conditions) == 0 {
		fill()
		return
	}
	m.add(jen.If(joined("&&", conditions)).Block(m.block(fill)...))
}

// sendSlots adds the values of slots.
func (m *method) sendSlots(source model.Source, slots []model.Slot, alloc []string, at argument) {
	for _, s := range slots {
		if s.Name != "" && !m.first(string(source), s.Name) {
			continue
		}
		where := m.send(string(source))
		if _, list := s.Shape.(model.List); list && source == model.Headers {
			where = m.send("HeaderList")
		}
		m.sendSlot(where, s, alloc, at, source == model.Path)
	}
}

// sendSlot adds the value of a slot by a method that takes its name and texts.
func (m *method) sendSlot(where *jen.Statement, s model.Slot, alloc []string, at argument, always bool) {
	value := at
	if s.Field != "" {
		value = at.below(m.selector(s.Field, at.pos))
		value.given = false
	}
	m.guard(alloc, s.Field, at, func() { m.sendShape(where, s, s.Shape, value, always) })
}

func (m *method) sendShape(where *jen.Statement, s model.Slot, shape model.Shape, at argument, always bool) {
	each := func(fn string, reader model.Reader) {
		m.add(where.Call(quote(s.Name), m.lib(fn).Call(at.whole(), m.format(reader)).Op("...")))
	}
	switch shape := shape.(type) {
	case model.Single:
		if always || at.given || isAlwaysSent(s) {
			m.add(where.Call(quote(s.Name), m.format(shape.Reader).Call(at.whole())))
			return
		}
		each("NonZero", shape.Reader)
	case model.Pointed:
		each("Pointed", shape.Reader)
	case model.Optioned:
		each("Present", shape.Reader)
	case model.List:
		if shape.Pointed {
			each("EachPointed", shape.Reader)
			return
		}
		each("Each", shape.Reader)
	case model.Dict:
		fn := "Dict"
		if shape.List {
			fn = "DictOfLists"
		}
		m.add(m.lib(fn).Call(where, quote(s.Name), at.whole(), m.format(shape.Reader)))
	case model.OptionedMany:
		m.sendShape(where, s, shape.Of, at.below("Value"), always)
	}
}

// isAlwaysSent reports whether a zero value says something else than no value:
// one is required, or there is a default and no rule that refuses zero, so that
// it could stand for the default.
func isAlwaysSent(s model.Slot) bool {
	return s.Required || s.Default != "" && !wire.TextRefusesZero(s.Rules)
}

// format writes the function that writes what a reader reads.
func (m *method) format(r model.Reader) *jen.Statement {
	switch r.Func {
	case "ReadText", "ReadAddr":
		return m.lib("FormatText")
	}
	return m.rt("Format" + strings.TrimPrefix(r.Func, "Read"))
}

// formType declares the type of a multipart form: its values as the handler has
// them, its files as what is sent.
func (m *method) formType(from model.Multipart, pos token.Position) string {
	name := m.emitter.scope.pick(m.name+"Form", m.name+"Multipart")
	fields := newScope(nil)
	var list []jen.Code
	for _, s := range from.Slots {
		field := jen.Id(fields.pick(formField(s)))
		switch s.Shape.(type) {
		case model.OneFile:
			field.Op("*").Add(m.lib("File"))
		case model.ManyFiles:
			field.Index().Op("*").Add(m.lib("File"))
		default:
			field.Add(m.spellAt(s.Type, pos))
		}
		list = append(list, field)
	}
	m.types = append(m.types, append(
		m.doc("%s is the form that [Client.%s] sends. Files that are nil are left out.", name, m.name),
		jen.Type().Id(name).Struct(list...),
	))
	return name
}

// formField names a field after the last one of the handler's.
func formField(s model.Slot) string {
	if s.Field == "" {
		return wire.Exported(s.Name)
	}
	return s.Field[strings.LastIndexByte(s.Field, '.')+1:]
}

// sendMultipart makes a form the body, written as it is sent.
func (m *method) sendMultipart(from model.Multipart, at argument) {
	m.sent["Body"] = true
	form := m.scope.pick("form", "parts", "writer")
	fields := newScope(nil)
	body := m.block(func() {
		for _, s := range from.Slots {
			field := argument{path: at.path + "." + fields.pick(formField(s)), pos: at.pos}
			switch s.Shape.(type) {
			case model.OneFile:
				m.add(jen.Id(form).Dot("File").Call(quote(s.Name), field.whole()))
			case model.ManyFiles:
				m.add(jen.Id(form).Dot("File").Call(quote(s.Name), field.whole().Op("...")))
			default:
				m.sendShape(jen.Id(form).Dot("Value"), s, s.Shape, field, false)
			}
		}
	})
	m.add(m.send("Multipart").Call(
		jen.Func().Params(jen.Id(form).Op("*").Add(m.lib("FormWriter"))).Block(body...)))
}

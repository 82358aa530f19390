package typescript

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A value is a text of the path, the query, the header or a cookie.
type value struct {
	source   model.Source
	name     string // on the wire; empty for a Dict of all names
	key      string // in the parameters
	typ      string
	dict     bool
	list     bool // of several texts
	required bool
	docs     []string
}

// A body is what a request holds.
type body struct {
	kind     bodyKind
	typ      string
	optional bool
	fields   []formField // of a form
	typeName string      // of a form
	docs     []string
}

// A bodyKind says how a body is written.
type bodyKind string

const (
	jsonKind      bodyKind = "setJson"
	linesKind     bodyKind = "setLines"
	textKind      bodyKind = "setText"
	bytesKind     bodyKind = "setBytes"
	formKind      bodyKind = "form"
	multipartKind bodyKind = "multipart"
	formDataKind  bodyKind = "FormData"
)

// A formField is a value or file of a form.
type formField struct {
	value
	file bool
}

// An input gathers what an operation reads from the request.
type input struct {
	*writer
	pkg    *model.Package
	method string
	values []*value
	body   *body
}

// readAll gathers what parameters need.
func (in *input) readAll(params []model.Param) {
	for _, p := range params {
		in.read(p.From, p.Doc, false)
	}
}

func (in *input) read(from model.Extractor, doc string, optional bool) {
	switch from := from.(type) {
	case model.FromApp, model.Extension, model.Credentials, model.Custom, model.Next:
	case model.Head:
		if from.Part == model.Preconditions {
			in.conditions()
		}
	case model.QueryValues:
		in.add(value{source: model.Query, key: "query", dict: true, typ: dictOf("string | readonly string[]")})
	case model.Values:
		for _, s := range from.Slots {
			in.slot(from.Source, s, doc, optional)
		}
	case model.Form:
		in.form(from, optional)
	case model.Multipart:
		in.fields(multipartKind, from.Slots, optional)
	case model.MultipartReader:
		in.setBody(body{kind: formDataKind, typ: "FormData", optional: optional})
	case model.JSONBody:
		schema := narrow(wire.Lookup(in.pkg, from.Type, model.Received), from.Rules)
		in.setBody(body{kind: jsonKind, typ: in.typeOf(schema, model.Received), optional: optional, docs: []string{clean(doc)}})
	case model.JSONLinesBody:
		elem := in.typeOf(narrow(wire.Lookup(in.pkg, from.Type, model.Received), from.Rules), model.Received)
		in.setBody(body{kind: linesKind, typ: "Iterable<" + elem + "> | AsyncIterable<" + elem + ">", optional: optional, docs: []string{clean(doc)}})
	case model.TextBody:
		in.setBody(body{kind: textKind, typ: "string", optional: optional, docs: []string{clean(doc)}})
	case model.BytesBody, model.ReaderBody:
		in.setBody(body{kind: bytesKind, typ: "BodyContent", optional: optional, docs: []string{clean(doc)}})
	case model.Provided:
		for _, p := range in.pkg.Providers[from.Provider].Params {
			in.read(p.From, p.Doc, optional)
		}
	case model.Composite:
		for _, f := range from.Fields {
			in.read(f.From, f.Doc, optional)
		}
	case model.OptionalOf:
		in.read(from.Of, doc, true)
	case model.ResultOf:
		in.read(from.Of, doc, true)
	default:
		panic(fmt.Sprintf("typescript: unhandled extractor %T", from))
	}
}

// conditions adds the tags that a request can be bound to (RFC 9110 §13.1).
func (in *input) conditions() {
	for _, name := range []string{"If-Match", "If-None-Match"} {
		in.add(value{source: model.Headers, name: name, typ: "string"})
	}
}

// add adds a value, unless it is there already: then it is required if one of
// them is. Credentials are options, and fetch does not let a client say what
// host it speaks to.
func (in *input) add(v value) {
	if name := http.CanonicalHeaderKey(v.name); v.source == model.Headers && (name == "Authorization" || name == "Host") {
		return
	}
	for _, known := range in.values {
		if known.source == v.source && known.name == v.name && known.dict == v.dict {
			known.required = known.required || v.required
			return
		}
	}
	in.values = append(in.values, &v)
}

// slot adds a value that a struct or parameter reads.
func (in *input) slot(source model.Source, s model.Slot, doc string, optional bool) {
	v := in.valueOf(s)
	v.source = source
	v.required = v.required && !optional || source == model.Path
	if source == model.Path && v.list { // a path has each value once
		v.typ = in.typeOf(elemOf(wire.Lookup(in.pkg, s.Type, model.Texted)), model.Texted)
	}
	if s.Doc == "" && s.Field == "" {
		v.docs = append([]string{clean(doc)}, v.docs...)
	}
	in.add(v)
}

// valueOf describes a slot.
func (in *input) valueOf(s model.Slot) value {
	schema := narrow(wire.Lookup(in.pkg, s.Type, model.Texted), s.Rules)
	shape := s.Shape
	if many, ok := shape.(model.OptionedMany); ok {
		shape = many.Of
	}
	v := value{name: s.Name, required: in.names.IsDemanded(in.pkg, s)}
	switch shape := shape.(type) {
	case model.List:
		v.list = true
		v.typ = "readonly " + arrayOf(in.typeOf(elemOf(schema), model.Texted))
	case model.Dict:
		v.dict = true
		elem := in.typeOf(elemOf(schema), model.Texted)
		if shape.List {
			elem = "readonly " + arrayOf(in.typeOf(elemOf(elemOf(schema)), model.Texted))
		}
		v.typ = dictOf(elem)
	default:
		v.typ = in.typeOf(schema, model.Texted)
	}
	v.docs = append(paragraphs(s.Doc, s.Deprecated), formatTag(schema), exampleTag(s.Example.Text, schema), defaultTag(s.Default))
	return v
}

func dictOf(elem string) string { return "Readonly<Record<string, " + elem + ">>" }

// elemOf is the schema of the elements of a list or map.
func elemOf(s model.Schema) model.Schema {
	switch s := s.(type) {
	case model.ListValue:
		return s.Elem
	case model.DictValue:
		return s.Elem
	case model.NullOr:
		return elemOf(s.Of)
	}
	return model.TextValue{}
}

// setBody sets the body, unless there is one.
func (in *input) setBody(b body) {
	if in.body == nil {
		in.body = &b
	}
}

// form adds an urlencoded form, which GET and HEAD have in the query.
func (in *input) form(from model.Form, optional bool) {
	if in.method == http.MethodGet || in.method == http.MethodHead {
		for _, s := range from.Slots {
			in.slot(model.Query, s, "", optional)
		}
		return
	}
	in.fields(formKind, from.Slots, optional)
}

// fields makes a form the body, or adds to it.
func (in *input) fields(kind bodyKind, slots []model.Slot, optional bool) {
	in.setBody(body{kind: kind, optional: true})
	if in.body.kind != kind {
		return
	}
	in.body.optional = in.body.optional && optional
	for _, s := range slots {
		f := formField{value: in.valueOf(s)}
		switch s.Shape.(type) {
		case model.OneFile:
			f.file, f.typ = true, "Blob"
		case model.ManyFiles:
			f.file, f.list, f.typ = true, true, "readonly Blob[]"
		}
		f.key = s.Name
		if f.key == "" {
			f.key = "more"
		}
		if !slices.ContainsFunc(in.body.fields, func(known formField) bool { return known.name == s.Name }) {
			in.body.fields = append(in.body.fields, f)
		}
	}
}

// finish adds the wildcards that no parameter reads, and leaves out what has
// none.
func (in *input) finish(pattern string) {
	_, path := wire.SplitHost(pattern)
	wildcards := wire.Wildcards(path)
	in.values = slices.DeleteFunc(in.values, func(v *value) bool {
		return v.source == model.Path && !slices.Contains(wildcards, v.name)
	})
	for _, name := range wildcards {
		if !slices.ContainsFunc(in.values, func(v *value) bool { return v.source == model.Path && v.name == name }) {
			in.values = append(in.values, &value{source: model.Path, name: name, typ: "string", required: true})
		}
	}
}

// nameValues gives each value a key of its own: of those of one name, with the
// word for their source before it. Those of the path come first.
func (in *input) nameValues(keys wire.Scope) {
	for _, ofPath := range []bool{true, false} {
		for _, v := range in.values {
			if (v.source == model.Path) != ofPath {
				continue
			}
			stem := camel(v.name)
			switch {
			case v.key != "":
				stem = v.key
			case v.name == "":
				stem = v.source.Word()
			}
			v.key = keys.Pick(stem, v.source.Word()+wire.Upper(stem))
		}
	}
}

// keyOf returns the key of a value.
func (in *input) keyOf(source model.Source, name string) string {
	for _, v := range in.values {
		if v.source == source && v.name == name {
			return v.key
		}
	}
	panic(fmt.Sprintf("typescript: no %s value %s", source, name))
}

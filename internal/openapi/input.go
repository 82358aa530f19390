package openapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// An input documents what an operation reads.
type input struct {
	*pack
	op     *openapi3.Operation
	method string
	limit  model.Limit // of a body that is read

	seen map[int]bool // the providers that are documented, true if they need not be there
}

// read documents one parameter.
func (in *input) read(param model.Param, optional bool) {
	switch from := param.From.(type) {
	case model.Head, model.FromApp, model.Extension, model.Credentials, model.Custom, model.Next:
	case model.QueryValues:
		in.add(anything())
	case model.Values:
		in.values(from, param, optional)
	case model.Form:
		in.form(from, optional)
	case model.Multipart:
		in.multipart(from, optional)
	case model.MultipartReader:
		in.setBody(optional, "multipart/form-data", typed("object"))
	case model.JSONBody:
		in.json(from, optional)
	case model.JSONLinesBody:
		in.lines(from, optional)
	case model.TextBody:
		in.setBody(optional, "*/*", typed("string"))
	case model.BytesBody, model.ReaderBody:
		in.setBody(optional, "*/*", inline(&openapi3.Schema{}))
	case model.Provided:
		in.provided(from, optional)
	case model.Composite:
		for _, f := range from.Fields {
			in.read(f, optional)
		}
	case model.OptionalOf:
		if of, ok := from.Of.(model.Provided); ok { // only its result is optional
			in.provided(of, optional)
			return
		}
		in.read(model.Param{Name: param.Name, Doc: param.Doc, From: from.Of}, true)
	case model.ResultOf: // what cannot be read is not refused
		in.read(model.Param{Name: param.Name, Doc: param.Doc, From: from.Of}, true)
	default:
		panic(fmt.Sprintf("openapi: unhandled extractor %T", from))
	}
	in.describeBody(param)
}

// describeBody gives the body what a param directive says of it. What it says of
// one value of a form stands beside that.
func (in *input) describeBody(param model.Param) {
	switch from := param.From.(type) {
	case model.Form:
		if len(from.Slots) == 1 && from.Slots[0].Field == "" {
			return
		}
	case model.JSONBody, model.JSONLinesBody, model.TextBody, model.BytesBody, model.ReaderBody, model.Multipart, model.MultipartReader:
	default:
		return
	}
	if in.op.RequestBody != nil {
		in.op.RequestBody.Value.Description = param.Doc
	}
}

// through documents what a middleware function around the handler reads.
func (in *input) through(m model.MiddlewareFunc) {
	in.limit = m.Limit
	for _, param := range m.Params {
		in.read(param, false)
	}
}

// provided documents what an extractor function reads.
func (in *input) provided(from model.Provided, optional bool) {
	if free, seen := in.seen[from.Provider]; seen && (optional || !free) {
		return
	}
	in.seen[from.Provider] = optional
	for _, param := range in.pkg.Providers[from.Provider].Params {
		in.read(param, optional)
	}
}

// anything is the parameter for queries of any names.
func anything() *openapi3.Parameter {
	schema := typed("object")
	list := typed("array")
	list.Value.Items = typed("string")
	schema.Value.AdditionalProperties.Schema = list
	return &openapi3.Parameter{Name: "query", In: openapi3.ParameterInQuery, Style: "form", Explode: yes(), Schema: schema}
}

func yes() *bool { t := true; return &t }

// values documents path, query, header or cookie values.
func (in *input) values(from model.Values, param model.Param, optional bool) {
	for _, s := range from.Slots {
		parameter := &openapi3.Parameter{
			Name: s.Name, In: from.Source.Word(), Description: s.Doc, Deprecated: s.Deprecated,
			Required: in.names.IsDemanded(in.pkg, s) && !optional || from.Source == model.Path, Schema: in.slot(s),
		}
		if parameter.Description == "" && s.Field == "" {
			parameter.Description = param.Doc
		}
		if isDict(s.Shape) {
			style(parameter)
		}
		in.add(parameter)
	}
}

func isDict(shape model.Shape) bool {
	if many, ok := shape.(model.OptionedMany); ok {
		shape = many.Of
	}
	_, ok := shape.(model.Dict)
	return ok
}

// style writes a map as name[key]=value, or as values of any names.
func style(p *openapi3.Parameter) {
	if p.Name != "" {
		p.Style, p.Explode = "deepObject", yes()
		return
	}
	p.Name = p.In
	if p.In == openapi3.ParameterInQuery {
		p.Style, p.Explode = "form", yes()
	}
}

// add adds a parameter, unless another reads the same value: then it is required
// if one of them says so. Headers that OpenAPI has another place for are left
// out.
func (in *input) add(p *openapi3.Parameter) {
	if p.In == openapi3.ParameterInHeader {
		switch p.Name {
		case "Accept", "Content-Type", "Authorization":
			return
		}
	}
	if known := in.op.Parameters.GetByInAndName(p.In, p.Name); known != nil {
		known.Required = known.Required || p.Required
		return
	}
	in.op.Parameters = append(in.op.Parameters, &openapi3.ParameterRef{Value: p})
}

// slot is the schema of one named text.
func (in *input) slot(s model.Slot) *openapi3.SchemaRef {
	found := wire.Lookup(in.pkg, s.Type, model.Texted)
	schema := in.schema(found, model.Texted)
	if s.Default != "" || s.Example.Text != "" || len(s.Rules) > 0 {
		schema = wrapped(schema)
	}
	if s.Example.Text != "" {
		schema.Value.Examples = in.examples(s.Name, s.Example, found, model.Texted)
	}
	in.applyRules(schema, s.Rules)
	if s.Default != "" {
		schema.Value.Default, _ = in.literal(s.Default, found, model.Texted)
	}
	return schema
}

// setBody documents the body.
func (in *input) setBody(optional bool, media string, schema *openapi3.SchemaRef) *openapi3.MediaType {
	content := &openapi3.MediaType{Schema: schema}
	body := &openapi3.RequestBody{Required: !optional, Content: openapi3.Content{media: content}}
	if limit := answers.Limit(in.limit); limit > 0 {
		body.Extensions = map[string]any{"x-body-limit": limit}
	}
	in.op.RequestBody = &openapi3.RequestBodyRef{Value: body}
	return content
}

func (in *input) json(from model.JSONBody, optional bool) {
	in.setBody(optional, "application/json", in.received(from.Type, from.Rules))
}

// lines documents JSON lines, the errors in which are the handler's to answer.
func (in *input) lines(from model.JSONLinesBody, optional bool) {
	content := in.setBody(optional, "application/x-ndjson", typed("string"))
	content.Extensions = map[string]any{"x-item-schema": in.received(from.Type, from.Rules)}
}

// received is the schema of a value that is decoded.
func (in *input) received(t model.Type, rules []model.Rule) *openapi3.SchemaRef {
	return in.ruled(in.schema(wire.Lookup(in.pkg, t, model.Received), model.Received), rules)
}

// form documents an urlencoded form, which GET and HEAD have in the query.
func (in *input) form(from model.Form, optional bool) {
	if in.method == http.MethodGet || in.method == http.MethodHead {
		in.values(model.Values{Source: model.Query, Slots: from.Slots, Validate: from.Validate}, model.Param{}, optional)
		return
	}
	in.setBody(optional, "application/x-www-form-urlencoded", in.fields(from.Slots))
}

// fields is an object of named texts and files.
func (in *input) fields(slots []model.Slot) *openapi3.SchemaRef {
	object := typed("object")
	object.Value.Properties = openapi3.Schemas{}
	for _, s := range slots {
		if s.Name == "" {
			object.Value.AdditionalProperties.Schema = in.slot(s).Value.AdditionalProperties.Schema
			continue
		}
		schema := in.field(s)
		if s.Doc != "" {
			schema = wrapped(schema)
			describe(schema.Value, s.Doc)
			schema.Value.Deprecated = s.Deprecated
		}
		object.Value.Properties[s.Name] = schema
		inOrder(object.Value, s.Name)
		if in.names.IsDemanded(in.pkg, s) {
			object.Value.Required = append(object.Value.Required, s.Name)
		}
	}
	return object
}

func (in *input) field(s model.Slot) *openapi3.SchemaRef {
	file := func(wanted model.Upload) *openapi3.SchemaRef {
		schema := typed("string")
		schema.Value.ContentMediaType = "application/octet-stream"
		if wanted.Limit > 0 {
			schema.Value.Extensions = map[string]any{"x-body-limit": int64(wanted.Limit)}
		}
		return schema
	}
	switch shape := s.Shape.(type) {
	case model.OneFile:
		return file(shape.Wanted)
	case model.ManyFiles:
		list := typed("array")
		list.Value.Items = file(shape.Wanted)
		in.applyRules(list, s.Rules)
		return list
	}
	return in.slot(s)
}

func (in *input) multipart(from model.Multipart, optional bool) {
	content := in.setBody(optional, "multipart/form-data", in.fields(from.Slots))
	for _, s := range from.Slots {
		wanted := model.Upload{}
		switch shape := s.Shape.(type) {
		case model.OneFile:
			wanted = shape.Wanted
		case model.ManyFiles:
			wanted = shape.Wanted
		}
		if len(wanted.Accept) > 0 {
			if content.Encoding == nil {
				content.Encoding = map[string]*openapi3.Encoding{}
			}
			content.Encoding[s.Name] = &openapi3.Encoding{ContentType: strings.Join(wanted.Accept, ", ")}
		}
	}
}

// finish adds the wildcards that no parameter reads.
func (in *input) finish(pattern string) {
	for _, name := range wire.Wildcards(pattern) {
		if in.op.Parameters.GetByInAndName(openapi3.ParameterInPath, name) == nil {
			in.add(&openapi3.Parameter{Name: name, In: openapi3.ParameterInPath, Required: true, Schema: typed("string")})
		}
	}
	in.op.Parameters = slices.DeleteFunc(in.op.Parameters, func(p *openapi3.ParameterRef) bool {
		return p.Value.In == openapi3.ParameterInPath && !slices.Contains(wire.Wildcards(pattern), p.Value.Name)
	})
	for _, p := range in.op.Parameters {
		if p.Value.In == openapi3.ParameterInPath && strings.Contains(pattern, "{"+p.Value.Name+"...}") {
			p.Value.Description = cmp.Or(p.Value.Description, "The rest of the path, with its slashes.")
		}
	}
}

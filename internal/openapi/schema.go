package openapi

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
)

// schema writes what a value looks like on the wire.
func (b *builder) schema(s model.Schema, use model.Use) *openapi3.SchemaRef {
	switch s := s.(type) {
	case model.AnyValue:
		return inline(&openapi3.Schema{})
	case model.BoolValue:
		return typed("boolean")
	case model.IntegerValue:
		return integer(s)
	case model.NumberValue:
		return number(s)
	case model.TextValue:
		return text(s)
	case model.OneConstant:
		return b.constants(s, use)
	case model.ListValue:
		return b.list(s, use)
	case model.DictValue:
		schema := typed("object")
		schema.Value.AdditionalProperties.Schema = b.schema(s.Elem, use)
		if s.Key != nil {
			schema.Value.PropertyNames = b.schema(s.Key, use)
		}
		return schema
	case model.ObjectValue:
		return b.object(s, use)
	case model.NullOr:
		return orNull(b.schema(s.Of, use))
	case model.ComponentRef:
		return b.refTo(s.ID, use)
	case model.Declared:
		return declared(s)
	}
	panic(fmt.Sprintf("openapi: unhandled schema %T", s))
}

func inline(s *openapi3.Schema) *openapi3.SchemaRef { return openapi3.NewSchemaRef("", s) }

func typed(name string) *openapi3.SchemaRef {
	return inline(&openapi3.Schema{Type: &openapi3.Types{name}})
}

// integer writes a whole number with the bounds of its Go type, where a format
// does not say them.
func integer(s model.IntegerValue) *openapi3.SchemaRef {
	schema := typed("integer")
	switch {
	case s.Bits == 32 && !s.Unsigned:
		schema.Value.Format = "int32"
	case s.Bits == 64 && !s.Unsigned:
		schema.Value.Format = "int64"
	case s.Bits == 64:
		schema.Value.Min = new(float64)
		schema.Value.Format = "uint64"
	case s.Bits > 0 && s.Unsigned:
		schema.Value.Min, schema.Value.Max = new(float64), new(math.Pow(2, float64(s.Bits))-1)
	case s.Bits > 0:
		half := math.Pow(2, float64(s.Bits-1))
		schema.Value.Min, schema.Value.Max = new(-half), new(half-1)
	}
	return schema
}

func number(s model.NumberValue) *openapi3.SchemaRef {
	schema := typed("number")
	switch s.Bits {
	case 32:
		schema.Value.Format = "float"
	case 64:
		schema.Value.Format = "double"
	}
	return schema
}

func text(s model.TextValue) *openapi3.SchemaRef {
	schema := typed("string")
	schema.Value.Format, schema.Value.Pattern = s.Format, s.Pattern
	switch {
	case s.Or != "":
		schema.Value.Format = ""
		schema.Value.AnyOf = openapi3.SchemaRefs{
			inline(&openapi3.Schema{Format: s.Format}), inline(&openapi3.Schema{Format: s.Or}),
		}
	case s.Base64:
		schema.Value.ContentEncoding = "base64"
	case s.Quoted != nil:
		schema.Value.Pattern = quotedPattern(s.Quoted)
	case s.Example != "":
		schema.Value.Examples = []any{s.Example}
	}
	return schema
}

// quotedPattern matches what encoding/json writes with the string option.
func quotedPattern(of model.Schema) string {
	switch of := of.(type) {
	case model.BoolValue:
		return `^(true|false)$`
	case model.IntegerValue:
		if of.Unsigned {
			return `^[0-9]+$`
		}
		return `^-?[0-9]+$`
	case model.NumberValue:
		return `^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`
	case model.TextValue:
		return `^".*"$`
	}
	return ""
}

func (b *builder) constants(s model.OneConstant, use model.Use) *openapi3.SchemaRef {
	schema := b.schema(s.Of, use)
	var docs, names []string
	for _, c := range s.Values {
		schema.Value.Enum = append(schema.Value.Enum, value(c.Literal))
		names = append(names, c.Name)
		if c.Doc != "" {
			docs = append(docs, "- `"+strings.Trim(c.Literal, `"`)+"`: "+oneLine(c.Doc))
		}
	}
	if _, isText := s.Of.(model.TextValue); !isText { // a number says little by itself
		schema.Value.Extensions = map[string]any{"x-enum-varnames": names}
	}
	if s, ok := s.Of.(model.IntegerValue); ok && s.Bits < 32 {
		schema.Value.Min, schema.Value.Max = nil, nil // the values say more
	}
	describe(schema.Value, strings.Join(docs, "\n"))
	return schema
}

// value decodes a JSON literal.
func value(literal string) any {
	v, ok := decode(literal)
	if !ok {
		panic("openapi: not JSON: " + literal)
	}
	return v
}

// decode decodes a text that may be JSON. Numbers keep their digits.
func decode(text string) (v any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	err := decoder.Decode(&v)
	return v, err == nil && !decoder.More()
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

func (b *builder) list(s model.ListValue, use model.Use) *openapi3.SchemaRef {
	schema := typed("array")
	schema.Value.Items = b.schema(s.Elem, use)
	if s.Len >= 0 && use == model.Sent { // what is received is cut or filled up
		n := uint64(s.Len)
		schema.Value.MinItems, schema.Value.MaxItems = n, &n
	}
	return schema
}

func (b *builder) object(s model.ObjectValue, use model.Use) *openapi3.SchemaRef {
	schema := typed("object")
	schema.Value.Properties = openapi3.Schemas{}
	for _, m := range s.Members {
		member := b.schema(m.Schema, use)
		if m.Doc != "" || m.Deprecated || m.Example.Text != "" || m.Default != "" {
			member = wrapped(member)
			describe(member.Value, m.Doc)
			member.Value.Deprecated = m.Deprecated
			if m.Example.Text != "" {
				member.Value.Examples = b.examples(m.Name, m.Example, m.Schema, use)
			}
			if m.Default != "" {
				member.Value.Default, _ = b.literal(m.Default, m.Schema, use)
			}
		}
		schema.Value.Properties[m.Name] = member
		if use == model.Sent && m.Always {
			schema.Value.Required = append(schema.Value.Required, m.Name)
		}
		inOrder(schema.Value, m.Name)
	}
	return schema
}

// inOrder adds a property to the order in which they are written.
func inOrder(object *openapi3.Schema, name string) {
	if object.Extensions == nil {
		object.Extensions = map[string]any{}
	}
	names, _ := object.Extensions[fieldOrder].([]string)
	object.Extensions[fieldOrder] = append(names, name)
}

// wrapped returns a schema that can have more keywords: a reference is put into
// one.
func wrapped(s *openapi3.SchemaRef) *openapi3.SchemaRef {
	if s.Ref == "" {
		return s
	}
	return inline(&openapi3.Schema{AllOf: openapi3.SchemaRefs{s}})
}

// unwrapped takes a reference out again if nothing was added.
func unwrapped(s *openapi3.SchemaRef) *openapi3.SchemaRef {
	if s.Ref == "" && len(s.Value.AllOf) == 1 && reflect.DeepEqual(*s.Value, openapi3.Schema{AllOf: s.Value.AllOf}) {
		return s.Value.AllOf[0]
	}
	return s
}

// orNull allows null.
func orNull(s *openapi3.SchemaRef) *openapi3.SchemaRef {
	if s.Ref != "" || s.Value.Type == nil || len(s.Value.Enum) > 0 {
		return inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{s, typed("null")}})
	}
	*s.Value.Type = append(*s.Value.Type, "null")
	return s
}

// declared writes what a schema directive says.
func declared(s model.Declared) *openapi3.SchemaRef {
	schema := &openapi3.Schema{Format: s.Format, Pattern: s.Pattern}
	if s.Type != "" {
		schema.Type = &openapi3.Types{s.Type}
	}
	for _, l := range s.Literals {
		schema.Enum = append(schema.Enum, value(l))
	}
	if s.Example != "" {
		schema.Examples = []any{value(s.Example)}
	}
	if s.Type == "array" {
		schema.Items = inline(&openapi3.Schema{})
	}
	return inline(schema)
}

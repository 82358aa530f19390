package openapi

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

// A Misfit is an example tag whose text is not of the type of what it is for.
type Misfit struct {
	model.Example
	Name string // of the value
	Kind string // what it should be: "an integer"
}

// Misfits are those of a document.
type Misfits []Misfit

func (m Misfits) Error() string {
	return fmt.Sprintf("%d examples are not of their types", len(m))
}

// examples is what the text of an example tag stands for. One that is not of its
// type is a misfit.
func (b *builder) examples(name string, e model.Example, s model.Schema, use model.Use) []any {
	v, ok := b.literal(e.Text, s, use)
	if ok {
		return []any{v}
	}
	if e.Pos.IsValid() && !slices.ContainsFunc(b.misfits, func(m Misfit) bool { return m.Example == e }) {
		b.misfits = append(b.misfits, Misfit{e, name, kindOf(b.names.Resolve(s, use))})
	}
	return nil
}

// kindOf names the values of a schema.
func kindOf(s model.Schema) string {
	switch s := s.(type) {
	case model.BoolValue:
		return "true or false"
	case model.IntegerValue:
		return "an integer"
	case model.NumberValue:
		return "a number"
	case model.ListValue:
		return "a list of its elements, as JSON or as words with commas between"
	case model.DictValue, model.ObjectValue:
		return "a JSON object"
	case model.TextValue:
		return kindOfText(s)
	}
	return "of its schema"
}

func kindOfText(s model.TextValue) string {
	switch {
	case s.Quoted != nil:
		return "a value that stands in quotes"
	case s.Base64:
		return "base64"
	case s.Example != "":
		return "like " + s.Example
	case s.Format == "date-time":
		return "a time such as 2006-01-02T15:04:05Z"
	}
	return "of the form " + s.Pattern
}

// literal reads the text of a struct tag as a value of a schema, and reports
// whether it is one. A list is JSON, or words with commas between.
func (b *builder) literal(text string, s model.Schema, use model.Use) (v any, ok bool) {
	if _, null := s.(model.NullOr); null && text == "null" {
		return nil, true
	}
	v, isJSON := decode(text)
	switch of := b.names.Resolve(s, use).(type) {
	case model.TextValue:
		return text, b.isTextOf(text, of, use)
	case model.AnyValue:
		if isJSON {
			return v, true
		}
		return text, true
	case model.Declared:
		if isJSON && of.Type != "string" {
			return v, true
		}
		return text, of.Type == "string" || of.Type == ""
	case model.ListValue:
		if _, isList := v.([]any); isJSON && isList {
			return v, true
		}
		return b.words(text, of, use)
	default:
		if isJSON && isValue(v, of) {
			return v, true
		}
		return text, false
	}
}

// isValue reports whether decoded JSON is a value of a schema.
func isValue(v any, s model.Schema) bool {
	switch s.(type) {
	case model.BoolValue:
		_, ok := v.(bool)
		return ok
	case model.IntegerValue:
		n, ok := v.(json.Number)
		return ok && !strings.ContainsAny(n.String(), ".eE")
	case model.NumberValue:
		_, ok := v.(json.Number)
		return ok
	case model.DictValue, model.ObjectValue:
		_, ok := v.(map[string]any)
		return ok
	}
	panic(fmt.Sprintf("openapi: unhandled schema %T", s))
}

// words reads a list of words with commas between.
func (b *builder) words(text string, of model.ListValue, use model.Use) (any, bool) {
	list := []any{}
	for word := range strings.SplitSeq(text, ",") {
		v, ok := b.literal(strings.TrimSpace(word), of.Elem, use)
		if !ok {
			return nil, false
		}
		list = append(list, v)
	}
	return list, true
}

// isTextOf reports whether a text has the form that a schema demands, as far as
// the tag can be blamed.
func (b *builder) isTextOf(text string, s model.TextValue, use model.Use) bool {
	switch {
	case s.Quoted != nil:
		_, ok := b.literal(text, s.Quoted, use)
		return ok
	case s.Base64:
		_, err := base64.StdEncoding.DecodeString(text)
		return err == nil
	case s.Format == "date-time":
		_, err := time.Parse(time.RFC3339, text)
		if err != nil && s.Or == "date" {
			_, err = time.Parse(time.DateOnly, text)
		}
		return err == nil
	case s.Pattern != "":
		return regexp.MustCompile(s.Pattern).MatchString(text)
	}
	return true
}

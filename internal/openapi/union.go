package openapi

import (
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
)

// union is the schema of what is sent as one of several types. If a member tells
// them apart it is their discriminator; and only if no value can be taken for
// one of another type, exactly one of them fits.
func (b *builder) union(of []model.Schema) *openapi3.SchemaRef {
	if len(of) == 1 {
		return b.schema(of[0], model.Sent)
	}
	var refs openapi3.SchemaRefs
	for _, s := range of {
		refs = append(refs, b.schema(s, model.Sent))
	}
	switch by := b.discriminator(of, refs); {
	case by != nil:
		return inline(&openapi3.Schema{OneOf: refs, Discriminator: by})
	case b.areDisjoint(of):
		return inline(&openapi3.Schema{OneOf: refs})
	}
	return inline(&openapi3.Schema{AnyOf: refs})
}

// discriminator finds a member that all of several types have, and that is
// another constant in each: of a type with one text in its schema directive.
func (b *builder) discriminator(of []model.Schema, refs openapi3.SchemaRefs) *openapi3.Discriminator {
	first, _ := b.names.Resolve(of[0], model.Sent).(model.ObjectValue)
	for _, m := range first.Members {
		mapping := map[string]openapi3.MappingRef{}
		for i, s := range of {
			object, _ := b.names.Resolve(s, model.Sent).(model.ObjectValue)
			text, ok := constantMember(object, m.Name)
			if ok && refs[i].Ref != "" {
				mapping[text] = openapi3.MappingRef{Ref: refs[i].Ref}
			}
		}
		if len(mapping) == len(of) {
			return &openapi3.Discriminator{PropertyName: m.Name, Mapping: mapping}
		}
	}
	return nil
}

// constantMember returns the text that a member of an object always has.
func constantMember(object model.ObjectValue, name string) (text string, ok bool) {
	for _, m := range object.Members {
		declared, isDeclared := m.Schema.(model.Declared)
		if m.Name == name && m.Always && isDeclared && len(declared.Literals) == 1 {
			return text, json.Unmarshal([]byte(declared.Literals[0]), &text) == nil
		}
	}
	return "", false
}

// areDisjoint reports whether each of several types always has a member that the
// others never have.
func (b *builder) areDisjoint(of []model.Schema) bool {
	for i, s := range of {
		for j, other := range of {
			if i != j && !hasMore(b.names.Resolve(s, model.Sent), b.names.Resolve(other, model.Sent)) {
				return false
			}
		}
	}
	return true
}

// hasMore reports whether an object always has a member that another has not.
func hasMore(s, other model.Schema) bool {
	object, ok := s.(model.ObjectValue)
	than, okThan := other.(model.ObjectValue)
	if !ok || !okThan {
		return false
	}
	known := map[string]bool{}
	for _, m := range than.Members {
		known[m.Name] = true
	}
	for _, m := range object.Members {
		if m.Always && !known[m.Name] {
			return true
		}
	}
	return false
}

package openapi

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// refTo refers to a component.
func (b *builder) refTo(id string, use model.Use) *openapi3.SchemaRef {
	name := b.names.Name(id, use)
	if name == "" {
		panic(fmt.Sprintf("openapi: no component %s is %s", id, use))
	}
	b.components[name] = true
	return ref(name)
}

func ref(name string) *openapi3.SchemaRef {
	return openapi3.NewSchemaRef("#/components/schemas/"+asciiName(name), nil)
}

// asciiName writes a name in the letters that OpenAPI allows: Größe is Gr_f6_dfe.
func asciiName(name string) string {
	var b strings.Builder
	for _, c := range name {
		if c < utf8.RuneSelf {
			b.WriteRune(c)
		} else {
			fmt.Fprintf(&b, "_%x", c)
		}
	}
	return b.String()
}

// addComponents writes the components that are referred to. Each may refer to
// more.
func (b *builder) addComponents() {
	for again := true; again; {
		again = false
		for _, name := range b.names.Names {
			if b.components[name] && b.doc.Components.Schemas[asciiName(name)] == nil {
				b.doc.Components.Schemas[asciiName(name)] = b.component(b.names.Named(name))
				again = true
			}
		}
	}
}

func (b *builder) component(c wire.Component) *openapi3.SchemaRef {
	schema := b.schema(c.Schema, c.Use)
	if _, ok := c.Schema.(model.ObjectValue); ok && c.Use != model.Sent {
		p := &pack{builder: b, pkg: c.Package}
		p.demand(schema, c.Check())
	}
	describe(schema.Value, c.Doc)
	schema.Value.Deprecated = c.Deprecated
	return schema
}

// describe adds a text, after one that is there.
func describe(s *openapi3.Schema, text string) {
	switch {
	case text == "":
	case s.Description == "":
		s.Description = text
	default:
		s.Description = text + "\n\n" + s.Description
	}
}

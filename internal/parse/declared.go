package parse

import (
	"encoding/json"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// schemaTypes are the types that a schema directive can name.
var schemaTypes = []string{"string", "integer", "number", "boolean", "object", "array", "any"}

// readSchemas reads the schema directives, each of which says what a type looks
// like that encodes itself.
func (p *parser) readSchemas() {
	p.declared = map[*types.TypeName]model.Declared{}
	for _, d := range p.directives {
		spec, ok := d.on.(*ast.TypeSpec)
		if d.verb != "schema" || !ok {
			continue
		}
		if obj, ok := p.info.Defs[spec.Name].(*types.TypeName); ok {
			p.declared[obj] = p.readSchema(d)
		}
	}
}

// declaredSchema returns what a directive says of a type, if there is one.
func (p *parser) declaredSchema(t types.Type) (model.Schema, bool) {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return nil, false
	}
	declared, ok := p.declared[named.Origin().Obj()]
	return declared, ok
}

func (p *parser) readSchema(d directive) model.Declared {
	name := d.words()[0]
	declared := model.Declared{Type: name.value}
	if !slices.Contains(schemaTypes, name.value) {
		n := p.report(diag.BadValue, name, "%s is no type of JSON Schema", name.value)
		if near, ok := diag.Nearest(name.value, schemaTypes); ok {
			n.hint("did you mean %s?", near)
		} else {
			n.hint("write one of %s", strings.Join(schemaTypes, ", "))
		}
		return declared
	}
	if declared.Type == "any" {
		declared.Type = ""
	}
	if a, ok := d.value("format"); ok {
		declared.Format = a.value
	}
	if a, ok := d.value("pattern"); ok {
		declared.Pattern = p.readPatternOf(declared, a)
	}
	if a, ok := d.value("values"); ok {
		for _, text := range p.readWords(a) {
			declared.Literals = append(declared.Literals, p.readLiteral(declared, a, text))
		}
	}
	if a, ok := d.value("example"); ok {
		declared.Example = p.readLiteral(declared, a, a.value)
	}
	return declared
}

func (p *parser) readPatternOf(declared model.Declared, a arg) string {
	if declared.Type != "string" {
		p.report(diag.BadValue, a, "pattern= has no effect: only a string has one").hint("write //handlergen:schema string, or remove it")
	} else if _, err := regexp.Compile(a.value); err != nil {
		p.report(diag.BadValue, valueOf(a), "the pattern is no regular expression: %v", err)
	}
	return a.value
}

// readLiteral reads a value of the type that a directive declares, which is JSON
// unless it is a string.
func (p *parser) readLiteral(declared model.Declared, a arg, text string) string {
	if declared.Type == "string" {
		quoted, _ := json.Marshal(text) // a string
		return string(quoted)
	}
	var v any
	if json.Unmarshal([]byte(text), &v) != nil || !isOfSchemaType(v, declared.Type) {
		p.report(diag.BadValue, valueOf(a), "%s is not JSON of type %s", text, word(declared))
	}
	return text
}

// word is the type of a schema directive as it is written.
func word(declared model.Declared) string {
	if declared.Type == "" {
		return "any"
	}
	return declared.Type
}

// isOfSchemaType reports whether decoded JSON is of a type of JSON Schema.
func isOfSchemaType(v any, name string) bool {
	switch v := v.(type) {
	case bool:
		return name == "boolean" || name == ""
	case float64:
		return name == "number" || name == "" || name == "integer" && v == float64(int64(v))
	case map[string]any:
		return name == "object" || name == ""
	case []any:
		return name == "array" || name == ""
	}
	return name == ""
}

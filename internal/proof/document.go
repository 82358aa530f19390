// Package proof holds a server against its OpenAPI document. From the schemas of
// each operation it makes requests that the document allows, and others that it
// forbids: the former have to be read, the latter refused, and every answer has
// to be one that the document promises, with its status, its headers, its media
// type and its body.
//
// It is for tests. Documents are read by libraries that do not share a line with
// what wrote them.
package proof

import (
	"bytes"
	_ "embed" // for the official schema
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	checker "github.com/sv-tools/openapi"

	"github.com/handlergen/handlergen/internal/openapi"
)

// A Document is one as others read it: plain JSON, and schemas that a library
// for JSON Schema has compiled. It is for one goroutine.
type Document struct {
	value    any
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // by pointer
	lenient  *Document
}

// Read reads a document in YAML or JSON. It has to be valid in the eyes of two
// libraries for OpenAPI, and fit the official schema.
func Read(text []byte) (*Document, error) {
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, fmt.Errorf("the document cannot be read: %w", err)
	}
	if err := loaded.Validate(openapi3.NewLoader().Context); err != nil {
		return nil, fmt.Errorf("the document is not valid: %w", err)
	}
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return nil, err
	}
	schema, err := official()
	if err != nil {
		return nil, err
	}
	if err := schema.Validate(value); err != nil {
		return nil, fmt.Errorf("the document does not fit the schema of OpenAPI: %w", err)
	}
	if err := validate(asJSON); err != nil {
		return nil, fmt.Errorf("the document is not valid: %w", err)
	}
	return newDocument(value)
}

// validate asks the second library, which looks into default values and
// examples, too.
func validate(text []byte) error {
	spec := checker.NewExtendable(&checker.OpenAPI{})
	if err := json.Unmarshal(text, spec); err != nil {
		return err
	}
	v, err := checker.NewValidator(spec,
		// A GET of net/http may have a body, and some components are only those of
		// extensions, such as x-item-schema.
		checker.AllowRequestBodyForGet(), checker.AllowRequestBodyForHead(), checker.AllowRequestBodyForDelete(),
		checker.AllowUnusedComponents())
	if err != nil {
		return err
	}
	err = v.ValidateSpec()
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return errors.Join(slices.DeleteFunc(list.Unwrap(), isAboutNames)...)
	}
	return err
}

// isAboutNames reports whether an error is about a query parameter whose name is
// escaped in requests, which nothing forbids.
func isAboutNames(err error) bool {
	return strings.Contains(err.Error(), "contains reserved characters")
}

// officialText is the schema that the OpenAPI Initiative publishes for documents
// of version 3.1.
//
//go:embed oas-3.1-schema-2026-08-03.json
var officialText []byte

var official = sync.OnceValues(func() (*jsonschema.Schema, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(officialText))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("official.json", value); err != nil {
		return nil, err
	}
	return c.Compile("official.json")
})

// newDocument prepares the schemas of a document.
func newDocument(value any) (*Document, error) {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.AssertContent()
	for _, format := range numberFormats() {
		c.RegisterFormat(format)
	}
	if err := c.AddResource("document.json", value); err != nil {
		return nil, err
	}
	return &Document{value: value, compiler: c, schemas: map[string]*jsonschema.Schema{}}, nil
}

// schema compiles the schema at a place.
func (d *Document) schema(pointer string) (*jsonschema.Schema, error) {
	if s, ok := d.schemas[pointer]; ok {
		return s, nil
	}
	s, err := d.compiler.Compile("document.json#" + pointer)
	if err == nil {
		d.schemas[pointer] = s
	}
	return s, err
}

// relaxed is the document without the values of enumerations that are types.
func (d *Document) relaxed() *Document {
	if d.lenient == nil {
		text, _ := json.Marshal(d.value)
		value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		schemas := (&Document{value: value}).at("/components/schemas")
		for _, name := range schemas.keys() {
			delete(schemas.at(name).object(), "enum")
		}
		d.lenient, _ = newDocument(value) // as it went well before
	}
	return d.lenient
}

// An Operation is one of a document.
type Operation struct {
	Method, Path string
	node
}

// IsSecured reports whether the document says which credentials are wanted.
func (o Operation) IsSecured() bool { return o.has("security") }

// methods are those that OpenAPI has a place for.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Operations lists the operations of a document in order.
func (d *Document) Operations() []Operation {
	var list []Operation
	paths := d.at("/paths")
	for _, path := range paths.keys() {
		item := paths.at(path)
		for _, method := range methods {
			if item.has(method) {
				list = append(list, Operation{strings.ToUpper(method), path, item.at(method)})
			}
		}
	}
	return list
}

// Operation returns the operation for a method and a path of the document; for
// HEAD it may be that of GET.
func (d *Document) Operation(method, path string) (Operation, bool) {
	item := d.at("/paths").at(path)
	name := strings.ToLower(method)
	if name == "head" && !item.has(name) {
		name = "get"
	}
	return Operation{method, path, item.at(name)}, item.has(name) && slices.Contains(methods, name)
}

// Reread reads a document as others do. Both of its forms have to say the same.
func Reread(t *testing.T, built *openapi3.T) *Document {
	t.Helper()
	text, err := openapi.YAML(built)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Read(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	asJSON, err := openapi.JSON(built)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	delete(value.(map[string]any), "x-generated-by") // a comment in YAML
	if !reflect.DeepEqual(value, d.value) {
		t.Errorf("as JSON the document is another one:\n%s\n%s", asJSON, text)
	}
	return d
}

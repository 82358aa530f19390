// Package openapi says in an OpenAPI 3.1 document what packages answer to.
//
// It sees the model and nothing else: what parse decided for the generated code
// is what the document promises.
package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"maps"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	yaml "github.com/oasdiff/yaml3"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// Version is the version of OpenAPI that documents are written in.
const Version = "3.1.1"

// Info is what a document says of the API as a whole.
type Info struct {
	Title       string
	Version     string
	Description string
}

// A Conflict is two routes of different packages that one document cannot hold.
type Conflict struct {
	Method, Path  string
	First, Second Owner
}

// An Owner is a function that answers requests.
type Owner struct {
	Func string // "example.com/shop/users.Get"
	Pos  token.Position
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("%s %s is answered by %s and by %s", c.Method, c.Path, c.First.Func, c.Second.Func)
}

// Build returns the document of all routes of the packages that are not hidden.
// The error is a [*Conflict] or [Misfits].
func Build(pkgs []*model.Package, info Info) (*openapi3.T, error) {
	b := newBuilder(pkgs)
	for _, pkg := range pkgs {
		if err := b.addPackage(pkg); err != nil {
			return nil, err
		}
	}
	doc := b.finish(info)
	if len(b.misfits) > 0 {
		return nil, b.misfits
	}
	return doc, nil
}

// A builder makes one document of several packages.
type builder struct {
	doc        *openapi3.T
	owners     map[string]Owner            // by "GET /users/{}"
	paths      map[string]string           // by shape: "/users/{id}" by "/users/{}"
	ids        map[string]bool             // of operations
	apart      map[*openapi3.Operation]int // how far an operation is from its path; see apart
	names      *wire.Components
	components map[string]bool           // the names that are referred to
	tags       map[string]string         // descriptions by name
	secured    map[string]model.Security // by name
	problem    bool                      // the problem document is referred to
	misfits    Misfits
}

func newBuilder(pkgs []*model.Package) *builder {
	return &builder{
		doc: &openapi3.T{
			OpenAPI: Version, Paths: openapi3.NewPaths(),
			Components: &openapi3.Components{Schemas: openapi3.Schemas{}},
		},
		owners:     map[string]Owner{},
		paths:      map[string]string{},
		ids:        map[string]bool{},
		apart:      map[*openapi3.Operation]int{},
		names:      wire.NameComponents(pkgs, "Problem"),
		components: map[string]bool{},
		tags:       map[string]string{},
		secured:    map[string]model.Security{},
	}
}

func (b *builder) addPackage(pkg *model.Package) error {
	p := &pack{builder: b, pkg: pkg}
	for _, h := range pkg.Handlers {
		for _, r := range h.Routes {
			if r.Hidden {
				continue
			}
			if err := p.addRoute(h, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish adds what the operations refer to.
func (b *builder) finish(info Info) *openapi3.T {
	b.doc.Info = &openapi3.Info{Title: info.Title, Version: info.Version, Description: info.Description}
	b.addComponents()
	if b.problem {
		b.doc.Components.Schemas["Problem"] = problemSchema()
	}
	if len(b.secured) > 0 {
		b.doc.Components.SecuritySchemes = openapi3.SecuritySchemes{}
		for name, s := range b.secured {
			b.doc.Components.SecuritySchemes[name] = &openapi3.SecuritySchemeRef{Value: securityScheme(s)}
		}
	}
	b.addTags()
	return b.doc
}

// A pack is one package in the document.
type pack struct {
	*builder
	pkg *model.Package
}

// Marshal returns a document as "json" or "yaml".
func Marshal(doc *openapi3.T, form string) ([]byte, error) {
	if form == "json" {
		return JSON(doc)
	}
	return YAML(doc)
}

// The marks that tell our documents from others: the first line of those in
// YAML, and a line of those in JSON, which has no comments.
var (
	yamlMark = strings.Replace(model.Header, "//", "#", 1)
	jsonMark = `  "x-generated-by": "handlergen"`
)

// IsOurs reports whether a text is a document that [Marshal] wrote.
func IsOurs(text []byte) bool {
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\r"), ",")
		if i == 0 && line == yamlMark || line == jsonMark {
			return true
		}
	}
	return false
}

// JSON returns a document as JSON, indented by two spaces, with a member that
// says who wrote it.
func JSON(doc *openapi3.T) ([]byte, error) {
	marked := *doc
	marked.Extensions = maps.Clone(doc.Extensions)
	if marked.Extensions == nil {
		marked.Extensions = map[string]any{}
	}
	marked.Extensions["x-generated-by"] = "handlergen"
	root, err := arranged(&marked)
	if err != nil {
		return nil, err
	}
	var compact, buf bytes.Buffer
	writeJSON(&compact, root)
	if err := json.Indent(&buf, compact.Bytes(), "", "  "); err != nil {
		return nil, err
	}
	buf.WriteByte('\n')
	return buf.Bytes(), nil
}

// YAML returns a document as YAML, with the first line of generated files.
func YAML(doc *openapi3.T) ([]byte, error) {
	root, err := arranged(doc)
	if err != nil {
		return nil, err
	}
	buf := bytes.NewBufferString(yamlMark + "\n")
	encoder := yaml.NewEncoder(buf)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return buf.Bytes(), encoder.Close()
}

// arranged returns a document in the order in which it is best read.
func arranged(doc *openapi3.T) (*yaml.Node, error) {
	text, err := doc.MarshalJSON()
	if err != nil {
		return nil, err
	}
	return arrange(text)
}

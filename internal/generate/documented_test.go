package generate_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/openapi"
)

// undocumentedCases are the cases whose answers no document can foresee.
var undocumentedCases = map[string]string{
	"route/use_label":      "middleware answers 403",
	"state/use_method":     "middleware answers 403",
	"respond/errors":       "an error renders itself as text/html",
	"respond/parts":        "a header of the answer replaces the Content-Type",
	"respond/replace":      "a header of the answer replaces the Content-Type",
	"robust/test_handlers": "what is served are the handlers in the tests",
	"middleware/tests":     "what is served are the handlers in the tests",
}

// TestDocumented makes the exchanges of all cases again, and holds each answer
// against the OpenAPI document of the case: its status, its media type and its
// body have to be what the document promises.
func TestDocumented(t *testing.T) {
	s := mustServed(t)
	addrs := s.start(t)
	for _, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			if reason, ok := undocumentedCases[c.name]; ok {
				t.Skip(reason)
			}
			pkgs := s.packagesOf(c)
			doc, err := openapi.Build(pkgs, openapi.Info{Title: c.name, Version: "1"})
			if err != nil {
				t.Skip(err) // routes on several hosts, or of several packages
			}
			d := reload(t, doc)
			addr, ok := addrs[c.name]
			if !ok || c.section("http") == nil {
				return
			}
			list, err := parseExchanges(c.section("http"))
			if err != nil {
				t.Fatal(err)
			}
			routes := patternsOf(t, pkgs)
			for _, x := range list {
				op, pointer := d.operationFor(routes, x)
				if op == nil {
					continue
				}
				res, body, err := x.send(addr)
				if err != nil {
					continue // a case about an answer that breaks off
				}
				for _, problem := range d.undocumented(op, pointer, res, body, x.method) {
					t.Errorf("%s %s: %s\n%s %s", x.method, x.target, problem, res.Status, body)
				}
			}
		})
	}
}

// packagesOf returns the packages of a case that are in its own directory.
func (s *suite) packagesOf(c *testCase) []*model.Package {
	var pkgs []*model.Package
	for _, pkg := range s.result.Packages {
		if pkg.Dir == s.dir(c) {
			pkgs = append(pkgs, pkg)
		}
	}
	return pkgs
}

// A document is one as others read it: by a library for OpenAPI, and by one for
// JSON Schema.
type document struct {
	*openapi3.T
	schemas *jsonschema.Compiler
	value   any // as JSON
	lenient *document
}

// reload reads a document as everybody else does, and validates it.
func reload(t *testing.T, doc *openapi3.T) *document {
	t.Helper()
	text, err := openapi.YAML(doc)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatalf("the document cannot be read: %v\n%s", err, text)
	}
	if err := loaded.Validate(t.Context()); err != nil {
		t.Fatalf("the document is not valid: %v\n%s", err, text)
	}
	asJSON, err := openapi.JSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := mustOfficial(t).Validate(value); err != nil {
		t.Fatalf("the document does not fit the schema of OpenAPI: %v\n%s", err, asJSON)
	}
	return &document{loaded, compiler(value), value, nil}
}

// compiler compiles the schemas of a document.
func compiler(document any) *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	c.AssertContent()
	for _, format := range numberFormats() {
		c.RegisterFormat(format)
	}
	if err := c.AddResource("document.json", document); err != nil {
		panic(err) // it has just been read
	}
	return c
}

// officialSchema is the schema that the OpenAPI Initiative publishes for
// documents of version 3.1.
const officialSchema = "../openapi/testdata/oas-3.1-schema-2026-08-03.json"

var official = sync.OnceValues(func() (*jsonschema.Schema, error) {
	return jsonschema.NewCompiler().Compile(officialSchema)
})

func mustOfficial(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := official()
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// patternsOf makes a ServeMux whose handlers are the paths in the document.
func patternsOf(t *testing.T, pkgs []*model.Package) *http.ServeMux {
	t.Helper()
	mux := http.NewServeMux()
	for _, pkg := range pkgs {
		for _, h := range pkg.Handlers {
			for _, r := range h.Routes {
				if r.Hidden {
					continue
				}
				methods := r.Methods
				if len(methods) == 0 {
					methods = []string{""}
				}
				for _, method := range methods {
					mux.Handle(strings.TrimSpace(method+" "+r.Pattern), http.NotFoundHandler())
				}
			}
		}
	}
	return mux
}

// operationFor finds the operation that an exchange is an example of, and where
// it stands in the document.
func (d *document) operationFor(routes *http.ServeMux, x exchange) (op *openapi3.Operation, pointer string) {
	target, err := url.ParseRequestURI(x.target)
	if err != nil {
		return nil, ""
	}
	r := httptest.NewRequest(x.method, "/", nil)
	r.URL = target
	r.Host, _ = x.given("Host")
	_, pattern := routes.Handler(r)
	if pattern == "" {
		return nil, ""
	}
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = rest
	}
	path := pattern[strings.IndexByte(pattern, '/'):]
	path = strings.ReplaceAll(strings.TrimSuffix(path, "{$}"), "...}", "}")
	item := d.Paths.Value(path)
	method := x.method
	if method == http.MethodHead && item != nil && item.Head == nil {
		method = http.MethodGet
	}
	if item == nil || method == "QUERY" || method == http.MethodConnect {
		return nil, ""
	}
	return item.Operations()[method], "/paths/" + escapePointer(path) + "/" + strings.ToLower(method)
}

func escapePointer(name string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
}

func unescapePointer(name string) string {
	name, _ = url.PathUnescape(name)
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
}

// undocumented says what of an answer the document does not promise.
func (d *document) undocumented(op *openapi3.Operation, pointer string, res *http.Response, body, method string) (problems []string) {
	code := strconv.Itoa(res.StatusCode)
	for _, other := range []string{code[:1] + "XX", "default"} {
		if op.Responses.Value(code) == nil {
			code = other
		}
	}
	response := op.Responses.Value(code)
	redirected := res.StatusCode == http.StatusTemporaryRedirect && res.Header.Get("Location") != ""
	switch {
	case res.StatusCode == http.StatusInternalServerError, redirected && response == nil:
		return nil // what nobody plans, and what net/http does with paths that are not clean
	case response == nil:
		return []string{fmt.Sprintf("the status %d is not documented", res.StatusCode)}
	case body == "" || method == http.MethodHead || len(response.Value.Content) == 0:
		return nil
	}
	media, _, _ := strings.Cut(res.Header.Get("Content-Type"), ";")
	content := response.Value.Content.Get(media)
	switch {
	case content == nil:
		return []string{fmt.Sprintf("the Content-Type %s is not documented", media)}
	case !strings.HasSuffix(media, "json") || strings.HasSuffix(media, "ndjson") || content.Schema == nil:
		return nil
	}
	schema, err := d.schemas.Compile("document.json#" + pointer + "/responses/" + code + "/content/" + escapePointer(media) + "/schema")
	if err != nil {
		return []string{err.Error()}
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return []string{err.Error()}
	}
	if err := schema.Validate(value); err != nil {
		return []string{err.Error()}
	}
	return nil
}

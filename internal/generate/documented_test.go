package generate_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/openapi"
	"github.com/handlergen/handlergen/internal/proof"
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
			d := s.document(t, c)
			addr, ok := addrs[c.name]
			if !ok || c.section("http") == nil {
				return
			}
			list, err := parseExchanges(c.section("http"))
			if err != nil {
				t.Fatal(err)
			}
			routes := patternsOf(s.packagesOf(c))
			for _, x := range list {
				op, ok := operationFor(d, routes, x)
				if !ok {
					continue
				}
				res, err := x.Send(addr)
				if err != nil {
					continue // a case about an answer that breaks off
				}
				for _, problem := range op.Undocumented(res) {
					t.Errorf("%s %s: %s\n%s %s", x.Method, x.Target, problem, res.Status, res.Text)
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

// document returns the document of a case, as others read it.
func (s *served) document(t *testing.T, c *testCase) *proof.Document {
	t.Helper()
	if d, ok := s.documents[c.name]; ok {
		return d
	}
	doc, err := openapi.Build(s.packagesOf(c), openapi.Info{Title: c.name, Version: "1"})
	if err != nil {
		t.Skip(err) // routes on several hosts, or of several packages
	}
	d := proof.Reread(t, doc)
	s.documents[c.name] = d
	return d
}

// patternsOf makes a ServeMux whose handlers are the paths in the document.
func patternsOf(pkgs []*model.Package) *http.ServeMux {
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

// operationFor finds the operation that an exchange is an example of.
func operationFor(d *proof.Document, routes *http.ServeMux, x exchange) (proof.Operation, bool) {
	target, err := url.ParseRequestURI(x.Target)
	if err != nil {
		return proof.Operation{}, false
	}
	r := httptest.NewRequest(x.Method, "/", nil)
	r.URL = target
	r.Host, _ = x.Given("Host")
	_, pattern := routes.Handler(r)
	if pattern == "" {
		return proof.Operation{}, false
	}
	if _, rest, ok := strings.Cut(pattern, " "); ok {
		pattern = rest
	}
	path := pattern[strings.IndexByte(pattern, '/'):]
	path = strings.ReplaceAll(strings.TrimSuffix(path, "{$}"), "...}", "}")
	return d.Operation(x.Method, path)
}

package generate_test

import (
	"path/filepath"
	"testing"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/openapi"
)

// TestExampleDocuments validates the document of each example, by a library for
// OpenAPI and by the official schema.
func TestExampleDocuments(t *testing.T) {
	dir, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	r, err := generate.Packages(t.Context(), generate.Config{Dir: dir, Patterns: []string{"./..."}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Packages) < 3 || len(r.Diags) > 0 {
		t.Fatalf("%d packages, %v", len(r.Packages), r.Diags)
	}
	for _, pkg := range r.Packages {
		doc, err := openapi.Build([]*model.Package{pkg}, openapi.Info{Title: pkg.Name, Version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		d := reload(t, doc)
		if len(d.operations()) == 0 {
			t.Errorf("the document of %s has no operation", pkg.Path)
		}
	}
}

package proof

import (
	"path/filepath"
	"testing"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/openapi"
)

// Load makes the documents of packages, one for each, as handlergen openapi
// does, and reads them. They are by import path.
func Load(t *testing.T, dir string, patterns ...string) map[string]*Document {
	t.Helper()
	dir, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := generate.Packages(t.Context(), generate.Config{Dir: dir, Patterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Diags) > 0 {
		t.Fatalf("the packages have diagnostics: %v", r.Diags)
	}
	documents := map[string]*Document{}
	for _, pkg := range r.Packages {
		built, err := openapi.Build([]*model.Package{pkg}, openapi.Info{Title: pkg.Name, Version: "1"})
		if err != nil {
			t.Fatal(err)
		}
		documents[pkg.Path] = Reread(t, built)
	}
	return documents
}

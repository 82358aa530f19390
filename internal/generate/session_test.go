package generate

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSession wants a session to read what changes can matter to, and no more.
func TestSession(t *testing.T) {
	t.Setenv("GOWORK", "off")
	dir := plant(t, map[string]string{
		"go.mod":         "module example.com/m\n\ngo 1.26.0\n",
		"users/a.go":     routed("users", `import _ "example.com/m/store"`),
		"orders/a.go":    routed("orders", `import _ "example.com/m/money"`),
		"health/a.go":    routed("health", ""),
		"store/store.go": "package store\n\nimport _ \"example.com/m/store/sql\"\n",
		"store/sql/a.go": "package sql\n",
		"money/a.go":     "package money\n\nimport _ \"example.com/m/money/_x\"\n",
		"money/a_test.go": "package money_test\n\nimport _ \"example.com/m/store\"\n" +
			"\nimport _ \"example.com/m/later\"\n",
		"alone/a.go":       "package alone\n",
		"other/go.mod":     "module example.com/other\n",
		"other/a.go":       "package other\n",
		"money/_x/x.go":    "package x\n\nimport _ \"example.com/m/money/_x/_y\"\n",
		"money/_x/_y/y.go": "package y\n",
	})
	s := NewSession(Config{Dir: dir, Patterns: []string{"./..."}})
	all := []string{"health", "orders", "users"}
	for _, step := range []struct {
		about   string
		write   map[string]string // a text of "-" removes
		changed []string          // if it is not what is written
		want    []string
		diags   int
	}{
		{about: "the first time", want: all},
		{about: "a handler", changed: []string{"users/a.go"}, want: []string{"users"}},
		{about: "a dependency", changed: []string{"store/store.go"}, want: []string{"orders", "users"}},
		{about: "a dependency's dependency", changed: []string{"store/sql/a.go"}, want: []string{"orders", "users"}},
		{about: "what no pattern comes to", changed: []string{"money/_x/_y/y.go"}, want: []string{"orders"}},
		{about: "two packages", changed: []string{"health/a.go", "money/a.go"}, want: []string{"health", "orders"}},
		{about: "what nobody imports", changed: []string{"alone/a.go"}},
		{about: "the module", changed: []string{"go.mod"}, want: all},
		{about: "another module", changed: []string{"other/a.go"}, want: all},
		{about: "a file that is gone", changed: []string{"gone/a.go"}, want: all},
		{
			about: "another import",
			write: map[string]string{"health/a.go": routed("health", `import _ "example.com/m/alone"`)},
			want:  []string{"health"},
		},
		{about: "what is imported now", changed: []string{"alone/a.go"}, want: []string{"health"}},
		{
			about: "a directory that a test imported before it was there",
			write: map[string]string{"later/a.go": "package later\n"},
			want:  []string{"orders"},
		},
		{
			about: "a mistake", write: map[string]string{"users/a.go": routed("users", "") + "//handlergen:rout GET /\n"},
			diags: 1,
		},
		{about: "another package beside a mistake", changed: []string{"health/a.go"}, want: []string{"health", "orders"}, diags: 1},
		{about: "the mistake", write: map[string]string{"users/a.go": routed("users", "")}, want: []string{"users"}},
		{about: "the import that went with it", changed: []string{"store/store.go"}, want: []string{"orders"}},
		{about: "a package less", write: map[string]string{"health/a.go": "-"}, want: []string{"orders", "users"}},
		{
			about: "a document",
			write: map[string]string{"users/doc.go": "//handlergen:openapi openapi.yaml\npackage users\n"},
			want:  []string{"orders", "users"},
		},
	} {
		changed := slices.Concat(step.changed, slices.Collect(maps.Keys(step.write)))
		for i, name := range changed {
			changed[i] = filepath.Join(dir, filepath.FromSlash(name))
		}
		for name, text := range step.write {
			write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
		}
		r, err := s.Read(t.Context(), changed)
		if err != nil {
			t.Fatalf("%s: %v", step.about, err)
		}
		var got []string
		for _, pkg := range r.Packages {
			got = append(got, pkg.Name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s: packages read (-want +got):\n%s", step.about, diff)
		}
		if len(r.Diags) != step.diags {
			t.Errorf("%s: %d diagnostics, want %d: %v", step.about, len(r.Diags), step.diags, r.Diags)
		}
	}
}

// routed is a package with a route.
func routed(name, imports string) string {
	return "package " + name + "\n\n" + imports + "\n\n//handlergen:route GET /\nfunc Get() {}\n"
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if text == "-" {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

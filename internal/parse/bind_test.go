package parse

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/handlergen/handlergen/internal/diag"
)

// TestRefused reads the archives of testdata/bind: a package, and what is said
// of it.
func TestRefused(t *testing.T) {
	declareLib(t)
	names, err := filepath.Glob("testdata/bind/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want a file and the diagnostics", err)
			}
			pkg, diags := readPackage(loadText(t, map[string]string{"a.go": string(archive.Files[0].Data)}))
			if pkg != nil {
				t.Error("a package was made of it")
			}
			var got bytes.Buffer
			diags.WriteText(&got, diag.TextOptions{})
			if *update {
				archive.Files[1].Data = got.Bytes()
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got.String()); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", archive.Files[0].Data, diff)
			}
		})
	}
}

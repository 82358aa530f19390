// Package client_test calls Conduit through its client in TypeScript.
package client_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	"github.com/handlergen/handlergen/internal/tsc"
)

// TestTypeScript has node do what testdata/calls.ts says. It needs node, and the
// compiler of TypeScript from npm.
func TestTypeScript(t *testing.T) {
	dir := t.TempDir()
	files := map[string]string{"client_gen.ts": "client_gen.ts", "calls.ts": "testdata/calls.ts"}
	for to, from := range files {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, to), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	js := tsc.Compile(t, dir)

	app, err := conduit.Open(t.Context(), conduit.Config{DB: ":memory:", Secret: []byte(strings.Repeat("x", 32))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	server := httptest.NewServer(app.Handler())
	t.Cleanup(server.Close)
	if out := tsc.Run(t, filepath.Join(js, "calls.js"), server.URL); strings.TrimSpace(out) != "done" {
		t.Error(out)
	}
}

// Package client_test calls Conduit through its client in TypeScript.
package client_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
)

const config = `{"compilerOptions": {
	"strict": true, "noUncheckedIndexedAccess": true, "exactOptionalPropertyTypes": true, "noImplicitOverride": true,
	"verbatimModuleSyntax": true, "target": "ES2022", "module": "NodeNext", "lib": ["ES2022", "DOM"], "types": []
}}`

// TestTypeScript has node do what testdata/calls.ts says. It needs node, and the
// compiler of TypeScript from npm.
func TestTypeScript(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	npx, err := exec.LookPath("npx")
	if err != nil {
		t.Skip("npx is not installed")
	}
	tsc := func(args ...string) ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), npx, append([]string{"--yes", "--package", "typescript@5.9.3", "tsc"}, args...)...)
		cmd.Dir = os.TempDir() // npx looks for packages here
		cmd.Env = append(os.Environ(), "npm_config_fetch_retries=0")
		return cmd.CombinedOutput()
	}
	if out, err := tsc("--version"); err != nil {
		t.Skipf("npx cannot run tsc of typescript@5.9.3: %.200s", out)
	}

	dir := t.TempDir()
	files := map[string]string{"client_gen.ts": "client_gen.ts", "calls.ts": "testdata/calls.ts"}
	for to, from := range files {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, to), text)
	}
	write(t, filepath.Join(dir, "tsconfig.json"), []byte(config))
	write(t, filepath.Join(dir, "package.json"), []byte(`{"type": "module"}`))
	if out, err := tsc("--project", dir); err != nil {
		t.Fatalf("tsc: %v\n%s", err, out)
	}

	app, err := conduit.Open(t.Context(), conduit.Config{DB: ":memory:", Secret: []byte(strings.Repeat("x", 32))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	server := httptest.NewServer(app.Handler())
	t.Cleanup(server.Close)
	out, err := exec.CommandContext(t.Context(), node, filepath.Join(dir, "calls.js"), server.URL).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "done" {
		t.Errorf("node: %v\n%s", err, out)
	}
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.WriteFile(name, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

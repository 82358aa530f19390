package examples_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/handlergen/handlergen/examples/chat"
	"github.com/handlergen/handlergen/examples/dropbox"
	"github.com/handlergen/handlergen/examples/jwt"
	"github.com/handlergen/handlergen/examples/proxy"
	"github.com/handlergen/handlergen/examples/users"
)

// TestClientsAreFresh holds the clients that are kept here against the handlers.
func TestClientsAreFresh(t *testing.T) {
	for _, lang := range []string{"go", "ts"} {
		writeClient(t, lang, "users/usersclient", "./users", "--check")
	}
}

// TestTypeScriptClients calls the examples as testdata/clients.ts does. It needs
// node, and the compiler of TypeScript from npm.
func TestTypeScriptClients(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	npx, err := exec.LookPath("npx")
	if err != nil {
		t.Skip("npx is not installed")
	}
	tsc := func(args ...string) *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), npx, append([]string{"--yes", "--package", "typescript@5.9.3", "tsc"}, args...)...)
		cmd.Dir = os.TempDir() // npx looks for packages here
		cmd.Env = append(os.Environ(), "npm_config_fetch_retries=0")
		return cmd
	}
	if out, err := tsc("--version").CombinedOutput(); err != nil {
		t.Skipf("npx cannot run tsc of typescript@5.9.3: %.200s", out)
	}

	dir := t.TempDir()
	for _, name := range []string{"users", "jwt", "chat", "dropbox", "proxy"} {
		writeClient(t, "ts", filepath.Join(dir, name), "./"+name)
	}
	calls, err := os.ReadFile("testdata/clients.ts")
	if err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"compilerOptions": map[string]any{
		"strict": true, "noUncheckedIndexedAccess": true, "exactOptionalPropertyTypes": true, "verbatimModuleSyntax": true,
		"target": "ES2022", "module": "NodeNext", "lib": []string{"ES2022", "DOM"}, "types": []string{},
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"clients.ts": calls, "tsconfig.json": config, "package.json": []byte(`{"type": "module"}`),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := tsc("--project", dir).CombinedOutput(); err != nil {
		t.Fatalf("tsc: %v\n%s", err, out)
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{filepath.Join(dir, "clients.js")}, serveExamples(t)...)...).CombinedOutput()
	if err != nil || !regexp.MustCompile(`(?m)^[3-9]\d checks$`).Match(out) {
		t.Errorf("node: %v\n%s", err, out)
	}
}

// writeClient writes a client of a package.
func writeClient(t *testing.T, lang, dir, pkg string, flags ...string) {
	t.Helper()
	args := append([]string{"run", "./cmd/handlergen", "client", "-C", "examples", "--lang", lang, "-o", dir}, flags...)
	cmd := exec.CommandContext(t.Context(), "go", append(args, pkg)...)
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("a client in %s of %s: %v\n%s", lang, pkg, err, out)
	}
}

// serveExamples serves them for the test, and returns where.
func serveExamples(t *testing.T) []string {
	t.Helper()
	accounts := jwt.NewUsers()
	if err := accounts.Add("ann", "admin", "secret"); err != nil {
		t.Fatal(err)
	}
	folder, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	serve := func(handler http.Handler) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.URL
	}
	behind, err := url.Parse(serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Path", r.URL.EscapedPath())
		fmt.Fprint(w, r.Method+" rain")
	})))
	if err != nil {
		t.Fatal(err)
	}
	return []string{
		serve(users.Routes(&users.App{Users: users.NewStore(), Admins: users.Admins{"admin": "Root"}})),
		serve(jwt.Routes(jwt.NewApp(accounts, []byte("0123456789abcdef0123456789abcdef")))),
		serve(chat.Routes(&chat.App{Rooms: chat.NewRooms()})),
		serve(dropbox.Routes(&dropbox.Box{Folder: folder})),
		serve(proxy.Routes(proxy.New(behind, 10*time.Second))),
	}
}

package examples_test

import (
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
	"github.com/handlergen/handlergen/internal/tsc"
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
	dir := t.TempDir()
	for _, name := range []string{"users", "jwt", "chat", "dropbox", "proxy"} {
		writeClient(t, "ts", filepath.Join(dir, name), "./"+name)
	}
	calls, err := os.ReadFile("testdata/clients.ts")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "clients.ts"), calls, 0o600); err != nil {
		t.Fatal(err)
	}
	out := tsc.Run(t, filepath.Join(tsc.Compile(t, dir), "clients.js"), serveExamples(t)...)
	if !regexp.MustCompile(`(?m)^[3-9]\d checks$`).MatchString(out) {
		t.Error(out)
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

package generate_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/tsc"
)

// unfetchable are the cases of which no client in TypeScript can be written, and
// what the diagnostics say.
var unfetchable = map[string]string{
	"body/json":      "fetch does not send a body with GET",
	"openapi/routes": "fetch does not send CONNECT",
	"route/methods":  "fetch does not send TRACE",
}

// TestTypeScript writes a client of every case, and has the compiler of
// TypeScript check all of them in one run.
func TestTypeScript(t *testing.T) {
	s := mustSuite(t, good)
	dir := filepath.Join(tmp, "typescript")
	for _, c := range s.cases {
		pkgs := s.packagesOf(c)
		if len(pkgs) == 0 || pkgs[0].File == model.TestFile {
			continue
		}
		cfg := generate.ClientConfig{Lang: "ts", Dir: filepath.Join(dir, c.name)}
		file, diags, err := generate.Client(pkgs, cfg)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(unfetchable[c.name] != "", len(diags) > 0); diff != "" {
			t.Errorf("%s: a client cannot be written (-want +got):\n%s%s", c.name, diff, messages(diags))
		}
		if len(diags) > 0 {
			if got := messages(diags); !strings.Contains(got, unfetchable[c.name]) {
				t.Errorf("%s: %s, want %s", c.name, got, unfetchable[c.name])
			}
			continue
		}
		again, _, err := generate.Client(pkgs, cfg)
		if err != nil || string(again.New) != string(file.New) {
			t.Errorf("%s: the second client differs from the first: %v", c.name, err)
		}
		if err := writeFile(file.Path, file.New); err != nil {
			t.Fatal(err)
		}
	}
	tsc.Compile(t, dir)
}

// TestTypeScriptArrives runs testdata/client/echo_test.ts: handlers that answer
// with what they got are called through their client, with what is hard to send.
// A browser is asked, too, if there is one.
func TestTypeScriptArrives(t *testing.T) {
	root := filepath.Join(tmp, "arrives-ts")
	writeEcho(t, root, "ts/echo_test.ts",
		generate.ClientConfig{Lang: "ts", Dir: filepath.Join(root, "ts")},
		generate.ClientConfig{Lang: "ts", Dir: filepath.Join(root, "ts", "exact"), Int64: "bigint"})
	for name, text := range map[string]string{"serve/main.go": serveEcho, "ts/run.ts": runEcho} {
		if err := writeFile(filepath.Join(root, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	js := tsc.Compile(t, filepath.Join(root, "ts"))
	at := startProgram(t, root, "./serve")
	t.Run("node", func(t *testing.T) { arrived(t, tsc.Run(t, filepath.Join(js, "run.js"), at), 500) })
	t.Run("browser", func(t *testing.T) { arrived(t, browse(t, at, js), 400) })
}

// arrived demands that all of so many checks are well.
func arrived(t *testing.T, out string, least int) {
	t.Helper()
	out = strings.TrimSpace(out)
	n, failures := 0, -1
	_, err := fmt.Sscanf(out[strings.LastIndexByte(out, '\n')+1:], "%d checks, %d failures", &n, &failures)
	if err != nil || n < least || failures > 0 {
		t.Errorf("%s", out)
	}
}

const serveEcho = `package main

import (
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"

	"example.com/golden"
)

func main() {
	log.SetOutput(io.Discard)
	fmt.Println(httptest.NewServer(arrives.Routes()).URL)
	io.Copy(io.Discard, os.Stdin)
}
`

const runEcho = `import { run } from "./echo_test.js";

declare const process: { argv: string[] };

console.log(await run(String(process.argv[2])));
`

// startProgram runs a program of a module until the test ends, and returns the
// first line that it prints.
func startProgram(t *testing.T, dir, pkg string) string {
	t.Helper()
	program := filepath.Join(dir, "program")
	build := exec.Command("go", "build", "-o", program, pkg)
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	out := launch(t, exec.Command(program))
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// shownClients are the cases whose clients testdata/typescript shows: all but the
// library, which depends on what is used of it.
var shownClients = []string{
	"body/patch", "extract/combined", "extract/multipart", "extract/query_map", "name/methods", "problem/errors_function", "problem/errors_sealed",
	"respond/etag", "respond/lines", "respond/parts", "respond/union", "validate/presence",
}

// TestTypeScriptGolden compares clients with those of testdata/typescript, and
// one of them with its library, for changes to be seen where there is no node.
func TestTypeScriptGolden(t *testing.T) {
	s := mustSuite(t, good)
	for _, c := range s.cases {
		if !slices.Contains(shownClients, c.name) {
			continue
		}
		file, diags, err := generate.Client(s.packagesOf(c), generate.ClientConfig{Lang: "ts", Dir: tmp})
		if err != nil || len(diags) > 0 {
			t.Fatalf("%s: %v %s", c.name, err, messages(diags))
		}
		own, _, ok := strings.Cut(string(file.New), "\n/** The headers that fetch takes. */")
		if !ok {
			t.Fatalf("%s: the client has no library", c.name)
		}
		golden(t, filepath.Join("testdata", "typescript", strings.ReplaceAll(c.name, "/", "_")+".ts"), own)
		if c.name == "respond/lines" {
			golden(t, filepath.Join("testdata", "typescript", "whole.ts"), string(file.New))
		}
	}
}

// golden compares a text with a file, or with -update writes it.
func golden(t *testing.T, name, text string) {
	t.Helper()
	if *update {
		if err := writeFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := udiff.Unified("want", "got", string(want), text); diff != "" {
		t.Errorf("%s: %s", name, diff)
	}
}

package generate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
)

// uncallable are the cases of which no client can be written, and what the
// diagnostics say.
var uncallable = map[string]string{
	"extract/provider_body": "the type input is not exported",
	"name/predeclared":      "the type int64 is not exported",
	"name/unexported":       "the type query is not exported",
	"robust/unformatted":    "the type query is not exported",
}

// TestClients writes a client of every case into one module, and has the
// compiler and vet look at all of them.
func TestClients(t *testing.T) {
	s := mustServed(t)
	var dirs []string
	for _, c := range s.cases {
		pkgs := s.packagesOf(c)
		if len(pkgs) == 0 || pkgs[0].File == model.TestFile {
			continue
		}
		dir := filepath.Join(s.dir(c), "zzclient")
		file, diags, err := generate.Client(pkgs, generate.ClientConfig{Lang: "go", Dir: dir})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(uncallable[c.name] != "", len(diags) > 0); diff != "" {
			t.Errorf("%s: a client cannot be written (-want +got):\n%s%s", c.name, diff, messages(diags))
		}
		if len(diags) > 0 {
			if got := messages(diags); !strings.Contains(got, uncallable[c.name]) {
				t.Errorf("%s: %s, want %s", c.name, got, uncallable[c.name])
			}
			continue
		}
		again, _, err := generate.Client(pkgs, generate.ClientConfig{Lang: "go", Dir: dir})
		if err != nil || string(again.New) != string(file.New) {
			t.Errorf("%s: the second client differs from the first: %v", c.name, err)
		}
		if err := writeFile(file.Path, file.New); err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, "./"+c.name+"/zzclient")
	}
	s.runTool(t, "go", append([]string{"vet"}, dirs...)...)
	s.runTool(t, "gofmt", append([]string{"-l"}, dirs...)...)
}

// TestClientArrives runs the tests in testdata/client: handlers that answer with
// what they got are called through their client, with what is hard to send.
func TestClientArrives(t *testing.T) {
	root := filepath.Join(tmp, "arrives")
	if err := writeModule(root); err != nil {
		t.Fatal(err)
	}
	for to, from := range map[string]string{
		"echo.go": "echo.go", "echoclient/echo_test.go": "echo_test.go",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", "client", from))
		if err != nil {
			t.Fatal(err)
		}
		if err := writeFile(filepath.Join(root, to), text); err != nil {
			t.Fatal(err)
		}
	}
	result, err := generatePackages(root, ".")
	if err != nil || len(result.Diags) > 0 {
		t.Fatalf("%v %s", err, messages(result.Diags))
	}
	file, diags, err := generate.Client(result.Packages, generate.ClientConfig{Lang: "go", Dir: filepath.Join(root, "echoclient")})
	if err != nil || len(diags) > 0 {
		t.Fatalf("%v %s", err, messages(diags))
	}
	for _, f := range append(result.Files, *file) {
		if err := writeFile(f.Path, f.New); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "test", "./...")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go test: %v\n%s", err, out)
	}
}

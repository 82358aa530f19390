package generate_test

import (
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"reflect"
	"slices"
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

// TestClients writes a client of every case. TestTools has the compiler, vet and
// staticcheck look at all of them.
func TestClients(t *testing.T) {
	s := mustServed(t)
	s.writeClients(t)
	for _, c := range s.cases {
		diags := s.uncallable[c.name]
		if diff := cmp.Diff(uncallable[c.name] != "", diags != ""); diff != "" {
			t.Errorf("%s: a client cannot be written (-want +got):\n%s%s", c.name, diff, diags)
		}
		if !strings.Contains(diags, uncallable[c.name]) {
			t.Errorf("%s: %s, want %s", c.name, diags, uncallable[c.name])
		}
	}
	if len(s.clients) < 150 {
		t.Errorf("only %d clients were written", len(s.clients))
	}
}

// writeClients writes a client of every case that can have one, beside it, the
// first time.
func (s *served) writeClients(t *testing.T) {
	t.Helper()
	if s.clients != nil {
		return
	}
	for _, c := range s.cases {
		pkgs := s.packagesOf(c)
		if len(pkgs) == 0 || pkgs[0].File == model.TestFile {
			continue
		}
		cfg := generate.ClientConfig{Lang: "go", Dir: filepath.Join(s.dir(c), "zzclient")}
		file, diags, err := generate.Client(pkgs, cfg)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if len(diags) > 0 {
			s.uncallable[c.name] = messages(diags)
			continue
		}
		again, _, err := generate.Client(pkgs, cfg)
		if err != nil || string(again.New) != string(file.New) {
			t.Errorf("%s: the second client differs from the first: %v", c.name, err)
		}
		if err := writeFile(file.Path, file.New); err != nil {
			t.Fatal(err)
		}
		s.clients = append(s.clients, file.Path)
	}
}

// unsent are the kinds of values that no client sends or reads as such, and why.
var unsent = map[string]string{
	"Custom":    "it reads what it likes of the request, which an editor of requests adds",
	"Extension": "middleware makes it of a request",
	"FromApp":   "it is the server's own",
}

// covers wants handlers to have every kind of value that some case has.
func covers(t *testing.T, pkgs []*model.Package) {
	t.Helper()
	wanted, had := map[string]bool{}, map[string]bool{}
	for _, pkg := range mustSuite(t, good).result.Packages {
		collectKinds(reflect.ValueOf(pkg.Handlers), wanted)
		collectKinds(reflect.ValueOf(pkg.Providers), wanted)
	}
	for _, pkg := range pkgs {
		collectKinds(reflect.ValueOf(pkg.Handlers), had)
		collectKinds(reflect.ValueOf(pkg.Providers), had)
	}
	for _, kind := range slices.Sorted(maps.Keys(wanted)) {
		if had[kind] == (unsent[kind] != "") {
			t.Errorf("testdata/client/echo.go has a handler for %s: %t, and the reason not to is %q", kind, had[kind], unsent[kind])
		}
	}
}

// collectKinds notes the kinds of values that are read and answered: "Values of
// Query", "ReadInt int8", "List", "Upstream".
func collectKinds(v reflect.Value, kinds map[string]bool) {
	switch value := v.Interface().(type) {
	case model.Reader:
		if named, ok := value.Type.(model.Named); ok && !strings.HasPrefix(named.PkgPath, "example.com/") {
			kinds[strings.TrimSpace(value.Func+" "+path.Join(named.PkgPath, named.Name))] = true
		}
		kinds[value.Func] = true
	case model.Values:
		kinds["Values of "+string(value.Source)] = true
	case model.Credentials:
		kinds["Credentials "+value.Name] = true
	case model.FormField:
		kinds["FormReply "+value.Format] = true
	case model.Events:
		kinds["Events "+value.Func] = true
	case model.Lines:
		kinds["Lines "+value.Func] = true
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			if named := v.Elem().Type(); v.Kind() == reflect.Interface && v.Type().Name() != "Type" && v.Type().Name() != "Rule" {
				kinds[named.Name()] = true
			}
			collectKinds(v.Elem(), kinds)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collectKinds(v.Field(i), kinds)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectKinds(v.Index(i), kinds)
		}
	}
}

// writeEcho writes a module with the handlers of testdata/client/echo.go, a test
// from there, and clients.
func writeEcho(t *testing.T, root, test string, clients ...generate.ClientConfig) *generate.Result {
	t.Helper()
	if err := writeModule(root); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{"echo.go", test} {
		text, err := os.ReadFile(filepath.Join("testdata", "client", filepath.Base(to)))
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
	files := result.Files
	for _, cfg := range clients {
		file, diags, err := generate.Client(result.Packages, cfg)
		if err != nil || len(diags) > 0 {
			t.Fatalf("%v %s", err, messages(diags))
		}
		files = append(files, *file)
	}
	for _, f := range files {
		if err := writeFile(f.Path, f.New); err != nil {
			t.Fatal(err)
		}
	}
	return result
}

// TestClientArrives runs the tests in testdata/client: handlers that answer with
// what they got are called through their client, with what is hard to send.
func TestClientArrives(t *testing.T) {
	root := filepath.Join(tmp, "arrives")
	result := writeEcho(t, root, "echoclient/echo_test.go", generate.ClientConfig{Lang: "go", Dir: filepath.Join(root, "echoclient")})
	covers(t, result.Packages)
	cmd := exec.Command("go", "test", "./...")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go test: %v\n%s", err, out)
	}
}

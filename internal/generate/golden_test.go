// Package generate_test runs the cases below testdata through the whole
// pipeline. testdata/README.md says how a case is written.
package generate_test

import (
	"context"
	"flag"
	"log"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aymanbagabas/go-udiff"
	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/generate"
)

var update = flag.Bool("update", false, "rewrite the want sections of the cases")

// caseDirs are the directories of cases that generate code; those in errors
// yield diagnostics.
var caseDirs = []string{
	"route", "extract", "body", "respond", "middleware", "state", "validate", "problem", "name", "robust", "openapi",
}

// tmp is removed after the last test.
var tmp string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if tmp, err = os.MkdirTemp("", "handlergen-golden-"); err != nil {
		log.Fatal(err)
	}
	os.Setenv("GOWORK", "off") // no workspace around the temporary directory counts
	// Without its name in what is compiled, the build cache knows it again.
	os.Setenv("GOFLAGS", strings.TrimSpace("-trimpath "+os.Getenv("GOFLAGS")))
	code := m.Run()
	os.RemoveAll(tmp)
	os.Exit(code)
}

// A suite is a set of cases in one module, and what was generated from it.
type suite struct {
	root   string // directory of the module
	cases  []*testCase
	result *generate.Result
}

// newSuite writes cases into a module of their own and generates from all of
// them at once.
func newSuite(name string, dirs ...string) (*suite, error) {
	cases, err := readCases(dirs...)
	if err != nil {
		return nil, err
	}
	s := &suite{root: filepath.Join(tmp, name), cases: cases}
	if err := writeModule(s.root); err != nil {
		return nil, err
	}
	for _, c := range cases {
		if err := c.writeInputs(s.root); err != nil {
			return nil, err
		}
	}
	s.result, err = generatePackages(s.root, "./...")
	return s, err
}

func generatePackages(root string, patterns ...string) (*generate.Result, error) {
	return generate.Packages(context.Background(), generate.Config{Dir: root, Patterns: patterns})
}

// good and bad are the suites of the cases that generate code and of those
// that yield diagnostics. Tests share them, since loading takes most time.
var (
	good = sync.OnceValues(func() (*suite, error) { return newSuite("good", caseDirs...) })
	bad  = sync.OnceValues(func() (*suite, error) { return newSuite("bad", "errors") })
)

func mustSuite(t *testing.T, get func() (*suite, error)) *suite {
	t.Helper()
	s, err := get()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestGolden compares the output of each case byte for byte.
func TestGolden(t *testing.T) {
	s := mustSuite(t, good)
	for _, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			if text := s.diagnostics(c); text != "" {
				t.Errorf("the case has diagnostics:\n%s", text)
			}
			c.compare(t, outputs(s.result, s.dir(c)))
		})
	}
}

// TestErrors compares the diagnostics of each case in testdata/errors.
func TestErrors(t *testing.T) {
	s := mustSuite(t, bad)
	for _, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			text := s.diagnostics(c)
			if text == "" {
				t.Error("the case has no diagnostics")
			}
			if code, _, ok := strings.Cut(path.Base(c.name), "_"); ok && strings.HasPrefix(code, "HG") && !strings.Contains(text, "("+code+")") {
				t.Errorf("the case is named after %s but does not show it", code)
			}
			c.compare(t, map[string]string{"diagnostics": text})
		})
	}
}

// TestStable generates again with the packages in another order and the output
// in place: what was generated must neither differ nor matter.
func TestStable(t *testing.T) {
	s := mustSuite(t, good)
	root := filepath.Join(tmp, "again")
	if err := writeModule(root); err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, c := range slices.Backward(s.cases) {
		if err := c.writeInputs(root); err != nil {
			t.Fatal(err)
		}
		for name, text := range outputs(s.result, s.dir(c)) {
			if err := writeFile(filepath.Join(root, c.name, name), []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		patterns = append(patterns, "./"+c.name+"/...")
	}
	result, err := generatePackages(root, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range s.cases {
		first, second := outputs(s.result, s.dir(c)), outputs(result, filepath.Join(root, c.name))
		if diff := cmp.Diff(first, second); diff != "" {
			t.Errorf("%s: the second run differs from the first:\n%s", c.name, diff)
		}
	}
	for _, f := range result.Files {
		if string(f.Old) != string(f.New) {
			t.Errorf("%s: stale right after it was generated", f.Path)
		}
	}
}

// TestTools runs what users run over generated code, that of clients included.
func TestTools(t *testing.T) {
	s := mustServed(t)
	s.writeClients(t)
	files, packages := slices.Clone(s.clients), []string(nil)
	for _, f := range s.result.Files {
		if filepath.Ext(f.Path) == ".go" {
			files = append(files, f.Path)
		}
	}
	for _, dir := range caseDirs {
		packages = append(packages, "./"+dir+"/...")
	}
	s.runTool(t, "gofmt", append([]string{"-l"}, files...)...)
	s.runTool(t, "go", append([]string{"vet"}, packages...)...)
	if !testing.Short() {
		// But for dot imports and odd JSON tags, which cases have on purpose.
		s.runTool(t, "staticcheck", append([]string{"-checks", "inherit,-ST1001,-SA5008"}, packages...)...)
	}
}

// TestTests runs the tests that cases have of their own: those that use the
// routes of external tests, which no program can serve.
func TestTests(t *testing.T) {
	s := mustServed(t)
	cmd := exec.Command("go", "test", "-vet=off", "./robust/...")
	cmd.Dir = s.root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go test: %v\n%s", err, out)
	}
}

// runTool runs a tool that has nothing to say if all is well.
func (s *suite) runTool(t *testing.T, name string, args ...string) {
	t.Run(name, func(t *testing.T) {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
		cmd := exec.Command(name, args...)
		cmd.Dir = s.root
		if out, err := cmd.CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	})
}

func (s *suite) dir(c *testCase) string { return filepath.Join(s.root, c.name) }

// diagnostics renders what was reported for a case, as users see it who work
// in its directory.
func (s *suite) diagnostics(c *testCase) string {
	var list diag.List
	for _, d := range s.result.Diags {
		if strings.HasPrefix(d.Pos.Filename, s.dir(c)+string(filepath.Separator)) {
			list = append(list, d)
		}
	}
	var b strings.Builder
	list.WriteText(&b, diag.TextOptions{Dir: s.dir(c)})
	return b.String()
}

// outputs returns the generated files below a directory by relative name.
func outputs(result *generate.Result, dir string) map[string]string {
	files := map[string]string{}
	for _, f := range result.Files {
		name, err := filepath.Rel(dir, f.Path)
		if err == nil && filepath.IsLocal(name) && f.New != nil {
			files[name] = string(f.New)
		}
	}
	return files
}

// compare checks what came of a case, or with -update writes it down.
func (c *testCase) compare(t *testing.T, got map[string]string) {
	t.Helper()
	if *update {
		if err := c.update(got); err != nil {
			t.Error(err)
		}
		return
	}
	want := c.wanted()
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if want[name] != got[name] {
			t.Errorf("%s differs:\n%s", c.file, udiff.Unified("want/"+name, name, want[name], got[name]))
		}
	}
}

package generate_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/handlergen/handlergen/internal/proof"
)

// TestServed makes the exchanges of all cases with one program that serves
// each on an address of its own.
func TestServed(t *testing.T) {
	s := mustServed(t)
	addrs := s.start(t)
	for _, c := range s.cases {
		text := c.section("http")
		if text == nil {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			if problem, broken := s.broken[c.name]; broken {
				t.Fatal(problem)
			}
			addr, ok := addrs[c.name]
			if !ok {
				t.Fatal("the case is not served")
			}
			list, err := parseExchanges(text)
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range list {
				for _, problem := range x.run(addr) {
					t.Errorf("%s %s: %s", x.Method, x.Target, problem)
				}
			}
		})
	}
}

// A served is the suite of good cases with its output, built into one program.
type served struct {
	*suite
	program    string
	broken     map[string]string // cases that do not compile, and why
	documents  map[string]*proof.Document
	clients    []string          // the files of those in Go
	uncallable map[string]string // cases without a client, and why
}

var build = sync.OnceValues(buildServed)

func mustServed(t *testing.T) *served {
	t.Helper()
	s, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func buildServed() (*served, error) {
	good, err := good()
	if err != nil {
		return nil, err
	}
	s := &served{
		suite: good, program: filepath.Join(tmp, "served"),
		broken: map[string]string{}, documents: map[string]*proof.Document{}, uncallable: map[string]string{},
	}
	for _, f := range s.result.Files {
		if f.New != nil {
			if err := writeFile(f.Path, f.New); err != nil {
				return nil, err
			}
		}
	}
	imports := map[string]string{}
	for _, c := range s.cases {
		if c.section("http") == nil {
			continue
		}
		dir, err := s.prepare(c)
		if err != nil {
			s.broken[c.name] = err.Error()
			continue
		}
		imports[c.name] = path.Join("example.com/golden", dir)
	}
	return s, s.build(imports)
}

// routesFunc finds the constructor in a generated file.
var routesFunc = regexp.MustCompile(`(?m)^func (\w*Routes)\((\w*)`)

// prepare adds to a case an exported function that makes its routes, and
// returns the directory of the package to import. The packages that cannot be
// imported, main and those with handlers in their tests, are served as copies.
func (s *served) prepare(c *testCase) (dir string, err error) {
	out := outputs(s.result, s.dir(c))
	text, inTest := out["handlers_gen_test.go"]
	if !inTest {
		text = out["handlers_gen.go"]
	}
	found := routesFunc.FindStringSubmatch(text)
	if found == nil {
		return "", errors.New("the case has no constructor of routes in its own directory")
	}
	dir, call := c.name, found[1]+"()"
	if found[2] != "" {
		call = found[1] + "(newState())"
	}
	name := regexp.MustCompile(`(?m)^package (\w+)`).FindStringSubmatch(text)[1]
	if name == "main" || inTest {
		name = "served"
		if dir, err = s.copyPackage(c); err != nil {
			return "", err
		}
	}
	glue := fmt.Sprintf("package %s\n\nfunc ServedRoutes() any { return %s }\n", name, call)
	return dir, writeFile(filepath.Join(s.root, dir, "zz_served.go"), []byte(glue))
}

// copyPackage copies the files in a case's own directory to a package with
// another name, its tests as ordinary files.
func (s *served) copyPackage(c *testCase) (dir string, err error) {
	dir = "copies/" + c.name
	entries, err := os.ReadDir(s.dir(c))
	if err != nil {
		return "", err
	}
	clause := regexp.MustCompile(`(?m)^package \w+`)
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(s.dir(c), e.Name()))
		if err != nil {
			return "", err
		}
		name := strings.Replace(e.Name(), "_test.go", "_intest.go", 1)
		text = clause.ReplaceAll(text, []byte("package served"))
		if err := writeFile(filepath.Join(s.root, dir, name), text); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// build builds the program. Should it fail, the packages that do not compile
// are left out, so that one case does not hide the others.
func (s *served) build(imports map[string]string) error {
	for {
		if err := writeFile(filepath.Join(s.root, "served", "main.go"), mainFile(imports)); err != nil {
			return err
		}
		cmd := exec.Command("go", "build", "-o", s.program, "./served")
		cmd.Dir = s.root
		out, err := cmd.CombinedOutput()
		if err == nil {
			return nil
		}
		if !s.leaveOut(imports, string(out)) {
			return fmt.Errorf("go build: %w\n%s", err, out)
		}
	}
}

// leaveOut takes the packages that the compiler complained of out of imports
// and reports whether there were any.
func (s *served) leaveOut(imports map[string]string, complaint string) bool {
	n := len(imports)
	for _, part := range strings.Split("\n"+complaint, "\n# ")[1:] {
		pkg, _, _ := strings.Cut(part, "\n")
		maps.DeleteFunc(imports, func(name, importPath string) bool {
			if pkg != importPath && !strings.HasPrefix(pkg, importPath+"/") {
				return false
			}
			s.broken[name] = "does not compile: " + part
			return true
		})
	}
	return len(imports) < n
}

// mainFile is the program: it serves each case until its input ends.
func mainFile(imports map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport (\n\t\"fmt\"\n\t\"io\"\n\t\"net\"\n\t\"net/http\"\n\t\"os\"\n\n")
	names := slices.Sorted(maps.Keys(imports))
	for i, name := range names {
		fmt.Fprintf(&b, "\tcase%d %q\n", i, imports[name])
	}
	b.WriteString(")\n\nfunc main() {\n")
	for i, name := range names {
		fmt.Fprintf(&b, "\tserve(%q, case%d.ServedRoutes)\n", name, i)
	}
	b.WriteString(`	fmt.Println()
	io.Copy(io.Discard, os.Stdin)
}

func serve(name string, routes func() any) {
	defer func() {
		if v := recover(); v != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, v)
		}
	}()
	handler := routes().(http.Handler)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, handler)
	fmt.Println(name, listener.Addr())
}
`)
	return b.Bytes()
}

// launch runs a program until the test ends, and returns what it prints. It has
// to end when its input does.
func launch(t *testing.T, cmd *exec.Cmd) io.Reader {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return out
}

// start runs the program for the rest of the test and returns the address of
// each case. With -v, what the program logs is shown if the test fails.
func (s *served) start(t *testing.T) map[string]string {
	t.Helper()
	cmd := exec.Command(s.program)
	var logged bytes.Buffer
	cmd.Stderr = &logged
	t.Cleanup(func() { // when it has ended
		if t.Failed() && testing.Verbose() {
			t.Logf("the program logged:\n%s", logged.String())
		}
	})
	out := launch(t, cmd)
	addrs := map[string]string{}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "" {
		name, addr, _ := strings.Cut(lines.Text(), " ")
		addrs[name] = addr
	}
	go io.Copy(io.Discard, out)
	return addrs
}

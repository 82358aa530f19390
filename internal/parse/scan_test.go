package parse

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A tree with everything that the go command treats in its own way.
const oddTree = `
-- go.mod --
module "example.com/m" // the main one

go 1.26

ignore (
	./ignored
	anywhere // of this name
)
ignore ./deep/x/y
-- root.go --
package m
-- a/a.go --
package a
-- a/b/c/c.go --
package c
-- ab/ab.go --
package ab
-- empty/readme --
-- hidden/_a.go --
-- hidden/.b.go --
-- .dot/a.go --
package a
-- _under/a.go --
package a
-- testdata/a.go --
package a
-- a/testdata/x/a.go --
package a
-- vendor/v/v.go --
package v
-- a/vendor/v.go --
package vendor
-- a/vendor/v/v.go --
package v
-- nested/go.mod --
module example.com/nested
-- nested/n.go --
package n
-- nested/sub/n.go --
package n
-- ignored/i.go --
package i
-- ignored/sub/i.go --
package i
-- a/ignored/i.go --
package i
-- a/anywhere/i.go --
package i
-- anywhere/sub/i.go --
package i
-- anywhere2/i.go --
package i
-- deep/x/y/z/i.go --
package i
-- deep/x/yy/i.go --
package i
-- tests/only_test.go --
package tests
-- tagged/t.go --
//go:build never

package tagged
-- dir.go/d.go --
package d
`

// oddDirectory unpacks the odd tree, and adds links to directories.
func oddDirectory(t *testing.T) string {
	dir := unpack(t, oddTree)
	for from, to := range map[string]string{"link": "a", "a/self": "..", "linked.go": "a/b"} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(from))); err != nil {
			t.Skip("no symbolic links:", err)
		}
	}
	return dir
}

// scanned returns the directories that patterns mean, relative to dir.
func scanned(t *testing.T, dir, from string, env []string, patterns ...string) ([]string, error) {
	t.Helper()
	found, err := scanPatterns(context.Background(), Config{Dir: filepath.Join(dir, from), Patterns: patterns, Env: env})
	if err != nil {
		return nil, err
	}
	var dirs []string
	for path := range maps.Keys(found.dirs) {
		dirs = append(dirs, relativeTo(dir, path))
	}
	slices.Sort(dirs)
	return dirs, nil
}

// listed returns what the go command says that patterns mean.
func listed(t *testing.T, dir, from string, patterns ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-f", "{{.Dir}}", "--"}, patterns...)...)
	cmd.Dir = filepath.Join(dir, from)
	cmd.Env = append(offline(), "PWD="+cmd.Dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for line := range strings.Lines(string(out)) {
		dirs = append(dirs, relativeTo(dir, strings.TrimSpace(line)))
	}
	slices.Sort(dirs)
	return dirs
}

func TestScanLikeGoList(t *testing.T) {
	dir := oddDirectory(t)
	for _, test := range []struct{ from, pattern string }{
		{".", "./..."},
		{".", "."},
		{".", "./a"},
		{".", "./a/"},
		{".", "./a/..."},
		{".", "./a..."},
		{".", "./.../b/..."},
		{".", "./.../c"},
		{".", "././a/./..."},
		{".", "./a/vendor/..."},
		{".", "./ignored"},
		{".", "./ignored/sub"},
		{".", "./a/ignored/..."},
		{".", "./deep/..."},
		{".", "./tests"},
		{".", "./link"},
		{".", "./link/..."},
		{".", "./linked.go/..."},
		{".", "./dir.go"},
		{"a", ".."},
		{"a", "../..."},
		{"a/b", "../../a/..."},
		{"a/b", "./..."},
		{".", "example.com/m"},
		{".", "example.com/m/..."},
		{".", "example.com/m..."},
		{".", "example.com/m/a/..."},
		{".", "example.com/m/a"},
		{".", "example.com/.../c"},
		{".", "example.com/m/a/vendor/..."},
		{"a", "example.com/m/ab"},
		{".", dir + "/a/..."},
		{"a/b", dir + "/ab"},
	} {
		t.Run(test.from+" "+strings.TrimPrefix(test.pattern, dir), func(t *testing.T) {
			got, err := scanned(t, dir, test.from, offline(), test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			// The scan does not know build tags; the packages are left out later.
			got = slices.DeleteFunc(got, func(dir string) bool { return dir == "tagged" })
			if diff := cmp.Diff(listed(t, dir, test.from, test.pattern), got); diff != "" {
				t.Errorf("(-go list +scan):\n%s", diff)
			}
		})
	}
}

func TestScanErrors(t *testing.T) {
	dir := oddDirectory(t)
	for _, test := range []struct{ pattern, want string }{
		{"./none", "./none: no such directory: DIR/none"},
		{"./none/...", "./none/...: no such directory: DIR/none"},
		{"./none.go", "./none.go: no such file: DIR/none.go"},
		{"./empty", "./empty: no Go files in DIR/empty"},
		{"./hidden", "./hidden: no Go files in DIR/hidden"},
		{"./empty/...", "./empty/...: the pattern matches no packages"},
		{"./testdata/...", "./testdata/...: the pattern matches no packages"},
		{"./.dot/...", "./.dot/...: the pattern matches no packages"},
		{"example.com/m/none/...", "example.com/m/none/...: the pattern matches no packages"},
		{"./\xff...", "./\xff...: the pattern is not UTF-8"},
	} {
		_, err := scanned(t, dir, ".", offline(), test.pattern)
		got := "none"
		if err != nil {
			got = strings.ReplaceAll(err.Error(), dir, "DIR")
		}
		if got != test.want {
			t.Errorf("scan %s: error %q, want %q", test.pattern, got, test.want)
		}
	}
}

// TestScanOthers reads patterns that the go command understands in other ways,
// or not at all.
func TestScanOthers(t *testing.T) {
	dir := oddDirectory(t)
	all, err := scanned(t, dir, ".", offline(), "./...")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		pattern string
		want    []string
	}{
		{"root.go", []string{"."}},
		{"./a/a.go", []string{"a"}},
		{"linked.go", nil},
		{"all", all},
		{"work", all},
		{"...", all},
		{"example.com/elsewhere", nil},
		{"example.com/m/none", nil},
		{"net/...", nil},
		{"net/http", nil},
		{"std", nil},
		{"example.com/m@latest", nil},
	} {
		got, err := scanned(t, dir, ".", offline(), test.pattern)
		if err != nil {
			t.Errorf("scan %s: %v", test.pattern, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("scan %s (-want +got):\n%s", test.pattern, diff)
		}
	}
}

func TestScanMarks(t *testing.T) {
	dir := unpack(t, `
-- a.go --
package a

//handlergen:route GET /
-- b.go --
package a

import _ "github.com/handlergen/handlergen/runtime"
-- c_test.go --
package a

// Handlergen: route GET /
-- d.go --
package a

//handlergen route GET /
-- e.go --
package a

// handlergen routes requests to an error handler, handlergen.
-- handlers_gen.go --
HEADER
//handlergen:route GET /
-- sub/handlers_gen.go --
//handlergen:route GET /
HEADER
-- sub/handlers_gen_test.go --
-- sub/other_gen.go --
HEADER
//handlergen:route GET /
`)
	write(t, filepath.Join(dir, "long.go"), strings.Repeat("//\n", 100_000)+"// handlergen:state")
	found, err := scanPatterns(context.Background(), Config{Dir: dir, Patterns: []string{"./..."}, Env: offline()})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]directory{
		".":   {marked: []string{"a.go", "c_test.go", "d.go", "e.go", "long.go"}, outputs: []string{"handlers_gen.go"}},
		"sub": {marked: []string{"handlers_gen.go", "other_gen.go"}, outputs: []string{"handlers_gen_test.go"}},
	}
	got := map[string]directory{}
	for path, d := range found.dirs {
		got[relativeTo(dir, path)] = directory{marked: d.marked, outputs: d.outputs}
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(directory{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNoGoCommand reads a tree without directives, and one with, where there is
// no go command.
func TestNoGoCommand(t *testing.T) {
	env := []string{"PATH=" + t.TempDir()}
	dir := oddDirectory(t)
	r, err := Packages(context.Background(), Config{Dir: dir, Patterns: []string{"./..."}, Env: env})
	if err != nil || len(r.Packages)+len(r.Diags)+len(r.Orphans) > 0 {
		t.Errorf("without directives: %+v, %v", r, err)
	}
	t.Setenv("PATH", t.TempDir())
	write(t, filepath.Join(dir, "b.go"), "package m\n\n//handlergen:route GET /\nfunc A() {}\n")
	_, err = Packages(context.Background(), Config{Dir: dir, Patterns: []string{"./..."}, Env: env})
	if err == nil || !strings.Contains(err.Error(), "executable file not found") {
		t.Errorf("with directives: error %v", err)
	}
}

func TestCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := Packages(ctx, Config{Dir: oddDirectory(t), Patterns: []string{"./..."}, Env: offline()})
	if err != context.Canceled {
		t.Errorf("error %v, want %v", err, context.Canceled)
	}
}

// TestLinkedDirectory reads a package through a link to its directory.
func TestLinkedDirectory(t *testing.T) {
	dir := unpack(t, "-- a/a.go --\npackage a\n\n//handlergen:route GET /\nfunc A() string { return \"\" }\n")
	if err := os.Symlink("a", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links:", err)
	}
	outside := filepath.Join(t.TempDir(), "m")
	if err := os.Symlink(dir, outside); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ dir, pattern, want string }{
		{dir, "./link", "link/handlers_gen.go: /\n"},
		{dir, "./...", "a/handlers_gen.go: /\n"},
		{outside, "./...", "a/handlers_gen.go: /\n"},
		{outside, "./link", "link/handlers_gen.go: /\n"},
		{filepath.Join(outside, "link"), ".", "handlers_gen.go: /\n"},
	} {
		r, err := Packages(context.Background(), Config{Dir: test.dir, Patterns: []string{test.pattern}, Env: offline()})
		if diff := cmp.Diff(test.want, summary(test.dir, r, err)); diff != "" {
			t.Errorf("%s in %s (-want +got):\n%s", test.pattern, test.dir, diff)
		}
	}
}

func TestTags(t *testing.T) {
	dir := unpack(t, `
-- a.go --
//go:build special

package a

//handlergen:route GET /special
func A() string { return "" }
-- b.go --
//go:build !special

package a

//handlergen:route GET /plain
func A() string { return "" }
`)
	for tags, want := range map[string]string{"": "handlers_gen.go: /plain\n", "special,other": "handlers_gen.go: /special\n"} {
		r, err := Packages(context.Background(), Config{Dir: dir, Tags: tags, Env: offline()})
		if diff := cmp.Diff(want, summary(dir, r, err)); diff != "" {
			t.Errorf("with tags %q (-want +got):\n%s", tags, diff)
		}
	}
}

// BenchmarkScan reads the standard library.
func BenchmarkScan(b *testing.B) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Fatal(err)
	}
	cfg := Config{Dir: filepath.Join(strings.TrimSpace(string(out)), "src"), Patterns: []string{"./..."}, Env: offline()}
	for b.Loop() {
		if _, err := scanPatterns(context.Background(), cfg); err != nil {
			b.Fatal(err)
		}
	}
}

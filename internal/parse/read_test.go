package parse

import (
	"fmt"
	"go/ast"
	"go/importer"
	goparser "go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A world is what the sources of tests import: the standard library from its
// export data, and the runtime from its source.
type world struct {
	fset    *token.FileSet
	std     types.Importer
	mu      sync.Mutex
	runtime *types.Package
	others  map[string]*types.Package
}

var testWorld = sync.OnceValue(func() *world {
	w := &world{fset: token.NewFileSet(), others: map[string]*types.Package{}}
	w.std = importer.ForCompiler(w.fset, "gc", nil)
	w.runtime = w.fromSource(model.RuntimePath)
	return w
})

// fromSource type-checks the runtime, or a package below it.
func (w *world) fromSource(path string) *types.Package {
	dir := "../../runtime" + strings.TrimPrefix(path, model.RuntimePath)
	names, err := filepath.Glob(dir + "/*.go")
	if err != nil {
		panic(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := goparser.ParseFile(w.fset, name, nil, 0)
		if err != nil {
			panic(err)
		}
		files = append(files, file)
	}
	conf := types.Config{Importer: w, IgnoreFuncBodies: true}
	pkg, err := conf.Check(path, w.fset, files, nil)
	if err != nil {
		panic(err)
	}
	return pkg
}

func (w *world) Import(path string) (*types.Package, error) {
	if path == model.RuntimePath {
		return w.runtime, nil
	}
	if pkg, ok := w.others[path]; ok {
		return pkg, nil
	}
	if strings.HasPrefix(path, model.RuntimePath+"/") {
		w.others[path] = w.fromSource(path)
		return w.others[path], nil
	}
	return w.std.Import(path)
}

// imports are what a source text imports when it names it.
var imports = map[string]string{
	"context": "context", "http": "net/http", "io": "io", "iter": "iter", "json": "encoding/json", "multipart": "mime/multipart", "net": "net",
	"netip": "net/netip", "os": "os", "runtime": model.RuntimePath, "sql": "database/sql", "time": "time",
	"url": "net/url", "lib": "example.com/lib", "other": "example.com/other",
}

var qualifier = regexp.MustCompile(`\b([a-z]+)\.[A-Z]`)

// complete gives declarations a package clause and the imports that they need,
// all on the first line: the declarations start on line 2.
func complete(decls string) string {
	if strings.HasPrefix(decls, "package ") || strings.Contains(decls, "\npackage ") {
		return decls
	}
	var b strings.Builder
	b.WriteString("package shop")
	seen := map[string]bool{}
	for _, m := range qualifier.FindAllStringSubmatch(decls, -1) {
		if path, ok := imports[m[1]]; ok && !seen[m[1]] {
			seen[m[1]] = true
			fmt.Fprintf(&b, "; import %q", path)
		}
	}
	return b.String() + "\n" + decls
}

// loadText type-checks files as the loader would.
func loadText(t *testing.T, files map[string]string) *source {
	t.Helper()
	w := testWorld()
	w.mu.Lock()
	defer w.mu.Unlock()
	src := &source{fset: w.fset, dir: "/shop", file: model.File, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		file, err := goparser.ParseFile(w.fset, name, files[name], goparser.ParseComments|goparser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		src.files = append(src.files, file)
	}
	conf := types.Config{Importer: w}
	var err error
	src.types, err = conf.Check("example.com/shop", w.fset, src.files, src.info)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// readText reads declarations as one package.
func readText(t *testing.T, decls string) (*model.Package, diag.List) {
	t.Helper()
	return readPackage(loadText(t, map[string]string{"shop.go": complete(decls)}))
}

// mustRead reads declarations that are fine.
func mustRead(t *testing.T, decls string) *model.Package {
	t.Helper()
	pkg, diags := readText(t, decls)
	if len(diags) > 0 {
		t.Fatalf("unexpected diagnostics:\n%s", listDiags(diags))
	}
	if pkg == nil {
		t.Fatal("no package")
	}
	return pkg
}

// listDiags writes diagnostics as the tests below expect them.
func listDiags(diags diag.List) string {
	var b strings.Builder
	for _, d := range diags {
		fmt.Fprintf(&b, "%s %s %s\n", placeOf(d.Pos), d.Code, d.Message)
		for _, r := range d.Related {
			fmt.Fprintf(&b, "  %s %s\n", placeOf(r.Pos), r.Message)
		}
		if d.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", strings.ReplaceAll(d.Hint, "\n", "\n    "))
		}
	}
	return b.String()
}

func placeOf(pos token.Position) string {
	at := fmt.Sprintf("%d:%d", pos.Line, pos.Column)
	if pos.Filename != "shop.go" {
		at = pos.Filename + ":" + at
	}
	return at
}

// A diagCase is declarations and the diagnostics that they yield.
type diagCase struct{ name, decls, want string }

func runDiagCases(t *testing.T, cases []diagCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pkg, diags := readText(t, c.decls)
			want := strings.TrimPrefix(c.want, "\n")
			if diff := cmp.Diff(want, listDiags(diags)); diff != "" {
				t.Errorf("diagnostics of%s (-want +got):\n%s", c.decls, diff)
			}
			if pkg != nil && len(diags) > 0 {
				t.Error("a package with diagnostics yields a model")
			}
		})
	}
}

func TestNoRoute(t *testing.T) {
	if pkg, diags := readText(t, "func F() {}"); pkg != nil || len(diags) > 0 {
		t.Errorf("readPackage() = %v, %v, want nothing", pkg, diags)
	}
}

func TestPackage(t *testing.T) {
	pkg, diags := readPackage(loadText(t, map[string]string{
		"b.go": "package shop\n\n//handlergen:route GET /b\nfunc B() {}\n\n//handlergen:route GET /a2\nfunc A2() {}\n",
		"a.go": "package shop\n\ntype Zebra int\n\n//handlergen:route GET /a\nfunc A() {}\n",
	}))
	if len(diags) > 0 {
		t.Fatal(listDiags(diags))
	}
	var names []string
	for _, h := range pkg.Handlers {
		names = append(names, h.Func.Name)
	}
	if want := []string{"A", "B", "A2"}; !slices.Equal(names, want) {
		t.Errorf("handlers %v, want %v: in order of file and position", names, want)
	}
	want := &model.Package{
		Path: "example.com/shop", Name: "shop", Dir: "/shop", File: "handlers_gen.go", Routes: "Routes",
		Taken: []string{"A", "A2", "B", "Zebra"},
	}
	pkg.Handlers = nil
	if diff := cmp.Diff(want, pkg); diff != "" {
		t.Errorf("package (-want +got):\n%s", diff)
	}
}

// readTests reads the handlers of test files beside a package.
func readTests(t *testing.T, decls, tests string) (*model.Package, diag.List) {
	t.Helper()
	src := loadText(t, map[string]string{"shop.go": complete(decls), "shop_test.go": complete(tests)})
	src.file, src.others = model.TestFile, src.files[:1]
	return readPackage(src)
}

// Handlers in tests share the state, extractors and middleware of their
// package, and have routes of their own.
func TestTestFiles(t *testing.T) {
	pkg, diags := readTests(t, `//handlergen:group /api
//handlergen:use logged label=slow
package shop

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

func logged(next http.Handler) http.Handler { return next }

//handlergen:state
type App struct{ Store *Store }

type Store struct{}

type User struct{}

//handlergen:extractor
func ReadUser(store runtime.State[*Store]) User { return User{} }

//handlergen:route GET /a label=slow
func A(x string) {}
`, `
//handlergen:route GET /b
func B(user User) {}`)
	if len(diags) > 0 {
		t.Fatal(listDiags(diags))
	}
	if diff := cmp.Diff([][]string{{"GET /api/b"}}, plans(pkg)); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	if pkg.File != model.TestFile || pkg.Routes != "testRoutes" || pkg.State == nil || len(pkg.Providers) != 1 {
		t.Errorf("file %s, constructor %s, state %v, providers %v", pkg.File, pkg.Routes, pkg.State, pkg.Providers)
	}
}

// What only tests need together is reported where the tests are.
func TestStateOfTests(t *testing.T) {
	_, diags := readTests(t, `
type A struct{}

type B struct{}

//handlergen:extractor
func ReadA(_ runtime.State[int]) A { return A{} }

//handlergen:extractor
func ReadB(_ runtime.State[string]) B { return B{} }

//handlergen:route GET /a
func F() {}`, `
//handlergen:route GET /b
func G(a A, b B) {}`)
	if len(diags) != 1 || diags[0].Code != diag.StateUndeclared || diags[0].Pos.Filename != "shop_test.go" {
		t.Errorf("diagnostics %s, want HG021 in shop_test.go", listDiags(diags))
	}
}

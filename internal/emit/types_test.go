package emit_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/handlergen/handlergen/internal/model"
)

// libraries are the runtime and what of the standard library cases refer to.
var libraries = sync.OnceValues(func() (map[string]*types.Package, error) {
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps, Dir: "../../runtime",
	}, ".", "std")
	if err != nil {
		return nil, err
	}
	byPath := map[string]*types.Package{"unsafe": types.Unsafe}
	packages.Visit(loaded, nil, func(p *packages.Package) {
		if p.Types != nil {
			byPath[p.PkgPath] = p.Types
		}
		if p.PkgPath == "github.com/handlergen/handlergen/runtime" && len(p.Errors) > 0 {
			err = p.Errors[0]
		}
	})
	return byPath, err
})

// An importer knows the libraries and some packages that are given as source.
type importer struct {
	fset    *token.FileSet
	known   map[string]*types.Package
	sources map[string]string
}

// newImporter returns an importer for a case.
func newImporter(t *testing.T, c testCase) importer {
	t.Helper()
	known, err := libraries()
	if err != nil {
		t.Fatal(err)
	}
	return importer{fset: token.NewFileSet(), known: maps.Clone(known), sources: c.others}
}

func (im importer) Import(path string) (*types.Package, error) {
	if src, ok := im.sources[path]; ok && im.known[path] == nil {
		pkg, err := im.check(path, src)
		if err != nil {
			return nil, err
		}
		im.known[path] = pkg
	}
	if pkg := im.known[path]; pkg != nil {
		return pkg, nil
	}
	return nil, fmt.Errorf("no package %s", path)
}

// check type-checks the files of a package.
func (im importer) check(path string, sources ...string) (*types.Package, error) {
	var files []*ast.File
	for i, src := range sources {
		f, err := parser.ParseFile(im.fset, fmt.Sprintf("%s/file%d.go", path, i), src, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	var first error
	conf := types.Config{Importer: im, Error: func(err error) {
		if first == nil {
			first = err
		}
	}}
	pkg, _ := conf.Check(path, im.fset, files, nil)
	return pkg, first
}

var module = flag.String("module", "", "write the cases into a directory as a module, to lint them by hand")

// TestModule writes the cases as packages of a module.
func TestModule(t *testing.T) {
	if *module == "" {
		t.Skip("no -module")
	}
	write := func(file, text string) {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	runtimeDir, err := filepath.Abs("../../runtime")
	if err != nil {
		t.Fatal(err)
	}
	write(filepath.Join(*module, "go.mod"), fmt.Sprintf(`module example.com

go 1.26.0

require github.com/handlergen/handlergen/runtime v0.0.0

replace github.com/handlergen/handlergen/runtime => %s
`, runtimeDir))
	for _, c := range cases() {
		dir := filepath.Join(*module, "users", c.name)
		write(filepath.Join(dir, "user.go"), "package "+c.pkg.Name+"\n"+c.user)
		write(filepath.Join(dir, model.File), mustEmit(t, c.pkg))
		for path, text := range c.others {
			write(filepath.Join(*module, strings.TrimPrefix(path, "example.com/"), "other.go"), text)
		}
	}
}

// TestTypes type-checks what is generated together with the user's source and
// the runtime as it is.
func TestTypes(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the runtime")
	}
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			if _, err := newImporter(t, c).check(c.pkg.Path, "package "+c.pkg.Name+"\n"+c.user, mustEmit(t, c.pkg)); err != nil {
				t.Error(err)
			}
		})
	}
}

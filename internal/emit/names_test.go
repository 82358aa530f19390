package emit_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
)

// TestTaken gives the names that generated code declares or imports to things of
// the user's, and the names that it then chooses too. It has to compile anyway.
func TestTaken(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the runtime")
	}
	for _, c := range cases() {
		if len(c.pkg.Taken) > 0 {
			continue // its own source has names that would be declared twice
		}
		t.Run(c.name, func(t *testing.T) {
			user := withPrivateImports(t, c)
			for round := range 3 {
				taken := declared(t, c, user)
				c.pkg.Taken = append(c.pkg.Taken, taken...)
				user += "\n\nvar " + strings.Join(taken, ", ") + " int\n"
				if _, err := newImporter(t, c).check(c.pkg.Path, user, mustEmit(t, c.pkg)); err != nil {
					t.Fatalf("round %d: %v", round, err)
				}
			}
		})
	}
}

// declared lists the names that the generated file of a case declares, but for
// fields, methods and the constructor.
func declared(t *testing.T, c testCase, user string) []string {
	t.Helper()
	im := newImporter(t, c)
	generated, err := parser.ParseFile(im.fset, "gen.go", mustEmit(t, c.pkg), 0)
	if err != nil {
		t.Fatal(err)
	}
	written, err := parser.ParseFile(im.fset, "user.go", user, 0)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Defs: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}}
	conf := types.Config{Importer: im}
	if _, err := conf.Check(c.pkg.Path, im.fset, []*ast.File{generated, written}, info); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	note := func(obj types.Object) {
		if obj == nil || !generated.FileStart.IsValid() || obj.Pos() < generated.FileStart || obj.Pos() > generated.FileEnd {
			return
		}
		v, isVar := obj.(*types.Var)
		fn, isFunc := obj.(*types.Func)
		isMember := isVar && v.IsField() || isFunc && fn.Signature().Recv() != nil
		if !isMember && obj.Name() != "" && obj.Name() != "_" && obj.Name() != c.pkg.Routes && obj.Name() != c.pkg.Name {
			names[obj.Name()] = true
		}
	}
	for _, obj := range info.Defs {
		note(obj)
	}
	for _, obj := range info.Implicits {
		note(obj)
	}
	return slices.Sorted(maps.Keys(names))
}

// withPrivateImports returns the user's source with names of imports that nobody
// else wants.
func withPrivateImports(t *testing.T, c testCase) string {
	t.Helper()
	im := newImporter(t, c)
	file, err := parser.ParseFile(im.fset, "user.go", "package "+c.pkg.Name+"\n"+c.user, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: im}
	if _, err := conf.Check(c.pkg.Path, im.fset, []*ast.File{file}, info); err != nil {
		t.Fatal(err)
	}
	for ident, obj := range info.Uses {
		if pkg, ok := obj.(*types.PkgName); ok {
			ident.Name = "zz" + pkg.Name()
		}
	}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := im.known[path].Name()
		if spec.Name != nil {
			name = spec.Name.Name
		}
		spec.Name = ast.NewIdent("zz" + name)
	}
	var buf bytes.Buffer
	if err := format.Node(&buf, im.fset, file); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// favourites are names that generated code uses, or would like to.
var favourites = strings.Fields(`
	any append at bool body cancel context ctx error errors err false fmt form found h handlers header http i in int int64
	iota item j key len limit make name new nil ok out pair pairs parts query r regexp root router runtime slices state status
	string text time true twice user utf8 v value w writeError init main _ Routes
`)

// TestParamNames gives parameters each of the favourite names in turn.
func TestParamNames(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the runtime")
	}
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			for shift := range favourites {
				if shift%7 != len(c.name)%7 {
					continue // not all, to save time
				}
				renameParams(c.pkg, shift)
				if _, err := newImporter(t, c).check(c.pkg.Path, "package "+c.pkg.Name+"\n"+c.user, mustEmit(t, c.pkg)); err != nil {
					t.Fatalf("from %s on: %v", favourites[shift], err)
				}
			}
		})
	}
}

func renameParams(pkg *model.Package, shift int) {
	rename := func(params []model.Param) {
		for i := range params {
			params[i].Name = favourites[(shift+i)%len(favourites)]
		}
	}
	for _, h := range pkg.Handlers {
		rename(h.Params)
	}
	for _, p := range pkg.Providers {
		rename(p.Params)
	}
}

// TestImportNames imports packages that have the favourite names.
func TestImportNames(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the runtime")
	}
	c := testCase{pkg: pkg(), others: map[string]string{}}
	var imports, funcs strings.Builder
	for i, name := range favourites {
		if name == "_" || name == "main" || name == "init" || token.IsKeyword(name) {
			continue
		}
		for _, parent := range []string{"example.com/x/", "example.org/v2/y-z/", "example.org/"} {
			path, fn := parent+name, fmt.Sprintf("Do%d%d", i, len(parent))
			c.others[path] = "package " + name + "\ntype Thing struct{}"
			t := model.Named{PkgPath: path, PkgName: name, Name: "Thing"}
			c.pkg.Handlers = append(c.pkg.Handlers, handler(fn, get("/"+fn), []model.Param{jsonBody("body", t)}, nil))
			fmt.Fprintf(&imports, "import %s %q\n", "z"+fn, path)
			fmt.Fprintf(&funcs, "func %s(rt.JSON[z%s.Thing]) {}\n", fn, fn)
		}
	}
	c.user = "import rt \"github.com/handlergen/handlergen/runtime\"\n" + imports.String() + funcs.String()
	if _, err := newImporter(t, c).check(c.pkg.Path, "package "+c.pkg.Name+"\n"+c.user, mustEmit(t, c.pkg)); err != nil {
		t.Error(err)
	}
}

// TestImportNamesAreStable wants the name of an import not to depend on the
// order in which handlers need it.
func TestImportNamesAreStable(t *testing.T) {
	imports := func(p *model.Package) string {
		_, rest, _ := strings.Cut(mustEmit(t, p), "import (")
		block, _, _ := strings.Cut(rest, "\n)")
		return block
	}
	forward := importsCase().pkg
	backward := importsCase().pkg
	slices.Reverse(backward.Handlers)
	if a, b := imports(forward), imports(backward); a != b {
		t.Errorf("imports differ:\n%s\n%s", a, b)
	}
}

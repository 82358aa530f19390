package parse

import (
	"bytes"
	"go/ast"
	goparser "go/parser"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// TestRefused reads the archives of testdata/bind: a package, and what is said
// of it.
func TestRefused(t *testing.T) {
	declareLib(t)
	names, err := filepath.Glob("testdata/bind/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want a file and the diagnostics", err)
			}
			pkg, diags := readPackage(loadText(t, map[string]string{"a.go": string(archive.Files[0].Data)}))
			if pkg != nil {
				t.Error("a package was made of it")
			}
			var got bytes.Buffer
			diags.WriteText(&got, diag.TextOptions{})
			if *update {
				archive.Files[1].Data = got.Bytes()
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got.String()); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", archive.Files[0].Data, diff)
			}
		})
	}
}

// TestIllTyped reads packages that do not type-check: the loader refuses them,
// but nothing may depend on that.
func TestIllTyped(t *testing.T) {
	const written = `undefined
*undefined
[]undefined
map[string]undefined
map[undefined]int
chan undefined
func(undefined)
struct{ A undefined; undefined; *undefined; B int "query:x" }
runtime.Query[undefined]
runtime.Query[[]undefined]
runtime.Query[struct{ A undefined; *undefined; B undefined.X }]
runtime.Query[Recursive]
runtime.JSON[undefined]
runtime.JSON[map[undefined]undefined]
runtime.JSON[Recursive]
runtime.JSON[Generic[undefined]]
runtime.JSON[Generic[int]]
runtime.Query[Generic[undefined]]
runtime.Query
runtime.Query[int, int]
runtime.Optional[undefined]
runtime.Optional[runtime.Query[undefined]]
runtime.Result[undefined]
runtime.State[undefined]
runtime.Extension[undefined]
runtime.Undefined[int]
Generic[int]
Generic
Recursive
Composite
*Composite
Alias
Custom
[undefined]int
runtime.Query[Alias]`
	for written := range strings.SplitSeq(written, "\n") {
		decls := `package shop

import ("net/http"; "` + model.RuntimePath + `")

type Recursive struct { R Recursive; P *Recursive; undefined; N int "validate:\"min=1\"" }
type Generic[T any] struct { V T; U undefined "validate:\"min=1\" default:\"1\""; *T }
type Alias = Alias
//handlergen:extractor
type Composite struct { A undefined "query:\"a\""; B undefined; undefined; C Composite }
type Custom struct{ undefined }
func (Custom) FromRequestParts(r undefined) undefined { return nil }
func (*Custom) FromRequestParts(r *http.Request) error { return nil }
func (*Custom) UnmarshalText(undefined) {}
//handlergen:extractor
func provide(u undefined) (` + written + `, undefined) { panic(0) }
//handlergen:middleware
func around(v ` + written + `, next runtime.Next) ` + written + ` { return next.Run(v), undefined }
//handlergen:route GET /{v}
//handlergen:use around undefined
func F(v ` + written + `) ` + written + ` { panic(0) }
`
		file, err := goparser.ParseFile(testWorld().fset, "ill.go", decls, goparser.ParseComments|goparser.SkipObjectResolution)
		if err != nil {
			t.Fatal(written, err)
		}
		if _, diags := readPackage(loadAnyway(file)); len(diags) == 0 {
			t.Errorf("%s: no diagnostics", written)
		}
	}
}

// loadAnyway type-checks a file and does not mind that it fails.
func loadAnyway(file *ast.File) *source {
	w := testWorld()
	w.mu.Lock()
	defer w.mu.Unlock()
	src := &source{fset: w.fset, dir: "/shop", file: model.File, files: []*ast.File{file}, info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}}
	conf := types.Config{Importer: w, Error: func(error) {}}
	src.types, _ = conf.Check("example.com/shop", w.fset, src.files, src.info)
	return src
}

package parse

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/types"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
)

// FuzzPackage takes any text as a package and sends it through the pipeline:
// nothing panics, and there is a diagnostic or output that compiles.
func FuzzPackage(f *testing.F) {
	files, err := filepath.Glob("../../testdata/*/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range archive.Files {
			if strings.HasSuffix(file.Name, ".go") && !strings.Contains(file.Name, "/") {
				f.Add(string(file.Data))
			}
		}
	}
	importOutput(f)
	f.Fuzz(func(t *testing.T, text string) { checkPipeline(t, text) })
}

// FuzzDetails varies what is written in directives, tags and types, where most
// of the decisions are, and keeps the rest of the package as it is.
func FuzzDetails(f *testing.F) {
	for i, wrapper := range []string{"Path", "Query", "Header", "Cookie", "Form", "JSON"} {
		source := strings.ToLower(wrapper)
		f.Add(wrapper, "GET,POST /x/{a} status=201 tags=a", "size name=p default=1", "int", source+`:"a"`, "http.Header, error")
		f.Add(wrapper, "POST example.com/{a} limit=none", "size name=size", "*time.Time", source+`:"a"`, "runtime.Status, string")
		f.Add(wrapper, "ANY /x/{a} timeout=5s name=x", "size doc=x", "string", `validate:"max=3,pattern=^a+$"`, "runtime.JSON[Fields]")
		f.Add(wrapper, "PUT /{a...} hidden deprecated", `size "doc=a b"`, "netip.Addr", source+`:"a"`, "*Fields")
		f.Add(wrapper, "DELETE /x/{a} status=204 label=a", "size default=7", "uint8", `validate:"oneof=1 2" default:"1"`, "error")
		if i == 0 {
			continue // a path has no lists
		}
		f.Add(wrapper, "GET /x", "size name=p", "[]int", `validate:"unique,dive,min=1"`, "map[string][]Fields, error")
		f.Add(wrapper, "PATCH /x", "size name=p", "runtime.Optional[bool]", source+`:"a"`, "[]byte, error")
		f.Add(wrapper, "POST /x", "size name=p", "map[string][]float32", `validate:"required,max=3"`, "runtime.NoContent")
	}
	importOutput(f)
	f.Fuzz(func(t *testing.T, wrapper, route, param, typ, tag, results string) {
		if !strings.ContainsAny(wrapper+route+param+typ+tag+results, "\n\r`") {
			checkPipeline(t, fmt.Sprintf(detailed, typ, tag, route, param, wrapper, results))
		}
	})
}

const detailed = `package shop

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

type Fields struct {
	A %[1]s ` + "`%[2]s`" + `
}

func use(context.Context, http.Header, netip.Addr, url.URL, time.Time)

//handlergen:route %[3]s
//handlergen:param %[4]s
func Show(_ *http.Request, size runtime.Query[int], fields runtime.%[5]s[Fields]) (%[6]s) { panic(0) }
`

// FuzzAround varies middleware functions and what they are around.
func FuzzAround(f *testing.F) {
	for i, param := range []string{
		"a string", "a *int", "_ User", "u runtime.Result[User]", "u runtime.Optional[User]", "in In", "b runtime.JSON[In]", "b runtime.Bytes",
		"next2 runtime.Next", "q runtime.Query[[]int], t runtime.Bearer", "s runtime.State[*User]", "w http.ResponseWriter",
	} {
		inside := []string{"u User", "a string, s *Session", "b runtime.Text", "", "in In"}[i%5]
		f.Add(param, "*runtime.Response", "return next.Run(r)", "around plain", "GET /x/{a}", inside)
		f.Add(param, "(*runtime.Response, error)", "return next.Run(r), nil", "plain around label=x", "GET,POST /x/{a} limit=1KiB label=x", inside)
		f.Add(param, "(runtime.Status, http.Header, *runtime.Response)", "panic(0)", "around around", "ANY /{b}", inside)
		f.Add(param, "(answer, error)", "panic(0)", "around around2", "GET /{a}/{$}", inside)
		f.Add(param, "string", "r.Body = nil; panic(0)", "around", "GET /x", inside)
	}
	importOutput(f)
	f.Fuzz(func(t *testing.T, param, results, body, use, route, inside string) {
		if !strings.ContainsAny(param+results+use+route+inside, "\n\r`") {
			checkPipeline(t, fmt.Sprintf(around, param, results, body, use, route, inside))
		}
	})
}

const around = `package shop

import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type User struct{ Name string }

type Session struct{}

type answer interface{ IntoResponse(http.ResponseWriter, *http.Request) }

//handlergen:extractor
type In struct {
	A    string ` + "`query:\"a\"`" + `
	User User
}

//handlergen:extractor
func user(ctx context.Context, s *Session) (User, error) { panic(0) }

//handlergen:extractor
func session(token runtime.Bearer) *Session { panic(0) }

func plain(next http.Handler) http.Handler { return next }

//handlergen:middleware
func around(r *http.Request, %[1]s, next runtime.Next) %[2]s { %[3]s }

//handlergen:middleware
func (u *User) around2(next runtime.Next, s *Session, r *http.Request) (*runtime.Response, error) { return next.Run(r), nil }

//handlergen:route %[5]s
//handlergen:route GET /other/{a}
//handlergen:use around2
//handlergen:use %[4]s
func Show(%[6]s) {}
`

// importOutput imports what output may need. Each import takes a run of the go
// command, which must not count as time that an input takes.
func importOutput(f *testing.F) {
	for _, path := range []string{"context", "errors", "net/http", "reflect", "regexp", "slices", "time", "unicode/utf8"} {
		if _, err := testWorld().Import(path); err != nil {
			f.Fatal(err)
		}
	}
}

// checkPipeline sends one file through the pipeline.
func checkPipeline(t *testing.T, text string) {
	w := testWorld()
	w.mu.Lock()
	defer w.mu.Unlock()
	file, err := goparser.ParseFile(w.fset, "shop.go", text, goparser.ParseComments|goparser.SkipObjectResolution)
	if file != nil {
		defer w.fset.RemoveFile(w.fset.File(file.FileStart))
	}
	if err != nil {
		return // the loader reports it
	}
	src, err := w.check(file)
	if err != nil {
		return // so is this
	}
	if pkg, diags := readPackage(src); pkg != nil && len(diags) == 0 {
		w.checkOutput(t, pkg, file)
	}
}

// check type-checks one file as a package of its own.
func (w *world) check(file *ast.File) (*source, error) {
	src := &source{
		fset: w.fset, dir: "/shop", file: model.File, files: []*ast.File{file},
		info: &types.Info{
			Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		},
	}
	var err error
	src.types, err = (&types.Config{Importer: w}).Check("example.com/shop", w.fset, src.files, src.info)
	return src, err
}

// checkOutput renders a package and compiles the output together with the file
// that it comes from.
func (w *world) checkOutput(t *testing.T, pkg *model.Package, user *ast.File) {
	t.Helper()
	out, err := emit.Package(pkg)
	if err != nil {
		t.Fatal(err)
	}
	file, err := goparser.ParseFile(w.fset, pkg.File, out, goparser.ParseComments|goparser.SkipObjectResolution)
	if file != nil {
		defer w.fset.RemoveFile(w.fset.File(file.FileStart))
	}
	if err != nil {
		t.Fatalf("the output does not parse: %v\n%s", err, out)
	}
	conf := types.Config{Importer: w, Error: func(err error) { t.Error(err) }}
	if _, err := conf.Check("example.com/shop", w.fset, []*ast.File{user, file}, nil); err != nil {
		t.Errorf("the output does not compile:\n%s", out)
	}
}

package parse

import (
	"go/ast"
	"go/token"
	"go/types"
	"testing"

	goparser "go/parser"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// typeText declares a variable of each type to spell.
const typeText = `package shop

import (
	"net/http"
	"time"
	"unsafe"

	"example.com/other"
	"github.com/handlergen/handlergen/runtime"
)

type (
	User     struct{}
	ID       = int64
	Pair[K comparable, V any] struct{ k K; v V }
	Strings  = Pair[string, string]
	Of[T any] = Pair[string, T]
	hidden   struct{}
)

var (
	named     User
	alias     ID
	generic   Pair[string, *User]
	ofGeneric Of[int]
	private   hidden
	builtin   error
	anything  any
	empty     interface{}
	bytes     []byte
	array     [3]rune
	table     map[string][]time.Time
	out       chan<- int
	in        <-chan int
	both      chan int
	fn        func(int, ...string) (bool, error)
	record    struct {
		User
		Name string ` + "`json:\"name\"`" + `
	}
	wrapped runtime.Query[User]
	raw     unsafe.Pointer
	handler http.Handler
	visible other.Visible
)
`

func TestTypeOf(t *testing.T) {
	integer, text := model.Named{Name: "int"}, model.Named{Name: "string"}
	user := local("User")
	pair := func(args ...model.Type) model.Type {
		return model.Named{PkgPath: "example.com/shop", PkgName: "shop", Name: "Pair", Args: args}
	}
	of := pair(text, integer).(model.Named)
	of.Name, of.Args = "Of", []model.Type{integer}
	want := map[string]model.Type{
		"named": user, "alias": local("ID"), "generic": pair(text, model.Pointer{Elem: user}), "ofGeneric": of,
		"private": local("hidden"), "builtin": model.Named{Name: "error"}, "anything": model.Named{Name: "any"},
		"empty": model.EmptyInterface{}, "bytes": model.Slice{Elem: model.Named{Name: "byte"}},
		"array": model.Array{Len: 3, Elem: model.Named{Name: "rune"}},
		"table": model.Map{Key: text, Elem: model.Slice{Elem: model.Named{PkgPath: "time", PkgName: "time", Name: "Time"}}},
		"out":   model.Chan{Dir: "chan<-", Elem: integer}, "in": model.Chan{Dir: "<-chan", Elem: integer},
		"both": model.Chan{Dir: "chan", Elem: integer},
		"fn": model.Signature{
			Params: []model.Type{integer, model.Slice{Elem: text}}, Variadic: true,
			Results: []model.Type{model.Named{Name: "bool"}, model.Named{Name: "error"}},
		},
		"record": model.Struct{Fields: []model.StructField{
			{Name: "User", Type: user, Embedded: true}, {Name: "Name", Type: text, Tag: `json:"name"`},
		}},
		"wrapped": model.Named{PkgPath: model.RuntimePath, PkgName: "runtime", Name: "Query", Args: []model.Type{user}},
		"raw":     model.Named{PkgPath: "unsafe", PkgName: "unsafe", Name: "Pointer"},
		"handler": model.Named{PkgPath: "net/http", PkgName: "http", Name: "Handler"},
		"visible": model.Named{PkgPath: "example.com/other", PkgName: "other", Name: "Visible"},
	}
	declareOther(t)
	src := loadText(t, map[string]string{"shop.go": typeText})
	p := &parser{source: src, out: &model.Package{}}
	for name, want := range want {
		obj := src.types.Scope().Lookup(name)
		got, ok := p.typeOf(obj.Type(), nameSpan(obj))
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("type of %s, %v (-want +got):\n%s", name, ok, diff)
		}
	}
}

// declareOther gives tests a second package, and one that they cannot import.
func declareOther(t *testing.T) {
	t.Helper()
	w := testWorld()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.declare(t, "example.com/other/internal/deep", "package deep\n\ntype Deep struct{}\n")
	w.declare(t, "example.com/other", `package other

import "example.com/other/internal/deep"

type Visible struct{}

type invisible struct{}

type (
	Alias   = invisible
	Strings = []string
	Deep    = deep.Deep
	Record  = struct{ name string }
	Record2 struct{ Name string }

	secret        = []string
	generic[T any] = map[string]T
)

type Fields struct {
	Secret  secret
	Generic generic[int]
	Loop    generic[invisible]
	Private struct{ name string }
}

func Hidden() invisible { return invisible{} }

type Box[T any] struct{}

var Boxed Box[invisible]
`)
}

func (w *world) declare(t *testing.T, path, text string) {
	t.Helper()
	if w.others[path] != nil {
		return
	}
	file, err := goparser.ParseFile(w.fset, path+".go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: w}
	w.others[path], err = conf.Check(path, w.fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnspellable(t *testing.T) {
	declareOther(t)
	runDiagCases(t, []diagCase{
		{"through aliases", `
//handlergen:route GET /a
func A() (h http.Header, a other.Alias) { panic(0) }

//handlergen:route GET /b
func B() other.Deep { panic(0) }

//handlergen:route GET /c
func C() other.Record { panic(0) }

//handlergen:route GET /d
func D() other.Strings { panic(0) }

type Here = other.Alias

//handlergen:route GET /e
func E() Here { panic(0) }`, ``},
		{"of a type parameter and of a function", `
//handlergen:route GET /a
func A() interface{ isAnswer() } { panic(0) }

type answer struct{}

func (answer) isAnswer() {}
func (answer) Status() int { return 200 }`, `
4:10 HG036 an interface without a name cannot be spelled by generated code
  hint: declare a named type for the interface
`},
	})
}

// Types that no alias of the user's names, and so cannot be spelled.
func TestRefuseName(t *testing.T) {
	declareOther(t)
	src := loadText(t, map[string]string{"shop.go": complete(`
var a = other.Hidden()

var b = []struct{ x map[string]other.Alias }{}

var c = other.Boxed

var d any = func() { type inner struct{}; _ = inner{} }`)})
	p := &parser{source: src, out: &model.Package{}}
	fields := testWorld().others["example.com/other"].Scope().Lookup("Fields").Type().Underlying().(*types.Struct)
	text := model.Named{Name: "string"}
	for i, want := range []model.Type{
		model.Slice{Elem: text}, model.Map{Key: text, Elem: model.Named{Name: "int"}},
	} {
		got, ok := p.typeOf(fields.Field(i).Type(), nameSpan(src.types.Scope().Lookup("a")))
		if diff := cmp.Diff(want, got); diff != "" || !ok {
			t.Errorf("type of field %d, %v (-want +got):\n%s", i, ok, diff)
		}
	}
	for i := 2; i < 4; i++ {
		if _, ok := p.typeOf(fields.Field(i).Type(), nameSpan(src.types.Scope().Lookup("d"))); ok {
			t.Errorf("the type of field %d is spelled", i)
		}
	}
	for _, name := range []string{"a", "c"} {
		obj := src.types.Scope().Lookup(name)
		if got, ok := p.typeOf(obj.Type(), nameSpan(obj)); ok {
			t.Errorf("typeOf(%s) = %v, want a diagnostic", name, got)
		}
	}
	obj := src.types.Scope().Lookup("b")
	if _, ok := p.typeOf(obj.Type(), nameSpan(obj)); !ok {
		t.Error("an alias that is exported is not spelled")
	}
	var inner types.Object
	for _, def := range src.info.Defs {
		if def != nil && def.Name() == "inner" {
			inner = def
		}
	}
	if _, ok := p.typeOf(inner.Type(), nameSpan(inner)); ok {
		t.Error("typeOf(inner) spells a type that is declared in a function")
	}
	param := types.NewTypeParam(types.NewTypeName(token.NoPos, src.types, "T", nil), types.Universe.Lookup("any").Type())
	if _, ok := p.typeOf(param, nameSpan(inner)); ok {
		t.Error("typeOf(T) spells a type parameter")
	}
	want := `3:5 HG036 other.invisible is not exported, so generated code cannot name it
  hint: use an exported type, or declare one in this package
7:5 HG036 other.invisible is not exported, so generated code cannot name it
  hint: use an exported type, or declare one in this package
9:5 HG036 other.generic is not exported, so generated code cannot name it
  hint: use an exported type, or declare one in this package
9:5 HG036 the field name belongs to package other, so generated code cannot spell the struct
  hint: declare a named type for the struct
9:27 HG036 T is a type parameter, which generated code cannot name
  hint: write the concrete type
9:27 HG036 inner is declared inside a function, where generated code cannot reach it
  hint: declare inner at package level
`
	p.diags.Sort()
	if diff := cmp.Diff(want, listDiags(p.diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestMayImport(t *testing.T) {
	for _, c := range []struct {
		path, from string
		want       bool
	}{
		{"a/b", "x", true},
		{"a/internal/b", "a", true},
		{"a/internal/b", "a/c", true},
		{"a/internal/b", "a_test", true},
		{"a/internal/b", "ab", false},
		{"a/internal", "a/x", true},
		{"a/internal", "b", false},
		{"a/internal/b/internal/c", "a/internal/b", true},
		{"a/internal/b/internal/c", "a/internal/d", false},
		{"internal/abi", "a", false},
		{"a/internals/b", "x", true},
	} {
		if got := MayImport(c.from, c.path); got != c.want {
			t.Errorf("MayImport(%q, %q) = %v, want %v", c.from, c.path, got, c.want)
		}
	}
}

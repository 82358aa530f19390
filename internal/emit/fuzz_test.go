package emit_test

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
)

// FuzzTexts wants texts of the user's to stay texts, wherever they stand.
func FuzzTexts(f *testing.F) {
	for _, seed := range []string{
		"", "plain", "*/", "// x\ny", "\"`\\", "\x00\r\v\f", "\u2028\u2029\u202e\ufeff", "\xff\xfe", "%d%s", "//go:build x", "a\tb", "é名",
		"*/\nfunc init() {}\n/*", "- list\n\n# heading", "{id}", strings.Repeat("long ", 50),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		out, err := emit.Package(hostile(text))
		if err != nil {
			t.Fatal(err)
		}
		if !utf8.Valid(out) {
			t.Error("the file is not valid UTF-8")
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "", out, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"import", "const _", "func Routes", "var namePattern", "func serveDo"}
		if diff := cmp.Diff(want, declarations(file)); diff != "" {
			t.Errorf("declarations (-want +got)\n%s", diff)
		}
		if again, err := format.Source(out); err != nil || string(again) != string(out) {
			t.Errorf("the file is not formatted: %v\n%s", err, cmp.Diff(string(out), string(again)))
		}
		if !slices.Contains(literals(file), text) {
			t.Errorf("no literal has the value %q", text)
		}
		for _, group := range file.Comments {
			for _, c := range group.List {
				if c.Text != "//" && !strings.HasPrefix(c.Text, "// ") && !strings.HasPrefix(c.Text, "//\t") {
					t.Errorf("the comment %q is not of ours", c.Text)
				}
			}
		}
	})
}

// hostile has a text wherever a user's text can come to stand.
func hostile(text string) *model.Package {
	slot := single("Name", text, "string", model.Matches{Pattern: text, Detail: text})
	slot.Doc, slot.Required, slot.Default = text, false, text
	h := handler("Do", route([]string{"GET", text}, "/"+text), []model.Param{query("q", "Q", slot, single("Other", "x"+text, "string"))}, results(plainText))
	h.Routes[0].Summary, h.Routes[0].Description = text, text
	return pkg(h)
}

// plainText is a result, where a text has its name.
var plainText = text

// declarations lists the declarations of a file.
func declarations(file *ast.File) []string {
	var list []string
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			list = append(list, "func "+d.Name.Name)
		case *ast.GenDecl:
			for i, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					list = append(list, d.Tok.String()+" "+spec.Names[0].Name)
				case *ast.ImportSpec:
					if i == 0 {
						list = append(list, "import")
					}
				}
			}
		}
	}
	return list
}

// literals lists the values of all string literals of a file.
func literals(file *ast.File) []string {
	var list []string
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			value, _ := strconv.Unquote(lit.Value)
			list = append(list, value)
		}
		return true
	})
	return list
}

// TestRandomTypes prints types and reads them again.
func TestRandomTypes(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, seed))
		var want []model.Type
		p := pkg()
		for i := range 20 {
			typ := randomType(r, 4)
			want = append(want, typ)
			fn := fmt.Sprintf("Do%d", i)
			p.Handlers = append(p.Handlers, handler(fn, get("/"+fn), []model.Param{
				param("x", rt("Extension", typ), model.Extension{Type: typ}),
			}, nil))
		}
		if diff := cmp.Diff(want, extensions(t, mustEmit(t, p))); diff != "" {
			t.Errorf("seed %d: (-want +got)\n%s", seed, diff)
		}
	}
}

func randomType(r *rand.Rand, depth int) model.Type {
	if depth == 0 || r.IntN(4) == 0 {
		leaves := []model.Type{
			basic("int"), basic("string"), basic("error"), own("T"), std("time", "Time"), std("text/template", "Template"),
			std("html/template", "HTML"),
			model.EmptyInterface{},
			model.Struct{},
			model.Signature{},
			model.Named{PkgPath: "example.com/go-item/v2", PkgName: "item", Name: "T"},
			rt("Text"),
			model.Named{PkgPath: "example.com/other/item", PkgName: "item", Name: "T"},
		}
		return leaves[r.IntN(len(leaves))]
	}
	inner := func() model.Type { return randomType(r, depth-1) }
	several := func() []model.Type {
		var list []model.Type
		for range r.IntN(3) {
			list = append(list, inner())
		}
		return list
	}
	switch r.IntN(8) {
	case 0:
		return pointer(inner())
	case 1:
		return slice(inner())
	case 2:
		return model.Array{Len: r.Int64N(1 << 40), Elem: inner()}
	case 3:
		return model.Map{Key: inner(), Elem: inner()}
	case 4:
		return model.Chan{Dir: []string{"chan", "<-chan", "chan<-"}[r.IntN(3)], Elem: inner()}
	case 5:
		s := model.Signature{Params: several(), Results: several()}
		if s.Variadic = r.IntN(2) == 0; s.Variadic {
			s.Params = append(s.Params, slice(inner()))
		}
		return s
	case 6:
		var s model.Struct
		for i := range r.IntN(3) {
			f := model.StructField{Name: fmt.Sprintf("F%d", i), Type: inner()}
			if r.IntN(2) == 0 {
				f.Tag = []string{`json:"a,omitempty"`, "`", "a\nb", `"`}[r.IntN(4)]
			}
			s.Fields = append(s.Fields, f)
		}
		if r.IntN(3) == 0 {
			s.Fields = append(s.Fields, model.StructField{Name: "T", Type: own("T"), Embedded: true})
		}
		return s
	}
	return own("G", inner(), inner())
}

// extensions reads the type arguments of all calls of runtime.ReadExtension.
func extensions(t *testing.T, src string) []model.Type {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	r := typeReader{t, map[string]string{}}
	for _, spec := range file.Imports {
		importPath, _ := strconv.Unquote(spec.Path.Value)
		name := packageName(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		r.imports[name] = importPath
	}
	var list []model.Type
	ast.Inspect(file, func(n ast.Node) bool {
		if index, ok := n.(*ast.IndexExpr); ok {
			if sel, ok := index.X.(*ast.SelectorExpr); ok && sel.Sel.Name == "ReadExtension" {
				list = append(list, r.read(index.Index))
				return false
			}
		}
		return true
	})
	return list
}

// packageName is the name of a package that random types come from.
func packageName(importPath string) string {
	if strings.Contains(importPath, "go-item") {
		return "item"
	}
	return path.Base(importPath)
}

// A typeReader reads types from syntax.
type typeReader struct {
	t       *testing.T
	imports map[string]string
}

func (r typeReader) read(e ast.Expr) model.Type {
	switch e := e.(type) {
	case *ast.Ident:
		switch {
		case e.Name == "any":
			return model.EmptyInterface{}
		case ast.IsExported(e.Name):
			return own(e.Name)
		}
		return basic(e.Name)
	case *ast.SelectorExpr:
		importPath := r.imports[e.X.(*ast.Ident).Name]
		return model.Named{PkgPath: importPath, PkgName: packageName(importPath), Name: e.Sel.Name}
	case *ast.IndexListExpr:
		named := r.read(e.X).(model.Named)
		for _, arg := range e.Indices {
			named.Args = append(named.Args, r.read(arg))
		}
		return named
	case *ast.ParenExpr:
		return r.read(e.X)
	case *ast.StarExpr:
		return pointer(r.read(e.X))
	case *ast.ArrayType:
		if e.Len == nil {
			return slice(r.read(e.Elt))
		}
		n, _ := strconv.ParseInt(e.Len.(*ast.BasicLit).Value, 10, 64)
		return model.Array{Len: n, Elem: r.read(e.Elt)}
	case *ast.MapType:
		return model.Map{Key: r.read(e.Key), Elem: r.read(e.Value)}
	case *ast.ChanType:
		dir := map[ast.ChanDir]string{ast.SEND | ast.RECV: "chan", ast.SEND: "chan<-", ast.RECV: "<-chan"}[e.Dir]
		return model.Chan{Dir: dir, Elem: r.read(e.Value)}
	case *ast.FuncType:
		return r.readSignature(e)
	case *ast.StructType:
		return r.readStruct(e)
	}
	r.t.Fatalf("unexpected type %T", e)
	return nil
}

func (r typeReader) readSignature(e *ast.FuncType) model.Signature {
	var s model.Signature
	for _, p := range e.Params.List {
		if variadic, ok := p.Type.(*ast.Ellipsis); ok {
			s.Variadic = true
			s.Params = append(s.Params, slice(r.read(variadic.Elt)))
			continue
		}
		s.Params = append(s.Params, r.read(p.Type))
	}
	if e.Results != nil {
		for _, p := range e.Results.List {
			s.Results = append(s.Results, r.read(p.Type))
		}
	}
	return s
}

func (r typeReader) readStruct(e *ast.StructType) model.Struct {
	var s model.Struct
	for _, f := range e.Fields.List {
		field := model.StructField{Type: r.read(f.Type), Embedded: len(f.Names) == 0}
		if field.Name = "T"; !field.Embedded {
			field.Name = f.Names[0].Name
		}
		if f.Tag != nil {
			field.Tag, _ = strconv.Unquote(f.Tag.Value)
		}
		s.Fields = append(s.Fields, field)
	}
	return s
}

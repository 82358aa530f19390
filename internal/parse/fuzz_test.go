package parse

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"net/http"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/handlergen/handlergen/internal/diag"
)

// FuzzDirective reads any comment above a function. Nothing is lost: what
// go/ast calls a directive of ours is collected with the same arguments, or
// reported; and what is collected or reported is what the scan looks for.
func FuzzDirective(f *testing.F) {
	for _, seed := range []string{
		"//handlergen:route GET /users/{id} status=201 \"name=a b\" hidden",
		"//handlergen:param id doc=\"how many\" default=`x` \"",
		"// handlergen: route GET /x", "//Handlergen:use \xff", "/*\r\n * handlergen:state\r\n*/", "//handlergen:\u00a0",
		"//handlergen route GET /", "//handlegen:route GET /x", "//handlergen:response 200 \"a\"b", "/*handlergen:group\n\t/x*/",
		"//HandlerGen:rOute GET", "//handlergen:use a\u2003b=\"c", "//handlergen:route \"\\u0047ET\" /\u00fc", "//line x.go:7\n//handlergen:rout",
		"//@handlergen route GET /x", "//go:handlergen-route GET /x", "//+handlergen.route GET /x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, comment string) {
		text := "package a\n\n" + comment + "\nfunc A() {}\n"
		fset := token.NewFileSet()
		file, err := goparser.ParseFile(fset, "a.go", text, goparser.SkipObjectResolution|goparser.ParseComments)
		if err != nil {
			return
		}
		p := &parser{source: &source{fset: fset, files: []*ast.File{file}}}
		p.collectDirectives()
		checkPositions(t, p, text)
		checkCollected(t, p, file)
		checkScan(t, p, text)
	})
}

// checkScan checks that the scan finds what has directives. It would not find
// those of a misspelled tool.
func checkScan(t *testing.T, p *parser, text string) {
	found := len(p.directives) > 0 || slices.ContainsFunc(p.diags, func(d diag.Diagnostic) bool {
		return !strings.Contains(d.Message, "the tool is spelled handlergen")
	})
	if found && !mayDirect([]byte(text)) {
		t.Errorf("the scan passes by %q, which has %v and %v", text, p.directives, p.diags)
	}
}

// checkPositions checks that all that is said is about places in the text.
func checkPositions(t *testing.T, p *parser, text string) {
	for _, d := range p.diags {
		if d.Pos.Offset < 0 || d.End.Offset < d.Pos.Offset || len(text) < d.End.Offset {
			t.Errorf("%s is at %v to %v of a text of %d bytes", d.Message, d.Pos, d.End, len(text))
		}
	}
	for _, d := range p.directives {
		for _, a := range d.args {
			if a.pos < d.pos || a.valuePos < a.pos || a.end < a.valuePos || d.end < a.end {
				t.Errorf("%+v is not inside of its directive, %d to %d", a, d.pos, d.end)
			}
		}
	}
}

// checkCollected compares what was collected with what go/ast finds.
func checkCollected(t *testing.T, p *parser, file *ast.File) {
	for _, group := range file.Comments {
		for _, comment := range group.List {
			want, ok := ast.ParseDirective(comment.Slash, comment.Text)
			if !ok || want.Tool != "handlergen" {
				continue
			}
			i := slices.IndexFunc(p.directives, func(d directive) bool { return d.pos == comment.Slash })
			if i < 0 {
				if len(p.diags) == 0 {
					t.Errorf("%q is neither collected nor reported", comment.Text)
				}
				continue
			}
			checkArguments(t, p, p.directives[i], want)
		}
	}
}

// checkArguments compares the arguments of a directive with those that go/ast
// finds. Some may be reported in place of being collected.
func checkArguments(t *testing.T, p *parser, got directive, want ast.Directive) {
	args, err := want.ParseArgs()
	if err != nil || got.verb != want.Name {
		t.Fatalf("collected %+v from %+v, whose arguments are %v", got, want, err)
	}
	for _, a := range got.args {
		text := a.value
		if a.key != "" {
			text = a.key + "=" + a.value
		}
		if !slices.ContainsFunc(args, func(w ast.DirectiveArg) bool {
			return w.Pos == a.pos && (w.Arg == text || w.Arg == a.key && a.value == "")
		}) {
			t.Errorf("%+v is none of the arguments %v", a, args)
		}
	}
	if len(got.args) < len(args) && len(p.diags) == 0 {
		t.Errorf("of %v only %v are collected, and nothing is reported", args, got.args)
	}
}

// FuzzPattern compares verdicts on two patterns, and on their conflict, with
// those of net/http.
func FuzzPattern(f *testing.F) {
	for _, seed := range [][2]string{
		{"/", "/{$}"},
		{"/users/{id}", "/users/{name...}"},
		{"/a//b", "/a/../b"},
		{"example.com/{a}/{a}", "{x}/y"},
		{"/a/{x}", "/{x}/b"},
		{"/{x-y}", "/{}"},
		{"/{a", "/b}"},
		{"/{...}", "/{$}/"},
		{"/\xff/{\xff}", "/%zz/%2f"},
		{" /", "a b/"},
	} {
		f.Add(seed[0], seed[1], uint8(0))
		f.Add(seed[0], seed[1], uint8(9))
	}
	f.Fuzz(func(t *testing.T, first, second string, methods uint8) {
		if strings.Contains(first+second, "\n") {
			return
		}
		if comparePattern(t, first) && comparePattern(t, second) {
			compareConflict(t, first, second, methods)
		}
	})
}

// comparePattern compares the verdict on one pattern, and reports whether it is
// good.
func comparePattern(t *testing.T, text string) bool {
	fset := token.NewFileSet()
	file := fset.AddFile("a.go", -1, len(text)+1)
	p := &parser{source: &source{fset: fset}}
	at := token.Pos(file.Base())
	pat, ok := p.parsePattern(arg{value: text, pos: at, valuePos: at, end: at + token.Pos(len(text))})
	host, _, _ := strings.Cut(text, "/")
	if want := register(http.NewServeMux(), "GET "+text) == "" && !strings.ContainsFunc(host, unicode.IsSpace) && !strings.Contains(host, ":"); ok != want {
		t.Errorf("parsePattern(%q) is %t, want %t", text, ok, want)
	}
	if ok != (len(p.diags) == 0) || ok && pat.host+pat.path != text {
		t.Errorf("parsePattern(%q) = %+v with diagnostics %v", text, pat, p.diags)
	}
	checkPositions(t, p, text)
	for _, w := range pat.wildcards {
		name := strings.TrimSuffix(text[w.pos-at+1:w.end-at-1], "...")
		if name != w.name {
			t.Errorf("the wildcard %q of %q is at %q", w.name, text, name)
		}
	}
	return ok
}

// compareConflict compares the verdict on two patterns together.
func compareConflict(t *testing.T, first, second string, methods uint8) {
	choices := [][]string{nil, {"GET"}, {"HEAD"}, {"GET", "POST"}}
	routes := []boundRoute{
		{methods: choices[methods%4], pattern: first, handler: "A"},
		{methods: choices[methods/4%4], pattern: second, handler: "B"},
	}
	fset := token.NewFileSet()
	file := fset.AddFile("a.go", -1, 10)
	p := &parser{source: &source{fset: fset}}
	mux, want := http.NewServeMux(), false
	for i := range routes {
		routes[i].at = stretch{token.Pos(file.Base()), token.Pos(file.Base() + i)}
		for _, pattern := range routes[i].patterns() {
			want = register(mux, pattern) != "" || want
		}
	}
	p.checkConflicts(routes)
	if got := len(p.diags) > 0; got != want {
		t.Errorf("checkConflicts(%v) reports %v, want %t", routes, p.diags, want)
	}
}

// FuzzScan checks that any file in which the parser finds something is one that
// the scan would have it load.
func FuzzScan(f *testing.F) {
	f.Add([]byte("package a\r\n\r\n//handlergen:route GET /\r\nfunc A() {}\r\n"))
	f.Add([]byte("\ufeffpackage a // handlergen:state\n\x00"))
	f.Add([]byte("package a\n/*\n\thandlergen use x\n*/\nvar handlergen = `//handlergen:`"))
	f.Fuzz(func(t *testing.T, text []byte) {
		fset := token.NewFileSet()
		file, err := goparser.ParseFile(fset, "a.go", text, goparser.SkipObjectResolution|goparser.ParseComments)
		if err != nil {
			return
		}
		p := &parser{source: &source{fset: fset, files: []*ast.File{file}}}
		p.collectDirectives()
		checkPositions(t, p, string(text))
		checkScan(t, p, string(text))
	})
}

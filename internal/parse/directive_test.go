package parse

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/handlergen/handlergen/internal/diag"
)

// collect reads the directives of a file that is not type-checked.
func collect(t testing.TB, text string) *parser {
	t.Helper()
	fset := token.NewFileSet()
	file, err := goparser.ParseFile(fset, "a.go", text, goparser.SkipObjectResolution|goparser.ParseComments)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	p := &parser{source: &source{fset: fset, files: []*ast.File{file}}}
	p.collectDirectives()
	return p
}

// findings prints what a parser found: its directives, then its diagnostics.
func findings(p *parser) string {
	var b bytes.Buffer
	for _, d := range p.directives {
		fmt.Fprintf(&b, "%d %s", p.fset.Position(d.pos).Line, d.verb)
		for _, a := range d.args {
			if a.key != "" {
				fmt.Fprintf(&b, " %s=", a.key)
			} else {
				fmt.Fprint(&b, " ")
			}
			fmt.Fprintf(&b, "%q", a.value)
		}
		fmt.Fprintf(&b, " on %s\n", nameOf(d.on))
	}
	p.diags.Sort()
	p.diags.WriteText(&b, diag.TextOptions{})
	return b.String()
}

var update = flag.Bool("update", false, "rewrite the want sections of testdata")

// TestDirectives reads the archives of testdata/directive: a file, and what is
// found in it.
func TestDirectives(t *testing.T) {
	names, err := filepath.Glob("testdata/directive/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("no archives", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil || len(archive.Files) != 2 {
				t.Fatal("want a file and the findings", err)
			}
			got := findings(collect(t, string(archive.Files[0].Data)))
			if *update {
				archive.Files[1].Data = []byte(got)
				if err := os.WriteFile(name, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("%s\n(-want +got):\n%s", archive.Files[0].Data, diff)
			}
		})
	}
}

func TestCRLF(t *testing.T) {
	text := "//handlergen:group /a \r\n/*\r\nhandlergen:use b\r\n*/\r\npackage a\r\n//handlergen:route GET\r\nfunc A() {}\r\n"
	want := `1 group "/a" on the package clause
a.go:3:1: this is a comment and not a directive: a directive starts with // (HG002)
	hint: write //handlergen:use b
a.go:6:1: the route has no pattern (HG004)
	hint: write //handlergen:route METHOD PATTERN [key=value …]
`
	if diff := cmp.Diff(want, findings(collect(t, text))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPagesListAll demands that the pages that list all directives, keys, methods
// and rules do.
func TestPagesListAll(t *testing.T) {
	var keys []string
	for _, v := range verbs {
		keys = append(keys, v.keys...)
		keys = append(keys, v.flags...)
		if len(v.keys)+len(v.flags) > 0 {
			keys = append(keys, v.name)
		}
	}
	for code, words := range map[diag.Code][]string{
		diag.UnknownDirective: verbNames(), diag.BadKey: keys, diag.BadMethod: methodNames, diag.BadRule: ruleNames,
	} {
		listed := strings.FieldsFunc(code.Doc().Text, func(r rune) bool { return !unicode.IsLetter(r) })
		for _, word := range words {
			if !slices.Contains(listed, word) {
				t.Errorf("the page of %s does not list %s", code, word)
			}
		}
	}
}

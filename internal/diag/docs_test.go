package diag

import (
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

func TestDocs(t *testing.T) {
	names := codeNames(t)
	pages := Docs()
	for i, name := range names {
		doc, ok := pages[Code(i+1)]
		if name == "_" { // no longer in use
			if ok {
				t.Errorf("%s has a page and no name", Code(i+1))
			}
			continue
		}
		if !ok {
			t.Errorf("%s (%s) has no page in docs.go", name, Code(i+1))
			continue
		}
		if doc.Name != name {
			t.Errorf("the page of %s is of %q", name, doc.Name)
		}
		checkPage(t, doc)
	}
	if len(pages) > len(names) {
		t.Errorf("docs.go has %d pages for %d codes", len(pages), len(names))
	}
}

func TestUnknownDoc(t *testing.T) {
	if doc := Code(999).Doc(); doc != (Doc{}) {
		t.Errorf("Code(999).Doc() = %+v, want none", doc)
	}
}

// codeNames returns the names of the codes, in order, and checks that they are
// numbered without gaps.
func codeNames(t *testing.T) []string {
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			names = append(names, spec.Names[0].Name)
		}
		return true
	})
	if BadTag != Code(slices.Index(names, "BadTag")+1) || LoadError != Code(slices.Index(names, "LoadError")+1) {
		t.Fatal("the codes are not numbered in order")
	}
	return names
}

func checkPage(t *testing.T, doc Doc) {
	lines := strings.Split(doc.Text, "\n")
	if doc.Title == "" || len(lines) < 2 || len(lines) > 8 {
		t.Errorf("%s: want a title and a text of two to eight lines, not %q and %d", doc.Name, doc.Title, len(lines))
	}
	for _, line := range lines {
		if len([]rune(line)) > 80 || strings.TrimRight(line, " \t") != line {
			t.Errorf("%s: the line is long, or ends with spaces: %q", doc.Name, line)
		}
	}
	if (doc.NoExample == "") != (doc.Bad != "" && doc.Good != "") {
		t.Errorf("%s: want both examples, or the reason why there are none", doc.Name)
	}
	for _, example := range []string{doc.Bad, doc.Good} {
		source := "package shop\n\n" + example + "\n"
		formatted, err := format.Source([]byte(source))
		if err != nil {
			t.Errorf("%s: %v in %s", doc.Name, err, example)
		} else if example != "" && string(formatted) != source {
			t.Errorf("%s: an example is not formatted as gofmt does:\n%s", doc.Name, formatted)
		}
	}
}

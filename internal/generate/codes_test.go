package generate_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/diag"
)

// TestExamples holds what explain prints against the tool: the bad example of
// each code yields that code and no other, the good one none.
func TestExamples(t *testing.T) {
	root := filepath.Join(tmp, "examples")
	if err := writeModule(root); err != nil {
		t.Fatal(err)
	}
	docs := diag.Docs()
	for code, doc := range docs {
		for dir, example := range map[string]string{"bad": doc.Bad, "good": doc.Good} {
			if example == "" {
				continue
			}
			name := filepath.Join(root, dir, code.String(), "shop.go")
			if err := writeFile(name, []byte(completeExample(example))); err != nil {
				t.Fatal(err)
			}
		}
	}
	result, err := generatePackages(root, "./...")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]diag.List{}
	for _, d := range result.Diags {
		dir, err := filepath.Rel(root, filepath.Dir(d.Pos.Filename))
		if err != nil {
			t.Fatal(err)
		}
		found[dir] = append(found[dir], d)
	}
	for _, code := range slices.Sorted(maps.Keys(docs)) {
		if docs[code].NoExample != "" {
			continue
		}
		if list := found[filepath.Join("good", code.String())]; len(list) > 0 {
			t.Errorf("%s: the good example is refused: %s", code, messages(list))
		}
		list := found[filepath.Join("bad", code.String())]
		isOther := func(d diag.Diagnostic) bool { return d.Code != code }
		if len(list) == 0 || slices.ContainsFunc(list, isOther) {
			t.Errorf("%s: want the bad example to yield %s alone, got %s", code, code, messages(list))
		}
	}
}

func messages(list diag.List) string {
	if len(list) == 0 {
		return "nothing"
	}
	var parts []string
	for _, d := range list {
		parts = append(parts, fmt.Sprintf("%s (%s)", d.Message, d.Code))
	}
	return strings.Join(parts, "; ")
}

// examplePackages are the packages that examples use without importing them.
var examplePackages = map[string]string{
	"bytes": "bytes", "context": "context", "http": "net/http", "io": "io", "runtime": module + "/runtime", "time": "time",
}

// qualifier matches the package name before an exported identifier.
var qualifier = regexp.MustCompile(`\b([a-z]+)\.[A-Z]`)

// completeExample puts declarations into a file with the imports they need.
func completeExample(declarations string) string {
	used := map[string]bool{}
	for _, m := range qualifier.FindAllStringSubmatch(declarations, -1) {
		if path, ok := examplePackages[m[1]]; ok {
			used[path] = true
		}
	}
	var b strings.Builder
	b.WriteString("package shop\n\n")
	for _, path := range slices.Sorted(maps.Keys(used)) {
		fmt.Fprintf(&b, "import %q\n", path)
	}
	return b.String() + "\n" + declarations + "\n"
}

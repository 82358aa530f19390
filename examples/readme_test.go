package examples_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what documents show of code")

// shown finds the marked places of a document: a file and a function in it.
var shown = regexp.MustCompile(`(?s)(<!-- begin (?:generated|code): (\S+) (\S+) -->\n).*?(<!-- end (?:generated|code) -->)`)

// TestDocumentsShowCode wants what the README shows of generated code, and
// docs/axum.md of a case, to be what there is.
func TestDocumentsShowCode(t *testing.T) {
	for _, file := range []string{"../README.md", "../docs/axum.md"} {
		t.Run(filepath.Base(file), func(t *testing.T) { showCode(t, file) })
	}
}

func showCode(t *testing.T, file string) {
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := shown.ReplaceAllStringFunc(string(document), func(place string) string {
		part := shown.FindStringSubmatch(place)
		lang, show := "go", function
		if strings.HasSuffix(part[2], ".ts") {
			lang, show = "ts", method
		}
		return part[1] + "```" + lang + "\n" + show(t, "../"+part[2], part[3]) + "```\n" + part[4]
	})
	switch {
	case want == string(document):
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s shows code as it was: run go test -update in examples", file)
	}
}

// function returns a function of a file that holds Go with its doc comment.
func function(t *testing.T, file, name string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range strings.SplitAfter(string(source), "\n}\n") {
		if regexp.MustCompile(`(?m)^func [^{]*\b` + name + `\(`).MatchString(declaration) {
			return strings.TrimLeft(declaration, "\n")
		}
	}
	t.Fatalf("%s has no function %s", file, name)
	return ""
}

// method returns a method of a class in TypeScript with its doc comment.
func method(t *testing.T, file, name string) string {
	t.Helper()
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range strings.SplitAfter(string(source), "\n  }\n") {
		if strings.Contains(declaration, "\n  async "+name+"(") {
			return strings.ReplaceAll(strings.TrimPrefix(strings.TrimLeft(declaration, "\n"), "  "), "\n  ", "\n")
		}
	}
	t.Fatalf("%s has no method %s", file, name)
	return ""
}

package examples_test

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite what the README shows of generated code")

// shown finds the marked places of the README: a file and a function in it.
var shown = regexp.MustCompile(`(?s)(<!-- begin generated: (\S+) (\S+) -->\n).*?(<!-- end generated -->)`)

func TestREADMEShowsGeneratedCode(t *testing.T) {
	const file = "../README.md"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := shown.ReplaceAllStringFunc(string(readme), func(place string) string {
		part := shown.FindStringSubmatch(place)
		lang, show := "go", function
		if strings.HasSuffix(part[2], ".ts") {
			lang, show = "ts", method
		}
		return part[1] + "```" + lang + "\n" + show(t, "../"+part[2], part[3]) + "```\n" + part[4]
	})
	switch {
	case want == string(readme):
	case *update:
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the README shows generated code as it was: run go test -update in examples")
	}
}

// function returns a function of a Go file with its doc comment.
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

package generate_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

const module = "github.com/handlergen/handlergen"

// An importRule says what the files of a directory may import, and why.
type importRule struct {
	dir    string
	std    bool     // the standard library
	may    []string // import paths, those of our own without the module's
	never  []string // in spite of std
	reason string
}

var importRules = []importRule{
	{
		dir: "internal/model", may: []string{"go/token", "time"},
		reason: "the model is plain data: emit could peek behind the plan through anything else",
	},
	{
		dir: "internal/diag", std: true,
		reason: "diagnostics know nothing of handlers, so that messages can be tested without loading a package",
	},
	{
		dir: "internal/parse", std: true,
		may: []string{
			"internal/model", "internal/diag", "golang.org/x/mod/modfile",
			"golang.org/x/tools/go/packages", "golang.org/x/tools/go/types/typeutil",
		},
		reason: "parse is the only place that understands user code, and it does not know how anything is spelled",
	},
	{
		dir: "internal/emit", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may: []string{
			"internal/model", "internal/wire", "github.com/dave/jennifer/jen",
		},
		reason: "emit cannot see user types, so that it cannot judge them",
	},
	{
		dir: "internal/generate", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may: []string{
			"internal/parse", "internal/emit", "internal/openapi", "internal/typescript", "internal/model", "internal/diag",
		},
		reason: "the pipeline can be tested without a terminal",
	},
	{
		dir: "internal/answers", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may:    []string{"internal/model", "internal/wire"},
		reason: "what routes can answer follows from what parse decided, and is said in one place",
	},
	{
		dir: "internal/openapi", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may: []string{
			"internal/answers", "internal/model", "internal/wire",
			"github.com/getkin/kin-openapi/openapi3", "github.com/oasdiff/yaml3",
		},
		reason: "documents promise what parse decided, and nothing that they found out themselves",
	},
	{
		dir: "internal/typescript", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may:    []string{"internal/model", "internal/wire", "internal/answers"},
		reason: "clients promise what parse decided, and nothing that they found out themselves",
	},
	{
		dir: "internal/wire", std: true, never: []string{"go/types", "go/ast", "go/parser"},
		may:    []string{"internal/model"},
		reason: "what documents and clients have in common follows from the model alone",
	},
	{
		dir: "internal/proof", std: true,
		may: []string{
			"internal/generate", "internal/model", "internal/openapi", "internal/proof", "github.com/getkin/kin-openapi/openapi3",
			"github.com/oasdiff/yaml", "github.com/santhosh-tekuri/jsonschema/v6", "github.com/sv-tools/openapi",
		},
		reason: "it is for tests and for make validate-openapi, and nothing that users run imports it",
	},
	{
		dir: "internal/tsc", std: true,
		reason: "it is for tests, and knows of modules in TypeScript, and not whose they are",
	},
	{
		dir: "internal/chromium", std: true,
		reason: "it is for tests, and knows of browsers, and not what they are shown",
	},
	{
		dir: "internal/watch", std: true, may: []string{"github.com/fsnotify/fsnotify"},
		reason: "watching knows of files, and not what they mean",
	},
	{
		dir: "cmd/handlergen", std: true, never: []string{"go/types"},
		may: []string{
			"internal/generate", "internal/model", "internal/answers", "internal/diag", "internal/openapi", "internal/watch",
			"github.com/spf13/cobra", "github.com/spf13/pflag", "github.com/aymanbagabas/go-udiff", "golang.org/x/mod/modfile",
		},
		reason: "the command prints, writes and exits, and leaves every decision to the pipeline",
	},
	{
		dir: "runtime", std: true,
		reason: "applications inherit what the runtime needs, so it needs the standard library alone",
	},
}

// TestImports holds the table of ARCHITECTURE.md against the source.
func TestImports(t *testing.T) {
	for dir, files := range sourceFiles(t) {
		rule, ok := ruleFor(dir)
		if !ok {
			t.Errorf("%s: a directory without a rule; add it to importRules and to ARCHITECTURE.md", dir)
			continue
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			for _, spec := range file.Imports {
				if path := strings.Trim(spec.Path.Value, `"`); !rule.allows(path) {
					t.Errorf("%s imports %s, but %s", name, path, rule.reason)
				}
			}
		}
	}
}

// ruleFor returns the rule of a directory or of the nearest one above it.
func ruleFor(dir string) (importRule, bool) {
	for _, rule := range importRules {
		if dir == rule.dir || strings.HasPrefix(dir, rule.dir+"/") {
			return rule, true
		}
	}
	return importRule{}, false
}

func (r importRule) allows(path string) bool {
	own, isOwn := strings.CutPrefix(path, module+"/")
	domain, _, _ := strings.Cut(path, "/")
	isStd := !strings.Contains(domain, ".")
	switch {
	case isOwn:
		return slices.Contains(r.may, own) || strings.HasPrefix(own, r.dir) && r.dir == "runtime"
	case isStd:
		return (r.std || slices.Contains(r.may, path)) && !slices.Contains(r.never, path)
	}
	return slices.Contains(r.may, path)
}

// sourceFiles returns the Go files of the tool and the runtime by directory:
// without tests for the tool, with them for the runtime.
func sourceFiles(t *testing.T) map[string][]string {
	t.Helper()
	dirs := map[string][]string{}
	for _, top := range []string{"internal", "cmd", "runtime"} {
		err := filepath.WalkDir(filepath.Join("../..", top), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			isTest := strings.HasSuffix(name, "_test.go") && top != "runtime"
			if strings.HasSuffix(name, ".go") && !isTest {
				dir, _ := filepath.Rel("../..", filepath.Dir(name))
				dirs[filepath.ToSlash(dir)] = append(dirs[filepath.ToSlash(dir)], name)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dirs
}

// TestModules holds what users' go.mod files rely on.
func TestModules(t *testing.T) {
	tool, runtime := readFile(t, "../../go.mod"), readFile(t, "../../runtime/go.mod")
	if hasDirective(tool, "replace") {
		t.Error("go.mod has a replace directive, with which go install …/cmd/handlergen@latest refuses to work")
	}
	if bytes.Contains(tool, []byte(model.RuntimePath)) {
		t.Error("go.mod requires the runtime; the tool knows it by name only (internal/model/runtime.go)")
	}
	if hasDirective(runtime, "require") || hasDirective(runtime, "replace") {
		t.Error("runtime/go.mod has requirements, which every application would inherit")
	}
}

func hasDirective(mod []byte, word string) bool {
	return regexp.MustCompile(`(?m)^` + word + `\b`).Match(mod)
}

// TestVariants demands that each variant of the model comes from some case.
func TestVariants(t *testing.T) {
	s := mustSuite(t, good)
	seen := map[reflect.Type]bool{}
	for _, pkg := range s.result.Packages {
		collectVariants(reflect.ValueOf(pkg), seen)
	}
	check := func(variant any, file, dir string) {
		if typ := reflect.TypeOf(variant); !seen[typ] {
			t.Errorf("no case generates code for model.%s: add one to testdata/%s (the variant is in internal/model/%s)",
				typ.Name(), dir, file)
		}
	}
	for _, v := range model.Extractors {
		check(v, "extract.go", "extract")
	}
	for _, v := range []model.Shape{model.Single{}, model.Pointed{}, model.Optioned{}, model.List{}, model.Dict{}, model.OptionedMany{}} {
		check(v, "extract.go", "extract")
	}
	for _, v := range model.Rules {
		check(v, "rules.go", "validate")
	}
	for _, v := range model.Responses {
		check(v, "respond.go", "respond")
	}
}

// collectVariants notes the type of every value that stands in an interface.
func collectVariants(v reflect.Value, seen map[reflect.Type]bool) {
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			seen[v.Elem().Type()] = true
			collectVariants(v.Elem(), seen)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			collectVariants(v.Elem(), seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			collectVariants(v.Field(i), seen)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectVariants(v.Index(i), seen)
		}
	}
}

// TestVariantLists demands that the lists of variants name every one.
func TestVariantLists(t *testing.T) {
	for _, list := range []struct {
		file, method string
		variants     []any
	}{
		{"../model/extract.go", "extractor", anys(model.Extractors)},
		{"../model/rules.go", "rule", anys(model.Rules)},
		{"../model/respond.go", "response", anys(model.Responses)},
		{"../model/schema.go", "schema", anys(model.Schemas)},
		{"../answers/cause.go", "cause", anys(answers.Causes)},
		{"../answers/body.go", "body", anys(answers.Bodies)},
	} {
		want := map[string]bool{}
		for _, v := range list.variants {
			want[reflect.TypeOf(v).Name()] = true
		}
		file, err := parser.ParseFile(token.NewFileSet(), list.file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Name.Name != list.method || fn.Recv == nil {
				continue
			}
			typ := fmt.Sprint(fn.Recv.List[0].Type)
			if !want[typ] {
				t.Errorf("%s: %s has the method %s but is not in the list of all variants", list.file, typ, list.method)
			}
			delete(want, typ)
		}
		for typ := range want {
			t.Errorf("%s: %s is in the list of all variants but has no method %s", list.file, typ, list.method)
		}
	}
}

func anys[T any](list []T) []any {
	var out []any
	for _, v := range list {
		out = append(out, v)
	}
	return out
}

// TestCodesHaveCases demands a case for each code of a diagnostic.
func TestCodesHaveCases(t *testing.T) {
	var wanted strings.Builder
	files, err := filepath.Glob(testdata + "/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		switch filepath.Base(filepath.Dir(name)) {
		case "errors", "script":
			wanted.Write(readFile(t, name))
		}
	}
	for _, code := range slices.Sorted(maps.Keys(diag.Docs())) {
		if !strings.Contains(wanted.String(), "("+code.String()+")") {
			t.Errorf("no case shows %s (%s): add testdata/errors/%s_….txtar", code, code.Doc().Name, code)
		}
	}
}

// TestWrappersHaveCases demands that each type that users can write in a
// signature is read by some case, and so has its row in the table of parse.
func TestWrappersHaveCases(t *testing.T) {
	s := mustSuite(t, good)
	var inputs strings.Builder
	for _, c := range s.cases {
		for _, f := range c.archive.Files {
			if isInput(f.Name) {
				inputs.Write(f.Data)
			}
		}
	}
	const source = "../../runtime/extract.go"
	file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, object := range file.Scope.Objects {
		if object.Kind != ast.Typ || !ast.IsExported(name) {
			continue
		}
		if !regexp.MustCompile(`\bruntime\.` + name + `\b`).MatchString(inputs.String()) {
			t.Errorf("no case has a parameter of type runtime.%s: add one to testdata/extract, "+
				"and a row for it in internal/parse/extract.go", name)
		}
	}
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

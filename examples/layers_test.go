package examples_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestREADMENamesLayers holds the README's table of layers to the code: what it
// names is there, and every layer that is there is in it.
func TestREADMENamesLayers(t *testing.T) {
	declared, layers := declarations(t)
	var named []string
	for _, row := range layerTable(t) {
		cells := strings.Split(row, " | ")
		if len(cells) != 3 {
			t.Errorf("not three cells: %s", row)
			continue
		}
		names := regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(cells[1], -1)
		if len(names) == 0 && cells[1] != "—" {
			t.Errorf("neither a name nor — is here: %s", row)
		}
		for _, name := range names {
			named = append(named, name[1])
			if !declared[name[1]] {
				t.Errorf("%s is not there: %s", name[1], row)
			}
		}
	}
	if len(layers) < 30 {
		t.Errorf("only %d layers were found: %v", len(layers), layers)
	}
	for _, layer := range layers {
		if !slices.Contains(named, layer) {
			t.Errorf("%s has no row in the README's table of layers", layer)
		}
	}
}

// TestREADMEKnowsTowerHTTP holds the table to what tower-http 0.7 has.
func TestREADMEKnowsTowerHTTP(t *testing.T) {
	words := map[string]bool{}
	for _, row := range layerTable(t) {
		theirs, _, _ := strings.Cut(row, " | ")
		for _, word := range regexp.MustCompile(`\w+`).FindAllString(theirs, -1) {
			words[word] = true
		}
	}
	for _, layer := range []string{
		"AddAuthorization", "AddExtension", "AsyncRequireAuthorization", "CatchPanic", "Compression", "Cors", "csrf", "Decompression",
		"FollowRedirect", "InFlightRequests", "MapRequestBody", "MapResponseBody", "NormalizePath", "OnEarlyDrop", "PropagateHeader",
		"PropagateRequestId", "Redirect", "RequestBodyDeadline", "RequestBodyLimit", "RequestBodyTimeout", "RequestDecompression",
		"ResponseBodyDeadline", "ResponseBodyTimeout", "SensitiveHeaders", "ServeDir", "ServeFile", "SetRequestHeader", "SetRequestId",
		"SetResponseHeader", "SetStatus", "Timeout", "Trace", "ValidateRequestHeader",
	} {
		if !words[layer] {
			t.Errorf("%s has no row in the README's table of layers", layer)
		}
	}
}

// TestBenchMeasuresLayers holds the benchmark's table of layers to those that
// there are for handlers. Those of contrib go by their package.
func TestBenchMeasuresLayers(t *testing.T) {
	table := section(t, "../bench/README.md", "<!-- begin of what cmd/report writes: layers -->\n", "<!-- end of layers -->")
	_, layers := declarations(t)
	for _, layer := range layers {
		of, name, _ := strings.Cut(layer, ".")
		switch of {
		case "runtime", "service":
			continue
		case "middleware":
		default:
			name = of
		}
		if !strings.Contains(table, "\n| "+name+" |") {
			t.Errorf("bench/README.md has no figures for %s", layer)
		}
	}
}

func layerTable(t *testing.T) []string {
	t.Helper()
	table := section(t, "../README.md", "<!-- begin layers -->\n", "<!-- end layers -->")
	return strings.Split(strings.TrimSpace(table), "\n")[2:]
}

// section returns what stands in a file between two lines.
func section(t *testing.T, file, begin, end string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), begin)
	found, _, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no %q", file, begin)
	}
	return found
}

// declarations returns the exported names of the packages that may be in the
// table, as in service.Timeout and runtime.Router.Layer, and which are layers.
func declarations(t *testing.T) (declared map[string]bool, layers []string) {
	t.Helper()
	declared = map[string]bool{}
	for _, dir := range packageDirs(t) {
		name := filepath.Base(dir)
		for _, decl := range parseDir(t, dir) {
			switch decl := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.IsExported() {
						declared[name+"."+spec.Name.Name] = true
					}
				}
			case *ast.FuncDecl:
				if !decl.Name.IsExported() {
					continue
				}
				function := name + "." + receiver(decl) + decl.Name.Name
				declared[function] = true
				if name != "http" && isLayer(decl) {
					layers = append(layers, function)
				}
			}
		}
	}
	return declared, layers
}

func packageDirs(t *testing.T) []string {
	t.Helper()
	std, err := build.Import("net/http", "", build.FindOnly)
	if err != nil {
		t.Fatal(err)
	}
	dirs := []string{std.Dir}
	for _, root := range []string{"../runtime", "../contrib"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil || !entry.IsDir():
				return err
			case entry.Name() == "internal", entry.Name() == "testdata":
				return filepath.SkipDir
			}
			dirs = append(dirs, path)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dirs
}

func parseDir(t *testing.T, dir string) []ast.Decl {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var decls []ast.Decl
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		decls = append(decls, file.Decls...)
	}
	return decls
}

// receiver returns "Router." for a method of Router.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	name := strings.TrimPrefix(types.ExprString(f.Recv.List[0].Type), "*")
	name, _, _ = strings.Cut(name, "[")
	return name + "."
}

// isLayer reports whether a function makes or is middleware, or makes a service
// around others.
func isLayer(f *ast.FuncDecl) bool {
	if f.Type.Results == nil {
		return false
	}
	result := types.ExprString(f.Type.Results.List[0].Type)
	switch {
	case result == "func(http.Handler) http.Handler":
		return true
	case result == "http.Handler":
		return takes(f, "http.Handler")
	case strings.HasPrefix(result, "Service["):
		return f.Recv == nil && (takes(f, "Service[") || takes(f, "...Service["))
	}
	return false
}

// takes reports whether a parameter has a type that begins so.
func takes(f *ast.FuncDecl, prefix string) bool {
	return slices.ContainsFunc(f.Type.Params.List, func(field *ast.Field) bool {
		return strings.HasPrefix(types.ExprString(field.Type), prefix)
	})
}

package generate_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"
)

// testdata is where the cases are, seen from this package.
const testdata = "../../testdata"

// A testCase is one file below testdata: a package to generate from, what
// should come of it, and requests with their answers.
type testCase struct {
	name    string // "extract/cookie", also the package's directory in the module
	file    string // "../../testdata/extract/cookie.txtar"
	archive *txtar.Archive
}

// readCases reads the cases in some directories of testdata, sorted by name.
func readCases(dirs ...string) ([]*testCase, error) {
	var cases []*testCase
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(testdata, dir, "*.txtar"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				return nil, err
			}
			name := dir + "/" + strings.TrimSuffix(filepath.Base(file), ".txtar")
			cases = append(cases, &testCase{name: name, file: file, archive: archive})
		}
	}
	return cases, nil
}

// isInput reports whether a section is part of the package and not of what is
// expected of it.
func isInput(section string) bool {
	return section != "http" && !strings.HasPrefix(section, "want/")
}

// section returns the text of a section, or nil.
func (c *testCase) section(name string) []byte {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// writeInputs writes the input files below root.
func (c *testCase) writeInputs(root string) error {
	for _, f := range c.archive.Files {
		if !isInput(f.Name) {
			continue
		}
		if err := writeFile(filepath.Join(root, c.name, f.Name), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// wanted returns the names and texts of the want sections.
func (c *testCase) wanted() map[string]string {
	want := map[string]string{}
	for _, f := range c.archive.Files {
		if name, ok := strings.CutPrefix(f.Name, "want/"); ok {
			want[name] = string(f.Data)
		}
	}
	return want
}

// update replaces the want sections by what came out, between the inputs and
// the exchanges, and leaves the rest of the file alone.
func (c *testCase) update(got map[string]string) error {
	var inputs, rest []txtar.File
	for _, f := range c.archive.Files {
		switch {
		case isInput(f.Name):
			inputs = append(inputs, f)
		case f.Name == "http":
			rest = append(rest, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		inputs = append(inputs, txtar.File{Name: "want/" + name, Data: []byte(got[name])})
	}
	c.archive.Files = append(inputs, rest...)
	old, err := os.ReadFile(c.file)
	if err != nil {
		return err
	}
	if text := txtar.Format(c.archive); !bytes.Equal(text, old) {
		return os.WriteFile(c.file, text, 0o644)
	}
	return nil
}

// writeModule makes root a module that uses the runtime of this checkout.
func writeModule(root string) error {
	runtime, err := filepath.Abs("../../runtime")
	if err != nil {
		return err
	}
	mod := fmt.Sprintf("module example.com/golden\n\ngo 1.26.0\n\n"+
		"require github.com/handlergen/handlergen/runtime v0.0.0\n\n"+
		"replace github.com/handlergen/handlergen/runtime => %s\n", runtime)
	return writeFile(filepath.Join(root, "go.mod"), []byte(mod))
}

func writeFile(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644)
}

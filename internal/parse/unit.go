package parse

import (
	"cmp"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// loaded is what came of the directories with directives.
type loaded struct {
	units  []*unit
	diags  diag.List       // about packages that cannot be read
	seen   map[string]bool // the files that were loaded, by path
	failed map[string]bool // the directories with diagnostics
}

// A unit is one package to read.
type unit struct {
	*source
	id      string    // import path of the package, or of the package that it tests from inside
	tested  *unit     // of tests: the package itself, if it is read too
	routed  bool      // it has routes, once it is read
	failed  bool      // it has diagnostics, once it is read
	missing diag.List // errors about Routes, which will be declared if there is a route
}

// read reads a package. That Routes is missing is only an error if nothing will
// declare it, and tests are not read without what they test.
func (u *unit) read() (*model.Package, diag.List) {
	pkg, diags := readPackage(u.source)
	routed := pkg != nil && len(pkg.Handlers) > 0
	if !routed && len(diags) == 0 && (u.tested == nil || !u.tested.routed) {
		diags = u.missing
	}
	u.routed, u.failed = routed, len(diags) > 0
	if u.failed || u.tested != nil && u.tested.failed {
		pkg = nil
	}
	return pkg, diags
}

// fail adds what is wrong with a directory.
func (l *loaded) fail(dir string, diags ...diag.Diagnostic) {
	l.diags = append(l.diags, diags...)
	l.failed[dir] = l.failed[dir] || len(diags) > 0
}

// leftOut reports whether a directory has files with directives that were not
// loaded, such as those for another operating system.
func (l *loaded) leftOut(d *directory, test bool) bool {
	return slices.ContainsFunc(d.marked, func(name string) bool {
		return isTest(name) == test && !l.seen[filepath.Join(d.path, name)]
	})
}

// add turns one package into a unit if it has directives of its own, or into
// diagnostics if there is something wrong with it.
func (l *loader) add(pkg *packages.Package) error {
	if isTestMain(pkg) {
		return nil
	}
	dir := l.directoryOf(pkg)
	if dir == nil {
		return cannotLoad(pkg)
	}
	for _, file := range pkg.GoFiles {
		l.seen[file] = true
	}
	if !isMarked(pkg, dir) {
		return nil
	}
	u := newUnit(pkg, dir)
	u.foreign = l.comments
	if problems := l.problems(pkg, u); len(problems) > 0 {
		l.fail(u.dir, problems...)
	} else {
		l.units = append(l.units, u)
	}
	return nil
}

// isTestMain reports whether a package is the program that go test builds.
func isTestMain(pkg *packages.Package) bool {
	return strings.HasSuffix(pkg.ID, ".test") && pkg.Name == "main" &&
		!slices.ContainsFunc(pkg.GoFiles, func(file string) bool { return filepath.Dir(file) == pkg.Dir })
}

// cannotLoad is the error of a package that the go command does not find.
func cannotLoad(pkg *packages.Package) error {
	if len(pkg.Errors) == 0 {
		return nil
	}
	return fmt.Errorf("%s: %s", pkg.ID, pkg.Errors[0].Msg)
}

// directoryOf returns what is known of the directory of a package, and reads it
// if the go command alone knew where it is.
func (l *loader) directoryOf(pkg *packages.Package) *directory {
	dir := pkg.Dir
	if dir == "" && len(pkg.GoFiles) > 0 {
		dir = filepath.Dir(pkg.GoFiles[0])
	}
	if dir == "" {
		return nil
	}
	d := l.peek(dir)
	l.found.dirs[dir] = d
	return d
}

// peek returns what is known of a directory, and reads it if it was not among
// those that the patterns mean.
func (l *loader) peek(dir string) *directory {
	if d, ok := l.found.dirs[dir]; ok {
		return d
	}
	d, ok := l.late[dir]
	if !ok {
		d = &directory{path: dir}
		if entries, err := os.ReadDir(dir); err == nil {
			d = cmp.Or(readDirectory(dir, entries), d)
		}
		l.late[dir] = d
	}
	return d
}

// isMarked reports whether a package has directives that are its own: those of
// the package that is tested do not count for its tests.
func isMarked(pkg *packages.Package, dir *directory) bool {
	return slices.ContainsFunc(pkg.GoFiles, func(file string) bool {
		name := filepath.Base(file)
		return slices.Contains(dir.marked, name) && isTest(name) == (pkg.ForTest != "")
	})
}

// newUnit makes a unit of a package: the user's files of it.
func newUnit(pkg *packages.Package, dir *directory) *unit {
	u := &unit{id: pkg.PkgPath, source: &source{
		fset: pkg.Fset, types: pkg.Types, info: pkg.TypesInfo, dir: dir.path, file: model.File,
		mod: moduleDir(dir.path),
	}}
	if pkg.ForTest != "" {
		u.file = model.TestFile
	}
	for _, file := range pkg.Syntax {
		name := u.nameOf(file)
		if slices.Contains(pkg.GoFiles, name) && !slices.Contains(dir.outputs, filepath.Base(name)) {
			u.files = append(u.files, file)
		}
	}
	slices.SortFunc(u.files, func(a, b *ast.File) int { return cmp.Compare(u.nameOf(a), u.nameOf(b)) })
	return u
}

// moduleDir returns the directory of the module that a directory belongs to.
func moduleDir(dir string) string {
	file := findAbove(dir, "go.mod")
	if file == "" {
		return ""
	}
	return filepath.Dir(file)
}

// nameOf returns the path of a file of the user's. What cgo made of it lies
// elsewhere, and says where it is from.
func (u *unit) nameOf(file *ast.File) string {
	name := u.fset.PositionFor(file.Package, false).Filename
	if filepath.Dir(name) != u.dir {
		return u.fset.Position(file.Package).Filename
	}
	return name
}

// settleTests decides between packages of one directory. Tests inside a package
// see all of its files, but make adapters for the handlers in test files only.
// If there are no others, all directives are for them. The tests inside and
// those outside of a package cannot share a generated file.
func (l *loader) settleTests() {
	slices.SortFunc(l.units, func(a, b *unit) int {
		return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(a.file, b.file), cmp.Compare(a.id, b.id))
	})
	var settled []*unit
	for _, u := range l.units {
		var before *unit
		if n := len(settled); n > 0 && settled[n-1].dir == u.dir {
			before = settled[n-1]
		}
		switch {
		case before == nil:
		case before.file == u.file:
			l.fail(u.dir, u.secondTests(before))
			continue
		case before.id == u.id && !hasRoute(before.files):
			settled = settled[:len(settled)-1]
		case before.id == u.id:
			u.tested = before
			u.others = u.untested()
		}
		settled = append(settled, u)
	}
	l.units = settled
}

// secondTests reports tests whose generated file is that of other tests.
func (u *unit) secondTests(first *unit) diag.Diagnostic {
	at, end := u.firstTest().Pos(), u.firstTest().End()
	return diag.Diagnostic{
		Code: diag.MisplacedDirective, Pos: u.fset.Position(at), End: u.fset.Position(end),
		Message: fmt.Sprintf("packages %s and %s both have directives in test files, and one of them can have %s",
			first.types.Name(), u.types.Name(), u.file),
		Related: []diag.Related{{Pos: first.fset.Position(first.firstTest().Pos()), Message: "the other package"}},
		Hint:    "put the handlers of all test files into one of the two packages",
	}
}

// firstTest returns the name in the package clause of the first test file.
func (u *unit) firstTest() *ast.Ident {
	i := slices.IndexFunc(u.files, func(file *ast.File) bool { return isTest(u.nameOf(file)) })
	return u.files[i].Name
}

// untested returns the files of a package that are no tests.
func (u *unit) untested() []*ast.File {
	return slices.DeleteFunc(slices.Clone(u.files), func(file *ast.File) bool { return isTest(u.nameOf(file)) })
}

// hasRoute reports whether there is a route directive, or what was meant to be
// one, in some files.
func hasRoute(files []*ast.File) bool {
	for _, file := range files {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if strings.Contains(comment.Text, "andlergen") && strings.Contains(comment.Text, "route") {
					return true
				}
			}
		}
	}
	return false
}

package parse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// mode is what we need of the packages themselves. Of what they import, types
// from export data are enough: NeedDeps would compile all of it from source.
const mode = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedModule |
	packages.NeedTypes | packages.NeedSyntax | packages.NeedTypesInfo | packages.NeedForTest

// load loads the directories that may have directives, all at once.
func load(ctx context.Context, cfg Config, found *scan) (*loaded, error) {
	dirs := found.candidates()
	l := &loader{cfg: cfg, found: found, late: map[string]*directory{}, loaded: &loaded{seen: map[string]bool{}, failed: map[string]bool{}}}
	if cfg.Docs || slices.ContainsFunc(dirs, func(d *directory) bool { return d.names }) {
		l.comments = newForeign()
	}
	if len(dirs) == 0 && len(found.rest) == 0 {
		return l.loaded, nil
	}
	pkgs, err := l.load(ctx, dirs, unusable(dirs))
	if err == nil && hasCycle(pkgs) {
		// What was generated before may import what the user's code no longer
		// imports, and a cycle spoils all packages on it.
		pkgs, err = l.load(ctx, dirs, allOutputs(dirs))
	}
	if err != nil {
		return nil, err
	}
	for _, pkg := range pkgs {
		if err := l.add(pkg); err != nil {
			return nil, err
		}
	}
	l.settleTests()
	return l.loaded, nil
}

// A loader turns packages as loaded into units and diagnostics.
type loader struct {
	cfg   Config
	found *scan
	late  map[string]*directory // those that the patterns do not mean
	*loaded

	comments *foreign // of dependencies; nil if no document wants them
}

// load calls the go command once, which sees the files in hidden as removed.
func (l *loader) load(ctx context.Context, dirs []*directory, hidden []string) ([]*packages.Package, error) {
	cfg := &packages.Config{
		Context: ctx, Mode: mode, Dir: l.cfg.Dir, Env: l.cfg.Env, ParseFile: parseFile,
		Tests: slices.ContainsFunc(dirs, func(d *directory) bool { return slices.ContainsFunc(d.marked, isTest) }),
	}
	if l.cfg.Tags != "" {
		cfg.BuildFlags = append(cfg.BuildFlags, "-tags="+l.cfg.Tags)
	}
	if driver := lookup(l.cfg.Env, "GOPACKAGESDRIVER"); len(hidden) > 0 && (driver == "" || driver == "off") {
		overlay, err := writeOverlay(hidden)
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.Remove(overlay) }()
		cfg.BuildFlags = append(cfg.BuildFlags, "-overlay="+overlay)
	}
	patterns := slices.Clone(l.found.rest)
	for _, d := range dirs {
		patterns = append(patterns, l.pattern(d.path))
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err == nil && len(pkgs) == 0 {
		// The go command failed, and in this mode nobody says why.
		cfg.Mode = packages.NeedName
		if pkgs, err = packages.Load(cfg, patterns...); err == nil && len(pkgs) == 0 {
			err = errors.New("the go command finds no packages")
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, goError(err)
	}
	return pkgs, nil
}

// pattern names a directory for the go command, as briefly as it can.
func (l *loader) pattern(dir string) string {
	rel, err := filepath.Rel(l.cfg.Dir, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return dir
	}
	return "./" + filepath.ToSlash(rel)
}

// parseFile parses a file for go/packages. Our own output counts as empty: it
// may be stale or broken, and what it declares must not get in the way.
func parseFile(fset *token.FileSet, filename string, text []byte) (*ast.File, error) {
	if isOutput(filepath.Base(filename), text) {
		name := "x"
		if file, err := goparser.ParseFile(token.NewFileSet(), "", text, goparser.PackageClauseOnly); err == nil {
			name = file.Name.Name
		}
		text = []byte("package " + name)
	}
	return goparser.ParseFile(fset, filename, text, goparser.SkipObjectResolution|goparser.ParseComments)
}

// unusable returns the outputs that keep the go command from seeing the
// packages they are in: those whose package clause or imports cannot be read,
// and those of a package that has another name by now.
func unusable(dirs []*directory) []string {
	var files []string
	for _, d := range dirs {
		var names []string // of the user's packages, read if there is an output
		for _, output := range d.outputs {
			path := filepath.Join(d.path, output)
			if names == nil {
				names = d.packageNames()
			}
			name, ok := packageName(path)
			if !ok || !slices.Contains(names, name) {
				files = append(files, path)
			}
		}
	}
	return files
}

// hasCycle reports whether imports lead back to where they started.
func hasCycle(pkgs []*packages.Package) bool {
	return slices.ContainsFunc(pkgs, func(pkg *packages.Package) bool {
		return slices.ContainsFunc(pkg.Errors, func(err packages.Error) bool {
			return strings.HasPrefix(err.Msg, cycleMessage) || strings.Contains(err.Msg, "(import cycle: ")
		})
	})
}

func allOutputs(dirs []*directory) []string {
	var files []string
	for _, d := range dirs {
		for _, output := range d.outputs {
			files = append(files, filepath.Join(d.path, output))
		}
	}
	return files
}

// packageNames returns the names of the packages that the files with
// directives belong to.
func (d *directory) packageNames() []string {
	var names []string
	for _, file := range d.marked {
		if name, ok := packageName(filepath.Join(d.path, file)); ok {
			names = append(names, name)
		}
	}
	return names
}

// packageName reads the package clause of a file, and the imports to see
// whether they can be read.
func packageName(path string) (string, bool) {
	text, err := os.ReadFile(path)
	if err != nil || bytes.IndexByte(text, 0) >= 0 {
		return "", false
	}
	file, err := goparser.ParseFile(token.NewFileSet(), path, text, goparser.ImportsOnly)
	if err != nil {
		return "", false
	}
	return file.Name.Name, true
}

// writeOverlay writes a file that tells the go command to see others as
// removed. packages.Config.Overlay would do so too, and make it compile all
// dependencies from source.
func writeOverlay(hidden []string) (string, error) {
	overlay := struct{ Replace map[string]string }{map[string]string{}}
	for _, path := range hidden {
		overlay.Replace[path] = ""
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	file, err := os.CreateTemp("", "handlergen-*.json")
	if err != nil {
		return "", err
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return "", err
	}
	return file.Name(), nil
}

// goError makes the error of a failed go command readable: of its output and
// its status the output, if there is one.
func goError(err error) error {
	before, after, _ := strings.Cut(err.Error(), "stderr: ")
	text := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(after), "go: "))
	if text == "" {
		text = strings.TrimSuffix(strings.TrimSpace(strings.TrimPrefix(before, "err: ")), ":")
	}
	return fmt.Errorf("load packages: %s", text)
}

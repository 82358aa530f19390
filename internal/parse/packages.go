package parse

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// Config says which packages to read.
type Config struct {
	Dir      string   // patterns are relative to it; empty for the working directory
	Patterns []string // as for the go command; none means "."
	Tags     string   // build tags, comma-separated
	Env      []string // of the go command; nil for that of this process
	Above    bool     // documents of directories above count as well, if they cover what patterns name
	Docs     bool     // read comments of dependencies too, even if no directive names a document
}

// A Result is what was found in the packages.
type Result struct {
	Packages  []*model.Package // those to generate for, sorted by directory and file
	Documents []Document       // those without a diagnostic in what they cover
	Orphans   []string         // paths of generated files whose package has no route any more
	Diags     diag.List        // sorted, with absolute file names
}

// A Document is an OpenAPI document and the packages that it covers.
type Document struct {
	model.Document
	Packages []*model.Package
	dir      string // of the package with the directive
}

// Packages reads the packages that patterns name. It loads only those that have
// directives. A package with diagnostics is not among the results; an error
// means that nothing can be said about any of them.
func Packages(ctx context.Context, cfg Config) (*Result, error) {
	cfg, err := cfg.settle()
	if err != nil {
		return nil, err
	}
	found, err := scanPatterns(ctx, cfg)
	if err != nil {
		return nil, err
	}
	loaded, err := load(ctx, cfg, found)
	if err != nil {
		return nil, err
	}
	var all []*model.Package
	for _, u := range loaded.units {
		pkg, diags := u.read()
		if pkg != nil {
			all = append(all, pkg)
		}
		loaded.fail(u.dir, diags...)
	}
	slices.SortFunc(all, func(a, b *model.Package) int {
		return cmp.Or(cmp.Compare(a.Dir, b.Dir), cmp.Compare(a.File, b.File))
	})
	result := &Result{}
	for _, pkg := range all {
		if len(pkg.Handlers) > 0 && !found.dirs[pkg.Dir].beside {
			result.Packages = append(result.Packages, pkg)
		}
	}
	result.Documents = documents(found, loaded, all)
	result.Diags = loaded.diags
	result.Diags.Sort()
	result.Orphans = orphans(found, loaded, result.Packages)
	return result, nil
}

// settle fills in what a config leaves out.
func (cfg Config) settle() (Config, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return cfg, err
	}
	cfg.Dir = dir
	if len(cfg.Patterns) == 0 {
		cfg.Patterns = []string{"."}
	}
	if cfg.Env == nil {
		cfg.Env = os.Environ()
	}
	return cfg, nil
}

// orphans returns the generated files that nothing is generated for: there is
// no package for them, no problem in their directory that would explain that,
// and no file with directives that the build left out.
func orphans(found *scan, loaded *loaded, packages []*model.Package) []string {
	keep := map[string]bool{}
	for _, pkg := range packages {
		keep[filepath.Join(pkg.Dir, pkg.File)] = true
	}
	var files []string
	for _, d := range found.dirs {
		for _, name := range d.outputs {
			file := filepath.Join(d.path, name)
			if !d.beside && !keep[file] && !loaded.failed[d.path] && !loaded.leftOut(d, isTest(name)) {
				files = append(files, file)
			}
		}
	}
	slices.Sort(files)
	return files
}

// isTest reports whether a file is one that only go test compiles.
func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

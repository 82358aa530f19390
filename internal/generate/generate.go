// Package generate is the pipeline of the tool: it reads annotated packages,
// renders what they need and compares that with what is there. It changes no
// file.
package generate

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/parse"
)

// Config says which packages to read.
type Config struct {
	Dir      string   // working directory; empty for the process's own
	Patterns []string // as for the go command
	Tags     string   // build tags, comma-separated
	Env      []string // of the go command; nil for the process's own
	Above    bool     // documents of directories above count as well, if they cover what patterns name
	Docs     bool     // read comments of dependencies too, even if no directive names a document
}

// A File is a generated file: what is there and what belongs there.
type File struct {
	Path string // absolute
	Old  []byte // nil: not there
	New  []byte // nil: an orphan to remove
}

// Changed reports whether the file has to be written or removed. Line endings
// alone do not count: git may have converted them.
func (f File) Changed() bool {
	if f.Old == nil || f.New == nil {
		return true
	}
	return !bytes.Equal(f.Old, f.New) && !bytes.Equal(unixLines(f.Old), f.New)
}

// IsCurrent reports whether there is now what belongs there.
func (f File) IsCurrent() bool {
	text, err := os.ReadFile(f.Path)
	if f.New == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	f.Old = text
	return err == nil && !f.Changed()
}

func unixLines(text []byte) []byte {
	return bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
}

// Result is what was found and what should become of it.
type Result struct {
	Packages []*model.Package // those without diagnostics, sorted by directory
	Files    []File           // of packages without diagnostics, and documents; sorted; unchanged ones included
	Diags    diag.List
}

// Packages reads and renders packages, and compares the outcome with the files
// that are there. It writes nothing.
func Packages(ctx context.Context, cfg Config) (*Result, error) {
	found, err := parse.Packages(ctx, parse.Config(cfg))
	if err != nil {
		return nil, err
	}
	r := &Result{Packages: found.Packages, Diags: found.Diags}
	if err := r.addPackages(); err != nil {
		return nil, err
	}
	for _, doc := range found.Documents {
		if err := r.addDocument(doc); err != nil {
			return nil, err
		}
	}
	for _, path := range found.Orphans {
		if err := r.addOrphan(path); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(r.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	r.Diags.Sort()
	return r, nil
}

// addPackages renders the packages, several at the same time.
func (r *Result) addPackages() error {
	outputs := make([]output, len(r.Packages))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var wait sync.WaitGroup
	for i, pkg := range r.Packages {
		slots <- struct{}{}
		wait.Go(func() {
			outputs[i] = newOutput(pkg)
			<-slots
		})
	}
	wait.Wait()
	for _, out := range outputs {
		switch {
		case out.err != nil:
			return out.err
		case out.foreign != "":
			r.Diags = append(r.Diags, foreignFile(out.Path, out.foreign))
		default:
			r.Files = append(r.Files, out.File)
		}
	}
	return nil
}

// An output is the file of one package, unless that would replace a file of the
// user's.
type output struct {
	File
	foreign string // what stands at the path, if it is not ours
	err     error
}

func newOutput(pkg *model.Package) output {
	out := output{File: File{Path: filepath.Join(pkg.Dir, pkg.File)}}
	out.Old, out.foreign, out.err = readOutput(out.Path, hasHeader)
	if out.err == nil && out.foreign == "" {
		out.New, out.err = render(pkg)
	}
	return out
}

// addOrphan takes a file for removal if it is ours beyond doubt.
func (r *Result) addOrphan(path string) error {
	old, foreign, err := readOutput(path, hasHeader)
	if err != nil {
		return err
	}
	if foreign == "" && hasHeader(old) {
		r.Files = append(r.Files, File{Path: path, Old: old})
	}
	return nil
}

// readOutput reads the file at an output path. If that is not ours to replace,
// foreign says what it is.
func readOutput(path string, isOurs func(text []byte) bool) (text []byte, foreign string, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, danglingLink(path), nil
	case err != nil:
		return nil, "", err
	case info.IsDir():
		return nil, "is a directory", nil
	case !info.Mode().IsRegular():
		return nil, "is not a regular file", nil
	}
	text, err = os.ReadFile(path)
	if err != nil {
		return nil, "", err
	}
	// What was cut off before its first byte holds nothing to lose.
	if len(text) > 0 && !isOurs(text) {
		return nil, "was not written by handlergen", nil
	}
	return text, "", nil
}

// danglingLink describes a path where no file is: it may be a symbolic link
// that leads nowhere, and whoever made it wanted the file elsewhere.
func danglingLink(path string) string {
	if _, err := os.Lstat(path); err == nil {
		return "is a symbolic link that leads nowhere"
	}
	return ""
}

// hasHeader reports whether the first line is the one that every generated file
// has, and nothing else.
func hasHeader(text []byte) bool {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return string(bytes.TrimSuffix(line, []byte("\r"))) == model.Header
}

func foreignFile(path, what string) diag.Diagnostic {
	return diag.Diagnostic{
		Code:    diag.ForeignFile,
		Pos:     firstByte(path),
		Message: fmt.Sprintf("%s %s, and generated code belongs here", filepath.Base(path), what),
		Hint:    "move it or rename it; handlergen replaces only files that it wrote",
	}
}

func firstByte(path string) token.Position {
	return token.Position{Filename: path, Line: 1, Column: 1}
}

// A Bug is a mistake of handlergen's own, found while it worked on a package.
type Bug struct {
	Package string // import path; empty if it is not known
	Cause   any
	Stack   []byte
}

func (b *Bug) Error() string {
	if b.Package == "" {
		return fmt.Sprint(b.Cause)
	}
	return fmt.Sprintf("package %s: %v", b.Package, b.Cause)
}

// catchBug, when deferred, turns a panic into the error.
func catchBug(pkg string, err *error) {
	if cause := recover(); cause != nil {
		*err = &Bug{pkg, cause, debug.Stack()}
	}
}

// render turns a package into its file. What goes wrong here is never the
// user's doing.
func render(pkg *model.Package) (text []byte, err error) {
	defer catchBug(pkg.Path, &err)
	text, err = emit.Package(pkg)
	if err != nil {
		return nil, &Bug{Package: pkg.Path, Cause: err}
	}
	return text, nil
}

// Stale has one diagnostic for every file that is not as it should be.
func (r *Result) Stale() diag.List {
	var list diag.List
	for _, f := range r.Files {
		if f.Changed() {
			list = append(list, f.Stale())
		}
	}
	return list
}

// Stale is the diagnostic of a file that is not as it should be.
func (f File) Stale() diag.Diagnostic {
	d := diag.Diagnostic{Code: diag.StaleOutput, Pos: firstByte(f.Path)}
	name := filepath.Base(f.Path)
	switch {
	case f.Old == nil:
		d.Message = name + " is missing: run handlergen"
	case f.New == nil:
		d.Message = name + " is orphaned, its package has no handlers any more: run handlergen"
	default:
		d.Message = name + " is stale: run handlergen"
	}
	return d
}

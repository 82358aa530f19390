package parse

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A tree is the directories below a root that a pattern may match.
type tree struct {
	root   string // absolute
	name   string // of the root as the pattern sees it, "./a" or "example.com/a"
	paths  bool   // names are import paths
	glob   glob
	module *mainModule // of the root; nil if unknown
}

// nameOf returns the name of a directory as the pattern sees it.
func (t tree) nameOf(rel string) string {
	switch {
	case rel == ".":
		return t.name
	case t.name == "." || t.name == "./.":
		return strings.TrimSuffix(t.name, ".") + filepath.ToSlash(rel)
	}
	return strings.TrimSuffix(t.name, "/") + "/" + filepath.ToSlash(rel)
}

// A walk reads the directories of a tree, several at the same time.
type walk struct {
	*scanner
	tree
	wait  sync.WaitGroup
	mu    sync.Mutex
	found []*directory
	err   error
}

// walk reads the directories of a tree.
func (s *scanner) walk(t tree) ([]*directory, error) {
	w := &walk{scanner: s, tree: t}
	if t.paths || !isSkipped(filepath.Base(t.name)) {
		w.wait.Go(func() { w.visit(".") })
		w.wait.Wait()
	}
	return w.found, w.err
}

// visit reads one directory and starts with those in it. It enters what the go
// command enters for "...".
func (w *walk) visit(rel string) {
	w.slots <- struct{}{}
	defer func() { <-w.slots }()

	if w.ctx.Err() != nil || w.isIgnored(rel) {
		return
	}
	dir := filepath.Join(w.root, rel)
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.fail(err)
		return
	}
	if rel != "." && slices.ContainsFunc(entries, isGoMod) {
		return // another module
	}
	if name := w.nameOf(rel); w.glob.matches(name) {
		if d := readDirectory(dir, entries); d != nil {
			w.add(d)
		}
	}
	if filepath.Base(rel) == "vendor" && (w.paths || !w.glob.vendor) {
		return
	}
	for _, entry := range entries {
		if !entry.IsDir() || isSkipped(entry.Name()) { // a link to a directory is none
			continue
		}
		if sub := filepath.Join(rel, entry.Name()); !w.paths || w.glob.canMatchBelow(w.nameOf(sub)) {
			w.wait.Go(func() { w.visit(sub) })
		}
	}
}

// isSkipped reports whether "..." passes by a directory of this name.
func isSkipped(name string) bool {
	return strings.HasPrefix(name, ".") && name != "." && name != ".." || strings.HasPrefix(name, "_") || name == "testdata"
}

func isGoMod(entry fs.DirEntry) bool { return entry.Name() == "go.mod" && !entry.IsDir() }

func (w *walk) isIgnored(rel string) bool {
	if w.module == nil || len(w.module.ignore) == 0 {
		return false
	}
	inModule, err := filepath.Rel(w.module.dir, filepath.Join(w.root, rel))
	return err == nil && w.module.ignores(inModule)
}

func (w *walk) add(d *directory) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.found = append(w.found, d)
}

func (w *walk) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !errors.Is(err, fs.ErrNotExist) { // removed while we walk
		w.err = errors.Join(w.err, err)
	}
}

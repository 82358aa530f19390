package parse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/handlergen/handlergen/internal/model"
)

// A directory is what the text of the Go files in one directory says.
type directory struct {
	path    string   // absolute
	marked  []string // names of the user's files that may have directives
	outputs []string // names of the files that handlergen wrote
}

// A scan is the directories that some patterns mean, as far as that can be
// known without the go command.
type scan struct {
	dirs map[string]*directory // by path
	rest []string              // patterns that only the go command understands
}

// candidates returns the directories that may have directives, by path.
func (s *scan) candidates() []*directory {
	var found []*directory
	for _, path := range slices.Sorted(maps.Keys(s.dirs)) {
		if d := s.dirs[path]; len(d.marked) > 0 {
			found = append(found, d)
		}
	}
	return found
}

// scanPatterns finds the directories of all patterns and reads what is in them.
// It starts no process: a tree without directives costs only this.
func scanPatterns(ctx context.Context, cfg Config) (*scan, error) {
	s := &scanner{ctx: ctx, cfg: cfg, modules: mainModules(cfg.Dir, cfg.Env), slots: make(chan struct{}, atOnce)}
	result := &scan{dirs: map[string]*directory{}}
	for _, pattern := range cfg.Patterns {
		found, known, err := s.expand(pattern)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", pattern, err)
		}
		if !known {
			result.rest = append(result.rest, pattern)
		}
		for _, d := range found {
			result.dirs[d.path] = d
		}
	}
	return result, nil
}

// atOnce is the number of directories that are read at the same time. More than
// there are processors, since the disk is what they wait for.
const atOnce = 16

// A scanner expands patterns.
type scanner struct {
	ctx     context.Context
	cfg     Config
	modules []mainModule
	slots   chan struct{}
}

// expand returns the directories that a pattern means. Patterns that are not
// known are for the go command.
func (s *scanner) expand(pattern string) (found []*directory, known bool, err error) {
	pattern = cleanPattern(pattern)
	wild := strings.Contains(pattern, "...")
	switch {
	case strings.HasSuffix(pattern, ".go") && !s.isDir(pattern):
		found, err = s.around(s.abs(pattern))
	case isLocal(pattern) && !wild:
		found, err = s.one(s.abs(pattern))
	case isLocal(pattern):
		found, err = s.below(pattern)
	default:
		return s.expandPath(pattern, wild)
	}
	return found, true, err
}

// expandPath expands a pattern of import paths, if it means packages of the
// main modules.
func (s *scanner) expandPath(pattern string, wild bool) (found []*directory, known bool, err error) {
	if pattern == "all" || pattern == "work" {
		pattern, wild = "...", true
	}
	if !wild {
		if dir := s.dirOf(pattern); dir != "" {
			found, err = s.one(dir)
			return found, true, err
		}
		return nil, false, nil
	}
	g, err := newGlob(pattern)
	if err != nil {
		return nil, false, err
	}
	for i := range s.modules {
		if m := &s.modules[i]; m.path != "" && g.canMatchBelow(m.path) {
			known = true
			more, err := s.walk(tree{root: m.dir, name: m.path, paths: true, glob: g, module: m})
			if err != nil {
				return nil, true, err
			}
			found = append(found, more...)
		}
	}
	if known && len(found) == 0 {
		return nil, true, errNoMatch
	}
	return found, known, nil
}

// dirOf returns the directory of an import path below a main module.
func (s *scanner) dirOf(importPath string) string {
	var best mainModule
	for _, m := range s.modules {
		inside := importPath == m.path || strings.HasPrefix(importPath, m.path+"/")
		if inside && m.path != "" && len(m.path) > len(best.path) {
			best = m
		}
	}
	if best.path == "" {
		return ""
	}
	dir := filepath.Join(best.dir, filepath.FromSlash(importPath[len(best.path):]))
	if !s.isDir(dir) {
		return ""
	}
	return dir
}

func (s *scanner) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(s.cfg.Dir, path)
}

func (s *scanner) isDir(path string) bool {
	info, err := os.Stat(s.abs(path))
	return err == nil && info.IsDir()
}

// cleanPattern brings a pattern into the form that the go command gives it.
func cleanPattern(pattern string) string {
	if filepath.IsAbs(pattern) {
		return filepath.Clean(pattern)
	}
	pattern = strings.ReplaceAll(pattern, `\`, "/")
	dotted := strings.HasPrefix(pattern, "./")
	pattern = path.Clean(pattern)
	if dotted && pattern != "." {
		return "./" + pattern
	}
	return pattern
}

// isLocal reports whether a pattern names directories and not import paths.
func isLocal(pattern string) bool {
	return build.IsLocalImport(pattern) || filepath.IsAbs(pattern)
}

// errNoMatch is why a pattern with "..." has no result.
var errNoMatch = errors.New("the pattern matches no packages")

// around reads the directory of a file that a pattern names.
func (s *scanner) around(file string) ([]*directory, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fmt.Errorf("no such file: %s", file)
	}
	return s.one(filepath.Dir(file))
}

// one reads the directory that a pattern names.
func (s *scanner) one(dir string) ([]*directory, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("no such directory: %s", dir)
	case err != nil:
		return nil, err
	}
	d := readDirectory(dir, entries)
	if d == nil {
		return nil, fmt.Errorf("no Go files in %s", dir)
	}
	return []*directory{d}, nil
}

// below reads the directories that a local pattern with "..." matches.
func (s *scanner) below(pattern string) ([]*directory, error) {
	prefix := ""
	if strings.HasPrefix(pattern, "./") {
		prefix = "./" // meaningful to the pattern, and lost by cleaning
	}
	g, err := newGlob(filepath.ToSlash(pattern))
	if err != nil {
		return nil, err
	}
	before, _, _ := strings.Cut(strings.TrimPrefix(pattern, prefix), "...")
	start, _ := filepath.Split(before)
	start = filepath.Clean(start)
	root := s.abs(start)
	if _, err := os.Stat(root); err != nil {
		return nil, fmt.Errorf("no such directory: %s", root)
	}
	found, err := s.walk(tree{root: root, name: prefix + filepath.ToSlash(start), glob: g, module: s.moduleOf(root)})
	if err == nil && len(found) == 0 {
		err = errNoMatch
	}
	return found, err
}

// moduleOf returns the main module that a directory belongs to.
func (s *scanner) moduleOf(dir string) *mainModule {
	var found *mainModule
	for i := range s.modules {
		if rel, err := filepath.Rel(s.modules[i].dir, dir); err == nil && filepath.IsLocal(rel) {
			found = &s.modules[i]
		}
	}
	return found
}

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

// readDirectory searches the Go files of a directory. It returns nil if there are
// none.
func readDirectory(dir string, entries []fs.DirEntry) *directory {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	var d *directory
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || entry.IsDir() {
			continue
		}
		if d == nil {
			d = &directory{path: dir}
		}
		text, err := readInto(buffer, filepath.Join(dir, name))
		switch {
		case err == nil && isOutput(name, text):
			d.outputs = append(d.outputs, name)
		case err != nil || mayDirect(text): // what cannot be read is for the go command to report
			d.marked = append(d.marked, name)
		}
	}
	return d
}

// buffers holds buffers for files, which are read one after the other.
var buffers = sync.Pool{New: func() any { return new(make([]byte, 64<<10)) }}

// readInto reads a file into a buffer, which grows if it has to.
func readInto(buffer *[]byte, path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	length := 0
	for {
		n, err := file.Read((*buffer)[length:])
		length += n
		if err == io.EOF {
			return (*buffer)[:length], nil
		}
		if err != nil {
			return nil, err
		}
		if length == len(*buffer) {
			*buffer = append(*buffer, make([]byte, length)...)
		}
	}
}

// isOutput reports whether a file is one that handlergen wrote, by its name and
// first line. An empty one is what is left of an interrupted write of others.
func isOutput(name string, text []byte) bool {
	if name != model.File && name != model.TestFile {
		return false
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return len(text) == 0 || string(bytes.TrimSuffix(line, []byte("\r"))) == model.Header
}

// mayDirect reports whether a file may have directives, or comments that were
// meant to be. It errs on the side of yes.
func mayDirect(text []byte) bool {
	for {
		at := bytes.Index(text, []byte("andler"))
		if at < 0 {
			return false
		}
		before, after := text[:at], text[at+len("andler"):]
		if at > 0 && len(after) > 3 && isTool(string(text[at-1:at+len("andlergen")])) {
			if after := after[len("gen"):]; followsColon(after) || followsVerb(before[:at-1], after) {
				return true
			}
		}
		text = after
	}
}

// followsColon reports whether the tool's name is followed by a colon.
func followsColon(after []byte) bool {
	after = bytes.TrimLeft(after, " \t")
	return len(after) > 0 && after[0] == ':'
}

// followsVerb reports whether the tool's name starts a comment and is followed
// by what may be a verb: "//handlergen route".
func followsVerb(before, after []byte) bool {
	word := bytes.TrimLeft(after, " \t")
	before = bytes.TrimRight(before, " \t*")
	if len(word) == len(after) || len(word) == 0 || len(before) > 0 && before[len(before)-1] != '/' && before[len(before)-1] != '\n' {
		return false
	}
	end := bytes.IndexAny(word, " \t\r\n*")
	if end < 0 {
		end = len(word)
	}
	_, ok := nearestVerb(string(word[:end]))
	return ok
}

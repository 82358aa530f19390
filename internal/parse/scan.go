package parse

import (
	"context"
	"errors"
	"fmt"
	"go/build"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A directory is what the text of the Go files in one directory says.
type directory struct {
	path    string   // absolute
	marked  []string // names of the user's files that may have directives
	outputs []string // names of the files that handlergen wrote
	names   bool     // there may be a directive that names a document
	beside  bool     // the patterns do not mean it: a document covers it
	above   bool     // beside, and there may be a document in it that covers what they mean
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
	if cfg.Above {
		result.addAbove()
	}
	if err := s.cover(result); err != nil {
		return nil, err
	}
	return result, nil
}

// addAbove adds the directories above those found, up to that of the module,
// which may have documents that cover them.
func (s *scan) addAbove() {
	seen := map[string]bool{}
	for _, d := range s.candidates() {
		root := moduleDir(d.path)
		for dir := d.path; root != "" && dir != root; {
			if dir = filepath.Dir(dir); seen[dir] {
				break
			}
			seen[dir] = true
			entries, err := os.ReadDir(dir)
			if err != nil || s.dirs[dir] != nil {
				continue
			}
			if up := readDirectory(dir, entries); up != nil && up.names {
				up.beside, up.above = true, true
				s.dirs[dir] = up
			}
		}
	}
}

// cover adds the directories that documents cover, since a document has the
// routes of all of them, whatever the patterns mean.
func (s *scanner) cover(found *scan) error {
	everything, err := newGlob("./...")
	if err != nil {
		return err
	}
	for _, d := range found.candidates() {
		if !d.names || d.beside && !d.above {
			continue
		}
		below, err := s.walk(tree{root: d.path, name: "./.", glob: everything, module: s.moduleOf(d.path)})
		if err != nil {
			return err
		}
		for _, covered := range below {
			if found.dirs[covered.path] == nil {
				covered.beside = true
				found.dirs[covered.path] = covered
			}
		}
	}
	return nil
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
	dir := s.placeOf(importPath)
	if dir == "" || !s.isDir(dir) {
		return ""
	}
	return dir
}

// placeOf returns where the directory of an import path below a main module is,
// if it is there.
func (s *scanner) placeOf(importPath string) string {
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
	return filepath.Join(best.dir, filepath.FromSlash(importPath[len(best.path):]))
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

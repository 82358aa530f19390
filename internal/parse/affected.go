package parse

import (
	"context"
	goparser "go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// Imports remembers which directories of the main modules import which, by the
// text of their files. Build constraints do not count, so that there are rather
// too many than too few.
type Imports struct {
	of map[string][]string // directories by the directory whose files import them
}

// Affected returns those of the directories that patterns mean to which a change
// of some files can matter: they hold one, or have directives and import, however
// indirectly, a directory that holds one. It is not known if all of them have to
// be read; then a document may be affected, too, or a file is not in a directory
// of a main module.
func (i *Imports) Affected(ctx context.Context, cfg Config, changed []string) (dirs []string, known bool, err error) {
	cfg, err = cfg.settle()
	if err != nil {
		return nil, false, err
	}
	in := map[string]bool{}
	for _, file := range changed {
		in[filepath.Dir(file)] = true
	}
	if err := i.update(ctx, cfg, in); err != nil {
		return nil, false, err
	}
	found, err := scanPatterns(ctx, cfg)
	if err != nil || len(found.rest) > 0 {
		return nil, false, err
	}
	for dir := range in {
		if i.of[dir] == nil {
			return nil, false, nil
		}
	}
	i.spread(in)
	for dir, d := range found.dirs {
		if d.names {
			return nil, false, nil
		}
		if in[dir] {
			dirs = append(dirs, dir)
		}
	}
	slices.Sort(dirs)
	return dirs, true, nil
}

// spread adds the directories that import one of a set.
func (i *Imports) spread(in map[string]bool) {
	for grown := true; grown; {
		grown = false
		for dir, imports := range i.of {
			if !in[dir] && slices.ContainsFunc(imports, func(dir string) bool { return in[dir] }) {
				in[dir], grown = true, true
			}
		}
	}
}

// update reads the directories that have changed, the first time all.
func (i *Imports) update(ctx context.Context, cfg Config, changed map[string]bool) error {
	s := &scanner{ctx: ctx, cfg: cfg, modules: mainModules(cfg.Dir, cfg.Env), slots: make(chan struct{}, atOnce)}
	if i.of != nil {
		for dir := range changed {
			i.read(s, dir)
		}
		return nil
	}
	everything, err := newGlob("./...")
	if err != nil {
		return err
	}
	var all []*directory
	for n := range s.modules {
		m := &s.modules[n]
		dirs, err := s.walk(tree{root: m.dir, name: "./.", glob: everything, module: m})
		if err != nil {
			return err
		}
		all = append(all, dirs...)
	}
	i.of = map[string][]string{}
	for _, d := range all {
		if i.of[d.path] == nil {
			i.read(s, d.path)
		}
	}
	return nil
}

// read reads the imports of one directory, and of those that are imported. One
// without Go files is none.
func (i *Imports) read(s *scanner, dir string) {
	delete(i.of, dir)
	entries, err := os.ReadDir(dir)
	if err != nil || s.moduleOf(dir) == nil {
		return
	}
	paths := map[string]bool{}
	for _, entry := range entries {
		if source, ofModule := IsSource(entry.Name()); !source || ofModule || entry.IsDir() {
			continue
		}
		if i.of[dir] == nil {
			i.of[dir] = []string{}
		}
		file, _ := goparser.ParseFile(token.NewFileSet(), filepath.Join(dir, entry.Name()), nil, goparser.ImportsOnly)
		if file == nil {
			continue // it cannot be read
		}
		for _, spec := range file.Imports {
			if path, err := strconv.Unquote(spec.Path.Value); err == nil {
				paths[path] = true
			}
		}
	}
	for path := range paths {
		imported := s.placeOf(path)
		if imported == "" {
			continue
		}
		i.of[dir] = append(i.of[dir], imported)
		if i.of[imported] == nil {
			i.read(s, imported) // patterns may pass by it
		}
	}
}

package parse

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
)

// Sources is where the files lie that decide about a result: those of the main
// modules, of modules that replace others, and of what patterns name.
type Sources struct {
	Trees []string // directories, with those below them
	Files []string // others, whether they are there or not

	modules []mainModule
}

// FindSources says where the sources of a result lie. What is found changes with
// go.mod and go.work alone.
func FindSources(cfg Config) (*Sources, error) {
	cfg, err := cfg.settle()
	if err != nil {
		return nil, err
	}
	s := &Sources{modules: mainModules(cfg.Dir, cfg.Env)}
	for _, m := range s.modules {
		s.addModule(m)
		for _, dir := range m.replaced {
			s.addModule(readModule(dir))
		}
	}
	if work := workFile(cfg.Dir, cfg.Env); work != "" {
		dir := filepath.Dir(work)
		s.Files = append(s.Files, work, work+".sum", filepath.Join(dir, "vendor", "modules.txt"))
	}
	for _, pattern := range cfg.Patterns {
		if pattern := cleanPattern(pattern); isLocal(pattern) {
			s.addPattern(cfg.Dir, pattern)
		}
	}
	s.Trees = sortedOnce(s.Trees)
	s.Files = sortedOnce(s.Files)
	return s, nil
}

func (s *Sources) addModule(m mainModule) {
	s.Trees = append(s.Trees, m.dir)
	s.Files = append(s.Files, filepath.Join(m.dir, "vendor", "modules.txt"))
}

// addPattern adds the directory that a local pattern starts from. Most are part
// of a module.
func (s *Sources) addPattern(dir, pattern string) {
	before, _, wild := strings.Cut(pattern, "...")
	if wild || strings.HasSuffix(before, ".go") {
		before, _ = filepath.Split(before)
	}
	if !filepath.IsAbs(before) {
		before = filepath.Join(dir, before)
	}
	before = filepath.Clean(before)
	if !slices.ContainsFunc(s.modules, func(m mainModule) bool { return m.reaches(before) }) {
		s.Trees = append(s.Trees, before)
	}
}

// reaches reports whether a walk from the root of a module comes to a directory
// at or below it.
func (m *mainModule) reaches(dir string) bool {
	rel, err := filepath.Rel(m.dir, dir)
	if err != nil || !filepath.IsLocal(rel) || m.ignores(rel) {
		return false
	}
	return rel == "." || !slices.ContainsFunc(strings.Split(filepath.ToSlash(rel), "/"), isSkipped)
}

// Skips reports whether a directory below a tree, with these entries, holds
// nothing that counts: the go command passes by it, it is another module, or
// what is in it is not edited.
func (s *Sources) Skips(dir string, entries []fs.DirEntry) bool {
	switch name := filepath.Base(dir); {
	case slices.Contains(s.Trees, dir):
		return false
	case isSkipped(name), name == "vendor", name == "node_modules":
		return true
	}
	return slices.ContainsFunc(entries, isGoMod) || slices.ContainsFunc(s.modules, func(m mainModule) bool {
		rel, err := filepath.Rel(m.dir, dir)
		return err == nil && filepath.IsLocal(rel) && m.ignores(rel)
	})
}

// IsSource reports whether a file of this name decides about a result. Those of
// modules decide about which packages there are at all.
func IsSource(name string) (source, ofModule bool) {
	switch name {
	case "go.mod", "go.sum", "go.work", "go.work.sum", "modules.txt":
		return true, true
	}
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "_"), false
}

package parse

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// A mainModule is a module whose packages the go command finds by their
// directories: that of the working directory, or those of the workspace.
type mainModule struct {
	path     string   // "example.com/shop"
	dir      string   // absolute
	ignore   []string // paths of ignore lines, which wildcards do not enter
	replaced []string // absolute directories that replace modules it requires
}

// mainModules finds the main modules as the go command does: the go.work that
// holds, or else the go.mod of the nearest directory above.
func mainModules(dir string, env []string) []mainModule {
	if lookup(env, "GO111MODULE") == "off" {
		return nil
	}
	if work := workFile(dir, env); work != "" {
		if data, err := os.ReadFile(work); err == nil {
			return usedModules(filepath.Dir(work), data)
		}
	}
	if file := findAbove(dir, "go.mod"); file != "" {
		return []mainModule{readModule(filepath.Dir(file))}
	}
	return nil
}

// workFile returns the path of the go.work that holds, or nothing.
func workFile(dir string, env []string) string {
	switch work := lookup(env, "GOWORK"); work {
	case "off":
		return ""
	case "":
		return findAbove(dir, "go.work")
	default:
		return work
	}
}

// lookup returns the value of an environment variable. Of two the last counts.
func lookup(env []string, key string) string {
	value := ""
	for _, pair := range env {
		if k, v, ok := strings.Cut(pair, "="); ok && k == key {
			value = v
		}
	}
	return value
}

// findAbove returns the path of the file in a directory or the nearest one
// above that has it, or nothing.
func findAbove(dir, name string) string {
	for {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && !info.IsDir() {
			return file
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// usedModules returns the modules of a go.work.
func usedModules(dir string, data []byte) []mainModule {
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return nil // the go command says what is wrong with it
	}
	var modules []mainModule
	for _, use := range work.Use {
		root := filepath.FromSlash(use.Path)
		if !filepath.IsAbs(root) {
			root = filepath.Join(dir, root)
		}
		modules = append(modules, readModule(root))
	}
	if len(modules) > 0 {
		modules[0].replaced = append(modules[0].replaced, replacedBy(dir, work.Replace)...)
	}
	return modules
}

// replacedBy returns the directories that stand for modules.
func replacedBy(dir string, lines []*modfile.Replace) []string {
	var dirs []string
	for _, line := range lines {
		if line.New.Version != "" {
			continue
		}
		root := filepath.FromSlash(line.New.Path)
		if !filepath.IsAbs(root) {
			root = filepath.Join(dir, root)
		}
		dirs = append(dirs, root)
	}
	return dirs
}

// readModule reads what matters here of a go.mod. A broken one is for the go
// command to complain about.
func readModule(dir string) mainModule {
	m := mainModule{dir: dir}
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return m
	}
	m.path = modfile.ModulePath(data)
	if file, err := modfile.Parse("go.mod", data, nil); err == nil {
		for _, ignore := range file.Ignore {
			m.ignore = append(m.ignore, ignore.Path)
		}
		m.replaced = replacedBy(dir, file.Replace)
	}
	return m
}

// ignores reports whether an ignore line excludes a directory, which is
// relative to the module: "./x" is one directory, "x" any of that name.
func (m *mainModule) ignores(rel string) bool {
	dir := slashed(rel)
	for _, path := range m.ignore {
		rooted, isRooted := strings.CutPrefix(path, "./")
		if isRooted && strings.HasPrefix(dir, slashed(rooted)) || !isRooted && strings.Contains(dir, slashed(path)) {
			return true
		}
	}
	return false
}

// slashed puts slashes around a path.
func slashed(path string) string {
	return "/" + strings.Trim(filepath.ToSlash(path), "/") + "/"
}

// ImportPath returns the import path of a directory by the go.mod above it, or
// nothing if there is none.
func ImportPath(dir string) string {
	file := findAbove(dir, "go.mod")
	if file == "" {
		return ""
	}
	m := readModule(filepath.Dir(file))
	rel, err := filepath.Rel(m.dir, dir)
	if m.path == "" || err != nil {
		return ""
	}
	if rel == "." {
		return m.path
	}
	return m.path + "/" + filepath.ToSlash(rel)
}

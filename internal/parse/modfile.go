package parse

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A mainModule is a module whose packages the go command finds by their
// directories: that of the working directory, or those of the workspace.
type mainModule struct {
	path   string   // "example.com/shop"
	dir    string   // absolute
	ignore []string // paths of ignore lines, which wildcards do not enter
}

// mainModules finds the main modules as the go command does: the go.work that
// holds, or else the go.mod of the nearest directory above.
func mainModules(dir string, env []string) []mainModule {
	if lookup(env, "GO111MODULE") == "off" {
		return nil
	}
	work := lookup(env, "GOWORK")
	if work == "" {
		work = findAbove(dir, "go.work")
	}
	if data, err := os.ReadFile(work); err == nil && work != "off" {
		return usedModules(filepath.Dir(work), data)
	}
	if file := findAbove(dir, "go.mod"); file != "" {
		return []mainModule{readModule(filepath.Dir(file))}
	}
	return nil
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
	var modules []mainModule
	for _, line := range modLines(data) {
		if len(line) < 2 || line[0] != "use" {
			continue
		}
		root := filepath.FromSlash(line[1])
		if !filepath.IsAbs(root) {
			root = filepath.Join(dir, root)
		}
		modules = append(modules, readModule(root))
	}
	return modules
}

// readModule reads what matters here of a go.mod. A broken one is for the go
// command to complain about.
func readModule(dir string) mainModule {
	m := mainModule{dir: dir}
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return m
	}
	for _, line := range modLines(data) {
		switch {
		case len(line) < 2:
		case line[0] == "module":
			m.path = line[1]
		case line[0] == "ignore":
			m.ignore = append(m.ignore, line[1])
		}
	}
	return m
}

// modLines splits the text of a go.mod or go.work into lines of words. Lines in
// a block start with the verb of the block.
func modLines(data []byte) [][]string {
	var lines [][]string
	block := ""
	for text := range strings.Lines(string(data)) {
		words := modWords(text)
		switch {
		case len(words) == 0:
		case block != "" && words[0] == ")":
			block = ""
		case block != "":
			lines = append(lines, append([]string{block}, words...))
		case len(words) == 2 && words[1] == "(":
			block = words[0]
		default:
			lines = append(lines, words)
		}
	}
	return lines
}

func modWords(line string) []string {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r\n")
		if line == "" || strings.HasPrefix(line, "//") {
			return words
		}
		if quoted, err := strconv.QuotedPrefix(line); err == nil {
			word, _ := strconv.Unquote(quoted)
			words, line = append(words, word), line[len(quoted):]
			continue
		}
		end := len(line)
		for _, stop := range []string{" ", "\t", "\r", "\n", "//"} {
			if i := strings.Index(line, stop); i > 0 {
				end = min(end, i)
			}
		}
		words, line = append(words, line[:end]), line[end:]
	}
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

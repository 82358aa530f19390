package emit

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/model"
)

// An importName is the name by which the file refers to a package.
type importName struct {
	path  string
	name  string
	alias bool // it is not the package's own name
}

// nameImports gives each package a name in the file. Names depend on the set of
// packages and on nothing else, so that they do not change with the order in
// which handlers need them. A package keeps its own name unless something else
// has it; of several with one name the runtime and the standard library win, and
// all the others get another.
func nameImports(imported map[string]string, names *scope) []importName {
	sharing := map[string]int{}
	for _, name := range imported {
		sharing[name]++
	}
	paths := slices.SortedFunc(maps.Keys(imported), comparePaths)
	var list []importName
	for _, p := range paths {
		name := imported[p]
		candidates := aliases(p, name)
		if rank(p) < 2 || sharing[name] == 1 {
			candidates = append([]string{name}, candidates...)
		}
		picked := names.pick(candidates...)
		list = append(list, importName{path: p, name: picked, alias: picked != name})
	}
	return list
}

// comparePaths orders import paths: the runtime, the standard library, the rest.
func comparePaths(a, b string) int {
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func rank(importPath string) int {
	first, _, _ := strings.Cut(importPath, "/")
	switch {
	case importPath == model.RuntimePath:
		return 0
	case !strings.Contains(first, "."):
		return 1
	}
	return 2
}

var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// aliases makes names for a package from ever more of its path: "nethttp" for
// net/http, "stdcontext" for context.
func aliases(importPath, name string) []string {
	elems := strings.Split(importPath, "/")
	if last := len(elems) - 1; last > 0 && majorVersion.MatchString(elems[last]) && elems[last] != name {
		elems = elems[:last]
	}
	elems = elems[:len(elems)-1]
	if len(elems) == 0 {
		return []string{"std" + name}
	}
	var list []string
	alias := name
	for _, elem := range slices.Backward(elems) {
		if word := letters(elem); word != "" {
			alias = word + alias
			list = append(list, alias)
		}
	}
	return append(list, "pkg"+name)
}

// letters keeps what of an element of a path may stand in a name.
func letters(elem string) string {
	return strings.TrimLeftFunc(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, elem), unicode.IsDigit)
}

// use notes that the file refers to a package.
func (e *emitter) use(importPath, name string) {
	if importPath != e.pkg.Path {
		e.imported[importPath] = name
	}
}

// stdName returns the name of a package of the standard library that generated
// code uses by itself: its last element.
func stdName(importPath string) string { return path.Base(importPath) }

package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
)

// problemsOf picks the diagnostics that lie within the functions that a word
// names. The packages that have diagnostics are not in the result of reading,
// so this looks for the functions in their source. If there is one, where says
// in which directory.
func (a *app) problemsOf(list diag.List, word string) (problems diag.List, where string) {
	var dirs []string
	for _, d := range list {
		if d.Pos.Filename != "" {
			dirs = append(dirs, filepath.Dir(d.Pos.Filename))
		}
	}
	slices.Sort(dirs)
	for _, dir := range slices.Compact(dirs) {
		for _, fn := range a.findFunctions(dir, word) {
			where = dir
			for _, d := range list {
				if within(d.Pos, fn) {
					problems = append(problems, d)
				}
			}
		}
	}
	problems.Sort()
	return problems, where
}

// A stretch is the lines of one function, with its doc comment.
type stretch struct {
	file        string
	first, last int
}

func within(pos token.Position, s stretch) bool {
	return pos.Filename == s.file && s.first <= pos.Line && pos.Line <= s.last
}

// findFunctions finds the functions of a directory that a word names.
func (a *app) findFunctions(dir, word string) []stretch {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil // a directory whose name is a malformed pattern
	}
	var found []stretch
	fset := token.NewFileSet()
	for _, name := range files {
		// A file with syntax errors still has the functions before them.
		file, _ := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if file == nil {
			continue
		}
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && slices.Contains(a.namesOf(dir, "", file.Name.Name, titleOf(fn)), word) {
				found = append(found, stretchOf(fset, fn))
			}
		}
	}
	return found
}

func stretchOf(fset *token.FileSet, fn *ast.FuncDecl) stretch {
	from := fn.Pos()
	if fn.Doc != nil {
		from = fn.Doc.Pos()
	}
	first, last := fset.Position(from), fset.Position(fn.End())
	return stretch{first.Filename, first.Line, last.Line}
}

// titleOf names a function as title does.
func titleOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return fn.Name.Name
	}
	switch t := ast.Unparen(fn.Recv.List[0].Type).(type) {
	case *ast.Ident:
		return t.Name + "." + fn.Name.Name
	case *ast.StarExpr:
		if name, ok := ast.Unparen(t.X).(*ast.Ident); ok {
			return "(*" + name.Name + ")." + fn.Name.Name
		}
	}
	return fn.Name.Name // the receiver is generic, and no handler
}

// otherProblems prints what keeps the package of a function from being
// understood, when there is nothing wrong with the function itself.
func (a *app) otherProblems(word, dir string, list diag.List) error {
	list = slices.DeleteFunc(slices.Clone(list), func(d diag.Diagnostic) bool {
		return filepath.Dir(d.Pos.Filename) != dir
	})
	a.notef("nothing is wrong with %s itself, but its package has to be put right first:", word)
	a.printText(list)
	return errFound
}

package parse

import (
	"go/ast"
	"go/build"
	goparser "go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/handlergen/handlergen/internal/model"
)

// testNames are the names in files that only the tests of a package are
// compiled with. Those files are not loaded, but what is generated has to
// compile beside them too.
type testNames struct {
	declared []string
	imported []string   // as far as the path of an import tells its name
	routes   *ast.Ident // a declaration of the name of the generated constructor
}

// readTestNames reads the syntax of the tests inside the package, as far as it
// is right.
func (p *parser) readTestNames() testNames {
	var names testNames
	if p.file == model.TestFile {
		return names // the tests themselves are what is read
	}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		return names
	}
	for _, entry := range entries {
		if isTest(entry.Name()) {
			names.addFile(p, entry.Name())
		}
	}
	return names
}

func (n *testNames) addFile(p *parser, name string) {
	file := filepath.Join(p.dir, name)
	text, err := os.ReadFile(file)
	if err != nil || isOutput(name, text) {
		return
	}
	syntax, _ := goparser.ParseFile(p.fset, file, text, goparser.SkipObjectResolution)
	if syntax == nil || syntax.Name.Name != p.types.Name() {
		return
	}
	for _, spec := range syntax.Imports {
		n.imported = append(n.imported, likelyNames(spec)...)
	}
	built, err := build.Default.MatchFile(p.dir, name)
	for _, ident := range declaredIn(syntax) {
		if ident.Name == "_" || ident.Name == "init" {
			continue
		}
		n.declared = append(n.declared, ident.Name)
		if ident.Name == p.out.Routes && built && err == nil {
			n.routes = ident
		}
	}
}

// majorVersion is the last element of an import path that does not name a
// package.
var majorVersion = regexp.MustCompile(`^v[0-9]+$`)

// likelyNames returns the names that a file may know an import by.
func likelyNames(spec *ast.ImportSpec) []string {
	if spec.Name != nil {
		return []string{spec.Name.Name} // be it _ or a dot
	}
	importPath, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return nil
	}
	if dir, last := path.Split(importPath); majorVersion.MatchString(last) {
		return []string{last, path.Base(dir)}
	}
	return []string{path.Base(importPath)}
}

// declaredIn returns the names that a file declares for its package.
func declaredIn(file *ast.File) []*ast.Ident {
	var idents []*ast.Ident
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				idents = append(idents, decl.Name)
			}
		case *ast.GenDecl:
			if decl.Tok != token.IMPORT {
				idents = append(idents, specNames(decl.Specs)...)
			}
		}
	}
	return idents
}

func specNames(specs []ast.Spec) []*ast.Ident {
	var idents []*ast.Ident
	for _, spec := range specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			idents = append(idents, spec.Name)
		case *ast.ValueSpec:
			idents = append(idents, spec.Names...)
		}
	}
	return idents
}

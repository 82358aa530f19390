package parse

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// readDocuments reads the openapi directives, each of which names the file of a
// document.
func (p *parser) readDocuments() {
	for _, d := range p.directives {
		file, ok := d.on.(*ast.File)
		if d.verb != "openapi" || !ok || slices.Contains(p.others, file) {
			continue
		}
		if isTest(p.fset.Position(d.pos).Filename) {
			p.report(diag.MisplacedDirective, d, "//handlergen:openapi has no effect in a test file").
				hint("put it on the package clause of another file")
			continue
		}
		if doc, ok := p.readDocument(d); ok {
			p.out.Documents = append(p.out.Documents, doc)
		}
	}
}

func (p *parser) readDocument(d directive) (model.Document, bool) {
	name := d.words()[0]
	doc := model.Document{
		Title: path.Base(p.types.Path()), Version: "0.0.0", Description: p.out.Doc,
		File: filepath.Join(p.dir, filepath.FromSlash(name.value)),
		Pos:  p.fset.Position(name.pos), End: p.fset.Position(name.end),
	}
	if a, ok := d.value("title"); ok {
		doc.Title = a.value
	}
	if a, ok := d.value("version"); ok {
		doc.Version = a.value
	}
	switch strings.ToLower(path.Ext(name.value)) {
	case ".yaml", ".yml":
		doc.Form = "yaml"
	case ".json":
		doc.Form = "json"
	default:
		p.report(diag.BadDocument, name, "the name %s does not say the form of the document", name.value).
			hint("end it with .yaml or .json")
		return doc, false
	}
	return doc, p.checkDocument(name, doc.File)
}

// checkDocument reports a file that cannot be written where it is meant to be.
func (p *parser) checkDocument(name arg, file string) bool {
	switch dir := filepath.Dir(file); {
	case path.IsAbs(name.value), filepath.IsAbs(filepath.FromSlash(name.value)):
		p.report(diag.BadDocument, name, "the path %s is absolute, so it holds on one machine only", name.value).
			hint("write it relative to the directory of the package")
		return false
	case p.mod != "" && !isBelow(p.mod, file), p.mod != "" && moduleDir(dir) != p.mod:
		p.report(diag.BadDocument, name, "%s is outside of the module", name.value).
			hint("name a file in the directory of the package, or in another one of the module")
		return false
	case dir != p.dir && !isDir(dir):
		p.report(diag.BadDocument, name, "there is no directory %s", path.Dir(name.value)).hint("make it, or name another file")
		return false
	}
	return true
}

// isBelow reports whether a path is that of a directory, or of something in it.
func isBelow(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// packageDoc returns the doc comment of the package, without directives.
func (p *parser) packageDoc() string {
	var texts []string
	for _, file := range p.files {
		if text := docText(file.Doc); text != "" && !isTest(p.fset.Position(file.Package).Filename) {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n\n")
}

// documents finds the packages that each document covers: that with the
// directive, and those in directories below that are of the same module. What is
// only there for tests is served by tests alone. A document without some of its
// packages would lack their routes, so it is left out.
func documents(found *scan, loaded *loaded, all []*model.Package) []Document {
	var list []Document
	first := map[string]model.Document{} // by file
	for _, pkg := range all {
		if d := found.dirs[pkg.Dir]; d.beside && !d.above {
			continue
		}
		for _, doc := range pkg.Documents {
			if other, twice := first[doc.File]; twice {
				loaded.fail(pkg.Dir, documentTwice(doc, other))
				continue
			}
			first[doc.File] = doc
			list = append(list, Document{Document: doc, Packages: covered(pkg.Dir, all), dir: pkg.Dir})
		}
	}
	return slices.DeleteFunc(list, func(doc Document) bool {
		for dir, failed := range loaded.failed {
			if failed && covers(doc.dir, dir) {
				return true
			}
		}
		return false
	})
}

func covered(dir string, all []*model.Package) []*model.Package {
	var list []*model.Package
	for _, pkg := range all {
		if len(pkg.Handlers) > 0 && pkg.File == model.File && covers(dir, pkg.Dir) {
			list = append(list, pkg)
		}
	}
	return list
}

// covers reports whether a document of one directory is for the routes of
// another.
func covers(dir, other string) bool {
	return isBelow(dir, other) && moduleDir(dir) == moduleDir(other)
}

func documentTwice(doc, first model.Document) diag.Diagnostic {
	return diag.Diagnostic{
		Code: diag.BadDocument, Pos: doc.Pos, End: doc.End,
		Message: fmt.Sprintf("two directives name the document %s", filepath.Base(doc.File)),
		Related: []diag.Related{{Pos: first.Pos, Message: "the first one"}},
		Hint:    "give one of them another name",
	}
}

// Package emit spells a [model.Package] in Go. Everything has been decided by
// then: emit only finds names that collide with nothing and lays out lines.
package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// Package returns the generated file of a package: complete and formatted. An
// error is a mistake of this package, never of the user.
func Package(pkg *model.Package) ([]byte, error) {
	draft := newEmitter(pkg, nil) // only to learn what has to be imported
	draft.file()
	return newEmitter(pkg, draft.imported).file().render()
}

// file puts the declarations of the generated file in order.
func (e *emitter) file() *file {
	adapters, wrappers := e.adapters(), e.wrappers()
	helpers, errors, checks := e.helpers(), e.errorWriter(), e.checks()

	f := e.newFile()
	f.add(e.runtimeVersion())
	f.add(e.routes())
	f.add(e.handlersType())
	f.add(e.regexpVars())
	f.add(adapters...)
	f.add(wrappers...)
	f.add(e.carriedTypes()...)
	f.add(helpers...)
	f.add(errors)
	f.add(checks...)
	return f
}

// An emitter writes one file.
type emitter struct {
	pkg      *model.Package
	draft    bool              // it is not going to be printed
	imported map[string]string // the packages that the file refers to: path to package name
	imports  []importName      // what the file calls them
	scratch  *jen.File         // to measure lines with
	indent   int               // of those, beyond the one of a function
	own      ownNames
	scope    *scope // what functions of the file can see

	providers []*provider // one for each of the package's
	regexps   []regexpVar
	methods   []bool // which of the adapters need the state
	stateful  bool   // some function needs the state
}

// newEmitter prepares a file that imports certain packages: path to package
// name.
func newEmitter(pkg *model.Package, imported map[string]string) *emitter {
	e := &emitter{pkg: pkg, imported: map[string]string{}, draft: imported == nil}
	e.declareNames(imported)
	e.nameRegexps()
	e.readProviders()
	return e
}

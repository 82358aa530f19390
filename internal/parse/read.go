package parse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// readPackage decides what to generate for one package. It reports every
// problem that it finds, and returns no package if there is one, or if there is
// neither a route nor a document.
func readPackage(src *source) (*model.Package, diag.List) {
	p := &parser{source: src, out: &model.Package{
		Path: src.types.Path(), Name: src.types.Name(), Dir: src.dir, File: src.file,
	}}
	p.describer = newDescriber(p)
	p.out.Doc = p.packageDoc()
	p.collectDirectives()
	p.readSchemas()
	p.readState()
	p.readProviders()
	p.readGroups()
	p.readHandlers()
	p.readMiddleware()
	p.readUses()
	p.bindMiddleware()
	p.checkLimits()
	p.readErrors()
	p.checkSaid()
	p.checkRoutes()
	p.readUnused()
	p.settleState()
	p.readDocuments()
	p.chooseNames()
	p.checkError()
	p.checkEffect()
	return p.finish()
}

// checkRoutes reports what is wrong with the routes as a whole.
func (p *parser) checkRoutes() {
	var bound []boundRoute
	for _, h := range p.handlers {
		for _, r := range h.routes {
			if r.group.refused {
				continue
			}
			bound = append(bound, boundRoute{
				methods: r.Route.Methods, pattern: r.Route.Pattern, at: r.at, handler: h.name(),
			})
		}
	}
	p.checkConflicts(bound)
	p.checkWildcards()
	p.checkPrefixes()
	p.nameOperations()
}

// chooseNames chooses the name of the generated constructor, and lists those
// that other generated declarations must avoid.
func (p *parser) chooseNames() {
	scope := p.types.Scope()
	p.out.Routes = "Routes"
	if p.file == model.TestFile && (scope.Lookup("Routes") != nil || p.generatesRoutes()) {
		p.out.Routes = "testRoutes" // beside those of the package itself
	}
	tests := p.readTestNames()
	p.out.Taken = sortedOnce(append(tests.declared, scope.Names()...))
	p.out.Imports = sortedOnce(append(tests.imported, importNames(scope)...))
	if obj := scope.Lookup(p.out.Routes); obj != nil {
		p.refuseRoutes(nameSpan(obj))
	}
	if tests.routes != nil {
		p.refuseRoutes(tests.routes)
	}
}

// refuseRoutes reports a declaration that has the name of the generated
// constructor.
func (p *parser) refuseRoutes(at span) {
	p.report(diag.NameTaken, at, "package %s declares %s, which is the name of what handlergen generates", p.types.Name(), p.out.Routes).
		hint("give it another name")
}

// importNames returns the names by which the files of a package import others.
func importNames(pkg *types.Scope) []string {
	var names []string
	for file := range pkg.Children() {
		names = append(names, file.Names()...)
	}
	return names
}

func sortedOnce(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

// checkEffect reports directives that have no effect because there is no route
// that they are for. After another problem there may be one that is not seen.
func (p *parser) checkEffect() {
	if len(p.diags) > 0 {
		return
	}
	for _, d := range p.directives {
		switch spec, _ := d.on.(*ast.TypeSpec); {
		case d.verb == "openapi", spec != nil && isSaying(d) && p.readsItself(spec):
		case len(p.handlers) == 0:
			n := p.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect: package %s has no route", d.verb, p.types.Name())
			if d.verb == "extractor" {
				n.hint("an extractor is for the handlers of its package: give the type a method FromRequestParts to use it in others")
			}
			if d.verb == "middleware" {
				n.hint("a middleware function is for the handlers of its package: declare a func(http.Handler) http.Handler to use it in others")
			}
		case d.verb == "middleware" && !p.isUsed(d):
			name := d.on.(*ast.FuncDecl).Name.Name
			p.report(diag.MisplacedDirective, d, "//handlergen:middleware has no effect: no //handlergen:use names %s", name).
				hint("write //handlergen:use %s above what it shall wrap: a function, a receiver type or the package clause", name)
		case spec != nil && (d.verb == "group" || d.verb == "use") && len(p.inside(d)) == 0:
			p.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect: no method of %s has a //handlergen:route", d.verb, spec.Name.Name).
				hint("put it on the receiver type of the routes that are meant, or on the package clause for all of them")
		}
	}
}

// finish returns the package unless something is wrong with it.
func (p *parser) finish() (*model.Package, diag.List) {
	p.diags.Sort()
	if len(p.diags) > 0 || len(p.handlers) == 0 && len(p.out.Documents) == 0 {
		return nil, p.diags
	}
	for _, h := range p.handlers {
		for _, plan := range h.plans {
			for _, r := range plan.routes {
				plan.Handler.Routes = append(plan.Handler.Routes, r.Route)
			}
			p.out.Handlers = append(p.out.Handlers, plan.Handler)
		}
	}
	return p.out, nil
}

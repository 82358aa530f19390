package parse

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A provider is an extractor function. It is read when something first needs
// its result, so that each comes after those that it needs.
type provider struct {
	signature
	result  types.Type
	stage   stage
	current entry // the parameter that is being bound
	index   int   // in Package.Providers, once read
	reads   pathReads
}

// A stage says how far a provider has been read.
type stage int

const (
	unread stage = iota
	reading
	read
)

// readProviders registers the extractor functions by the type that they provide.
func (p *parser) readProviders() {
	for _, d := range p.directives {
		if d.verb != "extractor" {
			continue
		}
		switch on := d.on.(type) {
		case *ast.FuncDecl:
			if sig, ok := p.signatureOf(on); ok && p.checkProvider(sig) {
				p.addProvider(&provider{signature: sig, result: sig.results[0].v.Type()})
			}
		case *ast.TypeSpec:
			if method := p.ownExtractor(p.info.Defs[on.Name].Type()); method != nil {
				p.report(diag.ExtractorTwice, on.Name, "%s is marked as an extractor, and reads itself by its method %s", on.Name.Name, method.Name()).
					related(nameSpan(method), "%s is declared here", method.Name()).
					hint("remove the directive or the method")
			}
		}
	}
}

// ownExtractor returns the method by which a type of this package reads itself,
// or nil. That of an embedded type is for the embedded value.
func (p *parser) ownExtractor(t types.Type) *types.Func {
	for _, name := range []string{fromRequestParts, fromRequest} {
		obj, path, _ := types.LookupFieldOrMethod(t, true, p.types, name)
		if method, ok := obj.(*types.Func); ok && len(path) == 1 && p.declares(baseOf(t)) {
			return method
		}
	}
	return nil
}

// addProvider registers a provider unless its type has another source.
func (p *parser) addProvider(pr *provider) {
	at, written := pr.results[0].typ, p.typeString(pr.result)
	if other := p.findProvider(pr.result); other != nil {
		p.report(diag.ExtractorTwice, at, "%s provides %s, which %s already does", pr.name(), written, other.name()).
			related(other.results[0].typ, "%s provides it here", other.name()).
			hint("remove one of them, or give it a result type of its own")
		return
	}
	if spec := p.extractorStruct(pr.result); spec != nil {
		p.report(diag.ExtractorTwice, at, "%s provides %s, which is itself marked as an extractor", pr.name(), written).
			related(spec.Name, "%s has //handlergen:extractor here", spec.Name.Name).
			hint("remove one of the two directives")
		return
	}
	if method := p.ownExtractor(pr.result); method != nil {
		p.report(diag.ExtractorTwice, at, "%s provides %s, which reads itself by its method %s", pr.name(), written, method.Name()).
			related(nameSpan(method), "%s is declared here", method.Name()).
			hint("remove the function or the method")
		return
	}
	p.providers = append(p.providers, pr)
}

// extractorStruct returns the declaration of a type if it carries an extractor
// directive.
func (p *parser) extractorStruct(t types.Type) *ast.TypeSpec {
	named, ok := types.Unalias(baseOf(t)).(*types.Named)
	if !ok {
		return nil
	}
	for _, d := range p.directives {
		if spec, ok := d.on.(*ast.TypeSpec); ok && d.verb == "extractor" && p.info.Defs[spec.Name] == named.Obj() {
			return spec
		}
	}
	return nil
}

// checkProvider reports an extractor function that is not of the shape
// func(extractors…) (T[, error]).
func (p *parser) checkProvider(sig signature) bool {
	results := sig.results
	const shape = "write func %s(…) (T, error), or T alone if it cannot fail"
	switch {
	case len(results) == 0:
		p.report(diag.BadExtractor, sig.decl.Name, "%s provides nothing: it has no result", sig.name()).hint(shape, sig.name())
	case isError(results[0].v.Type()):
		p.report(diag.BadExtractor, results[0].typ, "%s provides nothing but an error", sig.name()).hint(shape, sig.name())
	case len(results) > 2:
		p.report(diag.BadExtractor, results[2].typ, "%s has %d results, and an extractor function has a value and an error", sig.name(), len(results)).
			hint(shape, sig.name())
	case len(results) == 2 && !isError(results[1].v.Type()):
		p.report(diag.BadExtractor, results[1].typ, "the second result of %s is %s, and an extractor function has a value and an error",
			sig.name(), p.typeString(results[1].v.Type())).hint(shape, sig.name())
	default:
		return p.checkProvided(sig.name(), results[0])
	}
	return false
}

// checkProvided refuses a type that has a meaning as a parameter already, which
// the function would take from every handler of the package.
func (p *parser) checkProvided(fn string, result entry) bool {
	t := result.v.Type()
	written := p.typeString(t)
	_, isWrapper := runtimeType(t)
	_, _, isStandard := standard(t)
	var meaning string
	switch {
	case isInvalid(t):
		return false // reported by the type checker
	case isWrapper:
		meaning = "a type of handlergen's own"
	case isStandard:
		meaning = "read from the request in any case"
	case isScalar(t) && !p.declares(baseOf(t)):
		meaning = "the type of any path value"
	default:
		_, ok := p.typeOf(t, result.typ)
		return ok
	}
	p.report(diag.BadExtractor, result.typ, "%s cannot provide %s, which is %s", fn, written, meaning).
		hint("declare a type for it in this package, such as type Value struct{ … }")
	return false
}

// declares reports whether a type is one of this package.
func (p *parser) declares(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() == p.types
}

// findProvider returns the provider of a type, or nil.
func (p *parser) findProvider(t types.Type) *provider {
	for _, pr := range p.providers {
		if types.Identical(pr.result, t) {
			return pr
		}
	}
	return nil
}

// provided returns the provider at an index of Package.Providers.
func (p *parser) provided(index int) *provider {
	for _, pr := range p.providers {
		if pr.stage == read && pr.index == index {
			return pr
		}
	}
	return &provider{} // of a cycle, which is reported
}

// readProvider binds the parameters of a provider once, and returns its index.
func (p *parser) readProvider(pr *provider) int {
	switch pr.stage {
	case read:
		return pr.index
	case reading:
		p.reportCycle(pr)
		p.out.Providers = append(p.out.Providers, model.Provider{})
		return len(p.out.Providers) - 1
	}
	pr.stage = reading
	p.reading = append(p.reading, pr)
	out := p.bindProvider(pr)
	p.reading = p.reading[:len(p.reading)-1]
	pr.stage, pr.index = read, len(p.out.Providers)
	p.out.Providers = append(p.out.Providers, out)
	return pr.index
}

func (p *parser) bindProvider(pr *provider) model.Provider {
	out := model.Provider{Pos: p.fset.Position(pr.decl.Name.Pos()), Fails: len(pr.results) == 2, Said: p.saidOf(pr.decl)}
	out.Func = p.funcOf(pr.signature)
	out.Type, _ = p.spellType(pr.result)
	sc := &scope{fn: pr.name(), open: true, used: map[string]bool{}, params: p.paramOptions(pr.signature)}
	for _, place := range pr.params {
		pr.current = place
		param, ok := p.bindParam(sc, place)
		if !ok {
			continue
		}
		out.Params = append(out.Params, param)
		pr.reads.add(p.readsOf(param.From, pr.fn, place), false)
	}
	p.checkBodies(pr.signature, out.Params)
	p.refuseWriter(pr, out.Params)
	out.Body = slices.ContainsFunc(out.Params, func(param model.Param) bool {
		return readsBody(param.From, p.out.Providers)
	})
	return out
}

// refuseWriter reports an extractor function that could answer by itself.
func (p *parser) refuseWriter(pr *provider, params []model.Param) {
	for i, param := range params {
		if param.From == (model.Head{Part: model.Writer}) {
			p.report(diag.BadExtractor, pr.params[i].typ, "%s takes http.ResponseWriter, and only a handler answers", pr.name()).
				hint("return an error instead: it is answered as a handler's error")
		}
	}
}

// reportCycle reports that a provider needs itself, with the whole chain from
// the one that stands first in the source.
func (p *parser) reportCycle(pr *provider) {
	start := slices.Index(p.reading, pr)
	chain := slices.Clone(p.reading[start:])
	first := 0
	for i, link := range chain {
		if link.decl.Pos() < chain[first].decl.Pos() {
			first = i
		}
	}
	chain = slices.Concat(chain[first:], chain[:first])
	names := make([]string, 0, len(chain)+1)
	for _, link := range chain {
		names = append(names, link.name())
	}
	names = append(names, chain[0].name())
	n := p.report(diag.ExtractorCycle, chain[0].decl.Name, "%s needs its own result: %s", names[0], strings.Join(names, " → "))
	for i, link := range chain {
		n.related(link.current.typ, "%s needs %s, the result of %s", link.name(), p.typeString(link.current.v.Type()), names[i+1])
	}
	n.hint("let one of them read what it needs from the request itself")
}

// readUnused reads the extractor functions that nothing needs and the middleware
// functions that wrap nothing, so that their mistakes are reported too, and
// forgets them again.
func (p *parser) readUnused() {
	inUse, needs := len(p.out.Providers), len(p.state.needs)
	checks := len(p.out.Checks)
	for _, m := range p.middleware {
		if m.sound && len(m.around) == 0 {
			p.checkMiddlewareAlone(m)
		}
	}
	for _, pr := range p.providers {
		p.readProvider(pr)
	}
	p.out.Providers = p.out.Providers[:inUse]
	p.out.Checks = p.out.Checks[:checks]
	p.state.needs = p.state.needs[:needs]
}

package parse

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// isSaying reports whether a directive says for documents what cannot be seen in
// the types of what it stands on.
func isSaying(d directive) bool { return d.verb == "response" || d.verb == "security" }

// saidOf reads the response and security directives of a declaration, the first
// time.
func (p *parser) saidOf(node ast.Node) model.Said {
	said, known := p.said[node]
	if !known {
		said = model.Said{Security: p.readSecurity(node), Answers: p.readAnswers(node)}
		if p.said == nil {
			p.said = map[ast.Node]model.Said{}
		}
		p.said[node] = said
	}
	return said
}

// saidOfObject is saidOf for the declaration of an object of this package.
func (p *parser) saidOfObject(obj types.Object) model.Said {
	for _, d := range p.directives {
		if isSaying(d) && p.objectOf(d.on) == obj {
			return p.saidOf(d.on)
		}
	}
	return model.Said{}
}

// saidOfType is saidOf for the declaration of a type.
func (p *parser) saidOfType(t types.Type) model.Said {
	named, ok := types.Unalias(t).(*types.Named)
	switch {
	case !ok:
		return model.Said{}
	case p.declares(named):
		return p.saidOfObject(named.Origin().Obj())
	}
	return p.saidElsewhere(named.Origin().Obj())
}

// saidElsewhere reads the directives on a type of another package, as far as
// they can be read: its own run reports what is wrong with them.
func (p *parser) saidElsewhere(obj *types.TypeName) model.Said {
	comment := p.commentOfType(obj)
	if comment == nil {
		return model.Said{}
	}
	there := &parser{source: &source{fset: p.foreign.fset, types: obj.Pkg()}, out: p.out, describer: p.describer}
	c := collector{parser: there, seen: map[ast.Node][]string{}}
	for _, line := range comment.List {
		found, ok := ast.ParseDirective(line.Slash, line.Text)
		d := directive{verb: found.Name, pos: found.Slash, end: found.End(), on: comment}
		if ok && found.Tool == toolWord && isSaying(d) && c.arguments(&d, findVerb(d.verb), found) {
			there.directives = append(there.directives, d)
		}
	}
	return there.saidOf(comment)
}

// objectOf returns what a node declares: a function, type or variable.
func (p *parser) objectOf(node ast.Node) types.Object {
	switch node := node.(type) {
	case *ast.FuncDecl:
		return p.info.Defs[node.Name]
	case *ast.TypeSpec:
		return p.info.Defs[node.Name]
	case *ast.ValueSpec:
		return p.info.Defs[node.Names[0]]
	}
	return nil
}

// saidOfHandler is what is said of the routes of a handler: by directives on the
// package clause, over which those on its receiver's type go, and then its own.
// Of security one place says all, of answers each says what it knows.
func (p *parser) saidOfHandler(h *handler) model.Said {
	var said model.Said
	var around []ast.Node
	for _, d := range p.directives {
		if isSaying(d) && isFile(d.on) && !slices.Contains(around, d.on) {
			around = append(around, d.on)
		}
	}
	for _, node := range append(around, p.specOf(h.receiver()), h.decl) {
		if node == nil {
			continue
		}
		here := p.saidOf(node)
		if len(p.directivesFor(node, "security")) > 0 {
			said.Security = here.Security
		}
		for _, answer := range said.Answers {
			if !slices.ContainsFunc(here.Answers, func(a model.Answer) bool { return a.Status == answer.Status }) {
				here.Answers = append(slices.Clip(here.Answers), answer)
			}
		}
		said.Answers = here.Answers
	}
	return said
}

// checkSaid reads all response and security directives, those of what is not in
// use too, and reports those that stand on what takes no part in answering.
func (p *parser) checkSaid() {
	for _, d := range p.directives {
		if !isSaying(d) {
			continue
		}
		p.saidOf(d.on)
		switch on := d.on.(type) {
		case *ast.FuncDecl:
			if p.takesPart(on) {
				continue
			}
		case *ast.TypeSpec:
			if p.readsItself(on) || len(p.directivesFor(on, "extractor")) > 0 || len(p.inside(d)) > 0 {
				continue
			}
		case *ast.ValueSpec:
			if obj := p.objectOf(on); obj != nil && isMiddleware(obj.Type()) {
				continue
			}
		default:
			continue
		}
		p.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect on %s, which is no handler, extractor or middleware", d.verb, nameOf(d.on)).
			hint("put it on one of these, on the receiver type of handlers or on the package clause")
	}
}

// takesPart reports whether a function answers requests, or something before it
// does.
func (p *parser) takesPart(decl *ast.FuncDecl) bool {
	marked := slices.ContainsFunc(p.directivesOn(decl), func(d directive) bool {
		return d.verb == "route" || d.verb == "extractor" || d.verb == "middleware"
	})
	obj := p.objectOf(decl)
	return marked || obj != nil && isMiddleware(obj.Type())
}

// readsItself reports whether a type has a method that makes it an extractor.
func (p *parser) readsItself(spec *ast.TypeSpec) bool {
	obj := p.objectOf(spec)
	if obj == nil {
		return false
	}
	_, ok := customOf(obj.Type())
	return ok
}

// noScheme takes away what is said further out.
const noScheme = "none"

// schemes are the words that a security directive can start with.
var schemes = []string{
	string(model.BearerScheme), string(model.BasicScheme),
	string(model.HeaderScheme), string(model.QueryScheme), string(model.CookieScheme), noScheme,
}

// readSecurity reads the security directives of a declaration.
func (p *parser) readSecurity(node ast.Node) []model.Security {
	var list []model.Security
	var first directive
	for _, d := range p.directivesFor(node, "security") {
		s, ok := p.readScheme(d)
		switch {
		case !ok, s.Scheme == noScheme && !p.checkNone(d):
			continue
		case s.Scheme == noScheme, first.verb != "" && first.words()[0].value == noScheme:
			if first.verb != "" {
				p.report(diag.BadValue, d.words()[0], "none stands beside another scheme").related(first, "the other one").hint("remove one of them")
			}
		case slices.Contains(list, s):
			p.report(diag.BadValue, d, "the same scheme is named twice").hint("remove one of them")
		default:
			list = append(list, s)
		}
		if first.verb == "" {
			first = d
		}
	}
	return list
}

// checkNone reports a scheme of none where there is nothing further out.
func (p *parser) checkNone(d directive) bool {
	fn, isFunc := d.on.(*ast.FuncDecl)
	_, isType := d.on.(*ast.TypeSpec)
	if isFunc && len(p.directivesFor(fn, "route")) > 0 || isType && len(p.inside(d)) > 0 {
		return true
	}
	p.report(diag.BadValue, d.words()[0], "none has no effect on %s: it takes away what is said further out of a handler", nameOf(d.on)).
		hint("remove this line, or put it on the handlers that are open to everybody")
	return false
}

// readScheme reads the words of a security directive: SCHEME [NAME] ["text"].
func (p *parser) readScheme(d directive) (model.Security, bool) {
	words := d.words()
	s := model.Security{Scheme: model.Scheme(words[0].value), Optional: d.has("optional")}
	if !slices.Contains(schemes, words[0].value) {
		n := p.report(diag.BadValue, words[0], "there is no scheme %s", words[0].value)
		if near, ok := diag.Nearest(words[0].value, schemes); ok {
			n.hint("did you mean %s?", near)
		} else {
			n.hint("write one of %s", strings.Join(schemes, ", "))
		}
		return s, false
	}
	rest := words[1:]
	if schemeNames[s.Scheme] != "" {
		if len(rest) == 0 || rest[0].quoted() {
			p.report(diag.BadArguments, d, "the scheme %s lacks the name that its value has", s.Scheme).
				hint("write //handlergen:security %s %s", s.Scheme, schemeNames[s.Scheme])
			return s, false
		}
		s.Name, rest = rest[0].value, rest[1:]
	}
	if len(rest) > 0 && rest[0].quoted() {
		s.Text, rest = rest[0].value, rest[1:]
	}
	if len(rest) > 0 {
		p.report(diag.BadArguments, rest[0], "the scheme %s has no place for %q", s.Scheme, rest[0].value).
			hint(`put a text in quotes: "a token of the login"`)
		return s, false
	}
	return s, p.readSchemeKeys(d, &s)
}

// schemeNames are what credentials that have a name are often called.
var schemeNames = map[model.Scheme]string{
	model.HeaderScheme: "X-API-Key", model.QueryScheme: "key", model.CookieScheme: "session",
}

// readSchemeKeys reads the keys of a security directive.
func (p *parser) readSchemeKeys(d directive, s *model.Security) bool {
	if a, ok := d.value("format"); ok {
		if s.Scheme != model.BearerScheme {
			p.report(diag.BadValue, a, "format= has no effect: only a bearer token has one").hint("remove it")
			return false
		}
		s.Format = a.value
	}
	if a, ok := d.value("name"); ok {
		if !schemeID.MatchString(a.value) {
			p.report(diag.BadValue, valueOf(a), "%q cannot be the name of a scheme in a document", a.value).
				hint("write letters, digits, dots, hyphens and underscores")
			return false
		}
		s.ID = a.value
	}
	if s.Scheme == noScheme && len(d.args) > 1 {
		p.report(diag.BadValue, d, "none takes nothing else").hint("write //handlergen:security none")
		return false
	}
	return true
}

// schemeID is what OpenAPI allows as the name of a component.
var schemeID = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

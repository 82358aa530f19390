package parse

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// documentRoutes gives the routes of a handler what its doc comment and its
// response directives say.
func (p *parser) documentRoutes(h *handler) {
	text := docText(h.decl.Doc)
	said := p.saidOfHandler(h)
	for _, r := range h.routes {
		r.Route.Description = text
		r.Route.Summary = firstSentence(text)
		r.Route.Deprecated = r.Route.Deprecated || isDeprecated(text)
		r.Route.Said = said
	}
}

// docText returns a doc comment without directives, as CommonMark: links to
// declarations of Go, which lead nowhere in a document, become code.
func docText(group *ast.CommentGroup) string {
	text := strings.TrimSpace(group.Text())
	return docLink.ReplaceAllStringFunc(text, func(link string) string {
		name := link[1 : len(link)-1]
		if strings.Contains(text, link+":") { // a link that the comment defines, as in CommonMark
			return link
		}
		return "`" + strings.TrimPrefix(name, "*") + "`"
	})
}

// docLink matches [User], [*User], [User.Name] and [http.Request].
var docLink = regexp.MustCompile(`\[\*?(?:[a-z][a-z0-9/]*\.)?[A-Z]\w*(?:\.[A-Z]\w*)?\]`)

// firstSentence returns the first sentence of a doc comment in one line. A full
// stop ends it unless it belongs to an abbreviation: what follows is in lower
// case, or a single capital stands before it.
func firstSentence(text string) string {
	paragraph, _, _ := strings.Cut(text, "\n\n")
	line := strings.Join(strings.Fields(paragraph), " ")
	runes := []rune(line)
	for i, r := range runes {
		if !strings.ContainsRune(".!?", r) || i+2 >= len(runes) || runes[i+1] != ' ' {
			continue
		}
		initial := i == 1 && unicode.IsUpper(runes[0]) || i > 1 && unicode.IsUpper(runes[i-1]) && runes[i-2] == ' '
		if !initial && !unicode.IsLower(runes[i+2]) {
			return string(runes[:i+1])
		}
	}
	return line
}

// isDeprecated reports whether a paragraph of a doc comment deprecates.
func isDeprecated(text string) bool {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if strings.HasPrefix(strings.TrimSpace(paragraph), "Deprecated:") {
			return true
		}
	}
	return false
}

// readAnswers reads the response directives of a declaration.
func (p *parser) readAnswers(decl ast.Node) []model.Answer {
	var answers []model.Answer
	seen := map[int]arg{}
	for _, d := range p.directivesFor(decl, "response") {
		words := d.words()
		answer, ok := p.readAnswer(words)
		if !ok {
			continue
		}
		if first, twice := seen[answer.Status]; twice {
			p.report(diag.BadAnswer, words[0], "the answer %d is documented twice", answer.Status).
				related(first, "the first one").hint("put both into one directive")
			continue
		}
		seen[answer.Status] = words[0]
		answers = append(answers, answer)
	}
	return answers
}

// readAnswer reads the words of a response directive: STATUS [TYPE] ["text"].
func (p *parser) readAnswer(words []arg) (model.Answer, bool) {
	status, ok := readStatus(words[0].value)
	if !ok {
		p.report(diag.BadAnswer, words[0], "%q is not an HTTP status", words[0].value).
			hint(`write the status first: //handlergen:response 404 "no such user"`)
	}
	answer := model.Answer{Status: status}
	rest := words[1:]
	if len(rest) > 0 && !rest[0].quoted() {
		var okType bool
		answer.Type, okType = p.readAnswerType(rest[0])
		ok, rest = ok && okType, rest[1:]
	}
	if len(rest) > 0 && rest[0].quoted() {
		answer.Text, rest = rest[0].value, rest[1:]
	}
	if len(rest) > 0 {
		p.report(diag.BadAnswer, rest[0], "a response directive has no place for %q", rest[0].value).
			hint("write the status, the type and then the text in quotes")
		return answer, false
	}
	return answer, ok
}

// quoted reports whether an argument was written in quotes.
func (a arg) quoted() bool { return a.key == "" && a.valuePos != a.pos }

// readAnswerType finds the type that a response directive names.
func (p *parser) readAnswerType(a arg) (model.Type, bool) {
	at := a.pos
	if p.files == nil {
		at = token.NoPos // of another package only what it declares is known
	}
	tv, err := types.Eval(p.fset, p.source.types, at, a.value)
	switch {
	case err == nil && tv.IsType():
		spelled, ok := p.typeOf(tv.Type, a)
		if ok {
			p.describe(tv.Type, model.Sent, spelled)
		}
		return spelled, ok
	case err == nil:
		p.report(diag.BadAnswer, a, "%s is not a type", a.value).hint("write the type of the body, or a text in quotes")
		return nil, false
	}
	n := p.report(diag.BadAnswer, a, "there is no type %s here", a.value)
	if near, ok := diag.Nearest(strings.TrimLeft(a.value, "*[]"), p.typeNames()); ok {
		n.hint("did you mean %s?", near)
	} else {
		n.hint("write a type that this file can name, or put a text in quotes")
	}
	return nil, false
}

// typeNames returns the names of the types that the package declares.
func (p *parser) typeNames() []string {
	var names []string
	scope := p.source.types.Scope()
	for _, name := range scope.Names() {
		if _, ok := scope.Lookup(name).(*types.TypeName); ok {
			names = append(names, name)
		}
	}
	return names
}

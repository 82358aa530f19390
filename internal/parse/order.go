package parse

import (
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A role is what a result is in the order ([part …,] [body,] [error]).
type role int

const (
	refused role = iota
	part
	body
	failure
)

func roleOf(as model.Response) role {
	switch as.(type) {
	case nil:
		return refused
	case model.StatusCode, model.HeaderParts, model.CookiePart, model.CookieParts, model.CustomParts, model.ETagPart:
		return part
	case model.Failure:
		return failure
	}
	return body
}

// checkOrder reports results in the wrong order or number.
func (p *parser) checkOrder(sig signature, results []model.Result) {
	byRole := map[role][]entry{}
	var statuses []entry
	for i, result := range results {
		r := roleOf(result.As)
		byRole[r] = append(byRole[r], sig.results[i])
		if result.As == (model.StatusCode{}) {
			statuses = append(statuses, sig.results[i])
		}
	}
	p.onlyOne(sig, byRole[body], "bodies")
	p.onlyOne(sig, byRole[failure], "errors")
	p.onlyOne(sig, statuses, "statuses")
	if len(byRole[body]) > 1 || len(byRole[failure]) > 1 {
		return
	}
	order := slices.Concat(byRole[part], byRole[refused], byRole[body], byRole[failure])
	for _, e := range byRole[failure] {
		if e != sig.results[len(results)-1] {
			p.report(diag.BadResults, e.typ, "%s must be the last result of %s", p.typeString(e.v.Type()), sig.name()).
				hint("write (%s)", p.listEntries(order))
		}
	}
	for _, e := range byRole[body] {
		p.checkBodyLast(sig, e, byRole[part], order)
	}
}

// onlyOne reports results of which an answer has one.
func (p *parser) onlyOne(sig signature, list []entry, what string) {
	if len(list) < 2 {
		return
	}
	var names []string
	for _, e := range list {
		names = append(names, p.typeString(e.v.Type()))
	}
	joinable := what == "bodies" && !slices.ContainsFunc(list, func(e entry) bool {
		w, ok := runtimeType(e.v.Type())
		return ok && w.name == "NoContent"
	})
	n := p.report(diag.BadResults, list[1].typ, "%s returns %s %s, and an answer has one: %s", sig.name(), countWord(len(list)), what, andList(names))
	for _, e := range slices.Delete(list, 1, 2) {
		n.related(e.typ, "%s is another", p.typeString(e.v.Type()))
	}
	if joinable {
		n.hint("put them into one struct")
	} else {
		n.hint("return one of them")
	}
}

func countWord(n int) string {
	words := []string{"two", "three", "four"}
	if i := n - 2; i < len(words) {
		return words[i]
	}
	return "several"
}

// checkBodyLast reports a body with parts of the head behind it.
func (p *parser) checkBodyLast(sig signature, body entry, parts, order []entry) {
	var after []string
	for _, e := range parts {
		if e.Pos() > body.Pos() {
			after = append(after, p.typeString(e.v.Type()))
		}
	}
	if len(after) == 0 {
		return
	}
	verb := "adds"
	if len(after) > 1 {
		verb = "add"
	}
	p.report(diag.BadResults, body.typ, "%s is the body of %s and must come after %s, which only %s to the head",
		p.typeString(body.v.Type()), sig.name(), strings.Join(after, ", "), verb).
		hint("write (%s)", p.listEntries(order))
}

// checkWriter reports results of a function that writes the answer itself.
func (p *parser) checkWriter(sig signature, params []model.Param) {
	for i, param := range params {
		if param.From != (model.Head{Part: model.Writer}) {
			continue
		}
		writer := sig.params[i]
		for _, e := range sig.results {
			if isError(e.v.Type()) {
				continue
			}
			p.report(diag.WriterWithResults, e.typ, "%s answers through %s and cannot return %s as well", sig.name(), p.called(writer), p.typeString(e.v.Type())).
				related(writer.typ, "%s takes http.ResponseWriter here", sig.name()).
				hint("return nothing or an error, or take no http.ResponseWriter")
			return
		}
	}
}

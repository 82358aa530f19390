package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// A regexpVar is a variable of the generated file with a regular expression that
// values have to match.
type regexpVar struct{ name, pattern string }

// regexpFor returns the variable of a regular expression.
func (e *emitter) regexpFor(pattern string) string {
	for _, v := range e.regexps {
		if v.pattern == pattern {
			return v.name
		}
	}
	panic("emit: the pattern " + pattern + " has no variable")
}

// nameRegexps chooses a variable for each regular expression, named after the
// first field that has to match it.
func (e *emitter) nameRegexps() {
	seen := map[string]bool{}
	e.eachRule(func(stem string, r model.Rule) {
		if m, ok := r.(model.Matches); ok && !seen[m.Pattern] {
			seen[m.Pattern] = true
			name := e.declare(local(stem)+"Pattern", local(stem)+"Regexp")
			e.regexps = append(e.regexps, regexpVar{name, m.Pattern})
		}
	})
}

// regexpVars declares the regular expressions.
func (e *emitter) regexpVars() decl {
	var vars []jen.Code
	for _, v := range e.regexps {
		vars = append(vars, jen.Id(v.name).Op("=").Add(e.std("regexp", "MustCompile")).Call(quote(v.pattern)))
	}
	switch len(vars) {
	case 0:
		return nil
	case 1:
		return decl{jen.Var().Add(vars[0])}
	}
	return decl{jen.Var().Defs(vars...)}
}

// eachRule visits all rules with the name of what they are for.
func (e *emitter) eachRule(visit func(stem string, r model.Rule)) {
	params := func(list []model.Param) {
		for _, p := range list {
			extractorRules(paramName(p), p.From, visit)
		}
	}
	for _, h := range e.pkg.Handlers {
		params(h.Params)
	}
	for _, p := range e.pkg.Providers {
		params(p.Params)
	}
	for _, m := range e.pkg.Middleware {
		params(m.Params)
	}
	for _, c := range e.pkg.Checks {
		for _, field := range c.Fields {
			nestedRules(field.Field, field.Rules, visit)
		}
	}
}

func extractorRules(stem string, from model.Extractor, visit func(string, model.Rule)) {
	switch from := from.(type) {
	case model.Values:
		slotRules(stem, from.Slots, visit)
	case model.Form:
		slotRules(stem, from.Slots, visit)
	case model.Multipart:
		slotRules(stem, from.Slots, visit)
	case model.JSONBody:
		nestedRules(stem, from.Rules, visit)
	case model.JSONLinesBody:
		nestedRules(stem, from.Rules, visit)
	case model.Composite:
		for _, field := range from.Fields {
			extractorRules(field.Name, field.From, visit)
		}
	case model.OptionalOf:
		extractorRules(stem, from.Of, visit)
	case model.ResultOf:
		extractorRules(stem, from.Of, visit)
	}
}

func slotRules(stem string, slots []model.Slot, visit func(string, model.Rule)) {
	for _, s := range slots {
		if s.Field != "" {
			stem = s.Field
		}
		nestedRules(stem, s.Rules, visit)
	}
}

func nestedRules(stem string, rules []model.Rule, visit func(string, model.Rule)) {
	for _, r := range rules {
		visit(stem, r)
		switch r := r.(type) {
		case model.IfSet:
			nestedRules(stem, r.Rules, visit)
		case model.IfNotZero:
			nestedRules(stem, r.Rules, visit)
		case model.Each:
			nestedRules(stem, r.Rules, visit)
		case model.EachEntry:
			nestedRules(stem, r.Rules, visit)
		}
	}
}

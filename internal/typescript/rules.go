package typescript

import (
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// narrow applies rules as far as they say something of a type: what is required
// is not null, and a value can be one of some.
func narrow(s model.Schema, rules []model.Rule) model.Schema {
	if null, ok := s.(model.NullOr); ok {
		if wire.IsRequired(rules) {
			return narrow(null.Of, rules)
		}
		return model.NullOr{Of: narrow(null.Of, rules)}
	}
	for _, rule := range rules {
		switch rule := rule.(type) {
		case model.IfSet:
			s = narrow(s, rule.Rules)
		case model.IfNotZero:
			s = orZero(s, rule)
		case model.OneOf:
			s = oneOf(s, rule.Literals)
		case model.Each:
			if list, ok := s.(model.ListValue); ok {
				list.Elem = narrow(list.Elem, rule.Rules)
				s = list
			}
		case model.EachEntry:
			if dict, ok := s.(model.DictValue); ok {
				dict.Elem = narrow(dict.Elem, rule.Rules)
				s = dict
			}
		}
	}
	return s
}

// orZero narrows a schema to the zero value, or to what rules leave of it.
func orZero(s model.Schema, rule model.IfNotZero) model.Schema {
	narrowed, ok := narrow(s, rule.Rules).(model.Declared)
	if !ok || len(narrowed.Literals) == 0 || rule.Zero == "nil" {
		return s
	}
	narrowed.Literals = append(narrowed.Literals, wire.JSONLiteral(rule.Zero))
	return narrowed
}

// oneOf narrows a text or number to literals of Go.
func oneOf(s model.Schema, literals []string) model.Schema {
	switch s.(type) {
	case model.TextValue, model.IntegerValue, model.NumberValue, model.ComponentRef:
	default:
		return s
	}
	var list []string
	for _, l := range literals {
		list = append(list, wire.JSONLiteral(l))
	}
	return model.Declared{Literals: list}
}

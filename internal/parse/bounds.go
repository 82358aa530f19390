package parse

import (
	"go/types"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/handlergen/handlergen/internal/model"
)

// checkBounds reports a comparison that no value passes together with an
// earlier one: min=5,max=3.
func (r *ruler) checkBounds(d demand, earlier []model.Rule, rule model.Rule) {
	limit, ok := rule.(model.Compare)
	if !ok {
		return
	}
	for _, other := range earlier {
		if other, ok := other.(model.Compare); ok && other.Of == limit.Of && (excludes(limit, other) || excludes(other, limit)) {
			r.refuse(d, "no value passes %s: %s also %s", d.text(), r.what, other.Detail)
			return
		}
	}
}

// excludes reports whether what a demands is less than all that b demands.
func excludes(a, b model.Compare) bool {
	if a.Op == ">=" || a.Op == ">" || b.Op == "<=" || b.Op == "<" {
		return false
	}
	difference := number(a.Limit).Cmp(number(b.Limit))
	return difference < 0 || difference == 0 && (a.Op == "<" || b.Op == ">")
}

func number(literal string) *big.Rat {
	n, ok := new(big.Rat).SetString(literal)
	if !ok {
		return new(big.Rat)
	}
	return n
}

// broken returns the detail of the first rule that a default breaks, as far as
// that can be told without the runtime.
func broken(rules []model.Rule, t types.Type, text string) string {
	for _, rule := range rules {
		detail, ok := "", true
		switch rule := rule.(type) {
		case model.Compare:
			detail, ok = rule.Detail, holds(rule, t, text)
		case model.OneOf:
			detail, ok = rule.Detail, slices.Contains(rule.Literals, literal(t, text))
		case model.Matches:
			matched, err := regexp.MatchString(rule.Pattern, text)
			detail, ok = rule.Detail, matched || err != nil
		case model.IfNotZero:
			if literal(t, text) != rule.Zero {
				detail = broken(rule.Rules, t, text)
				ok = detail == ""
			}
		}
		if !ok {
			return detail
		}
	}
	return ""
}

// holds reports whether a text passes a comparison.
func holds(c model.Compare, t types.Type, text string) bool {
	amount := strconv.Itoa(utf8.RuneCountInString(text))
	if c.Of == model.Itself {
		amount = literal(t, text)
	}
	difference := number(amount).Cmp(number(c.Limit))
	switch c.Op {
	case ">=":
		return difference >= 0
	case "<=":
		return difference <= 0
	case ">":
		return difference > 0
	case "<":
		return difference < 0
	}
	return difference == 0
}

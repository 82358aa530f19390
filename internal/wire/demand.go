package wire

import (
	"regexp"
	"slices"
	"strconv"

	"github.com/handlergen/handlergen/internal/model"
)

// RefusesZero reports whether rules refuse the zero value, as far as others can
// be told so: a value that is absent has it.
func (c *Components) RefusesZero(pkg *model.Package, rules []model.Rule) bool {
	return c.refusesZero(pkg, rules, nil)
}

// The checks in above are those around the rules.
func (c *Components) refusesZero(pkg *model.Package, rules []model.Rule, above []int) bool {
	return slices.ContainsFunc(rules, func(rule model.Rule) bool {
		nested, ok := rule.(model.Nested)
		switch {
		case !ok:
			return refusesZero(rule)
		case slices.Contains(above, nested.Check):
			return false
		}
		check := pkg.Checks[nested.Check]
		return slices.ContainsFunc(check.Fields, func(f model.FieldCheck) bool {
			return c.refusesZero(pkg, f.Rules, append(above, nested.Check)) && !c.hasDefault(pkg, check.Type, f)
		})
	})
}

// TextRefusesZero is RefusesZero for the rules of a text, which has no members.
func TextRefusesZero(rules []model.Rule) bool { return slices.ContainsFunc(rules, refusesZero) }

func refusesZero(rule model.Rule) bool {
	switch rule := rule.(type) {
	case model.Required:
		return true
	case model.Compare:
		return !holdsForZero(rule)
	case model.OneOf:
		return !slices.Contains(rule.Literals, `""`) && !slices.Contains(rule.Literals, "0")
	case model.Format:
		return true // none of them accepts an empty text
	case model.Matches:
		matches, err := regexp.MatchString(rule.Pattern, "")
		return err == nil && !matches
	}
	return false
}

// hasDefault reports whether a field of a struct that is a component has a
// default.
func (c *Components) hasDefault(pkg *model.Package, t model.Type, f model.FieldCheck) bool {
	ref, ok := Lookup(pkg, t, model.Received).(model.ComponentRef)
	if !ok {
		return false
	}
	object, _ := c.Resolve(ref, model.Received).(model.ObjectValue)
	return slices.ContainsFunc(object.Members, func(m model.Member) bool { return m.Name == f.Name && m.Default != "" })
}

// holdsForZero reports whether 0, or a length of 0, is what is demanded.
func holdsForZero(rule model.Compare) bool {
	limit, err := strconv.ParseFloat(rule.Limit, 64)
	if err != nil {
		return true // a duration or time
	}
	switch rule.Op {
	case ">=":
		return limit <= 0
	case "<=":
		return limit >= 0
	case ">":
		return limit < 0
	case "<":
		return limit > 0
	}
	return limit == 0
}

// IsRequired reports whether rules demand that a value is present and not null.
func IsRequired(rules []model.Rule) bool {
	return slices.ContainsFunc(rules, func(r model.Rule) bool { _, ok := r.(model.Required); return ok })
}

// IsDemanded reports whether a text has to be there: it is required, or it would
// be an empty list or map that its rules refuse.
func (c *Components) IsDemanded(pkg *model.Package, s model.Slot) bool {
	return s.Required || s.Default == "" && c.RefusesZero(pkg, s.Rules)
}

// IsMemberDemanded reports whether a member has to be there: one that is absent
// has its default, or is the zero value, which its rules may refuse.
func (c *Components) IsMemberDemanded(pkg *model.Package, rules []model.Rule, hasDefault bool) bool {
	return IsRequired(rules) || !hasDefault && c.RefusesZero(pkg, rules)
}

// MemberRules lists what the members of a struct must fulfil, those of embedded
// structs included, which are members of the same object. What an embedded
// pointer to a struct demands is left out: it holds only if any of its members
// is there.
func MemberRules(pkg *model.Package, check *model.Check) []model.FieldCheck {
	if check == nil {
		return nil
	}
	var list []model.FieldCheck
	for _, f := range check.Fields {
		if f.Name != "" {
			list = append(list, f)
			continue
		}
		for _, rule := range f.Rules {
			if nested, ok := rule.(model.Nested); ok {
				list = append(list, MemberRules(pkg, &pkg.Checks[nested.Check])...)
			}
		}
	}
	return list
}

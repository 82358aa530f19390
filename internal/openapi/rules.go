package openapi

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// demand applies the rules of a struct to the schema of its members.
func (p *pack) demand(schema *openapi3.SchemaRef, check *model.Check) {
	s := schema.Value
	for _, f := range wire.MemberRules(p.pkg, check) {
		member := s.Properties[f.Name]
		if member == nil {
			continue
		}
		hasDefault := member.Value != nil && member.Value.Default != nil
		if p.names.IsMemberDemanded(p.pkg, f.Rules, hasDefault) {
			s.Required = append(s.Required, f.Name)
		}
		s.Properties[f.Name] = p.ruled(member, f.Rules)
	}
	slices.Sort(s.Required)
	s.Required = slices.Compact(s.Required)
}

// ruled applies rules to a schema, which becomes one of its own if it is a
// reference.
func (p *pack) ruled(schema *openapi3.SchemaRef, rules []model.Rule) *openapi3.SchemaRef {
	rules = slices.DeleteFunc(slices.Clone(rules), func(r model.Rule) bool {
		switch r.(type) {
		case model.Nested:
			return schema.Ref != "" // the component says so
		case model.Method:
			return true
		}
		return false
	})
	if len(rules) == 0 {
		return schema
	}
	schema = wrapped(schema)
	if wire.IsRequired(rules) {
		notNull(schema)
	}
	p.applyRules(schema, rules)
	return unwrapped(schema)
}

// notNull takes null from what is allowed: required means present and not null.
func notNull(schema *openapi3.SchemaRef) {
	s := schema.Value
	if s.Type != nil {
		types := slices.DeleteFunc(slices.Clone(*s.Type), func(t string) bool { return t == "null" })
		s.Type = &types
	}
	if len(s.AnyOf) == 2 && s.AnyOf[1].Ref == "" && s.AnyOf[1].Value.Type.Is("null") {
		s.AllOf, s.AnyOf = openapi3.SchemaRefs{s.AnyOf[0]}, nil
	}
}

// applyRules writes rules as keywords.
func (p *pack) applyRules(schema *openapi3.SchemaRef, rules []model.Rule) {
	s := schema.Value
	for _, rule := range rules {
		switch rule := rule.(type) {
		case model.Required, model.Method:
		case model.Nested:
			p.demand(schema, &p.pkg.Checks[rule.Check]) // of a struct without a name
		case model.Compare:
			compare(s, rule)
		case model.OneOf:
			s.Enum = nil
			for _, l := range rule.Literals {
				s.Enum = append(s.Enum, goLiteral(l))
			}
		case model.Format:
			format(s, rule)
		case model.Matches:
			s.Pattern = rule.Pattern
		case model.Unique:
			s.UniqueItems = true
		case model.IfSet:
			p.applyRules(schema, rule.Rules)
		case model.IfNotZero:
			p.unlessZero(s, rule)
		case model.Each:
			if s.Items != nil {
				s.Items = p.ruled(s.Items, rule.Rules)
			}
		case model.EachEntry:
			if s.AdditionalProperties.Schema != nil {
				s.AdditionalProperties.Schema = p.ruled(s.AdditionalProperties.Schema, rule.Rules)
			}
		default:
			panic(fmt.Sprintf("openapi: unhandled rule %T", rule))
		}
	}
}

// unlessZero demands that a value is the zero value or fulfils rules.
func (p *pack) unlessZero(s *openapi3.Schema, rule model.IfNotZero) {
	zero := inline(&openapi3.Schema{})
	switch rule.Zero {
	case "nil":
		zero.Value.MaxItems, zero.Value.MaxProps = new(uint64), new(uint64)
	default:
		zero.Value.Const = goLiteral(rule.Zero)
	}
	demanded := inline(&openapi3.Schema{Items: s.Items})
	p.applyRules(demanded, rule.Rules)
	s.AnyOf = append(s.AnyOf, zero, demanded)
}

// compare writes a bound of a number, or of a length.
func compare(s *openapi3.Schema, rule model.Compare) {
	limit, err := strconv.ParseFloat(rule.Limit, 64)
	if err != nil {
		describe(s, "It "+rule.Detail+".") // a duration or time
		return
	}
	if rule.Of == model.Itself {
		switch rule.Op {
		case ">=":
			s.Min = &limit
		case "<=":
			s.Max = &limit
		case ">":
			s.ExclusiveMin = openapi3.ExclusiveBound{Value: &limit}
		case "<":
			s.ExclusiveMax = openapi3.ExclusiveBound{Value: &limit}
		case "==":
			s.Const = goLiteral(rule.Limit)
		}
		return
	}
	low, high := lengths(rule.Op, limit)
	switch {
	case rule.Of == model.Runes:
		s.MinLength, s.MaxLength = tighter(s.MinLength, s.MaxLength, low, high)
	case s.Type != nil && s.Type.Includes("object"):
		s.MinProps, s.MaxProps = tighter(s.MinProps, s.MaxProps, low, high)
	default:
		s.MinItems, s.MaxItems = tighter(s.MinItems, s.MaxItems, low, high)
	}
}

// lengths are the least and the greatest length that compare to a limit.
func lengths(op string, limit float64) (low uint64, high *uint64) {
	n := uint64(max(limit, 0))
	switch op {
	case ">=":
		return n, nil
	case ">":
		return n + 1, nil
	case "<=":
		return 0, &n
	case "<":
		n -= min(n, 1)
		return 0, &n
	}
	return n, &n
}

func tighter(low uint64, high *uint64, newLow uint64, newHigh *uint64) (uint64, *uint64) {
	if newHigh == nil {
		newHigh = high
	}
	return max(low, newLow), newHigh
}

// formatKeywords are the formats and patterns of the runtime's functions.
var formatKeywords = map[string]struct{ format, pattern string }{
	"IsEmail":    {format: "email"},
	"IsURL":      {format: "uri"},
	"IsUUID":     {format: "uuid"},
	"IsHostname": {format: "hostname"},
	"IsNotBlank": {pattern: `\S`},
	"IsAlpha":    {pattern: "^[A-Za-z]+$"},
	"IsAlphanum": {pattern: "^[A-Za-z0-9]+$"},
	"IsNumeric":  {pattern: `^[-+]?[0-9]+(\.[0-9]+)?$`},
}

func format(s *openapi3.Schema, rule model.Format) {
	s.AnyOf = nil
	switch rule.Func {
	case "IsDatetime":
		datetime(s, rule)
	case "IsIP":
		s.Format, s.Pattern = "", ""
		s.AnyOf = openapi3.SchemaRefs{inline(&openapi3.Schema{Format: "ipv4"}), inline(&openapi3.Schema{Format: "ipv6"})}
	default:
		keywords, known := formatKeywords[rule.Func]
		if !known {
			panic("openapi: unhandled format " + rule.Func)
		}
		s.Format, s.Pattern = keywords.format, keywords.pattern
	}
}

// datetime writes the layout of a time, if it is one that has a name.
func datetime(s *openapi3.Schema, rule model.Format) {
	switch layout, _ := strconv.Unquote(rule.Arg); layout {
	case time.DateOnly:
		s.Format = "date"
	case time.RFC3339:
		s.Format = "date-time"
	default:
		describe(s, "It "+rule.Detail+".")
	}
}

// goLiteral reads a Go literal as a JSON value.
func goLiteral(l string) any { return value(wire.JSONLiteral(l)) }

package emit

import (
	"fmt"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// A subject is a value under rules.
type subject struct {
	place place
	typ   model.Type // nil if it is not to be seen
	stem  string     // what variables for it are named after
	spot  spot
}

// A place is how an expression refers to a value.
type place struct {
	value string // "v.Name", "*v.Limit"
	addr  string // "&v.Name", "v.Limit"
	inner string // before a field or index: "v.Name", "(*v.Limit)"
}

func plainPlace(expr string) place { return place{value: expr, addr: "&" + expr, inner: expr} }

// pointee is the place that a pointer in p points to.
func (p place) pointee() place {
	return place{value: "*" + p.value, addr: p.value, inner: "(*" + p.value + ")"}
}

// field is the field Value of a runtime.Optional or Nullable.
func (s subject) field(name string) subject {
	s.place, s.typ = plainPlace(s.place.inner+"."+name), elem(s.typ)
	return s
}

// variable is what a pointer or list holds, in a variable.
func (s subject) variable(name string) subject {
	s.place, s.typ = plainPlace(name), elem(s.typ)
	return s
}

// A breach is what is reported of a value that breaks a rule.
type breach struct {
	rule   string // "min"
	detail string // "must be at least 1"
}

var isMissing = breach{"required", "is required"}

// A spot is where a value stands in the request, to report problems with it.
type spot interface {
	invalid(b breach) *jen.Statement
	validate(addr string) *jen.Statement
	absent() *jen.Statement // the condition that the body has no such member
	check(fn, addr string) *jen.Statement
	each(s subject, rules []model.Rule)
	eachEntry(s subject, of model.EachEntry)
}

// rules demands that a value fulfils some rules. The runtime keeps only the
// first problem of a value, so they just follow each other.
func (f *function) rules(rules []model.Rule, s subject) {
	for i := 0; i < len(rules); i++ {
		if i+1 < len(rules) && f.requireThen(rules[i], rules[i+1], s) {
			i++
			continue
		}
		f.rule(rules[i], s)
	}
}

// holders are what holds something where it is not missing.
var holders = map[model.Missing]model.Holder{
	model.IfNil: model.HolderPointer, model.IfAbsent: model.HolderOptional, model.IfNull: model.HolderNullable,
}

// requireThen writes the rule that a value is there with what comes next as its
// alternative, if that is about what is in the value.
func (f *function) requireThen(first, then model.Rule, s subject) bool {
	required, ok := first.(model.Required)
	if !ok {
		return false
	}
	rules, inner := []model.Rule{then}, s
	switch then := then.(type) {
	case model.Nested:
	case model.IfSet:
		if holders[required.Missing] != then.Holder {
			return false
		}
		_, inner = f.holds(then.Holder, s)
		rules = then.Rules
	default:
		return false
	}
	statement := jen.If(f.missing(required, s)).Block(s.spot.invalid(isMissing)).Else()
	if broken, breach, ok := f.condition(rules[0], inner); ok && len(rules) == 1 {
		statement.If(broken).Block(s.spot.invalid(breach))
	} else {
		statement.Block(f.block(func() { f.rules(rules, inner) })...)
	}
	f.add(statement)
	return true
}

// rule writes one rule. It has one case for each that is not a mere condition.
func (f *function) rule(r model.Rule, s subject) {
	if broken, breach, ok := f.condition(r, s); ok {
		f.add(jen.If(broken).Block(s.spot.invalid(breach)))
		return
	}
	switch r := r.(type) {
	case model.OneOf:
		f.add(jen.Switch(raw(s.place.value)).Block(
			f.caseOf(r.Literals).Block(),
			jen.Default().Block(s.spot.invalid(breachOfOneOf(r))),
		))
	case model.IfSet:
		guard, inner := f.holds(r.Holder, s)
		f.add(jen.If(guard).Block(f.block(func() { f.rules(r.Rules, inner) })...))
	case model.IfNotZero:
		f.add(jen.If(f.notZero(r, s)).Block(f.block(func() { f.rules(r.Rules, s) })...))
	case model.Each:
		s.spot.each(s, r.Rules)
	case model.EachEntry:
		s.spot.eachEntry(s, r)
	case model.Nested:
		f.add(s.spot.check(f.own.checks[r.Check], s.place.addr))
	case model.Method:
		f.add(s.spot.validate(s.place.addr))
	default:
		panic(fmt.Sprintf("emit: unhandled rule %T", r))
	}
}

// condition writes the condition under which a rule is broken, if that is all
// there is to it.
func (f *function) condition(r model.Rule, s subject) (broken *jen.Statement, b breach, ok bool) {
	switch r := r.(type) {
	case model.Required:
		return f.missing(r, s), isMissing, true
	case model.Compare:
		return f.amount(r.Of, s).Op(opposites[r.Op]).Add(raw(r.Limit)), breach{compareNames[r.Op], r.Detail}, true
	case model.OneOf:
		if len(r.Literals) > 3 {
			return nil, b, false
		}
		return noneOf(r.Literals, s), breachOfOneOf(r), true
	case model.Format:
		args := []jen.Code{f.asString(s.place.value, s.typ)}
		if r.Arg != "" {
			args = append(args, raw(r.Arg))
		}
		return jen.Op("!").Add(f.rt(r.Func)).Call(args...), breach{formatName(r), r.Detail}, true
	case model.Matches:
		matches := jen.Id(f.regexpFor(r.Pattern)).Dot("MatchString").Call(f.asString(s.place.value, s.typ))
		return jen.Op("!").Add(matches), breach{"pattern", r.Detail}, true
	case model.Unique:
		return jen.Op("!").Add(f.rt("AllUnique")).Call(raw(s.place.value)), breach{"unique", r.Detail}, true
	case model.IfSet:
		guard, inner := f.holds(r.Holder, s)
		return f.guarded(guard, r.Rules, inner)
	case model.IfNotZero:
		return f.guarded(f.notZero(r, s), r.Rules, s)
	}
	return nil, b, false
}

// compareNames are the names of rules that compare, by what must hold.
var compareNames = map[string]string{">=": "min", "<=": "max", ">": "gt", "<": "lt", "==": "len"}

// formatName is the name of a rule for the form of a text: "email" for IsEmail.
func formatName(r model.Format) string { return strings.ToLower(strings.TrimPrefix(r.Func, "Is")) }

func breachOfOneOf(r model.OneOf) breach { return breach{"oneof", r.Detail} }

// guarded joins a guard and the one condition behind it.
func (f *function) guarded(guard *jen.Statement, rules []model.Rule, s subject) (*jen.Statement, breach, bool) {
	if len(rules) != 1 {
		return nil, breach{}, false
	}
	if rules[0] == (model.Required{Missing: model.IfEither}) {
		return nil, breach{}, false // a condition with ||
	}
	broken, b, ok := f.condition(rules[0], s)
	if !ok {
		return nil, breach{}, false
	}
	return guard.Op("&&").Add(broken), b, true
}

// opposites are the operators of what must not hold.
var opposites = map[string]string{">=": "<", "<=": ">", ">": "<=", "<": ">=", "==": "!="}

// missing is the condition that a member of a JSON body was absent or null.
func (f *function) missing(r model.Required, s subject) *jen.Statement {
	x := s.place.inner
	switch r.Missing {
	case model.IfNil:
		return f.isNil(s.place.value)
	case model.IfAbsent:
		return raw("!" + x + ".Present")
	case model.IfEither:
		return raw("!" + x + ".Present").Op("||").Add(raw("!" + x + ".Value.Valid"))
	case model.IfNull:
		return raw("!" + x + ".Valid")
	case model.IfZero:
		if r.Zero != "" {
			return f.isZero(r.Zero, s).Op("&&").Add(s.spot.absent())
		}
		return s.spot.absent()
	case model.IfLookup:
		return s.spot.absent()
	}
	panic(fmt.Sprintf("emit: unhandled way of missing %q", r.Missing))
}

// isZero is the condition that a value is a zero value.
func (f *function) isZero(zero string, s subject) *jen.Statement {
	switch zero {
	case "false":
		return jen.Op("!").Add(raw(s.place.inner))
	case "nil":
		return f.length(s.place.value).Op("==").Lit(0)
	}
	return raw(s.place.value).Op("==").Add(raw(zero))
}

// notZero is the condition that a value is not the zero value, or not empty.
func (f *function) notZero(r model.IfNotZero, s subject) *jen.Statement {
	switch r.Zero {
	case "false":
		return raw(s.place.value)
	case "nil":
		return f.length(s.place.value).Op("!=").Lit(0)
	}
	return raw(s.place.value).Op("!=").Add(raw(r.Zero))
}

// amount is what of a value is compared.
func (f *function) amount(of model.Amount, s subject) *jen.Statement {
	switch of {
	case model.Itself:
		return raw(s.place.value)
	case model.Length:
		return f.length(s.place.value)
	case model.Runes:
		return f.std("unicode/utf8", "RuneCountInString").Call(f.asString(s.place.value, s.typ))
	}
	panic(fmt.Sprintf("emit: unhandled amount %q", of))
}

// noneOf is the condition that a value is none of some literals.
func noneOf(literals []string, s subject) *jen.Statement {
	all := jen.Null()
	for i, literal := range literals {
		if i > 0 {
			all.Op("&&")
		}
		all.Add(raw(s.place.value)).Op("!=").Add(raw(literal))
	}
	return all
}

// caseOf writes a case of a switch, with one value per line if there are many.
func (f *function) caseOf(literals []string) *jen.Statement {
	var values []jen.Code
	for _, literal := range literals {
		values = append(values, raw(literal))
	}
	return jen.Case(values...)
}

// holds is the condition that something holds a value, and that value.
func (f *function) holds(holder model.Holder, s subject) (*jen.Statement, subject) {
	switch holder {
	case model.HolderPointer:
		inner := s
		inner.place, inner.typ = s.place.pointee(), elem(s.typ)
		return f.notNil(s.place.value), inner
	case model.HolderOptional:
		return raw(s.place.inner + ".Present"), s.field("Value")
	case model.HolderNullable:
		return raw(s.place.inner + ".Valid"), s.field("Value")
	}
	panic(fmt.Sprintf("emit: unhandled holder %q", holder))
}

// A paramSpot is a path, query, header, cookie or form value.
type paramSpot struct {
	f *function
	s *slot
}

func (p paramSpot) invalid(b breach) *jen.Statement {
	return p.f.in("Invalid").Call(p.f.findText(p.s), quote(b.rule), quote(b.detail))
}

func (p paramSpot) validate(addr string) *jen.Statement {
	return p.f.in("Validate").Call(p.f.findText(p.s), raw(addr))
}

func (p paramSpot) absent() *jen.Statement { panic("emit: only a body can be looked into") }

func (p paramSpot) check(string, string) *jen.Statement {
	panic("emit: only a body has structs to check")
}

func (p paramSpot) each(s subject, rules []model.Rule) {
	p.f.rangeOver(s.place.value, p.s.stem, func(element string) { p.f.rules(rules, s.variable(element)) })
}

func (p paramSpot) eachEntry(s subject, of model.EachEntry) {
	p.f.rangeEntries(s, of, func(_ string, value subject) { p.f.rules(of.Rules, value) })
}

// A bodySpot is a place in a JSON body.
type bodySpot struct {
	f    *function
	at   string // *runtime.Pointer as an argument: "at", "&name"
	from string // before .Member and .Index: "at", "name"; empty for the whole body, which is nil
}

func (b bodySpot) invalid(what breach) *jen.Statement {
	return b.f.in("InvalidAt").Call(raw(b.at), quote(what.rule), quote(what.detail))
}

func (b bodySpot) validate(addr string) *jen.Statement {
	return b.f.in("ValidateAt").Call(raw(b.at), raw(addr))
}

func (b bodySpot) absent() *jen.Statement {
	return jen.Op("!").Add(b.f.in("Has").Call(raw(b.at)))
}

func (b bodySpot) check(fn, addr string) *jen.Statement {
	return jen.Id(fn).Call(b.f.inAddr(), raw(b.at), raw(addr))
}

func (b bodySpot) each(s subject, rules []model.Rule) {
	f := b.f
	if b.from == "" {
		b = f.rootSpot()
	}
	var loop *jen.Statement
	f.block(func() {
		i := f.pick("i", "j", "k", "index")
		body := f.block(func() {
			inner := s.variable(s.place.inner + "[" + i + "]")
			inner.spot = b.below(s.stem, "Index", jen.Id(i))
			f.rules(rules, inner)
		})
		loop = jen.For(jen.Id(i).Op(":=").Range().Add(raw(s.place.value))).Block(body...)
	})
	f.add(loop)
}

func (b bodySpot) eachEntry(s subject, of model.EachEntry) {
	f := b.f
	if b.from == "" {
		b = f.rootSpot()
	}
	f.rangeEntries(s, of, func(key string, value subject) {
		value.spot = b.below(s.stem, "Member", f.keyText(of, key))
		f.rules(of.Rules, value)
	})
}

// below declares the place of an element in what stands here.
func (b bodySpot) below(stem, method string, arg *jen.Statement) bodySpot {
	name := b.f.pickLocal(singular(local(stem)), "At")
	b.f.add(jen.Id(name).Op(":=").Id(b.from).Dot(method).Call(arg))
	return bodySpot{b.f, "&" + name, name}
}

// checkBody validates a decoded body.
func (f *function) checkBody(value place, typ model.Type, rules []model.Rule) {
	spot := bodySpot{f: f, at: "nil"}
	if f.redefines("nil") {
		spot = f.rootSpot()
	}
	f.rules(rules, subject{place: value, typ: typ, stem: "elements", spot: spot})
}

// rootSpot declares a pointer to the whole body.
func (f *function) rootSpot() bodySpot {
	root := f.pick("root", "whole")
	f.add(jen.Var().Id(root).Op("*").Add(f.rt("Pointer")))
	return bodySpot{f, root, root}
}

// checks declares a function for each struct that is validated.
func (e *emitter) checks() []decl {
	var list []decl
	for i, c := range e.pkg.Checks {
		list = append(list, e.checkDecl(e.own.checks[i], c))
	}
	return list
}

func (e *emitter) checkDecl(name string, c model.Check) decl {
	f := e.newFunction()
	f.pointer = true
	at, v := f.pick("at", "place"), f.pick("v", "value")
	for _, field := range c.Fields {
		f.checkField(field, at, v)
	}
	if c.Validate {
		f.add(f.in("ValidateAt").Call(jen.Id(at), jen.Id(v)))
	}
	return append(
		e.doc("%s reports what is wrong with %s, which stands at the place %s of the body.", name, v, at),
		jen.Func().Id(name).Params(
			jen.Id(e.own.in).Op("*").Add(e.rt("Input")),
			jen.Id(at).Op("*").Add(e.rt("Pointer")),
			jen.Id(v).Op("*").Add(e.spell(c.Type)),
		).Block(f.body...),
	)
}

// checkField checks one field of a struct. An embedded one stands where the
// struct does.
func (f *function) checkField(c model.FieldCheck, at, v string) {
	if len(c.Rules) == 0 {
		return
	}
	s := subject{place: plainPlace(v + "." + c.Field), typ: c.Type, stem: c.Field, spot: bodySpot{f, at, at}}
	if c.Name != "" {
		name := f.pickLocal(c.Field, "At")
		f.add(jen.Id(name).Op(":=").Id(at).Dot("Member").Call(quote(c.Name)))
		s.spot = bodySpot{f, "&" + name, name}
	}
	f.rules(c.Rules, s)
}

package parse

import (
	"go/types"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// checks are the checks of the struct types that occur in JSON bodies.
type checks struct {
	made      typeutil.Map // struct type → []madeCheck
	demanding typeutil.Map // type → whether it has rules, or something in it has
}

// A madeCheck is a check of a struct, some of whose members are hidden by those
// of the struct that embeds it.
type madeCheck struct {
	hidden string
	index  int // in Package.Checks
}

// bodyRules are the rules of a whole JSON body.
func (p *parser) bodyRules(tg target, t types.Type) ([]model.Rule, bool) {
	before := len(p.diags)
	r := &ruler{p: p, what: tg.what, body: true, stem: upperFirst(tg.fn) + "Body", at: tg.typ}
	rules := r.rules(nil, t)
	return rules, len(p.diags) == before
}

// checkOf returns the check of a struct type, if anything is demanded of it.
// Members with the hidden names are left out.
func (p *parser) checkOf(t types.Type, hidden []string, stem string, at span) (index int, ok bool) {
	if !p.isDemanding(t, hidden) {
		return 0, false
	}
	key := strings.Join(hidden, "\x00")
	made, _ := p.checks.made.At(t).([]madeCheck)
	for _, c := range made {
		if c.hidden == key {
			return c.index, true
		}
	}
	spelled, ok := p.typeOf(t, at)
	if !ok {
		return 0, false
	}
	index = len(p.out.Checks)
	p.checks.made.Set(t, append(made, madeCheck{key, index}))
	name := p.checkName(t, stem)
	p.out.Checks = append(p.out.Checks, model.Check{Type: spelled, Name: name})
	fields := p.fieldChecks(t, hidden, name, at)
	p.out.Checks[index].Fields = fields
	p.out.Checks[index].Validate = validatesItself(t)
	return index, true
}

// checkName makes the stem of a check's name, different from all others.
func (p *parser) checkName(t types.Type, stem string) string {
	if named, ok := types.Unalias(t).(*types.Named); ok {
		stem = upperFirst(named.Obj().Name())
		for arg := range named.TypeArgs().Types() {
			stem += upperFirst(bareName(arg))
		}
	}
	isTaken := func(name string) bool {
		return slices.ContainsFunc(p.out.Checks, func(c model.Check) bool { return c.Name == name })
	}
	name := stem
	for n := 2; isTaken(name); n++ {
		name = stem + strconv.Itoa(n)
	}
	return name
}

// bareName is the name of a type without its package, if it has one.
func bareName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		return t.Obj().Name()
	case *types.Basic:
		return t.Name()
	}
	return ""
}

// fieldChecks are the checks of the members of a struct, in source order: its
// own by their rules, and those of embedded structs by theirs.
func (p *parser) fieldChecks(t types.Type, hidden []string, stem string, at span) []model.FieldCheck {
	var fields []model.FieldCheck
	var done []*types.Var
	members := membersOf(t)
	for _, m := range members {
		switch {
		case slices.Contains(hidden, m.name):
		case len(m.path) == 1:
			fields = append(fields, p.memberCheck(t, m, stem, at)...)
		case !slices.Contains(done, m.path[0]):
			done = append(done, m.path[0])
			fields = append(fields, p.embeddedCheck(t, m, below(members, m.path[0], hidden), stem, at)...)
		}
	}
	return fields
}

// below lists the names of the members that come from an embedded field and are
// not hidden.
func below(members []member, v *types.Var, hidden []string) []string {
	var names []string
	for _, m := range members {
		if m.path[0] == v && !slices.Contains(hidden, m.name) {
			names = append(names, m.name)
		}
	}
	return names
}

// memberCheck is the check of one member, if it has any rules.
func (p *parser) memberCheck(t types.Type, m member, stem string, at span) []model.FieldCheck {
	tag, ok := p.tagOf(m.st, m.index, at)
	value, _ := tag.lookup("validate")
	if !ok || value.text == "-" {
		return nil
	}
	r := &ruler{
		p: p, what: p.ownerName(t) + m.v.Name(), body: true, stem: stem + m.v.Name(), at: p.typeExpr(m.v, at),
		remote: value.pos == nil,
	}
	rules := r.rules(demandsOf(value), m.v.Type())
	if len(rules) == 0 {
		return nil
	}
	if !m.v.Exported() && m.v.Pkg() != p.types {
		p.report(diag.UnspellableType, r.at, "%s has rules but is not exported, so generated code cannot check it", r.what)
		return nil
	}
	spelled, _ := p.spellType(m.v.Type())
	return []model.FieldCheck{{Field: m.v.Name(), Name: m.name, Type: spelled, Rules: rules}}
}

// embeddedCheck is the check of a struct that is embedded above a member. Of its
// members only the visible ones are members of the outer struct.
func (p *parser) embeddedCheck(t types.Type, m member, visible []string, stem string, at span) []model.FieldCheck {
	v := m.path[0]
	tag, ok := p.embeddedTag(t, v, at)
	inner, pointer := embedded(v)
	if !ok || tag == "-" {
		return nil
	}
	var hidden []string
	for _, m := range membersOf(inner) {
		if !slices.Contains(visible, m.name) {
			hidden = append(hidden, m.name)
		}
	}
	if !v.Exported() && v.Pkg() != p.types {
		return p.fieldChecks(inner, hidden, stem, at)
	}
	index, ok := p.checkOf(inner, hidden, stem+v.Name(), p.typeExpr(v, at))
	if !ok {
		return nil
	}
	rules := []model.Rule{model.Nested{Check: index}}
	if pointer {
		rules = []model.Rule{model.IfSet{Holder: model.HolderPointer, Rules: rules}}
	}
	spelled, _ := p.spellType(v.Type())
	return []model.FieldCheck{{Field: v.Name(), Type: spelled, Rules: rules}}
}

// embeddedTag returns the validate tag of an embedded struct, and reports one
// with rules: the struct is no member that they could be about.
func (p *parser) embeddedTag(t types.Type, v *types.Var, at span) (string, bool) {
	st := t.Underlying().(*types.Struct)
	for i := range st.NumFields() {
		if st.Field(i) != v {
			continue
		}
		tag, ok := p.tagOf(st, i, at)
		value, ruled := tag.lookup("validate")
		if ruled && value.text != "-" && value.text != "" {
			p.report(diag.BadRule, value, "%s%s is embedded, so its members are those of the outer struct", p.ownerName(t), v.Name()).
				hint("move the rules to its fields")
			return "", false
		}
		return value.text, ok
	}
	return "", true
}

// isDemanding reports whether anything is demanded of a struct or of what is in
// it, some of its members aside.
func (p *parser) isDemanding(t types.Type, hidden []string) bool {
	return validatesItself(t) || slices.ContainsFunc(membersOf(t), func(m member) bool {
		return !slices.Contains(hidden, m.name) && isDemandingMember(m, p.demands)
	})
}

// demands reports whether a type has rules or holds a type that has.
func (p *parser) demands(t types.Type) bool {
	known, ok := p.checks.demanding.At(t).(bool)
	if !ok {
		var seen typeutil.Map
		known = demandsAny(t, &seen)
		p.checks.demanding.Set(t, known)
	}
	return known
}

// demandsAny goes through a type and what it holds.
func demandsAny(t types.Type, seen *typeutil.Map) bool {
	if seen.Set(t, true) != nil {
		return false
	}
	if holder, held := holderOf(t); holder != "" {
		return demandsAny(held, seen)
	}
	if validates(t) || decodesItself(t) {
		return validates(t)
	}
	if elem := elemOf(t); elem != nil {
		return demandsAny(elem, seen)
	}
	return isOpenStruct(t) && slices.ContainsFunc(membersOf(t), func(m member) bool {
		return isDemandingMember(m, func(t types.Type) bool { return demandsAny(t, seen) })
	})
}

// isDemandingMember reports whether a member, its type, or a struct that it is
// embedded in demands anything.
func isDemandingMember(m member, demands func(types.Type) bool) bool {
	rules := reflect.StructTag(m.st.Tag(m.index)).Get("validate")
	if rules == "-" {
		return false
	}
	embedding := slices.ContainsFunc(m.path[:len(m.path)-1], func(v *types.Var) bool {
		inner, _ := embedded(v)
		return validates(inner)
	})
	return rules != "" || embedding || demands(m.v.Type())
}

// isOpenStruct reports whether encoding/json reads a type member by member.
func isOpenStruct(t types.Type) bool {
	_, ok := t.Underlying().(*types.Struct)
	return ok && !decodesItself(t)
}

// validatesItself reports whether a struct has a method Validate() error that is
// not called anyway for an embedded struct.
func validatesItself(t types.Type) bool {
	if !validates(t) {
		return false
	}
	sel := types.NewMethodSet(types.NewPointer(t)).Lookup(nil, "Validate")
	if len(sel.Index()) == 1 {
		return true
	}
	above := t.Underlying().(*types.Struct).Field(sel.Index()[0])
	return !slices.ContainsFunc(membersOf(t), func(m member) bool { return m.path[0] == above })
}

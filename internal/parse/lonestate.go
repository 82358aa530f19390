package parse

import (
	"fmt"
	"go/format"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// loneState returns the one type that all handlers need, or reports that there
// are several.
func (p *parser) loneState() types.Type {
	wanted := mergeNeeds(p.state.needs)
	if len(wanted) > 1 {
		p.severalStates(wanted)
		return nil
	}
	t := wanted[0]
	for _, need := range p.state.needs {
		switch {
		case types.Identical(need.typ, t):
		case isPointer(t):
			need.from.Op = "*"
		default:
			p.report(diag.BadReceiver, p.ownPlace(need.at), "the state is a %[1]s, and a method of *%[1]s would be called on a copy of it", p.typeString(t)).
				related(p.firstNeed(t).at, "%s is needed here", p.typeString(t)).
				hint("write runtime.State[*%s]", p.typeString(t))
			return nil
		}
	}
	return t
}

// mergeNeeds returns the types that are needed, in the order of their first
// place. For a method T and *T are one, and *T is it unless T itself is needed.
func mergeNeeds(needs []stateNeed) []types.Type {
	var merged []types.Type
	add := func(need stateNeed) {
		for i, t := range merged {
			switch {
			case types.Identical(t, need.typ):
				return
			case need.method && types.Identical(baseOf(t), baseOf(need.typ)):
				if onlyMethods(needs, t) && isPointer(need.typ) {
					merged[i] = need.typ
				}
				return
			}
		}
		merged = append(merged, need.typ)
	}
	for _, need := range needs {
		if !need.method {
			add(need)
		}
	}
	for _, need := range needs {
		if need.method {
			add(need)
		}
	}
	slices.SortStableFunc(merged, func(a, b types.Type) int {
		return firstPlace(needs, a) - firstPlace(needs, b)
	})
	return merged
}

func onlyMethods(needs []stateNeed, t types.Type) bool {
	return !slices.ContainsFunc(needs, func(n stateNeed) bool { return !n.method && types.Identical(n.typ, t) })
}

func firstPlace(needs []stateNeed, t types.Type) int {
	return slices.IndexFunc(needs, func(n stateNeed) bool { return types.Identical(n.typ, t) })
}

func (p *parser) firstNeed(t types.Type) stateNeed {
	return p.state.needs[firstPlace(p.state.needs, t)]
}

// severalStates reports once that the handlers need different types and no
// struct holds them, at the first place that differs from those before.
func (p *parser) severalStates(wanted []types.Type) {
	var names []string
	for _, t := range wanted {
		names = append(names, p.typeString(t))
	}
	at := p.ownPlace(p.firstNeed(wanted[1]).at)
	n := p.report(diag.StateUndeclared, at, "the handlers need %s, and no struct with //handlergen:state holds them", andList(names))
	for _, need := range p.distinctNeeds() {
		if need.at.Pos() != at.Pos() {
			n.related(need.at, "%s is needed here", p.typeString(need.typ))
		}
	}
	if holder := p.structHolding(wanted); holder != "" {
		n.hint("write //handlergen:state above type %s, which holds them", holder)
		return
	}
	n.hint("declare what holds them, and pass a pointer to it to Routes:\n\n%s", p.stateStruct(wanted))
}

// ownPlace returns a place, or a handler in its stead if the place is in a file
// whose problems are reported with another generated file.
func (p *parser) ownPlace(at span) span {
	if p.isOther(at.Pos()) && len(p.handlers) > 0 {
		return p.handlers[0].decl.Name
	}
	return at
}

// distinctNeeds returns the needs without those of the same place, such as a
// parameter of a function with several routes.
func (p *parser) distinctNeeds() []stateNeed {
	var distinct []stateNeed
	for _, need := range p.state.needs {
		if !slices.ContainsFunc(distinct, func(n stateNeed) bool { return n.at.Pos() == need.at.Pos() }) {
			distinct = append(distinct, need)
		}
	}
	return distinct
}

// structHolding returns the name of the one among several types that already has a
// field for each of the others.
func (p *parser) structHolding(wanted []types.Type) string {
	for _, t := range wanted {
		named, ok := types.Unalias(baseOf(t)).(*types.Named)
		if !ok || named.Obj().Pkg() != p.types {
			continue
		}
		if _, ok := named.Underlying().(*types.Struct); !ok {
			continue
		}
		holds := func(other types.Type) bool {
			return other == t || len(stateFields(named, other, "")) == 1
		}
		if !slices.ContainsFunc(wanted, func(other types.Type) bool { return !holds(other) }) {
			return named.Obj().Name()
		}
	}
	return ""
}

// stateStruct writes the declaration of a state struct with fields of the given
// types.
func (p *parser) stateStruct(fields []types.Type) string {
	var b strings.Builder
	fmt.Fprintf(&b, "//handlergen:state\ntype %s struct {\n", p.freeName("App", "State", "Application"))
	used := map[string]int{}
	for _, t := range fields {
		name := stateFieldName(t)
		if used[name]++; used[name] > 1 {
			name = fmt.Sprintf("%s%d", name, used[name])
		}
		fmt.Fprintf(&b, "\t%s %s\n", name, p.typeString(t))
	}
	b.WriteString("}")
	if pretty, err := format.Source([]byte(b.String())); err == nil {
		return string(pretty)
	}
	return b.String()
}

// freeName returns the first name that the package has not declared.
func (p *parser) freeName(names ...string) string {
	for _, name := range names {
		if p.types.Scope().Lookup(name) == nil {
			return name
		}
	}
	return names[0] + "State"
}

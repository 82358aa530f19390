package parse

import (
	"fmt"
	"go/ast"
	"go/format"
	"go/types"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A state is what the handlers of a package share. Without a struct that
// declares it, it is the one type that they all need, which is known only when
// all of them have been read.
type state struct {
	spec  *ast.TypeSpec // of the struct with a state directive; nil without one
	named *types.Named
	needs []stateNeed
}

// A stateNeed is a place that needs a value from the state.
type stateNeed struct {
	typ    types.Type
	at     span
	method bool             // a method is called on it, so *T may stand for T
	from   *model.FromState // filled in once the state is known
}

// readState finds the struct that declares the state.
func (p *parser) readState() {
	for _, d := range p.directives {
		if d.verb != "state" {
			continue
		}
		spec := d.on.(*ast.TypeSpec)
		named, ok := p.info.Defs[spec.Name].Type().(*types.Named)
		switch {
		case !ok:
			p.report(diag.MisplacedDirective, spec.Name, "%s is an alias and cannot declare the state", spec.Name.Name).
				hint("put //handlergen:state on the type that it stands for")
		case p.state.spec != nil:
			p.report(diag.StateTwice, spec.Name, "%s declares the state, which %s already does", spec.Name.Name, p.state.spec.Name.Name).
				related(p.state.spec.Name, "%s declares it here", p.state.spec.Name.Name).
				hint("make %s a field of %s", spec.Name.Name, p.state.spec.Name.Name)
		case named.TypeParams().Len() > 0:
			p.report(diag.GenericHandler, spec.Name, "the state %s has type parameters, so Routes could not name it", spec.Name.Name).
				hint("declare a struct without type parameters that holds what %s needs", spec.Name.Name)
		default:
			p.state.spec, p.state.named = spec, named
		}
	}
}

// stateFor says where below the state a State[T] finds its T.
func (p *parser) stateFor(t types.Type, at span) (model.FromState, bool) {
	from, ok := p.needState(stateNeed{typ: t, at: at, from: new(model.FromState)})
	if !ok {
		return model.FromState{}, false
	}
	return *from, true
}

// receiverFor says where below the state the receiver of a method stands. The
// value is complete only after settleState.
func (p *parser) receiverFor(t types.Type, at span) (*model.FromState, bool) {
	return p.needState(stateNeed{typ: t, at: at, method: true, from: new(model.FromState)})
}

func (p *parser) needState(need stateNeed) (*model.FromState, bool) {
	p.state.needs = append(p.state.needs, need)
	if p.state.spec == nil {
		return need.from, true
	}
	from, ok := p.findInState(need)
	*need.from = from
	return need.from, ok
}

// findInState finds a needed type in the struct that declares the state: the
// struct itself or its one field of the type.
func (p *parser) findInState(need stateNeed) (model.FromState, bool) {
	named := p.state.named
	switch {
	case types.Identical(need.typ, types.NewPointer(named)):
		return model.FromState{}, true
	case types.Identical(need.typ, named):
		return model.FromState{Op: "*"}, true
	}
	for _, op := range need.operators() {
		switch fields := stateFields(named, need.typ, op); len(fields) {
		case 0:
			continue
		case 1:
			return model.FromState{Field: fields[0].Name(), Op: op}, true
		default:
			p.ambiguousState(need, fields)
			return model.FromState{}, false
		}
	}
	p.missingState(need)
	return model.FromState{}, false
}

// operators lists how the needed type may be made from that of a field, the
// field as it is first.
func (n stateNeed) operators() []string {
	if !n.method {
		return []string{""}
	}
	return []string{"", "&", "*"}
}

// stateFields returns the fields of a struct that have a type after an operator.
func stateFields(named *types.Named, want types.Type, op string) []*types.Var {
	var found []*types.Var
	for field := range named.Underlying().(*types.Struct).Fields() {
		if t := applyOperator(op, field.Type()); t != nil && types.Identical(t, want) && field.Name() != "_" {
			found = append(found, field)
		}
	}
	return found
}

func applyOperator(op string, t types.Type) types.Type {
	switch op {
	case "&":
		return types.NewPointer(t)
	case "*":
		if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
			return ptr.Elem()
		}
		return nil
	}
	return t
}

// code is that of a need which the state does not meet.
func (n stateNeed) code() diag.Code {
	if n.method {
		return diag.BadReceiver
	}
	return diag.StateMissing
}

func (p *parser) ambiguousState(need stateNeed, fields []*types.Var) {
	app := p.state.spec.Name.Name
	var names []string
	for _, f := range fields {
		names = append(names, f.Name())
	}
	n := p.report(need.code(), need.at, "%s has several fields of type %s: %s", app, p.typeString(fields[0].Type()), andList(names))
	for _, f := range fields {
		n.related(nameSpan(f), "%s is one", f.Name())
	}
	n.hint("give all but one of them a type of their own")
}

func (p *parser) missingState(need stateNeed) {
	app := p.state.spec.Name
	written := p.typeString(need.typ)
	p.report(need.code(), need.at, "the state %s has no field of type %s", app.Name, written).
		related(app, "%s declares the state", app.Name).
		hint("add a field to %s: %s %s", app.Name, stateFieldName(need.typ), written)
}

// settleState decides what Routes takes, once all needs are known.
func (p *parser) settleState() {
	needs := p.state.needs
	if len(needs) == 0 {
		return
	}
	var t types.Type
	if p.state.spec != nil {
		t = types.NewPointer(p.state.named)
	} else {
		t = p.loneState()
	}
	if t == nil {
		return
	}
	if spelled, ok := p.typeOf(t, needs[0].at); ok {
		p.out.State = &model.State{Type: spelled}
	}
}

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

func isPointer(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.Pointer)
	return ok
}

// baseOf returns T for *T, and any other type as it is.
func baseOf(t types.Type) types.Type {
	if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
		return ptr.Elem()
	}
	return t
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
	if holder := p.holderOf(wanted); holder != "" {
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

// holderOf returns the name of the one among several types that already has a
// field for each of the others.
func (p *parser) holderOf(wanted []types.Type) string {
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

// stateFieldName makes the name of a field from its type: Store for *store.
func stateFieldName(t types.Type) string {
	switch t := types.Unalias(baseOf(t)).(type) {
	case *types.Named:
		first, size := utf8.DecodeRuneInString(t.Obj().Name())
		return string(unicode.ToUpper(first)) + t.Obj().Name()[size:]
	case *types.Signature:
		return "Func"
	}
	return "Value"
}

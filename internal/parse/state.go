package parse

import (
	"go/ast"
	"go/types"

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

// stateFieldName makes the name of a field from its type: Store for *store.
func stateFieldName(t types.Type) string {
	switch t := types.Unalias(baseOf(t)).(type) {
	case *types.Named:
		return upperFirst(t.Obj().Name())
	case *types.Signature:
		return "Func"
	}
	return "Value"
}

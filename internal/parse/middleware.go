package parse

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A use is one use directive: middleware for the routes inside.
type use struct {
	directive
	chain  []link
	labels []string
}

// A link is one name of a use directive.
type link struct {
	model.Middleware
	fn *middlewareFunc // nil for a func(http.Handler) http.Handler
}

// readUses gives every route the middleware around it, outermost first: that
// of the package, of the receiver's type, of the function.
func (p *parser) readUses() {
	around := map[ast.Node][]use{}
	var pkg []use
	for _, d := range p.directives {
		if d.verb != "use" {
			continue
		}
		u := p.readUse(d)
		if _, ok := d.on.(*ast.File); ok {
			pkg = append(pkg, u)
		} else {
			around[d.on] = append(around[d.on], u)
		}
		p.checkLabels(u)
	}
	for _, h := range p.handlers {
		chain := slices.Concat(pkg, around[p.specOf(h.receiver())], around[h.decl])
		for _, r := range h.routes {
			for _, u := range chain {
				if u.wraps(r) {
					u.wrap(h, r)
				}
			}
		}
	}
}

// wrap puts the middleware of a use around a route, inside of what is there.
func (u use) wrap(h *handler, r *route) {
	for _, l := range u.chain {
		if l.fn != nil {
			l.fn.around = append(l.fn.around, wrapping{h, r, len(r.Route.Use)})
		}
		r.Route.Use = append(r.Route.Use, l.Middleware)
	}
}

// wraps reports whether a use is for a route: without labels it is for all.
func (u use) wraps(r *route) bool {
	return len(u.labels) == 0 || slices.ContainsFunc(u.labels, func(label string) bool {
		return slices.Contains(r.labels, label)
	})
}

// specOf returns the declaration of a type of this package, or nil.
func (p *parser) specOf(obj *types.TypeName) ast.Node {
	if obj == nil {
		return nil
	}
	for _, d := range p.directives {
		if spec, ok := d.on.(*ast.TypeSpec); ok && p.info.Defs[spec.Name] == obj {
			return spec
		}
	}
	return nil
}

// inside returns the handlers that a directive is around.
func (p *parser) inside(d directive) []*handler {
	return slices.DeleteFunc(slices.Clone(p.handlers), func(h *handler) bool {
		switch on := d.on.(type) {
		case *ast.FuncDecl:
			return h.decl != on
		case *ast.TypeSpec:
			return h.receiver() == nil || h.receiver() != p.info.Defs[on.Name]
		}
		return false
	})
}

// readUse finds the middleware that a directive names. What wraps no route
// needs no state.
func (p *parser) readUse(d directive) use {
	u := use{directive: d}
	if a, ok := d.value("label"); ok {
		u.labels = p.readWords(a)
	}
	inside, needs := p.inside(d), len(p.state.needs)
	for _, name := range d.words() {
		l, ok := p.findMiddleware(name, receiversOf(d, inside))
		if l.fn != nil {
			l.fn.named = true
		}
		if ok {
			u.chain = append(u.chain, l)
		}
	}
	if !slices.ContainsFunc(inside, func(h *handler) bool { return slices.ContainsFunc(h.routes, u.wraps) }) {
		p.state.needs = p.state.needs[:needs]
	}
	return u
}

// receiversOf returns the receiver that the handlers inside a directive have in
// common: none on the package clause.
func receiversOf(d directive, inside []*handler) []types.Type {
	if isFile(d.on) || len(inside) == 0 {
		return nil
	}
	if recv := inside[0].signature.fn.Signature().Recv(); recv != nil {
		return []types.Type{recv.Type()}
	}
	return nil
}

func isFile(node ast.Node) bool {
	_, ok := node.(*ast.File)
	return ok
}

// checkLabels reports the labels of a use that no route inside carries. A route
// that was refused might.
func (p *parser) checkLabels(u use) {
	a, ok := u.value("label")
	if !ok {
		return
	}
	var carried []string
	for _, h := range p.inside(u.directive) {
		if h.unsure {
			return
		}
		for _, r := range h.routes {
			carried = append(carried, r.labels...)
		}
	}
	for _, label := range u.labels {
		if slices.Contains(carried, label) {
			continue
		}
		start := strings.Index(","+a.value+",", ","+label+",")
		n := p.report(diag.UnusedLabel, a.part(start, start+len(label)), "no route here carries the label %s", label)
		if near, ok := diag.Nearest(label, carried); ok {
			n.hint("did you mean %s?", near)
		} else {
			n.hint("write label=%s at the routes that are meant", label)
		}
	}
}

// findMiddleware finds what a use directive names: a function or variable of
// the package, or a method of the state.
func (p *parser) findMiddleware(name arg, receivers []types.Type) (link, bool) {
	found := link{Middleware: model.Middleware{
		Func: model.Func{Name: name.value}, Pos: p.fset.Position(name.pos), Adapter: model.NoAdapter,
	}}
	switch obj := p.types.Scope().Lookup(name.value).(type) {
	case *types.Func:
		if found.fn = p.middlewareFuncOf(obj); found.fn != nil {
			return found, found.fn.sound
		}
		found.Said = p.saidOfObject(obj)
		return found, p.checkMiddleware(name, obj)
	case *types.Var:
		found.Said = p.saidOfObject(obj)
		return found, p.checkMiddleware(name, obj)
	case nil:
	default:
		p.report(diag.BadMiddleware, name, "%s is no function", name.value).
			related(nameSpan(obj), "it is declared here").hint(middlewareHint)
		return found, false
	}
	methods := p.middlewareMethods(name.value, receivers)
	switch len(methods) {
	case 0:
		p.unknownMiddleware(name)
		return found, false
	case 1:
		if found.fn = p.middlewareFuncOf(methods[0].method); found.fn != nil {
			return found, found.fn.sound // which says by itself what it is called on
		}
		from, ok := p.receiverFor(methods[0].on, name)
		found.Func.Receiver = from
		found.Func.Recv, _ = p.spellType(methods[0].on)
		found.Said = p.saidOfObject(methods[0].method)
		return found, ok && p.checkMiddleware(name, methods[0].method)
	}
	n := p.report(diag.BadMiddleware, name, "several values of the state have a method %s", name.value)
	for _, m := range methods {
		n.related(nameSpan(m.method), "that of %s", p.typeString(m.on))
	}
	n.hint("give one of them another name")
	return found, false
}

const middlewareHint = "name a func(http.Handler) http.Handler: a function or variable of the package, or a method of the state"

// A stateMethod is a method of a value of the state.
type stateMethod struct {
	on     types.Type
	method *types.Func
}

// middlewareMethods finds the methods of a name: on the receiver of the
// handlers around, else on the state, else on what the state holds, else on
// what has a middleware function of that name and will be state.
func (p *parser) middlewareMethods(name string, receivers []types.Type) []stateMethod {
	for _, level := range [][]types.Type{receivers, p.stateItself(), p.stateParts(), p.middlewareReceivers(name)} {
		var found []stateMethod
		for _, t := range level {
			method := p.methodOf(t, name)
			if method == nil || slices.ContainsFunc(found, func(m stateMethod) bool { return m.method == method }) {
				continue
			}
			if isPointer(method.Signature().Recv().Type()) && !isPointer(t) {
				t = types.NewPointer(t)
			}
			found = append(found, stateMethod{t, method})
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// stateItself returns the struct that declares the state.
func (p *parser) stateItself() []types.Type {
	if p.state.spec == nil {
		return nil
	}
	return []types.Type{types.NewPointer(p.state.named)}
}

// stateParts returns the types of the state's fields, or without a declared
// state the types that handlers need.
func (p *parser) stateParts() []types.Type {
	var parts []types.Type
	if p.state.spec != nil {
		for field := range p.state.named.Underlying().(*types.Struct).Fields() {
			parts = append(parts, field.Type())
		}
		return parts
	}
	for _, need := range p.state.needs {
		parts = append(parts, need.typ)
	}
	return parts
}

// middlewareReceivers returns the types that have a middleware function of a
// name.
func (p *parser) middlewareReceivers(name string) []types.Type {
	var list []types.Type
	for _, m := range p.middleware {
		if recv := m.fn.Signature().Recv(); recv != nil && m.name() == name {
			list = append(list, recv.Type())
		}
	}
	return list
}

// checkMiddleware reports what is no func(http.Handler) http.Handler.
func (p *parser) checkMiddleware(name arg, obj types.Object) bool {
	if isMiddleware(obj.Type()) {
		return true
	}
	n := p.report(diag.BadMiddleware, name, "%s is no middleware, but of type %s", name.value, p.typeString(obj.Type()))
	if obj.Pkg() == p.types {
		n.related(nameSpan(obj), "%s is declared here", name.value)
	}
	sig, ok := obj.Type().Underlying().(*types.Signature)
	switch {
	case ok && sig.Results().Len() == 1 && isMiddleware(sig.Results().At(0).Type()):
		n.hint("it makes middleware: declare var x = %s(…) and write x", name.value)
	case ok && takesNext(sig):
		n.hint("write //handlergen:middleware above it")
	default:
		n.hint("middleware is a func(http.Handler) http.Handler, or a function with //handlergen:middleware")
	}
	return false
}

// takesNext reports whether a function has a parameter of the type runtime.Next.
func takesNext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if isNextType(v.Type()) {
			return true
		}
	}
	return false
}

// isMiddleware reports whether a type is func(http.Handler) http.Handler, or
// declared as that.
func isMiddleware(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	return ok && sig.TypeParams().Len() == 0 && !sig.Variadic() &&
		listTypes(sig.Params()) == "net/http.Handler" && listTypes(sig.Results()) == "net/http.Handler"
}

// unknownMiddleware reports a name that nothing has.
func (p *parser) unknownMiddleware(name arg) {
	if maker, _, ok := strings.Cut(name.value, "("); ok {
		p.report(diag.BadMiddleware, name, "%s is a call, and a use directive names what is declared", name.value).
			hint("declare var x = %s(…) and write x", maker)
		return
	}
	if strings.Contains(name.value, ",") {
		p.report(diag.BadMiddleware, name, "%s is no name", name.value).
			hint("names are separated by spaces: %s", strings.Join(strings.FieldsFunc(name.value, func(r rune) bool { return r == ',' }), " "))
		return
	}
	if pkg, member, ok := strings.Cut(name.value, "."); ok {
		if of, ok := p.types.Scope().Lookup(pkg).(*types.TypeName); ok && p.methodOf(of.Type(), member) != nil {
			p.report(diag.BadMiddleware, name, "%s is a method, and a use directive names it alone", name.value).hint("write %s", member)
			return
		}
		p.report(diag.BadMiddleware, name, "%s is no name of this package", name.value).
			hint("declare var %[1]s = %[2]s.%[3]s and write %[1]s", p.variableName(member), pkg, member)
		return
	}
	if of := p.strangerWith(name.value); of != nil {
		n := p.report(diag.BadMiddleware, name, "%s is a method of %s, which is not the state", name.value, of.Name())
		if p.state.spec == nil {
			n.hint("write //handlergen:state above %s", of.Name())
		} else {
			n.hint("add a field to %[1]s: %[2]s *%[2]s", p.state.named.Obj().Name(), of.Name())
		}
		return
	}
	n := p.report(diag.BadMiddleware, name, "there is no middleware %s", name.value)
	if near, ok := diag.Nearest(name.value, p.middlewareNames()); ok {
		n.hint("did you mean %s?", near)
	} else {
		n.hint(middlewareHint)
	}
}

// strangerWith returns a struct type of the package that is not the state and has
// middleware of a name as a method.
func (p *parser) strangerWith(name string) *types.TypeName {
	scope := p.types.Scope()
	for _, candidate := range scope.Names() {
		of, ok := scope.Lookup(candidate).(*types.TypeName)
		if !ok || of.IsAlias() {
			continue
		}
		_, isStruct := of.Type().Underlying().(*types.Struct)
		if method := p.methodOf(of.Type(), name); isStruct && method != nil && isMiddleware(method.Type()) {
			return of
		}
	}
	return nil
}

// variableName makes a name for a variable that holds what another package
// exports.
func (p *parser) variableName(member string) string {
	name := lowerFirst(member)
	if types.Universe.Lookup(name) != nil || p.types.Scope().Lookup(name) != nil || token.IsKeyword(name) {
		return "with" + member
	}
	return name
}

// middlewareNames returns the names that a use directive can have.
func (p *parser) middlewareNames() []string {
	var names []string
	scope := p.types.Scope()
	for _, name := range scope.Names() {
		switch obj := scope.Lookup(name).(type) {
		case *types.Func, *types.Var:
			if isMiddleware(obj.Type()) {
				names = append(names, name)
			}
		}
	}
	for _, m := range p.middleware {
		names = append(names, m.name())
	}
	for _, t := range append(p.stateItself(), p.stateParts()...) {
		for method := range types.NewMethodSet(types.NewPointer(baseOf(t))).Methods() {
			if isMiddleware(method.Type()) {
				names = append(names, method.Obj().Name())
			}
		}
	}
	return names
}

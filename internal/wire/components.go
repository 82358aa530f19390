// Package wire says what is common to all that tells others of an API, which
// are documents and clients: what types are called, which values have to be
// there, and what operations there are.
//
// It sees the model and nothing else.
package wire

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// Components are those of several packages, by the names that others know them
// by. Those that look the same in both directions have one name; otherwise what
// is received has the name with Input at its end. Types of one name in several
// packages have that of their package before it.
type Components struct {
	Names  []string // sorted
	named  map[string]Component
	nameOf map[componentKey]string
}

// A Component is one with the package that describes it best.
type Component struct {
	model.Component
	Package *model.Package
}

// A componentKey is a component in one direction.
type componentKey struct {
	id  string
	use model.Use
}

// NameComponents names the components of all packages. None has one of the names
// that are taken.
func NameComponents(pkgs []*model.Package, taken ...string) *Components {
	byKey := map[componentKey]Component{}
	var keys []componentKey
	for _, pkg := range pkgs {
		for _, c := range pkg.Components {
			key := componentKey{c.ID, direction(c.Use)}
			known, twice := byKey[key]
			if !twice {
				keys = append(keys, key)
			}
			if !twice || known.Doc == "" && c.Doc != "" { // its own package knows what it is for
				byKey[key] = Component{c, pkg}
			}
		}
	}
	slices.SortFunc(keys, func(a, b componentKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(b.use, a.use)) // sent before received
	})
	names := &Components{nameOf: map[componentKey]string{}, named: map[string]Component{}}
	same := sameInBoth(byKey)
	short := shortNames(keys, byKey, taken)
	for _, key := range keys {
		name := short[key.id]
		_, sent := byKey[componentKey{key.id, model.Sent}]
		if key.use == model.Received && sent && !same[key.id] {
			name += "Input"
		}
		names.add(key, name, byKey[key], taken)
	}
	slices.Sort(names.Names)
	return names
}

// direction is the use that a component is known by: a text is received.
func direction(use model.Use) model.Use {
	if use == model.Texted {
		return model.Received
	}
	return use
}

// add gives a component a name: that which it has in the other direction too if
// they are the same, and else one that is free.
func (c *Components) add(key componentKey, want string, of Component, taken []string) {
	name := want
	for i := 2; ; i++ {
		other, known := c.named[name]
		if known && other.ID == of.ID {
			break
		}
		if !known && !slices.Contains(taken, name) {
			c.named[name] = of
			c.Names = append(c.Names, name)
			break
		}
		name = want + strconv.Itoa(i)
	}
	c.nameOf[key] = name
}

// Name returns the name of a component in one use, or "".
func (c *Components) Name(id string, use model.Use) string {
	return c.nameOf[componentKey{id, direction(use)}]
}

// Named returns the component of a name.
func (c *Components) Named(name string) Component { return c.named[name] }

// Resolve returns what a schema is in the end: of a component that is no object
// its schema, and of what may be null the rest.
func (c *Components) Resolve(s model.Schema, use model.Use) model.Schema {
	switch s := s.(type) {
	case model.NullOr:
		return c.Resolve(s.Of, use)
	case model.OneConstant:
		return s.Of
	case model.ComponentRef:
		return c.Resolve(c.named[c.Name(s.ID, use)].Schema, use)
	}
	return s
}

// shortNames chooses a name for each id. Where several would have one, the
// arguments of generic types are told by their packages, and then all types.
func shortNames(keys []componentKey, byKey map[componentKey]Component, taken []string) map[string]string {
	short := map[string]string{}
	for _, key := range keys {
		short[key.id] = byKey[key].Name
	}
	for _, longer := range []func(c Component) string{instanceName, func(c Component) string { return Upper(c.PkgName) + c.Name }} {
		count := map[string]int{}
		for _, name := range taken {
			count[name]++
		}
		for _, name := range short {
			count[name]++
		}
		for _, key := range keys {
			if name := longer(byKey[key]); name != "" && count[short[key.id]] > 1 {
				short[key.id] = name
			}
		}
	}
	return short
}

// instanceName is the name of an instance with the packages of its arguments:
// PageOfShopUser. It is empty for types that are not generic.
func instanceName(c Component) string {
	named, _ := c.Type.(model.Named)
	if len(named.Args) == 0 {
		return ""
	}
	var args []string
	for _, arg := range named.Args {
		args = append(args, argumentName(arg))
	}
	return Upper(named.Name) + "Of" + strings.Join(args, "And")
}

func argumentName(t model.Type) string {
	switch t := t.(type) {
	case model.Named:
		if name := instanceName(Component{Component: model.Component{Type: t}}); name != "" {
			return Upper(t.PkgName) + name
		}
		return Upper(t.PkgName) + Upper(t.Name)
	case model.Pointer:
		return "PointerTo" + argumentName(t.Elem)
	case model.Slice:
		return "ListOf" + argumentName(t.Elem)
	case model.Array:
		return "ArrayOf" + strconv.FormatInt(t.Len, 10) + argumentName(t.Elem)
	case model.Map:
		return "MapOf" + argumentName(t.Elem)
	}
	return "Value"
}

// sameInBoth finds the ids whose components look the same when they are sent and
// when they are received, together with all that they refer to.
func sameInBoth(byKey map[componentKey]Component) map[string]bool {
	same := map[string]bool{}
	for key, sent := range byKey {
		received, both := byKey[componentKey{key.id, model.Received}]
		if key.use == model.Sent && both && equalSchemas(sent, received) {
			same[key.id] = true
		}
	}
	for again := true; again; {
		again = false
		for id := range same {
			for _, ref := range refsOf(byKey[componentKey{id, model.Sent}].Schema) {
				_, isReceived := byKey[componentKey{ref, model.Received}]
				if isReceived && !same[ref] {
					delete(same, id)
					again = true
					break
				}
			}
		}
	}
	return same
}

// equalSchemas compares the two forms of a component. Rules and defaults are
// only for what is received.
func equalSchemas(sent, received Component) bool {
	check := received.Check()
	object, ok := sent.Schema.(model.ObjectValue)
	if !ok {
		return reflect.DeepEqual(sent.Schema, received.Schema)
	}
	if check != nil {
		return false
	}
	other := received.Schema.(model.ObjectValue)
	if len(object.Members) != len(other.Members) {
		return false
	}
	for i, m := range object.Members {
		// What is always sent need not be required of what is received.
		if m.Always || other.Members[i].Default != "" || !reflect.DeepEqual(m.Schema, other.Members[i].Schema) {
			return false
		}
	}
	return true
}

// Check returns the rules of a component, or nil.
func (c Component) Check() *model.Check {
	if c.Use == model.Sent || c.Type == nil {
		return nil
	}
	for i := range c.Package.Checks {
		if reflect.DeepEqual(c.Package.Checks[i].Type, c.Type) {
			return &c.Package.Checks[i]
		}
	}
	return nil
}

// refsOf lists the ids that a schema refers to.
func refsOf(s model.Schema) []string {
	switch s := s.(type) {
	case model.ComponentRef:
		return []string{s.ID}
	case model.NullOr:
		return refsOf(s.Of)
	case model.ListValue:
		return refsOf(s.Elem)
	case model.DictValue:
		return refsOf(s.Elem)
	case model.ObjectValue:
		var refs []string
		for _, m := range s.Members {
			refs = append(refs, refsOf(m.Schema)...)
		}
		return refs
	}
	return nil
}

// Lookup finds what a type looks like.
func Lookup(pkg *model.Package, t model.Type, use model.Use) model.Schema {
	for _, s := range pkg.Schemas {
		if s.Use == use && reflect.DeepEqual(s.Type, t) {
			return s.Schema
		}
	}
	return model.AnyValue{}
}

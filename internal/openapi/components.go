package openapi

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
)

// A componentKey is a component in one use.
type componentKey struct {
	id  string
	use model.Use
}

// componentNames are the components of all packages, and the names that they
// have in the document.
type componentNames struct {
	of    map[componentKey]string
	first map[string]namedComponent // by name in the document
	order []string                  // of the names, sorted
}

// A namedComponent is a component with the package that describes it best.
type namedComponent struct {
	model.Component
	pkg *model.Package
}

// nameComponents names the components of all packages. Those that look the same
// in both directions have one name; otherwise what is received has the name with
// Input at its end. Types of one name in several packages have that of their
// package before it.
func nameComponents(pkgs []*model.Package) componentNames {
	byKey := map[componentKey]namedComponent{}
	var keys []componentKey
	for _, pkg := range pkgs {
		for _, c := range pkg.Components {
			key := componentKey{c.ID, direction(c.Use)}
			known, twice := byKey[key]
			if !twice {
				keys = append(keys, key)
			}
			if !twice || known.Doc == "" && c.Doc != "" { // its own package knows what it is for
				byKey[key] = namedComponent{c, pkg}
			}
		}
	}
	slices.SortFunc(keys, func(a, b componentKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(b.use, a.use)) // sent before received
	})
	names := componentNames{of: map[componentKey]string{}, first: map[string]namedComponent{}}
	same := sameInBoth(byKey)
	short := shortNames(keys, byKey)
	for _, key := range keys {
		name := short[key.id]
		_, sent := byKey[componentKey{key.id, model.Sent}]
		if key.use == model.Received && sent && !same[key.id] {
			name += "Input"
		}
		names.add(key, name, byKey[key])
	}
	slices.Sort(names.order)
	return names
}

// direction is the use that a component is known by: a text is received.
func direction(use model.Use) model.Use {
	if use == model.Texted {
		return model.Received
	}
	return use
}

func (n *componentNames) add(key componentKey, name string, c namedComponent) {
	for i := 2; ; i++ {
		other, taken := n.first[name]
		if !taken {
			n.first[name] = c
			n.order = append(n.order, name)
			break
		}
		if other.ID == c.ID {
			break
		}
		name = strings.TrimRight(name, "0123456789") + strconv.Itoa(i)
	}
	n.of[key] = name
}

// shortNames chooses a name for each id.
func shortNames(keys []componentKey, byKey map[componentKey]namedComponent) map[string]string {
	owners := map[string]map[string]bool{"Problem": {"": true}} // name → ids
	for _, key := range keys {
		name := byKey[key].Name
		if owners[name] == nil {
			owners[name] = map[string]bool{}
		}
		owners[name][key.id] = true
	}
	short := map[string]string{}
	for _, key := range keys {
		c := byKey[key]
		short[key.id] = c.Name
		if len(owners[c.Name]) > 1 {
			short[key.id] = title(c.PkgName) + c.Name
		}
	}
	return short
}

// title is a name with its first letter in upper case.
func title(name string) string {
	for i, r := range name {
		return string(unicode.ToUpper(r)) + name[i+len(string(r)):]
	}
	return ""
}

// sameInBoth finds the ids whose components look the same when they are sent and
// when they are received, together with all that they refer to.
func sameInBoth(byKey map[componentKey]namedComponent) map[string]bool {
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
func equalSchemas(sent, received namedComponent) bool {
	check := received.check()
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

// check returns the rules of a component, or nil.
func (c namedComponent) check() *model.Check {
	if c.Use == model.Sent || c.Type == nil {
		return nil
	}
	for i := range c.pkg.Checks {
		if reflect.DeepEqual(c.pkg.Checks[i].Type, c.Type) {
			return &c.pkg.Checks[i]
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

// refTo refers to a component.
func (b *builder) refTo(id string, use model.Use) *openapi3.SchemaRef {
	name, ok := b.names.of[componentKey{id, direction(use)}]
	if !ok {
		panic(fmt.Sprintf("openapi: no component %s is %s", id, use))
	}
	b.components[name] = true
	return ref(name)
}

func ref(name string) *openapi3.SchemaRef {
	return openapi3.NewSchemaRef("#/components/schemas/"+name, nil)
}

// addComponents writes the components that are referred to. Each may refer to
// more.
func (b *builder) addComponents() {
	for again := true; again; {
		again = false
		for _, name := range b.names.order {
			if b.components[name] && b.doc.Components.Schemas[name] == nil {
				b.doc.Components.Schemas[name] = b.component(b.names.first[name])
				again = true
			}
		}
	}
}

func (b *builder) component(c namedComponent) *openapi3.SchemaRef {
	schema := b.schema(c.Schema, c.Use)
	if _, ok := c.Schema.(model.ObjectValue); ok && c.Use != model.Sent {
		p := &pack{builder: b, pkg: c.pkg}
		p.demand(schema, c.check())
	}
	describe(schema.Value, c.Doc)
	schema.Value.Deprecated = c.Deprecated
	return schema
}

// describe adds a text, after one that is there.
func describe(s *openapi3.Schema, text string) {
	switch {
	case text == "":
	case s.Description == "":
		s.Description = text
	default:
		s.Description = text + "\n\n" + s.Description
	}
}

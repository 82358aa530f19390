package parse

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/handlergen/handlergen/internal/model"
)

// A describer says what types look like on the wire.
type describer struct {
	p    *parser
	done map[model.Use]*typeutil.Map // the types that have been described
	ids  map[model.Use]map[string]bool
}

// describe enters what a type looks like in one direction.
func (p *parser) describe(t types.Type, use model.Use, spelled model.Type) {
	d := p.describer
	if d.done[use] == nil {
		d.done[use], d.ids[use] = new(typeutil.Map), map[string]bool{}
	}
	known, _ := d.done[use].At(t).([]model.TypeSchema) // one for each spelling: an alias is another
	if slices.ContainsFunc(known, func(s model.TypeSchema) bool { return reflect.DeepEqual(s.Type, spelled) }) {
		return
	}
	described := model.TypeSchema{Type: spelled, Use: use}
	if len(known) > 0 {
		described.Schema = known[0].Schema
	} else {
		described.Schema = d.schema(t, use)
	}
	d.done[use].Set(t, append(known, described))
	p.out.Schemas = append(p.out.Schemas, described)
}

func newDescriber(p *parser) *describer {
	return &describer{p: p, done: map[model.Use]*typeutil.Map{}, ids: map[model.Use]map[string]bool{}}
}

// describeJSON is describe for a type that is known to be JSON.
func (p *parser) describeJSON(t types.Type, use model.Use) {
	if spelled, refusal := p.spellType(t); refusal == nil {
		p.describe(t, use, spelled)
	}
}

// schema says what a type looks like, what wins first.
func (d *describer) schema(t types.Type, use model.Use) model.Schema {
	if declared, ok := d.p.declaredSchema(t); ok {
		return declared
	}
	if use == model.Texted {
		return d.text(t)
	}
	if held, ok := heldInJSON(t); ok {
		schema := d.schema(held, use)
		if _, null := isRuntime(t, "Nullable"); null {
			return nullOr(schema)
		}
		return schema
	}
	if schema, ok := wellKnown[fullName(t)]; ok {
		return schema
	}
	if schema, ok := d.itself(t, use); ok {
		return schema
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && containsItself(named) {
		return d.component(named, use, func() model.Schema { return d.composed(t, use) })
	}
	return d.composed(t, use)
}

// containsItself reports whether a list, map or pointer has itself for elements,
// without a struct between.
func containsItself(named *types.Named) bool {
	seen := map[types.Type]bool{}
	for t := innerOf(named); t != nil && !seen[t]; t = innerOf(t) {
		if types.Identical(t, named) {
			return true
		}
		seen[t] = true
	}
	return false
}

// innerOf returns what a value in JSON is made of, or nil if it has members or
// nothing inside.
func innerOf(t types.Type) types.Type {
	if held, ok := heldInJSON(t); ok {
		return held
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		return pointer.Elem()
	}
	return elemOf(t)
}

// composed is the schema of a type by its kind.
func (d *describer) composed(t types.Type, use model.Use) model.Schema {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return d.constants(t, use, basicSchema(u))
	case *types.Pointer:
		return nullOr(d.schema(u.Elem(), use))
	case *types.Slice:
		return sentNull(use, d.list(u.Elem(), use))
	case *types.Array:
		return model.ListValue{Elem: d.schema(u.Elem(), use), Len: u.Len()}
	case *types.Map:
		return sentNull(use, model.DictValue{Elem: d.schema(u.Elem(), use), Key: keySchema(u.Key())})
	case *types.Struct:
		return d.object(t, use)
	}
	return model.AnyValue{}
}

// keySchema is the schema of the names that the keys of a map are written as, if
// those are numbers.
func keySchema(key types.Type) model.Schema {
	if isUUID(key) {
		return textOf(key)
	}
	if unmarshalsText(key) || marshalsText(key, false) || !isKind(key, types.IsInteger) {
		return nil
	}
	schema, _ := basicSchema(key.Underlying().(*types.Basic)).(model.IntegerValue)
	return model.TextValue{Quoted: schema}
}

// sentNull allows null for what encoding/json writes so when it is nil.
func sentNull(use model.Use, schema model.Schema) model.Schema {
	if use == model.Sent {
		return nullOr(schema)
	}
	return schema
}

func nullOr(schema model.Schema) model.Schema {
	switch schema.(type) {
	case model.NullOr, model.AnyValue:
		return schema
	}
	return model.NullOr{Of: schema}
}

// wellKnown are types of the standard library with a JSON form of their own.
var wellKnown = map[string]model.Schema{
	"time.Time":                model.TextValue{Format: "date-time"},
	"time.Duration":            model.IntegerValue{Bits: 64},
	"encoding/json.RawMessage": model.AnyValue{},
	"encoding/json.Number":     model.NumberValue{},
	"math/big.Int":             model.IntegerValue{},
	"math/big.Float":           model.TextValue{Example: "1.5"},
	"math/big.Rat":             model.TextValue{Example: "3/2"},
	"net.IP":                   model.TextValue{Example: "192.0.2.1"},
	"net/netip.Addr":           model.TextValue{Example: "192.0.2.1"},
	"net/netip.AddrPort":       model.TextValue{Example: "192.0.2.1:80"},
	"net/netip.Prefix":         model.TextValue{Example: "192.0.2.0/24"},
}

// itself is the schema of a type that encodes or decodes itself: a text if it
// does so as a text, else any JSON.
func (d *describer) itself(t types.Type, use model.Use) (model.Schema, bool) {
	ownJSON, ownText := hasMethod(t, "UnmarshalJSON", takesBytes), unmarshalsText(t)
	if use == model.Sent {
		ownJSON, ownText = marshals(t, "MarshalJSON", true), marshalsText(t, true)
	}
	switch {
	case types.IsInterface(t):
		return nil, false
	case ownJSON && ownText && !isUUID(t):
		return model.AnyValue{}, true
	case ownJSON && !ownText:
		return model.AnyValue{}, true
	case ownText || isUUID(t) && ownJSON:
		return d.constants(t, use, textOf(t)), true
	}
	return nil, false
}

// textOf is the schema of a type with a text form of its own.
func textOf(t types.Type) model.TextValue {
	if isUUID(t) {
		return model.TextValue{Format: "uuid"}
	}
	return model.TextValue{}
}

// isUUID reports whether a type is named so and made of 16 bytes.
func isUUID(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || !strings.EqualFold(named.Obj().Name(), "UUID") {
		return false
	}
	array, ok := t.Underlying().(*types.Array)
	return ok && array.Len() == 16 && isKind(array.Elem(), types.IsUnsigned)
}

func basicSchema(basic *types.Basic) model.Schema {
	switch info := basic.Info(); {
	case info&types.IsBoolean != 0:
		return model.BoolValue{}
	case info&types.IsInteger != 0:
		return model.IntegerValue{Bits: bitsOf(basic), Unsigned: info&types.IsUnsigned != 0}
	case info&types.IsFloat != 0:
		return model.NumberValue{Bits: bitsOf(basic)}
	case info&types.IsString != 0:
		return model.TextValue{}
	}
	return model.AnyValue{}
}

// list is the schema of a slice. Bytes are a text, unless they have methods.
func (d *describer) list(elem types.Type, use model.Use) model.Schema {
	if basic, ok := elem.Underlying().(*types.Basic); ok && basic.Kind() == types.Uint8 {
		encodes := use == model.Sent && encodesItself(elem, true) || use == model.Received && decodesItself(elem)
		if !encodes {
			return model.TextValue{Base64: true}
		}
	}
	return model.ListValue{Elem: d.schema(elem, use), Len: -1}
}

// object is the schema of a struct: a component if it has a name.
func (d *describer) object(t types.Type, use model.Use) model.Schema {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return model.ObjectValue{Members: d.members(t, use)}
	}
	return d.component(named, use, func() model.Schema { return model.ObjectValue{Members: d.members(t, use)} })
}

// component refers to a declared type, and describes it the first time.
func (d *describer) component(named *types.Named, use model.Use, schema func() model.Schema) model.Schema {
	id := types.TypeString(named, nil)
	if d.ids[use][id] {
		return model.ComponentRef{ID: id}
	}
	d.ids[use][id] = true
	i := len(d.p.out.Components)
	d.p.out.Components = append(d.p.out.Components, model.Component{})
	obj := named.Obj()
	c := model.Component{ID: id, Use: use, Name: readableName(named)}
	if pkg := obj.Pkg(); pkg != nil {
		c.PkgPath, c.PkgName = pkg.Path(), pkg.Name()
	}
	c.Type, _ = d.p.spellType(named)
	c.Doc = d.p.docOfType(obj)
	c.Deprecated = isDeprecated(c.Doc)
	c.Schema = schema()
	d.p.out.Components[i] = c
	return model.ComponentRef{ID: id}
}

// readableName is the name of a type with those of its arguments: PageOfOrder,
// PairOfStringAndInt.
func readableName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		name := upperFirst(t.Obj().Name())
		var args []string
		for arg := range t.TypeArgs().Types() {
			args = append(args, readableName(arg))
		}
		if len(args) > 0 {
			name += "Of" + strings.Join(args, "And")
		}
		return name
	case *types.Basic:
		return upperFirst(t.Name())
	case *types.Pointer:
		return readableName(t.Elem())
	case *types.Slice:
		return readableName(t.Elem()) + "List"
	case *types.Array:
		return readableName(t.Elem()) + "Array"
	case *types.Map:
		return readableName(t.Elem()) + "Map"
	}
	return "Value"
}

// members are the members of a struct in its JSON form.
func (d *describer) members(t types.Type, use model.Use) []model.Member {
	var list []model.Member
	for _, m := range membersOf(t) {
		schema := d.schema(m.v.Type(), use)
		if slices.Contains(m.options, "string") && isQuotable(m.v.Type()) {
			schema = quoted(schema)
		}
		tag := reflect.StructTag(m.st.Tag(m.index))
		doc := d.p.docOfField(m.v)
		member := model.Member{
			Name: m.name, Field: m.v.Name(), Schema: schema,
			Always: !slices.Contains(m.options, "omitempty") && !slices.Contains(m.options, "omitzero") && !belowPointer(m),
			Doc:    doc, Deprecated: isDeprecated(doc), Example: d.p.exampleOf(m),
		}
		if slices.Contains(m.options, "omitempty") && !canBeEmpty(m.v.Type()) {
			member.Always = true
		}
		if use == model.Received {
			member.Default = tag.Get("default")
		} else {
			member.Schema = neverNull(schema, demandsOf(located{text: tag.Get("validate")}))
		}
		list = append(list, member)
	}
	return list
}

// neverNull is the schema of what is sent of a member: required means present
// and not null, of the elements too after a dive.
func neverNull(schema model.Schema, demands []demand) model.Schema {
	for i, d := range demands {
		switch d.name {
		case "required":
			if null, ok := schema.(model.NullOr); ok {
				schema = null.Of
			}
		case "dive":
			return neverNullElements(schema, demands[i+1:])
		}
	}
	return schema
}

func neverNullElements(schema model.Schema, demands []demand) model.Schema {
	switch s := schema.(type) {
	case model.NullOr:
		return model.NullOr{Of: neverNullElements(s.Of, demands)}
	case model.ListValue:
		s.Elem = neverNull(s.Elem, demands)
		return s
	case model.DictValue:
		s.Elem = neverNull(s.Elem, demands)
		return s
	}
	return schema
}

// belowPointer reports whether a member is left out when a struct that is
// embedded by pointer is nil.
func belowPointer(m member) bool {
	return slices.ContainsFunc(m.path[:len(m.path)-1], func(v *types.Var) bool {
		_, pointer := embedded(v)
		return pointer
	})
}

// canBeEmpty reports whether omitempty leaves out some value of a type.
func canBeEmpty(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return false
	case *types.Array:
		return u.Len() == 0
	}
	return true
}

// isQuotable reports whether encoding/json heeds the string option for a type.
func isQuotable(t types.Type) bool {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	return isKind(t, types.IsBoolean|types.IsNumeric|types.IsString)
}

// quoted puts a number, boolean or string into quotes.
func quoted(schema model.Schema) model.Schema {
	if null, ok := schema.(model.NullOr); ok {
		return model.NullOr{Of: quoted(null.Of)}
	}
	return model.TextValue{Quoted: schema}
}

// text is the schema of a type that is read from a text.
func (d *describer) text(t types.Type) model.Schema {
	if declared, ok := d.p.declaredSchema(t); ok {
		return declared
	}
	if held, ok := isRuntime(t, "Optional"); ok {
		return d.text(held)
	}
	if reader := readerFunc(t); reader != "" {
		return d.scalar(t, reader)
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return d.text(u.Elem())
	case *types.Slice:
		return model.ListValue{Elem: d.text(u.Elem()), Len: -1}
	case *types.Map:
		return model.DictValue{Elem: d.text(u.Elem())}
	}
	return model.TextValue{}
}

// durationPattern matches what time.ParseDuration reads.
const durationPattern = `^[-+]?(0|(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+)$`

func (d *describer) scalar(t types.Type, reader string) model.Schema {
	switch reader {
	case "ReadTime":
		return model.TextValue{Format: "date-time", Or: "date"}
	case "ReadDuration":
		return model.TextValue{Example: "1m30s", Pattern: durationPattern}
	case "ReadURL":
		return model.TextValue{Format: "uri-reference", Pattern: "."}
	case "ReadAddr":
		if name := fullName(t); name != "net/netip.AddrPort" && name != "net/netip.Prefix" {
			return model.TextValue{Format: "ipv4", Or: "ipv6"}
		}
		return wellKnown[fullName(t)]
	case "ReadText":
		return d.constants(t, model.Texted, textOf(t))
	}
	return d.constants(t, model.Texted, basicSchema(t.Underlying().(*types.Basic)))
}

// constants is the schema of a type of its own whose package declares constants
// of it: those. It is the schema given for any other type.
func (d *describer) constants(t types.Type, use model.Use, schema model.Schema) model.Schema {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !isKind(t, types.IsConstType) || isKind(t, types.IsBoolean) {
		return schema
	}
	values := d.p.constantsOf(named, schema)
	if len(values) == 0 {
		return schema
	}
	return d.component(named, use, func() model.Schema { return model.OneConstant{Of: schema, Values: values} })
}

package parse

import (
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A demand is one part of a validate tag: min=1.
type demand struct {
	name string
	arg  located
	has  bool // an argument, be it empty
	span
}

// demandsOf splits a validate tag at its commas. The pattern rule takes the rest
// of the tag, for a regular expression may have commas.
func demandsOf(value located) []demand {
	var demands []demand
	for start := 0; start <= len(value.text) && value.text != ""; {
		end := len(value.text)
		if !strings.HasPrefix(value.text[start:], "pattern=") {
			if i := strings.IndexByte(value.text[start:], ','); i >= 0 {
				end = start + i
			}
		}
		part := value.cut(start, end)
		d := demand{name: part.text, span: part}
		if i := strings.IndexByte(part.text, '='); i >= 0 {
			d.name, d.arg, d.has = part.text[:i], part.cut(i+1, len(part.text)), true
		}
		demands = append(demands, d)
		start = end + 1
	}
	return demands
}

// A ruler turns what a validate tag demands into rules.
type ruler struct {
	p      *parser
	what   string       // what messages call the value: "NewUser.Name"
	body   bool         // the value stands in a JSON body
	stem   string       // of the names of checks of structs without a name
	at     span         // stands for types that generated code cannot name
	inside []types.Type // the types that are gone through, against endless ones
	remote bool         // the tag is in another package
	failed bool
}

// setRules enters what the tag of a spot and the methods of its type demand.
func (p *parser) setRules(slot *model.Slot, sp spot, t types.Type) bool {
	if sp.validate.text == "-" {
		return true
	}
	r := &ruler{p: p, what: sp.what, at: sp.typ, remote: sp.validate.pos == nil}
	demands := demandsOf(sp.validate)
	for _, d := range beforeDive(demands) {
		if d.name != "required" {
			continue
		}
		slot.Required = true
		if sp.defaults {
			r.refuse(d, "%s has a default, so it is never missing", sp.what).hint("remove required, or the default")
		}
	}
	if _, ok := slot.Shape.(model.OneFile); ok {
		r.checkFile(demands)
		return !r.failed
	}
	slot.Rules = r.rules(demands, t)
	return !r.failed
}

// beforeDive returns the demands on a value itself, not on its elements.
func beforeDive(demands []demand) []demand {
	for i, d := range demands {
		if d.name == "dive" {
			return demands[:i]
		}
	}
	return demands
}

// refuse reports a demand. One of another package has to be named, for it is not
// what is pointed at.
func (r *ruler) refuse(at span, format string, args ...any) note {
	r.failed = true
	if r.remote {
		format, args = "the rules of %s are wrong: "+format, append([]any{r.what}, args...)
	}
	return r.p.report(diag.BadRule, at, format, args...)
}

// rules turns the demands on a value of type t, and what its type demands by
// itself, into rules.
func (r *ruler) rules(demands []demand, t types.Type) []model.Rule {
	if holder, held := holderOf(t); holder != "" {
		return r.held(demands, t, holder, held)
	}
	var rules []model.Rule
	for i, d := range demands {
		switch d.name {
		case "omitempty":
			return append(rules, r.notZero(d, demands[i+1:], t)...)
		case "dive":
			rules = append(rules, r.elements(d, demands[i+1:], t)...)
			return append(rules, r.own(t)...)
		case "required":
			rules = append(rules, r.required(d, t)...)
		default:
			if rule := r.rule(d, t); rule != nil {
				r.checkBounds(d, rules, rule)
				rules = append(rules, rule)
			}
		}
	}
	return append(rules, r.implied(t)...)
}

// holderOf returns the kind of a type that may hold nothing, and what it holds.
func holderOf(t types.Type) (model.Holder, types.Type) {
	if held, ok := isRuntime(t, "Optional"); ok {
		return model.HolderOptional, held
	}
	if held, ok := isRuntime(t, "Nullable"); ok {
		return model.HolderNullable, held
	}
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		return model.HolderPointer, pointer.Elem()
	}
	return "", nil
}

// held applies demands to what a pointer, Optional or Nullable holds. That it
// holds something is demanded of itself.
func (r *ruler) held(demands []demand, t types.Type, holder model.Holder, held types.Type) []model.Rule {
	if r.endless(t) {
		return nil
	}
	defer r.enter(t)()
	var rules, inner []model.Rule
	own := beforeDive(demands)
	var rest []demand
	for _, d := range own {
		switch {
		case d.name == "required" && r.body:
			rules = append(rules, model.Required{Missing: missingHolder(holder, held)})
			if holder == model.HolderOptional && isNilable(held) {
				inner = append(inner, model.Required{Missing: model.IfNil})
			}
		case d.name == "required", d.name == "omitempty":
		default:
			rest = append(rest, d)
		}
	}
	rest = append(rest, demands[len(own):]...)
	if inner = append(inner, r.rules(rest, held)...); len(inner) > 0 {
		rules = append(rules, model.IfSet{Holder: holder, Rules: inner})
	}
	return rules
}

// missingHolder says how one sees that a member which may hold nothing does.
func missingHolder(holder model.Holder, held types.Type) model.Missing {
	switch holder {
	case model.HolderOptional:
		if _, ok := isRuntime(held, "Nullable"); ok {
			return model.IfEither
		}
		return model.IfAbsent
	case model.HolderNullable:
		return model.IfNull
	}
	return model.IfNil
}

// isNilable reports whether null makes a decoded value nil.
func isNilable(t types.Type) bool {
	if decodesItself(t) {
		return false
	}
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Map, *types.Interface:
		return true
	}
	return false
}

// required demands that a member of a body is there, or some text of a list. A
// scalar that is read from a named text is required by its slot.
func (r *ruler) required(d demand, t types.Type) []model.Rule {
	if d.has {
		r.refuse(d, "required takes no argument")
		return nil
	}
	if !r.body && len(r.inside) > 0 {
		r.refuse(d, "required has no effect on the elements of %s: they are there", r.what).
			hint("for texts that are not empty, write min=1")
		return nil
	}
	if !r.body && readerFunc(t) != "" {
		return nil
	}
	if isNilable(t) {
		return []model.Rule{model.Required{Missing: model.IfNil}}
	}
	if zero, ok := zeroOf(t); ok && !decodesItself(t) {
		return []model.Rule{model.Required{Missing: model.IfZero, Zero: zero}}
	}
	return []model.Rule{model.Required{Missing: model.IfLookup}}
}

// zeroOf returns the zero value of a type as a Go literal, if it has one.
func zeroOf(t types.Type) (string, bool) {
	switch u := t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Pointer, *types.Interface:
		return "nil", true
	case *types.Basic:
		switch info := u.Info(); {
		case info&types.IsString != 0:
			return `""`, true
		case info&types.IsBoolean != 0:
			return "false", true
		case info&types.IsNumeric != 0:
			return "0", true
		}
	}
	return "", false
}

// notZero applies demands unless the value is the zero value.
func (r *ruler) notZero(d demand, demands []demand, t types.Type) []model.Rule {
	zero, ok := zeroOf(t)
	if !ok {
		r.refuse(d, "omitempty does not fit %s, which is %s", r.what, r.p.typeString(t)).
			hint("make it a pointer, which is nil when there is nothing")
		return nil
	}
	rules := r.rules(demands, t)
	if len(rules) == 0 {
		return nil
	}
	return []model.Rule{model.IfNotZero{Zero: zero, Rules: rules}}
}

// elements applies the demands after dive to the elements of a value.
func (r *ruler) elements(d demand, demands []demand, t types.Type) []model.Rule {
	if d.has {
		r.refuse(d, "dive takes no argument")
		return nil
	}
	elem := elemOf(t)
	if elem == nil || decodesItself(t) {
		r.refuse(d, "dive is for the elements of a slice, array or map, and %s is %s", r.what, r.p.typeString(t))
		return nil
	}
	defer r.enter(t)()
	if rules := r.rules(demands, elem); len(rules) > 0 {
		return []model.Rule{r.each(t, rules)}
	}
	return nil
}

// elemOf returns the type of the elements of a slice, array or map.
func elemOf(t types.Type) types.Type {
	switch u := t.Underlying().(type) {
	case *types.Slice:
		return u.Elem()
	case *types.Array:
		return u.Elem()
	case *types.Map:
		return u.Elem()
	}
	return nil
}

// each applies rules to the elements of a slice, array or map.
func (r *ruler) each(t types.Type, rules []model.Rule) model.Rule {
	m, ok := t.Underlying().(*types.Map)
	if !ok {
		return model.Each{Rules: rules}
	}
	entries := model.EachEntry{Keys: keyKind(m.Key()), Rules: rules}
	var no *unspellable
	if entries.Key, no = r.p.spellType(m.Key()); no != nil && entries.Keys == model.TextKeys {
		_, ok = r.p.typeOf(m.Key(), r.at)
		r.failed = r.failed || !ok
	}
	return entries
}

// keyKind says how the keys of a map are ordered and written.
func keyKind(key types.Type) model.Keys {
	switch {
	case unmarshalsText(key):
		return model.TextKeys
	case isKind(key, types.IsString):
		return model.StringKeys
	case isKind(key, types.IsInteger):
		return model.IntegerKeys
	}
	return model.TextKeys
}

// implied are the rules that a type has without any tag: those of its elements,
// and its own.
func (r *ruler) implied(t types.Type) []model.Rule {
	elem := elemOf(t)
	if elem == nil || decodesItself(t) || isBytes(t.Underlying()) || r.endless(t) {
		return r.own(t)
	}
	defer r.enter(t)()
	var rules []model.Rule
	if each := r.rules(nil, elem); len(each) > 0 {
		rules = append(rules, r.each(t, each))
	}
	return append(rules, r.own(t)...)
}

// own are the rules of a type itself: the check of a struct in a body, or its
// method.
func (r *ruler) own(t types.Type) []model.Rule {
	if r.body && isOpenStruct(t) {
		if check, ok := r.p.checkOf(t, nil, r.stem, r.at); ok {
			return []model.Rule{model.Nested{Check: check}}
		}
		return nil
	}
	if validates(t) {
		return []model.Rule{model.Method{}}
	}
	return nil
}

// validates reports whether *t has a method Validate() error.
func validates(t types.Type) bool {
	return hasMethod(t, "Validate", func(sig *types.Signature) bool {
		return sig.Params().Len() == 0 && returnsError(sig)
	})
}

// enter notes that the rules of what a type holds are being made, and returns
// what ends that.
func (r *ruler) enter(t types.Type) func() {
	r.inside = append(r.inside, t)
	return func() { r.inside = r.inside[:len(r.inside)-1] }
}

// endless reports whether a type holds itself without a struct in between.
func (r *ruler) endless(t types.Type) bool {
	return slices.ContainsFunc(r.inside, func(outer types.Type) bool { return types.Identical(outer, t) })
}

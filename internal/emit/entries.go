package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// rangeEntries writes a loop over the entries of a map. It goes by the order of
// the keys, so that the same request has the same answer every time.
func (f *function) rangeEntries(s subject, of model.EachEntry, each func(key string, value subject)) {
	keys := f.sortedKeys(s, of)
	if of.Keys == model.TextKeys {
		list := f.pickLocal(singular(local(s.stem))+"Keys", "List")
		f.add(jen.Id(list).Op(":=").Add(keys))
		keys = jen.Id(list)
	}
	var loop *jen.Statement
	f.block(func() {
		key := f.pick("key", "mapKey")
		body := f.block(func() {
			value := f.pick("value", "entry")
			if usesValue(of.Rules) {
				f.add(jen.Id(value).Op(":=").Add(raw(s.place.inner)).Index(jen.Id(key)))
			}
			each(key, s.variable(value))
		})
		loop = jen.For(jen.List(jen.Id("_"), jen.Id(key)).Op(":=").Range().Add(keys)).Block(body...)
	})
	f.add(loop)
}

// usesValue reports whether rules look at a value, and not only at whether the
// body has it.
func usesValue(rules []model.Rule) bool {
	for _, r := range rules {
		required, ok := r.(model.Required)
		lookup := required.Missing == model.IfLookup || required.Missing == model.IfZero && required.Zero == ""
		if !ok || !lookup {
			return true
		}
	}
	return false
}

// sortedKeys lists the keys of a map in their order.
func (f *function) sortedKeys(s subject, of model.EachEntry) *jen.Statement {
	keys := f.std("maps", "Keys").Call(raw(s.place.value))
	switch {
	case of.Keys != model.TextKeys:
		return f.std("slices", "Sorted").Call(keys)
	case f.redefines("int"):
		return f.std("slices", "Collect").Call(keys) // in any order: a function that compares cannot be written
	}
	var compare *jen.Statement
	f.block(func() {
		a, b := f.pick("a", "x"), f.pick("b", "y")
		compare = jen.Func().Params(jen.List(jen.Id(a), jen.Id(b)).Add(f.spell(of.Key))).Int().Block(
			jen.Return(f.std("strings", "Compare").Call(f.keyText(of, a), f.keyText(of, b))),
		)
	})
	return f.std("slices", "SortedFunc").Call(keys, compare)
}

// keyText writes the key of a map as JSON has it.
func (f *function) keyText(of model.EachEntry, key string) *jen.Statement {
	named, _ := of.Key.(model.Named)
	switch {
	case of.Keys == model.StringKeys:
		return f.asString(key, of.Key)
	case of.Keys == model.IntegerKeys && (of.Key == nil || named.PkgPath != ""):
		return f.std("fmt", "Sprintf").Call(quote("%d"), jen.Id(key)) // it may have a method String
	}
	return f.std("fmt", "Sprint").Call(jen.Id(key))
}

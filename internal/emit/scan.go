package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// scanQuery goes through the query once, for all slots that need it before the
// next barrier.
func (f *function) scanQuery(slots []*slot) {
	f.prepareScan(slots)
	var loop *jen.Statement
	f.block(func() {
		pair := f.pick("pair", "queryPair")
		loop = jen.For(
			jen.Id(pair).Op(":=").Add(f.in("Query").Call()),
			jen.Id(pair).Dot("Next").Call(),
			jen.Empty(),
		).Block(f.scan(pair, slots)...)
	})
	f.add(loop)
}

// prepareScan declares what a scan fills in: a variable for each text, which
// slots of one name share, and the values that lists and maps stand in.
func (f *function) prepareScan(slots []*slot) {
	params := map[string]string{}
	for _, s := range slots {
		if !s.isScalar() {
			continue
		}
		if params[s.Name] == "" {
			text := f.findText(s)
			params[s.Name] = f.pickParam(s)
			f.add(jen.Id(params[s.Name]).Op(":=").Add(text))
		}
		s.param = params[s.Name]
	}
	for _, s := range slots {
		if !s.isScalar() && !isFile(s.Shape) {
			f.openValues(s.of)
			s.done = true
		}
	}
}

// scan writes the body of the loop over the pairs of a query or form.
func (f *function) scan(pair string, slots []*slot) []jen.Code {
	return f.block(func() {
		f.dispatch(pair, slots)
		for _, s := range slots {
			if shape, ok := s.Shape.(model.Dict); ok {
				f.scanDict(pair, s, shape)
			}
		}
	})
}

// dispatch gives the text of a pair to the slots of its name.
func (f *function) dispatch(pair string, slots []*slot) {
	var names []string
	byName := map[string][]*slot{}
	for _, s := range slots {
		if _, ok := s.Shape.(model.Dict); ok || isFile(s.Shape) {
			continue
		}
		if byName[s.Name] == nil {
			names = append(names, s.Name)
		}
		byName[s.Name] = append(byName[s.Name], s)
	}
	name := func() *jen.Statement { return jen.Id(pair).Dot("Name").Call() }
	switch len(names) {
	case 0:
	case 1:
		f.add(jen.If(name().Op("==").Add(quote(names[0]))).Block(f.take(pair, byName[names[0]])...))
	default:
		var cases []jen.Code
		for _, n := range names {
			cases = append(cases, jen.Case(quote(n)).Block(f.take(pair, byName[n])...))
		}
		f.add(jen.Switch(name()).Block(cases...))
	}
}

// take writes what becomes of a pair that has the name of some slots.
func (f *function) take(pair string, slots []*slot) []jen.Code {
	return f.block(func() {
		set := false
		for _, s := range slots {
			switch shape := s.Shape.(type) {
			case model.Single, model.Pointed, model.Optioned:
				if !set {
					f.add(jen.Id(s.param).Dot("Set").Call(jen.Id(pair).Dot("Value").Call()))
				}
				set = true
			case model.List:
				f.appendText(s, shape, jen.Id(pair).Dot("Param").Call())
			default:
				panic(fmt.Sprintf("emit: unhandled shape %T", shape))
			}
		}
	})
}

// scanDict puts a pair into a map: one named name[key], or every pair.
func (f *function) scanDict(pair string, s *slot, shape model.Dict) {
	param := func() *jen.Statement { return jen.Id(pair).Dot("Param").Call() }
	if s.Name == "" {
		f.putText(s, shape, f.setName(pair), param)
		return
	}
	f.add(f.ifKey(pair, s, func(key string) { f.putText(s, shape, key, param) }))
}

// ifKey writes the statement that runs for pairs named name[key].
func (f *function) ifKey(pair string, s *slot, put func(key string)) jen.Code {
	var statement *jen.Statement
	f.block(func() {
		key, ok := f.pick("key", "mapKey"), f.pick("ok", "found")
		body := f.block(func() { put(key) })
		statement = jen.If(
			jen.List(jen.Id(key), jen.Id(ok)).Op(":=").Id(pair).Dot("Key").Call(quote(s.Name)),
			jen.Id(ok),
		).Block(body...)
	})
	return statement
}

// collect gathers the texts of a list or map that no scan has found.
func (f *function) collect(s *slot) {
	if s.done {
		return
	}
	s.done = true
	f.openValues(s.of)
	switch shape := s.Shape.(type) {
	case model.List:
		f.collectList(s, shape)
	case model.Dict:
		f.rangeTexts("", f.in(string(s.of.source)+"Params").Call(), func(text string) {
			param := func() *jen.Statement { return jen.Id(text) }
			f.putText(s, shape, f.setName(text), param)
		})
	default:
		panic(fmt.Sprintf("emit: unhandled shape %T", shape))
	}
}

// collectList gathers the texts of a list: the elements of a header, the cookies
// of a name, the one value of a wildcard.
func (f *function) collectList(s *slot, shape model.List) {
	switch s.of.source {
	case model.Headers:
		f.rangeTexts("_", f.in("HeaderList").Call(quote(s.Name)), func(text string) { f.appendText(s, shape, jen.Id(text)) })
	case model.Cookie:
		f.rangeTexts("", f.in("CookieParams").Call(), func(text string) {
			f.add(jen.If(jen.Id(text).Dot("Name").Call().Op("==").Add(quote(s.Name))).
				Block(f.block(func() { f.appendText(s, shape, jen.Id(text)) })...))
		})
	default:
		if s.whole != "" {
			f.ifText(s, func() { f.appendText(s, shape, f.findText(s)) })
			return
		}
		f.appendText(s, shape, f.findText(s))
	}
}

// rangeTexts writes a loop over texts of the request. With an index they are
// those of a slice.
func (f *function) rangeTexts(index string, texts *jen.Statement, each func(text string)) {
	var loop *jen.Statement
	f.block(func() {
		text := f.pick("param", "text")
		vars := jen.Id(text)
		if index != "" {
			vars = jen.List(jen.Id(index), jen.Id(text))
		}
		loop = jen.For(vars.Op(":=").Range().Add(texts)).Block(f.block(func() { each(text) })...)
	})
	f.add(loop)
}

// appendText appends what a text is read as to a list.
func (f *function) appendText(s *slot, shape model.List, text *jen.Statement) {
	element := f.readText(shape.Reader, text)
	if shape.Pointed {
		value := f.pick("value", local(s.stem)+"Value")
		f.add(jen.Id(value).Op(":=").Add(element))
		element = jen.Op("&").Id(value)
	}
	f.add(raw(s.place).Op("=").Add(f.appended(raw(s.place), s.Type, element)))
}

// setName puts the name of a text into a variable.
func (f *function) setName(text string) string {
	name := f.pick("name", "key", "entry")
	f.add(jen.Id(name).Op(":=").Id(text).Dot("Name").Call())
	return name
}

// putText puts what a text is read as into a map.
func (f *function) putText(s *slot, shape model.Dict, key string, text func() *jen.Statement) {
	index := func() *jen.Statement {
		if isString(shape.Key) {
			return jen.Id(key)
		}
		return f.spell(shape.Key).Call(jen.Id(key))
	}
	f.add(jen.If(f.isNil(s.place)).Block(raw(s.place).Op("=").Add(f.spell(s.Type)).Values()))
	entry := func() *jen.Statement { return raw(s.place).Index(index()) }
	if shape.List {
		f.add(entry().Op("=").Add(f.appended(entry(), shape.Elem, f.readText(shape.Reader, text()))))
		return
	}
	found := f.pick("twice", "found")
	f.add(jen.If(jen.List(jen.Id("_"), jen.Id(found)).Op(":=").Add(entry()), jen.Id(found)).
		Block(f.in("Invalid").Call(text(), quote(""), quote("is given more than once"))))
	f.add(entry().Op("=").Add(f.readText(shape.Reader, text())))
}

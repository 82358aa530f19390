package generate_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/big"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A node is a place in a document.
type node struct {
	d       *document
	pointer string
}

func (n node) get() any {
	value := n.d.value
	for _, name := range strings.Split(n.pointer, "/")[1:] {
		switch here := value.(type) {
		case map[string]any:
			value = here[unescapePointer(name)]
		case []any:
			i, _ := strconv.Atoi(name)
			value = here[i]
		default:
			return nil
		}
	}
	return value
}

func (n node) value() map[string]any { v, _ := n.get().(map[string]any); return v }
func (n node) has(name string) bool  { _, ok := n.value()[name]; return ok }
func (n node) keys() []string        { return slices.Sorted(maps.Keys(n.value())) }
func (n node) text(name string) string {
	text, _ := n.value()[name].(string)
	return text
}
func (n node) at(name string) node { return node{n.d, n.pointer + "/" + escapePointer(name)} }
func (n node) index(i int) node    { return node{n.d, n.pointer + "/" + strconv.Itoa(i)} }
func (n node) len() int {
	list, _ := n.get().([]any)
	return len(list)
}

// resolved follows references.
func (n node) resolved() node {
	for n.has("$ref") {
		n = node{n.d, strings.TrimPrefix(n.text("$ref"), "#")}
	}
	return n
}

// allows asks the library for JSON Schema whether a value fits a schema.
func (n node) allows(value any) bool {
	schema, err := n.d.schemas.Compile("document.json#" + n.pointer)
	if err != nil {
		panic(err)
	}
	return schema.Validate(value) == nil
}

// A textForm says where a value stands that is written as texts.
type textForm int

const (
	inJSON textForm = iota
	inForm
	inParam
	inBody
)

func textual(node) textForm { return inParam }

// first returns the first candidate that is allowed.
func (n node) first(form textForm) (any, bool) {
	for _, value := range n.candidates(0) {
		if isTextual(n, value, form) && n.allows(value) && value != "" {
			return value, true
		}
	}
	return nil, false
}

// isTextual reports whether a value can be written in a form so that it cannot
// be taken for another one: as a text, 1 and "1" are the same.
func isTextual(n node, value any, form textForm) bool {
	if form == inJSON {
		return true
	}
	switch value := value.(type) {
	case nil:
		return false
	case string:
		types := n.types()
		return form == inBody || !types["array"] && !types["object"]
	case []any:
		if form == inBody || len(value) == 0 {
			return false
		}
		items := n.part("items")
		for _, elem := range value {
			if _, list := elem.([]any); list || items == nil || !isTextual(*items, elem, inParam) {
				return false
			}
		}
		return n.types()["array"]
	case map[string]any:
		if form == inBody || !n.types()["object"] || len(value) == 0 && form == inParam {
			return false
		}
		for name, elem := range value {
			of := n.part("properties", name)
			if of == nil {
				of = n.part("additionalProperties")
			}
			if of == nil {
				if _, isText := elem.(string); !isText {
					return false
				}
				continue
			}
			if _, object := elem.(map[string]any); object || !isTextual(*of, elem, inParam) {
				return false
			}
		}
		return true
	}
	return form != inBody && !n.types()["string"] && !n.types()["array"] && !n.types()["object"]
}

// isLenient reports whether encoding/json reads a value that a schema forbids:
// null, which leaves everything as it is, and the constants of a type, which
// nobody checks.
func isLenient(n node, value any) bool {
	return !n.allows(value) && (hasNull(value) || (node{n.d.relaxed(), n.pointer}).allows(value))
}

// relaxed is the document without the values of enumerations that are types.
func (d *document) relaxed() *document {
	if d.lenient == nil {
		text, _ := json.Marshal(d.value)
		value, _ := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		schemas := node{&document{value: value}, "/components/schemas"}
		for _, name := range schemas.keys() {
			delete(schemas.at(name).value(), "enum")
		}
		d.lenient = &document{d.T, compiler(value), value, nil}
	}
	return d.lenient
}

func hasNull(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case []any:
		return slices.ContainsFunc(value, hasNull)
	case map[string]any:
		for _, elem := range value {
			if hasNull(elem) {
				return true
			}
		}
	}
	return false
}

// parts are the schemas that hold together: the node, and what it refers to.
func (n node) parts() []node {
	n = n.resolved()
	list := []node{n}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		for i := range n.at(word).len() {
			list = append(list, n.at(word).index(i).parts()...)
		}
	}
	return list
}

// part finds a schema inside of this one.
func (n node) part(path ...string) *node {
	for _, p := range n.parts() {
		ok := true
		for _, name := range path {
			ok = ok && p.has(name)
			p = p.at(name)
		}
		if ok {
			return &p
		}
	}
	return nil
}

func (n node) types() map[string]bool {
	types := map[string]bool{}
	for _, p := range n.parts() {
		switch t := p.value()["type"].(type) {
		case string:
			types[t] = true
		case []any:
			for _, name := range t {
				types[name.(string)] = true
			}
		}
	}
	return types
}

// candidates are values around what a schema allows, likely ones first: the
// least and the greatest, those beside, and those of other types.
func (n node) candidates(depth int) []any {
	parts := n.parts()
	var list []any
	for _, p := range parts {
		v := p.value()
		for _, word := range []string{"enum", "examples"} {
			values, _ := v[word].([]any)
			list = append(list, values...)
		}
		for _, word := range []string{"const", "default"} {
			if value, ok := v[word]; ok {
				list = append(list, value)
			}
		}
	}
	for _, p := range parts {
		list = append(list, formatted(p.text("format"))...)
	}
	types := n.types()
	if types["string"] {
		list = append(list, texts(parts)...)
	}
	if types["integer"] || types["number"] {
		list = append(list, numbers(parts, types["number"])...)
	}
	if types["boolean"] {
		list = append(list, true, false)
	}
	if types["array"] {
		list = append(list, n.lists(parts, depth)...)
	}
	if types["object"] {
		list = append(list, n.objects(parts, depth)...)
	}
	if len(types) > 0 {
		list = append(list, "surely not", json.Number("7"), json.Number("1.5"), true, map[string]any{"a": "b"}, []any{"a"}, nil)
	}
	return once(list)
}

func once(list []any) []any {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(value any) bool {
		text, _ := json.Marshal(value)
		known := seen[string(text)]
		seen[string(text)] = true
		return known
	})
}

// formatted are values of the formats, and some that are nearly so.
func formatted(format string) []any {
	return map[string][]any{
		"date-time":     {"2024-02-29T12:00:00Z", "2024-02-30T12:00:00Z", "2024-02-29", "12:00"},
		"date":          {"2024-02-29", "2023-02-29", "2024-2-9"},
		"uuid":          {"f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "f81d4fae-7dec-11d0-a765"},
		"email":         {"a@example.com", "a@", "example.com"},
		"uri":           {"https://example.com/x", "x"},
		"uri-reference": {"/x?y=1", "https://example.com"},
		"hostname":      {"example.com", "-a-", "a b"},
		"ipv4":          {"192.0.2.1", "192.0.2.256"},
		"ipv6":          {"2001:db8::1", "2001:db8::g"},
		"int32":         {json.Number("2147483647"), json.Number("-2147483648"), json.Number("2147483648"), json.Number("-2147483649")},
		"int64":         {json.Number("9223372036854775807"), json.Number("-9223372036854775808"), json.Number("9223372036854775808")},
		"uint64":        {json.Number("18446744073709551615"), json.Number("18446744073709551616")},
		"float":         {json.Number("3e38"), json.Number("1e39")},
		"double":        {json.Number("1e308")},
	}[format]
}

// texts are strings of the lengths that matter.
func texts(parts []node) []any {
	list := []any{"a", "Ab", "1", "-5", "true", "2.5", "YQ==", "a@example.com", "0123456789", "ABC-123", `"a"`}
	for _, p := range parts {
		for _, word := range []string{"minLength", "maxLength"} {
			if number, ok := p.value()[word].(json.Number); ok {
				n, _ := number.Int64()
				for _, length := range []int64{n - 1, n, n + 1} {
					if length >= 0 && length < 10_000 {
						list = append(list, strings.Repeat("x", int(length)), strings.Repeat("ü", int(length)))
					}
				}
			}
		}
		if pattern, err := syntax.Parse(p.text("pattern"), syntax.Perl); err == nil && p.has("pattern") {
			list = append(list, matching(pattern))
		}
	}
	return append(list, "")
}

// matching is the text that a regular expression describes at its simplest. What
// surrounds it, such as \b, is not looked at: a candidate need not be allowed.
func matching(re *syntax.Regexp) string {
	var b strings.Builder
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return string(re.Rune[0])
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return "x"
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		return matching(re.Sub[0])
	case syntax.OpRepeat:
		return strings.Repeat(matching(re.Sub[0]), re.Min)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			b.WriteString(matching(sub))
		}
	}
	return b.String()
}

// numbers are those at the bounds and beside them.
func numbers(parts []node, fractions bool) []any {
	list := []any{json.Number("1"), json.Number("0"), json.Number("-1")}
	if fractions {
		list = append(list, json.Number("0.5"))
	}
	for _, p := range parts {
		for _, word := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
			if number, ok := p.value()[word].(json.Number); ok {
				bound, _ := new(big.Float).SetString(number.String())
				for _, step := range []float64{0, 1, -1} {
					near := new(big.Float).SetPrec(200).Add(bound, big.NewFloat(step))
					list = append(list, json.Number(near.Text('f', -1)))
				}
			}
		}
	}
	return list
}

// lists are arrays of the lengths that matter, and one for each element.
func (n node) lists(parts []node, depth int) []any {
	var list []any
	var elems []any
	if items := n.part("items"); items != nil && depth < 3 {
		elems = items.candidates(depth + 1)
	}
	good := slices.DeleteFunc(slices.Clone(elems), func(elem any) bool { return !n.part("items").allows(elem) })
	if len(good) > 0 {
		list = append(list, []any{good[0]})
	}
	list = append(list, []any{})
	for _, p := range parts {
		for _, word := range []string{"minItems", "maxItems"} {
			number, ok := p.value()[word].(json.Number)
			if !ok || len(good) == 0 {
				continue
			}
			length, _ := number.Int64()
			for _, l := range []int64{length - 1, length, length + 1} {
				if l > 0 && l < 1000 {
					list = append(list, slices.Repeat([]any{good[0]}, int(l)))
					if l <= int64(len(good)) {
						list = append(list, slices.Clone(good[:l]))
					}
				}
			}
		}
	}
	if len(good) > 0 {
		list = append(list, []any{good[0], good[0]})
	}
	for _, elem := range elems {
		list = append(list, []any{elem})
	}
	return list
}

// objects are one with the members that have to be there, one with all, and
// those that differ in one member.
func (n node) objects(parts []node, depth int) []any {
	properties := map[string]node{}
	required := map[string]bool{}
	for _, p := range parts {
		for _, name := range p.at("properties").keys() {
			properties[name] = p.at("properties").at(name)
		}
		for _, name := range strs(p.value()["required"]) {
			required[name] = true
		}
	}
	values := map[string][]any{}
	least, all := map[string]any{}, map[string]any{}
	for name, schema := range properties {
		if depth >= 3 && !required[name] {
			continue
		}
		values[name] = schema.candidates(depth + 1)
		i := slices.IndexFunc(values[name], func(value any) bool { return value != "" && value != nil && schema.allows(value) })
		if i < 0 {
			continue
		}
		all[name] = values[name][i]
		if required[name] {
			least[name] = values[name][i]
		}
	}
	list := []any{all, least}
	with := func(name string, value any) {
		changed := maps.Clone(all)
		changed[name] = value
		list = append(list, changed)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		without := maps.Clone(all)
		delete(without, name)
		list = append(list, without)
		for _, value := range values[name] {
			with(name, value)
		}
	}
	if more := n.part("additionalProperties"); more != nil && depth < 3 {
		for _, name := range []string{"a", "1"} {
			for _, value := range more.candidates(depth + 1) {
				list = append(list, map[string]any{name: value})
			}
		}
	}
	return append(list, map[string]any{})
}

func strs(v any) (texts []string) {
	list, _ := v.([]any)
	for _, item := range list {
		texts = append(texts, item.(string))
	}
	return texts
}

// numberFormats are those of the registry of OpenAPI that bound a number.
func numberFormats() []*jsonschema.Format {
	whole := func(name string, bits uint, signed bool) *jsonschema.Format {
		low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), bits)
		if signed {
			high.Rsh(high, 1)
			low.Neg(high)
		}
		return bounded(name, new(big.Float).SetInt(low), new(big.Float).SetInt(high.Sub(high, big.NewInt(1))))
	}
	return []*jsonschema.Format{
		whole("int32", 32, true), whole("int64", 64, true), whole("uint64", 64, false),
		bounded("float", big.NewFloat(-3.40282355e38), big.NewFloat(3.40282355e38)), // what rounds to a float32
	}
}

func bounded(name string, low, high *big.Float) *jsonschema.Format {
	return &jsonschema.Format{Name: name, Validate: func(v any) error {
		number, ok := v.(json.Number)
		if !ok {
			return nil
		}
		n, _, err := big.ParseFloat(number.String(), 10, 200, big.ToNearestEven)
		if err == nil && (n.Cmp(low) < 0 || n.Cmp(high) > 0) {
			err = strconv.ErrRange
		}
		return err
	}}
}

// unpredictable are the cases and operations that refuse requests for reasons
// that their documents cannot say.
var unpredictable = map[string]string{
	// What a document cannot know.
	"validate/methods":                  "a Validate method has the last word",
	"validate/nested POST /orders":      "a Validate method has the last word",
	"extract/text_unmarshaler":          "a type with UnmarshalText has the last word on its texts",
	"extract/pointers GET /nil":         "a type with UnmarshalText has the last word on its texts",
	"extract/pointers GET /set":         "a type with UnmarshalText has the last word on its texts",
	"extract/times GET /stamp":          "a type with UnmarshalText has the last word on its texts",
	"extract/addresses GET /x":          "no format of JSON Schema is that of an address with a port, or of a prefix",
	"extract/defaults GET /x":           "no format of JSON Schema is that of a prefix",
	"body/json_kinds POST /x":           "no format of JSON Schema is that of an address as encoding/json reads it",
	"validate/maps POST /json":          "no format of JSON Schema is that of an address as encoding/json reads it",
	"extract/header GET /plain":         "OpenAPI ignores parameters named Authorization",
	"body/json_lines":                   "JSON Schema says nothing of the lines of a body",
	"body/json POST /any":               "any JSON is nothing to make requests from",
	"validate/presence POST /x":         "a member may be any JSON, and there has to be one",
	"middleware/params":                 "the handler asks for what is optional",
	"extract/optional GET /must":        "the handler asks for what is optional",
	"respond/redirect POST /temporary":  "the handler asks for what is optional",
	"validate/holders POST /x":          "an array that is too short is filled up with zero values, which the rules refuse",
	"extract/optional GET /struct":      "with one value of an optional struct the others have to be there",
	"extract/form GET /optional":        "with one value of an optional form the others have to be there",
	"name/embedded_names GET /x":        "two parameters read one name, one of them as a list",
	"robust/packages GET /admin/{rest}": "it is served by another package of the case",

	// What is read in spite of what the document says.
	"extract/result":                      "a runtime.Result takes what is refused otherwise",
	"extract/multipart POST /attempt":     "a runtime.Result takes what is refused otherwise",
	"extract/combined POST /json":         "a runtime.Result takes what is refused otherwise",
	"extract/combined GET /result/{id}":   "a runtime.Result takes what is refused otherwise",
	"extract/optional_always GET /result": "a runtime.Result takes what is refused otherwise",
	"extract/provider_once GET /result":   "a runtime.Result takes what is refused otherwise",
}

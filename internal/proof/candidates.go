package proof

import (
	"encoding/json"
	"maps"
	"math/big"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// A textForm says where a value stands that is written as texts.
type textForm int

const (
	inJSON  textForm = iota
	inForm           // a form: one text, or several of a name
	inParam          // a parameter
	inBody           // a body that is a text
)

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
	return !n.allows(value) && (hasNull(value) || n.d.relaxed().at(n.pointer).allows(value))
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

// candidates are values around what a schema allows, likely ones first: the
// least and the greatest, those beside, and those of other types.
func (n node) candidates(depth int) []any {
	parts := n.parts()
	var list []any
	for _, p := range parts {
		v := p.object()
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
		list = append(list, formats[p.text("format")]...)
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
	return once(append(list, "surely not", json.Number("7"), json.Number("1.5"), true, map[string]any{"unknown": "b"}, []any{"a"}, nil))
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

// formats are values of the formats, and some that are nearly so.
var formats = map[string][]any{
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
}

// texts are strings of the lengths that matter.
func texts(parts []node) []any {
	list := []any{"a", "Ab", "-5", `"a"`}
	if slices.ContainsFunc(parts, isDemanding) {
		list = append(list, "1", "true", "2.5", "YQ==", "a@example.com", "0123456789", "ABC-123")
	}
	for _, p := range parts {
		for _, length := range p.lengths("minLength", "maxLength") {
			if length < 10_000 {
				list = append(list, strings.Repeat("x", length), strings.Repeat("ü", length))
			}
		}
		if pattern, err := syntax.Parse(p.text("pattern"), syntax.Perl); err == nil && p.has("pattern") {
			list = append(list, matching(pattern))
		}
	}
	return append(list, "")
}

// lengths are those that keywords of a schema name, and those beside.
func (n node) lengths(keywords ...string) []int {
	var list []int
	for _, keyword := range keywords {
		if number, ok := n.object()[keyword].(json.Number); ok {
			bound, _ := number.Int64()
			for length := max(bound-1, 0); length <= bound+1; length++ {
				list = append(list, int(length))
			}
		}
	}
	return list
}

// isDemanding reports whether a schema wants more of a text than a length.
func isDemanding(n node) bool {
	return n.has("pattern") || n.has("format") || n.has("contentEncoding")
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
			if number, ok := p.object()[word].(json.Number); ok {
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
	if len(good) > 0 {
		for _, p := range parts {
			for _, length := range p.lengths("minItems", "maxItems") {
				if length == 0 || length >= 1000 {
					continue
				}
				list = append(list, slices.Repeat([]any{good[0]}, length))
				if length <= len(good) {
					list = append(list, slices.Clone(good[:length]))
				}
			}
		}
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
		for _, name := range p.at("required").texts() {
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

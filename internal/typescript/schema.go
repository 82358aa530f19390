package typescript

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// typeOf writes the type of what a schema describes.
func (w *writer) typeOf(s model.Schema, use model.Use) string {
	switch s := s.(type) {
	case model.AnyValue:
		return "unknown"
	case model.BoolValue:
		return "boolean"
	case model.IntegerValue:
		return w.integer(s, use)
	case model.NumberValue:
		return "number"
	case model.TextValue:
		return text(s)
	case model.OneConstant:
		return constants(s)
	case model.ListValue:
		return w.list(s, use)
	case model.DictValue:
		if w.indexed {
			return "{ [name: string]: " + w.typeOf(s.Elem, use) + " }"
		}
		return "Record<string, " + w.typeOf(s.Elem, use) + ">"
	case model.ObjectValue:
		return w.object(s, use)
	case model.NullOr:
		return orNull(w.typeOf(s.Of, use))
	case model.ComponentRef:
		return w.refTo(s.ID, use)
	case model.Declared:
		return declared(s)
	}
	panic(fmt.Sprintf("typescript: unhandled schema %T", s))
}

// integer is a number; one of 64 bits can be sent as a bigint, too.
func (w *writer) integer(s model.IntegerValue, use model.Use) string {
	if (s.Bits == 64 || s.Bits == 0) && (use != model.Sent || w.cfg.Int64 == "bigint") {
		return "number | bigint"
	}
	return "number"
}

// text is a string: of a certain form if it holds a number or boolean.
func text(s model.TextValue) string {
	switch s.Quoted.(type) {
	case model.IntegerValue:
		return "`${bigint}`"
	case model.NumberValue:
		return "`${number}`"
	case model.BoolValue:
		return "`${boolean}`"
	}
	return "string"
}

func constants(s model.OneConstant) string {
	var list []string
	for _, c := range s.Values {
		list = append(list, relaxed(c.Literal))
	}
	return union(list)
}

// relaxed is a JSON literal as TypeScript has it.
func relaxed(jsonLiteral string) string {
	var text string
	if json.Unmarshal([]byte(jsonLiteral), &text) == nil {
		return literal(text)
	}
	return jsonLiteral
}

// union is one of several types, each once. What may be anything is no less.
func union(list []string) string {
	if slices.Contains(list, "unknown") {
		return "unknown"
	}
	var once []string
	for _, t := range list {
		if !slices.Contains(once, t) {
			once = append(once, t)
		}
	}
	return strings.Join(once, " | ")
}

// longestTuple is how many elements an array may have to be a tuple.
const longestTuple = 8

// list is an array. What is sent has all elements of an array of Go; what is
// received is cut or filled up.
func (w *writer) list(s model.ListValue, use model.Use) string {
	elem := w.typeOf(s.Elem, use)
	if use == model.Sent && s.Len > 0 && s.Len <= longestTuple {
		return "[" + strings.Join(slices.Repeat([]string{elem}, int(s.Len)), ", ") + "]"
	}
	return arrayOf(elem)
}

func arrayOf(elem string) string {
	if isUnion(elem) {
		return "(" + elem + ")[]"
	}
	return elem + "[]"
}

// isUnion reports whether a type has a bar outside of brackets and quotes.
func isUnion(t string) bool {
	depth, quote, escaped := 0, rune(0), false
	for _, c := range t {
		switch {
		case escaped:
			escaped = false
		case quote != 0:
			escaped = c == '\\'
			if c == quote {
				quote = 0
			}
		case strings.ContainsRune("\"'`", c):
			quote = c
		case strings.ContainsRune("([{<", c):
			depth++
		case strings.ContainsRune(")]}>", c):
			depth--
		case c == '|' && depth == 0:
			return true
		}
	}
	return false
}

func orNull(t string) string {
	if t == "unknown" {
		return t
	}
	return t + " | null"
}

// object is an object in one line.
func (w *writer) object(s model.ObjectValue, use model.Use) string {
	if len(s.Members) == 0 {
		return "Record<string, never>"
	}
	var list []string
	for _, m := range s.Members {
		list = append(list, w.field(m, use, false))
	}
	return "{ " + strings.Join(list, "; ") + " }"
}

// field declares a member. What a server always sends is there; what it wants to
// be there is demanded.
func (w *writer) field(m model.Member, use model.Use, demanded bool) string {
	t := w.typeOf(m.Schema, use)
	switch {
	case use == model.Sent && m.Always || demanded:
		return property(m.Name) + ": " + t
	case use == model.Sent || t == "unknown":
		return property(m.Name) + "?: " + t
	}
	return property(m.Name) + "?: " + t + " | undefined"
}

func declared(s model.Declared) string {
	if len(s.Literals) > 0 {
		var list []string
		for _, l := range s.Literals {
			list = append(list, relaxed(l))
		}
		return union(list)
	}
	switch s.Type {
	case "string", "boolean":
		return s.Type
	case "integer", "number":
		return "number"
	case "object":
		return "Record<string, unknown>"
	case "array":
		return "unknown[]"
	case "null":
		return "null"
	}
	return "unknown"
}

// literal writes a string, in the quotes of which it has less.
func literal(text string) string {
	quote := '"'
	if strings.Count(text, `"`) > strings.Count(text, "'") {
		quote = '\''
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range text {
		switch {
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case strconv.IsPrint(r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

package typescript

import (
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

func TestCamel(t *testing.T) {
	for name, want := range map[string]string{
		"limit": "limit", "page_size": "pageSize", "X-Request-Id": "xRequestId", "X-API-KEY": "xApiKey", "userID": "userID",
		"ID": "id", "If-None-Match": "ifNoneMatch", "M": "m", "a.b[c]": "aBC", "": "value", "--": "value", "2fa": "_2fa", "été": "été",
	} {
		if got := camel(name); got != want {
			t.Errorf("camel(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for text, want := range map[string]string{
		"a": `"a"`, `"\`: `'"\\'`, `"'`: `"\"'"`, "a\n\t\r": `"a\n\t\r"`, "\x00": `"\u{0}"`, "ä😀": `"ä😀"`, "\u2028": `"\u{2028}"`,
	} {
		if got := literal(text); got != want {
			t.Errorf("literal(%q) = %s, want %s", text, got, want)
		}
	}
}

func TestArrayOf(t *testing.T) {
	for elem, want := range map[string]string{
		"string": "string[]", "A | null": "(A | null)[]", `"a|b"`: `"a|b"[]`, `"a" | "b"`: `("a" | "b")[]`, `"\"|'"`: `"\"|'"[]`, `'"' | 'b'`: `('"' | 'b')[]`, "`${bigint}`": "`${bigint}`[]", `"\\" | "a"`: `("\\" | "a")[]`,
		"Record<string, A | null>": "Record<string, A | null>[]", "{ a?: B | undefined }": "{ a?: B | undefined }[]",
	} {
		if got := arrayOf(elem); got != want {
			t.Errorf("arrayOf(%s) = %s, want %s", elem, got, want)
		}
	}
}

// TestDoc demands that no text ends a comment or becomes a tag, and that what
// deprecates comes last.
func TestDoc(t *testing.T) {
	var p printer
	p.doc(paragraphs("First */ line.\n@see nothing\n\nDeprecated: use\nanother.\n\nMore.", true)...)
	p.doc(append(paragraphs("", true), defaultTag("a\nb"))...)
	p.doc(paragraphs("", false)...)
	p.doc(paragraphs(strings.Repeat("x", 120), false)...)
	want := "/**\n * First *\\/ line.\n * \\@see nothing\n *\n * More.\n *\n * @deprecated use another.\n */\n" +
		"/**\n * @deprecated\n * @defaultValue a b\n */\n" +
		"/**\n * " + strings.Repeat("x", 120) + "\n */\n"
	if got := string(p.bytes()); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestNarrow(t *testing.T) {
	w := newWriter(nil, Config{})
	one := []model.Rule{model.OneOf{Literals: []string{`"a"`, `"b"`}}}
	for _, test := range []struct {
		of    model.Schema
		rules []model.Rule
		want  string
	}{
		{model.TextValue{}, one, `"a" | "b"`},
		{model.IntegerValue{Bits: 64}, []model.Rule{model.OneOf{Literals: []string{"1", "1_000"}}}, "1 | 1000"},
		{model.NullOr{Of: model.TextValue{}}, one, `"a" | "b" | null`},
		{model.NullOr{Of: model.TextValue{}}, append(one, model.Required{}), `"a" | "b"`},
		{model.TextValue{}, []model.Rule{model.IfNotZero{Zero: `""`, Rules: one}}, `"a" | "b" | ""`},
		{model.TextValue{}, []model.Rule{model.IfNotZero{Zero: `""`, Rules: []model.Rule{model.Format{Func: "IsEmail"}}}}, "string"},
		{model.ListValue{Elem: model.TextValue{}, Len: -1}, []model.Rule{model.Each{Rules: one}}, `("a" | "b")[]`},
		{model.DictValue{Elem: model.TextValue{}}, []model.Rule{model.EachEntry{Rules: one}}, `Record<string, "a" | "b">`},
		{model.NullOr{Of: model.TextValue{}}, []model.Rule{model.IfSet{Rules: one}}, `"a" | "b" | null`},
		{model.BoolValue{}, one, "boolean"},
	} {
		if got := w.typeOf(narrow(test.of, test.rules), model.Received); got != test.want {
			t.Errorf("%#v with %#v: %s, want %s", test.of, test.rules, got, test.want)
		}
	}
}

// TestSchemas demands a type for each kind of schema, in both directions.
func TestSchemas(t *testing.T) {
	long := model.IntegerValue{Bits: 64}
	for _, test := range []struct {
		of             model.Schema
		sent, received string
	}{
		{model.AnyValue{}, "unknown", "unknown"},
		{model.BoolValue{}, "boolean", "boolean"},
		{model.IntegerValue{Bits: 32}, "number", "number"},
		{long, "number", "number | bigint"},
		{model.NumberValue{Bits: 64}, "number", "number"},
		{model.TextValue{Quoted: long}, "`${bigint}`", "`${bigint}`"},
		{model.TextValue{Quoted: model.BoolValue{}}, "`${boolean}`", "`${boolean}`"},
		{model.OneConstant{Of: model.TextValue{}, Values: []model.Constant{{Literal: `"a"`}, {Literal: `"\u2028"`}}}, `"a" | "\u{2028}"`, `"a" | "\u{2028}"`},
		{model.ListValue{Elem: model.NullOr{Of: long}, Len: 2}, "[number | null, number | null]", "(number | bigint | null)[]"},
		{model.ListValue{Elem: long, Len: 9}, "number[]", "(number | bigint)[]"},
		{model.DictValue{Elem: model.TextValue{}}, "Record<string, string>", "Record<string, string>"},
		{model.ObjectValue{}, "Record<string, never>", "Record<string, never>"},
		{
			model.ObjectValue{Members: []model.Member{{Name: "a-b", Schema: model.TextValue{}, Always: true}, {Name: "c", Schema: model.AnyValue{}}}},
			`{ "a-b": string; c?: unknown }`, `{ "a-b"?: string | undefined; c?: unknown }`,
		},
		{model.NullOr{Of: model.AnyValue{}}, "unknown", "unknown"},
		{model.Declared{Type: "integer"}, "number", "number"},
		{model.Declared{Literals: []string{"1", `"x"`}}, `1 | "x"`, `1 | "x"`},
	} {
		w := newWriter(nil, Config{})
		if sent, received := w.typeOf(test.of, model.Sent), w.typeOf(test.of, model.Received); sent != test.sent || received != test.received {
			t.Errorf("%#v is %s and %s, want %s and %s", test.of, sent, received, test.sent, test.received)
		}
	}
	w := newWriter(nil, Config{Int64: "bigint"})
	if got := w.typeOf(long, model.Sent); got != "number | bigint" {
		t.Errorf("with bigint, 64 bits are %s", got)
	}
}

// TestParts demands that each file of the library belongs to a part, and that
// parts need only what is there.
func TestParts(t *testing.T) {
	known := map[string]bool{"parseJsonBigint.ts": true}
	for _, p := range parts {
		known[p.name+".ts"] = true
		for _, need := range p.needs {
			partOf(need)
		}
		if _, err := lib.ReadFile("lib/" + p.name + ".ts"); err != nil {
			t.Error(err)
		}
	}
	files, err := lib.ReadDir("lib")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !known[f.Name()] {
			t.Errorf("lib/%s belongs to no part", f.Name())
		}
	}
}

// TestTaken demands that no component can have the name of a type of the
// library.
func TestTaken(t *testing.T) {
	files, err := lib.ReadDir("lib")
	if err != nil {
		t.Fatal(err)
	}
	scope := wire.Scope{}
	for _, name := range taken {
		scope[name] = true
	}
	for _, f := range files {
		text, err := lib.ReadFile("lib/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			words := strings.FieldsFunc(strings.TrimPrefix(line, "export "), func(r rune) bool { return !strings.ContainsRune("_$", r) && !isWord(r) })
			if len(words) > 1 && (words[0] == "class" || words[0] == "interface" || words[0] == "type") && !scope[words[1]] && line[0] != ' ' {
				t.Errorf("lib/%s declares %s, which a component could be called", f.Name(), words[1])
			}
		}
	}
}

func isWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

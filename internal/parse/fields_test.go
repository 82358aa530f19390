package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// listSlots writes slots so that a test can be read.
func listSlots(slots []model.Slot) string {
	var b strings.Builder
	for _, s := range slots {
		fmt.Fprintf(&b, "%s %q %s", s.Field, s.Name, strings.TrimPrefix(fmt.Sprintf("%T", s.Shape), "model."))
		if s.Required {
			b.WriteString(" required")
		}
		if s.Default != "" {
			fmt.Fprintf(&b, " default %q", s.Default)
		}
		if s.Doc != "" {
			fmt.Fprintf(&b, " // %s", s.Doc)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestFields(t *testing.T) {
	for _, c := range []struct{ name, param, decls, want, alloc string }{
		{"names", "runtime.Query[T]", "type T struct { A int; URL string; Ünder bool; B int `query:\"x-y z\"`; C int `query:\"-\"`; d chan int; E int `json:\"e\" query:\"e2\"` }", `
A "a" Single required
URL "uRL" Single required
Ünder "ünder" Single required
B "x-y z" Single required
E "e2" Single required
`, ""},
		{"headers", "runtime.Header[T]", "type T struct { A int; B string `header:\"x-request-id\"`; C []string `header:\"ACCEPT\"` }", `
A "A" Single required
B "X-Request-Id" Single required
C "Accept" List
`, ""},
		{"cookies", "runtime.Cookie[T]", "type T struct { A *int `cookie:\"Sid\"` }", `
A "Sid" Pointed
`, ""},
		{"presence", "runtime.Query[T]", "type T struct { A int `default:\"3\"`; B *int; C runtime.Optional[int]; D []int; E map[string]int; F string `default:\"\"`; " +
			"G *int `validate:\"required\"`; H []int `validate:\"required\"`; I string `validate:\"required\"` }", `
A "a" Single default "3"
B "b" Pointed
C "c" Optioned
D "d" List
E "e" Dict
F "f" Single
G "g" Pointed required
H "h" List required
I "i" Single required
`, ""},
		{"defaults", "runtime.Query[T]", "type T struct { A int8 `default:\"-128\"`; B time.Duration `default:\"5s\"`; C time.Time `default:\"2006-01-02\"`; " +
			"D ID `default:\"anything\"`; E netip.Addr `default:\"::1\"`; F url.URL `default:\"/x\"`; G bool `default:\"T\"`; H uint64 `default:\"18446744073709551615\"`; " +
			"I Level `default:\"a b\"`; J float32 `default:\"1e3\" validate:\"max=1000\"`; K net.IP `default:\"::1\"`; L netip.Prefix `default:\"10.0.0.0/8\"`; " +
			"M netip.AddrPort `default:\"[::1]:80\"` }\ntype Level string\ntype ID struct{}\nfunc (*ID) UnmarshalText([]byte) error { return nil }", `
A "a" Single default "-128"
B "b" Single default "5s"
C "c" Single default "2006-01-02"
D "d" Single default "anything"
E "e" Single default "::1"
F "f" Single default "/x"
G "g" Single default "T"
H "h" Single default "18446744073709551615"
I "i" Single default "a b"
J "j" Single default "1e3"
K "k" Single default "::1"
L "l" Single default "10.0.0.0/8"
M "m" Single default "[::1]:80"
`, ""},
		{"embedded", "runtime.Query[T]", `type T struct { First int; Paging; *Sort; Day; low; skipped "query:\"-\""; Last int }
			type Paging struct { Page int; *Cursor }
			type Cursor struct { After string; Paging }
			type Sort struct { By string }
			type Day int
			type low struct { Low int }
			type skipped struct { Never chan int }`, `
First "first" Single required
Paging.Page "page" Single required
Paging.Cursor.After "after" Single required
Sort.By "by" Single required
Day "day" Single required
low.Low "low" Single required
Last "last" Single required
`, "Paging.Cursor Sort"},
		{"shadowing", "runtime.Query[T]", `type T struct { Base; Page int "query:\"p\""; Other }
			type Base struct { Page int; Size int; Deeper }
			type Other struct { Offset int "query:\"o1\""; Deeper2 }
			type Deeper struct { Size int; Offset int }
			type Deeper2 struct { Size int; Same int "query:\"s1\"" }`, `
Base.Size "size" Single required
Page "p" Single required
Other.Offset "o1" Single required
Other.Deeper2.Same "s1" Single required
`, ""},
		{"equally deep fields of two names", "runtime.Query[T]", `type T struct { A; B }
			type A struct { N int "query:\"a\"" }
			type B struct { N int "query:\"b\"" }`, `
A.N "a" Single required
B.N "b" Single required
`, ""},
		{"docs", "runtime.Query[T]", "type T struct {\n// Page is the page.\n// It counts from 1.\nPage int\nSize int // how many\n}", `
Page "page" Single required // Page is the page.
It counts from 1.
Size "size" Single required // how many
`, ""},
		{"generics", "runtime.Query[T[int]]", `type T[P any] struct { Base[P]; Value P }
			type Base[P any] struct { List []P "query:\"l\"" }`, `
Base.List "l" List
Value "value" Single required
`, ""},
		{"other packages", "runtime.Query[lib.Paged]", ``, `
Page "page" Single default "1"
Sort "sort" Single required
`, ""},
		{"without a name", "runtime.Query[struct{ A int `query:\"x\"` }]", ``, `
A "x" Single required
`, ""},
		{"a map beside its name", "runtime.Query[T]", "type T struct { Filter map[string]string `query:\"q\"`; Q string `query:\"q\"` }", `
Filter "q" Dict
Q "q" Single required
`, ""},
		{"alias", "Alias", "type Alias = runtime.Query[U]\ntype U = T\ntype T struct { A int }", `
A "a" Single required
`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			declareLib(t)
			params := paramsOf(t, "//handlergen:route GET /\nfunc F(v "+c.param+") {}\n"+c.decls)
			from := params[0].From.(model.Values)
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), listSlots(from.Slots)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := strings.Join(from.Alloc, " "); got != c.alloc {
				t.Errorf("allocates %q, want %q", got, c.alloc)
			}
		})
	}
}

func TestForm(t *testing.T) {
	const decls = `
type T struct { Name string "form:\"n\""; Age *int }
func (T) Validate() error { return nil }
//handlergen:route `
	for methods, query := range map[string]bool{
		"GET": true, "HEAD": true, "GET,HEAD": true, "POST": false, "GET,POST": false, "ANY": false,
	} {
		params := paramsOf(t, decls+methods+" /\nfunc F(v runtime.Form[T]) {}")
		var slots []model.Slot
		switch from := params[0].From.(type) {
		case model.Form:
			slots = from.Slots
			if query || !from.Validate {
				t.Errorf("%s: %+v", methods, from)
			}
		case model.Values:
			slots = from.Slots
			if !query || !from.Validate || !from.Wrapped || from.Source != model.Query {
				t.Errorf("%s: %+v", methods, from)
			}
		}
		if got, want := listSlots(slots), "Name \"n\" Single required\nAge \"age\" Pointed\n"; got != want {
			t.Errorf("%s: slots %s, want %s", methods, got, want)
		}
	}
}

func TestParamOptions(t *testing.T) {
	params := paramsOf(t, `
//handlergen:route GET /{org}/{id}
//handlergen:param a name=page default=1 "doc=which page"
//handlergen:param b name=x-request-id
//handlergen:param c name=id
//handlergen:param d name=org
//handlergen:param e name=f
//handlergen:param f default=
func F(a runtime.Query[int], b runtime.Header[string], c int64, d runtime.Path[string], e runtime.Query[map[string]int], f runtime.Query[string]) {}`)
	var got strings.Builder
	for _, param := range params {
		got.WriteString(listSlots(param.From.(model.Values).Slots))
	}
	const want = ` "page" Single default "1" // which page
 "X-Request-Id" Single required
 "id" Single required
 "org" Single required
 "f" Dict
 "f" Single
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

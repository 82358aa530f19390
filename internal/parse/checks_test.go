package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// listChecks writes checks so that a test can be read: what each struct's fields
// must fulfil, with @N for the check of index N.
func listChecks(pkg *model.Package) string {
	var b strings.Builder
	for i, c := range pkg.Checks {
		fmt.Fprintf(&b, "@%d %s", i, c.Name)
		if c.Validate {
			b.WriteString(" Validate")
		}
		b.WriteString("\n")
		for _, f := range c.Fields {
			fmt.Fprintf(&b, "  %s %q %s\n", f.Field, f.Name, listRules(f.Rules))
		}
	}
	return b.String()
}

func listRules(rules []model.Rule) string {
	var words []string
	for _, rule := range rules {
		switch rule := rule.(type) {
		case model.Required:
			words = append(words, "required:"+string(rule.Missing))
		case model.Compare:
			words = append(words, rule.Op+rule.Limit)
		case model.IfSet:
			words = append(words, string(rule.Holder)+"("+listRules(rule.Rules)+")")
		case model.EachEntry:
			words = append(words, "entries("+listRules(rule.Rules)+")")
		case model.Each:
			words = append(words, "each("+listRules(rule.Rules)+")")
		case model.Nested:
			words = append(words, fmt.Sprintf("@%d", rule.Check))
		case model.Method:
			words = append(words, "Validate")
		default:
			words = append(words, fmt.Sprintf("%T", rule))
		}
	}
	return strings.Join(words, " ")
}

func TestChecks(t *testing.T) {
	for _, c := range []struct{ name, body, decls, want string }{
		{"nothing demanded", "T", `type T struct { A int; B []U; c V }
			type U struct{ T *T }; type V struct { A int "validate:\"min=1\"" }`, ``},
		{"nested in every way", "T", `type T struct {
			Plain U
			Pointer *U
			Slice []U
			Pointers []*U
			Array [2]U
			Map map[string]U
			Optional runtime.Optional[U]
			Nullable runtime.Nullable[*U]
			Both runtime.Optional[runtime.Nullable[U]]
			None N
		}
		type U struct { A int "validate:\"min=1\"" }
		type N struct { A int }`, `
@0 T
  Plain "Plain" @1
  Pointer "Pointer" pointer(@1)
  Slice "Slice" each(@1)
  Pointers "Pointers" each(pointer(@1))
  Array "Array" each(@1)
  Map "Map" entries(@1)
  Optional "Optional" optional(@1)
  Nullable "Nullable" nullable(pointer(@1))
  Both "Both" optional(nullable(@1))
@1 U
  A "A" >=1
`},
		{"recursion", "T", `type T struct { A int "validate:\"min=1\""; Kids []T "json:\"kids\""; Up *U }
			type U struct { T *T }`, `
@0 T
  A "A" >=1
  Kids "kids" each(@0)
  Up "Up" pointer(@1)
@1 U
  T "T" pointer(@0)
`},
		{"roots that are no structs", "map[string][]*U", `type U struct { A int "validate:\"min=1\"" }`, `
@0 U
  A "A" >=1
`},
		{"structs without a name", "struct { In struct { A int `validate:\"min=1\"` } }", ``, `
@0 FBody
  In "In" @1
@1 FBodyIn
  A "A" >=1
`},
		{"methods", "T", `type T struct { E E; U U; P *U; L []E }
			func (*T) Validate() error { return nil }
			type E string
			func (E) Validate() error { return nil }
			type U struct{}
			func (U) Validate() error { return nil }`, `
@0 T Validate
  E "E" Validate
  U "U" @1
  P "P" pointer(@1)
  L "L" each(Validate)
@1 U Validate
`},
		{"names of members", "T", "type T struct {\n" +
			"A int `json:\"a,omitempty\" validate:\"min=1\"`\nB int `json:\"-\" validate:\"min=1\"`\nC int `json:\"-,\" validate:\"min=1\"`\n" +
			"D int `json:\"x\\\\y\" validate:\"min=1\"`\nE int `json:\",string\" validate:\"min=1\"`\nf int `validate:\"min=1\"`\n}", `
@0 T
  A "a" >=1
  C "-" >=1
  D "D" >=1
  E "E" >=1
`},
		{"embedded", "T", `type T struct { Base; *Ptr; Named "json:\"named\""; low }
			type Base struct { A int "validate:\"min=1\"" }
			type Ptr struct { B int "validate:\"min=1\"" }
			type Named struct { C int "validate:\"min=1\"" }
			type low struct { D int "validate:\"min=1\"" }`, `
@0 T
  Base "" @1
  Ptr "" pointer(@2)
  Named "named" @3
  low "" @4
@1 Base
  A "A" >=1
@2 Ptr
  B "B" >=1
@3 Named
  C "C" >=1
@4 Low
  D "D" >=1
`},
		{"hidden members of embedded structs", "T", `type T struct { Base; A int }
			type Base struct { A int "validate:\"min=1\""; B int "validate:\"min=2\"" }
			type Other struct { Base }
			type Both struct { T T; O Other }
//handlergen:route POST /2
func G(v runtime.JSON[Both]) {}`, `
@0 T
  Base "" @1
@1 Base
  B "B" >=2
@2 Both
  T "T" @0
  O "O" @3
@3 Other
  Base "" @4
@4 Base2
  A "A" >=1
  B "B" >=2
`},
		{"the same name twice at one depth is no member", "T", `type T struct { U; V; C int "validate:\"min=3\"" }
			type U struct { A int "validate:\"min=1\"" }
			type V struct { A int "validate:\"min=1\"" }`, `
@0 T
  C "C" >=3
`},
		{"promoted methods are called once", "T", `type T struct { Base; A int "validate:\"min=1\"" }
			type Base struct { B int }
			func (Base) Validate() error { return nil }`, `
@0 T
  Base "" @1
  A "A" >=1
@1 Base Validate
`},
		{"own method beside that of an embedded struct", "T", `type T struct { *Base }
			func (T) Validate() error { return nil }
			type Base struct { B int }
			func (*Base) Validate() error { return nil }`, `
@0 T Validate
  Base "" pointer(@1)
@1 Base Validate
`},
		{"leaves", "T", `type T struct { J J; X X; T time.Time; A int "validate:\"min=1\"" }
			type J struct { A int "validate:\"min=1\"" }
			func (*J) UnmarshalJSON([]byte) error { return nil }
			type X struct { A int "validate:\"min=1\"" }
			func (X) UnmarshalText([]byte) error { return nil }
			func (X) Validate() error { return nil }`, `
@0 T
  X "X" Validate
  A "A" >=1
`},
		{"generics", "Page[Item]", `type Page[T any] struct { Items []T "validate:\"max=9\""; Next *Page[T] }
			type Item struct { A int "validate:\"min=1\"" }
//handlergen:route POST /2
func G(v runtime.JSON[Page[int]]) {}
//handlergen:route POST /3
func H(v runtime.JSON[Page[[]int]]) {}`, `
@0 PageItem
  Items "Items" <=9 each(@1)
  Next "Next" pointer(@0)
@1 Item
  A "A" >=1
@2 PageInt
  Items "Items" <=9
  Next "Next" pointer(@2)
@3 Page
  Items "Items" <=9
  Next "Next" pointer(@3)
`},
		{"other packages", "lib.Order", ``, `
@0 Order
  Weight "Weight" >=1
  Lines "Lines" each(@1)
@1 Line
  N "N" >=1
`},
		{"validate:\"-\"", "T", `type T struct { U U "validate:\"-\""; A int "validate:\"min=1\"" }
			type U struct { A int "validate:\"min=1\"" }`, `
@0 T
  A "A" >=1
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			declareLib(t)
			pkg := mustRead(t, "//handlergen:route POST /\nfunc F(v runtime.JSON["+c.body+"]) {}\n"+c.decls)
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), listChecks(pkg)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// declareLib is a package that users import.
func declareLib(t *testing.T) {
	testWorld().declare(t, "example.com/lib", `package lib

type Order struct {
	base
	Lines []Line
	Secret secret
}
type base struct { Weight int "validate:\"min=1\"" }
type Line struct { N int "validate:\"min=1\"" }
type secret struct { N int }

type Bad struct { Size int "validate:\"foo\"" }
type Query struct {
	paging
	Sort string "query:\"sort\""
	skipped int
	BadTag int "query:x"
}
type paging struct { Page int "query:\"page\" default:\"x\"" }
type PagedQuery struct { *paging }

type Paged struct {
	pages
	Sort string
	skipped chan int
}
type pages struct { Page int "query:\"page\" default:\"1\"" }
`)
}

func TestBodyRules(t *testing.T) {
	nested := func(i int) model.Rule { return model.Nested{Check: i} }
	for _, c := range []struct {
		body string
		want []model.Rule
	}{
		{"U", oneRule(nested(0))},
		{"*U", oneRule(pointerIs(nested(0)))},
		{"[]U", oneRule(model.Each{Rules: oneRule(nested(0))})},
		{"map[string]*U", oneRule(entryRule(model.StringKeys, basic("string"), pointerIs(nested(0))))},
		{"map[Key]U", oneRule(entryRule(model.StringKeys, named("Key"), nested(0)))},
		{"map[uint8]U", oneRule(entryRule(model.IntegerKeys, basic("uint8"), nested(0)))},
		{"map[K]U", oneRule(entryRule(model.TextKeys, named("K"), nested(0)))},
		{"E", oneRule(model.Method{})},
		{"Us", []model.Rule{model.Each{Rules: oneRule(nested(0))}, model.Method{}}},
		{"int", nil},
		{"any", nil},
	} {
		params := paramsOf(t, `
type U struct { A int "validate:\"min=1\"" }
type E string
func (E) Validate() error { return nil }
type Key string
type K struct{}
func (*K) UnmarshalText([]byte) error { return nil }
type Us []U
func (Us) Validate() error { return nil }
//handlergen:route POST /
func F(v runtime.JSON[`+c.body+`]) {}`)
		if diff := cmp.Diff(c.want, params[0].From.(model.JSONBody).Rules); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.body, diff)
		}
	}
}

func TestCheckTypes(t *testing.T) {
	pkg := mustRead(t, `
//handlergen:route POST /
func F(v runtime.JSON[Page[Item]]) {}
type Page[T any] struct { Items []T; Anonymous struct { A int "validate:\"min=1\"" } }
type Item struct { A Level "validate:\"min=1\"" }
type Level int`)
	item := named("Item")
	anonymous := model.Struct{Fields: []model.StructField{{Name: "A", Type: basic("int"), Tag: `validate:"min=1"`}}}
	want := []model.Check{
		{Name: "PageItem", Type: model.Named{PkgPath: item.PkgPath, PkgName: item.PkgName, Name: "Page", Args: []model.Type{item}}, Fields: []model.FieldCheck{
			{Field: "Items", Name: "Items", Type: model.Slice{Elem: item}, Rules: oneRule(model.Each{Rules: oneRule(model.Nested{Check: 1})})},
			{Field: "Anonymous", Name: "Anonymous", Type: anonymous, Rules: oneRule(model.Nested{Check: 2})},
		}},
		{Name: "Item", Type: item, Fields: []model.FieldCheck{{Field: "A", Name: "A", Type: named("Level"), Rules: oneRule(min1)}}},
		{Name: "PageItemAnonymous", Type: anonymous, Fields: []model.FieldCheck{{Field: "A", Name: "A", Type: basic("int"), Rules: oneRule(min1)}}},
	}
	if diff := cmp.Diff(want, pkg.Checks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPresets(t *testing.T) {
	params := paramsOf(t, `
type T struct {
	Limit int8 "default:\"20\""
	Ratio float64 "default:\"1e3\""
	Sort Level "default:\"a\\\"b\""
	On bool "default:\"t\""
	Wait time.Duration "default:\"5s\""
	Base
	In struct { N uint "default:\"07\"" }
	Deep Deep "json:\"deep\""
	Skipped int "json:\"-\" default:\"1\""
	Empty string "default:\"\""
}
type Level string
type Base struct { Page int "default:\"1\"" }
type Deep struct { Base }
//handlergen:route POST /
func F(v runtime.JSON[T]) {}`)
	want := []model.Preset{
		{Field: "Limit", Value: "20"},
		{Field: "Ratio", Value: "1000"},
		{Field: "Sort", Value: `"a\"b"`},
		{Field: "On", Value: "true"},
		{Field: "Wait", Value: "5000000000"},
		{Field: "Base.Page", Value: "1"},
		{Field: "In.N", Value: "7"},
		{Field: "Deep.Base.Page", Value: "1"},
		{Field: "Empty", Value: `""`},
	}
	if diff := cmp.Diff(want, params[0].From.(model.JSONBody).Presets); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// A ruleCase is a field and its rules.
type ruleCase struct {
	field string
	want  []model.Rule
}

func atLeast(of model.Amount, limit, detail string) model.Compare {
	return model.Compare{Of: of, Op: ">=", Limit: limit, Detail: detail}
}

func compare(of model.Amount, op, limit, detail string) model.Compare {
	return model.Compare{Of: of, Op: op, Limit: limit, Detail: detail}
}

func oneRule(r model.Rule) []model.Rule { return []model.Rule{r} }

// entryRule applies rules to the values of a map.
func entryRule(keys model.Keys, key model.Type, rules ...model.Rule) model.Rule {
	return model.EachEntry{Keys: keys, Key: key, Rules: rules}
}

var (
	min1       = atLeast(model.Itself, "1", "must be at least 1")
	min1Char   = atLeast(model.Runes, "1", "must have at least 1 character")
	min1Item   = atLeast(model.Length, "1", "must have at least 1 item")
	isEmail    = model.Format{Func: "IsEmail", Detail: "must be an email address"}
	pointerIs  = func(rules ...model.Rule) model.Rule { return model.IfSet{Holder: model.HolderPointer, Rules: rules} }
	optionalIs = func(rules ...model.Rule) model.Rule { return model.IfSet{Holder: model.HolderOptional, Rules: rules} }
	nullableIs = func(rules ...model.Rule) model.Rule { return model.IfSet{Holder: model.HolderNullable, Rules: rules} }
)

const ruleDecls = `
type Level string
type Email string
func (Email) Validate() error { return nil }
type Count int
func (*Count) Validate() error { return nil }
type Emails []Email
func (Emails) Validate() error { return nil }
type Tags map[string]Email
type Odd struct{}
func (*Odd) UnmarshalText([]byte) error { return nil }
func (*Odd) Validate() error { return nil }
type Wrong int
func (Wrong) Validate(context.Context) error { return nil }
`

// commonRules are for named texts and for bodies alike.
var commonRules = []ruleCase{
	{"int `validate:\"min=1\"`", oneRule(min1)},
	{"int `validate:\"gte=1\"`", oneRule(min1)},
	{"int8 `validate:\"max=-3\"`", oneRule(compare(model.Itself, "<=", "-3", "must be at most -3"))},
	{"int `validate:\"lte=3,gt=0,lt=4,len=2\"`", []model.Rule{
		compare(model.Itself, "<=", "3", "must be at most 3"),
		compare(model.Itself, ">", "0", "must be greater than 0"),
		compare(model.Itself, "<", "4", "must be less than 4"),
		compare(model.Itself, "==", "2", "must be 2"),
	}},
	{"float32 `validate:\"min=0.50\"`", oneRule(atLeast(model.Itself, "0.5", "must be at least 0.50"))},
	{"uint `validate:\"min=0,max=9\"`", oneRule(compare(model.Itself, "<=", "9", "must be at most 9"))},
	{"time.Duration `validate:\"min=5s,max=1h\"`", []model.Rule{
		atLeast(model.Itself, "5000000000", "must be at least 5s"),
		compare(model.Itself, "<=", "3600000000000", "must be at most 1h"),
	}},
	{"string `validate:\"min=1,max=80\"`", []model.Rule{min1Char, compare(model.Runes, "<=", "80", "must have at most 80 characters")}},
	{"Level `validate:\"len=2,gt=1,lt=9\"`", []model.Rule{
		compare(model.Runes, "==", "2", "must have exactly 2 characters"),
		compare(model.Runes, ">", "1", "must have more than 1 character"),
		compare(model.Runes, "<", "9", "must have fewer than 9 characters"),
	}},
	{"[]int `validate:\"min=1\"`", oneRule(min1Item)},
	{"[]int `validate:\"min=0\"`", nil},
	{"map[string]int `validate:\"max=2\"`", oneRule(compare(model.Length, "<=", "2", "must have at most 2 entries"))},
	{"map[string]int `validate:\"dive,min=1\"`", oneRule(entryRule(model.StringKeys, basic("string"), min1))},
	{"[]string `validate:\"min=1,dive,email\"`", []model.Rule{min1Item, model.Each{Rules: oneRule(isEmail)}}},
	{"[]*string `validate:\"dive,email\"`", oneRule(model.Each{Rules: oneRule(pointerIs(isEmail))})},
	{"[]int `validate:\"unique\"`", oneRule(model.Unique{Detail: "must not have the same item twice"})},
	{"string `validate:\"oneof=asc desc\"`", oneRule(model.OneOf{Literals: []string{`"asc"`, `"desc"`}, Detail: "must be one of asc, desc"})},
	{"Level `validate:\"oneof='two words' 'a0x2Cb' c\"`", oneRule(model.OneOf{
		Literals: []string{`"two words"`, `"a,b"`, `"c"`}, Detail: "must be one of two words, a,b, c",
	})},
	{"uint8 `validate:\"oneof=1 255\"`", oneRule(model.OneOf{Literals: []string{"1", "255"}, Detail: "must be one of 1, 255"})},
	{"string `validate:\"email\"`", oneRule(isEmail)},
	{"string `validate:\"url\"`", oneRule(model.Format{Func: "IsURL", Detail: "must be a URL"})},
	{"string `validate:\"uuid\"`", oneRule(model.Format{Func: "IsUUID", Detail: "must be a UUID"})},
	{"string `validate:\"alpha\"`", oneRule(model.Format{Func: "IsAlpha", Detail: "must have letters from a to z only"})},
	{"string `validate:\"notblank\"`", oneRule(model.Format{Func: "IsNotBlank", Detail: "must not be blank"})},
	{"string `validate:\"alphanum\"`", oneRule(model.Format{Func: "IsAlphanum", Detail: "must have letters from a to z and digits only"})},
	{"string `validate:\"numeric\"`", oneRule(model.Format{Func: "IsNumeric", Detail: "must be a number"})},
	{"string `validate:\"hostname\"`", oneRule(model.Format{Func: "IsHostname", Detail: "must be a hostname"})},
	{"string `validate:\"ip\"`", oneRule(model.Format{Func: "IsIP", Detail: "must be an IP address"})},
	{"string `validate:\"datetime=2006-01-02\"`", oneRule(model.Format{
		Func: "IsDatetime", Arg: `"2006-01-02"`, Detail: "must be a date or time such as 2006-01-02",
	})},
	{"string `validate:\"datetime=Jan 20x2C 2006\"`", oneRule(model.Format{
		Func: "IsDatetime", Arg: `"Jan 2, 2006"`, Detail: "must be a date or time such as Jan 2, 2006",
	})},
	{"string `validate:\"min=1,pattern=^[a-z]{1,3}(,min=1)?$\"`", []model.Rule{
		min1Char, model.Matches{Pattern: "^[a-z]{1,3}(,min=1)?$", Detail: "must match ^[a-z]{1,3}(,min=1)?$"},
	}},
	{"string `validate:\"pattern=^\\\\d+$\"`", oneRule(model.Matches{Pattern: `^\d+$`, Detail: `must match ^\d+$`})},
	{"*int `validate:\"omitempty,min=1\"`", oneRule(pointerIs(min1))},
	{"runtime.Optional[int] `validate:\"min=1\"`", oneRule(optionalIs(min1))},
	{"string `validate:\"omitempty,email\"`", oneRule(model.IfNotZero{Zero: `""`, Rules: oneRule(isEmail)})},
	{"int `validate:\"max=9,omitempty,min=1\"`", []model.Rule{
		compare(model.Itself, "<=", "9", "must be at most 9"), model.IfNotZero{Zero: "0", Rules: oneRule(min1)},
	}},
	{"[]string `validate:\"omitempty,min=2,dive,email\"`", oneRule(model.IfNotZero{Zero: "nil", Rules: []model.Rule{
		atLeast(model.Length, "2", "must have at least 2 items"), model.Each{Rules: oneRule(isEmail)},
	}})},
	{"string `validate:\"omitempty\"`", nil},
	{"Email", oneRule(model.Method{})},
	{"Email `validate:\"-\"`", nil},
	{"*Count", oneRule(pointerIs(model.Method{}))},
	{"runtime.Optional[Email]", oneRule(optionalIs(model.Method{}))},
	{"[]Email `validate:\"min=1\"`", []model.Rule{min1Item, model.Each{Rules: oneRule(model.Method{})}}},
	{"Emails", []model.Rule{model.Each{Rules: oneRule(model.Method{})}, model.Method{}}},
	{"Tags", oneRule(entryRule(model.StringKeys, basic("string"), model.Method{}))},
	{"Email `validate:\"min=1,omitempty\"`", []model.Rule{min1Char, model.IfNotZero{Zero: `""`, Rules: oneRule(model.Method{})}}},
	{"Odd", oneRule(model.Method{})},
	{"Wrong", nil},
	{"string", nil},
}

// structOf declares a struct T with one field for each case.
func structOf(cases []ruleCase) string {
	var b strings.Builder
	b.WriteString(ruleDecls + "type T struct {\n")
	for i, c := range cases {
		fmt.Fprintf(&b, "\tF%d %s\n", i, c.field)
	}
	return b.String() + "}\n//handlergen:route POST /\n"
}

func TestRulesOfValues(t *testing.T) {
	cases := append([]ruleCase{
		{"int `validate:\"required,min=1\"`", oneRule(min1)},
		{"*int `validate:\"required,min=1\"`", oneRule(pointerIs(min1))},
		{"[]string `validate:\"required\"`", oneRule(model.Required{Missing: model.IfNil})},
	}, commonRules...)
	params := paramsOf(t, structOf(cases)+"func F(v runtime.Query[T]) {}")
	for i, slot := range params[0].From.(model.Values).Slots {
		if diff := cmp.Diff(cases[i].want, slot.Rules); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cases[i].field, diff)
		}
		if i < 3 && !slot.Required {
			t.Errorf("%s is not required", cases[i].field)
		}
	}
}

func TestRulesOfMembers(t *testing.T) {
	required := func(missing model.Missing) model.Required { return model.Required{Missing: missing} }
	zero := func(literal string) model.Required { return model.Required{Missing: model.IfZero, Zero: literal} }
	cases := append([]ruleCase{
		{"string `validate:\"required,min=1\"`", []model.Rule{zero(`""`), min1Char}},
		{"int `validate:\"required\"`", oneRule(zero("0"))},
		{"bool `validate:\"required\"`", oneRule(zero("false"))},
		{"*int `validate:\"required,min=1\"`", []model.Rule{required(model.IfNil), pointerIs(min1)}},
		{"[]int `validate:\"required\"`", oneRule(required(model.IfNil))},
		{"any `validate:\"required\"`", oneRule(required(model.IfNil))},
		{"map[string]int `validate:\"required\"`", oneRule(required(model.IfNil))},
		{"[2]int `validate:\"required\"`", oneRule(required(model.IfLookup))},
		{"time.Time `validate:\"required\"`", oneRule(required(model.IfLookup))},
		{"json.RawMessage `validate:\"required\"`", oneRule(required(model.IfLookup))},
		{"struct{ A int } `validate:\"required\"`", oneRule(required(model.IfLookup))},
		{"runtime.Optional[int] `validate:\"required,min=1\"`", []model.Rule{required(model.IfAbsent), optionalIs(min1)}},
		{"runtime.Optional[*int] `validate:\"required\"`", []model.Rule{required(model.IfAbsent), optionalIs(required(model.IfNil))}},
		{"runtime.Nullable[int] `validate:\"required,min=1\"`", []model.Rule{required(model.IfNull), nullableIs(min1)}},
		{"runtime.Optional[runtime.Nullable[int]] `validate:\"required,min=1\"`", []model.Rule{
			required(model.IfEither), optionalIs(nullableIs(min1)),
		}},
		{"**int `validate:\"min=1\"`", oneRule(pointerIs(pointerIs(min1)))},
		{"[]string `validate:\"dive,required\"`", oneRule(model.Each{Rules: oneRule(zero(`""`))})},
		{"[][]int `validate:\"dive,dive,min=1\"`", oneRule(model.Each{Rules: oneRule(model.Each{Rules: oneRule(min1)})})},
		{"[]*int `validate:\"dive,required,min=1\"`", oneRule(model.Each{Rules: []model.Rule{required(model.IfNil), pointerIs(min1)}})},
		{"[2]int `validate:\"dive,min=1\"`", oneRule(model.Each{Rules: oneRule(min1)})},
		{"[]byte `validate:\"max=2\"`", oneRule(compare(model.Length, "<=", "2", "must have at most 2 bytes"))},
	}, commonRules...)
	pkg := mustRead(t, structOf(cases)+"func F(v runtime.JSON[T]) {}")
	got := map[string][]model.Rule{}
	for _, field := range pkg.Checks[0].Fields {
		got[field.Name] = field.Rules
		if field.Name != field.Field {
			t.Errorf("the member %s is in the field %s", field.Name, field.Field)
		}
	}
	for i, c := range cases {
		if diff := cmp.Diff(c.want, got[fmt.Sprintf("F%d", i)]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.field, diff)
		}
	}
	if want := []model.Rule{model.Nested{Check: 0}}; !cmp.Equal(want, pkg.Handlers[0].Params[0].From.(model.JSONBody).Rules) {
		t.Errorf("the body has the rules %v, want %v", pkg.Handlers[0].Params[0].From.(model.JSONBody).Rules, want)
	}
}

func TestRulesOfWrappers(t *testing.T) {
	for _, c := range []struct {
		param    string
		want     []model.Rule
		validate bool
	}{
		{"runtime.Query[Email]", oneRule(model.Method{}), false},
		{"runtime.Query[*Email]", oneRule(pointerIs(model.Method{})), false},
		{"runtime.Query[[]Email]", oneRule(model.Each{Rules: oneRule(model.Method{})}), false},
		{"runtime.Query[map[string]Email]", oneRule(entryRule(model.StringKeys, basic("string"), model.Method{})), false},
		{"runtime.Query[Group]", nil, true},
		{"runtime.Query[Outer]", nil, true},
		{"runtime.Query[Plain]", nil, false},
	} {
		params := paramsOf(t, ruleDecls+`
type Group struct { A int }
func (*Group) Validate() error { return nil }
type Outer struct { Group }
type Plain struct { A int }
//handlergen:route GET /
func F(v `+c.param+`) {}`)
		from := params[0].From.(model.Values)
		if diff := cmp.Diff(c.want, from.Slots[0].Rules); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.param, diff)
		}
		if from.Validate != c.validate {
			t.Errorf("%s: Validate is %v", c.param, from.Validate)
		}
	}
}

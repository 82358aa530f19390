package openapi

import (
	"encoding/json"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
)

// textOf writes a schema as JSON.
func textOf(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func newPack(pkg *model.Package) *pack {
	return &pack{builder: newBuilder([]*model.Package{pkg}), pkg: pkg}
}

func TestRules(t *testing.T) {
	least := model.Compare{Of: model.Itself, Op: ">=", Limit: "1"}
	for _, test := range []struct {
		name  string
		of    model.Schema
		rules []model.Rule
		want  string
	}{
		{"least", model.IntegerValue{}, []model.Rule{least}, `{"minimum":1,"type":"integer"}`},
		{"above", model.NumberValue{}, []model.Rule{model.Compare{Of: model.Itself, Op: ">", Limit: "0"}}, `{"exclusiveMinimum":0,"type":"number"}`},
		{"equal", model.IntegerValue{}, []model.Rule{model.Compare{Of: model.Itself, Op: "==", Limit: "1_000"}}, `{"const":1000,"type":"integer"}`},
		{
			"lengths",
			model.TextValue{},
			[]model.Rule{model.Compare{Of: model.Runes, Op: ">", Limit: "1"}, model.Compare{Of: model.Runes, Op: "<", Limit: "5"}},
			`{"maxLength":4,"minLength":2,"type":"string"}`,
		},
		{
			"items",
			model.ListValue{Elem: model.TextValue{}, Len: -1},
			[]model.Rule{model.Compare{Of: model.Length, Op: "==", Limit: "2"}, model.Unique{}, model.Each{Rules: []model.Rule{model.Format{Func: "IsEmail"}}}},
			`{"items":{"format":"email","type":"string"},"maxItems":2,"minItems":2,"type":"array","uniqueItems":true}`,
		},
		{
			"entries",
			model.DictValue{Elem: model.IntegerValue{}},
			[]model.Rule{model.Compare{Of: model.Length, Op: "<=", Limit: "3"}, model.EachEntry{Rules: []model.Rule{least}}},
			`{"additionalProperties":{"minimum":1,"type":"integer"},"maxProperties":3,"type":"object"}`,
		},
		{"values", model.TextValue{}, []model.Rule{model.OneOf{Literals: []string{`"a"`, `"b"`}}}, `{"enum":["a","b"],"type":"string"}`},
		{"pattern", model.TextValue{}, []model.Rule{model.Matches{Pattern: "^a"}}, `{"pattern":"^a","type":"string"}`},
		{"required takes null", model.NullOr{Of: model.TextValue{}}, []model.Rule{model.Required{}}, `{"type":"string"}`},
		{"held", model.NullOr{Of: model.IntegerValue{}}, []model.Rule{model.IfSet{Rules: []model.Rule{least}}}, `{"minimum":1,"type":["integer","null"]}`},
		{
			"unless zero",
			model.IntegerValue{},
			[]model.Rule{model.IfNotZero{Zero: "0", Rules: []model.Rule{least}}},
			`{"anyOf":[{"const":0},{"minimum":1}],"type":"integer"}`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPack(&model.Package{})
			if got := textOf(t, p.ruled(p.schema(test.of, model.Received), test.rules)); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestVariants demands that no variant of the model is unknown here.
func TestVariants(t *testing.T) {
	pkg := &model.Package{
		Providers: []model.Provider{{}}, Checks: []model.Check{{}},
		Components: []model.Component{{Name: "C", Use: model.Received, Schema: model.AnyValue{}}},
	}
	for _, from := range model.Extractors {
		if credentials, ok := from.(model.Credentials); ok {
			credentials.Name = "Bearer"
			from = credentials
		}
		switch from.(type) {
		case model.OptionalOf:
			from = model.OptionalOf{Of: model.TextBody{}}
		case model.ResultOf:
			from = model.ResultOf{Of: model.TextBody{}}
		}
		h := model.Handler{Params: []model.Param{{From: from}}, Routes: []model.Route{{Methods: []string{"POST"}, Pattern: "/x", Name: "x"}}}
		build(t, pkg, h)
	}
	for _, as := range model.Responses {
		h := model.Handler{Status: 200, Results: []model.Result{{As: as}}, Routes: []model.Route{{Methods: []string{"GET"}, Pattern: "/x", Name: "x"}}}
		build(t, pkg, h)
	}
	p := newPack(pkg)
	for _, s := range model.Schemas {
		switch s.(type) {
		case model.NullOr:
			s = model.NullOr{Of: model.BoolValue{}}
		case model.ListValue:
			s = model.ListValue{Elem: model.BoolValue{}}
		case model.DictValue:
			s = model.DictValue{Elem: model.BoolValue{}}
		case model.OneConstant:
			s = model.OneConstant{Of: model.TextValue{}}
		}
		p.schema(s, model.Received)
	}
	for _, rule := range model.Rules {
		switch rule.(type) {
		case model.IfNotZero:
			rule = model.IfNotZero{Zero: "0"}
		case model.Format:
			rule = model.Format{Func: "IsEmail"}
		}
		p.applyRules(typed("string"), []model.Rule{rule})
	}
}

func build(t *testing.T, pkg *model.Package, h model.Handler) {
	t.Helper()
	with := *pkg
	with.Handlers = []model.Handler{h}
	if _, err := Build([]*model.Package{&with}, Info{}); err != nil {
		t.Error(err)
	}
}

func TestUnion(t *testing.T) {
	components := []model.Component{}
	add := func(name string, members ...model.Member) model.Schema {
		id := "example.com/zoo." + name
		components = append(components, model.Component{
			ID: id, Use: model.Sent, PkgName: "zoo", Name: name, Schema: model.ObjectValue{Members: members},
		})
		return model.ComponentRef{ID: id}
	}
	kind := func(text string) model.Member {
		return model.Member{Name: "kind", Always: true, Schema: model.Declared{Type: "string", Literals: []string{text}}}
	}
	member := func(name string, always bool) model.Member {
		return model.Member{Name: name, Always: always, Schema: model.TextValue{}}
	}
	dog, cat := add("Dog", kind(`"dog"`)), add("Cat", kind(`"cat"`))
	found, missing := add("Found", member("id", true)), add("Missing", member("reason", true))
	maybe := add("Maybe", member("id", false))
	p := newPack(&model.Package{Components: components})
	for _, test := range []struct {
		of   []model.Schema
		want string
	}{
		{[]model.Schema{dog}, `{"$ref":"#/components/schemas/Dog"}`},
		{
			[]model.Schema{dog, cat},
			`{"discriminator":{"mapping":{"cat":"#/components/schemas/Cat","dog":"#/components/schemas/Dog"},"propertyName":"kind"},` +
				`"oneOf":[{"$ref":"#/components/schemas/Dog"},{"$ref":"#/components/schemas/Cat"}]}`,
		},
		{
			[]model.Schema{found, missing},
			`{"oneOf":[{"$ref":"#/components/schemas/Found"},{"$ref":"#/components/schemas/Missing"}]}`,
		},
		{
			[]model.Schema{found, maybe},
			`{"anyOf":[{"$ref":"#/components/schemas/Found"},{"$ref":"#/components/schemas/Maybe"}]}`,
		},
	} {
		if got := textOf(t, p.union(test.of)); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
	}
}

func TestIsOurs(t *testing.T) {
	doc, err := Build(nil, Info{Title: "x", Version: "1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"json", "yaml"} {
		text, err := Marshal(doc, form)
		if err != nil || !IsOurs(text) {
			t.Errorf("IsOurs(%s) = false, %v", text, err)
		}
	}
	for _, text := range []string{"", "openapi: 3.1.1\n" + yamlMark, "{\"info\": {\n    \"x-generated-by\": \"handlergen\"\n}}"} {
		if IsOurs([]byte(text)) {
			t.Errorf("IsOurs(%q) = true", text)
		}
	}
}

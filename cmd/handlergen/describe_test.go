package main

import (
	"go/token"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// predeclared makes a type such as int.
func predeclared(name string) model.Type { return model.Named{Name: name} }

var order = model.Named{PkgPath: "example.com/p", PkgName: "p", Name: "Order"}

func TestSpell(t *testing.T) {
	query := model.Named{PkgPath: model.RuntimePath, PkgName: "runtime", Name: "Query", Args: []model.Type{order}}
	for _, test := range []struct {
		typ  model.Type
		want string
	}{
		{nil, ""},
		{predeclared("int"), "int"},
		{order, "Order"},
		{query, "runtime.Query[Order]"},
		{model.Pointer{Elem: order}, "*Order"},
		{model.Slice{Elem: predeclared("byte")}, "[]byte"},
		{model.Array{Len: 16, Elem: predeclared("byte")}, "[16]byte"},
		{model.Map{Key: predeclared("string"), Elem: model.Slice{Elem: order}}, "map[string][]Order"},
		{model.Chan{Dir: "<-chan", Elem: order}, "<-chan Order"},
		{model.EmptyInterface{}, "interface{}"},
		{model.Struct{}, "struct{}"},
		{
			model.Struct{Fields: []model.StructField{
				{Name: "Order", Type: order, Embedded: true},
				{Name: "N", Type: predeclared("int"), Tag: `json:"n"`},
			}},
			"struct{ Order; N int `json:\"n\"` }",
		},
		{model.Signature{}, "func()"},
		{model.Signature{Params: []model.Type{order}, Results: []model.Type{predeclared("error")}}, "func(Order) error"},
		{
			model.Signature{
				Params:   []model.Type{order, model.Slice{Elem: predeclared("any")}},
				Results:  []model.Type{order, predeclared("error")},
				Variadic: true,
			},
			"func(Order, ...any) (Order, error)",
		},
	} {
		if got := spell(test.typ, "example.com/p"); got != test.want {
			t.Errorf("spell(%#v) = %q, want %q", test.typ, got, test.want)
		}
	}
	if got, want := spell(query, "example.com/q"), "runtime.Query[p.Order]"; got != want {
		t.Errorf("in another package spell = %q, want %q", got, want)
	}
}

func TestTitle(t *testing.T) {
	for want, f := range map[string]model.Func{
		"Get":        {Name: "Get"},
		"(*App).Get": {Name: "Get", Recv: model.Pointer{Elem: model.Named{Name: "App"}}},
		"App.Get":    {Name: "Get", Recv: model.Named{Name: "App"}},
	} {
		if got := title(f); got != want {
			t.Errorf("title(%v) = %q, want %q", f, got, want)
		}
	}
}

// TestEverythingHasAName goes through all that a parameter or result can be.
func TestEverythingHasAName(t *testing.T) {
	for _, from := range model.Extractors {
		switch x := from.(type) {
		case model.Head:
			x.Part = model.Context
			from = x
		case model.Values:
			x.Source = model.Query
			from = x
		case model.OptionalOf:
			x.Of = model.TextBody{}
			from = x
		case model.ResultOf:
			x.Of = model.TextBody{}
			from = x
		}
		if sourceOf(from) == "" {
			t.Errorf("sourceOf(%T) is empty", from)
		}
	}
	for _, as := range model.Responses {
		if responseKind(as) == "" {
			t.Errorf("responseKind(%T) is empty", as)
		}
	}
	for _, part := range []model.HeadPart{
		model.Context, model.Request, model.Writer, model.HeaderMap, model.URL, model.Peer,
		model.MatchedPath, model.OriginalURL, model.Host,
	} {
		if headSources[part] == "" {
			t.Errorf("headSources has no %s", part)
		}
	}
	for _, source := range []model.Source{model.Path, model.Query, model.Headers, model.Cookie, model.FormSource} {
		if valueSources[source] == "" {
			t.Errorf("valueSources has no %s", source)
		}
	}
}

// TestAnswers wants every extractor and response to be thought of, and looks at
// what a few handlers can answer.
func TestAnswers(t *testing.T) {
	pkg := &model.Package{Path: "example.com/p", Providers: []model.Provider{{
		Func: model.Func{Name: "Account"}, Fails: true,
		Params: []model.Param{{From: model.Credentials{Name: "Bearer"}}},
	}}}
	get := []model.Route{{Methods: []string{"GET"}}}
	post := []model.Route{{Methods: []string{"POST"}, Answers: []model.Answer{{Status: 409, Text: "there is one"}}}}
	failure := model.Result{As: model.Failure{}}
	slot := func(read string) []model.Slot {
		return []model.Slot{{Name: "id", Shape: model.Single{Reader: model.Reader{Func: read}}}}
	}
	from := func(list ...model.Extractor) (params []model.Param) {
		for _, x := range list {
			params = append(params, model.Param{From: x})
		}
		return params
	}
	for _, test := range []struct {
		name string
		h    model.Handler
		want []answer
	}{
		{"nothing", model.Handler{Routes: get, Status: 200}, []answer{{"200", "no body"}}},
		{
			"plain values",
			model.Handler{Routes: get, Status: 200, Params: from(
				model.Values{Source: model.Query, Slots: slot("ReadString")},
				model.Values{Source: model.Path, Slots: slot("ReadInt")},
			), Results: []model.Result{{As: model.Text{}}}},
			[]answer{{"200", "text/plain"}, {"400", "a path or query value is missing, malformed or invalid"}},
		},
		{
			"a text of the path",
			model.Handler{Routes: get, Status: 200, Params: from(model.Values{Source: model.Path, Slots: slot("ReadString")})},
			[]answer{{"200", "no body"}},
		},
		{
			"JSON",
			model.Handler{
				Routes: post, Status: 201, Params: from(model.JSONBody{Type: order}),
				Results: []model.Result{{As: model.StatusCode{}}, {As: model.JSON{}}, failure},
			},
			[]answer{
				{"201", "application/json"},
				{"400", "the body is cut off; the body is not JSON"},
				{"409", "there is one"},
				{"413", "the body has more than 2 MiB"},
				{"415", "the body is not declared as JSON"},
				{"422", "the JSON does not fit Order"},
				{"500", "an error without a status"},
				{other, "the runtime.Status that the function returns, if it is not 0"},
				{other, "the status of an error that has one"},
			},
		},
		{
			"forms",
			model.Handler{Routes: append(get, post...), Status: 200, Limit: model.NoLimit, Params: from(model.Form{})},
			[]answer{
				{"200", "no body"},
				{"400", "the body is cut off; a query value is missing, malformed or invalid"},
				{"409", "there is one"},
				{"415", "the body is not declared as a form"},
				{"422", "a value of the form is missing, malformed or invalid"},
			},
		},
		{
			"an extractor function",
			model.Handler{Routes: get, Status: 200, Params: from(model.Provided{})},
			[]answer{
				{"200", "no body"},
				{"401", "the Authorization header is missing or malformed"},
				{other, "the error of Account, 500 if it has no status"},
			},
		},
		{
			"whatever goes wrong",
			model.Handler{Routes: get, Status: 200, Params: from(model.ResultOf{Of: model.Provided{}})},
			[]answer{{"200", "no body"}},
		},
		{
			"several answers",
			model.Handler{Routes: get, Results: []model.Result{{As: model.Sealed{Cases: []model.Case{
				{Type: order, Status: 200}, {Type: model.Named{Name: "Moved"}},
			}}}}},
			[]answer{{"200", "Order"}, {other, "what Moved says"}},
		},
	} {
		test.h.Pos = token.Position{Filename: "p.go"}
		got := answers(pkg, test.h)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(answer{})); diff != "" {
			t.Errorf("%s: answers (-want +got):\n%s", test.name, diff)
		}
	}
}

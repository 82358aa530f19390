package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/answers"
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

// TestEverythingHasAName goes through all that a parameter or result can be. The
// help of list promises the names.
func TestEverythingHasAName(t *testing.T) {
	_, help, _ := strings.Cut(listHelp, "where source is")
	sources, kinds, _ := strings.Cut(help, "and as one of")
	hasWord := func(text, word string) bool {
		return word != "" && regexp.MustCompile(`[\s"]`+strings.ReplaceAll(word, " ", `\s`)+`[,;."\s]`).MatchString(text)
	}
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
		if from == (model.Next{}) {
			continue // handlers have none
		}
		if source := sourceOf(from); !hasWord(sources, source) {
			t.Errorf("sourceOf(%T) = %q, which the help of list does not name", from, source)
		}
	}
	for _, as := range model.Responses {
		if kind := responseKind(as); !hasWord(kinds, kind) {
			t.Errorf("responseKind(%T) = %q, which the help of list does not name", as, kind)
		}
	}
	for _, part := range []model.HeadPart{
		model.Context, model.Request, model.Writer, model.HeaderMap, model.URL, model.Peer,
		model.MatchedPath, model.OriginalURL, model.Host, model.Preconditions,
	} {
		if source := headSources[part]; !hasWord(sources, source) {
			t.Errorf("headSources[%s] = %q, which the help of list does not name", part, source)
		}
	}
	for _, source := range model.Sources {
		if word := source.Word(); !hasWord(sources, word) {
			t.Errorf("%s.Word() = %q, which the help of list does not name", source, word)
		}
	}
}

// TestReasons wants words for every cause, and looks at how those of one status
// stand together.
func TestReasons(t *testing.T) {
	for _, cause := range answers.Causes {
		if wrong, ok := cause.(answers.WrongValues); ok {
			wrong.Sources = []model.Source{model.Path}
			cause = wrong
		}
		if reason(answers.Answer{Cause: cause}, "") == "" {
			t.Errorf("reason(%T) is empty", cause)
		}
	}
	pkg := &model.Package{Path: "example.com/p"}
	order := model.Named{PkgPath: pkg.Path, PkgName: "p", Name: "Order"}
	got := answerRows(pkg, []answers.Answer{
		{Code: "200", Cause: answers.Returned{}, Body: answers.Value{Type: order}},
		{Code: "400", Cause: answers.WrongValues{Sources: []model.Source{model.Path, model.Query}}},
		{Code: "400", Cause: answers.CutOff{}},
		{Code: "413", Cause: answers.TooLarge{Limit: 10 << 20}},
		{Code: "422", Cause: answers.Unfit{Media: "application/json", Type: order}},
		{Code: answers.Default, Cause: answers.Chosen{}},
		{Code: answers.Default, Cause: answers.Failed{}},
		{Code: answers.Default, Cause: answers.Failed{}},
	})
	want := [][]string{
		{"200", "application/json"},
		{"400", "a path or query value is missing, malformed or invalid; the body is cut off"},
		{"413", "the body has more than 10 MiB"},
		{"422", "the JSON does not fit Order"},
		{"other", "the runtime.Status that the function returns, if it is not 0"},
		{"other", "the status of an error that has one"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

package openapi

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// TestExamples reads the texts of example tags.
func TestExamples(t *testing.T) {
	number := func(text string) json.Number { return json.Number(text) }
	list := func(of model.Schema) model.Schema { return model.ListValue{Elem: of, Len: -1} }
	for _, test := range []struct {
		text string
		of   model.Schema
		want any // nil for no example
	}{
		{"12", model.TextValue{}, "12"},
		{"12", model.IntegerValue{}, number("12")},
		{"1.5", model.IntegerValue{}, nil},
		{"twelve", model.IntegerValue{}, nil},
		{"18446744073709551615", model.IntegerValue{}, number("18446744073709551615")},
		{"1.5", model.NumberValue{}, number("1.5")},
		{"true", model.BoolValue{}, true},
		{"yes", model.BoolValue{}, nil},
		{`["a"]`, list(model.TextValue{}), []any{"a"}},
		{"a, b", list(model.TextValue{}), []any{"a", "b"}},
		{"1,2", list(model.NullOr{Of: model.IntegerValue{}}), []any{number("1"), number("2")}},
		{"1,b", list(model.IntegerValue{}), nil},
		{`{"a":1}`, model.DictValue{Elem: model.IntegerValue{}}, map[string]any{"a": number("1")}},
		{"a", model.ObjectValue{}, nil},
		{"5", model.NullOr{Of: model.IntegerValue{}}, number("5")},
		{"#fff", model.Declared{Type: "string"}, "#fff"},
		{"123", model.Declared{Type: "string"}, "123"},
		{"1 2", model.Declared{}, "1 2"},
		{"words", model.AnyValue{}, "words"},
		{"[1]", model.AnyValue{}, []any{number("1")}},
		{"b", model.OneConstant{Of: model.TextValue{}}, "b"},
	} {
		var want []any
		if test.want != nil {
			want = []any{test.want}
		}
		if diff := cmp.Diff(want, newBuilder(nil).examples("x", model.Example{Text: test.text}, test.of, model.Sent)); diff != "" {
			t.Errorf("%s of %T (-want +got):\n%s", test.text, test.of, diff)
		}
	}
	if got := newBuilder(nil).examples("x", model.Example{Text: "null"}, model.NullOr{Of: model.IntegerValue{}}, model.Sent); len(got) != 1 || got[0] != nil {
		t.Errorf("null of what may be null is %v", got)
	}
}

package wire

import (
	"testing"

	"github.com/handlergen/handlergen/internal/model"
)

// TestZero demands that a member whose zero value the rules refuse is required,
// since that is what it is when it is absent.
func TestZero(t *testing.T) {
	compare := func(op, limit string) model.Rule {
		return model.Compare{Of: model.Itself, Op: op, Limit: limit}
	}
	for _, test := range []struct {
		rule model.Rule
		want bool
	}{
		{model.Required{}, true},
		{compare(">=", "1"), true},
		{compare(">=", "0"), false},
		{compare("<=", "-1"), true},
		{compare(">", "0"), true},
		{compare("<", "1"), false},
		{compare("==", "0"), false},
		{model.OneOf{Literals: []string{`"a"`, `""`}}, false},
		{model.OneOf{Literals: []string{"1", "2"}}, true},
		{model.Format{Func: "IsEmail"}, true},
		{model.Matches{Pattern: "^a*$"}, false},
		{model.Matches{Pattern: "^a+$"}, true},
		{model.Nested{Check: 0}, true},
		{model.Nested{Check: 1}, false},
		{model.IfSet{Rules: []model.Rule{compare(">=", "1")}}, false},
		{model.IfNotZero{Zero: "0", Rules: []model.Rule{compare(">=", "1")}}, false},
	} {
		pkg := &model.Package{Checks: []model.Check{
			{Fields: []model.FieldCheck{{Name: "n", Rules: []model.Rule{compare(">=", "1")}}}},
			{Fields: []model.FieldCheck{{Name: "next", Rules: []model.Rule{model.Nested{Check: 1}}}}},
		}}
		if got := NameComponents(nil).RefusesZero(pkg, []model.Rule{test.rule}); got != test.want {
			t.Errorf("RefusesZero(%#v) = %t", test.rule, got)
		}
	}
}

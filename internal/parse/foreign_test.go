package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

// TestForeignComments wants the comments of other packages where a document
// wants them, and files of other packages left alone where there is none.
func TestForeignComments(t *testing.T) {
	dir := unpack(t, `
-- a/a.go --
package a

import (
	"net/mail"

	"example.com/m/lib"
)

//handlergen:route GET /a
func A(who lib.Who) (lib.T, error) { return lib.T{}, nil }

//handlergen:route GET /b
func B() mail.Address { return mail.Address{} }
-- lib/lib.go --
package lib

import "net/http"

// T is a type.
type T struct {
	// A comes first.
	A string
	B struct {
		A int // C is inside
	}
}

// Who reads itself. What is wrong with its directives is for its own package.
//
//handlergen:security cookie who
//handlergen:security wrong
//handlergen:response 404 Unknown
//handlergen:response 409 T "taken"
type Who struct{}

func (w *Who) FromRequestParts(*http.Request) error { return nil }
`)
	said := model.Said{
		Security: []model.Security{{Scheme: model.CookieScheme, Name: "who"}},
		Answers: []model.Answer{{
			Status: 409, Text: "taken", Type: model.Named{PkgPath: "example.com/m/lib", PkgName: "lib", Name: "T"},
		}},
	}
	for _, test := range []struct {
		docs bool
		want []string
		said model.Said
	}{
		{false, []string{"", "", ""}, model.Said{}},
		{true, []string{"T is a type.", "A comes first.", "C is inside"}, said},
	} {
		r, err := Packages(t.Context(), Config{Dir: dir, Patterns: []string{"./a"}, Env: offline(), Docs: test.docs})
		if err != nil || len(r.Diags) > 0 {
			t.Fatal(err, r.Diags)
		}
		var got []string
		for _, c := range r.Packages[0].Components {
			if c.Name == "Address" && c.Doc != "" {
				t.Errorf("Docs: %t: the standard library has the comment %q", test.docs, c.Doc)
			}
			if c.Name == "T" && c.Use == model.Sent {
				object := c.Schema.(model.ObjectValue)
				inner := object.Members[1].Schema.(model.ObjectValue)
				got = []string{c.Doc, object.Members[0].Doc, inner.Members[0].Doc}
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("Docs: %t: comments (-want +got):\n%s", test.docs, diff)
		}
		if diff := cmp.Diff(test.said, r.Packages[0].Handlers[0].Params[0].From.(model.Custom).Said); diff != "" {
			t.Errorf("Docs: %t: said (-want +got):\n%s", test.docs, diff)
		}
	}
}

package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

func TestFirstSentence(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "",
		"Get gets.":                    "Get gets.",
		"Get gets. And more.":          "Get gets.",
		"Get gets\nthis one. More.":    "Get gets this one.",
		"Get gets one\n\nNo sentence.": "Get gets one",
		"Get reads e.g. one. More.":    "Get reads e.g. one.",
		"By J. Doe. More.":             "By J. Doe.",
		"Is it there? Yes.":            "Is it there?",
		"Version 1.2 is out. More.":    "Version 1.2 is out.",
		"Author shows one. More.":      "Author shows one.",
		"Plan B. More.":                "Plan B. More.",
	} {
		if got := firstSentence(text); got != want {
			t.Errorf("firstSentence(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestDocument(t *testing.T) {
	pkg := mustRead(t, `
type User struct{}

// Get returns a user. It is
// fast.
//
//handlergen:route GET /users
//handlergen:response 404 "no such user"
//handlergen:response 409 []*User
//handlergen:response 410 runtime.JSON[map[string]User] "long gone"
//handlergen:response 411
//
// Deprecated: use Find.
func Get(store runtime.State[int]) string { return "" }`)
	got := pkg.Handlers[0].Routes[0]
	want := model.Route{
		Methods: []string{"GET"}, Pattern: "/users", Pos: got.Pos, Name: "Get", Deprecated: true,
		Summary:     "Get returns a user.",
		Description: "Get returns a user. It is\nfast.\n\nDeprecated: use Find.",
		Said: model.Said{Answers: []model.Answer{
			{Status: 404, Text: "no such user"},
			{Status: 409, Type: model.Slice{Elem: model.Pointer{Elem: local("User")}}},
			{Status: 410, Text: "long gone", Type: model.Named{
				PkgPath: model.RuntimePath, PkgName: "runtime", Name: "JSON",
				Args: []model.Type{model.Map{Key: model.Named{Name: "string"}, Elem: local("User")}},
			}},
			{Status: 411},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("route (-want +got):\n%s", diff)
	}
}

func TestAnswerDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{{"answers", `
type User struct{}

//handlergen:route GET /1
//handlergen:response 700
//handlergen:response 404 Usr "x"
//handlergen:response 404 string x
//handlergen:response 405 "x" string
//handlergen:response 406 "x"
//handlergen:response 406 "x"
//handlergen:response 407 3
func F1() {}`, `
6:23 HG045 "700" is not an HTTP status
  hint: write the status first: //handlergen:response 404 "no such user"
7:27 HG045 there is no type Usr here
  hint: did you mean User?
8:34 HG045 a response directive has no place for "x"
  hint: write the status, the type and then the text in quotes
9:31 HG045 a response directive has no place for "string"
  hint: write the status, the type and then the text in quotes
11:23 HG045 the answer 406 is documented twice
  10:23 the first one
  hint: put both into one directive
12:27 HG045 3 is not a type
  hint: write the type of the body, or a text in quotes
`}})
}

package parse

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

func TestComposite(t *testing.T) {
	params := paramsOf(t, `
type User struct{}
func (*User) FromRequestParts(r *http.Request) error { return nil }
type Account int
//handlergen:extractor
func account() Account { return 0 }

// Update has everything.
//
//handlergen:extractor
type Update struct {
	ID    int64    "path:\"id\""
	Dry   bool     "query:\"dry\" default:\"false\""
	Match *string  "header:\"if-match\" validate:\"min=1\""
	Theme string   "cookie:\"theme\" default:\"dark\"" // the theme
	Tags  []string "query:\"tag\""
	Skip  int      "query:\"-\""
	Paging
	*Sorting
	User
	Inner
	Account Account
	Context context.Context
	Agent   runtime.Optional[runtime.Header[string]]
	Org     runtime.Path[string]
	Query   runtime.Query[Paging]
	private chan int
	Body    runtime.JSON[int]
}
func (*Update) Validate() error { return nil }
type Paging struct { Page int "query:\"page\" default:\"1\"" }
type Sorting struct { By string "query:\"by\"" }
//handlergen:extractor
type Inner struct { X string "query:\"x\"" }

//handlergen:route PUT /{org}/items/{id}
func F(u *Update) {}`)
	from := params[0].From.(model.Composite)
	var got strings.Builder
	for _, f := range from.Fields {
		fmt.Fprintf(&got, "%s %s", f.Name, strings.TrimPrefix(fmt.Sprintf("%T", f.From), "model."))
		if values, ok := f.From.(model.Values); ok {
			fmt.Fprintf(&got, " %s %s", values.Source, strings.TrimSpace(strings.ReplaceAll(listSlots(values.Slots), "\n", ",")))
		}
		fmt.Fprintf(&got, " (%s)\n", f.Why)
	}
	const want = `ID Values Path "id" Single required, (path value id)
Dry Values Query "dry" Single default "false", (query value dry)
Match Values Header "If-Match" Pointed, (header value If-Match)
Theme Values Cookie "theme" Single default "dark" // the theme, (cookie value theme)
Tags Values Query "tag" List, (query value tag)
Paging.Page Values Query "page" Single default "1", (query value page)
Sorting.By Values Query "by" Single required, (query value by)
User Custom (its own method FromRequestParts)
Inner Composite (each field from its own source)
Account Provided (the result of account)
Context Head (the context of the request)
Agent OptionalOf (header value Agent, or nothing)
Org Values Path "org" Single required, (path value org)
Query Values Query Page "page" Single default "1", (query values by field: page)
Body JSONBody (the body as JSON)
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	from.Fields = nil
	rest := model.Composite{Type: named("Update"), Pointer: true, Alloc: []string{"Sorting"}, Validate: true}
	if diff := cmp.Diff(rest, from); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !readsBody(params[0].From, make([]model.Provider, 1)) {
		t.Error("it reads the body by its last field")
	}
}

func TestReadsBody(t *testing.T) {
	providers := []model.Provider{{Body: true}, {}}
	for _, c := range []struct {
		from model.Extractor
		want bool
	}{
		{model.JSONBody{}, true},
		{model.TextBody{}, true},
		{model.BytesBody{}, true},
		{model.ReaderBody{}, true},
		{model.Form{}, true},
		{model.Values{}, false},
		{model.Head{Part: model.Request}, false},
		{model.Custom{Method: "FromRequest"}, true},
		{model.Custom{Method: "FromRequestParts"}, false},
		{model.Provided{Provider: 0}, true},
		{model.Provided{Provider: 1}, false},
		{model.OptionalOf{Of: model.JSONBody{}}, true},
		{model.ResultOf{Of: model.OptionalOf{Of: model.Form{}}}, true},
		{model.ResultOf{Of: model.Values{}}, false},
		{model.Composite{Fields: []model.Param{{From: model.Values{}}}}, false},
		{model.Composite{Fields: []model.Param{{From: model.Values{}}, {From: model.TextBody{}}}}, true},
		{nil, false},
	} {
		if got := readsBody(c.from, providers); got != c.want {
			t.Errorf("readsBody(%+v) = %v", c.from, got)
		}
	}
}

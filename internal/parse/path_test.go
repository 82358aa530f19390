package parse

import (
	"strings"
	"testing"

	"github.com/handlergen/handlergen/internal/model"
)

// namesRead lists the wildcards that a parameter reads.
func namesRead(from model.Extractor) string {
	switch from := from.(type) {
	case model.OptionalOf:
		return namesRead(from.Of)
	case model.ResultOf:
		return namesRead(from.Of)
	}
	var names []string
	for _, slot := range from.(model.Values).Slots {
		names = append(names, slot.Name)
	}
	return strings.Join(names, " ")
}

func TestPathNames(t *testing.T) {
	for _, c := range []struct{ routes, params, want string }{
		{"/{id}", "id int", "id"},
		{"/{id}", "id *int", "id"},
		{"/{id}", "id runtime.Optional[int]", "id"},
		{"/{id}", "id runtime.Result[int]", "id"},
		{"/{rest...}", "rest string", "rest"},
		{"/{addr}", "addr netip.AddrPort", "addr"},
		{"/{u}", "u *url.URL", "u"},
		{"/{id}", "any runtime.Path[int]", "id"},
		{"/{id}", "_ runtime.Path[int]", "id"},
		{"/{org}/{id}", "id runtime.Path[int], org string", "id,org"},
		{"/{org}/{id}", "k runtime.Path[Key]", "org id"},
		{"/{org}/{id}", "m runtime.Path[map[string]string]", ""},
		{"/{org}/{id}", "id runtime.Optional[runtime.Path[int]], org string", "id,org"},
		{"/{org}/{id}", "id runtime.Result[runtime.Path[int]], org string", "id,org"},
		{"/{id} /none", "id *int", "id;"},
		{"/{id} /none", "id runtime.Optional[int]", "id;"},
		{"/{id} /none", "any runtime.Path[*int]", "id;"},
		{"/{id} /none", "id runtime.Path[runtime.Optional[int]]", "id;"},
		{"/{id} /none", "id runtime.Optional[runtime.Path[int]]", "id;"},
		{"/a/{org} /b/{id}", "org *string, id *int", "org,;,id"},
		{"/a/{org} /b/{id}", "org runtime.Path[*string], id runtime.Path[*int]", "org,;,id"},
		{"/a/{org} /b/{id}", "k runtime.Path[Either]", "org;id"},
		{"/a/{org} /b/{id}", "k runtime.Optional[runtime.Path[Key2]]", "org;id"},
		{"/a/{id} /b/{org}/{id}", "id runtime.Path[int], org *string", "id,;id,org"},
	} {
		var b strings.Builder
		b.WriteString(`
type Key struct { Org string; ID int "path:\"id\"" }
type Key2 struct { Org *string; ID runtime.Optional[int] "path:\"id\"" }
type Either struct { Org *string; ID runtime.Optional[int] "path:\"id\"" }
`)
		for route := range strings.SplitSeq(c.routes, " ") {
			b.WriteString("//handlergen:route GET " + route + "\n")
		}
		b.WriteString("func F(" + c.params + ") {}")
		var routes []string
		for _, h := range mustRead(t, b.String()).Handlers {
			var params []string
			for _, param := range h.Params {
				params = append(params, namesRead(param.From))
			}
			routes = append(routes, strings.Join(params, ","))
		}
		if got := strings.Join(routes, ";"); got != c.want {
			t.Errorf("%s with %s reads %q, want %q", c.routes, c.params, got, c.want)
		}
	}
}

func TestPathOfProviders(t *testing.T) {
	pkg := mustRead(t, `
type Account int
type Repo int
type Key struct { Org string; Team *string }
//handlergen:extractor
func account(id int64, key runtime.Path[Key], u *url.URL, peer netip.AddrPort) (Account, error) { return 0, nil }
//handlergen:extractor
//handlergen:param any name=repo
func repo(any runtime.Path[int64], account Account) (Repo, error) { return 0, nil }
//handlergen:route GET /{org}/{id}/{repo}
func F(repo Repo) {}`)
	var got []string
	for _, provider := range pkg.Providers {
		for _, param := range provider.Params {
			if values, ok := param.From.(model.Values); ok {
				got = append(got, namesRead(values))
			}
		}
	}
	if got, want := strings.Join(got, ","), "id,org team,repo"; got != want {
		t.Errorf("reads %q, want %q", got, want)
	}
}

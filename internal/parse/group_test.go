package parse

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestJoin(t *testing.T) {
	for _, c := range []struct{ prefix, pattern, want string }{
		{"", "/{$}", "/{$}"},
		{"", "/", "/"},
		{"", "/users", "/users"},
		{"/users", "/{id}", "/users/{id}"},
		{"/users", "/{$}", "/users/{$}"},
		{"/users", "/", "/users/"},
		{"/users", "/x/{$}", "/users/x/{$}"},
		{"/users", "example.com/x", "example.com/users/x"},
		{"/users", "example.com/{$}", "example.com/users/{$}"},
	} {
		pat, ok := (&parser{}).parsePattern(arg{value: c.pattern})
		if got := (group{prefix: c.prefix}).join(pat); got != c.want || !ok {
			t.Errorf("group %q joined with %q is %q, want %q", c.prefix, c.pattern, got, c.want)
		}
	}
}

func TestGroups(t *testing.T) {
	pkg := mustRead(t, `// Package shop sells.
//
//handlergen:group /api/ tags=shop limit=1KiB label=all
package shop

import "net/http"

//handlergen:group /orgs/{org} timeout=5s hidden tags=orgs
type Orgs struct{}

//handlergen:route GET /ping
func Ping(r *http.Request) {}

//handlergen:route GET /members/{id} limit=none timeout=1s tags=members label=one
func (Orgs) Member(org, id string, r *http.Request) {}

//handlergen:route GET /{$}
func (Orgs) Get() {}
`)
	var got []string
	for _, h := range pkg.Handlers {
		r := h.Routes[0]
		got = append(got, fmt.Sprint(r.Pattern, " ", r.Tags, r.Labels, " ", h.Limit, " ", h.Timeout, " ", r.Hidden))
	}
	want := []string{
		"/api/ping [shop] [all] 1024 0s false",
		"/api/orgs/{org}/members/{id} [members] [one] -1 1s true",
		"/api/orgs/{org}/{$} [orgs] [all] 0 5s true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}

// A group without a prefix is one of keys.
func TestRootGroup(t *testing.T) {
	pkg := mustRead(t, "//handlergen:group / tags=a\npackage shop\n\n//handlergen:route GET /{$}\nfunc X() {}\n")
	if got := pkg.Handlers[0].Routes[0]; got.Pattern != "/{$}" || len(got.Tags) != 1 {
		t.Errorf("route %+v, want /{$} with one tag", got)
	}
}

func TestGroupDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"prefixes", `
//handlergen:group users
type A struct{}

//handlergen:group example.com/users
type B struct{}

//handlergen:group /users/{$}
type C struct{}

//handlergen:group /us{er}/
type D struct{}

//handlergen:group /users/{rest...} limit=0
type E struct{}

//handlergen:route GET /x
func (E) Get(rest string) {}`, `
3:20 HG046 the prefix users does not start with a slash
  hint: write /users
6:20 HG046 the prefix example.com/users does not start with a slash
  hint: a group has no host: write /users, and example.com in the patterns of the routes
9:20 HG046 the prefix /users/{$} ends the path, so nothing can follow it
  hint: write /users
12:21 HG046 a wildcard is everything between two slashes, not a part of it: us{er}
  hint: take the whole segment as one wildcard and split it in the function
15:27 HG046 {rest...} takes the rest of the path, so nothing can follow it
  hint: write {rest}
15:43 HG039 a limit of 0 bytes would refuse every body
  hint: write a number of bytes with KiB, MiB or GiB, such as limit=10MiB, or limit=none
`},
		{"wildcards", `
//handlergen:group /users/{id}
type A struct{}

//handlergen:route GET /{id}
func (A) M(id int) {}`, `
6:25 HG009 two wildcards have the name id
  3:27 the one in the prefix of the group
  hint: give one of them another name
`},
		{"what follows from a refused prefix", `
//handlergen:group users/{id}
type A struct{}

//handlergen:route GET ""
//handlergen:route GET /x
func (A) M(id int) {}

//handlergen:group /users/{id}/{$}
//handlergen:state
type B struct{ A A }

//handlergen:route GET /x
func (*B) M(id int) {}`, `
3:20 HG046 the prefix users/{id} does not start with a slash
  hint: write /users/{id}
10:20 HG046 the prefix /users/{id}/{$} ends the path, so nothing can follow it
  hint: write /users/{id}
`},
		{"the empty pattern", `
//handlergen:group /
type A struct{}

//handlergen:route GET ""
func (A) M() {}`, `
6:24 HG009 the pattern is empty
  hint: write / for all paths, or /{$} for the root alone
`},
		{"wildcards that nobody reads", `
//handlergen:group /orders/{order}
type B struct{}

//handlergen:route GET /x
func (B) M() {}

//handlergen:route GET /{id}
func (B) N(id int) {}`, `
3:28 HG011 no handler of the group reads the wildcard order
  hint: add a parameter to the handlers that need it: order string
`},
	})
}

// A wildcard that both prefixes have is one problem, and none of the routes.
func TestWildcardOfBothPrefixes(t *testing.T) {
	_, diags := readPackage(loadText(t, map[string]string{"a.go": `//handlergen:group /{id}
package shop

//handlergen:group /x/{id}
type T struct{}

//handlergen:route GET /a
func (T) A(id int) {}
`}))
	want := `a.go:4:23 HG046 the prefix of the package has a wildcard id already
  a.go:1:21 the first one
  hint: give one of them another name
`
	if diff := cmp.Diff(want, listDiags(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

func TestSecondGroup(t *testing.T) {
	const first, second = "//handlergen:group /a\npackage shop\n", "//handlergen:group /b\npackage shop\n\n//handlergen:route GET /x\nfunc X() {}\n"
	_, diags := readPackage(loadText(t, map[string]string{"a.go": first, "b.go": second}))
	want := `b.go:1:1 HG046 package shop has two group directives
  a.go:1:1 the first one
  hint: write one of them only
`
	if diff := cmp.Diff(want, listDiags(diags)); diff != "" {
		t.Errorf("diagnostics (-want +got):\n%s", diff)
	}
}

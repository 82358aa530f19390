package parse

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// plans writes what the adapters of a package share: their routes and keys.
func plans(pkg *model.Package) [][]string {
	var list [][]string
	for _, h := range pkg.Handlers {
		var routes []string
		for _, r := range h.Routes {
			routes = append(routes, (&route{Route: r}).String())
		}
		list = append(list, routes)
	}
	return list
}

func TestPlans(t *testing.T) {
	for _, c := range []struct {
		name, decls string
		want        [][]string
	}{
		{
			"routes that bind alike share an adapter", `
//handlergen:route GET,HEAD /users/{id}
//handlergen:route ANY /people/{id}
func Get(id int64) string { return "" }`,
			[][]string{{"GET,HEAD /users/{id}", "ANY /people/{id}"}},
		},
		{
			"another status", `
//handlergen:route POST /users status=201
//handlergen:route PUT /users
//handlergen:route PATCH /users status=201 tags=x name=patch
func Save() string { return "" }`,
			[][]string{{"POST /users", "PATCH /users"}, {"PUT /users"}},
		},
		{
			"another limit and timeout", `
//handlergen:route POST /a
//handlergen:route POST /b limit=1KiB
//handlergen:route POST /c timeout=1s
func Save(body runtime.Text) string { return "" }`,
			[][]string{{"POST /a"}, {"POST /b"}, {"POST /c"}},
		},
		{
			"an optional path value that only one pattern has", `
//handlergen:route GET /pages
//handlergen:route GET /pages/{page}
func List(page *int) string { return "" }`,
			[][]string{{"GET /pages"}, {"GET /pages/{page}"}},
		},
		{
			"a form is the query of GET and the body of POST", `
type Search struct{ Q string }

//handlergen:route GET /search
//handlergen:route POST /search
func Find(form runtime.Form[Search]) string { return "" }`,
			[][]string{{"GET /search"}, {"POST /search"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, plans(mustRead(t, c.decls))); diff != "" {
				t.Errorf("routes by adapter (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHandlerKeys(t *testing.T) {
	pkg := mustRead(t, `
//handlergen:route POST /users status=201 name=add tags=a,b limit=10MiB timeout=1m30s label=x,y deprecated hidden
func Save(body runtime.Text) string { return "" }`)
	h := pkg.Handlers[0]
	if h.Status != 201 || h.Limit != 10<<20 || h.Timeout != 90*time.Second {
		t.Errorf("status %d, limit %d, timeout %s, want 201, 10 MiB, 1m30s", h.Status, h.Limit, h.Timeout)
	}
	got := h.Routes[0]
	if got.Pos.Line != 3 {
		t.Errorf("the route stands at %s, want line 3", got.Pos)
	}
	got.Pos = h.Pos
	want := model.Route{
		Methods: []string{"POST"}, Pattern: "/users", Pos: h.Pos, Name: "add",
		Tags: []string{"a", "b"}, Labels: []string{"x", "y"}, Deprecated: true, Hidden: true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("route (-want +got):\n%s", diff)
	}
}

func TestParams(t *testing.T) {
	pkg := mustRead(t, `
//handlergen:route GET /users/{id}
//handlergen:param id "doc=number of the user"
func Get(ctx context.Context, id int64, _ *http.Request) {}`)
	h := pkg.Handlers[0]
	var names, docs []string
	for _, param := range h.Params {
		names, docs = append(names, param.Name), append(docs, param.Doc)
		if param.Why == "" {
			t.Errorf("nothing says how %s was understood", param.Name)
		}
	}
	if diff := cmp.Diff([]string{"ctx", "id", ""}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "number of the user", ""}, docs); diff != "" {
		t.Errorf("docs (-want +got):\n%s", diff)
	}
	if got, want := h.Params[1].Pos.String(), "shop.go:5:31"; got != want {
		t.Errorf("id stands at %s, want %s", got, want)
	}
	if diff := cmp.Diff(model.Named{Name: "int64"}, h.Params[1].Type); diff != "" {
		t.Errorf("type of id (-want +got):\n%s", diff)
	}
}

func TestWildcardsRead(t *testing.T) {
	for _, c := range []struct{ name, decls string }{
		{"by a parameter", "//handlergen:route GET /u/{id}\nfunc F(id int) {}"},
		{"by a renamed parameter", "//handlergen:route GET /u/{type}\n//handlergen:param kind name=type\nfunc F(kind string) {}"},
		{"by a struct", "type P struct{ ID int `path:\"id\"` }\n//handlergen:route GET /u/{id}\nfunc F(p runtime.Path[P]) {}"},
		{"by a map", "//handlergen:route GET /u/{a}/{b}\nfunc F(p runtime.Path[map[string]string]) {}"},
		{"by the request", "//handlergen:route GET /u/{id}\nfunc F(r *http.Request) {}"},
		{"by a handler that takes over", "//handlergen:route GET /u/{path...}\nfunc F() http.Handler { return nil }"},
		{"by a custom extractor", `
type Org struct{}

func (*Org) FromRequestParts(r *http.Request) error { return nil }

//handlergen:route GET /u/{org}
func F(org Org) {}`},
		{"by an extractor function", `
type Org struct{}

type Member struct{}

//handlergen:extractor
func ReadOrg(org string, opt *string) Org { return Org{} }

//handlergen:extractor
func ReadMember(org Org) (Member, error) { return Member{}, nil }

//handlergen:route GET /u/{org}
func F(m Member) {}`},
		{"by an extractor function that has the request", `
type Org struct{}

//handlergen:extractor
func ReadOrg(r *http.Request) Org { return Org{} }

//handlergen:route GET /u/{org}
func F(org runtime.Result[Org]) {}`},
	} {
		t.Run(c.name, func(t *testing.T) { mustRead(t, c.decls) })
	}
}

func TestHandlerDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"wildcards without a parameter", `
//handlergen:route POST /orders/{id}
func Save(body runtime.Text) {}

//handlergen:route POST /{type}/{path...}
func Move() {}`, `
3:33 HG011 no parameter of Save reads the wildcard id
  hint: add a parameter: id int64
6:26 HG011 no parameter of Move reads the wildcard type
  hint: add a parameter: typeValue runtime.Path[string], with //handlergen:param typeValue name=type
6:33 HG011 no parameter of Move reads the wildcard path
  hint: add a parameter: path string
`},
		{"two bodies", `
//handlergen:route POST /orders
func Save(order runtime.Text, meta runtime.Bytes) {}`, `
4:36 HG007 meta reads the request body, which order has already read
  4:17 order reads it here
  hint: put both in one struct, or read meta from elsewhere, such as the query
`},
		{"two bodies of one type", `
//handlergen:route POST /orders
func Save(a, b runtime.Text) {}`, `
4:14 HG007 b reads the request body, which a has already read
  4:11 a reads it here
  hint: put both in one struct, or read b from elsewhere, such as the query
`},
		{"three bodies", `
//handlergen:route POST /orders
func Save(order runtime.Text, meta runtime.Bytes, _ io.Reader) {}`, `
4:36 HG007 order, meta and io.Reader all read the request body, which can be read once
  4:17 order reads it here
  4:53 io.Reader reads it here
  hint: put them in one struct, or read all but one from elsewhere, such as the query
`},
		{"a body before other parameters", `
//handlergen:route POST /orders/{id}
func Save(order runtime.Text, ctx context.Context, id int64) {}`, `
4:17 HG008 order reads the request body and must be the last parameter
  4:31 ctx comes after it
  4:52 id comes after it
  hint: write Save(ctx context.Context, id int64, order runtime.Text)
`},
		{"a body through an extractor function", `
type Order struct{}

//handlergen:extractor
func ReadOrder(text runtime.Text) Order { return Order{} }

//handlergen:route POST /orders
func Save(order Order, text runtime.Text) {}`, `
9:29 HG007 text reads the request body, which order has already read
  9:17 order reads it here
  hint: put both in one struct, or read text from elsewhere, such as the query
`},
		{"functions that cannot be called", `
//handlergen:route GET /a
func F(xs ...int) {}

//handlergen:route GET /b
func init() {}

//handlergen:route GET /c
func _() {}

//handlergen:route GET /d
func G[T any]() {}

type H[T any] struct{}

//handlergen:route GET /e
func (h H[T]) M() {}`, `
4:11 HG047 F is variadic, and a request has one value for each parameter
  hint: take a slice: runtime.Query[[]int]
7:6 HG047 init is called by Go itself and cannot be a handler
  hint: move the directive to a function of its own
10:6 HG047 a function without a name cannot be called
  hint: give it a name
13:7 HG015 G has type parameters, and nothing says with which types to call it
  hint: write a function without type parameters that calls G
18:9 HG015 the receiver of M has type parameters, and nothing says with which types to call it
  hint: write a method of a type without type parameters that calls M
`},
		{"main of a command", `package main

//handlergen:route GET /a
func main() {}`, `
4:6 HG047 main is called by Go itself and cannot be a handler
  hint: move the directive to a function of its own
`},
		{"param directives", `
//handlergen:route GET /a
//handlergen:param foo default=1
//handlergen:param pag default=1
//handlergen:param page default=1
//handlergen:param page doc=x
func F(page runtime.Query[int]) {}

//handlergen:route GET /b
//handlergen:param x doc=x
func G(context.Context) {}`, `
4:20 HG030 F has no parameter foo
  hint: its parameters are page
5:20 HG030 F has no parameter pag
  hint: did you mean page?
7:20 HG030 page has a //handlergen:param already
  6:20 the first one
  hint: put its keys into the first one
11:20 HG030 G has no parameter x
  hint: its parameters have no names
`},
		{"values of keys", `
//handlergen:route POST /x status=999 limit=10Mb timeout=5 tags=a,,b label=a,a name=
func F(body runtime.Text) {}

//handlergen:route POST /y status=abc limit=0 timeout=-1s
//handlergen:route POST /z limit=99999999999GiB status=103
func G(body runtime.Text) {}`, `
3:35 HG039 "999" is not an HTTP status
  hint: write a number from 200 to 599, such as status=201
3:45 HG039 "10Mb" is not a number of bytes
  hint: write a number of bytes with KiB, MiB or GiB, such as limit=10MiB, or limit=none
3:58 HG039 "5" is not a duration
  hint: write a number with a unit, such as timeout=5s or timeout=1m30s
3:65 HG039 tags has an empty word
  hint: write tags=a,b
3:78 HG039 label has a twice
3:80 HG039 the name of a route is empty
  hint: leave name= out to take the function's name
6:35 HG039 "abc" is not an HTTP status
  hint: write a number from 200 to 599, such as status=201
6:45 HG039 a limit of 0 bytes would refuse every body
  hint: write a number of bytes with KiB, MiB or GiB, such as limit=10MiB, or limit=none
6:55 HG039 a timeout of -1s has passed before the handler starts
  hint: write a duration above zero, such as timeout=5s
7:34 HG039 the limit 99999999999GiB is more bytes than can be counted
  hint: write a number of bytes with KiB, MiB or GiB, such as limit=10MiB, or limit=none
7:56 HG039 an answer with status 103 says that another one follows
  hint: write a number from 200 to 599, such as status=201
`},
		{"an extractor function reads what the pattern lacks", `
type Account struct{}

//handlergen:extractor
func ReadAccount(account int64, opt *int) Account { return Account{} }

//handlergen:route GET /a/{account}
//handlergen:route GET /b/{id}
func A(a Account, id *int) {}`, `
10:10 HG012 Account needs the path value account, which GET /b/{id} does not have
  6:18 ReadAccount reads account
  hint: add {account} to the pattern of A, or let ReadAccount read it from elsewhere
`},
		{"operation ids", `
//handlergen:route GET /1 name=a
//handlergen:route GET /2 name=a
func F1() {}

//handlergen:route GET /3 name=F3
func F2() {}

//handlergen:route GET /4
func F3() {}`, `
4:32 HG044 GET /2 has the name a, which GET /1 has already
  3:27 GET /1 has it here
  hint: give one of them another name
7:32 HG044 GET /3 has the name F3, which GET /4 has already
  11:6 GET /4 has its function's name
  hint: give one of them another name
`},
		{"a name that is taken", `
//handlergen:route GET /a
func F() {}

func Routes() {}`, `
6:6 HG035 package shop declares Routes, which is the name of what handlergen generates
  hint: give it another name
`},
	})
}

func TestConflictsAcrossFiles(t *testing.T) {
	const text = "package shop\n\n//handlergen:route GET /a/{x}\nfunc %s(x string) {}\n"
	_, diags := readPackage(loadText(t, map[string]string{"a.go": fmt.Sprintf(text, "A"), "b.go": fmt.Sprintf(text, "B")}))
	if len(diags) != 1 || diags[0].Code != diag.RouteConflict || diags[0].Pos.Filename != "b.go" {
		t.Errorf("diagnostics %v, want HG010 in b.go", listDiags(diags))
	}
}

func TestOperationNames(t *testing.T) {
	pkg := mustRead(t, `
//handlergen:state
type App struct {
	Users  Users
	Orders *Orders
}

type Users struct{}

type Orders struct{}

//handlergen:route GET /users
//handlergen:route GET /people
func (Users) List() {}

//handlergen:route GET /orders
func (*Orders) List() {}

//handlergen:route GET /orders/{id}
func (*Orders) Get(id int) {}

//handlergen:route GET /a name=b
func A() {}`)
	var names []string
	for _, h := range pkg.Handlers {
		for _, r := range h.Routes {
			names = append(names, r.Name)
		}
	}
	if diff := cmp.Diff([]string{"UsersList", "UsersList", "OrdersList", "Get", "b"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestReadLimit(t *testing.T) {
	for text, want := range map[string]model.Limit{
		"none": model.NoLimit, "4096": 4096, "1B": 1, "512KiB": 512 << 10, "10MiB": 10 << 20, "2GiB": 2 << 30,
		"1KB": 1000, "1kB": 1000, "1MB": 1e6, "3GB": 3e9,
	} {
		p := &parser{}
		if got, _ := p.readLimit(directive{}, arg{key: "limit", value: text}); got != want {
			t.Errorf("readLimit(%q) = %d, want %d", text, got, want)
		}
	}
}

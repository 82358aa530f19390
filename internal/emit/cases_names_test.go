package emit_test

import (
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// localsCase has parameters with the names that generated code likes to use.
func localsCase() testCase {
	var params []model.Param
	for _, name := range []string{
		"w", "r", "in", "h", "out", "err", "http", "runtime", "string", "len", "nil", "append", "any", "true", "value", "größe",
	} {
		params = append(params, pathParam(name, "string"))
	}
	for _, name := range []string{
		"status", "header", "parts", "pair", "key", "ok", "ctx", "cancel", "pairParam", "state", "router", "context", "handlers",
	} {
		params = append(params, queryOf(name, "int"))
	}
	params = append(params,
		param("filter", rt("Query", model.Map{Key: basic("string"), Elem: basic("int")}), values(model.Query, model.Slot{
			Name: "filter", Type: model.Map{Key: basic("string"), Elem: basic("int")},
			Shape: model.Dict{Key: basic("string"), Reader: read("int"), Elem: basic("int")},
		})),
		query("limit", "Paging", pointed("Limit", "limit", "int"), pointed("Value", "value", "int")),
		param("", own("Session"), model.Custom{Type: own("Session"), Method: "FromRequestParts"}),
		param("_", rt("JSON", slice(own("Session"))), model.JSONBody{Type: slice(own("Session"))}),
	)
	p := pkg(handler("Everything", post("/all"), params, results(
		result(rt("Status"), model.StatusCode{}), result(std("net/http", "Header"), model.HeaderParts{}), text, failure)))
	p.Handlers[0].Timeout = 1
	return testCase{name: "locals", pkg: p, user: `
import (
	h "net/http"

	rt "github.com/handlergen/handlergen/runtime"
)

type Paging struct{ Limit, Value *int }
type Session struct{}

func (s *Session) FromRequestParts(r *h.Request) error { return nil }

func Everything(
	w, r, in, h, out, err, http, runtime, string, len, nil, append, any, true, value, größe string,
	status, header, parts, pair, key, ok, ctx, cancel, pairParam, state, router, context, handlers rt.Query[int],
	filter rt.Query[map[str]int], limit rt.Query[Paging], _ Session, _ rt.JSON[[]Session],
) (rt.Status, hdr, str, error) {
	return 0, make(hdr), "", error(*new(error))
}

type (
	str = string
	hdr = h.Header
)
`}
}

// takenCase has package-level names that generated code likes to use.
func takenCase() testCase {
	taken := []string{
		"any", "at", "check", "checkItem", "context", "err", "errors", "extractUser", "fmt", "h", "handlers", "http", "in", "itemPattern",
		"key", "name", "ok", "out", "pair", "r", "runtime", "serveList", "serveR", "state", "time", "user", "value", "w", "writeError",
		"router", "new", "make", "max", "copy",
	}
	item := model.Check{Type: own("Item"), Name: "Item", Fields: []model.FieldCheck{
		{Field: "Name", Name: "name", Type: basic("string"), Rules: []model.Rule{model.Matches{Pattern: "^a+$", Detail: "must match ^a+$"}}},
	}}
	p := pkg(
		handler("List", get("/list"), []model.Param{
			ctx(), state("state", pointer(own("handlers")), model.FromState{}), provided("user", own("user"), 0), pathParam("name", "string"),
			query("in", "Query", pointed("Value", "value", "int"), list("Any", "any", "string")),
		}, results(jsonOf(model.EmptyInterface{}), failure)),
		handler("r", post("/r"), []model.Param{jsonBody("w", own("Item"), model.Nested{Check: 0})}, results(text)),
		handler("optional", get("/o"), []model.Param{optionalOf(param("token", rt("Bearer"), model.Credentials{Name: "Bearer"}))}, nil),
	)
	p.Taken = taken
	p.Imports = []string{"testImport", "adapters", "nethttp"}
	p.State = &model.State{Type: pointer(own("handlers"))}
	p.Checks = []model.Check{item}
	p.Errors = &model.ErrorFunc{Func: fn("fail"), Results: results(text)}
	p.Providers = []model.Provider{{Func: fn("findUser"), Type: own("user"), Fails: true, Params: []model.Param{headerOf("h", "H", "string")}}}
	p.Handlers[0].Timeout = 3600e9
	return testCase{name: "taken", pkg: p, user: `
import (
	stdcontext "context"

	adapters "github.com/handlergen/handlergen/runtime"
)

type (
	any      int
	handlers struct{}
	user     struct{}
	Item     struct{ Name string }
	Query    struct{ Value *int; Any []string }
)

var at, check, context, err, errors, fmt, h, http, in, itemPattern, key, name, ok, out, pair, runtime, state, time, value, w, router int

func checkItem()   {}
func extractUser() {}
func serveList()   {}
func serveR()      {}
func writeError()  {}
func new() {}
func make() {}
func max() {}
func copy() {}

func findUser(h adapters.Header[string]) (user, error) { return user{}, nil }
func fail(err error) string                            { return "" }

func List(ctx stdcontext.Context, state adapters.State[*handlers], u user, name string, in adapters.Query[Query]) (interface{}, error) {
	return nil, nil
}
func r(w adapters.JSON[Item]) string { return "" }
func optional(token adapters.Optional[adapters.Bearer]) {}
`}
}

// predeclaredCase has package-level names that Go declares by itself.
func predeclaredCase() testCase {
	code := model.FieldCheck{Field: "Code", Name: "code", Type: own("Code"), Rules: []model.Rule{
		model.Compare{Of: model.Runes, Op: "<=", Limit: "3", Detail: "must have at most 3 characters"},
	}}
	items := model.FieldCheck{Field: "Items", Name: "items", Type: own("Items"), Rules: []model.Rule{
		model.Required{Missing: model.IfNil}, model.Compare{Of: model.Length, Op: "<=", Limit: "3", Detail: "must have at most 3 items"},
	}}
	p := pkg(
		handler("List", get("/list"), []model.Param{
			provided("user", own("User"), 0), jsonBody("order", own("Order"), model.Nested{Check: 0}),
			optionalOf(param("token", rt("Bearer"), model.Credentials{Name: "Bearer"})),
		}, results(result(pointer(own("Page")), model.Responder{Nil: model.NilValue}), failure)),
		handler("Find", get("/find"), []model.Param{query("q", "Query",
			model.Slot{Field: "Codes", Name: "code", Type: slice(own("Code")), Shape: model.List{Reader: readWith("ReadString", own("Code"))}},
			model.Slot{Field: "Lists", Name: "list", Type: own("Lists"), Shape: model.Dict{Key: own("Code"), Reader: readWith("ReadString", own("Code")), Elem: slice(own("Code")), List: true}},
		)}, nil),
	)
	peers := model.FieldCheck{Field: "Peers", Name: "peers", Type: model.Map{Key: std("net/netip", "Addr"), Elem: own("Code")}, Rules: []model.Rule{
		model.EachEntry{Keys: model.TextKeys, Key: std("net/netip", "Addr"), Rules: []model.Rule{model.Required{Missing: model.IfLookup}}},
	}}
	p.Taken = []string{"any", "append", "int", "len", "nil", "string", "true"}
	p.Checks = []model.Check{{Type: own("Order"), Name: "Order", Fields: []model.FieldCheck{code, items, peers}}}
	p.Providers = []model.Provider{{Func: fn("findUser"), Type: own("User"), Params: []model.Param{
		param("code", rt("Query", own("Code")), values(model.Query, model.Slot{Name: "code", Type: own("Code"), Shape: model.Single{Reader: readWith("ReadString", own("Code"))}, Required: true})),
	}}}
	return testCase{name: "predeclared", pkg: p, user: `
import (
	"net/http"
	"net/netip"

	"github.com/handlergen/handlergen/runtime"
)

type (
	Items  []int
	Lists  map[Code][]Code
	Order  struct{ Code Code; Items Items; Peers map[netip.Addr]Code }
	Query  struct{ Codes []Code; Lists Lists }
	User   struct{}
	Page   struct{}
	Code   basic
	string int
	any    int
	int    int32
)

const true = 0

type basic = runtime.Text

func append() {}
func len()    {}

var nil, empty = 0, Page{}

func (p *Page) IntoResponse(w http.ResponseWriter, r *http.Request) {}

func findUser(code runtime.Query[Code]) User { return User{} }

func List(user User, order runtime.JSON[Order], token runtime.Optional[runtime.Bearer]) (*Page, error) {
	var none error
	return &empty, none
}
func Find(q runtime.Query[Query]) {}
`}
}

// importsCase has packages of one name, and of names that mean something else.
func importsCase() testCase {
	foreign := func(path, name, typ string) model.Type {
		return model.Named{PkgPath: path, PkgName: name, Name: typ}
	}
	types := []model.Type{
		foreign("runtime", "runtime", "MemStats"), foreign("example.com/a/item", "item", "Item"), foreign("example.com/b/item", "item", "Item"),
		foreign("example.com/go-yaml/v3", "yaml", "Node"), foreign("example.com/x/http", "http", "Thing"), foreign("example.com/any", "any", "Thing"),
		foreign("text/template", "template", "Template"), foreign("html/template", "template", "Template"), foreign("example.com/x/in", "in", "Thing"),
		foreign("example.com/x/handlers", "handlers", "Thing"), foreign("example.com/x/groesse", "größe", "Thing"),
	}
	var handlers []model.Handler
	for i, t := range types {
		name := "Do" + string(rune('A'+i))
		handlers = append(handlers, handler(name, post("/"+name), []model.Param{jsonBody("item", t)}, nil))
	}
	others := map[string]string{}
	for _, t := range types {
		if named := t.(model.Named); named.PkgPath != "runtime" && !strings.HasSuffix(named.PkgPath, "/template") {
			others[named.PkgPath] = "package " + named.PkgName + "\ntype " + named.Name + " struct{}"
		}
	}
	return testCase{name: "imports", pkg: pkg(handlers...), others: others, user: `
import (
	aitem "example.com/a/item"
	xany "example.com/any"
	bitem "example.com/b/item"
	yaml "example.com/go-yaml/v3"
	größe "example.com/x/groesse"
	"example.com/x/handlers"
	"example.com/x/http"
	"example.com/x/in"
	htemplate "html/template"
	stdruntime "runtime"
	"text/template"

	"github.com/handlergen/handlergen/runtime"
)

func DoA(runtime.JSON[stdruntime.MemStats])  {}
func DoB(runtime.JSON[aitem.Item])           {}
func DoC(runtime.JSON[bitem.Item])           {}
func DoD(runtime.JSON[yaml.Node])            {}
func DoE(runtime.JSON[http.Thing])           {}
func DoF(runtime.JSON[xany.Thing])           {}
func DoG(runtime.JSON[template.Template])    {}
func DoH(runtime.JSON[htemplate.Template])   {}
func DoI(runtime.JSON[in.Thing])             {}
func DoJ(runtime.JSON[handlers.Thing])       {}
func DoK(runtime.JSON[größe.Thing])          {}
`}
}

// typesCase spells every kind of type.
func typesCase() testCase {
	inner := model.Struct{Fields: []model.StructField{
		{Name: "A", Type: basic("int"), Tag: `json:"a" query:"b"`},
		{Name: "B", Type: model.EmptyInterface{}},
		{Name: "T", Type: own("T"), Embedded: true},
		{Name: "C", Type: basic("string"), Tag: "`"},
	}}
	receive := model.Chan{Dir: "<-chan", Elem: basic("int")}
	types := []model.Type{
		model.Map{Key: basic("string"), Elem: slice(pointer(model.Array{Len: 2, Elem: inner}))},
		model.Chan{Dir: "chan", Elem: receive},
		model.Chan{Dir: "chan<-", Elem: receive},
		model.Chan{Dir: "<-chan", Elem: model.Chan{Dir: "chan", Elem: receive}},
		model.Signature{},
		model.Signature{Params: []model.Type{basic("int"), slice(basic("string"))}, Variadic: true, Results: []model.Type{receive, basic("error")}},
		model.Signature{Results: []model.Type{model.Signature{Results: []model.Type{receive}}}},
		own("Pair", basic("int"), own("Pair", basic("any"), model.EmptyInterface{})),
		model.Struct{},
	}
	var handlers []model.Handler
	for i, t := range types {
		name := "Do" + string(rune('A'+i))
		handlers = append(handlers, handler(name, get("/"+name), []model.Param{
			param("x", rt("Extension", t), model.Extension{Type: t}),
		}, nil))
	}
	return testCase{name: "types", pkg: pkg(handlers...), user: `
import "github.com/handlergen/handlergen/runtime"

type T struct{}
type Pair[A, B interface{}] struct { a A; b B }

func DoA(runtime.Extension[map[string][]*[2]struct {
	A int "json:\"a\" query:\"b\""
	B interface{}
	T
	C string "` + "`" + `"
}]) {}
func DoB(runtime.Extension[chan (<-chan int)]) {}
func DoC(runtime.Extension[chan<- <-chan int]) {}
func DoD(runtime.Extension[<-chan chan (<-chan int)]) {}
func DoE(runtime.Extension[func()]) {}
func DoF(runtime.Extension[func(int, ...string) (<-chan int, error)]) {}
func DoG(runtime.Extension[func() func() <-chan int]) {}
func DoH(runtime.Extension[Pair[int, Pair[any, interface{}]]]) {}
func DoI(runtime.Extension[struct{}]) {}
`}
}

// testsCase is a test file beside a file for the package itself.
func testsCase() testCase {
	p := pkg(handler("fake", get("/fake"), []model.Param{
		state("db", pointer(own("DB")), model.FromState{}), jsonBody("item", own("Item"), model.Nested{Check: 0}),
	}, results(text, failure)))
	p.File, p.Routes = model.TestFile, "testRoutes"
	p.State = &model.State{Type: pointer(own("DB"))}
	p.Checks = []model.Check{{Type: own("Item"), Name: "Item", Validate: true}}
	return testCase{name: "tests", pkg: p, user: `
import "github.com/handlergen/handlergen/runtime"

type DB struct{}
type Item struct{}

func (i Item) Validate() error { return nil }

func fake(db runtime.State[*DB], item runtime.JSON[Item]) (string, error) { return "", nil }

func Routes()    {}
func checkItem() {}

type handlers struct{}
`}
}

// externalCase is an external test package: the types of the package under test
// are another package's.
func externalCase() testCase {
	id := model.Values{Source: model.Path, Slots: []model.Slot{{
		Name: "id", Type: own("ID"), Shape: model.Single{Reader: readWith("ReadString", own("ID"))}, Required: true,
	}}}
	order := model.Named{PkgPath: "example.com/users_test", PkgName: "users_test", Name: "Order"}
	p := pkg(handler("fake", get("/fake/{id}"), []model.Param{
		param("id", own("ID"), id), jsonBody("order", order),
	}, results(jsonOf(pointer(own("User"))))))
	p.Path, p.Name, p.File = "example.com/users_test", "users_test", model.TestFile
	return testCase{
		name: "external", pkg: p,
		others: map[string]string{ownPath: "package users\ntype User struct{}\ntype ID string"},
		user: `
import (
	"example.com/users"

	"github.com/handlergen/handlergen/runtime"
)

type Order struct{}

func fake(id users.ID, order runtime.JSON[Order]) *users.User { return nil }
`,
	}
}

// hostileCase has texts that try to be more than texts.
func hostileCase() testCase {
	const evil = "*/\n// injected\nfunc init() { panic(`x`) } /* \" ` \\ \x00 \u202e \ufeff"
	slot := single("Name", evil, "string", model.Matches{Pattern: evil, Detail: evil}, model.Format{Func: "IsDatetime", Arg: `"\n"`, Detail: evil})
	slot.Doc, slot.Required, slot.Default = evil, false, evil
	h := handler("Do", route([]string{"GET", "X\nY"}, "/"+evil), []model.Param{query("q", "Q", slot, single("Other", "\\`", "string"))}, results(text))
	h.Routes[0].Summary, h.Routes[0].Description = evil, evil
	p := pkg(h)
	return testCase{name: "hostile", pkg: p, user: `
import "github.com/handlergen/handlergen/runtime"

type Q struct{ Name, Other string }

func Do(q runtime.Query[Q]) string { return "" }
`}
}

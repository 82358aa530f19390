package emit_test

import (
	"strings"
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

// A testCase is a package as parse would describe it, and the user's source that
// goes with it.
type testCase struct {
	name   string
	pkg    *model.Package
	user   string            // without package clause; imports come first
	others map[string]string // packages that it imports: path to source
}

// cases returns new values each time, so that no test can change them for
// another.
func cases() []testCase {
	return []testCase{
		helloCase(), listCase(), sourcesCase(), shapesCase(), scanCase(), segmentsCase(), headCase(),
		bodiesCase(), formCase(), checksCase(), rulesCase(), providersCase(), attemptsCase(), optionalCase(),
		compositeCase(), partsCase(), answersCase(), streamsCase(), sealedCase(), errorsCase(), errorsMethodCase(),
		middlewareCase(), fromFnCase(), longCase(), adaptersCase(), multipartCase(), localsCase(), takenCase(), predeclaredCase(), importsCase(), typesCase(),
		testsCase(), externalCase(), hostileCase(),
	}
}

func helloCase() testCase {
	noContent := handler("Ping", get("/ping"), nil, nil)
	noContent.Status = 204
	return testCase{
		name: "hello",
		pkg: pkg(
			handler("Hello", get("/{$}"), nil, results(text)),
			handler("Health", get("/health"), nil, nil),
			noContent,
			handler("Greet", get("/greet/{name}"), []model.Param{pathParam("name", "string")}, results(text)),
		),
		user: `
func Hello() string { return "" }
func Health() {}
func Ping() {}
func Greet(name string) string { return name }
`,
	}
}

// listCase has the usual: context, state, a query, JSON, an error.
func listCase() testCase {
	since := model.Slot{
		Field: "Since", Name: "since", Type: pointer(std("time", "Time")),
		Shape: model.Pointed{Reader: readWith("ReadTime", std("time", "Time"))},
	}
	atLeast1 := model.Compare{Of: model.Itself, Op: ">=", Limit: "1", Detail: "must be at least 1"}
	p := pkg(handler("ListUsers", get("/users"), []model.Param{
		ctx(), state("store", pointer(own("Store")), model.FromState{Field: "Store"}),
		query("query", "ListQuery", withDefault(single("Page", "page", "int", atLeast1), "1"), since, list("Tags", "tag", "string")),
	}, results(jsonOf(slice(own("User"))), failure)), model.Handler{
		Func: method(pointer(own("App")), "", "GetUser"), Routes: []model.Route{get("/users/{id}")}, Status: 200,
		Params:  []model.Param{ctx(), pathParam("id", "int64")},
		Results: results(jsonOf(pointer(own("User"))), failure),
	})
	p.State = &model.State{Type: pointer(own("App"))}
	return testCase{name: "list", pkg: p, user: `
import (
	"context"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{ Store *Store }
type Store struct{}
type User struct{}
type ListQuery struct {
	Page  int
	Since *time.Time
	Tags  []string
}

func ListUsers(ctx context.Context, store runtime.State[*Store], query runtime.Query[ListQuery]) ([]User, error) {
	return nil, nil
}

func (a *App) GetUser(ctx context.Context, id int64) (*User, error) { return nil, nil }
`}
}

// sourcesCase has every source with every shape that it can have.
func sourcesCase() testCase {
	dict := func(source model.Source) model.Values {
		return values(source, model.Slot{
			Type:  model.Map{Key: basic("string"), Elem: basic("string")},
			Shape: model.Dict{Key: basic("string"), Reader: read("string"), Elem: basic("string")},
		})
	}
	dictOf := func(name, wrapper string, source model.Source) model.Param {
		return param(name, rt(wrapper, model.Map{Key: basic("string"), Elem: basic("string")}), dict(source))
	}
	multi := values(model.Headers, model.Slot{
		Type:  std("net/http", "Header"),
		Shape: model.Dict{Key: basic("string"), Reader: read("string"), Elem: slice(basic("string")), List: true},
	})
	return testCase{
		name: "sources",
		pkg: pkg(
			handler("Path", get("/path/{id}/{name}/{rest...}"), []model.Param{
				pathParam("id", "int"),
				param("name", rt("Path", basic("string")), values(model.Path, single("", "name", "string"))),
				param("rest", pointer(basic("string")), model.Values{Source: model.Path, Slots: []model.Slot{pointed("", "rest", "string")}}),
				param("other", pointer(basic("int")), model.Values{Source: model.Path}),
				param("all", rt("Path", own("PathValues")), values(model.Path, single("ID", "id", "int"), optioned("Name", "name", "string"))),
			}, nil),
			handler("Headers", get("/headers"), []model.Param{
				headerOf("requestID", "X-Request-Id", "string"),
				param("head", rt("Header", own("Head")), values(model.Headers,
					withDefault(single("Depth", "Depth", "int"), "1"), pointed("Match", "If-Match", "string"),
					list("Tags", "X-Tag", "string"), optioned("Origin", "Origin", "string"))),
				param("tags", rt("Header", slice(basic("int"))), values(model.Headers, list("", "X-Number", "int"))),
				dictOf("every", "Header", model.Headers),
				param("multi", rt("Header", std("net/http", "Header")), multi),
			}, nil),
			handler("Cookies", get("/cookies"), []model.Param{
				param("sid", rt("Cookie", basic("string")), values(model.Cookie, single("", "sid", "string"))),
				param("jar", rt("Cookie", own("Jar")), values(model.Cookie, pointed("Size", "size", "uint8"), list("Seen", "seen", "int"))),
				dictOf("all", "Cookie", model.Cookie),
			}, nil),
			handler("Queries", get("/queries"), []model.Param{
				queryOf("page", "int"),
				param("raw", std("net/url", "Values"), model.QueryValues{}),
				dictOf("all", "Query", model.Query),
			}, nil),
			handler("Wildcards", get("/wildcards/{a}/{b}"), []model.Param{dictOf("all", "Path", model.Path)}, nil),
		),
		user: `
import (
	"net/http"
	"net/url"

	"github.com/handlergen/handlergen/runtime"
)

type PathValues struct {
	ID   int
	Name runtime.Optional[string]
}
type Head struct {
	Depth  int
	Match  *string
	Tags   []string
	Origin runtime.Optional[string]
}
type Jar struct {
	Size *uint8
	Seen []int
}

func Path(id int, name runtime.Path[string], rest *string, other *int, all runtime.Path[PathValues]) {}
func Headers(requestID runtime.Header[string], head runtime.Header[Head], tags runtime.Header[[]int], every runtime.Header[map[string]string], multi runtime.Header[http.Header]) {}
func Cookies(sid runtime.Cookie[string], jar runtime.Cookie[Jar], all runtime.Cookie[map[string]string]) {}
func Queries(page runtime.Query[int], raw url.Values, all runtime.Query[map[string]string]) {}
func Wildcards(all runtime.Path[map[string]string]) {}
`,
	}
}

// shapesCase has every shape, reader and kind of rule of plain values.
func shapesCase() testCase {
	custom := func(field, name, fn string, t model.Type) model.Slot {
		return model.Slot{Field: field, Name: name, Type: t, Shape: model.Single{Reader: readWith(fn, t)}, Required: true}
	}
	max10 := model.Compare{Of: model.Itself, Op: "<=", Limit: "10", Detail: "must be at most 10"}
	search := values(model.Query,
		single("Text", "text", "string", model.Compare{Of: model.Runes, Op: "<=", Limit: "80", Detail: "must have at most 80 characters"}),
		model.Slot{Field: "Sort", Name: "sort", Type: own("Order"), Shape: model.Single{Reader: readWith("ReadString", own("Order"))}, Default: "asc", Rules: []model.Rule{
			model.OneOf{Literals: []string{`"asc"`, `"desc"`}, Detail: "must be one of asc, desc"},
		}},
		custom("Wait", "wait", "ReadDuration", std("time", "Duration")),
		custom("Site", "site", "ReadURL", std("net/url", "URL")),
		custom("Addr", "addr", "ReadAddr", std("net/netip", "Addr")),
		custom("Color", "color", "ReadText", own("Color")),
		pointed("Size", "size", "int", model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{max10}}),
		optioned("Deep", "deep", "int", model.IfSet{Holder: model.HolderOptional, Rules: []model.Rule{max10}}),
		list("Tags", "tag", "string",
			model.Compare{Of: model.Length, Op: "<=", Limit: "3", Detail: "must have at most 3 items"},
			model.Each{Rules: []model.Rule{model.Format{Func: "IsAlpha", Detail: "must have letters from a to z only"}}}),
		model.Slot{
			Field: "Words", Name: "word", Type: rt("Optional", slice(basic("string"))), Shape: model.OptionedMany{Of: model.List{Reader: read("string")}},
			Rules: []model.Rule{model.IfSet{Holder: model.HolderOptional, Rules: []model.Rule{
				model.Compare{Of: model.Length, Op: "<=", Limit: "3", Detail: "must have at most 3 items"},
				model.Each{Rules: []model.Rule{model.Format{Func: "IsAlpha", Detail: "must have letters from a to z only"}}},
			}}},
		},
		model.Slot{Field: "IDs", Name: "id", Type: slice(pointer(basic("int"))), Shape: model.List{Reader: read("int"), Pointed: true}},
		model.Slot{Field: "Filter", Name: "filter", Type: model.Map{Key: own("Key"), Elem: basic("int")}, Shape: model.Dict{Key: own("Key"), Reader: read("int"), Elem: basic("int")}},
		model.Slot{Field: "Lists", Name: "lists", Type: own("Lists"), Shape: model.Dict{Key: basic("string"), Reader: read("string"), Elem: slice(basic("string")), List: true}},
		single("Paging.Page", "page", "int"),
	)
	search.Alloc, search.Validate = []string{"Paging"}, true
	idParam := pathParam("id", "int")
	id := idParam.From.(model.Values)
	id.Slots[0].Rules = []model.Rule{max10}
	idParam.From = id
	return testCase{
		name: "shapes",
		pkg: pkg(handler("Find", get("/find/{id}/{color}"), []model.Param{
			idParam,
			param("color", own("Color"), model.Values{Source: model.Path, Slots: []model.Slot{{
				Name: "color", Type: own("Color"), Shape: model.Single{Reader: readWith("ReadText", own("Color"))}, Required: true,
				Rules: []model.Rule{model.Method{}},
			}}}),
			param("search", rt("Query", own("Search")), search),
		}, nil)),
		user: `
import (
	"net/netip"
	"net/url"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

type Order string
type Color string
type Key string
type Lists map[string][]string

func (c *Color) UnmarshalText([]byte) error { return nil }
func (c *Color) Validate() error            { return nil }

type Paging struct{ Page int }
type Search struct {
	Text   string
	Sort   Order
	Wait   time.Duration
	Site   url.URL
	Addr   netip.Addr
	Color  Color
	Size   *int
	Deep   runtime.Optional[int]
	Tags   []string
	Words  runtime.Optional[[]string]
	IDs    []*int
	Filter map[Key]int
	Lists  Lists
	*Paging
}

func (s Search) Validate() error { return nil }

func Find(id int, color Color, search runtime.Query[Search]) {}
`,
	}
}

// scanCase has what the scan of a query comes to when several parameters share
// it, or a name.
func scanCase() testCase {
	required := list("Words", "word", "string")
	required.Required = true
	return testCase{
		name: "scan",
		pkg: pkg(
			handler("One", get("/one"), []model.Param{query("tags", "Tags", list("Tags", "tag", "string"))}, nil),
			handler("Shared", get("/shared"), []model.Param{
				query("a", "A", single("Page", "page", "int"), list("Tags", "tag", "string")),
				query("b", "B", withDefault(single("Page", "page", "int"), "1"), list("Words", "tag", "string")),
				queryOf("page", "int"),
			}, nil),
			handler("Required", get("/required"), []model.Param{query("b", "B", required)}, nil),
			handler("Nothing", get("/nothing"), []model.Param{query("empty", "Empty")}, nil),
		),
		user: `
import "github.com/handlergen/handlergen/runtime"

type Tags struct{ Tags []string }
type A struct { Page int; Tags []string }
type B struct { Page int; Words []string }
type Empty struct{}

func One(tags runtime.Query[Tags]) {}
func Shared(a runtime.Query[A], b runtime.Query[B], page runtime.Query[int]) {}
func Required(b runtime.Query[B]) {}
func Nothing(empty runtime.Query[Empty]) {}
`,
	}
}

// segmentsCase has plain values before and after what must not be reached with
// wrong ones.
func segmentsCase() testCase {
	user := param("user", own("CurrentUser"), model.Custom{Type: own("CurrentUser"), Method: "FromRequestParts"})
	return testCase{
		name: "segments",
		pkg: pkg(
			handler("First", post("/first/{id}"), []model.Param{
				user, pathParam("id", "int"), queryOf("page", "int"), jsonBody("body", own("Item")),
			}, nil),
			handler("Last", post("/last/{id}"), []model.Param{
				pathParam("id", "int"), queryOf("page", "int"), user, queryOf("size", "int"),
				param("upload", pointer(own("Upload")), model.Custom{Type: own("Upload"), Method: "FromRequest", Pointer: true}),
			}, nil),
			handler("Tenants", get("/tenants"), []model.Param{
				param("tenant", rt("Extension", own("Tenant")), model.Extension{Type: own("Tenant")}),
				param("token", rt("Bearer"), model.Credentials{Name: "Bearer"}),
				param("auth", rt("BasicAuth"), model.Credentials{Name: "BasicAuth"}),
			}, results(failure)),
		),
		user: `
import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type Item struct{}
type Tenant struct{}
type CurrentUser struct{}
type Upload struct{}

func (u *CurrentUser) FromRequestParts(r *http.Request) error { return nil }
func (u *Upload) FromRequest(r *http.Request) error           { return nil }

func First(user CurrentUser, id int, page runtime.Query[int], body runtime.JSON[Item]) {}
func Last(id int, page runtime.Query[int], user CurrentUser, size runtime.Query[int], upload *Upload) {}
func Tenants(tenant runtime.Extension[Tenant], token runtime.Bearer, auth runtime.BasicAuth) error { return nil }
`,
	}
}

func headCase() testCase {
	head := func(name string, t model.Type, part model.HeadPart) model.Param {
		return param(name, t, model.Head{Part: part})
	}
	writer := head("w", std("net/http", "ResponseWriter"), model.Writer)
	request := head("r", pointer(std("net/http", "Request")), model.Request)
	return testCase{
		name: "head",
		pkg: pkg(
			handler("Head", get("/head"), []model.Param{
				ctx(), request, head("header", std("net/http", "Header"), model.HeaderMap),
				head("u", pointer(std("net/url", "URL")), model.URL), head("peer", std("net/netip", "AddrPort"), model.Peer),
				head("path", rt("MatchedPath"), model.MatchedPath), head("", rt("OriginalURL"), model.OriginalURL),
				head("_", rt("Host"), model.Host),
			}, results(text)),
			handler("Raw", route(nil, "/raw"), []model.Param{writer, request}, nil),
			handler("Try", get("/try"), []model.Param{request, writer}, results(failure)),
		),
		user: `
import (
	"context"
	"net/http"
	"net/netip"
	"net/url"

	"github.com/handlergen/handlergen/runtime"
)

func Head(ctx context.Context, r *http.Request, header http.Header, u *url.URL, peer netip.AddrPort, path runtime.MatchedPath, _ runtime.OriginalURL, _ runtime.Host) string {
	return ""
}
func Raw(w http.ResponseWriter, r *http.Request) {}
func Try(r *http.Request, w http.ResponseWriter) error { return nil }
`,
	}
}

// bodiesCase has every body, limit and timeout.
func bodiesCase() testCase {
	limited := func(h model.Handler, limit model.Limit) model.Handler {
		h.Limit = limit
		return h
	}
	body := func(name string, t model.Type, from model.Extractor) []model.Param {
		return []model.Param{param(name, t, from)}
	}
	slow := handler("Slow", post("/slow"), []model.Param{
		ctx(), param("body", rt("JSON", own("Item")), model.JSONBody{Type: own("Item"), Presets: []model.Preset{
			{Field: "Limit", Value: "20"}, {Field: "Sort", Value: `"asc"`},
		}}),
	}, results(jsonOf(own("Item")), failure))
	slow.Timeout, slow.Status = 5*time.Second, 201
	reader := model.Handler{
		Func: fn("Read"), Routes: []model.Route{post("/read")}, Status: 202, Limit: 1 << 30, Timeout: 1500 * time.Millisecond,
		Params: append([]model.Param{ctx()}, body("data", std("io", "Reader"), model.ReaderBody{})...), Results: results(failure),
	}
	request := param("r", pointer(std("net/http", "Request")), model.Head{Part: model.Request})
	return testCase{
		name: "bodies",
		pkg: pkg(
			slow, reader,
			limited(handler("Note", post("/note"), body("note", rt("Text"), model.TextBody{}), results(text)), 1000),
			limited(handler("Data", post("/data"), body("data", rt("Bytes"), model.BytesBody{}), results(text)), model.NoLimit),
			limited(handler("Whole", post("/whole"), []model.Param{request}, nil), 10<<20),
			model.Handler{Func: fn("Ping"), Routes: []model.Route{get("/ping")}, Status: 200, Timeout: time.Second, Results: results(text)},
			handler("Page", get("/page"), []model.Param{queryOf("page", "int")}, nil),
			limited(handler("Lines", post("/lines"), body("lines", rt("JSONLines", own("Item")), model.JSONLinesBody{Type: own("Item")}), results(failure)), model.NoLimit),
			handler("Ruled", post("/ruled"), body("value", rt("JSONLines", slice(basic("int"))), model.JSONLinesBody{
				Type: slice(basic("int")), Rules: []model.Rule{model.Compare{Of: model.Length, Op: "<=", Limit: "3", Detail: "must have at most 3 elements"}},
			}), nil),
			handler("Preset", post("/preset"), body("in", rt("JSONLines", own("Item")), model.JSONLinesBody{
				Type: own("Item"), Presets: []model.Preset{{Field: "Limit", Value: "20"}},
			}), nil),
		),
		user: `
import (
	"context"
	"io"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type Item struct {
	Limit int
	Sort  string
}

func Slow(ctx context.Context, body runtime.JSON[Item]) (Item, error) { return body.Value, nil }
func Read(ctx context.Context, data io.Reader) error                  { return nil }
func Note(note runtime.Text) string                                   { return "" }
func Data(data runtime.Bytes) string                                  { return "" }
func Whole(r *http.Request)                                           {}
func Ping() string                                                    { return "" }
func Page(page runtime.Query[int])                                    {}
func Lines(lines runtime.JSONLines[Item]) error                       { return nil }
func Ruled(value runtime.JSONLines[[]int])                            {}
func Preset(in runtime.JSONLines[Item])                               {}
`,
	}
}

func formCase() testCase {
	login := model.Form{Validate: true, Slots: []model.Slot{
		single("Name", "name", "string"), withDefault(single("Keep", "keep", "bool"), "false"), list("Roles", "role", "string"),
	}}
	return testCase{
		name: "form",
		pkg: pkg(
			handler("Login", post("/login"), []model.Param{queryOf("next", "string"), param("form", rt("Form", own("Login_")), login)}, results(text)),
			handler("Rename", post("/rename"), []model.Param{
				param("name", rt("Form", basic("string")), model.Form{Slots: []model.Slot{single("", "name", "string")}}),
			}, results(text)),
		),
		user: `
import "github.com/handlergen/handlergen/runtime"

type Login_ struct {
	Name  string
	Keep  bool
	Roles []string
}

func (l *Login_) Validate() error { return nil }

func Login(next runtime.Query[string], form runtime.Form[Login_]) string { return "" }
func Rename(name runtime.Form[string]) string                           { return "" }
`,
	}
}

func multipartCase() testCase {
	header := pointer(std("mime/multipart", "FileHeader"))
	upload := model.Multipart{Validate: true, Slots: []model.Slot{
		single("Title", "title", "string"),
		{Field: "Cover", Name: "cover", Type: header, Required: true, Shape: model.OneFile{
			Wanted: model.Upload{Limit: 5 << 20, Accept: []string{"image/png", "image/*"}},
		}},
		{Field: "Photos", Name: "photo", Type: slice(header), Shape: model.ManyFiles{}},
	}}
	reader := pointer(std("mime/multipart", "Reader"))
	return testCase{
		name: "multipart",
		pkg: pkg(
			handler("Upload", post("/upload"), []model.Param{param("body", rt("Multipart", own("Album")), upload)}, results(text)),
			handler("Parts", post("/parts"), []model.Param{param("parts", reader, model.MultipartReader{})}, nil),
			handler("Perhaps", post("/perhaps"), []model.Param{optionalOf(param("parts", reader, model.MultipartReader{}))}, nil),
			handler("Attempt", post("/attempt"), []model.Param{resultOf(param("parts", reader, model.MultipartReader{}))}, nil),
		),
		user: `
import (
	"mime/multipart"

	"github.com/handlergen/handlergen/runtime"
)

type Album struct {
	Title  string
	Cover  *multipart.FileHeader
	Photos []*multipart.FileHeader
}

func (a *Album) Validate() error { return nil }

func Upload(body runtime.Multipart[Album]) string                { return "" }
func Parts(parts *multipart.Reader)                              {}
func Perhaps(parts runtime.Optional[*multipart.Reader])          {}
func Attempt(parts runtime.Result[*multipart.Reader])            {}
`,
	}
}

// checksCase has the validation of nested structs in a body.
func checksCase() testCase {
	min1 := model.Compare{Of: model.Length, Op: ">=", Limit: "1", Detail: "must have at least 1 item"}
	max9 := model.Compare{Of: model.Itself, Op: "<=", Limit: "9", Detail: "must be at most 9"}
	p := pkg(
		handler("Create", post("/orders"), []model.Param{jsonBody("order", own("Order"), model.Nested{Check: 0})}, nil),
		handler("Import", post("/orders/import"), []model.Param{
			jsonBody("orders", slice(own("Order")), model.Each{Rules: []model.Rule{model.Nested{Check: 0}}}),
		}, nil),
		handler("Replace", post("/orders/replace"), []model.Param{
			jsonBody("byName", model.Map{Key: basic("string"), Elem: own("Line")}, model.EachEntry{Keys: model.StringKeys, Key: basic("string"), Rules: []model.Rule{model.Nested{Check: 1}}}),
		}, nil),
	)
	p.Checks = []model.Check{
		{Type: own("Order"), Name: "Order", Fields: []model.FieldCheck{
			{Field: "Name", Name: "name", Type: basic("string"), Rules: []model.Rule{
				model.Required{Missing: model.IfZero, Zero: `""`},
				model.Compare{Of: model.Runes, Op: "<=", Limit: "80", Detail: "must have at most 80 characters"},
			}},
			{Field: "Lines", Name: "lines", Type: slice(own("Line")), Rules: []model.Rule{
				model.Required{Missing: model.IfNil}, min1, model.Each{Rules: []model.Rule{model.Nested{Check: 1}}},
			}},
			{Field: "Extra", Name: "extra", Type: model.Map{Key: own("Key"), Elem: pointer(own("Line"))}, Rules: []model.Rule{
				model.EachEntry{Keys: model.IntegerKeys, Key: own("Key"), Rules: []model.Rule{model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{model.Nested{Check: 1}}}}},
			}},
			{Field: "Sizes", Name: "sizes", Type: own("Sizes"), Rules: []model.Rule{
				model.EachEntry{Keys: model.IntegerKeys, Key: basic("int8"), Rules: []model.Rule{max9}},
			}},
			{Field: "Words", Name: "words", Type: own("Words"), Rules: []model.Rule{
				model.EachEntry{Keys: model.StringKeys, Key: own("When"), Rules: []model.Rule{model.Required{Missing: model.IfLookup}}},
			}},
			{Field: "Peers", Name: "peers", Type: model.Map{Key: std("net/netip", "Addr"), Elem: basic("int")}, Rules: []model.Rule{
				model.EachEntry{Keys: model.TextKeys, Key: std("net/netip", "Addr"), Rules: []model.Rule{max9}},
			}},
			{Field: "Parent", Name: "parent", Type: pointer(own("Order")), Rules: []model.Rule{
				model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{model.Nested{Check: 0}}},
			}},
			{Field: "First", Name: "first", Type: own("Line"), Rules: []model.Rule{
				model.Required{Missing: model.IfLookup}, model.Nested{Check: 1},
			}},
			{Field: "Base", Type: own("Base"), Rules: []model.Rule{model.Nested{Check: 2}}},
		}},
		{Type: own("Line"), Name: "Line", Validate: true, Fields: []model.FieldCheck{
			{Field: "Tags", Name: "tags", Type: slice(slice(basic("string"))), Rules: []model.Rule{
				model.Each{Rules: []model.Rule{min1, model.Each{Rules: []model.Rule{
					model.Format{Func: "IsAlpha", Detail: "must have letters from a to z only"},
				}}}},
			}},
		}},
		{Type: own("Base"), Name: "Base", Fields: []model.FieldCheck{
			{Field: "When", Name: "a/b", Type: own("When"), Rules: []model.Rule{model.Method{}}},
		}},
	}
	return testCase{name: "checks", pkg: p, user: `
import (
	"net/netip"

	"github.com/handlergen/handlergen/runtime"
)

type Key int
type Sizes map[int8]int
type Words map[When]string
type Order struct {
	Name   string
	Lines  []Line
	Extra  map[Key]*Line
	Sizes  Sizes
	Words  Words
	Peers  map[netip.Addr]int
	Parent *Order
	First  Line
	Base
}
type Line struct{ Tags [][]string }
type Base struct{ When When }
type When string

func (l Line) Validate() error { return nil }
func (w When) Validate() error { return nil }

func Create(order runtime.JSON[Order])             {}
func Import(orders runtime.JSON[[]Order])          {}
func Replace(byName runtime.JSON[map[string]Line]) {}
`}
}

// rulesCase has every rule, alone and behind every guard.
func rulesCase() testCase {
	min1 := model.Compare{Of: model.Itself, Op: ">=", Limit: "1", Detail: "must be at least 1"}
	max9 := model.Compare{Of: model.Itself, Op: "<=", Limit: "9", Detail: "must be at most 9"}
	required := func(m model.Missing, zero string) model.Rule { return model.Required{Missing: m, Zero: zero} }
	nullable := func(t model.Type) model.Type { return rt("Nullable", t) }
	optional := func(t model.Type) model.Type { return rt("Optional", t) }
	field := func(name string, t model.Type, rules ...model.Rule) model.FieldCheck {
		return model.FieldCheck{Field: name, Name: strings.ToLower(name), Type: t, Rules: rules}
	}
	p := pkg(handler("Save", post("/save"), []model.Param{jsonBody("body", own("All"), model.Nested{Check: 0})}, nil))
	p.Checks = []model.Check{{Type: own("All"), Name: "All", Fields: []model.FieldCheck{
		field("Flag", basic("bool"), required(model.IfZero, "false")),
		field("Count", basic("int"), required(model.IfZero, "0"), model.Compare{Of: model.Itself, Op: ">", Limit: "0", Detail: "must be greater than 0"}, model.Compare{Of: model.Itself, Op: "<", Limit: "5", Detail: "must be less than 5"}),
		field("Looked", basic("int"), required(model.IfZero, "")),
		field("When", own("When"), required(model.IfLookup, "")),
		field("Pointer", pointer(basic("int")), required(model.IfNil, ""), model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{min1, max9}}),
		field("Maybe", optional(basic("int")), required(model.IfAbsent, ""), model.IfSet{Holder: model.HolderOptional, Rules: []model.Rule{max9}}),
		field("Null", nullable(basic("int")), required(model.IfNull, ""), model.IfSet{Holder: model.HolderNullable, Rules: []model.Rule{max9}}),
		field("Both", optional(nullable(basic("int"))), required(model.IfEither, ""), model.IfSet{Holder: model.HolderOptional, Rules: []model.Rule{
			model.IfSet{Holder: model.HolderNullable, Rules: []model.Rule{max9}},
		}}),
		field("Deep", optional(pointer(basic("int"))), model.IfSet{Holder: model.HolderOptional, Rules: []model.Rule{
			required(model.IfNil, ""), model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{max9}},
		}}),
		field("Code", own("Code"), model.Compare{Of: model.Runes, Op: "==", Limit: "3", Detail: "must have exactly 3 characters"}, model.Matches{Pattern: `^[a-z]\d+$`, Detail: `must match ^[a-z]\d+$`}),
		field("Sort", own("Code"), model.OneOf{Literals: []string{`"a"`, `"b"`}, Detail: "must be one of a, b"}),
		field("Level", basic("int"), model.OneOf{Literals: []string{"1", "2", "3", "5", "8"}, Detail: "must be one of 1, 2, 3, 5, 8"}),
		field("Email", basic("string"), model.IfNotZero{Zero: `""`, Rules: []model.Rule{model.Format{Func: "IsEmail", Detail: "must be an email address"}}}),
		field("Day", basic("string"), model.Format{Func: "IsDatetime", Arg: `"2006-01-02"`, Detail: "must be a date"}),
		field("Tags", slice(basic("string")), model.Unique{Detail: "must not have the same item twice"}, model.IfNotZero{Zero: "nil", Rules: []model.Rule{
			model.Compare{Of: model.Length, Op: ">=", Limit: "2", Detail: "must have at least 2 items"},
			model.Each{Rules: []model.Rule{model.Matches{Pattern: "^`+$", Detail: "must match"}, model.Matches{Pattern: `^[a-z]\d+$`, Detail: "must match"}}},
		}}),
		field("Sizes", pointer(slice(basic("int"))), model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{
			model.Unique{Detail: "must not have the same item twice"}, model.Each{Rules: []model.Rule{max9}},
		}}),
		field("Array", model.Array{Len: 2, Elem: pointer(basic("int"))}, model.Each{Rules: []model.Rule{model.IfSet{Holder: model.HolderPointer, Rules: []model.Rule{min1}}}}),
		field("On", basic("bool"), model.IfNotZero{Zero: "false", Rules: []model.Rule{model.Method{}}}),
		field("Silent", basic("bool")),
	}}}
	p.Checks[0].Fields[17].Type = own("Switch")
	return testCase{name: "rules", pkg: p, user: `
import "github.com/handlergen/handlergen/runtime"

type Code string
type When struct{}
type Switch bool

func (s Switch) Validate() error { return nil }

type All struct {
	Flag    bool
	Count   int
	Looked  int
	When    When
	Pointer *int
	Maybe   runtime.Optional[int]
	Null    runtime.Nullable[int]
	Both    runtime.Optional[runtime.Nullable[int]]
	Deep    runtime.Optional[*int]
	Code    Code
	Sort    Code
	Level   int
	Email   string
	Day     string
	Tags    []string
	Sizes   *[]int
	Array   [2]*int
	On      Switch
	Silent  bool
}

func Save(body runtime.JSON[All]) {}
`}
}

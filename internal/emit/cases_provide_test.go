package emit_test

import (
	"github.com/handlergen/handlergen/internal/model"
)

// provided is a parameter that an extractor function provides.
func provided(name string, t model.Type, i int) model.Param {
	return param(name, t, model.Provided{Provider: i})
}

// resultOf and optionalOf wrap a parameter.
func resultOf(p model.Param) model.Param {
	p.From = model.ResultOf{Type: p.Type, Of: p.From}
	p.Type = rt("Result", p.Type)
	return p
}

func optionalOf(p model.Param) model.Param {
	p.From = model.OptionalOf{Type: p.Type, Of: p.From}
	p.Type = rt("Optional", p.Type)
	return p
}

func providersCase() testCase {
	p := pkg(
		handler("Plain", get("/plain"), []model.Param{provided("user", pointer(own("User")), 0)}, results(text)),
		handler("Admins", get("/admins/{id}"), []model.Param{
			pathParam("id", "int"), provided("boss", own("Admin"), 1), provided("again", own("Admin"), 1),
		}, results(text)),
		handler("Now", get("/now"), []model.Param{provided("now", own("Clock"), 2), provided("user", pointer(own("User")), 0)}, results(text)),
		handler("Upload", post("/upload"), []model.Param{provided("file", own("File"), 3)}, results(failure)),
		handler("Report", get("/report/{project}"), []model.Param{provided("p", own("Project"), 4)}, nil),
	)
	p.Handlers[3].Limit = 10 << 20
	p.State = &model.State{Type: pointer(own("App"))}
	p.Providers = []model.Provider{
		{Func: fn("CurrentUser"), Type: pointer(own("User")), Fails: true, Params: []model.Param{
			ctx(), headerOf("name", "X-Name", "string"), state("store", pointer(own("Store")), model.FromState{Field: "Store"}),
		}},
		{Func: method(pointer(own("App")), "", "RequireAdmin"), Type: own("Admin"), Fails: true, Params: []model.Param{
			ctx(), provided("u", pointer(own("User")), 0),
		}},
		{Func: fn("ReadClock"), Type: own("Clock"), Params: []model.Param{param("host", rt("Host"), model.Head{Part: model.Host})}},
		{Func: fn("ReadFile"), Type: own("File"), Body: true, Params: []model.Param{
			provided("user", pointer(own("User")), 0), param("data", rt("Bytes"), model.BytesBody{}),
		}},
		{Func: fn("FindProject"), Type: own("Project"), Params: []model.Param{
			pathParam("project", "int"), resultOf(provided("user", pointer(own("User")), 0)), provided("clock", own("Clock"), 2),
		}},
	}
	return testCase{name: "providers", pkg: p, user: `
import (
	"context"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{ Store *Store }
type Store struct{}
type User struct{}
type Admin struct{}
type Clock struct{}
type File struct{}
type Project struct{}

func CurrentUser(ctx context.Context, name runtime.Header[string], store runtime.State[*Store]) (*User, error) {
	return nil, nil
}
func (a *App) RequireAdmin(ctx context.Context, u *User) (Admin, error) { return Admin{}, nil }
func ReadClock(host runtime.Host) Clock                               { return Clock{} }
func ReadFile(user *User, data runtime.Bytes) File                    { return File{} }
func FindProject(project int, user runtime.Result[*User], clock Clock) Project {
	return Project{}
}

func Plain(user *User) string                       { return "" }
func Admins(id int, boss, again Admin) string       { return "" }
func Now(now Clock, user *User) string              { return "" }
func Upload(file File) error                        { return nil }
func Report(p Project)                              {}
`}
}

// attemptsCase has Results of everything, and providers that some need and some
// only attempt.
func attemptsCase() testCase {
	user := provided("user", own("User"), 0)
	session := param("session", own("Session"), model.Custom{Type: own("Session"), Method: "FromRequestParts"})
	sessionPointer := param("pointer", pointer(own("Session")), model.Custom{Type: own("Session"), Method: "FromRequestParts", Pointer: true})
	p := pkg(
		handler("Values", get("/values/{id}"), []model.Param{
			resultOf(queryOf("page", "int")), resultOf(pathParam("id", "int")),
			resultOf(query("q", "Q", withDefault(single("A", "a", "int"), "1"), list("B", "b", "string"))),
			resultOf(param("raw", std("net/url", "Values"), model.QueryValues{})),
		}, nil),
		handler("Failing", get("/failing"), []model.Param{
			resultOf(param("tenant", rt("Extension", own("Tenant")), model.Extension{Type: own("Tenant")})),
			resultOf(param("token", rt("Bearer"), model.Credentials{Name: "Bearer"})), resultOf(session), resultOf(sessionPointer),
			resultOf(optionalOf(queryOf("maybe", "int"))),
		}, nil),
		handler("JSON", post("/json"), []model.Param{resultOf(jsonBody("body", own("Q"), model.Nested{Check: 0}))}, nil),
		handler("Form", post("/form"), []model.Param{resultOf(param("form", rt("Form", own("Q")), model.Form{Slots: []model.Slot{single("A", "a", "int")}}))}, nil),
		handler("Text", post("/text"), []model.Param{resultOf(param("note", rt("Text"), model.TextBody{}))}, nil),
		handler("ResultFirst", get("/result"), []model.Param{
			resultOf(param("account", own("Account"), model.Provided{Provider: 1})), user, provided("again", own("Account"), 1),
		}, results(failure)),
		handler("ResultLast", get("/last"), []model.Param{user, resultOf(provided("same", own("User"), 0)), resultOf(provided("account", own("Account"), 1))}, nil),
		handler("Both", get("/both"), []model.Param{resultOf(provided("u", own("User"), 0)), optionalOf(provided("v", own("User"), 0))}, nil),
		handler("AreSure", get("/sure"), []model.Param{resultOf(provided("sure", own("Sure"), 2)), resultOf(provided("team", own("Team"), 3))}, nil),
	)
	p.Checks = []model.Check{{Type: own("Q"), Name: "Q", Validate: true}}
	p.Providers = []model.Provider{
		{Func: fn("FindUser"), Type: own("User"), Fails: true, Params: []model.Param{headerOf("name", "X-Name", "string")}},
		{Func: fn("FindAccount"), Type: own("Account"), Fails: true, Params: []model.Param{ctx(), provided("user", own("User"), 0)}},
		{Func: fn("BeSure"), Type: own("Sure"), Params: []model.Param{ctx()}},
		{Func: fn("FindTeam"), Type: own("Team"), Params: []model.Param{queryOf("team", "string"), provided("account", own("Account"), 1)}},
	}
	return testCase{name: "attempts", pkg: p, user: `
import (
	"context"
	"net/http"
	"net/url"

	"github.com/handlergen/handlergen/runtime"
)

type User struct{}
type Account struct{}
type Sure struct{}
type Team struct{}
type Tenant struct{}
type Session struct{}
type Q struct { A int; B []string }

func (s *Session) FromRequestParts(r *http.Request) error { return nil }
func (q *Q) Validate() error                              { return nil }

func FindUser(name runtime.Header[string]) (User, error)              { return User{}, nil }
func FindAccount(ctx context.Context, user User) (Account, error)     { return Account{}, nil }
func BeSure(ctx context.Context) Sure                                 { return Sure{} }
func FindTeam(team runtime.Query[string], account Account) Team       { return Team{} }

func Values(page runtime.Result[runtime.Query[int]], id runtime.Result[int], q runtime.Result[runtime.Query[Q]], raw runtime.Result[url.Values]) {}
func Failing(tenant runtime.Result[runtime.Extension[Tenant]], token runtime.Result[runtime.Bearer], session runtime.Result[Session], pointer runtime.Result[*Session], maybe runtime.Result[runtime.Optional[runtime.Query[int]]]) {}
func JSON(body runtime.Result[runtime.JSON[Q]]) {}
func Form(form runtime.Result[runtime.Form[Q]]) {}
func Text(note runtime.Result[runtime.Text])    {}
func ResultFirst(account runtime.Result[Account], user User, again Account) error { return nil }
func ResultLast(user User, same runtime.Result[User], account runtime.Result[Account]) {}
func Both(u runtime.Result[User], v runtime.Optional[User]) {}
func AreSure(sure runtime.Result[Sure], team runtime.Result[Team]) {}
`}
}

func optionalCase() testCase {
	p := pkg(
		handler("Values", get("/values"), []model.Param{
			optionalOf(queryOf("page", "int")), optionalOf(headerOf("age", "Age", "int")),
			optionalOf(query("q", "Q", single("A", "a", "int"), pointed("B", "b", "int"), list("C", "c", "string"))),
			optionalOf(param("tags", rt("Header", slice(basic("string"))), values(model.Headers, list("", "X-Tag", "string")))),
			optionalOf(param("id", rt("Path", basic("int")), values(model.Path))),
		}, nil),
		handler("Failing", get("/failing"), []model.Param{
			optionalOf(param("token", rt("Bearer"), model.Credentials{Name: "Bearer"})),
			optionalOf(param("tenant", rt("Extension", own("Q")), model.Extension{Type: own("Q")})),
			optionalOf(param("session", own("Session"), model.Custom{Type: own("Session"), Method: "FromRequestParts"})),
			optionalOf(param("pointer", pointer(own("Session")), model.Custom{Type: own("Session"), Method: "FromRequestParts", Pointer: true})),
			optionalOf(provided("user", own("User"), 0)), provided("must", own("User"), 0),
		}, results(failure)),
		handler("JSON", post("/json"), []model.Param{optionalOf(jsonBody("body", own("Q")))}, nil),
		handler("Form", post("/form"), []model.Param{optionalOf(param("form", rt("Form", own("Q")), model.Form{Slots: []model.Slot{single("A", "a", "int")}}))}, nil),
		handler("Text", post("/text"), []model.Param{optionalOf(param("note", rt("Text"), model.TextBody{}))}, nil),
		handler("Reader", post("/reader"), []model.Param{optionalOf(param("data", std("io", "Reader"), model.ReaderBody{}))}, nil),
	)
	p.Providers = []model.Provider{{Func: fn("FindUser"), Type: own("User"), Fails: true, Params: []model.Param{
		optionalOf(headerOf("name", "X-Name", "string")), optionalOf(param("token", rt("Bearer"), model.Credentials{Name: "Bearer"})),
	}}}
	return testCase{name: "optional", pkg: p, user: `
import (
	"io"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type User struct{}
type Session struct{}
type Q struct { A int; B *int; C []string }

func (s *Session) FromRequestParts(r *http.Request) error { return nil }

func FindUser(name runtime.Optional[runtime.Header[string]], token runtime.Optional[runtime.Bearer]) (User, error) {
	return User{}, nil
}

func Values(page runtime.Optional[runtime.Query[int]], age runtime.Optional[runtime.Header[int]], q runtime.Optional[runtime.Query[Q]], tags runtime.Optional[runtime.Header[[]string]], id runtime.Optional[runtime.Path[int]]) {}
func Failing(token runtime.Optional[runtime.Bearer], tenant runtime.Optional[runtime.Extension[Q]], session runtime.Optional[Session], pointer runtime.Optional[*Session], user runtime.Optional[User], must User) error {
	return nil
}
func JSON(body runtime.Optional[runtime.JSON[Q]])   {}
func Form(form runtime.Optional[runtime.Form[Q]])   {}
func Text(note runtime.Optional[runtime.Text])      {}
func Reader(data runtime.Optional[io.Reader])       {}
`}
}

func compositeCase() testCase {
	user := model.Custom{Type: own("User"), Method: "FromRequestParts"}
	userPointer := user
	userPointer.Pointer = true
	update := model.Composite{Type: own("Update"), Alloc: []string{"Paging"}, Validate: true, Fields: []model.Param{
		param("ID", basic("int64"), model.Values{Source: model.Path, Slots: []model.Slot{single("", "id", "int64")}}),
		param("Dry", basic("bool"), model.Values{Source: model.Query, Slots: []model.Slot{withDefault(single("", "dry", "bool"), "false")}}),
		param("Match", pointer(basic("string")), model.Values{Source: model.Headers, Slots: []model.Slot{pointed("", "If-Match", "string")}}),
		param("Tags", slice(basic("string")), model.Values{Source: model.Query, Slots: []model.Slot{list("", "tag", "string")}}),
		param("Paging.Page", basic("int"), model.Values{Source: model.Query, Slots: []model.Slot{withDefault(single("", "page", "int"), "1")}}),
		param("Ctx", std("context", "Context"), model.Head{Part: model.Context}),
		param("Store", rt("State", own("App")), model.FromApp{}),
		param("Raw", std("net/url", "Values"), model.QueryValues{}),
		param("User", own("User"), user),
		param("Owner", pointer(own("User")), userPointer),
		param("Token", rt("Bearer"), model.Credentials{Name: "Bearer"}),
		param("Account", own("Account"), model.Provided{Provider: 0}),
		param("Maybe", rt("Result", own("Account")), model.ResultOf{Type: own("Account"), Of: model.Provided{Provider: 0}}),
		optionalOf(param("Agent", rt("Header", basic("string")), values(model.Headers, single("", "User-Agent", "string")))),
		param("Inner", pointer(own("Who")), model.Composite{Type: own("Who"), Pointer: true, Fields: []model.Param{
			param("Host", rt("Host"), model.Head{Part: model.Host}),
		}}),
		param("Body", rt("JSON", own("Item")), model.JSONBody{Type: own("Item")}),
	}}
	who := model.Composite{Type: own("Who"), Pointer: true, Fields: []model.Param{
		param("Host", rt("Host"), model.Head{Part: model.Host}),
		param("Account", own("Account"), model.Provided{Provider: 0}),
		param("Page", basic("int"), model.Values{Source: model.Query, Slots: []model.Slot{single("", "page", "int")}}),
	}}
	whoParam := param("who", pointer(own("Who")), who)
	p := pkg(
		handler("Put", post("/items/{id}"), []model.Param{param("u", own("Update"), update)}, results(failure)),
		handler("Show", get("/show/{n}"), []model.Param{whoParam, pathParam("n", "int")}, nil),
		handler("Try", get("/try"), []model.Param{resultOf(whoParam)}, nil),
		handler("Ask", get("/ask"), []model.Param{optionalOf(whoParam), provided("account", own("Account"), 0)}, nil),
		handler("Read", post("/read"), []model.Param{param("in", own("Reader_"), model.Composite{Type: own("Reader_"), Fields: []model.Param{
			param("Data", std("io", "Reader"), model.ReaderBody{}),
		}})}, nil),
	)
	p.State = &model.State{Type: own("App")}
	p.Providers = []model.Provider{{Func: fn("FindAccount"), Type: own("Account"), Fails: true, Params: []model.Param{queryOf("account", "string")}}}
	return testCase{name: "composite", pkg: p, user: `
import (
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{}
type User string
type Account struct{}
type Item struct{}
type Paging struct{ Page int }
type Update struct {
	ID      int64
	Dry     bool
	Match   *string
	Tags    []string
	*Paging
	Ctx     context.Context
	Store   runtime.State[App]
	Raw     url.Values
	User    User
	Owner   *User
	Token   runtime.Bearer
	Account Account
	Maybe   runtime.Result[Account]
	Agent   runtime.Optional[runtime.Header[string]]
	Inner   *Who
	Body    runtime.JSON[Item]
}
type Who struct {
	Host    runtime.Host
	Account Account
	Page    int
}
type Reader_ struct{ Data io.Reader }

func (u *User) FromRequestParts(r *http.Request) error { return nil }
func (u *Update) Validate() error                      { return nil }

func FindAccount(account runtime.Query[string]) (Account, error) { return Account{}, nil }

func Put(u Update) error                                     { return nil }
func Show(who *Who, n int)                                   {}
func Try(who runtime.Result[*Who])                           {}
func Ask(who runtime.Optional[*Who], account Account)        {}
func Read(in Reader_)                                        {}
`}
}

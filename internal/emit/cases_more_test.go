package emit_test

import (
	"time"

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

func partsCase() testCase {
	status := result(rt("Status"), model.StatusCode{})
	header := result(std("net/http", "Header"), model.HeaderParts{})
	cookie := result(pointer(std("net/http", "Cookie")), model.CookiePart{})
	cookies := result(slice(pointer(std("net/http", "Cookie"))), model.CookieParts{})
	location := result(own("Location"), model.CustomParts{})
	trace := result(pointer(own("Trace")), model.CustomParts{Nilable: true})
	created := func(h model.Handler) model.Handler {
		h.Status = 201
		return h
	}
	return testCase{
		name: "parts",
		pkg: pkg(
			handler("Everything", get("/everything"), nil, results(status, header, cookie, cookies, location, trace, text, failure)),
			handler("Status", get("/status"), nil, results(status)),
			handler("StatusOrError", get("/status2"), nil, results(status, failure)),
			created(handler("Header", get("/header"), nil, results(header, text))),
			handler("TwoCookies", get("/cookies"), nil, results(cookie, cookie)),
			created(handler("Error", get("/error"), nil, results(failure))),
			handler("Nothing", get("/nothing"), nil, results(result(rt("NoContent"), model.NoContent{}))),
			handler("NothingOrError", get("/nothing2"), nil, results(result(rt("NoContent"), model.NoContent{}), failure)),
			handler("NothingWith", get("/nothing3"), nil, results(header, result(rt("NoContent"), model.NoContent{}), failure)),
			handler("Redirect", get("/redirect"), nil, results(header, result(rt("Redirect"), model.Responder{}))),
			handler("OnlyError", get("/only"), nil, results(failure)),
			model.Handler{Func: fn("Odd"), Routes: []model.Route{get("/odd")}, Status: 299, Results: results(text)},
		),
		user: `
import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type Location string
type Trace struct{}

func (l Location) IntoResponseParts(http.Header) error { return nil }
func (t *Trace) IntoResponseParts(http.Header) error   { return nil }

func Everything() (s runtime.Status, h http.Header, c *http.Cookie, cs []*http.Cookie, l Location, t *Trace, out string, err error) {
	return
}
func Status() runtime.Status                                       { return 0 }
func StatusOrError() (runtime.Status, error)                       { return 0, nil }
func Header() (http.Header, string)                                { return nil, "" }
func TwoCookies() (a, b *http.Cookie)                              { return }
func Error() error                                                 { return nil }
func Nothing() runtime.NoContent                                   { return runtime.NoContent{} }
func NothingOrError() (runtime.NoContent, error)                   { return runtime.NoContent{}, nil }
func NothingWith() (h http.Header, n runtime.NoContent, err error) { return }
func Redirect() (http.Header, runtime.Redirect)                    { return nil, runtime.SeeOther("/") }
func OnlyError() error                                             { return nil }
func Odd() string                                                  { return "" }
`,
	}
}

// answersCase has every body.
func answersCase() testCase {
	form := model.FormReply{Fields: []model.FormField{
		{Field: "Name", Name: "name", Format: "FormatString"},
		{Field: "Age", Name: "age", Shape: "pointer", Format: "FormatInt"},
		{Field: "Size", Name: "size", Shape: "optional", Format: "FormatFloat"},
		{Field: "Tags", Name: "tag", Shape: "slice", Format: "FormatText"},
	}}
	return testCase{
		name: "answers",
		pkg: pkg(
			handler("Text", get("/text"), nil, results(result(own("Name"), model.Text{}), failure)),
			handler("Bytes", get("/bytes"), nil, results(result(slice(basic("byte")), model.Bytes{}))),
			handler("HTML", get("/html"), nil, results(result(rt("HTML"), model.HTML{}))),
			handler("JSON", get("/json"), nil, results(result(rt("JSON", own("Item")), model.JSON{Wrapped: true}), failure)),
			handler("Number", get("/number"), nil, results(jsonOf(basic("int")))),
			handler("Statused", get("/statused"), nil, results(result(own("Item"), model.JSON{Statused: true}))),
			handler("StatusedPointer", get("/statused3"), nil, results(
				result(rt("JSON", pointer(own("Item"))), model.JSON{Wrapped: true, Statused: true, Nilable: true}))),
			handler("StatusedWrapped", get("/statused2"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(rt("JSON", own("Item")), model.JSON{Wrapped: true, Statused: true}))),
			handler("Form", get("/form"), nil, results(result(rt("Form", own("Form_")), form))),
			handler("Handler", get("/handler"), nil, results(result(std("net/http", "Handler"), model.HTTPHandler{Nil: model.NilInterface}), failure)),
			handler("Struct", get("/struct"), nil, results(result(own("Server"), model.HTTPHandler{}))),
			handler("Own", get("/own"), nil, results(result(pointer(own("Page")), model.Responder{Nil: model.NilValue}))),
			handler("Whole", get("/whole"), nil, results(result(pointer(rt("Response")), model.Whole{}))),
			handler("WholeAndMore", get("/whole/more"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(std("net/http", "Header"), model.HeaderParts{}),
				result(pointer(rt("Response")), model.Whole{}), failure)),
			handler("Attachment", get("/attachment"), nil, results(result(rt("Attachment"), model.Attachment{}), failure)),
			handler("File", get("/file"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(std("net/http", "Header"), model.HeaderParts{}),
				result(pointer(std("os", "File")), model.Stream{Closes: true}), failure)),
			handler("Tagged", get("/tagged"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(rt("ETag"), model.ETagPart{}), result(std("net/http", "Header"), model.HeaderParts{}),
				result(own("Item"), model.JSON{}), failure)),
			handler("TaggedAlone", get("/tagged/alone"), []model.Param{param("etag", rt("Preconditions"), model.Head{Part: model.Preconditions})},
				results(result(rt("ETag"), model.ETagPart{}))),
			handler("Reader", get("/reader"), nil, results(result(pointer(std("strings", "Reader")), model.Stream{}))),
		),
		user: `
import (
	"net/http"
	"os"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

type Name string
type Tag struct{}
type Item struct{}
type Page struct{}
type Server struct{}
type Form_ struct {
	Name Name
	Age  *int
	Size runtime.Optional[float32]
	Tags []Tag
}

func (i Item) Status() int                                          { return 201 }
func (t Tag) MarshalText() ([]byte, error)                          { return nil, nil }
func (p *Page) IntoResponse(w http.ResponseWriter, r *http.Request) {}
func (s Server) ServeHTTP(w http.ResponseWriter, r *http.Request)   {}

func Text() (Name, error)                                      { return "", nil }
func Bytes() []byte                                            { return nil }
func HTML() runtime.HTML                                       { return "" }
func JSON() (runtime.JSON[Item], error)                        { return runtime.JSON[Item]{}, nil }
func Number() int                                              { return 0 }
func Statused() Item                                           { return Item{} }
func StatusedPointer() runtime.JSON[*Item]                     { return runtime.JSON[*Item]{} }
func StatusedWrapped() (runtime.Status, runtime.JSON[Item])    { return 0, runtime.JSON[Item]{} }
func Form() runtime.Form[Form_]                                { return runtime.Form[Form_]{} }
func Handler() (http.Handler, error)                           { return nil, nil }
func Struct() Server                                           { return Server{} }
func Own() *Page                                               { return nil }
func Whole() *runtime.Response                                 { return nil }
func WholeAndMore() (runtime.Status, http.Header, *runtime.Response, error) { return 0, nil, nil, nil }
func Attachment() (runtime.Attachment, error)                  { return runtime.Attachment{}, nil }
func File() (runtime.Status, http.Header, *os.File, error)     { return 0, nil, nil, nil }
func Tagged() (runtime.Status, runtime.ETag, http.Header, Item, error) {
	return 0, "", nil, Item{}, nil
}
func TaggedAlone(etag runtime.Preconditions) runtime.ETag      { return "" }
func Reader() *strings.Reader                                  { return nil }
`,
	}
}

// streamsCase has answers that take longer than the functions that make them.
func streamsCase() testCase {
	event := rt("Event")
	seq := func(name string, args ...model.Type) model.Type {
		return model.Named{PkgPath: "iter", PkgName: "iter", Name: name, Args: args}
	}
	file := handler("File", get("/file/{name}"), []model.Param{pathParam("name", "string")},
		results(result(pointer(std("os", "File")), model.Stream{Closes: true}), failure))
	file.Timeout = time.Second
	slow := handler("Slow", get("/slow"), []model.Param{ctx()}, results(result(seq("Seq", event), model.Events{Func: "WriteEventSeq"}), failure))
	slow.Timeout = time.Minute
	return testCase{
		name: "streams",
		pkg: pkg(
			handler("Blind", get("/blind"), nil, results(result(seq("Seq", event), model.Events{Func: "WriteEventSeq"}))),
			handler("Events", get("/events"), []model.Param{ctx(), queryOf("r", "int")}, results(
				result(std("net/http", "Header"), model.HeaderParts{}),
				result(seq("Seq2", event, basic("error")), model.Events{Func: "WriteEvents"}), failure)),
			handler("Feed", get("/feed"), []model.Param{ctx(), queryOf("stop", "int")}, results(
				result(model.Chan{Dir: "<-chan", Elem: event}, model.Events{Func: "WriteEventChan"}))),
			handler("Settings", get("/settings/{id}"), []model.Param{pathParam("id", "int")}, results(
				result(rt("EventStream"), model.Events{Func: "WriteEventStream"}))),
			handler("Lines", get("/lines"), nil, results(
				result(seq("Seq2", pointer(own("Item")), basic("error")), model.Lines{Func: "WriteLines"}), failure)),
			handler("LineSeq", get("/lines/seq"), nil, results(result(seq("Seq", basic("int")), model.Lines{Func: "WriteLineSeq"}))),
			handler("Forward", get("/forward"), []model.Param{ctx()}, results(
				result(pointer(std("net/http", "Response")), model.Upstream{}), failure)),
			handler("ForwardAs", get("/forward/as"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(pointer(std("net/http", "Response")), model.Upstream{}))),
			file, slow,
		),
		user: `
import (
	"context"
	"iter"
	"net/http"
	"os"

	"github.com/handlergen/handlergen/runtime"
)

type Item struct{}

func Blind() iter.Seq[runtime.Event] { return nil }
func Events(ctx context.Context, r runtime.Query[int]) (http.Header, iter.Seq2[runtime.Event, error], error) {
	return nil, nil, nil
}
func Feed(ctx context.Context, stop runtime.Query[int]) <-chan runtime.Event { return nil }
func Settings(id int) runtime.EventStream                                    { return runtime.EventStream{} }
func File(name string) (*os.File, error)                                     { return nil, nil }
func Slow(ctx context.Context) (iter.Seq[runtime.Event], error)              { return nil, nil }
func Lines() (iter.Seq2[*Item, error], error)                                { return nil, nil }
func LineSeq() iter.Seq[int]                                                 { return nil }
func Forward(ctx context.Context) (*http.Response, error)                    { return nil, nil }
func ForwardAs() (runtime.Status, *http.Response)                            { return 0, nil }
`,
	}
}

func sealedCase() testCase {
	own1 := model.Sealed{Cases: []model.Case{
		{Type: own("Found"), As: model.JSON{Statused: true}},
		{Type: pointer(own("Missing")), As: model.Responder{Nil: model.NilValue}},
	}}
	own2 := model.Sealed{Cases: []model.Case{{Type: pointer(own("Missing")), As: model.Responder{Nil: model.NilValue}}}}
	return testCase{
		name: "sealed",
		pkg: pkg(
			handler("Get", get("/get"), nil, results(result(own("GetResult"), own1), failure)),
			handler("GetStatus", get("/status"), nil, results(
				result(rt("Status"), model.StatusCode{}), result(std("net/http", "Header"), model.HeaderParts{}), result(own("GetResult"), own1))),
			handler("Ask", get("/ask"), nil, results(result(rt("Status"), model.StatusCode{}), result(own("GetResult"), own2))),
		),
		user: `
import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type GetResult interface{ result() }
type Found struct{}
type Missing struct{}

func (Found) result()     {}
func (Found) Status() int { return 200 }
func (*Missing) result()  {}
func (*Missing) IntoResponse(w http.ResponseWriter, r *http.Request) {}

func Get() (GetResult, error)                              { return nil, nil }
func GetStatus() (runtime.Status, http.Header, GetResult)  { return 0, nil, nil }
func Ask() (runtime.Status, GetResult)                     { return 0, nil }
`,
	}
}

func errorsCase() testCase {
	p := pkg(
		handler("Get", get("/get/{id}"), []model.Param{pathParam("id", "int")}, results(jsonOf(own("Item")), failure)),
		handler("Text", get("/text"), nil, results(text)),
		handler("Raw", get("/raw"), []model.Param{param("w", std("net/http", "ResponseWriter"), model.Head{Part: model.Writer})}, results(failure)),
	)
	p.Errors = &model.ErrorFunc{Func: fn("RenderError"), WithContext: true, Results: results(
		result(rt("Status"), model.StatusCode{}), jsonOf(own("Problem")))}
	return testCase{name: "errors", pkg: p, user: `
import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type Item struct{}
type Problem struct{}

func RenderError(ctx context.Context, err error) (runtime.Status, Problem) { return 0, Problem{} }

func Raw(w http.ResponseWriter) error { return nil }

func Get(id int) (Item, error) { return Item{}, nil }
func Text() string             { return "" }
`}
}

func errorsMethodCase() testCase {
	p := pkg(
		handler("Get", get("/get/{id}"), []model.Param{pathParam("id", "int")}, results(jsonOf(own("Item")))),
		handler("Text", get("/text"), nil, results(text)),
	)
	p.State = &model.State{Type: pointer(own("App"))}
	p.Errors = &model.ErrorFunc{Func: method(pointer(own("Pages")), "Pages", "Error"), Results: results(
		result(std("net/http", "Header"), model.HeaderParts{}), result(rt("HTML"), model.HTML{}), failure)}
	return testCase{name: "errors_method", pkg: p, user: `
import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{ Pages *Pages }
type Pages struct{}
type Item struct{}

func (p *Pages) Error(err error) (http.Header, runtime.HTML, error) { return nil, "", nil }

func Get(id int) Item { return Item{} }
func Text() string    { return "" }
`}
}

func middlewareCase() testCase {
	use := func(funcs ...model.Func) []model.Middleware {
		var list []model.Middleware
		for _, f := range funcs {
			list = append(list, model.Middleware{Func: f, Adapter: model.NoAdapter})
		}
		return list
	}
	admin := method(pointer(own("Auth")), "Auth", "RequireAdmin")
	one := route([]string{"POST"}, "/users")
	one.Use = use(fn("logged"), admin)
	two := route([]string{"GET", "PUT"}, "/users/{id}")
	two.Use = use(fn("logged"))
	long := route(nil, "/users/{id}/a/rather/long/path/that/does/not/fit")
	long.Use = use(fn("logged"), admin, fn("logged"))
	p := pkg(
		handler("CreateUser", one, nil, nil),
		model.Handler{Func: fn("UpdateUser"), Status: 200, Routes: []model.Route{two, long, get("/plain")}},
	)
	p.State = &model.State{Type: pointer(own("App"))}
	return testCase{name: "middleware", pkg: p, user: `
import "net/http"

type App struct{ Auth *Auth }
type Auth struct{}

func (a *Auth) RequireAdmin(next http.Handler) http.Handler { return next }

var logged = func(next http.Handler) http.Handler { return next }

func CreateUser() {}
func UpdateUser() {}
`}
}

// fromFnCase has middleware functions in a package that has declared whatever
// one would call things.
func fromFnCase() testCase {
	next := param("next", rt("Next"), model.Next{})
	request := param("r", pointer(std("net/http", "Request")), model.Head{Part: model.Request})
	whole := result(pointer(rt("Response")), model.Whole{})
	r := get("/users/{chain}")
	r.Use = []model.Middleware{
		{Func: fn("direct"), Adapter: 0},
		{Func: method(pointer(own("App")), "", "changed"), Adapter: 1},
		{Func: fn("direct"), Adapter: 2},
	}
	p := pkg(handler("GetUser", r, []model.Param{
		pathParam("chain", "string"), param("wrapDirect", own("Session"), model.Provided{Provider: 0}),
	}, results(text)))
	p.State = &model.State{Type: pointer(own("App"))}
	p.Providers = []model.Provider{{Func: fn("session"), Type: own("Session"), Params: []model.Param{ctx()}, Carried: true}}
	p.Middleware = []model.MiddlewareFunc{
		{Func: fn("direct"), Params: []model.Param{request, pathParam("chain", "string"), next}, Results: results(whole, failure), Direct: true},
		{
			Func: method(pointer(own("App")), "", "changed"), Carries: []int{0},
			Params: []model.Param{
				param("next", own("Session"), model.Provided{Provider: 0}), param("", rt("Next"), model.Next{}),
				headerOf("chain", "Chain", "int"), request,
			},
			Results: results(result(rt("Status"), model.StatusCode{}), whole, failure),
		},
		{Func: fn("direct"), Params: []model.Param{request, param("id", pointer(basic("int")), model.Values{Source: model.Path}), next}, Results: results(whole, failure), Limit: 4096},
	}
	p.Taken = []string{"App", "GetUser", "Session", "carried", "chain", "direct", "next", "session", "wrapDirect"}
	return testCase{name: "fromfn", pkg: p, user: `
import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

type App struct{}
type Session struct{}

var next, chain, wrapDirect, carried int

func session(ctx context.Context) Session { return Session{} }

func direct(r *http.Request, chain any, next runtime.Next) (*runtime.Response, error) {
	return next.Run(r), nil
}
func (a *App) changed(s Session, next runtime.Next, chain runtime.Header[int], r *http.Request) (runtime.Status, *runtime.Response, error) {
	return 0, next.Run(r), nil
}
func GetUser(chain string, s Session) string { return "" }
`}
}

// longCase has calls that do not fit on a line.
func longCase() testCase {
	var params []model.Param
	for _, name := range []string{"organisation", "department", "employee", "project", "assignment", "evaluation"} {
		params = append(params, pathParam(name, "string"))
	}
	pattern := "/{organisation}/{department}/{employee}/{project}/{assignment}/{evaluation}"
	p := pkg(
		handler("FindEvaluation", get(pattern), append([]model.Param{ctx()}, params...), results(jsonOf(own("Item")), failure)),
		handler("DeleteEvaluation", route([]string{"DELETE"}, pattern), append([]model.Param{ctx()}, params...), results(failure)),
		model.Handler{Func: fn("ListEverything"), Status: 200, Results: results(text), Routes: []model.Route{
			get("/everything"), get("/all"), get("/organisations/everything"), get("/departments/everything"),
		}},
	)
	p.Handlers[0].Timeout = time.Minute
	return testCase{name: "long", pkg: p, user: `
import "context"

type Item struct{}

func FindEvaluation(ctx context.Context, organisation, department, employee, project, assignment, evaluation string) (Item, error) {
	return Item{}, nil
}
func DeleteEvaluation(ctx context.Context, organisation, department, employee, project, assignment, evaluation string) error {
	return nil
}
func ListEverything() string { return "" }
`}
}

// adaptersCase has handlers whose names alone do not tell their adapters apart.
func adaptersCase() testCase {
	onApp := func(recv, field, name, pattern string) model.Handler {
		h := handler(name, get(pattern), nil, nil)
		h.Func = method(pointer(own(recv)), field, name)
		return h
	}
	p := pkg(
		onApp("Users", "Users", "List", "/users"), onApp("Posts", "Posts", "List", "/posts"),
		handler("List", get("/list"), nil, nil), handler("list", get("/lower"), nil, nil), handler("UsersList", get("/userslist"), nil, nil),
		handler("Show", get("/show/{id}"), nil, nil), handler("Show", route([]string{"HEAD", "PUT"}, "/show/{id}"), nil, nil),
		handler("Show", get("/admin/show/{id}"), nil, nil), handler("Show", get("/admin/show/{id}/{$}"), nil, nil), handler("Show", get("/admin/{show}/{id}"), nil, nil),
	)
	p.State = &model.State{Type: pointer(own("App"))}
	return testCase{name: "adapters", pkg: p, user: `
type App struct { Users *Users; Posts *Posts }
type Users struct{}
type Posts struct{}

func (u *Users) List() {}
func (p *Posts) List() {}
func List() {}
func list() {}
func UsersList() {}
func Show() {}
`}
}

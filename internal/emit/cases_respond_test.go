package emit_test

import (
	"time"

	"github.com/handlergen/handlergen/internal/model"
)

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

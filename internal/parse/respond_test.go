package parse

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/model"
)

const responseTypes = `
type User struct{ Name string }

type Token string

type Loud string

func (Loud) MarshalText() ([]byte, error) { return nil, nil }

type Blob []byte

type Page struct{}

func (*Page) IntoResponse(w http.ResponseWriter, r *http.Request) {}

type Answer interface {
	IntoResponse(w http.ResponseWriter, r *http.Request)
}

type Trace struct{}

func (Trace) IntoResponseParts(h http.Header) error { return nil }

type Site struct{}

func (Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {}

type Teapot struct{}

func (*Teapot) Status() int { return 418 }

type Failure interface {
	error
	Code() int
}

type Gone struct{ Page }

func (*Gone) Error() string { return "" }

`

func TestResponses(t *testing.T) {
	for results, want := range map[string][]model.Response{
		"":                                    nil,
		"error":                               {model.Failure{}},
		"Failure":                             {model.Failure{}},
		"string":                              {model.Text{}},
		"Token":                               {model.Text{}},
		"Loud":                                {model.Text{}},
		"runtime.Text":                        {model.Text{}},
		"[]byte":                              {model.Bytes{}},
		"Blob":                                {model.Bytes{}},
		"runtime.Bytes":                       {model.Bytes{}},
		"json.RawMessage":                     {model.JSON{}},
		"net.IP":                              {model.JSON{}},
		"[4]byte":                             {model.JSON{}},
		"User":                                {model.JSON{}},
		"*User":                               {model.JSON{}},
		"[]User":                              {model.JSON{}},
		"map[string]int":                      {model.JSON{}},
		"bool":                                {model.JSON{}},
		"time.Time":                           {model.JSON{}},
		"runtime.JSON[User]":                  {model.JSON{Wrapped: true}},
		"runtime.JSON[any]":                   {model.JSON{Wrapped: true}},
		"runtime.JSON[Teapot]":                {model.JSON{Wrapped: true, Statused: true}},
		"Teapot":                              {model.JSON{Statused: true}},
		"*Teapot":                             {model.JSON{Statused: true, Nilable: true}},
		"runtime.JSON[*Teapot]":               {model.JSON{Wrapped: true, Statused: true, Nilable: true}},
		"runtime.HTML":                        {model.HTML{}},
		"runtime.NoContent":                   {model.NoContent{}},
		"runtime.Redirect":                    {model.Responder{}},
		"runtime.Attachment":                  {model.Attachment{}},
		"*runtime.Response":                   {model.Whole{}},
		"(runtime.Status, *runtime.Response)": {model.StatusCode{}, model.Whole{}},
		"io.Reader":                           {model.Stream{Closes: true}},
		"io.ReadCloser":                       {model.Stream{Closes: true}},
		"http.File":                           {model.Stream{Closes: true}},
		"*os.File":                            {model.Stream{Closes: true}},
		"*io.PipeReader":                      {model.Stream{Closes: true}},
		"iter.Seq[runtime.Event]":             {model.Events{Func: "WriteEventSeq"}},
		"iter.Seq2[runtime.Event, error]":     {model.Events{Func: "WriteEvents"}},
		"func(func(runtime.Event) bool)":      {model.Events{Func: "WriteEventSeq"}},
		"iter.Seq[User]":                      {model.Lines{Func: "WriteLineSeq"}},
		"iter.Seq2[*User, error]":             {model.Lines{Func: "WriteLines"}},
		"iter.Seq[any]":                       {model.Lines{Func: "WriteLineSeq"}},
		"(*http.Response, error)":             {model.Upstream{}, model.Failure{}},
		"(runtime.Status, *http.Response)":    {model.StatusCode{}, model.Upstream{}},
		"chan runtime.Event":                  {model.Events{Func: "WriteEventChan"}},
		"<-chan runtime.Event":                {model.Events{Func: "WriteEventChan"}},
		"(http.Header, runtime.EventStream)":  {model.HeaderParts{}, model.Events{Func: "WriteEventStream"}},
		"*io.LimitedReader":                   {model.Stream{}},
		"Page":                                {model.Responder{}},
		"*Page":                               {model.Responder{Nil: model.NilValue}},
		"Answer":                              {model.Responder{Nil: model.NilInterface}},
		"*Gone":                               {model.Responder{Nil: model.NilValue}},
		"http.Handler":                        {model.HTTPHandler{Nil: model.NilInterface}},
		"http.HandlerFunc":                    {model.HTTPHandler{Nil: model.NilValue}},
		"*http.ServeMux":                      {model.HTTPHandler{Nil: model.NilValue}},
		"Site":                                {model.HTTPHandler{}},
		"runtime.Status":                      {model.StatusCode{}},
		"(runtime.ETag, User)":                {model.ETagPart{}, model.JSON{}},
		"(runtime.Status, User)":              {model.StatusCode{}, model.JSON{}},
		"(runtime.Status, Teapot)":            {model.StatusCode{}, model.JSON{Statused: true}},
		"(runtime.Status, runtime.NoContent)": {model.StatusCode{}, model.NoContent{}},
		"(http.Header, *Trace, error)":        {model.HeaderParts{}, model.CustomParts{Nilable: true}, model.Failure{}},
		"(c *http.Cookie, all []*http.Cookie, t Trace, name string, err error)": {
			model.CookiePart{}, model.CookieParts{}, model.CustomParts{}, model.Text{}, model.Failure{},
		},
	} {
		t.Run(results, func(t *testing.T) {
			pkg := mustRead(t, responseTypes+"//handlergen:route GET /a\nfunc A() "+results+" { panic(0) }")
			var got []model.Response
			for _, result := range pkg.Handlers[0].Results {
				got = append(got, result.As)
				if result.Type == nil || result.Why == "" || result.Pos.Line == 0 {
					t.Errorf("the result %+v is not complete", result)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("responses of %s (-want +got):\n%s", results, diff)
			}
		})
	}
}

func TestFormReply(t *testing.T) {
	pkg := mustRead(t, `
type Paging struct{ Page *int }

type Reply struct {
	Name  string `+"`form:\"full_name\"`"+`
	Tags  []int
	At    time.Time
	Link  url.URL
	Addr  runtime.Optional[netip.Addr]
	Share float64
	Point Point
	Color Color
	Level *Level
	Paging
}

// Point is written only, Color read only, Level written by pointer only.
type Point struct{ X, Y int }

func (Point) MarshalText() ([]byte, error) { panic(0) }

type Color string

func (*Color) UnmarshalText([]byte) error { panic(0) }

type Level int

func (*Level) MarshalText() ([]byte, error) { panic(0) }

//handlergen:route GET /a
func A() runtime.Form[Reply] { panic(0) }`)
	want := model.FormReply{Fields: []model.FormField{
		{Field: "Name", Name: "full_name", Format: "FormatString"},
		{Field: "Tags", Name: "tags", Shape: "slice", Format: "FormatInt"},
		{Field: "At", Name: "at", Format: "FormatTime"},
		{Field: "Link", Name: "link", Format: "FormatURL"},
		{Field: "Addr", Name: "addr", Shape: "optional", Format: "FormatText"},
		{Field: "Share", Name: "share", Format: "FormatFloat"},
		{Field: "Point", Name: "point", Format: "FormatText"},
		{Field: "Color", Name: "color", Format: "FormatString"},
		{Field: "Level", Name: "level", Shape: "pointer", Format: "FormatInt"},
		{Field: "Paging.Page", Name: "page", Shape: "pointer", Format: "FormatInt"},
	}}
	if diff := cmp.Diff(model.Response(want), pkg.Handlers[0].Results[0].As); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestSealed(t *testing.T) {
	pkg := mustRead(t, `
type Reply interface{ isReply() }

type Found struct{ Name string }

func (Found) isReply() {}
func (Found) Status() int { return http.StatusOK }

type Missing struct{ reason }

func (*Missing) isReply() {}
func (*Missing) IntoResponse(w http.ResponseWriter, r *http.Request) {}

type reason struct{}

func (reason) Status() int { return 404 }

type Varying int

func (Varying) isReply() {}
func (v Varying) Status() int { return int(v) }

type Alias = Found

type Other interface{ Reply }

//handlergen:route GET /a
func A() (Reply, error) { panic(0) }`)
	pointer := func(name string) model.Type { return model.Pointer{Elem: local(name)} }
	want := model.Sealed{Cases: []model.Case{
		{Type: local("Found"), As: model.JSON{Statused: true}, Status: 200},
		{Type: pointer("Found"), As: model.JSON{Statused: true, Nilable: true}, Status: 200},
		{Type: pointer("Missing"), As: model.Responder{Nil: model.NilValue}, Status: 404},
		{Type: local("Varying"), As: model.JSON{Statused: true}},
		{Type: pointer("Varying"), As: model.JSON{Statused: true, Nilable: true}},
	}}
	if diff := cmp.Diff(model.Response(want), pkg.Handlers[0].Results[0].As); diff != "" {
		t.Errorf("sealed (-want +got):\n%s", diff)
	}
}

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		keys, results string
		want          int
	}{
		{"", "", 200},
		{"", "string", 200},
		{" status=201", "(string, error)", 201},
		{" status=204", "error", 204},
		{" status=304", "", 304},
		{"", "(runtime.NoContent, error)", 204},
		{" status=204", "runtime.NoContent", 204},
		{" status=201", "runtime.Status", 201},
	} {
		pkg := mustRead(t, "//handlergen:route GET /a"+c.keys+"\nfunc A() "+c.results+" { panic(0) }")
		if got := pkg.Handlers[0].Status; got != c.want {
			t.Errorf("status of %q with%s = %d, want %d", c.results, c.keys, got, c.want)
		}
	}
}

func TestResponseDiagnostics(t *testing.T) {
	runDiagCases(t, []diagCase{
		{"order", responseTypes + `
//handlergen:route GET /1
func F1() (error, string) { panic(0) }

//handlergen:route GET /2
func F2() (u User, h http.Header, err error) { panic(0) }

//handlergen:route GET /3
func F3() (User, *http.Cookie, runtime.Status) { panic(0) }

//handlergen:route GET /4
func F4() (err error, u User, s runtime.Status) { panic(0) }
`, `
44:12 HG019 error must be the last result of F1
  hint: write (string, error)
47:14 HG019 User is the body of F2 and must come after http.Header, which only adds to the head
  hint: write (h http.Header, u User, err error)
50:12 HG019 User is the body of F3 and must come after *http.Cookie, runtime.Status, which only add to the head
  hint: write (*http.Cookie, runtime.Status, User)
53:16 HG019 error must be the last result of F4
  hint: write (s runtime.Status, u User, err error)
53:25 HG019 User is the body of F4 and must come after runtime.Status, which only adds to the head
  hint: write (s runtime.Status, u User, err error)
`},
		{"more than one", responseTypes + `
//handlergen:route GET /2
func F2() (User, string, error) { panic(0) }

//handlergen:route GET /3
func F3() (User, string, []byte) { panic(0) }

//handlergen:route GET /4
func F4() (runtime.Status, runtime.Status, error, error) { panic(0) }
`, `
44:18 HG019 F2 returns two bodies, and an answer has one: User and string
  44:12 User is another
  hint: put them into one struct
47:18 HG019 F3 returns three bodies, and an answer has one: User, string and []byte
  47:12 User is another
  47:26 []byte is another
  hint: put them into one struct
50:28 HG019 F4 returns two statuses, and an answer has one: runtime.Status and runtime.Status
  50:12 runtime.Status is another
  hint: return one of them
50:51 HG019 F4 returns two errors, and an answer has one: error and error
  50:44 error is another
  hint: return one of them
`},
		{"concrete errors", responseTypes + `
//handlergen:route GET /1
func F1() (User, *Gone) { panic(0) }

//handlergen:route GET /2
func F2() *net.OpError { panic(0) }

//handlergen:route GET /3
func F3() (*Gone, error) { panic(0) }
`, `
44:18 HG019 the last result of F1 is a *Gone, whose nil would not be a nil error
  hint: write error
47:11 HG019 the last result of F2 is a *net.OpError, whose nil would not be a nil error
  hint: write error
`},
		{"no answers", `
type Bad struct{}

func (Bad) IntoResponse(w http.ResponseWriter) {}

type Tok string

func (Tok) Status() int { return 404 }

//handlergen:route GET /1
func F1() (any, error) { panic(0) }

//handlergen:route GET /2
func F2() Bad { panic(0) }

//handlergen:route GET /3
func F3() http.Cookie { panic(0) }

//handlergen:route GET /4
func F4() runtime.Query[int] { panic(0) }

//handlergen:route GET /5
func F5() func(http.ResponseWriter, *http.Request) { panic(0) }

//handlergen:route GET /6
func F6() Tok { panic(0) }

//handlergen:route GET /7
func F7() (runtime.Header[string], error) { panic(0) }

//handlergen:route GET /8
func F8() runtime.Form[string] { panic(0) }

//handlergen:route GET /9
func F9() runtime.Form[struct{ F func(); B []byte "form:\"-\"" }] { panic(0) }

//handlergen:route GET /10
func F10() runtime.Form[struct{ f int }] { panic(0) }`, `
12:12 HG017 any says nothing about the answer
  hint: return the type itself, or runtime.JSON[any] to encode whatever it holds
15:11 HG017 Bad has a method IntoResponse, but not IntoResponse(http.ResponseWriter, *http.Request)
  5:12 it is declared here
  hint: write func (Bad) IntoResponse(http.ResponseWriter, *http.Request)
18:11 HG017 a cookie is returned by pointer
  hint: write *http.Cookie
21:11 HG017 runtime.Query[int] is read from a request and is no answer
  hint: return int
24:11 HG017 a plain function is no http.Handler
  hint: return http.HandlerFunc or http.Handler
27:11 HG019 Tok has a method Status, which gives the status of JSON only
  hint: return (runtime.Status, Tok)
30:12 HG017 runtime.Header[string] is read from a request and is no answer
  hint: return http.Header
33:24 HG017 string is no struct, and a form is written from the fields of one
  hint: declare a struct with a field for each name
36:34 HG017 F cannot be written into a form: func() has no text form
  hint: give it a type with a method MarshalText() ([]byte, error), or a string, number, bool or a slice of those
39:25 HG017 struct{f int} has no field that could be written
  hint: export its fields: only those are written
`},
		{"whole responses", `
//handlergen:route GET /1
func F1() runtime.Response { panic(0) }

//handlergen:route GET /2 status=204
func F2() (*runtime.Response, error) { panic(0) }

//handlergen:route GET /3
func F3() (*runtime.Response, string) { panic(0) }`, `
4:11 HG017 a response is returned by pointer
  hint: write *runtime.Response
6:34 HG039 status=204 has no effect: *runtime.Response has a status of its own
  7:12 F2 returns it here
  hint: remove status=204, or return another type
10:31 HG019 F3 returns two bodies, and an answer has one: *runtime.Response and string
  10:12 *runtime.Response is another
  hint: put them into one struct
`},
		{"streams", `
//handlergen:route GET /1
func F1() (io.LimitedReader, error) { panic(0) }

//handlergen:route GET /2 status=204
func F2() *os.File { panic(0) }

//handlergen:route GET /3
func F3() iter.Seq2[string, int] { panic(0) }

//handlergen:route GET /4 status=201
func F4() (*http.Response, error) { panic(0) }

//handlergen:route GET /5
func F5() runtime.Event { panic(0) }

//handlergen:route GET /6
func F6() iter.Seq[*runtime.Event] { panic(0) }

//handlergen:route GET /7
func F7() <-chan int { panic(0) }

//handlergen:route GET /8
func F8() chan<- runtime.Event { panic(0) }

//handlergen:route GET /9
func F9() iter.Seq[func()] { panic(0) }

//handlergen:route GET /10
func F10() func(yield func() bool) { panic(0) }

//handlergen:route GET /11
func F11() (iter.Seq[int], runtime.EventStream) { panic(0) }

//handlergen:route GET /12 status=304
func F12() iter.Seq[int] { panic(0) }

//handlergen:route GET /13
func F13() (runtime.Status, http.Response) { panic(0) }`, `
4:12 HG017 only a pointer to io.LimitedReader can be read from
  hint: return *io.LimitedReader
6:34 HG018 an answer with status 204 has no body, but F2 returns *os.File
  7:11 the body
  hint: return nothing or an error, or choose another status
10:11 HG017 iter.Seq2[string, int] does not yield single values
  hint: return iter.Seq2[string, error], or iter.Seq of a struct that holds both
12:34 HG039 status=201 has no effect: *http.Response has the status that the other server has chosen
  13:12 F4 returns it here
  hint: remove status=201, or return another type
16:11 HG017 events are answers as a stream, not one by one
  hint: return iter.Seq[runtime.Event]
19:11 HG017 iter.Seq[*runtime.Event] yields pointers, and events come as values
  hint: yield runtime.Event
22:11 HG017 a channel can be an answer only if events come from it
  hint: return iter.Seq[int], or <-chan runtime.Event
25:11 HG017 nothing can be received from chan<- runtime.Event
  hint: return <-chan runtime.Event
28:11 HG017 func() cannot be written as JSON: it is or holds a func
  hint: use another type, or one with a method MarshalJSON() ([]byte, error)
31:12 HG017 func(yield func() bool) does not yield single values
  hint: return iter.Seq[T], or iter.Seq2[T, error] if it can fail
34:28 HG019 F11 returns two bodies, and an answer has one: iter.Seq[int] and runtime.EventStream
  34:13 iter.Seq[int] is another
  hint: put them into one struct
36:35 HG018 an answer with status 304 has no body, but F12 returns iter.Seq[int]
  37:12 the body
  hint: return nothing or an error, or choose another status
40:29 HG017 a response is returned by pointer
  hint: write *http.Response
`},
		{"statuses", `
type User struct{}

type Found struct{}

func (Found) Status() int { return 404 }

//handlergen:route GET /1 status=204
func F1() (User, error) { panic(0) }

//handlergen:route GET /2 status=201
func F2() (runtime.NoContent, error) { panic(0) }

//handlergen:route GET /3 status=201
func F3() (Found, error) { panic(0) }

//handlergen:route GET /4 status=201
func F4() (runtime.Status, http.Handler, error) { panic(0) }

//handlergen:route GET /5 status=201
func F5(w http.ResponseWriter) error { panic(0) }

//handlergen:route GET /6 status=304
//handlergen:route GET /7
func F6() (runtime.Status, User) { panic(0) }`, `
9:34 HG018 an answer with status 204 has no body, but F1 returns User
  10:12 the body
  hint: return nothing or an error, or choose another status
12:34 HG039 status=201 has no effect: runtime.NoContent always answers 204
  13:12 F2 returns it here
  hint: remove status=201, or return another type
15:34 HG039 status=201 has no effect: Found has its status from its method Status
  16:12 F3 returns it here
  hint: remove status=201, or return another type
18:34 HG039 status=201 has no effect: http.Handler chooses its own status
  19:28 F4 returns it here
  hint: remove status=201, or return another type
19:12 HG019 runtime.Status has no effect: http.Handler chooses its own status
  19:28 F4 returns it here
  hint: return only one of them
21:34 HG039 status=201 has no effect, because F5 answers through w
  hint: call w.WriteHeader(201), and remove status=201
24:34 HG018 an answer with status 304 has no body, but F6 returns User
  26:28 the body
  hint: return nothing or an error, or choose another status
`},
		{"a writer and results", `
//handlergen:route GET /1
func F1(w http.ResponseWriter) (string, error) { panic(0) }

//handlergen:route GET /2
func F2(http.ResponseWriter) runtime.Status { panic(0) }`, `
4:33 HG020 F1 answers through w and cannot return string as well
  4:11 F1 takes http.ResponseWriter here
  hint: return nothing or an error, or take no http.ResponseWriter
7:30 HG020 F2 answers through http.ResponseWriter and cannot return runtime.Status as well
  7:9 F2 takes http.ResponseWriter here
  hint: return nothing or an error, or take no http.ResponseWriter
`},
		{"sealed interfaces", `
type Reply interface{ isReply() }

type Odd struct{}

func (Odd) isReply() {}

type Gen[T any] struct{}

func (Gen[T]) isReply() {}

type Empty interface{ none() }

//handlergen:route GET /1
func F1() (Reply, error) { panic(0) }

//handlergen:route GET /2
func F2() Empty { panic(0) }`, `
16:12 HG037 Gen implements Reply and has type parameters, so its values cannot be told apart
  9:6 Gen is declared here
  hint: declare a type for each instance: type X struct{ Gen[…] }
16:12 HG037 Odd can come as Reply, but has neither IntoResponse nor Status
  5:6 Odd is declared here
  hint: write func (Odd) Status() int { return 200 }
19:11 HG037 no type of package shop implements Empty
  hint: return a concrete type, or declare the types that can come in this package
`},
	})
}

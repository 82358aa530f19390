// Package arrives has handlers that answer with what they got.
package arrives

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// Kinds has a value of every kind, of a query.
type Kinds struct {
	String   string        `query:"string"`
	Bool     bool          `query:"bool" default:"true"`
	Int      int           `query:"int"`
	Int8     int8          `query:"int8"`
	Int16    int16         `query:"int16"`
	Int32    int32         `query:"int32"`
	Int64    int64         `query:"int64" default:"7"`
	Uint     uint          `query:"uint"`
	Uint8    uint8         `query:"uint8"`
	Uint16   uint16        `query:"uint16"`
	Uint32   uint32        `query:"uint32"`
	Uint64   uint64        `query:"uint64"`
	Float32  float32       `query:"float32"`
	Float64  float64       `query:"float64"`
	Time     time.Time     `query:"time"`
	Duration time.Duration `query:"duration"`
	URL      url.URL       `query:"url"`
	Addr     netip.Addr    `query:"addr"`
	Role     Role          `query:"role"`
	Level    Level         `query:"level"`
	Limit    int           `query:"limit" default:"20" validate:"min=1"`

	Pointer  *string                    `query:"pointer"`
	Optional runtime.Optional[int]      `query:"optional" json:",omitzero"`
	List     []string                   `query:"list"`
	Times    []time.Time                `query:"times"`
	Dict     map[string]string          `query:"dict"`
	Lists    map[string][]int           `query:"lists"`
	Many     runtime.Optional[[]string] `query:"many" json:",omitzero"`
	*Paging
}

// Paging is embedded.
type Paging struct {
	Page int `query:"page" default:"0"`
}

// Role reads itself, and cannot write itself.
type Role string

// UnmarshalText reads a role.
func (r *Role) UnmarshalText(text []byte) error { *r = Role(text); return nil }

// Level reads and writes itself.
type Level int

// UnmarshalText reads a level.
func (l *Level) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "level %d", (*int)(l))
	return err
}

// MarshalText writes a level.
func (l Level) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "level %d", int(l)), nil }

//handlergen:route GET /query
func Query(query runtime.Query[Kinds]) Kinds { return query.Value }

//handlergen:route GET /path/{s}/{i}/{u}/{f}/{b}/{t}/{d}
func Path(s string, i int64, u uint64, f float64, b bool, t time.Time, d time.Duration) []any {
	return []any{s, fmt.Sprint(i), fmt.Sprint(u), f, b, t, d}
}

//handlergen:route GET /segment/{text}/end
func Segment(text string) string { return text }

//handlergen:route GET /rest/{rest...}
func Rest(rest string) string { return rest }

// Head is a header.
type Head struct {
	Text  string     `header:"X-Text"`
	Int   int64      `header:"X-Int"`
	Time  *time.Time `header:"X-Time"`
	List  []string   `header:"X-List"`
	Trace *string    `header:"X-Trace"`
}

//handlergen:route GET /header
func Header(header runtime.Header[Head]) Head { return header.Value }

// Crumbs are cookies.
type Crumbs struct {
	Text  string    `cookie:"text"`
	Int   int       `cookie:"int"`
	Float float64   `cookie:"float"`
	Time  time.Time `cookie:"time"`
	None  *string   `cookie:"none"`
}

//handlergen:route GET /cookie
func Cookie(cookie runtime.Cookie[Crumbs]) Crumbs { return cookie.Value }

// Sheet is a form.
type Sheet struct {
	Text  string        `form:"text"`
	Int   int64         `form:"int"`
	Wait  time.Duration `form:"wait"`
	Tags  []string      `form:"tag"`
	Maybe *bool         `form:"maybe"`
}

//handlergen:route GET,POST /form
func Form(form runtime.Form[Sheet]) Sheet { return form.Value }

//handlergen:route POST /reply
func Reply(form runtime.Form[Sheet]) runtime.Form[Sheet] { return form }

// Document is a JSON body.
type Document struct {
	Text     string                                  `json:"text"`
	Int      int64                                   `json:"int"`
	Float    float64                                 `json:"float"`
	Time     time.Time                               `json:"time"`
	Bytes    []byte                                  `json:"bytes"`
	List     []Document                              `json:"list"`
	Dict     map[string]int                          `json:"dict"`
	Pointer  *string                                 `json:"pointer"`
	Optional runtime.Optional[string]                `json:"optional,omitzero"`
	Nullable runtime.Optional[runtime.Nullable[int]] `json:"nullable,omitzero"`
}

//handlergen:route PUT /json
func JSON(body runtime.JSON[Document]) Document { return body.Value }

//handlergen:route PUT /maybe
func Maybe(limit runtime.Optional[runtime.Query[int]], body runtime.Optional[runtime.JSON[Document]]) string {
	return fmt.Sprint(body.Present, body.Value.Value.Int, limit.Present, limit.Value.Value)
}

// Loose is encoded as null where it is absent.
type Loose struct {
	Text runtime.Optional[runtime.Nullable[string]] `json:"text"`
}

//handlergen:route PUT /loose
func LooseBody(body runtime.JSON[Loose]) bool { return body.Value.Text.Present }

//handlergen:route PUT /text
func Text(body runtime.Text) string { return string(body) }

//handlergen:route PUT /bytes
func Bytes(body runtime.Bytes) []byte { return body }

//handlergen:route PUT /reader limit=none
func Reader(body io.Reader) (int64, error) { return io.Copy(io.Discard, body) }

// Album has files.
type Album struct {
	Title string                  `form:"title"`
	Year  *int                    `form:"year"`
	Tags  []string                `form:"tag"`
	Cover *multipart.FileHeader   `form:"cover"`
	Pages []*multipart.FileHeader `form:"page"`
}

//handlergen:route POST /album
func Upload(body runtime.Multipart[Album]) ([]string, error) {
	album := body.Value
	list := []string{album.Title, fmt.Sprint(album.Year != nil), strings.Join(album.Tags, "|")}
	files := album.Pages
	if album.Cover != nil {
		files = append(files, album.Cover)
	}
	for _, header := range files {
		file, err := header.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(file)
		if err != nil {
			return nil, err
		}
		list = append(list, header.Filename, header.Header.Get("Content-Type"), string(text))
	}
	return list, nil
}

//handlergen:route POST /parts
func Parts(parts *multipart.Reader) ([]string, error) {
	var names []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		names = append(names, part.FormName())
	}
}

//handlergen:route POST /events
func Events(body runtime.JSON[[]runtime.Event]) iter.Seq2[runtime.Event, error] {
	return func(yield func(runtime.Event, error) bool) {
		for _, event := range body.Value {
			if !yield(event, nil) {
				return
			}
		}
	}
}

//handlergen:route POST /lines
func Lines(body runtime.JSON[[]Document]) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, d := range body.Value {
			if d.Int == math.MinInt64 {
				yield(d, errors.New("no more"))
				return
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

//handlergen:route PUT /lines
func Sum(body runtime.JSONLines[Document]) (texts []string, err error) {
	for document, err := range body.Value {
		if err != nil {
			return nil, err
		}
		texts = append(texts, document.Text)
	}
	return texts, nil
}

//handlergen:route GET /download/{size}
func Download(size int64) runtime.Attachment {
	return runtime.Attachment{Filename: "zeros", Content: io.LimitReader(zeros{}, size)}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Found and Missing are answers of Find.
type (
	Answer  interface{ answer() }
	Found   struct{ ID int }
	Missing struct{ Reason string }
)

func (Found) answer()        {}
func (*Missing) answer()     {}
func (Found) Status() int    { return http.StatusOK }
func (*Missing) Status() int { return http.StatusNotFound }

//handlergen:route GET /find/{id}
func Find(id int) (Answer, error) {
	switch {
	case id < 0:
		return nil, runtime.Errorf(http.StatusNotFound, "%d is negative", id)
	case id == 0:
		return &Missing{"nothing is 0"}, nil
	}
	return Found{id}, nil
}

//handlergen:route DELETE /fail/{status}
func Fail(status int) error { return runtime.Errorf(status, "with %d", status) }

//handlergen:route POST /meta status=201
func Meta(text runtime.Text) (runtime.Status, http.Header, *http.Cookie, string) {
	value := string(text)
	return http.StatusAccepted, http.Header{"X-Text": {value}}, &http.Cookie{Name: "text", Value: value}, value
}

//handlergen:route GET /basic
func Basic(auth runtime.BasicAuth) []string { return []string{auth.Username, auth.Password} }

// Who is somebody.
type Who struct{ Token string }

//handlergen:extractor
func who(token runtime.Bearer) Who { return Who{string(token)} }

//handlergen:route GET /who
func Whoami(user Who, again runtime.Bearer) []string { return []string{user.Token, string(again)} }

// Input is read field by field.
//
//handlergen:extractor
type Input struct {
	ID    int      `path:"id"`
	Dry   bool     `query:"dry" default:"true"`
	Match *string  `header:"If-Match"`
	Tags  []string `query:"tag"`
	Theme string   `cookie:"theme" default:"dark"`
	Who   Who
	Paging
	Body runtime.JSON[Document]
}

//handlergen:route PUT /input/{id}
func Compose(in Input) string {
	match := "none"
	if in.Match != nil {
		match = *in.Match
	}
	return fmt.Sprintf("%d %t %s %v %s %s %s %d", in.ID, in.Dry, match, in.Tags, in.Theme, in.Who.Token, in.Body.Value.Text, in.Page)
}

//handlergen:route ANY /any/{x}
func Any(r *http.Request) string { return r.Method + " " + r.PathValue("x") }

//handlergen:route GET /redirect
func Redirect() runtime.Redirect { return runtime.SeeOther("/segment/there/end") }

// Addresses are values of a query that are spelled like few others.
type Addresses struct {
	IP     net.IP         `query:"ip"`
	Port   netip.AddrPort `query:"port"`
	Prefix netip.Prefix   `query:"prefix"`
	Byte   byte           `query:"byte"`
	Rune   rune           `query:"rune"`
}

//handlergen:route GET /addresses
func Addressed(query runtime.Query[Addresses]) Addresses { return query.Value }

//handlergen:route GET /values
func Values(query url.Values) url.Values { return query }

//handlergen:route GET /attempt
func Attempt(n runtime.Result[runtime.Query[int]]) string {
	if n.Err != nil {
		return "refused"
	}
	return fmt.Sprint(n.Value.Value)
}

//handlergen:route GET /page/{title}
func Page(title string) runtime.HTML { return runtime.HTML("<h1>" + title + "</h1>") }

//handlergen:route PUT /nothing
func Nothing(runtime.Text) runtime.NoContent { return runtime.NoContent{} }

//handlergen:route GET /cookies/{n}
func Cookies(n int) ([]*http.Cookie, int) {
	var jar []*http.Cookie
	for i := range n {
		jar = append(jar, &http.Cookie{Name: fmt.Sprint("c", i), Value: "1"})
	}
	return jar, n
}

// Stamp sets a header of its own.
type Stamp string

// IntoResponseParts sets it.
func (s Stamp) IntoResponseParts(h http.Header) error { h.Set("X-Stamp", string(s)); return nil }

//handlergen:route GET /tagged/{version}
func Tagged(version string) (runtime.ETag, Stamp, string) {
	return runtime.ETag(`"` + version + `"`), Stamp(version), "version " + version
}

//handlergen:route GET /stream/{size}
func Stream(size int64) io.ReadCloser { return io.NopCloser(io.LimitReader(zeros{}, size)) }

//handlergen:route GET /whole/{status}
func Whole(status int) *runtime.Response {
	return &runtime.Response{Status: status, Header: http.Header{"X-Whole": {"yes"}}, Body: io.NopCloser(strings.NewReader("whole"))}
}

//handlergen:route GET /upstream/{text}
func Upstream(text string) *http.Response {
	return &http.Response{StatusCode: http.StatusAccepted, Header: http.Header{"X-Up": {"yes"}}, Body: io.NopCloser(strings.NewReader(text))}
}

//handlergen:route GET /handler
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
}

//handlergen:route GET /ticks/{n}
func Ticks(n int) iter.Seq[runtime.Event] {
	return func(yield func(runtime.Event) bool) {
		for i := range n {
			if !yield(runtime.Event{ID: fmt.Sprint(i), Data: "tick"}) {
				return
			}
		}
	}
}

//handlergen:route GET /channel/{n}
func Channel(n int) <-chan runtime.Event {
	events := make(chan runtime.Event, n)
	for event := range Ticks(n) {
		events <- event
	}
	close(events)
	return events
}

//handlergen:route GET /eventstream/{n}
func EventStream(n int) runtime.EventStream { return runtime.EventStream{Events: Checked(n)} }

// Checked are ticks that might fail.
func Checked(n int) iter.Seq2[runtime.Event, error] {
	return func(yield func(runtime.Event, error) bool) {
		for event := range Ticks(n) {
			if !yield(event, nil) {
				return
			}
		}
	}
}

//handlergen:route GET /count/{n}
func Count(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestWrite(t *testing.T) {
	type named string
	answer := map[string]any{"a": "<&>"}
	tests := []struct {
		name   string
		write  func(w http.ResponseWriter) error
		status int
		header http.Header
		body   string
	}{
		{"text", func(w http.ResponseWriter) error {
			WriteText(w, 200, "hello")
			return nil
		}, 200, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, "hello"},
		{"named text", func(w http.ResponseWriter) error {
			WriteText(w, 201, named("hello"))
			return nil
		}, 201, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, "hello"},
		{"empty text", func(w http.ResponseWriter) error {
			WriteText(w, 200, "")
			return nil
		}, 200, http.Header{"Content-Type": {"text/plain; charset=utf-8"}}, ""},
		{"html", func(w http.ResponseWriter) error {
			WriteHTML(w, 200, HTML("<p>"))
			return nil
		}, 200, http.Header{"Content-Type": {"text/html; charset=utf-8"}}, "<p>"},
		{"bytes", func(w http.ResponseWriter) error {
			WriteBytes(w, 200, json.RawMessage("{}"))
			return nil
		}, 200, http.Header{"Content-Type": {"application/octet-stream"}}, "{}"},
		{"json", func(w http.ResponseWriter) error {
			return WriteJSON(w, 201, &answer)
		}, 201, http.Header{"Content-Type": {"application/json"}}, `{"a":"<&>"}`},
		{"json with parts", func(w http.ResponseWriter) error {
			var parts Parts
			parts.Header(http.Header{"Content-Type": {"application/vnd.x+json"}, "X-A": {"1"}})
			return WriteJSON(w, 200, &answer, nil, &parts)
		}, 200, http.Header{"Content-Type": {"application/vnd.x+json"}, "X-A": {"1"}}, `{"a":"<&>"}`},
		{"json without the parts of the one before", func(w http.ResponseWriter) error {
			return WriteJSON(w, 200, &answer)
		}, 200, http.Header{"Content-Type": {"application/json"}}, `{"a":"<&>"}`},
		{"json null", func(w http.ResponseWriter) error {
			var none *int
			return WriteJSON(w, 200, &none)
		}, 200, http.Header{"Content-Type": {"application/json"}}, `null`},
		{"form", func(w http.ResponseWriter) error {
			var form FormBody
			form.Add("a", FormatString("1&2"))
			form.Add("b c", FormatInt(-3))
			return WriteForm(w, 200, &form)
		}, 200, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "a=1%262&b+c=-3"},
		{"status", func(w http.ResponseWriter) error {
			WriteStatus(w, 204)
			return nil
		}, 204, http.Header{}, ""},
		{"text with 204", func(w http.ResponseWriter) error {
			WriteText(w, 204, "hello")
			return nil
		}, 204, http.Header{}, ""},
		{"bytes with 304", func(w http.ResponseWriter) error {
			WriteBytes(w, 304, []byte("hello"))
			return nil
		}, 304, http.Header{}, ""},
		{"json with 204", func(w http.ResponseWriter) error {
			return WriteJSON(w, 204, &answer)
		}, 204, http.Header{}, ""},
		{"parts", func(w http.ResponseWriter) error {
			var parts, none Parts
			parts.Header(http.Header{"content-type": {"text/csv"}, "X-A": {"1", "2"}, "X-Old": nil})
			parts.Header(http.Header{"X-B": {"3"}})
			parts.Cookie(&http.Cookie{Name: "a", Value: "1"})
			parts.Cookie(nil)
			parts.Cookies([]*http.Cookie{{Name: "b", Value: "2"}})
			w.Header().Set("X-Old", "gone")
			w.Header().Set("Set-Cookie", "c=3")
			WriteText(w, 200, "x,y", &parts, &none, nil)
			return parts.Err()
		}, 200, http.Header{
			"Content-Type": {"text/csv"}, "X-A": {"1", "2"}, "X-B": {"3"}, "Set-Cookie": {"c=3", "a=1", "b=2"},
		}, "x,y"},
		{"cookies in headers", func(w http.ResponseWriter) error {
			var parts Parts
			parts.Header(http.Header{"Set-Cookie": {"a=1", "b=2"}})
			parts.Header(http.Header{"set-cookie": {"c=3"}})
			parts.Header(http.Header{"Set-Cookie": {"d=4"}, "X-A": {"1"}})
			w.Header().Set("Set-Cookie", "before=0")
			WriteStatus(w, 204, &parts)
			return nil
		}, 204, http.Header{"X-A": {"1"}, "Set-Cookie": {"before=0", "a=1", "b=2", "c=3", "d=4"}}, ""},
		{"cookies taken back", func(w http.ResponseWriter) error {
			var parts Parts
			parts.Header(http.Header{"Set-Cookie": {"a=1"}})
			parts.Header(http.Header{"Set-Cookie": nil})
			w.Header().Set("Set-Cookie", "before=0")
			WriteStatus(w, 204, &parts)
			return nil
		}, 204, http.Header{}, ""},
		{"parts with 204", func(w http.ResponseWriter) error {
			var parts Parts
			parts.Header(http.Header{"X-A": {"1"}})
			WriteStatus(w, 204, &parts)
			return nil
		}, 204, http.Header{"X-A": {"1"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := test.write(w); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || w.Body.String() != test.body || !reflect.DeepEqual(w.Header(), test.header) {
				t.Errorf("got %d %v %q, want %d %v %q", w.Code, w.Header(), w.Body, test.status, test.header, test.body)
			}
		})
	}
}

func TestWriteContentLength(t *testing.T) {
	for _, size := range []int{2048, 2049, 1 << 20} {
		body := strings.Repeat("x", size)
		writes := map[string]func(w http.ResponseWriter){
			"text":  func(w http.ResponseWriter) { WriteText(w, 200, body) },
			"bytes": func(w http.ResponseWriter) { WriteBytes(w, 200, []byte(body)) },
			"json": func(w http.ResponseWriter) {
				v := body[:size-2]
				if err := WriteJSON(w, 200, &v); err != nil {
					t.Fatal(err)
				}
			},
		}
		for name, write := range writes {
			w := httptest.NewRecorder()
			write(w)
			want := ""
			if size > 2048 {
				want = strconv.Itoa(size)
			}
			if got := w.Header().Get("Content-Length"); got != want || w.Body.Len() != size {
				t.Errorf("%s of %d bytes: %d bytes with Content-Length %q, want %q", name, size, w.Body.Len(), got, want)
			}
			for _, method := range []string{"GET", "HEAD"} {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { write(w) }))
				r, err := http.NewRequest(method, server.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				response, err := server.Client().Do(r)
				if err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				if response.ContentLength != int64(size) || len(response.TransferEncoding) > 0 {
					t.Errorf("%s of %s of %d bytes: Content-Length %d, Transfer-Encoding %v", method, name, size, response.ContentLength, response.TransferEncoding)
				}
				server.Close()
			}
		}
	}
}

func TestImpossibleStatus(t *testing.T) {
	for _, status := range []int{-1, 0, 99, 600, 1000} {
		writes := map[string]func(w http.ResponseWriter) error{
			"text":   func(w http.ResponseWriter) error { WriteText(w, status, "x"); return nil },
			"bytes":  func(w http.ResponseWriter) error { WriteBytes(w, status, []byte("x")); return nil },
			"html":   func(w http.ResponseWriter) error { WriteHTML(w, status, "x"); return nil },
			"status": func(w http.ResponseWriter) error { WriteStatus(w, status); return nil },
			"json":   func(w http.ResponseWriter) error { v := 1; return WriteJSON(w, status, &v) },
			"form":   func(w http.ResponseWriter) error { return WriteForm(w, status, &FormBody{}) },
		}
		for name, write := range writes {
			w := httptest.NewRecorder()
			r := httptest.NewRequest("GET", "/", nil)
			log := captureLog(t, func() {
				if err := write(w); err != nil {
					WriteError(w, r, err)
				}
			})
			if w.Code != 500 || w.Body.String() != `{"title":"Internal Server Error","status":500}` || !strings.Contains(log, strconv.Itoa(status)) {
				t.Errorf("%s with %d: got %d %s, logged %s", name, status, w.Code, w.Body, log)
			}
		}
	}
}

func TestStatusOr(t *testing.T) {
	if got := Status(0).Or(201); got != 201 {
		t.Errorf("got %d", got)
	}
	if got := Status(202).Or(201); got != 202 {
		t.Errorf("got %d", got)
	}
}

func TestWriteJSONFails(t *testing.T) {
	for range 3 { // a buffer that failed is good for no other answer
		w := httptest.NewRecorder()
		v := struct {
			A string
			F float64
		}{"partly", math.NaN()}
		if err := WriteJSON(w, 200, &v); err == nil || w.Body.Len() > 0 || len(w.Header()) > 0 {
			t.Errorf("got %v, %v %s", err, w.Header(), w.Body)
		}
		good := "good"
		if err := WriteJSON(w, 200, &good); err != nil || w.Body.String() != `"good"` {
			t.Errorf("got %v, %s", err, w.Body)
		}
	}
}

func TestParts(t *testing.T) {
	parts := NewParts(http.Header{"X-One": {"1"}, "X-Both": {"1"}})
	parts.Header(http.Header{"X-Two": {"2"}, "x-both": {"2"}})
	parts.Cookie(nil)
	parts.Cookies([]*http.Cookie{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}})
	if err := parts.Err(); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	parts.WriteTo(w)
	want := http.Header{"X-One": {"1"}, "X-Two": {"2"}, "X-Both": {"2"}, "Set-Cookie": {"a=1", "b=2"}}
	if got := w.Header(); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}

	parts.Cookie(&http.Cookie{Name: "bad name"})
	parts.Cookie(&http.Cookie{Name: "worse\nname"})
	if err := parts.Err(); err == nil || !strings.Contains(err.Error(), `"bad name"`) {
		t.Errorf("got %v, want the first error", err)
	}
}

// TestHeadersAreNotShared checks that what is done to the header of one answer
// does not show in another.
func TestHeadersAreNotShared(t *testing.T) {
	own := http.Header{"X-A": make([]string, 1, 10)}
	for range 2 {
		w := httptest.NewRecorder()
		var parts Parts
		parts.Header(own)
		WriteText(w, 200, "x", &parts)
		w.Header().Add("Content-Type", "more")
		w.Header().Add("X-A", "more")
		if got := w.Header()["Content-Type"]; len(got) != 2 {
			t.Errorf("got %q", got)
		}
	}
	if own["X-A"][:2][1] != "" || cap(contentTypeText) != 1 {
		t.Error("an answer was written into a header that others share")
	}
}

func TestResponseAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	w := &nullWriter{header: make(http.Header, 4)}
	value := struct{ A, B string }{"a", "b"}
	body := []byte("hello")
	tests := []struct {
		name string
		want float64
		f    func()
	}{
		{"text", 0, func() { WriteText(w, 200, "hello") }},
		{"bytes", 0, func() { WriteBytes(w, 200, body) }},
		{"status", 0, func() { WriteStatus(w, 204) }},
		{"text with empty parts", 0, func() {
			var parts Parts
			WriteText(w, 200, "hello", &parts)
		}},
		{"json", 0, func() { _ = WriteJSON(w, 200, &value) }},
		{"json with empty parts", 0, func() {
			var parts Parts
			_ = WriteJSON(w, 200, &value, &parts)
		}},
		{"json with a header on the stack", 1, func() { // for the line
			header := http.Header{}
			header["Location"] = []string{"/users/7"}
			parts := NewParts(header)
			_ = WriteJSON(w, 200, &value, &parts)
		}},
		{"problem", 0, func() { writeProblem(w, 404, "no such thing", nil) }},
	}
	for _, test := range tests {
		got := testing.AllocsPerRun(100, test.f)
		if offsetsAtStart() && strings.HasPrefix(test.name, "json") {
			continue // the second engine allocates on its own
		}
		if got != test.want {
			t.Errorf("%s allocates %v times, want %v", test.name, got, test.want)
		}
	}
}

func TestRedirect(t *testing.T) {
	tests := []struct {
		redirect Redirect
		status   int
		location string
	}{
		{SeeOther("/a?b=c"), 303, "/a?b=c"},
		{Temporary("https://example.com/"), 307, "https://example.com/"},
		{Permanent("sibling"), 308, "/dir/sibling"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		test.redirect.IntoResponse(w, httptest.NewRequest("POST", "/dir/x", nil))
		if w.Code != test.status || w.Header().Get("Location") != test.location || test.redirect.Status() != test.status {
			t.Errorf("%v: got %d %v", test.redirect, w.Code, w.Header())
		}
	}
	w := httptest.NewRecorder()
	log := captureLog(t, func() { Redirect{}.IntoResponse(w, httptest.NewRequest("GET", "/", nil)) })
	if w.Code != 500 || !strings.Contains(log, "Redirect") {
		t.Errorf("the zero Redirect answers %d and logs %s", w.Code, log)
	}
	if got := SeeOther("/a").URL(); got != "/a" {
		t.Errorf("URL is %q", got)
	}
}

type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error {
	c.closed++
	return nil
}

func TestAttachment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("0123456789"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := func() io.Reader {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	var noFile *os.File
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		name       string
		attachment Attachment
		request    http.Header
		status     int
		header     map[string]string
		body       string
	}{
		{"stream", Attachment{Filename: "a.txt", Content: io.LimitReader(strings.NewReader(long), 99_999)}, nil, 200, map[string]string{
			"Content-Type": "text/plain; charset=utf-8", "Content-Disposition": `attachment; filename="a.txt"`,
		}, long[1:]},
		{"stream of single bytes", Attachment{Content: iotest.OneByteReader(strings.NewReader("abc"))}, nil, 200, map[string]string{
			"Content-Type": "application/octet-stream", "Content-Disposition": "attachment",
		}, "abc"},
		{"stream that ends with its last bytes", Attachment{Content: iotest.DataErrReader(io.LimitReader(strings.NewReader("abc"), 9))}, nil, 200, nil, "abc"},
		{"empty stream", Attachment{Content: io.LimitReader(strings.NewReader(""), 9)}, nil, 200, nil, ""},
		{"seeker", Attachment{Filename: "a.csv", ContentType: "text/x-mine", Content: strings.NewReader("0123456789")}, nil, 200, map[string]string{
			"Content-Type": "text/x-mine", "Accept-Ranges": "bytes", "Content-Length": "10",
		}, "0123456789"},
		{"range of a file", Attachment{Filename: "a.bin", Content: open()}, http.Header{"Range": {"bytes=2-4"}}, 206, map[string]string{
			"Content-Range": "bytes 2-4/10",
		}, "234"},
		{"file not modified", Attachment{Content: open()}, http.Header{"If-Modified-Since": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}, 304, nil, ""},
		{"other letters", Attachment{Filename: "Müll \"1\" 100%.txt", Content: strings.NewReader("")}, nil, 200, map[string]string{
			"Content-Disposition": `attachment; filename="M_ll _1_ 100_.txt"; filename*=UTF-8''M%C3%BCll%20%221%22%20100%25.txt`,
		}, ""},
		{"no UTF-8", Attachment{Filename: "a\xff\xfeb", Content: strings.NewReader("")}, nil, 200, map[string]string{
			"Content-Disposition": `attachment; filename="a_b"; filename*=UTF-8''a%EF%BF%BDb`,
		}, ""},
		{"line break", Attachment{Filename: "a\r\nX-Evil: 1", Content: strings.NewReader("")}, nil, 200, map[string]string{
			"Content-Disposition": `attachment; filename="a__X-Evil: 1"; filename*=UTF-8''a%0D%0AX-Evil%3A%201`,
		}, ""},
		{"broken before the first byte", Attachment{Filename: "a.txt", Content: iotest.ErrReader(errors.New("secret"))}, nil, 500, map[string]string{
			"Content-Type": "application/problem+json", "Content-Disposition": "",
		}, `{"title":"Internal Server Error","status":500}`},
		{"nil", Attachment{}, nil, 500, nil, `{"title":"Internal Server Error","status":500}`},
		{"nil file", Attachment{Content: noFile}, nil, 500, nil, `{"title":"Internal Server Error","status":500}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			for name, lines := range test.request {
				r.Header[name] = lines
			}
			w := httptest.NewRecorder()
			captureLog(t, func() { test.attachment.IntoResponse(w, r) })
			if w.Code != test.status || w.Body.String() != test.body {
				t.Errorf("got %d %.100q, want %d %.100q", w.Code, w.Body, test.status, test.body)
			}
			for name, want := range test.header {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestAttachmentCloses(t *testing.T) {
	content := &closer{Reader: strings.NewReader("abc")}
	Attachment{Content: content}.IntoResponse(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	if content.closed != 1 {
		t.Errorf("the content was closed %d times", content.closed)
	}

	content = &closer{Reader: iotest.ErrReader(io.ErrClosedPipe)}
	w := httptest.NewRecorder()
	Attachment{Content: content}.IntoResponse(w, httptest.NewRequest("HEAD", "/", nil))
	if content.closed != 1 || w.Code != 500 {
		t.Errorf("the broken content was closed %d times, status %d", content.closed, w.Code)
	}

	content = &closer{Reader: strings.NewReader("abc")}
	w = httptest.NewRecorder()
	Attachment{Content: content}.IntoResponse(w, httptest.NewRequest("HEAD", "/", nil))
	if content.closed != 1 || w.Code != 200 || w.Body.Len() > 0 {
		t.Errorf("HEAD: closed %d times, %d %s", content.closed, w.Code, w.Body)
	}
}

func TestAttachmentBreaks(t *testing.T) {
	content := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(errors.New("disk on fire")))
	w := httptest.NewRecorder()
	var panicked any
	log := captureLog(t, func() {
		defer func() { panicked = recover() }()
		Attachment{Content: content}.IntoResponse(w, httptest.NewRequest("GET", "/", nil))
	})
	if panicked != http.ErrAbortHandler || !strings.Contains(log, "disk on fire") {
		t.Errorf("panic %v, logged %s", panicked, log)
	}
}

func TestFormats(t *testing.T) {
	at := time.Date(2020, 1, 2, 3, 4, 5, 6000, time.FixedZone("", 3600))
	tests := []struct {
		got  FormText
		want string
	}{
		{FormatString("a b"), "a b"},
		{FormatBool(true), "true"},
		{FormatInt(int8(-128)), "-128"},
		{FormatUint(uint64(math.MaxUint64)), "18446744073709551615"},
		{FormatFloat(float32(0.1)), "0.1"},
		{FormatFloat(1e300), "1e+300"},
		{FormatTime(at), "2020-01-02T03:04:05.000006+01:00"},
		{FormatDuration(90 * time.Second), "1m30s"},
		{FormatURL(url.URL{Scheme: "https", Host: "example.com"}), "https://example.com"},
		{FormatText(at), "2020-01-02T03:04:05.000006+01:00"},
	}
	for _, test := range tests {
		if test.got.text != test.want || test.got.err != nil {
			t.Errorf("got %q, %v, want %q", test.got.text, test.got.err, test.want)
		}
	}
	for _, bad := range []FormText{FormatFloat(math.NaN()), FormatFloat(float32(math.Inf(1))), FormatText(time.Time{}.AddDate(20000, 0, 0))} {
		var form FormBody
		form.Add("when", bad)
		w := httptest.NewRecorder()
		if err := WriteForm(w, 200, &form); err == nil || !strings.Contains(err.Error(), "when") || w.Body.Len() > 0 {
			t.Errorf("got %v, %s", err, w.Body)
		}
	}
}

func TestOptional(t *testing.T) {
	type document struct {
		Name   Optional[string]           `json:"name,omitzero"`
		Age    Optional[Nullable[int]]    `json:"age,omitzero"`
		Tags   Optional[[]string]         `json:"tags,omitzero"`
		Next   Optional[*int]             `json:"next,omitzero"`
		Raw    Optional[json.RawMessage]  `json:"raw,omitzero"`
		Score  Nullable[float64]          `json:"score"`
		Nested Optional[Optional[string]] `json:"nested,omitzero"`
	}
	five := 5
	tests := []struct {
		text string
		want document
		back string // "" for the same text
	}{
		{`{}`, document{}, `{"score":null}`},
		{`{"name":"","score":null}`, document{Name: Optional[string]{"", true}}, ""},
		{`{"age":null,"score":0}`, document{Age: Optional[Nullable[int]]{Present: true}, Score: Nullable[float64]{0, true}}, ""},
		{`{"age":0,"score":1.5}`, document{Age: Optional[Nullable[int]]{Nullable[int]{0, true}, true}, Score: Nullable[float64]{1.5, true}}, ""},
		{`{"next":null,"raw":null,"score":null}`, document{Next: Optional[*int]{nil, true}, Raw: Optional[json.RawMessage]{json.RawMessage("null"), true}}, ""},
		{`{"tags":[],"next":5,"score":null}`, document{Tags: Optional[[]string]{[]string{}, true}, Next: Optional[*int]{&five, true}}, ""},
		{`{"score":null,"nested":"x"}`, document{Nested: Optional[Optional[string]]{Optional[string]{"x", true}, true}}, ""},
	}
	for _, test := range tests {
		var got document
		if err := json.Unmarshal([]byte(test.text), &got); err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s is %+v, want %+v", test.text, got, test.want)
		}
		back, err := json.Marshal(got)
		if want := test.text; err != nil || string(back) != want && string(back) != test.back {
			t.Errorf("%s becomes %s, %v", test.text, back, err)
		}
	}
	for _, text := range []string{`{"name":null}`, `{"name":1}`, `{"age":"x"}`, `{"score":"x"}`, `{"tags":[1]}`, `{"tags":null}`} {
		got := document{Score: Nullable[float64]{1, true}}
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is %+v", text, got)
		}
	}
	absent, err := json.Marshal(Optional[int]{})
	if string(absent) != "null" || err != nil {
		t.Errorf("absent is %s, %v", absent, err)
	}
}

func TestTimeOptionalNull(t *testing.T) {
	var o Optional[time.Time]
	if err := json.Unmarshal([]byte("null"), &o); !errors.Is(err, errNull) || o.Present {
		t.Errorf("got %+v, %v", o, err)
	}
}

func TestSortedHeaderNames(t *testing.T) {
	names := headerNames(http.Header{"B": nil, "A": nil})
	if !slices.Equal(names, []string{"A", "B"}) {
		t.Error(fmt.Sprint(names))
	}
}

// TestTakeOver wants what answers by itself to come after the parts, and nothing
// to be sent for nil.
func TestTakeOver(t *testing.T) {
	r := httptest.NewRequest("GET", "/a", nil)
	parts := NewParts(http.Header{"X-A": {"1"}})
	for name, write := range map[string]func(http.ResponseWriter) (none, some error){
		"WriteHandler": func(w http.ResponseWriter) (none, some error) {
			return WriteHandler(w, r, nil, &parts), WriteHandler(w, r, http.RedirectHandler("/b", http.StatusSeeOther), &parts)
		},
		"WriteResponder": func(w http.ResponseWriter) (none, some error) {
			return WriteResponder(w, r, nil, &parts), WriteResponder(w, r, SeeOther("/b"), &parts)
		},
	} {
		w := httptest.NewRecorder()
		none, some := write(w)
		if !errors.Is(none, ErrNilResponse) || some != nil {
			t.Errorf("%s = %v for nil, %v for an answer", name, none, some)
		}
		if w.Code != http.StatusSeeOther || w.Header().Get("X-A") != "1" || w.Header().Get("Location") != "/b" {
			t.Errorf("%s answers %d with %v", name, w.Code, w.Header())
		}
	}
}

package runtime

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// The functions in this file are written as handlergen writes adapters, to see
// that those compile, behave and allocate nothing of their own.

type searchQuery struct {
	Text   string
	Page   int
	Limit  *uint8
	Sort   string
	Exact  bool
	Score  float64
	Status Optional[int]
}

func (q searchQuery) Validate() error { return nil }

type searchResult struct {
	ID      int64
	Query   searchQuery
	Request string
	Session string
}

var lastSearch searchResult

func search(id int64, query Query[searchQuery], request Header[string], session Cookie[string]) Text {
	lastSearch = searchResult{id, query.Value, request.Value, session.Value}
	return "found"
}

func serveSearch(w http.ResponseWriter, r *http.Request) {
	in := NewInput(w, r)

	id := ReadInt[int64](&in, in.Path("id"))
	text := QueryParam("text")
	page := QueryParam("page")
	limit := QueryParam("limit")
	sort := QueryParam("sort")
	exact := QueryParam("exact")
	score := QueryParam("score")
	status := QueryParam("status")
	var query Query[searchQuery]
	for pair := in.Query(); pair.Next(); {
		switch pair.Name() {
		case "text":
			text.Set(pair.Value())
		case "page":
			page.Set(pair.Value())
		case "limit":
			limit.Set(pair.Value())
		case "sort":
			sort.Set(pair.Value())
		case "exact":
			exact.Set(pair.Value())
		case "score":
			score.Set(pair.Value())
		case "status":
			status.Set(pair.Value())
		}
	}
	query.Value.Text = ReadString[string](&in, text)
	query.Value.Page = ReadInt[int](&in, page.Or("1"))
	if query.Value.Page < 1 {
		in.Invalid(page, "min", "must be at least 1")
	}
	if limit.Present() {
		value := ReadUint[uint8](&in, limit)
		query.Value.Limit = &value
	}
	query.Value.Sort = ReadString[string](&in, sort.Or("asc"))
	query.Value.Exact = ReadBool[bool](&in, exact.Or("false"))
	query.Value.Score = ReadFloat[float64](&in, score.Or("0"))
	if status.Present() {
		query.Value.Status.Value, query.Value.Status.Present = ReadInt[int](&in, status), true
	}
	request := Header[string]{Value: ReadString[string](&in, in.Header("X-Request-Id"))}
	session := Cookie[string]{Value: ReadString[string](&in, in.Cookie("sid"))}
	if in.Failed() {
		in.Reject(w, r)
		return
	}

	out := search(id, query, request, session)

	WriteText(w, http.StatusOK, out)
}

// nullWriter is a writer that keeps nothing, so that only what we allocate is
// counted.
type nullWriter struct {
	header http.Header
	status int
	n      int
}

func (w *nullWriter) Header() http.Header  { return w.header }
func (w *nullWriter) WriteHeader(code int) { w.status = code }
func (w *nullWriter) Write(p []byte) (int, error) {
	w.status = cmp.Or(w.status, http.StatusOK)
	w.n += len(p)
	return len(p), nil
}

func (w *nullWriter) WriteString(s string) (int, error) {
	w.status = cmp.Or(w.status, http.StatusOK)
	w.n += len(s)
	return len(s), nil
}

func searchRequest(id, query string) *http.Request {
	r := httptest.NewRequest("GET", "/items/"+id+"?"+query, nil)
	r.SetPathValue("id", id)
	r.Header.Set("X-Request-Id", "req-1")
	r.Header.Set("Cookie", `theme=dark; sid="abc"; lang=en`)
	return r
}

func TestAdapter(t *testing.T) {
	w := httptest.NewRecorder()
	serveSearch(w, searchRequest("42", "text=go+lang&page=3&sort=desc&exact=true&score=1.5&status=7&unknown=1"))
	if w.Code != 200 || w.Body.String() != "found" {
		t.Fatalf("got %d %s", w.Code, w.Body)
	}
	want := searchResult{
		ID: 42, Request: "req-1", Session: "abc",
		Query: searchQuery{
			Text: "go lang", Page: 3, Sort: "desc", Exact: true, Score: 1.5,
			Status: Optional[int]{Value: 7, Present: true},
		},
	}
	if lastSearch != want {
		t.Errorf("got %+v, want %+v", lastSearch, want)
	}

	w = httptest.NewRecorder()
	serveSearch(w, searchRequest("x", "page=0&limit=256&exact=maybe"))
	const document = `{"title":"Bad Request","status":400,"detail":"5 values of the request are not valid","errors":[` +
		`{"in":"path","name":"id","detail":"must be an integer"},` +
		`{"in":"query","name":"text","detail":"is missing"},` +
		`{"in":"query","name":"page","detail":"must be at least 1"},` +
		`{"in":"query","name":"limit","detail":"must be between 0 and 255"},` +
		`{"in":"query","name":"exact","detail":"must be true or false"}]}`
	if got := w.Body.String(); w.Code != 400 || got != document {
		t.Errorf("got %d %s\nwant %s", w.Code, got, document)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type is %q", got)
	}
}

func TestAdapterAllocations(t *testing.T) {
	tests := []struct {
		name      string
		id, query string
		want      float64
		status    int
	}{
		{"nothing escaped", "42", "text=golang&page=3&sort=desc&exact=true&score=1.5&status=7", 0, 200},
		{"one value escaped", "42", "text=go+lang&page=3&sort=desc&exact=true&score=1.5&status=7", 1, 200},
		{"pointer", "42", "text=golang&page=3&sort=desc&exact=true&score=1.5&limit=7", 1, 200},
		{"bad path value", "x", "text=golang&page=3&sort=desc&exact=true&score=1.5&status=7", 0, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := &nullWriter{header: make(http.Header, 4)}
			r := searchRequest(test.id, test.query)
			got := testing.AllocsPerRun(1000, func() { serveSearch(w, r) })
			if raceEnabled {
				t.Skip("the race detector allocates")
			}
			if got != test.want || w.status != test.status {
				t.Errorf("%v allocations with status %d, want %v with %d", got, w.status, test.want, test.status)
			}
		})
	}
}

type order struct {
	Name   string             `json:"name"`
	Items  []item             `json:"items"`
	Note   Optional[string]   `json:"note,omitzero"`
	Due    time.Time          `json:"due"`
	Weight Nullable[float32]  `json:"weight"`
	Labels map[string]int8    `json:"labels"`
	Parent *order             `json:"parent"`
	Tags   Optional[[]string] `json:"tags,omitzero"`
}

type item struct {
	SKU string `json:"sku"`
	Qty int8   `json:"qty"`
}

// checkOrder is written as handlergen writes the check of a struct.
func checkOrder(in *Input, at *Pointer, v *order) {
	name := at.Member("name")
	if v.Name == "" && !in.Has(&name) {
		in.InvalidAt(&name, "required", "is required")
	}
	if len(v.Name) > 10 {
		in.InvalidAt(&name, "max", "must have at most 10 characters")
	}
	items := at.Member("items")
	for i := range v.Items {
		item := items.Index(i)
		checkItem(in, &item, &v.Items[i])
	}
	if v.Parent != nil {
		parent := at.Member("parent")
		checkOrder(in, &parent, v.Parent)
	}
}

func checkItem(in *Input, at *Pointer, v *item) {
	sku := at.Member("sku")
	if !IsAlphanum(v.SKU) {
		in.InvalidAt(&sku, "alphanum", "must consist of letters and digits")
	}
	qty := at.Member("qty")
	if v.Qty == 0 && !in.Has(&qty) {
		in.InvalidAt(&qty, "required", "is required")
	}
}

func serveOrder(w http.ResponseWriter, r *http.Request) {
	in := NewInput(w, r)

	var body JSON[order]
	if err := in.OpenJSON(&body.Value, DefaultBodyLimit); err != nil {
		WriteError(w, r, err)
		return
	}
	checkOrder(&in, nil, &body.Value)
	if err := in.CloseJSON(); err != nil {
		WriteError(w, r, err)
		return
	}

	out := body.Value

	if err := WriteJSON(w, http.StatusCreated, &out); err != nil {
		WriteError(w, r, err)
	}
}

func postJSON(body string) *http.Request {
	r := httptest.NewRequest("POST", "/orders", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

func TestCheckAllocations(t *testing.T) {
	in := NewInput(nil, httptest.NewRequest("POST", "/", nil))
	v := order{Name: "n", Items: []item{{"a", 1}, {"b", 2}}, Parent: &order{Name: "p"}}
	got := testing.AllocsPerRun(100, func() { checkOrder(&in, nil, &v) })
	if got != 0 && !raceEnabled {
		t.Errorf("checking a good body allocates %v times", got)
	}
	if in.Failed() {
		t.Error(in.Err())
	}
}

package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"reflect"
	goruntime "runtime"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/client"
)

func serve(t *testing.T, handler http.HandlerFunc) *client.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return client.New(server.URL, client.WithHTTPClient(server.Client()))
}

// TestEvents reads streams as they come; package sse has the tests of its rules.
func TestEvents(t *testing.T) {
	for text, want := range map[string][]runtime.Event{
		"":            nil,
		"data: a\n":   nil, // an event that does not end is none
		"data: a\n\n": {{Data: "a"}},
		"event: x\nid: 1\nretry: 5\ndata: a\ndata: b\n\n: note\n\ndata:b\n\n": {
			{Name: "x", ID: "1", Data: "a\nb", Retry: 5 * time.Millisecond},
			{ID: "1", Data: "b"},
		},
	} {
		c := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if got := r.Header.Get("Accept"); got != "text/event-stream" {
				t.Errorf("Accept %q", got)
			}
			_, _ = io.WriteString(w, text)
		})
		events := client.Events(t.Context(), c, client.NewRequest(http.MethodGet, "/"))
		for range 2 { // a request each time
			var got []runtime.Event
			for event, err := range events {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, event)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%q has the events %+v, want %+v", text, got, want)
			}
		}
	}
}

// TestEventsComeAtOnce wants an event as soon as it has been sent, and the
// handler to learn that nobody listens any more.
func TestEventsComeAtOnce(t *testing.T) {
	gone := make(chan struct{})
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: a\r\n\r") // the end of the line may yet come
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		close(gone)
	})
	for event, err := range client.Events(t.Context(), c, client.NewRequest(http.MethodGet, "/")) {
		if event.Data != "a" || err != nil {
			t.Errorf("event %+v, %v", event, err)
		}
		break
	}
	<-gone
}

func TestStreamsFail(t *testing.T) {
	for text, want := range map[string]string{
		"1\n2\nx\n":                             "decode a line",
		"1\n\n2":                                "",
		"":                                      "",
		"1\n" + strings.Repeat("2", 300) + "\n": "too long",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, text)
		}))
		c := client.New(server.URL, client.WithLimit(200))
		var last error
		for _, err := range client.Lines[int](t.Context(), c, client.NewRequest(http.MethodGet, "/")) {
			last = err
		}
		if (want == "") != (last == nil) || last != nil && !strings.Contains(last.Error(), want) {
			t.Errorf("%.20q ends with %v, want %q", text, last, want)
		}
		server.Close()
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, err := range client.Lines[int](ctx, c, client.NewRequest(http.MethodGet, "/")) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("error %v, want that of the context", err)
		}
	}
}

// TestLimits reads an answer whole: with no limit, or one that nothing reaches,
// and one that breaks off is an error in the same words as under any.
func TestLimits(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "100")
		}
		_, _ = io.WriteString(w, "whole")
	}))
	defer server.Close()
	for _, limit := range []int64{5, 6, math.MaxInt64, -1} {
		c := client.New(server.URL, client.WithLimit(limit))
		text, err := client.Text[string](c.Do(t.Context(), client.NewRequest(http.MethodGet, "/")))
		if text != "whole" || err != nil {
			t.Errorf("with limit %d: %q, %v, want all of it", limit, text, err)
		}
		_, err = client.Text[string](c.Do(t.Context(), client.NewRequest(http.MethodGet, "/cut")))
		if !errors.Is(err, io.ErrUnexpectedEOF) || !strings.HasPrefix(err.Error(), "read the answer: ") {
			t.Errorf("with limit %d: error %v, want one of reading", limit, err)
		}
	}
	c := client.New(server.URL, client.WithLimit(4))
	if _, err := client.Text[string](c.Do(t.Context(), client.NewRequest(http.MethodGet, "/"))); err == nil {
		t.Error("an answer of more than 4 bytes is no error")
	}
}

func TestErrors(t *testing.T) {
	status, media, body := 0, "", ""
	c := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
	problem := `{"title":"Odd","status":422,"detail":"2 wrong","errors":[{"in":"body","name":"/a","detail":"is odd"},{"in":"query","name":"b","detail":"is even"}]}`
	for _, test := range []struct {
		status      int
		media, body string
		prepare     func(*client.Request)
		want        string // how the error ends; empty for none
	}{
		{422, "application/problem+json", problem, nil, ": 422 Odd: 2 wrong: body /a is odd, query b is even"},
		{404, "text/plain", "lost", nil, ": 404 Not Found"},
		{500, "application/problem+json; charset=utf-8", `{`, nil, ": 500 Internal Server Error"},
		{599, "", "", nil, ": 599"},
		{399, "", "", nil, ""},
		{404, "text/plain", "lost", func(r *client.Request) { r.Expect(404, 409) }, ""},
		{410, "text/plain", "lost", func(r *client.Request) { r.Expect(404, 409) }, ": 410 Gone"},
		{404, "application/problem+json", `{}`, func(r *client.Request) { r.Expect(404) }, ": 404 Not Found"},
		{404, "application/json", `{}`, func(r *client.Request) { r.ExpectAny() }, ""},
	} {
		status, media, body = test.status, test.media, test.body
		req := client.NewRequest(http.MethodGet, "/x")
		if test.prepare != nil {
			test.prepare(req)
		}
		err := client.Nothing(c.Do(t.Context(), req))
		if (err == nil) != (test.want == "") || err != nil && !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%d %s: error %v, want …%s", test.status, test.media, err, test.want)
			continue
		}
		if e, ok := errors.AsType[*client.Error](err); ok && (e.Status != test.status || string(e.Body) != test.body || e.Header.Get("Content-Type") != test.media) {
			t.Errorf("%d %s: the error holds %+v", test.status, test.media, e)
		}
	}
}

// TestNothingIsSent wants what cannot arrive as it is to be an error, and the
// body to be closed.
func TestNothingIsSent(t *testing.T) {
	c := serve(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was asked for", r.URL) })
	for name, prepare := range map[string]func(*client.Request){
		"header":      func(r *client.Request) { r.Header("X-A", runtime.FormatString(" a")) },
		"header line": func(r *client.Request) { r.Header("X-A", runtime.FormatString("a\r\nb")) },
		"header list": func(r *client.Request) { r.HeaderList("X-A", runtime.FormatString("a,b")) },
		"cookie":      func(r *client.Request) { r.Cookie("a", runtime.FormatString("a;b")) },
		"user":        func(r *client.Request) { r.BasicAuth(runtime.BasicAuth{Username: "a:b"}) },
		"time": func(r *client.Request) {
			r.Query("at", client.FormatText(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)))
		},
		"number":  func(r *client.Request) { r.Query("n", runtime.FormatFloat(inf())) },
		"type":    func(r *client.Request) { r.Query("n", client.FormatText(struct{}{})) },
		"body":    func(r *client.Request) { r.JSON(func() {}) },
		"absent":  func(r *client.Request) { r.JSON([]any{map[string]any{"x": &struct{ A runtime.Optional[int] }{}}}) },
		"two":     func(r *client.Request) { r.Path("id", runtime.FormatString("a"), runtime.FormatString("b")) },
		"dots":    func(r *client.Request) { r.Path("id", runtime.FormatString("..")) },
		"nothing": func(*client.Request) {},
	} {
		req := client.NewRequest(http.MethodPost, "/{id}")
		if name != "nothing" && name != "dots" && name != "two" {
			req.Path("id", runtime.FormatInt(1))
		}
		prepare(req)
		if _, err := c.Do(t.Context(), req); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	closed := &closing{Reader: strings.NewReader("x")}
	req := client.NewRequest(http.MethodPost, "/{id}")
	req.Reader(closed)
	if _, err := c.Do(t.Context(), req); err == nil || !closed.done {
		t.Errorf("error %v, and the body is closed: %t", err, closed.done)
	}
}

func inf() float64 {
	zero := 0.0
	return 1 / zero
}

type closing struct {
	io.Reader
	done bool
}

func (c *closing) Close() error { c.done = true; return nil }

// TestNoGoroutineIsLeft ends uploads in the middle.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := goruntime.NumGoroutine()
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	server := httptest.NewServer(handler)
	for _, c := range []*client.Client{
		client.New(server.URL, client.WithHTTPClient(server.Client())), client.New("", client.WithHandler(handler)), client.New("bad"),
	} {
		req := client.NewRequest(http.MethodPost, "/")
		req.MultipartWriter(func(w *multipart.Writer) error {
			for {
				if err := w.WriteField("x", strings.Repeat("x", 1<<16)); err != nil {
					return err
				}
			}
		})
		if err := client.Nothing(c.Do(t.Context(), req)); err == nil {
			t.Error("no error")
		}
	}
	server.Close()
	for range 500 {
		if goruntime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("%d goroutines, want %d", goruntime.NumGoroutine(), before)
}

// TestInvalidOptions wants them to be found when the program starts.
func TestInvalidOptions(t *testing.T) {
	for name, option := range map[string]func(){
		"client":  func() { client.WithHTTPClient(nil) },
		"editor":  func() { client.WithEditor(nil) },
		"handler": func() { client.WithHandler(nil) },
		"limit":   func() { client.WithLimit(0) },
		"edit":    func() { client.Edit(context.Background(), nil) },
	} {
		func() {
			defer func() {
				if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "client: ") {
					t.Errorf("%s: panic %q, want one that begins with client:", name, text)
				}
			}()
			option()
		}()
	}
}

package echoclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/golden"
	"example.com/golden/echoclient"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/client"
)

// each calls the handlers over a socket and without one.
func each(t *testing.T, test func(t *testing.T, c *echoclient.Client)) {
	server := httptest.NewServer(arrives.Routes())
	t.Cleanup(server.Close)
	t.Run("socket", func(t *testing.T) { test(t, echoclient.New(server.URL)) })
	t.Run("inside", func(t *testing.T) { test(t, echoclient.New("", client.WithHandler(arrives.Routes()))) })
}

// texts are hard to send.
var texts = []string{
	"", "a", "a b", "a+b", "a%2Fb", "%", "a/b", "a/b/", "/a", "a?b=c&d", "#x", "a;b", "ä€😀", "\"q\"", `\`, "a,b", "\n", "\x00",
	"[]", "{x}", "a=b", ":", "~", "%zz", "  ", "..a", "...", "null", strings.Repeat("x", 3000),
}

var times = []time.Time{
	{}, time.Unix(0, 0).UTC(), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC),
	time.Date(2026, 2, 3, 4, 5, 6, 7, time.FixedZone("", 5*3600+1800)), time.Date(2026, 2, 3, 4, 5, 6, 0, time.FixedZone("", -11*3600)),
}

// same compares values; times by their instant and offset.
func same(t *testing.T, got, want any, err error) {
	t.Helper()
	if err != nil {
		t.Errorf("%+v: %v", want, err)
		return
	}
	if text, other := fmt.Sprintf("%#v", plain(got)), fmt.Sprintf("%#v", plain(want)); text != other {
		t.Errorf("got  %s\nwant %s", text, other)
	}
}

// plain replaces pointers and times by what they stand for.
func plain(v any) any {
	of := reflect.ValueOf(v)
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.RFC3339Nano)
	case netip.Addr, url.URL:
		return fmt.Sprint(v)
	}
	switch of.Kind() {
	case reflect.Pointer:
		if of.IsNil() {
			return nil
		}
		return plain(of.Elem().Interface())
	case reflect.Slice, reflect.Array:
		var list []any
		for i := range of.Len() {
			list = append(list, plain(of.Index(i).Interface()))
		}
		return list
	case reflect.Map:
		list := map[string]any{}
		for _, key := range of.MapKeys() {
			list[key.String()] = plain(of.MapIndex(key).Interface())
		}
		return list
	case reflect.Struct:
		var list []any
		for i := range of.NumField() {
			if of.Type().Field(i).IsExported() {
				list = append(list, of.Type().Field(i).Name, plain(of.Field(i).Interface()))
			}
		}
		return list
	}
	return v
}

// kinds makes values of every kind, with the extremes among them.
func kinds(r *rand.Rand) arrives.Kinds {
	text := func() string { return texts[r.IntN(len(texts))] }
	moment := func() time.Time { return times[r.IntN(len(times))] }
	k := arrives.Kinds{
		String: text(), Bool: r.IntN(2) == 0,
		Int: pick(r, 0, -1, math.MaxInt, math.MinInt), Int8: pick[int8](r, 0, math.MaxInt8, math.MinInt8),
		Int16: pick[int16](r, 0, math.MaxInt16, math.MinInt16), Int32: pick[int32](r, 0, math.MaxInt32, math.MinInt32),
		Int64: pick[int64](r, 0, 7, math.MaxInt64, math.MinInt64), Uint: pick[uint](r, 0, 1, math.MaxUint),
		Uint8: pick[uint8](r, 0, math.MaxUint8), Uint16: pick[uint16](r, 0, math.MaxUint16),
		Uint32: pick[uint32](r, 0, math.MaxUint32), Uint64: pick[uint64](r, 0, math.MaxUint64),
		Float32: pick[float32](r, 0, math.MaxFloat32, math.SmallestNonzeroFloat32, -0.1),
		Float64: pick(r, 0, math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, 1e21),
		Time:    moment(), Duration: pick[time.Duration](r, 0, 1, math.MaxInt64, math.MinInt64, -time.Hour),
		Addr: pick(r, netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("fe80::1%eth0")),
		URL:  pick(r, url.URL{Path: "x"}, url.URL{Scheme: "https", Host: "example.com", Path: "/a b/ä", RawQuery: "x=1&y=%2F"}),
		Role: arrives.Role(text()), Level: arrives.Level(pick(r, 1, 0, -5)), Limit: pick(r, 1, 20, math.MaxInt),
		Optional: pick(r, runtime.Optional[int]{}, runtime.Optional[int]{Present: true}, runtime.Optional[int]{Value: -3, Present: true}),
	}
	if r.IntN(2) == 0 {
		value := text()
		k.Pointer = &value
	}
	for range r.IntN(3) {
		k.List = append(k.List, text())
		k.Times = append(k.Times, moment())
	}
	if r.IntN(2) == 0 {
		k.Dict = map[string]string{text(): text(), "k": text()}
		k.Lists = map[string][]int{"one": {1}, text(): {3, math.MinInt}}
		k.Many = runtime.Optional[[]string]{Value: []string{text(), text()}, Present: true}
	}
	k.Paging = &arrives.Paging{Page: r.IntN(3)}
	return k
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func TestQuery(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			want := kinds(r)
			got, err := c.Query(t.Context(), want)
			same(t, got, want, err)
		}
		// An embedded pointer that is nil has nothing to send, and a limit of 0,
		// which is not allowed, stands for the default.
		want := kinds(r)
		want.Paging, want.Limit, want.Bool = nil, 0, false
		got, err := c.Query(t.Context(), want)
		want.Paging, want.Limit = &arrives.Paging{}, 20
		same(t, got, want, err)
	})
}

func TestPath(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		for i, text := range texts {
			moment, wait := times[i%len(times)], time.Duration(i)*time.Millisecond
			got, err := c.Segment(t.Context(), text)
			arrived(t, "segment", text, got, err, text == "" || strings.Contains(text, "\x00"))
			if text != "" {
				all, err := c.Path(t.Context(), "x"+text, math.MinInt64, math.MaxUint64, 1e-7, true, moment, -wait)
				if err == nil {
					at, _ := all[5].(string)
					same(t, []any{all[0], all[1], all[2], all[3], all[4], at, all[6]},
						[]any{"x" + text, fmt.Sprint(math.MinInt64), fmt.Sprint(uint64(math.MaxUint64)), 1e-7, true, moment.Format(time.RFC3339Nano), float64(-wait)}, nil)
				} else {
					arrived(t, "path", text, "", err, false)
				}
			}
			got, err = c.Rest(t.Context(), text)
			arrived(t, "rest", text, got, err, text == "/a")
		}
		for _, text := range []string{".", "..", "a//b", "a/../b", "./a"} {
			if got, err := c.Segment(t.Context(), text); err == nil {
				t.Errorf("segment %q arrives as %q, want an error", text, got)
			}
			if got, err := c.Rest(t.Context(), text); err == nil {
				t.Errorf("rest %q arrives as %q, want an error", text, got)
			}
		}
	})
}

// arrived wants a text to come back, or nothing to be sent if it may be refused.
func arrived(t *testing.T, where, want, got string, err error, mayFail bool) {
	t.Helper()
	answered := (*client.Error)(nil)
	switch {
	case err != nil && mayFail && !errors.As(err, &answered):
	case err != nil:
		t.Errorf("%s %q: %v", where, want, err)
	case got != want:
		t.Errorf("%s %q arrives as %q", where, want, got)
	}
}

func TestHeaderAndCookie(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		for i, text := range texts {
			head := arrives.Head{Text: text, Int: math.MinInt64, Time: &times[i%len(times)], List: []string{"a", text}}
			got, err := c.Header(t.Context(), head)
			if err == nil {
				same(t, got, head, nil)
			} else {
				notSent(t, "header", text, err)
			}
			head.List = []string{"a", "b"}
			if got, err = c.Header(t.Context(), head); err == nil {
				same(t, got, head, nil)
			} else if strings.TrimSpace(text) == text && !strings.ContainsAny(text, "\n\x00") {
				t.Errorf("header %q: %v", text, err)
			}
			crumbs := arrives.Crumbs{Text: text, Int: -i, Float: 0.5, Time: times[i%len(times)]}
			if got, err := c.Cookie(t.Context(), crumbs); err == nil {
				same(t, got, crumbs, nil)
			} else {
				notSent(t, "cookie", text, err)
			}
		}
	})
}

func notSent(t *testing.T, where, text string, err error) {
	t.Helper()
	if answered := (*client.Error)(nil); errors.As(err, &answered) {
		t.Errorf("%s %q was sent, and refused: %v", where, text, err)
	}
}

func TestForm(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		yes := false
		for i, text := range texts {
			sheet := arrives.Sheet{Text: text, Int: int64(-i), Wait: time.Duration(i) * time.Minute, Tags: []string{text, "b"}}
			if i%2 == 0 {
				sheet.Maybe = &yes
			}
			got, err := c.Form(t.Context(), sheet)
			same(t, got, sheet, err)
			got, err = c.FormPost(t.Context(), sheet)
			same(t, got, sheet, err)
			values, err := c.Reply(t.Context(), sheet)
			same(t, values["text"], []string{text}, err)
		}
		got, err := c.FormPost(t.Context(), arrives.Sheet{})
		same(t, got, arrives.Sheet{}, err)
	})
}

func document(i int) arrives.Document {
	text := strings.ToValidUTF8(texts[i%len(texts)], "")
	d := arrives.Document{Text: text, Int: math.MaxInt64 - int64(i), Float: 0.1, Time: times[i%len(times)], Bytes: []byte("\x00\xff")}
	switch i % 4 {
	case 1:
		d.Pointer, d.Dict = &text, map[string]int{text: i}
	case 2:
		d.Optional = runtime.Optional[string]{Value: text, Present: true}
		d.Nullable.Present = true
	case 3:
		d.List, d.Nullable = []arrives.Document{document(i + 1)}, runtime.Optional[runtime.Nullable[int]]{
			Value: runtime.Nullable[int]{Value: i, Valid: true}, Present: true}
	}
	return d
}

func TestBodies(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		for i, text := range texts {
			got, err := c.JSON(t.Context(), document(i))
			same(t, got, document(i), err)
			answer, err := c.Text(t.Context(), runtime.Text(text))
			same(t, answer, text, err)
			raw, err := c.Bytes(t.Context(), runtime.Bytes(text))
			same(t, string(raw), text, err)
		}
		n, err := c.Reader(t.Context(), io.LimitReader(strings.NewReader(strings.Repeat("x", 5<<20)), 5<<20))
		same(t, n, int64(5<<20), err)
		d, limit := arrives.Document{Int: 3}, 0
		answer, err := c.Maybe(t.Context(), nil, nil)
		same(t, answer, "false 0 false 0", err)
		answer, err = c.Maybe(t.Context(), &limit, &d)
		same(t, answer, "true 3 true 0", err)
		if _, err := c.LooseBody(t.Context(), arrives.Loose{}); err == nil || !strings.Contains(err.Error(), "omitzero") {
			t.Errorf("an absent value that would be null: %v, want an error that says omitzero", err)
		}
	})
}

func TestMultipart(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		year := 0
		got, err := c.Upload(t.Context(), echoclient.UploadForm{
			Title: "ä\r\nb", Year: &year, Tags: []string{"1", ""},
			Cover: &client.File{Name: "c\"o.png", ContentType: "image/png", Content: strings.NewReader("cover")},
		})
		if len(got) < 6 {
			t.Fatalf("%q, %v", got, err)
		}
		same(t, got[3:], []string{"c\"o.png", "image/png", "cover"}, err)
		same(t, got[:3], []string{"ä\r\nb", "true", "1|"}, err)
		if _, err = c.Upload(t.Context(), echoclient.UploadForm{Cover: &client.File{Name: "x", Content: broken{}}}); err == nil || !strings.Contains(err.Error(), "the disk") {
			t.Errorf("a file that cannot be read: %v", err)
		}
		names, err := c.Parts(t.Context(), func(w *multipart.Writer) error {
			return errors.Join(w.WriteField("one", "1"), w.WriteField("two", strings.Repeat("2", 1<<16)))
		})
		same(t, names, []string{"one", "two"}, err)
	})
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestStreams(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		events := []runtime.Event{{Data: "one"}, {Name: "n", ID: "i", Data: "a\nb\n\nc"}, {Name: "m", ID: "i", Data: "ä", Retry: time.Second}, {ID: "j"}}
		var got []runtime.Event
		for event, err := range c.Events(t.Context(), events) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, event)
		}
		same(t, got, events, nil)

		var want, lines []arrives.Document
		for i := range 20 {
			want = append(want, document(i))
		}
		for line, err := range c.Lines(t.Context(), want) {
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
		same(t, lines, want, nil)
		for range c.Lines(t.Context(), want) {
			break
		}
		var failed error
		for _, err := range c.Lines(t.Context(), []arrives.Document{{Int: 1}, {Int: math.MinInt64}}) {
			failed = err
		}
		if failed == nil {
			t.Error("a stream that breaks off ends without an error")
		}

		var sent []string
		for _, d := range want {
			sent = append(sent, d.Text)
		}
		summed, err := c.Sum(t.Context(), client.Values(want...))
		same(t, summed, sent, err)
		stop := errors.New("stop")
		if _, err := c.Sum(t.Context(), func(yield func(arrives.Document, error) bool) { yield(want[0], stop) }); !errors.Is(err, stop) {
			t.Errorf("lines that fail: %v", err)
		}

		body, err := c.Download(t.Context(), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		n, err := io.Copy(io.Discard, body)
		same(t, n, int64(1<<20), err)
	})
}

func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		found, err := c.Find(t.Context(), 7)
		same(t, found, arrives.Answer(arrives.Found{ID: 7}), err)
		if missing, err := c.Find(t.Context(), 0); err != nil || missing.(*arrives.Missing).Reason != "nothing is 0" {
			t.Errorf("Find(0) = %v, %v", missing, err)
		}
		_, err = c.Find(t.Context(), -1)
		problem(t, err, http.StatusNotFound, "-1 is negative")
		problem(t, c.Fail(t.Context(), 409), http.StatusConflict, "with 409")
		wrong := kinds(rand.New(rand.NewPCG(1, 2)))
		wrong.Limit = -1
		_, err = c.Query(t.Context(), wrong)
		if e := problem(t, err, http.StatusBadRequest, ""); e != nil &&
			!slices.Equal(e.Problems, []runtime.Problem{{In: "query", Name: "limit", Detail: "must be at least 1"}}) {
			t.Errorf("problems: %v", e.Problems)
		}

		text, meta, err := c.Meta(t.Context(), "hello")
		same(t, []any{text, meta.Status, meta.Header.Get("X-Text"), meta.Cookies()[0].Value}, []any{"hello", 202, "hello", "hello"}, err)
		pair, err := c.Basic(t.Context(), runtime.BasicAuth{Username: "ä", Password: "p:q"})
		same(t, pair, []string{"ä", "p:q"}, err)
		_, err = c.Basic(t.Context(), runtime.BasicAuth{})
		problem(t, err, http.StatusUnauthorized, "")
		pair, err = c.Whoami(t.Context(), "secret")
		same(t, pair, []string{"secret", "secret"}, err)

		match := "\"etag\""
		input := arrives.Input{ID: 3, Match: &match, Tags: []string{"a", "b"}, Theme: "light"}
		input.Body.Value.Text, input.Page = "text", 9
		text, err = c.Compose(t.Context(), input, "secret")
		same(t, text, "3 false \"etag\" [a b] light secret text 9", err)

		text, err = c.Any(t.Context(), "PATCH", "x y")
		same(t, text, "PATCH x y", err)
		text, err = client.Text[string](c.Redirect(t.Context()))
		same(t, text, "there", err)
	})
}

func problem(t *testing.T, err error, status int, detail string) *client.Error {
	t.Helper()
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		t.Errorf("error %v, want a *client.Error with status %d", err, status)
		return nil
	}
	if e.Status != status || e.Title != http.StatusText(status) || detail != "" && e.Detail != detail {
		t.Errorf("error %v, want %d %s", e, status, detail)
	}
	return e
}

// TestEdges is about the client itself: bases, editors and contexts.
func TestEdges(t *testing.T) {
	var seen []string
	note := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.URL.EscapedPath()+" "+r.Header.Get("X-Edit"))
		arrives.Routes().ServeHTTP(w, r)
	})
	edit := func(text string) func(*http.Request) error {
		return func(r *http.Request) error {
			r.Header.Set("X-Edit", r.Header.Get("X-Edit")+text)
			return nil
		}
	}
	c := echoclient.New("http://example.com/api%2Fv1/", client.WithHandler(note), client.WithEditor(edit("a")), client.WithEditor(edit("b")))
	ctx := client.Edit(client.Edit(t.Context(), edit("c")), edit("d"))
	if _, err := c.Segment(ctx, "a/b"); err == nil {
		t.Error("a path that is not there is found")
	}
	same(t, seen, []string{"/api%2Fv1/segment/a%2Fb/end abcd"}, nil)

	stop := errors.New("stop")
	c = echoclient.New("", client.WithHandler(note), client.WithEditor(func(*http.Request) error { return stop }))
	if _, err := c.Segment(t.Context(), "x"); !errors.Is(err, stop) {
		t.Errorf("error %v, want that of the editor", err)
	}
	for _, base := range []string{"", "example.com", "ftp://example.com", "http://", "http://x/?q", "http://x y"} {
		if _, err := echoclient.New(base).Segment(t.Context(), "x"); err == nil {
			t.Errorf("the base URL %q is accepted", base)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := echoclient.New("", client.WithHandler(note)).Segment(ended, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	small := echoclient.New("", client.WithHandler(arrives.Routes()), client.WithLimit(10))
	if _, err := small.Text(t.Context(), "more than ten"); err == nil {
		t.Error("an answer beyond the limit is accepted")
	}
}

// TestKinds calls what is answered in the ways that no other test is about.
func TestKinds(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		for _, want := range []arrives.Addresses{
			{
				IP: net.ParseIP("192.0.2.1"), Port: netip.MustParseAddrPort("192.0.2.1:80"),
				Prefix: netip.MustParsePrefix("192.0.2.0/24"), Byte: 255, Rune: '😀',
			},
			{
				IP: net.ParseIP("2001:db8::1"), Port: netip.MustParseAddrPort("[fe80::1%eth0]:80"),
				Prefix: netip.MustParsePrefix("2001:db8::/32"), Rune: -1,
			},
		} {
			got, err := c.Addressed(t.Context(), want)
			same(t, fmt.Sprint(got), fmt.Sprint(want), err)
		}
		values := url.Values{"": {"x"}, "a b": {"", "&"}, "ü": texts}
		query, err := c.Values(t.Context(), values)
		same(t, fmt.Sprint(query), fmt.Sprint(values), err)
		attempt, err := c.Attempt(t.Context(), 7)
		same(t, attempt, "7", err)

		page, err := c.Page(t.Context(), "ä <b>")
		same(t, page, runtime.HTML("<h1>ä <b></h1>"), err)
		tagged, meta, err := c.Tagged(t.Context(), "7")
		same(t, []string{tagged, meta.Header.Get("ETag"), meta.Header.Get("X-Stamp")}, []string{"version 7", `"7"`, "7"}, err)
		if err := c.Nothing(t.Context(), "x"); err != nil {
			t.Error(err)
		}
		n, meta, err := c.Cookies(t.Context(), 3)
		same(t, []int{n, len(meta.Cookies())}, []int{3, 3}, err)

		stream, err := c.Stream(t.Context(), 70_000)
		if err != nil {
			t.Fatal(err)
		}
		size, err := io.Copy(io.Discard, stream)
		same(t, size, int64(70_000), err)
		stream.Close()

		for _, status := range []int{200, 404, 503} {
			res, err := c.Whole(t.Context(), status)
			answered(t, res, err, status, "X-Whole", "whole")
		}
		res, err := c.Upstream(t.Context(), "ä")
		answered(t, res, err, http.StatusAccepted, "X-Up", "ä")
		res, err = c.Handler(t.Context())
		answered(t, res, err, http.StatusOK, "", "/handler")
	})
}

// answered wants an answer that the client does not read to have arrived.
func answered(t *testing.T, res *http.Response, err error, status int, header, text string) {
	t.Helper()
	if err != nil {
		t.Error(err)
		return
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	same(t, string(body), text, err)
	if res.StatusCode != status || header != "" && res.Header.Get(header) != "yes" {
		t.Errorf("the answer is %s %v", res.Status, res.Header)
	}
}

// TestSequences reads each kind of stream to its end, and one that is empty.
func TestSequences(t *testing.T) {
	each(t, func(t *testing.T, c *echoclient.Client) {
		for name, stream := range map[string]func(ctx context.Context, n int) iter.Seq2[runtime.Event, error]{
			"Ticks": c.Ticks, "Channel": c.Channel, "EventStream": c.EventStream,
		} {
			for _, n := range []int{0, 3} {
				var ids []string
				for event, err := range stream(t.Context(), n) {
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					ids = append(ids, event.ID)
				}
				same(t, ids, []string{"0", "1", "2"}[:n], nil)
			}
		}
		sum := 0
		for i, err := range c.Count(t.Context(), 5) {
			if err != nil {
				t.Fatal(err)
			}
			sum += i
		}
		same(t, sum, 10, nil)
	})
}

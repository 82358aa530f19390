package sse

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// parseTests are streams and their events. Those of the standard are marked.
var parseTests = []struct {
	name, stream string
	want         []runtime.Event
}{
	{"nothing", "", nil},
	{"standard, three lines of data", "data: YHOO\ndata: +2\ndata: 10\n\n", []runtime.Event{{Data: "YHOO\n+2\n10"}}},
	{
		"standard, four blocks", ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
		[]runtime.Event{{Data: "first event", ID: "1"}, {Data: "second event"}, {Data: " third event"}},
	},
	{"standard, empty data", "data\n\ndata\ndata\n\ndata:", []runtime.Event{{}, {Data: "\n"}}},
	{"standard, one space is ignored", "data:test\n\ndata: test\n\n", []runtime.Event{{Data: "test"}, {Data: "test"}}},
	{"name", "event: add\ndata: 1\n\ndata: 2\n\n", []runtime.Event{{Name: "add", Data: "1"}, {Data: "2"}}},
	{"the last name counts", "event: a\nevent: b\ndata\n\n", []runtime.Event{{Name: "b"}}},
	{"name without data", "event: add\n\ndata: 2\n\n", []runtime.Event{{Data: "2"}}},
	{"the ID stays", "id: 1\ndata: a\n\ndata: b\n\nid: 2\n\ndata: c\n\n", []runtime.Event{{ID: "1", Data: "a"}, {ID: "1", Data: "b"}, {ID: "2", Data: "c"}}},
	{"NUL in the ID", "id: 1\ndata: a\n\nid: 2\x003\ndata: b\n\n", []runtime.Event{{ID: "1", Data: "a"}, {ID: "1", Data: "b"}}},
	{"retry", "retry: 1500\ndata: a\n\ndata: b\n\n", []runtime.Event{{Data: "a", Retry: 1500 * time.Millisecond}, {Data: "b"}}},
	{"retry of anything but digits", "retry: 1.5\nretry: -1\nretry: +1\nretry: 1e3\nretry:  1\nretry: ٣\nretry\nretry: 99999999999999999999\ndata: a\n\n", []runtime.Event{{Data: "a"}}},
	{"retry beyond a duration", "retry: 9223372036855\ndata: a\n\n", []runtime.Event{{Data: "a"}}},
	{"CR", "data: a\rdata: b\r\rdata: c\r\r", []runtime.Event{{Data: "a\nb"}, {Data: "c"}}},
	{"CRLF", "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", []runtime.Event{{Data: "a\nb"}, {Data: "c"}}},
	{"ends of all kinds", "data: a\r\n\ndata: b\n\r\ndata: c\r\r\ndata: d\n\r", []runtime.Event{{Data: "a"}, {Data: "b"}, {Data: "c"}, {Data: "d"}}},
	{"byte order mark", "\ufeffdata: a\n\n", []runtime.Event{{Data: "a"}}},
	{"byte order marks later", "\ufeff\ufeffdata: a\n\n\ufeffdata: b\n\ndata: \ufeff\n\n", []runtime.Event{{Data: "\ufeff"}}},
	{"half a byte order mark", "\xef\xbbdata: a\n\ndata: b\n\n", []runtime.Event{{Data: "b"}}},
	{"unknown fields", "data: a\nfoo: b\nDATA: c\n data: d\ndata : e\n\n", []runtime.Event{{Data: "a"}}},
	{"comments", ":\n: c\n:data: c\n::\ndata: a\n:\n\n:\n\n", []runtime.Event{{Data: "a"}}},
	{"colons", "data: a: b\ndata:: c\n\n", []runtime.Event{{Data: "a: b\n: c"}}},
	{"an end without an empty line", "data: a\n\ndata: b\n", []runtime.Event{{Data: "a"}}},
	{"an end in the middle of a line", "data: a\n\ndata: b", []runtime.Event{{Data: "a"}}},
	{"other ends of lines", "data: a\vb\fc\u0085d\u2028e\x00f\n\n", []runtime.Event{{Data: "a\vb\fc\u0085d\u2028e\x00f"}}},
	{"long", "data: " + strings.Repeat("x", 10_000) + "\nid: 1\n\n", []runtime.Event{{ID: "1", Data: strings.Repeat("x", 10_000)}}},
}

func TestParse(t *testing.T) {
	for _, test := range parseTests {
		t.Run(test.name, func(t *testing.T) {
			for name, r := range map[string]io.Reader{
				"whole": strings.NewReader(test.stream),
				"bytes": iotest.OneByteReader(strings.NewReader(test.stream)),
				"halfs": iotest.HalfReader(strings.NewReader(test.stream)),
				"end":   iotest.DataErrReader(strings.NewReader(test.stream)),
			} {
				got, err := collect(r, 0)
				if err != nil || !reflect.DeepEqual(got, test.want) {
					t.Errorf("%s: got %+v, %v, want %+v", name, got, err, test.want)
				}
			}
			if reference := naive(test.stream); !reflect.DeepEqual(reference, test.want) {
				t.Errorf("the reference yields %+v", reference)
			}
		})
	}
}

func collect(r io.Reader, limit int) (events []runtime.Event, err error) {
	for event, err := range Read(r, limit) {
		if err != nil {
			return events, err
		}
		events = append(events, event)
	}
	return events, nil
}

// naive parses a whole stream line by line, as one would by the grammar of the
// standard.
func naive(stream string) (events []runtime.Event) {
	stream = strings.TrimPrefix(stream, "\ufeff")
	stream = strings.ReplaceAll(strings.ReplaceAll(stream, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(stream, "\n")
	var event runtime.Event
	var data []string
	id := ""
	for _, line := range lines[:len(lines)-1] { // the last one has no end
		if line == "" {
			if data != nil {
				event.ID, event.Data = id, strings.Join(data, "\n")
				events = append(events, event)
			}
			event, data = runtime.Event{}, nil
			continue
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case field == "event":
			event.Name = value
		case field == "data":
			data = append(data, value)
		case field == "id" && !strings.Contains(value, "\x00"):
			id = value
		case field == "retry" && value != "" && strings.Trim(value, "0123456789") == "":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n < 1<<63/1_000_000 {
				event.Retry = time.Duration(n) * time.Millisecond
			}
		}
	}
	return events
}

// TestParseDoesNotWait wants an event as soon as its empty line is there, also
// when an LF may follow.
func TestParseDoesNotWait(t *testing.T) {
	for _, end := range []string{"\n", "\r", "\r\n"} {
		in, out := io.Pipe()
		got := make(chan runtime.Event)
		go func() {
			defer close(got)
			for event := range Read(in, 0) {
				got <- event
			}
		}()
		for i := range 3 {
			fmt.Fprintf(out, "data: %d%s%s", i, end, end)
			if event := <-got; event.Data != strconv.Itoa(i) {
				t.Errorf("%q: got %+v", end, event)
			}
		}
		out.Close()
		if event, ok := <-got; ok {
			t.Errorf("%q: got %+v at the end", end, event)
		}
	}
}

func TestParseLimit(t *testing.T) {
	stream := "data: 12345\n\n: 123456789\n\nid: 1\ndata: 12\n\ndata: 123456\n\n"
	if got, err := collect(strings.NewReader(stream), 12); len(got) != 1 || !errors.Is(err, ErrTooLong) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := collect(strings.NewReader(stream), 13); len(got) != 3 || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	comments := strings.Repeat(": 34567890\n", 1000)
	if got, err := collect(strings.NewReader("id: 1\n"+comments+"data:5678\n\n: 34567890123456\n"), 15); len(got) != 1 || !errors.Is(err, ErrTooLong) {
		t.Errorf("comments: got %+v, %v", got, err)
	}
	endless := io.MultiReader(strings.NewReader("data: "), strings.NewReader(strings.Repeat("x", DefaultLimit)))
	if got, err := collect(endless, 0); len(got) != 0 || !errors.Is(err, ErrTooLong) {
		t.Errorf("got %d events, %v", len(got), err)
	}
	long := "data: " + strings.Repeat("x", 2*DefaultLimit) + "\n\n"
	if got, err := collect(strings.NewReader(long), -1); len(got) != 1 || err != nil {
		t.Errorf("got %d events, %v", len(got), err)
	}
}

func TestParseError(t *testing.T) {
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader("data: a\n\ndata: b\n"), iotest.ErrReader(broken))
	if got, err := collect(r, 0); len(got) != 1 || !errors.Is(err, broken) {
		t.Errorf("got %+v, %v", got, err)
	}
	for event := range Read(strings.NewReader("data: a\n\ndata: b\n\n"), 0) {
		if event.Data != "a" {
			t.Errorf("got %+v after break", event)
		}
		break
	}
}

// written is a stream as handlers answer with it.
func written(t testing.TB, events ...runtime.Event) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := runtime.WriteEventSeq(w, httptest.NewRequest("GET", "/", nil), http.StatusOK, slices.Values(events)); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

// FuzzParse compares with the reference, whole and byte by byte.
func FuzzParse(f *testing.F) {
	for _, test := range parseTests {
		f.Add(test.stream)
	}
	f.Fuzz(func(t *testing.T, stream string) {
		want := naive(stream)
		for _, r := range []io.Reader{strings.NewReader(stream), iotest.OneByteReader(strings.NewReader(stream))} {
			if got, err := collect(r, -1); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%q: got %+v, %v, want %+v", stream, got, err, want)
			}
		}
	})
}

// FuzzRoundTrip reads what handlers write: one event is one event, whatever is
// in it.
func FuzzRoundTrip(f *testing.F) {
	f.Add("add", "1", "a\nb\r\nc\rd", "comment\ndata: x", int64(1500))
	f.Add("", "", "", "", int64(0))
	f.Add("", "", "\r\n\n\r", "", int64(1))
	f.Fuzz(func(t *testing.T, name, id, data, comment string, millis int64) {
		event := runtime.Event{Name: name, ID: id, Data: data, Comment: comment, Retry: time.Duration(millis) * time.Millisecond}
		if strings.ContainsAny(name, "\r\n") || strings.ContainsFunc(id, isControl) || event.Retry < 0 ||
			event.Retry.Milliseconds() != millis {
			t.Skip("cannot be sent")
		}
		sentinel := runtime.Event{Data: "the next one"}
		got, err := collect(strings.NewReader(written(t, event, sentinel)), -1)
		if err != nil {
			t.Fatal(err)
		}
		want := event
		want.Comment = ""
		want.Data = strings.ReplaceAll(strings.ReplaceAll(data, "\r\n", "\n"), "\r", "\n")
		sentinel.ID = id
		all := []runtime.Event{want, sentinel}
		if name == "" && id == "" && data == "" && (comment != "" || millis > 0) {
			all = all[1:] // is no message
		}
		if !reflect.DeepEqual(got, all) {
			t.Errorf("got %+v, want %+v", got, all)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	stream := strings.Repeat("event: tick\nid: 12345\ndata: some data that is not too long\n\n", 10_000)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for range Read(strings.NewReader(stream), 0) {
			n++
		}
		if n != 10_000 {
			b.Fatal(n)
		}
	}
}

package runtime

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// linesOf reads a body of JSON lines.
func linesOf[T any](t testing.TB, body io.Reader, limit int64) JSONLines[T] {
	t.Helper()
	r := httptest.NewRequest("POST", "/", body)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/x-ndjson")
	in := NewInput(httptest.NewRecorder(), r)
	lines, err := ReadJSONLines[T](&in, limit, nil)
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// collectLines lists values, and the errors among them.
func collectLines[T any](seq iter.Seq2[T, error]) (got []string) {
	for v, err := range seq {
		if err != nil {
			got = append(got, fmt.Sprintf("%d %v", StatusOf(err), err))
			continue
		}
		got = append(got, fmt.Sprint(v))
	}
	return got
}

func TestJSONLines(t *testing.T) {
	long := strings.Repeat("x", 100_000)
	tests := []struct {
		name, body string
		limit      int64
		want       []string
	}{
		{"nothing", "", -1, nil},
		{"empty lines", "\n \r\n\t\n\n", -1, nil},
		{"ends of lines", "1\n2\r\n3", -1, []string{"1", "2", "3"}},
		{"empty lines count", "\n\n\"a\"\n", -1, []string{"422 body line 3: must be an integer"}},
		{"spaces", " 1 \n\t2\t\n", -1, []string{"1", "2"}},
		{"two in one line", "1 2\n3\n", -1, []string{"400 line 1 is not JSON at column 3", "3"}},
		{"one in two lines", "[1,\n2]\n3\n", -1, []string{"400 line 1 ends in the middle of its JSON", "400 line 2 is not JSON at column 2", "3"}},
		{"not JSON", "x\n1\n", -1, []string{"400 line 1 is not JSON at column 1", "1"}},
		{"byte order mark", "\ufeff1\n2\n", -1, []string{"400 line 1 is not JSON at column 1", "2"}},
		{"null", "null\n", -1, []string{"0"}},
		{"longer than the buffer", `"` + long + `"` + "\n1\n", -1, []string{"422 body line 1: must be an integer", "1"}},
		{"the limit", "1\n2\n3", 5, []string{"1", "2", "3"}},
		{"beyond the limit", "1\n2\n34\n", 5, []string{"1", "2", "413 the body must have at most 5 bytes"}},
		{"beyond the limit of a line", "1\n" + strings.Repeat(" ", int(DefaultBodyLimit)) + "2\n3\n", -1, []string{"1", "413 line 2 must have at most 2097152 bytes"}},
		{"at the limit of a line", strings.Repeat(" ", int(DefaultBodyLimit)-1) + "2\n3\n", -1, []string{"2", "3"}},
	}
	for _, test := range tests {
		for name, body := range map[string]io.Reader{
			"whole": strings.NewReader(test.body), "halfs": iotest.HalfReader(strings.NewReader(test.body)),
			"end": iotest.DataErrReader(strings.NewReader(test.body)),
		} {
			lines := linesOf[int](t, body, test.limit)
			if got := collectLines(lines.Value); !slices.Equal(got, test.want) {
				t.Errorf("%s, %s: got %.200q, want %q", test.name, name, got, test.want)
			}
		}
	}
}

func TestJSONLinesBreakOff(t *testing.T) {
	broken := errors.New("connection reset")
	lines := linesOf[int](t, io.MultiReader(strings.NewReader("1\n2\n3"), iotest.ErrReader(broken)), -1)
	want := []string{"1", "2", "400 the body could not be read to its end"}
	if got := collectLines(lines.Value); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	again := collectLines(lines.Value)
	if !slices.Equal(again, want[2:]) {
		t.Errorf("once more: got %q", again)
	}
	for _, err := range lines.Value {
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

// TestJSONLinesGoOn wants a second range to go on where the first was left.
func TestJSONLinesGoOn(t *testing.T) {
	lines := linesOf[int](t, strings.NewReader("1\n2\n3\n"), -1)
	for v := range lines.Value {
		if v != 1 {
			t.Errorf("got %d", v)
		}
		break
	}
	if got := collectLines(lines.Value); !slices.Equal(got, []string{"2", "3"}) {
		t.Errorf("got %q", got)
	}
	if got := collectLines(lines.Value); got != nil {
		t.Errorf("got %q after the end", got)
	}
}

// TestJSONLinesAreApart wants nothing of a line to be found in the next one.
func TestJSONLinesAreApart(t *testing.T) {
	type item struct {
		A, B *int
		List []int
		Map  map[string]int
	}
	lines := linesOf[item](t, strings.NewReader(`{"A":1,"List":[1,2],"Map":{"a":1}}`+"\n"+`{"B":2,"List":[3],"Map":{"b":1}}`+"\n{\"A\":1,\"B\":\"\"}\n"), -1)
	var all []item
	for v, err := range lines.Value {
		if err != nil && (v.A != nil || StatusOf(err) != 422) {
			t.Errorf("got %+v, %v", v, err)
		}
		all = append(all, v)
	}
	if len(all) != 3 || all[1].A != nil || *all[0].A != 1 || !slices.Equal(all[0].List, []int{1, 2}) || len(all[0].Map) != 1 || len(all[1].Map) != 1 {
		t.Errorf("got %+v", all)
	}
}

func TestJSONLinesBefore(t *testing.T) {
	for contentType, want := range map[string]int{
		"application/x-ndjson": 200, "application/ndjson": 200, "application/jsonl": 200, "Application/X-JSONLines; a=b": 200,
		"application/json": 415, "application/json-seq": 415, "text/plain": 415, "": 415,
	} {
		r := httptest.NewRequest("POST", "/", strings.NewReader("1\n"))
		r.Header["Content-Type"] = []string{contentType}
		in := NewInput(httptest.NewRecorder(), r)
		_, err := ReadJSONLines[int](&in, 2, nil)
		if want == 200 && err != nil || want != 200 && StatusOf(err) != want {
			t.Errorf("%q: got %v", contentType, err)
		}
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader("1\n2\n"))
	r.Header.Set("Content-Type", "application/jsonl")
	in := NewInput(httptest.NewRecorder(), r)
	if _, err := ReadJSONLines[int](&in, 3, nil); StatusOf(err) != 413 {
		t.Errorf("a body that says how long it is: got %v", err)
	}
	r = httptest.NewRequest("POST", "/", nil)
	r.Body, r.Header = nil, http.Header{"Content-Type": {"application/jsonl"}}
	in = NewInput(httptest.NewRecorder(), r)
	if lines, err := ReadJSONLines[int](&in, 3, nil); err != nil || collectLines(lines.Value) != nil {
		t.Errorf("no body: got %v", err)
	}
}

// TestJSONLinesEcho answers each line before the next one is sent, over real
// connections: nothing is held on either side.
func TestJSONLinesEcho(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				in := NewInput(w, r)
				lines, err := ReadJSONLines[int](&in, NoLimit, nil)
				if err != nil {
					WriteError(w, r, err)
					return
				}
				if err := WriteLines(w, r, 200, lines.Value); err != nil {
					WriteError(w, r, err)
				}
			}, protocol)
			in, out := io.Pipe()
			go io.WriteString(out, "0\n")
			response, err := s.Client().Post(s.URL, "application/x-ndjson", in)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			for i := range 20 {
				want := fmt.Sprintln(i)
				got := make([]byte, len(want))
				if _, err := io.ReadFull(response.Body, got); err != nil || string(got) != want {
					t.Fatalf("got %q, %v", got, err)
				}
				fmt.Fprintln(out, i+1)
			}
			out.Close()
			if rest, err := io.ReadAll(response.Body); err != nil || string(rest) != "20\n" {
				t.Errorf("at the end: %q, %v", rest, err)
			}
		})
	}
}

// TestJSONLinesExpect wants a client that waits to be asked for the body to be
// asked, although the answer begins before anything is read of it.
func TestJSONLinesExpect(t *testing.T) {
	s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		lines, err := ReadJSONLines[int](&in, NoLimit, nil)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		if err := WriteEvents(w, r, 200, func(yield func(Event, error) bool) {
			for n, err := range lines.Value {
				if !yield(Event{Data: fmt.Sprint(n)}, err) {
					return
				}
			}
		}); err != nil {
			t.Error(err)
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), "POST", s.URL, strings.NewReader("1\n2\n"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/jsonl")
	r.Header.Set("Expect", "100-continue")
	s.Client().Transport.(*http.Transport).ExpectContinueTimeout = patience
	response, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if got, err := io.ReadAll(response.Body); err != nil || string(got) != "data: 1\n\ndata: 2\n\n" {
		t.Errorf("got %q, %v", got, err)
	}
}

// TestJSONLinesHoldOne reads many lines in the memory of one.
func TestJSONLinesHoldOne(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	const n = 100_000
	body := strings.Repeat("12345\n", n)
	allocations := testing.AllocsPerRun(1, func() {
		sum := 0
		for v, err := range linesOf[int](t, strings.NewReader(body), -1).Value {
			if err != nil {
				t.Fatal(err)
			}
			sum += v
		}
		if sum != 12345*n {
			t.Errorf("the sum is %d", sum)
		}
	})
	if allocations > 3*n+1000 { // those of encoding/json
		t.Errorf("%v allocations for %d lines", allocations, n)
	}
}

// FuzzJSONLines wants the lines of any body to be those that one gets by cutting
// it up whole.
func FuzzJSONLines(f *testing.F) {
	for _, body := range []string{"1\n2\r\n\n3", "[1,\n2]", "{\"a\":\"\\n\"}\n", "\ufeff1\n", "nul\nnull"} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var want []string
		for _, line := range strings.Split(body, "\n") {
			var v any
			if skipSpace([]byte(line), 0) == len(line) {
				continue
			}
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				want = append(want, "error")
				continue
			}
			want = append(want, fmt.Sprint(v))
		}
		var got []string
		for v, err := range linesOf[any](t, iotest.HalfReader(strings.NewReader(body)), -1).Value {
			if err != nil {
				got = append(got, "error")
				continue
			}
			got = append(got, fmt.Sprint(v))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", body, got, want)
		}
	})
}

func BenchmarkJSONLines(b *testing.B) {
	type item struct {
		ID   int
		Name string
		Tags []string
	}
	const line = `{"ID":12345,"Name":"a name of some length","Tags":["a","b"]}` + "\n"
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	body := io.LimitReader(&repeating{text: line}, int64(b.N*len(line)))
	lines := linesOf[item](b, body, -1)
	b.ResetTimer()
	n := 0
	for _, err := range lines.Value {
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != b.N {
		b.Fatal(n)
	}
}

// A repeating reader yields a text again and again.
type repeating struct {
	text string
	at   int
}

func (r *repeating) Read(p []byte) (n int, err error) {
	for n < len(p) {
		c := copy(p[n:], r.text[r.at:])
		n, r.at = n+c, (r.at+c)%len(r.text)
	}
	return n, nil
}

package runtime

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serveLines is an adapter as handlergen writes it.
func serveLines[T any](open func(ctx context.Context) iter.Seq2[T, error]) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out := open(r.Context())

		if err := WriteLines(w, r, http.StatusOK, out); err != nil {
			WriteError(w, r, err)
		}
	}
}

// TestLinesArrive wants each line to arrive before there is another, through
// middleware.
func TestLinesArrive(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			next := make(chan int)
			adapter := serveLines(func(context.Context) iter.Seq2[int, error] {
				return func(yield func(int, error) bool) {
					for n := range next {
						yield(n, nil)
					}
				}
			})
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) { adapter(wrappedWriter{w}, r) }, protocol)
			go func() { next <- 0 }()
			body := bufio.NewReader(s.get(t, "GET").Body)
			for i := range 20 {
				if got, err := body.ReadString('\n'); err != nil || got != fmt.Sprintln(i) {
					t.Fatalf("got %q, %v", got, err)
				}
				next <- i + 1
			}
			close(next)
			if rest, err := io.ReadAll(body); err != nil || string(rest) != "20\n" {
				t.Errorf("at the end: %q, %v", rest, err)
			}
		})
	}
}

// TestManyLines wants all lines, short and long, and in order.
func TestManyLines(t *testing.T) {
	long := strings.Repeat("x", chunkSize)
	value := func(i int) string { return fmt.Sprint(i, long[:i*i%len(long)]) }
	const n = 500
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, serveLines(func(context.Context) iter.Seq2[string, error] {
				return func(yield func(string, error) bool) {
					for i := 0; i < n && yield(value(i), nil); i++ {
					}
				}
			}), protocol)
			lines := bufio.NewReader(s.get(t, "GET").Body)
			for i := range n {
				line, err := lines.ReadBytes('\n')
				var got string
				if err == nil {
					err = json.Unmarshal(line, &got)
				}
				if err != nil || got != value(i) {
					t.Fatalf("line %d is %.40q, %v", i, line, err)
				}
			}
			if _, err := lines.ReadByte(); err != io.EOF {
				t.Errorf("at the end: %v", err)
			}
		})
	}
}

func TestLinesFail(t *testing.T) {
	yields := func(err error, values ...any) iter.Seq2[any, error] {
		return func(yield func(any, error) bool) {
			for _, v := range values {
				if !yield(v, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
			}
		}
	}
	secret := errors.New("the database at 10.0.0.7 is gone")
	many := make([]any, 10_000)
	tests := []struct {
		name   string
		values iter.Seq2[any, error]
		status int
		want   string // of the body
		log    string
	}{
		{"error at first", yields(secret), 500, `{"title":"Internal Server Error","status":500}`, "10.0.0.7"},
		{"error later", yields(secret, 1, 2), 200, "1\n2\n", "10.0.0.7"},
		{"error much later", yields(secret, many...), 200, strings.Repeat("null\n", len(many)), "10.0.0.7"},
		{"unencodable at first", yields(nil, math.NaN()), 500, `{"title":"Internal Server Error","status":500}`, "encode value 1: "},
		{"unencodable later", yields(nil, 1, func() {}), 200, "1\n", "encode value 2: "},
		{"canceled by something else", yields(context.Canceled, 1), 200, "1\n", "context canceled"},
	}
	for name, protocol := range protocols {
		for _, test := range tests {
			t.Run(name+" "+test.name, func(t *testing.T) {
				s := serveSite(t, serveLines(func(context.Context) iter.Seq2[any, error] { return test.values }), protocol)
				response := s.get(t, "GET")
				got, err := io.ReadAll(response.Body)
				if broken := test.status == 200; response.StatusCode != test.status || string(got) != test.want || (err != nil) != broken {
					t.Errorf("got %d %.100q, %v, want %d %.100q, broken off %t", response.StatusCode, got, err, test.status, test.want, broken)
				}
				eventually(t, func() bool { return strings.Contains(s.log.String(), test.log) }, s.log.String)
			})
		}
	}
}

// TestLinesClientGoes lets clients vanish: values are stopped, and no one is
// told of an error.
func TestLinesClientGoes(t *testing.T) {
	for name, protocol := range protocols {
		for _, waits := range []bool{false, true} {
			t.Run(fmt.Sprint(name, waits), func(t *testing.T) {
				stopped := make(chan struct{})
				s := serveSite(t, serveLines(func(ctx context.Context) iter.Seq2[string, error] {
					return func(yield func(string, error) bool) {
						defer close(stopped)
						for yield("value", ctx.Err()) {
							if waits {
								<-ctx.Done()
							}
						}
					}
				}), protocol)
				response := s.get(t, "GET")
				if _, err := bufio.NewReader(response.Body).ReadString('\n'); err != nil {
					t.Fatal(err)
				}
				response.Body.Close()
				<-stopped
				s.Close()
				if log := s.log.String(); log != "" {
					t.Errorf("logged %s", log)
				}
			})
		}
	}
}

// TestLinesStuckClient does not read: the values must be stopped all the same.
func TestLinesStuckClient(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			stopped := make(chan struct{})
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				out := newPacer(w)
				out.timeout = 20 * time.Millisecond
				for long := make([]byte, 1<<20); ; {
					if _, err := out.Write(long); err != nil {
						break
					}
				}
				out.stop()
				<-r.Context().Done()
				close(stopped)
			}, protocol)
			s.get(t, "GET")
			<-stopped
		})
	}
}

// TestLinesOutlastWriteTimeout wants the limit for the whole answer not to
// count.
func TestLinesOutlastWriteTimeout(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, serveLines(func(context.Context) iter.Seq2[int, error] {
				return func(yield func(int, error) bool) {
					for i := 0; i < 4 && yield(i, nil); i++ {
						time.Sleep(200 * time.Millisecond)
					}
				}
			}), protocol, func(s *httptest.Server) { s.Config.WriteTimeout = 500 * time.Millisecond })
			if all, err := io.ReadAll(s.get(t, "GET").Body); err != nil || string(all) != "0\n1\n2\n3\n" {
				t.Errorf("got %q, %v", all, err)
			}
		})
	}
}

func TestLinesWithoutValues(t *testing.T) {
	ran := false
	values := func(func(int) bool) { ran = true }
	write := func(method string, status int) (*httptest.ResponseRecorder, error) {
		ran = false
		w := httptest.NewRecorder()
		return w, WriteLineSeq(w, httptest.NewRequest(method, "/", nil), status, values)
	}
	if w, err := write("GET", 204); err != nil || w.Code != 204 || w.Header().Get("Content-Type") != "" || ran {
		t.Errorf("204: got %v, %d %v, run %t", err, w.Code, w.Header(), ran)
	}
	if w, err := write("HEAD", 200); err != nil || w.Header().Get("Content-Type") != "application/x-ndjson" || ran {
		t.Errorf("HEAD: got %v, %d %v, run %t", err, w.Code, w.Header(), ran)
	}
	if w, err := write("GET", 201); err != nil || w.Code != 201 || w.Header().Get("Content-Type") != "application/x-ndjson" || !ran || w.Body.Len() > 0 {
		t.Errorf("none: got %v, %d %v, run %t", err, w.Code, w.Header(), ran)
	}
	if _, err := write("GET", 99); err == nil || ran {
		t.Errorf("99: got %v, run %t", err, ran)
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
	if err := WriteLineSeq[int](w, r, 200, nil); !errors.Is(err, ErrNilResponse) {
		t.Errorf("nil: got %v", err)
	}
	if err := WriteLines[int](w, r, 200, nil); !errors.Is(err, ErrNilResponse) {
		t.Errorf("nil: got %v", err)
	}
}

// TestLinesPanic wants a panic of values to go on, and no chunk to be used by
// two answers.
func TestLinesPanic(t *testing.T) {
	var panicked any
	func() {
		defer func() { panicked = recover() }()
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)
		WriteLineSeq(w, r, 200, func(yield func(int) bool) {
			yield(1)
			panic("values are broken")
		})
	}()
	if panicked != "values are broken" {
		t.Errorf("got %v", panicked)
	}
}

// byteWriter is an answer of which only the number of bytes is kept.
type byteWriter struct {
	nullWriter
	flushes int
}

func (w *byteWriter) Flush() { w.flushes++ }

func TestPacerHolds(t *testing.T) {
	w := &byteWriter{nullWriter: nullWriter{header: http.Header{}}}
	p := newPacer(w)
	p.holds = true
	p.armed = true // nothing is sent by time
	const half, full = chunkSize / 2, chunkSize
	for i, test := range []struct{ write, want int }{
		{half, 0}, {half, 0}, {1, full}, {full + 1, 2*full + 2}, {0, 2*full + 2}, {3, 2*full + 2},
	} {
		if n, err := p.Write(make([]byte, test.write)); n != test.write || err != nil || w.n != test.want {
			t.Errorf("after write %d: %d, %v, %d bytes passed on, want %d", i, n, err, w.n, test.want)
		}
	}
	p.ring()
	if w.n != 2*full+5 || w.flushes != 1 || p.chunk != nil {
		t.Errorf("%d bytes and %d flushes after the timer, and a chunk: %t", w.n, w.flushes, p.chunk != nil)
	}
	p.Write([]byte("1"))
	p.stop()
	if w.n != 2*full+6 || p.chunk != nil {
		t.Errorf("%d bytes after the end, and a chunk: %t", w.n, p.chunk != nil)
	}
}

func BenchmarkLines(b *testing.B) {
	type item struct {
		ID   int
		Name string
		Tags []string
	}
	s := httptest.NewServer(serveLines(func(context.Context) iter.Seq2[item, error] {
		return func(yield func(item, error) bool) {
			for i := 0; i < b.N && yield(item{i, "a name of some length", []string{"a", "b"}}, nil); i++ {
			}
		}
	}))
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	response, err := s.Client().Get(s.URL)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(n / int64(b.N))
}

func BenchmarkReader(b *testing.B) {
	const size = 1 << 30
	block := bytes.Repeat([]byte("x"), 1<<20)
	s := httptest.NewServer(serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
		readers := make([]io.Reader, size/len(block))
		for i := range readers {
			readers[i] = bytes.NewReader(block)
		}
		return 0, nil, io.MultiReader(readers...), nil
	}))
	defer s.Close()
	download(b, s, size)
}

func BenchmarkFile(b *testing.B) {
	const size = 1 << 30
	name := filepath.Join(b.TempDir(), "data")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(name, size); err != nil {
		b.Fatal(err)
	}
	s := httptest.NewServer(serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
		file, err := os.Open(name)
		return 0, nil, file, err
	}))
	defer s.Close()
	download(b, s, size)
}

func download(b *testing.B, s *httptest.Server, size int64) {
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		response, err := s.Client().Get(s.URL)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil {
			b.Fatal(n, err)
		}
		response.Body.Close()
	}
}

func BenchmarkEvents(b *testing.B) {
	s := httptest.NewServer(serveEvents(func(context.Context) EventStream {
		return EventStream{Events: func(yield func(Event, error) bool) {
			for i := 0; i < b.N && yield(Event{ID: "17", Name: "tick", Data: "some data that is not too long"}, nil); i++ {
			}
		}}
	}))
	defer s.Close()
	b.ReportAllocs()
	b.ResetTimer()
	response, err := s.Client().Get(s.URL)
	if err != nil {
		b.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		b.Fatal(err)
	}
}

package writer_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// ways is every way to write an answer, and what is known of it then.
var ways = []struct {
	name   string
	write  func(w http.ResponseWriter)
	status int
	bytes  int64
}{
	{"nothing", func(http.ResponseWriter) {}, 0, 0},
	{"a header", func(w http.ResponseWriter) { w.Header().Set("X-A", "b") }, 0, 0},
	{"an interim answer", func(w http.ResponseWriter) { w.WriteHeader(103) }, 0, 0},
	{"a status", func(w http.ResponseWriter) { w.WriteHeader(202) }, 202, 0},
	{"another protocol", func(w http.ResponseWriter) { w.WriteHeader(101) }, 101, 0},
	{"two statuses", func(w http.ResponseWriter) { w.WriteHeader(202); w.WriteHeader(204) }, 202, 0},
	{"an interim answer and a status", func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(201) }, 201, 0},
	{"bytes", func(w http.ResponseWriter) { w.Write([]byte("abc")) }, 200, 3},
	{"no bytes", func(w http.ResponseWriter) { w.Write(nil) }, 200, 0},
	{"a status and bytes", func(w http.ResponseWriter) { w.WriteHeader(404); w.Write([]byte("abc")) }, 404, 3},
	{"a string", func(w http.ResponseWriter) { io.WriteString(w, "abcd") }, 200, 4},
	{"a copy", func(w http.ResponseWriter) { io.Copy(w, source("abcde")) }, 200, 5},
	{"a long copy", func(w http.ResponseWriter) { io.Copy(w, source(strings.Repeat("x", 70_000))) }, 200, 70_000},
	{"a slow copy", func(w http.ResponseWriter) {
		io.Copy(w, iotest.OneByteReader(source(strings.Repeat("x", 700))))
	}, 200, 700},
	{"an empty copy", func(w http.ResponseWriter) { io.Copy(w, source("")) }, 0, 0},
	{"a copy that fails", func(w http.ResponseWriter) { io.Copy(w, iotest.ErrReader(errors.New("no"))) }, 0, 0},
	{"a copy that fails soon", func(w http.ResponseWriter) {
		io.Copy(w, io.MultiReader(source("abc"), iotest.ErrReader(errors.New("no"))))
	}, 200, 3},
	{"a flush", func(w http.ResponseWriter) { w.(http.Flusher).Flush() }, 200, 0},
	{"a flush by the controller", func(w http.ResponseWriter) { http.NewResponseController(w).Flush() }, 200, 0},
}

// source hides that a strings.Reader writes itself.
func source(s string) io.Reader { return io.MultiReader(strings.NewReader(s)) }

func TestTracked(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			over(t, func(w http.ResponseWriter) {
				tracked := writer.Track(w)
				way.write(tracked)
				if tracked.Status() != way.status || tracked.Bytes() != way.bytes || tracked.Begun() != (way.status != 0) {
					t.Errorf("status %d, %d bytes, begun %t", tracked.Status(), tracked.Bytes(), tracked.Begun())
				}
			})
		})
	}
}

// TestBefore sees that the header can be changed until the last moment, and not
// earlier.
func TestBefore(t *testing.T) {
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			var calls []int
			response := over(t, func(w http.ResponseWriter) {
				before := before(w, func(status int) {
					calls = append(calls, status)
					w.Header().Set("X-Before", "called")
				})
				way.write(before)
				if before.Status() != way.status || before.Bytes() != way.bytes {
					t.Errorf("status %d, %d bytes", before.Status(), before.Bytes())
				}
				if begun := before.Begun(); begun != (len(calls) == 1) {
					t.Errorf("begun is %t after calls %v", begun, calls)
				}
				before.End()
			})
			want := way.status
			if want == 0 {
				want = http.StatusOK
			}
			if len(calls) != 1 || calls[0] != want {
				t.Errorf("called with %v, want %d once", calls, want)
			}
			if response.Header.Get("X-Before") != "called" {
				t.Error("the header came too late")
			}
		})
	}
}

// TestBeforeInvalidStatus writes a status that net/http panics of, after which
// the answer has not begun.
func TestBeforeInvalidStatus(t *testing.T) {
	tracked := writer.Track(httptest.NewRecorder())
	func() {
		defer func() { recover() }()
		tracked.WriteHeader(1000)
		t.Error("no panic")
	}()
	if tracked.Begun() {
		t.Error("it has begun")
	}
}

// TestFlushNotSupported flushes what cannot be, after which the answer has not
// begun.
func TestFlushNotSupported(t *testing.T) {
	w := httptest.NewRecorder()
	tracked := writer.Track(struct{ http.ResponseWriter }{w})
	outer := writer.Track(wrapper{tracked})
	if err := http.NewResponseController(outer).Flush(); !errors.Is(err, http.ErrNotSupported) {
		t.Error(err)
	}
	if outer.Begun() || tracked.Begun() {
		t.Error("it has begun")
	}
	outer.WriteHeader(http.StatusTeapot)
	if outer.Status() != http.StatusTeapot || w.Code != http.StatusTeapot {
		t.Errorf("status %d, answered %d", outer.Status(), w.Code)
	}
}

func TestTrackShares(t *testing.T) {
	first := writer.Track(httptest.NewRecorder())
	if writer.Track(first) != first {
		t.Error("a tracked writer is tracked again")
	}
	if writer.Track(before(first, func(int) {})) == first {
		t.Error("a layer in between is left out")
	}
}

func TestHijack(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		before := before(w, func(int) { t.Error("there is no head") })
		conn, _, err := before.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		if !before.Begun() || !before.Hijacked() || before.Status() != 0 {
			t.Errorf("begun %t, hijacked %t, status %d", before.Begun(), before.Hijacked(), before.Status())
		}
		before.End()
		io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
	}))
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		t.Error(response.Status)
	}

	refused := writer.Track(httptest.NewRecorder())
	if _, _, err := refused.Hijack(); err == nil || refused.Begun() {
		t.Errorf("got %v, begun %t", err, refused.Begun())
	}
}

// TestReadFromReachesTheServer sees that files get to where they are sent
// without a copy.
func TestReadFromReachesTheServer(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, make([]byte, 10_000), 0o600); err != nil {
		t.Fatal(err)
	}
	wrappers := map[string]func(http.ResponseWriter) *writer.Tracked{
		"track":  writer.Track,
		"before": func(w http.ResponseWriter) *writer.Tracked { return before(w, func(int) {}) },
	}
	for kind, wrap := range wrappers {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		below := &sender{ResponseWriter: httptest.NewRecorder()}
		n, err := io.Copy(wrap(below), io.LimitReader(file, 9_000))
		file.Close()
		if n != 9_000 || err != nil {
			t.Errorf("%s: copied %d, %v", kind, n, err)
		}
		limited, _ := below.src.(*io.LimitedReader)
		if limited == nil || limited.R != file {
			t.Errorf("%s: the server got a %T", kind, below.src)
		}
	}
}

// A sender notes what it is to send.
type sender struct {
	http.ResponseWriter
	src io.Reader
}

func (s *sender) ReadFrom(src io.Reader) (int64, error) {
	s.src = src
	return io.Copy(s.ResponseWriter, src)
}

func TestStack(t *testing.T) {
	outer := writer.Track(httptest.NewRecorder())
	if outer.Stack() != nil {
		t.Error("a stack without a panic")
	}
	inner := before(wrapper{outer}, func(int) {})
	writer.SetStack(inner, []byte("here"))
	if string(outer.Stack()) != "here" || string(inner.Stack()) != "here" {
		t.Errorf("got %q and %q", outer.Stack(), inner.Stack())
	}
}

func TestCloseConnection(t *testing.T) {
	for _, closes := range []bool{false, true} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if closes {
				writer.CloseConnection(wrapper{writer.Track(w)})
			}
		}))
		response, err := server.Client().Get(server.URL)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.Close != closes {
			t.Errorf("closes %t, want %t", response.Close, closes)
		}
		server.Close()
	}
}

// before returns a writer that calls f before the head goes.
func before(w http.ResponseWriter, f announced) *writer.Tracked {
	t := new(writer.Tracked)
	t.Before(w, f)
	return t
}

type announced func(status int)

func (f announced) Announce(status int) { f(status) }

// A wrapper is somebody else's.
type wrapper struct{ http.ResponseWriter }

func (w wrapper) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// over lets a handler answer one request over a real connection.
func over(t *testing.T, serve func(w http.ResponseWriter)) *http.Response {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { serve(w) }))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	reader := bufio.NewReader(conn)
	for {
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode >= 200 || response.StatusCode == http.StatusSwitchingProtocols {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
			return response
		}
	}
}

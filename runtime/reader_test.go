package runtime

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
)

// serveReader is an adapter as handlergen writes it.
func serveReader(open func(r *http.Request) (Status, http.Header, io.Reader, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, header, out, err := open(r)
		defer CloseBody(out)
		if err != nil {
			WriteError(w, r, err)
			return
		}

		parts := NewParts(header)
		if err := WriteReader(w, r, status.Or(http.StatusOK), out, &parts); err != nil {
			WriteError(w, r, err)
		}
	}
}

// A source is a body that knows whether it was closed.
type source struct {
	io.Reader
	closed atomic.Int32
}

func (s *source) Close() error {
	s.closed.Add(1)
	return nil
}

// wantClosed waits until a body was closed, once.
func (s *source) wantClosed(t *testing.T) {
	t.Helper()
	eventually(t, func() bool { return s.closed.Load() > 0 }, func() string { return "the body is not closed" })
	if n := s.closed.Load(); n != 1 {
		t.Errorf("the body was closed %d times", n)
	}
}

// A seekable source is one that can be sought in.
type seekableSource struct {
	source
	io.Seeker
}

// TestReaderCloses takes every way that an answer from a reader can end.
func TestReaderCloses(t *testing.T) {
	long := strings.Repeat("0123456789", 1<<20)
	tests := []struct {
		name   string
		method string
		status Status
		body   io.Reader
		err    error
		want   int
		broken bool // the answer breaks off
		log    string
	}{
		{name: "whole", body: strings.NewReader(long), want: 200},
		{name: "nothing", body: strings.NewReader(""), want: 200},
		{name: "HEAD", method: "HEAD", body: strings.NewReader(long), want: 200},
		{name: "204", status: 204, body: strings.NewReader(long), want: 204},
		{name: "impossible status", status: 99, body: strings.NewReader(long), want: 500, log: "status 99"},
		{name: "error beside it", body: strings.NewReader(long), err: Errorf(409, "no"), want: 409},
		{name: "error at first", body: iotest.ErrReader(errors.New("disk on fire")), want: 500, log: "disk on fire"},
		{
			name: "error later", body: io.MultiReader(strings.NewReader(long), iotest.ErrReader(errors.New("disk on fire"))),
			want: 200, broken: true, log: "disk on fire",
		},
		{
			name: "error with the first bytes", body: iotest.DataErrReader(io.MultiReader(strings.NewReader("a"), iotest.ErrReader(errors.New("disk on fire")))),
			want: 200, broken: true, log: "disk on fire",
		},
		{name: "no progress", body: stuckReader{}, want: 500, log: io.ErrNoProgress.Error()},
		{name: "panic", body: panickingReader{}, broken: true},
	}
	for _, test := range tests {
		for _, seeks := range []bool{false, true} {
			body := &source{Reader: test.body}
			out := io.Reader(body)
			name := test.name
			if seeker, ok := test.body.(io.Seeker); ok && seeks {
				name += ", seeker"
				out = &seekableSource{source: source{Reader: test.body}, Seeker: seeker}
				body = &out.(*seekableSource).source
			} else if seeks {
				continue
			}
			t.Run(name, func(t *testing.T) {
				s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
					return test.status, nil, out, test.err
				}), func(s *httptest.Server) { s.Config.ErrorLog = discardLog })
				r, err := http.NewRequest(max(test.method, "GET"), s.URL, nil)
				if err != nil {
					t.Fatal(err)
				}
				response, err := s.Client().Do(r)
				if test.want == 0 {
					if err == nil {
						t.Fatalf("got %v, want no answer", response.Status)
					}
					body.wantClosed(t)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				_, err = io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != test.want || (err != nil) != test.broken {
					t.Errorf("got %v, %v, want %d, broken off %t", response.Status, err, test.want, test.broken)
				}
				body.wantClosed(t)
				if log := s.log.String(); !strings.Contains(log, test.log) || test.log == "" && log != "" {
					t.Errorf("logged %q, want %q", log, test.log)
				}
			})
		}
	}
}

type stuckReader struct{}

func (stuckReader) Read([]byte) (int, error) { return 0, nil }

type panickingReader struct{}

func (panickingReader) Read([]byte) (int, error) { panic("the reader is broken") }

// TestReaderClientGoes lets clients vanish while a stream is sent to them.
func TestReaderClientGoes(t *testing.T) {
	for name, protocol := range map[string]func(*httptest.Server){"HTTP/1.1": func(*httptest.Server) {}, "HTTP/2": http2} {
		t.Run(name, func(t *testing.T) {
			body := &source{Reader: endless{}}
			s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
				return 0, nil, body, nil
			}), protocol)
			response := s.get(t, "GET")
			if _, err := io.CopyN(io.Discard, response.Body, 1<<20); err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			body.wantClosed(t)
			if log := s.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// TestReaderIsFlushed wants what a slow reader yields to arrive before it
// yields more, through middleware that wraps the writer.
func TestReaderIsFlushed(t *testing.T) {
	in, out := io.Pipe()
	adapter := serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) { return 0, nil, in, nil })
	s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
		adapter(wrappedWriter{w}, r)
	})
	go out.Write([]byte("0"))
	response := s.get(t, "GET")
	for i := range 20 {
		var got [1]byte
		if _, err := io.ReadFull(response.Body, got[:]); err != nil || got[0] != '0'+byte(i) {
			t.Fatalf("got %q, %v", got, err)
		}
		out.Write([]byte{'0' + byte(i) + 1})
	}
	out.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
}

// A wrappedWriter is what middleware makes of a writer.
type wrappedWriter struct{ http.ResponseWriter }

func (w wrappedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// TestSmallReaderInOnePiece wants a body that is there at once to be sent with
// its length.
func TestSmallReaderInOnePiece(t *testing.T) {
	s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
		return 0, nil, io.MultiReader(strings.NewReader("a"), strings.NewReader("b")), nil
	}))
	response := s.get(t, "GET")
	if response.ContentLength != 2 {
		t.Errorf("Content-Length is %d", response.ContentLength)
	}
}

// TestReaderFullDuplex wants an answer to be made of the body while that comes.
func TestReaderFullDuplex(t *testing.T) {
	s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		if err := WriteReader(w, r, 200, in.Reader(NoLimit)); err != nil {
			WriteError(w, r, err)
		}
	})
	in, out := io.Pipe()
	go out.Write([]byte("a"))
	response, err := s.Client().Post(s.URL, "text/plain", in)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for i := range 20 {
		var got [1]byte
		if _, err := io.ReadFull(response.Body, got[:]); err != nil || got[0] != 'a'+byte(i) {
			t.Fatalf("got %q, %v", got, err)
		}
		out.Write([]byte{'a' + byte(i) + 1})
	}
	out.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
}

// openFile opens a file with some bytes in it.
func openFile(t *testing.T, name, data string) *os.File {
	t.Helper()
	name = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// A sendfileWriter knows what it was given to copy, as net/http's writer gives
// it to the kernel.
type sendfileWriter struct {
	*httptest.ResponseRecorder
	from io.Reader
}

func (w *sendfileWriter) ReadFrom(r io.Reader) (int64, error) {
	w.from = r
	return io.Copy(w.ResponseRecorder, r)
}

// TestFileIsNotCopied wants the file itself to reach net/http, at GET and
// beside a status of its own.
func TestFileIsNotCopied(t *testing.T) {
	for _, status := range []int{200, 202} {
		w := &sendfileWriter{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequest("GET", "/", nil)
		if err := WriteReader(TrackWriter(w), r, status, openFile(t, "a.html", "<p>")); err != nil {
			t.Fatal(err)
		}
		limited, ok := w.from.(*io.LimitedReader)
		if !ok {
			t.Fatalf("%d: net/http got a %T", status, w.from)
		}
		if _, ok := limited.R.(*os.File); !ok {
			t.Errorf("%d: net/http got a %T of a %T", status, w.from, limited.R)
		}
		if w.Code != status || w.Body.String() != "<p>" || w.Header().Get("Content-Length") != "3" ||
			w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("got %d %v %s", w.Code, w.Header(), w.Body)
		}
	}
}

// TestFileShrinks lets a file become shorter while it is sent.
func TestFileShrinks(t *testing.T) {
	name := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	const size = 256 << 20 // more than sockets hold, and no more than a number to the disk
	if err := os.Truncate(name, size); err != nil {
		t.Fatal(err)
	}
	s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
		f, err := os.Open(name)
		return 0, nil, f, err
	}))
	response := s.get(t, "GET")
	if response.ContentLength != size {
		t.Fatalf("Content-Length is %d", response.ContentLength)
	}
	if err := os.Truncate(name, 1); err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d bytes and %v", n, err)
	}
	eventually(t, func() bool { return strings.Contains(s.log.String(), "unexpected EOF") }, s.log.String)
}

// TestSeekerBreaks wants an error in the middle of a seeker to be seen on both
// sides, whatever part of it was asked for.
func TestSeekerBreaks(t *testing.T) {
	for _, ranges := range []string{"", "bytes=10-1000000", "bytes=0-10,20-1000000"} {
		body := &source{}
		s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
			whole := strings.NewReader(strings.Repeat("x", 1<<20))
			body.Reader = &breaking{Reader: whole, after: 200_000}
			return 0, nil, &seekableSource{source: source{Reader: body}, Seeker: whole}, nil
		}))
		var header []string
		if ranges != "" {
			header = []string{"Range", ranges}
		}
		response := s.get(t, "GET", header...)
		if _, err := io.Copy(io.Discard, response.Body); err == nil {
			t.Errorf("range %q: the answer is whole", ranges)
		}
		eventually(t, func() bool { return strings.Contains(s.log.String(), "disk on fire") }, s.log.String)
	}
}

// A breaking reader fails after some bytes.
type breaking struct {
	io.Reader
	after int
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.after <= 0 {
		return 0, errors.New("disk on fire")
	}
	n, err := b.Reader.Read(p[:min(len(p), b.after)])
	b.after -= n
	return n, err
}

// TestRangesAreReadBeforeClose lets clients go while several ranges, which
// net/http reads in a goroutine, are sent: nothing may be read after the Close.
func TestRangesAreReadBeforeClose(t *testing.T) {
	var late atomic.Int32
	var bodies atomic.Int32
	s := serveSite(t, serveReader(func(*http.Request) (Status, http.Header, io.Reader, error) {
		bodies.Add(1)
		return 0, nil, &closingSeeker{Reader: bytes.NewReader(make([]byte, 64<<20)), bodies: &bodies, late: &late}, nil
	}))
	for range 20 {
		response := s.get(t, "GET", "Range", "bytes=0-30000000,30000001-60000000")
		if response.StatusCode != http.StatusPartialContent {
			t.Fatal(response.Status)
		}
		io.CopyN(io.Discard, response.Body, 100_000)
		response.Body.Close()
	}
	eventually(t, func() bool { return bodies.Load() == 0 }, func() string { return "bodies are left open" })
	if late.Load() > 0 {
		t.Errorf("%d reads came after the Close", late.Load())
	}
}

type closingSeeker struct {
	*bytes.Reader
	closed       bool // without a lock: the race detector shall see
	bodies, late *atomic.Int32
}

func (c *closingSeeker) Read(p []byte) (int, error) {
	if c.closed {
		c.late.Add(1)
	}
	return c.Reader.Read(p)
}

func (c *closingSeeker) Close() error {
	c.closed = true
	c.bodies.Add(-1)
	return nil
}

// TestPipeIsStreamed wants a file that cannot be sought in to be sent anyway.
func TestPipeIsStreamed(t *testing.T) {
	in, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	go func() {
		out.WriteString("hello")
		out.Close()
	}()
	w := httptest.NewRecorder()
	if err := WriteReader(w, httptest.NewRequest("GET", "/", nil), 200, in); err != nil || w.Body.String() != "hello" {
		t.Errorf("got %q, %v", w.Body, err)
	}
}

// TestRefusedRangeRestoresHeader wants nothing of the content in the answer to
// a range that there is not.
func TestRefusedRangeRestoresHeader(t *testing.T) {
	w := httptest.NewRecorder()
	w.Header().Set("X-Before", "1")
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Range", "bytes=7-")
	parts := NewParts(http.Header{"X-Part": {"1"}, "ETag": {`"a"`}})
	err := WriteAttachment(w, r, 200, Attachment{Filename: "a", Content: strings.NewReader("abc")}, &parts)
	if StatusOf(err) != 416 || w.Body.Len() > 0 {
		t.Fatalf("got %v, %s", err, w.Body)
	}
	if got := w.Header(); len(got) != 2 || got.Get("X-Before") != "1" || got.Get("Content-Range") != "bytes */3" {
		t.Errorf("the header is %v", got)
	}
}

// TestDeadlineAborts wants a body that ends with the deadline of its request not
// to look whole.
func TestDeadlineAborts(t *testing.T) {
	ctx, cancel := context.WithDeadlineCause(t.Context(), longAgo, nil)
	defer cancel()
	r := httptest.NewRequest("GET", "/", nil).WithContext(ctx)
	var panicked any
	log := captureLog(t, func() {
		defer func() { panicked = recover() }()
		body := io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(ctx.Err()))
		WriteReader(httptest.NewRecorder(), r, 200, body)
	})
	if panicked != http.ErrAbortHandler || !strings.Contains(log, "deadline") {
		t.Errorf("panic %v, logged %s", panicked, log)
	}
}

func TestCloseBody(t *testing.T) {
	var noFile *os.File
	var noResponse *http.Response
	for _, body := range []any{nil, noFile, noResponse, &http.Response{}, strings.NewReader("")} {
		CloseBody(body)
	}
	body := &source{}
	CloseBody(body)
	CloseBody(&http.Response{Body: body})
	if n := body.closed.Load(); n != 2 {
		t.Errorf("closed %d times", n)
	}
}

package middleware_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

func gzipped(s string) string {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	io.WriteString(z, s)
	z.Close()
	return buf.String()
}

func zlibbed(s string) string {
	var buf bytes.Buffer
	z := zlib.NewWriter(&buf)
	io.WriteString(z, s)
	z.Close()
	return buf.String()
}

func deflated(s string) string {
	var buf bytes.Buffer
	z, _ := flate.NewWriter(&buf, flate.BestSpeed)
	io.WriteString(z, s)
	z.Close()
	return buf.String()
}

func TestDecompress(t *testing.T) {
	const damaged = "the body could not be read to its end"
	const unknown = "the Content-Encoding must be one of deflate, gzip"
	text := strings.Repeat("text ", 50_000)
	tests := []struct {
		name     string
		encoding []string
		body     string
		want     string
		status   int
		detail   string
	}{
		{"none", nil, text, text, 200, ""},
		{"gzip", []string{"gzip"}, gzipped(text), text, 200, ""},
		{"gzip, no case", []string{"GZip"}, gzipped(text), text, 200, ""},
		{"x-gzip", []string{"x-gzip"}, gzipped(text), text, 200, ""},
		{"gzip of nothing", []string{"gzip"}, gzipped(""), "", 200, ""},
		{"gzip, two members", []string{"gzip"}, gzipped("one ") + gzipped("two"), "one two", 200, ""},
		{"deflate", []string{"deflate"}, zlibbed(text), text, 200, ""},
		{"deflate of nothing", []string{"deflate"}, zlibbed(""), "", 200, ""},
		{"identity", []string{"identity"}, text, text, 200, ""},
		{"identity, gzip", []string{"identity, gzip,"}, gzipped(text), text, 200, ""},
		{"identity and gzip", []string{"Identity", "gzip"}, gzipped(text), text, 200, ""},
		{"empty", []string{""}, text, text, 200, ""},

		{"gzip, cut off", []string{"gzip"}, gzipped(text)[:100], "", 400, damaged},
		{"gzip, cut off within the head", []string{"gzip"}, gzipped(text)[:5], "", 400, damaged},
		{"gzip, cut off within the sum", []string{"gzip"}, gzipped(text)[:len(gzipped(text))-1], "", 400, damaged},
		{"gzip, wrong sum", []string{"gzip"}, gzipped(text)[:len(gzipped(text))-8] + "\x00\x00\x00\x00\x00\x00\x00\x00", "", 400, damaged},
		{"gzip, something behind", []string{"gzip"}, gzipped(text) + "x", "", 400, damaged},
		{"gzip, zeros behind", []string{"gzip"}, gzipped(text) + "\x00\x00", "", 400, damaged},
		{"not gzip", []string{"gzip"}, text, "", 400, damaged},
		{"deflate, cut off", []string{"deflate"}, zlibbed(text)[:100], "", 400, damaged},
		{"deflate, something behind", []string{"deflate"}, zlibbed(text) + "x", "", 400, damaged},
		{"deflate twice", []string{"deflate"}, zlibbed(text) + zlibbed(text), "", 400, damaged},
		{"deflate without zlib", []string{"deflate"}, deflated(text), "", 400, damaged},

		{"unknown", []string{"br"}, text, "", 415, unknown},
		{"two codings", []string{"gzip, gzip"}, gzipped(gzipped(text)), "", 415, unknown},
		{"two lines", []string{"gzip", "deflate"}, zlibbed(gzipped(text)), "", 415, unknown},
	}
	for _, test := range tests {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %t", test.name, chunked), func(t *testing.T) {
				handler := func(w http.ResponseWriter, r *http.Request) {
					if test.body != test.want && (r.Header["Content-Encoding"] != nil || r.Header["Content-Length"] != nil || r.ContentLength != -1) {
						t.Errorf("the handler gets %v, length %d", r.Header, r.ContentLength)
					}
					in := runtime.NewInput(w, r)
					got, err := in.ReadText(1 << 20)
					if err != nil {
						runtime.WriteError(w, r, err)
						return
					}
					if string(got) != test.want {
						t.Errorf("read %d bytes", len(got))
					}
				}
				overEach(t, middleware.Decompress()(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
					var body io.Reader = strings.NewReader(test.body)
					if chunked {
						body = iotest.HalfReader(body)
					}
					r := request(t, server, "POST", "/", body)
					if test.encoding != nil {
						r.Header["Content-Encoding"] = test.encoding
					}
					answer := send(t, server, r)
					if test.status == 200 {
						if answer.StatusCode != 200 {
							t.Errorf("got %s %s", answer.Status, answer.body)
						}
						return
					}
					wantProblem(t, answer, test.status, test.detail)
					accepted := ""
					if test.status == 415 {
						accepted = "deflate, gzip"
					}
					if got := answer.Header.Get("Accept-Encoding"); got != accepted {
						t.Errorf("accepts %q", got)
					}
				})
			})
		}
	}
}

// TestDecompressEmpty has a body without a byte, and none at all.
func TestDecompressEmpty(t *testing.T) {
	for body, want := range map[io.Reader]error{
		io.MultiReader(): io.ErrUnexpectedEOF,
		http.NoBody:      nil,
	} {
		for _, coding := range []string{"gzip", "deflate"} {
			handler := func(_ http.ResponseWriter, r *http.Request) {
				if _, err := io.ReadAll(r.Body); !errors.Is(err, want) {
					t.Errorf("%s: got %v, want %v", coding, err, want)
				}
			}
			r := httptest.NewRequest("POST", "/", body)
			r.Header.Set("Content-Encoding", coding)
			middleware.Decompress()(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
		}
	}
}

// TestDecompressAfterwards reads a body when the handler has returned, whose
// decoder serves another by then.
func TestDecompressAfterwards(t *testing.T) {
	for _, first := range []bool{false, true} {
		var body io.ReadCloser
		handler := func(_ http.ResponseWriter, r *http.Request) {
			body = r.Body
			if first {
				io.ReadFull(body, make([]byte, 1))
			}
		}
		r := httptest.NewRequest("POST", "/", strings.NewReader(gzipped("text")))
		r.Header.Set("Content-Encoding", "gzip")
		middleware.Decompress()(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
		if n, err := body.Read(make([]byte, 1)); n != 0 || !errors.Is(err, http.ErrBodyReadAfterClose) {
			t.Errorf("read %d, %v", n, err)
		}
	}
}

// TestDecompressBomb limits what comes in and what comes out.
func TestDecompressBomb(t *testing.T) {
	bomb := gzipped(strings.Repeat("\x00", 1<<20)) // about 1 KB
	inside := stack(reading(-1), middleware.Decompress(), middleware.BodyLimit(10_000))
	outside := stack(reading(-1), middleware.BodyLimit(100), middleware.Decompress())
	route := stack(reading(20_000), middleware.BodyLimit(10_000), middleware.Decompress())
	for name, test := range map[string]struct {
		handler http.Handler
		limit   int
	}{
		"inside":  {inside, 10_000},
		"outside": {outside, 100},
		"route":   {route, 20_000},
	} {
		for _, body := range []io.Reader{strings.NewReader(bomb), io.MultiReader(strings.NewReader(bomb))} {
			server := serve(t, test.handler)
			r := request(t, server, "POST", "/", body)
			r.Header.Set("Content-Encoding", "gzip")
			t.Run(name, func(t *testing.T) {
				wantProblem(t, send(t, server, r), 413, fmt.Sprintf("the body must have at most %d bytes", test.limit))
			})
		}
	}
}

func TestDecompressConfig(t *testing.T) {
	var closed bool
	rot := middleware.DecompressConfig{Decoders: map[string]func(io.Reader) (io.ReadCloser, error){
		"Upper": func(r io.Reader) (io.ReadCloser, error) { return &upper{r, &closed}, nil },
	}}
	handler := func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %q %v", body, r.Header["Content-Encoding"], err)
	}
	pass := middleware.DecompressConfig{PassThrough: true}
	tests := []struct {
		config         middleware.DecompressConfig
		encoding, body string
		status         int
		want           string
	}{
		{rot, "upper", "abc", 200, "ABC [] <nil>"},
		{rot, "gzip", gzipped("abc"), 200, "abc [] <nil>"},
		{rot, "br", "abc", 415, `{"title":"Unsupported Media Type","status":415,"detail":"the Content-Encoding must be one of deflate, gzip, upper"}`},
		{pass, "br", "abc", 200, `abc ["br"] <nil>`},
		{pass, "gzip, br", "abc", 200, `abc ["gzip, br"] <nil>`},
		{pass, "gzip", gzipped("abc"), 200, "abc [] <nil>"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/", strings.NewReader(test.body))
		r.Header.Set("Content-Encoding", test.encoding)
		middleware.Decompress(test.config)(http.HandlerFunc(handler)).ServeHTTP(w, r)
		if w.Code != test.status || w.Body.String() != test.want {
			t.Errorf("%s: got %d %s", test.encoding, w.Code, w.Body)
		}
	}
	if !closed {
		t.Error("the decoder is not closed")
	}
	mustPanic(t, "Decompress of a b", func() {
		middleware.Decompress(middleware.DecompressConfig{Decoders: map[string]func(io.Reader) (io.ReadCloser, error){"a b": nil}})
	})
	mustPanic(t, "Decompress of br", func() {
		middleware.Decompress(middleware.DecompressConfig{Decoders: map[string]func(io.Reader) (io.ReadCloser, error){"br": nil}})
	})
}

// upper is a decoder that makes letters large.
type upper struct {
	body   io.Reader
	closed *bool
}

func (u *upper) Read(p []byte) (int, error) {
	n, err := u.body.Read(p)
	copy(p, bytes.ToUpper(p[:n]))
	return n, err
}

func (u *upper) Close() error {
	*u.closed = true
	return nil
}

// TestDecompressPools has many requests at once, some of which do not read to
// the end, close early, or read on too long.
func TestDecompressPools(t *testing.T) {
	captureLog(t)
	handler := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/half":
			io.CopyN(io.Discard, r.Body, 100)
		case "/close":
			r.Body.Close()
			if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) && !errors.Is(err, http.ErrHandlerTimeout) {
				t.Errorf("reading a closed body: %v", err)
			}
		case "/late":
			for {
				if _, err := r.Body.Read(make([]byte, 1)); err != nil {
					return
				}
				time.Sleep(time.Millisecond)
			}
		default:
			io.Copy(w, r.Body)
		}
	}
	server := serve(t, stack(http.HandlerFunc(handler), middleware.Decompress(), middleware.Timeout(soon)))
	var clients sync.WaitGroup
	for i := range 8 {
		clients.Go(func() {
			for j := range 20 {
				text := strings.Repeat(fmt.Sprint(i, j), 200+rand.IntN(2000))
				body, encoding := gzipped(text), "gzip"
				if j%2 == 0 {
					body, encoding = zlibbed(text), "deflate"
				}
				path := []string{"/", "/half", "/", "/close", "/late"}[j%5]
				r := request(t, server, "POST", path, strings.NewReader(body))
				r.Header.Set("Content-Encoding", encoding)
				response, err := server.Client().Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if path == "/" && response.StatusCode == 200 && (err != nil || string(got) != text) {
					t.Errorf("got %d bytes of %d, %v", len(got), len(text), err)
				}
			}
		})
	}
	clients.Wait()
}

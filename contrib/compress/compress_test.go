package compress_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/runtime"
)

// text is a body that is worth compressing.
var text = strings.Repeat("What is said three times is true. ", 200)

// A server compresses what its handler answers.
type server struct {
	*testing.T
	*httptest.Server
}

func start(t *testing.T, config compress.Config, h http.HandlerFunc) server {
	t.Helper()
	s := httptest.NewServer(compress.New(config)(h))
	t.Cleanup(s.Close)
	return server{t, s}
}

// An answer is one with its body as it came.
type answer struct {
	*http.Response
	raw []byte
	err error // of reading the body
}

// send makes a request with header lines "Name: value". Unless one of them is
// about it, the client says nothing about codings.
func (s server) send(method string, lines ...string) answer {
	s.Helper()
	response := s.open(method, lines...)
	raw, err := io.ReadAll(response.Body)
	return answer{response, raw, err}
}

func (s server) open(method string, lines ...string) *http.Response {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.URL, nil)
	if err != nil {
		s.Fatal(err)
	}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Add(name, value)
	}
	transport := &http.Transport{DisableCompression: true}
	s.Cleanup(transport.CloseIdleConnections)
	response, err := transport.RoundTrip(request)
	if err != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { response.Body.Close() })
	return response
}

// plain decodes the body by decoders that are not those of the encoders, where
// there is one.
func (a answer) plain(t *testing.T) string {
	t.Helper()
	if a.err != nil {
		t.Fatalf("reading the body: %v", a.err)
	}
	switch coding := a.Header.Get("Content-Encoding"); coding {
	case "":
		return string(a.raw)
	case "gzip":
		return gunzip(t, a.raw)
	case "zstd":
		return unzstd(t, a.raw)
	default:
		t.Fatalf("Content-Encoding = %q", coding)
		return ""
	}
}

func gunzip(t *testing.T, raw []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("gzip: %v", err)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("gzip: %v", err)
	}
	return string(body)
}

func unzstd(t *testing.T, raw []byte) string {
	t.Helper()
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxWindow(8<<20)) // RFC 9659
	if err != nil {
		t.Fatal(err)
	}
	defer decoder.Close()
	body, err := decoder.DecodeAll(raw, nil)
	if err != nil {
		t.Fatalf("zstd: %v", err)
	}
	if command, err := exec.LookPath("zstd"); err == nil {
		cmd := exec.CommandContext(t.Context(), command, "-dc")
		cmd.Stdin = bytes.NewReader(raw)
		other, err := cmd.Output()
		if err != nil || !bytes.Equal(other, body) {
			t.Fatalf("zstd -dc makes %d bytes of it (%v), want %d", len(other), err, len(body))
		}
	}
	return string(body)
}

func writeText(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	io.WriteString(w, text)
}

func TestAcceptEncoding(t *testing.T) {
	both := start(t, compress.Config{}, writeText)
	gzipOnly := start(t, compress.Config{Codings: []compress.Coding{compress.Gzip}}, writeText)
	gzipFirst := start(t, compress.Config{Codings: []compress.Coding{compress.Gzip, compress.Zstd}}, writeText)
	for _, test := range []struct {
		server server
		accept []string
		want   string // the coding, or "406"
	}{
		{both, nil, ""},
		{both, []string{""}, ""},
		{both, []string{"gzip"}, "gzip"},
		{both, []string{"zstd"}, "zstd"},
		{both, []string{"gzip, zstd"}, "zstd"},
		{gzipFirst, []string{"gzip, zstd"}, "gzip"},
		{gzipOnly, []string{"gzip, zstd"}, "gzip"},
		{gzipOnly, []string{"zstd"}, ""},
		{both, []string{"gzip, deflate, br, zstd"}, "zstd"},
		{both, []string{"br, deflate"}, ""},
		{both, []string{"br", "gzip"}, "gzip"}, // two lines
		{both, []string{"GZip"}, "gzip"},
		{both, []string{"x-gzip"}, "gzip"},
		{both, []string{"gzip;q=1, zstd;q=0.9"}, "gzip"},
		{both, []string{"gzip;q=0.501,zstd;q=0.5"}, "gzip"},
		{both, []string{"gzip ; Q=0.2 , zstd\t;q=0.1"}, "gzip"},
		{both, []string{"gzip;q=0.001"}, "gzip"},
		{both, []string{"gzip;q=0"}, ""},
		{both, []string{"gzip;q=0.000, zstd"}, "zstd"},
		{both, []string{"gzip;q=0, gzip"}, "gzip"},
		// What is malformed counts for nothing.
		{both, []string{"gzip;q=2"}, ""},
		{both, []string{"gzip;q=1.001"}, ""},
		{both, []string{"gzip;q=0.1234"}, ""},
		{both, []string{"gzip;q=NaN"}, ""},
		{both, []string{"gzip;q=-1"}, ""},
		{both, []string{"gzip;q="}, ""},
		{both, []string{"gzip;q=1x"}, ""},
		{both, []string{"gzip;q=:"}, ""},
		{both, []string{"gzip;level=9"}, ""},
		{both, []string{"zstd;q=oops, gzip;q=0.1"}, "gzip"},
		{both, []string{"gzipped, zst,, ;q=1"}, ""},
		// The plain body is preferred only if it is named.
		{both, []string{"gzip;q=0.5, identity"}, ""},
		{both, []string{"gzip;q=0.5, identity;q=0.5"}, "gzip"},
		{both, []string{"gzip;q=0.5, identity;q=0.4"}, "gzip"},
		{both, []string{"identity"}, ""},
		{both, []string{"*"}, "zstd"},
		{both, []string{"*;q=0.1"}, "zstd"},
		{both, []string{"*;q=0.5, gzip;q=0.1"}, "zstd"},
		{both, []string{"*;q=0.5, gzip"}, "gzip"},
		{both, []string{"zstd;q=0, *"}, "gzip"},
		{both, []string{"gzip;q=0, zstd;q=0, *"}, ""},
		{gzipOnly, []string{"gzip;q=0.1, *;q=0.5"}, ""},
		// As browsers ask for media.
		{both, []string{"identity;q=1, *;q=0"}, ""},
		// And those who refuse.
		{both, []string{"identity;q=0"}, "406"},
		{both, []string{"*;q=0"}, "406"},
		{both, []string{"br, *;q=0"}, "406"},
		{both, []string{"gzip;q=0, identity;q=0"}, "406"},
		{gzipOnly, []string{"zstd, identity;q=0"}, "406"},
		{both, []string{"gzip, identity;q=0"}, "gzip"},
		{both, []string{"gzip, *;q=0"}, "gzip"},
	} {
		lines := make([]string, len(test.accept))
		for i, accept := range test.accept {
			lines[i] = "Accept-Encoding: " + accept
		}
		got := test.server.send("GET", lines...)
		coding := got.Header.Get("Content-Encoding")
		if got.StatusCode != 200 {
			coding = strconv.Itoa(got.StatusCode)
		}
		if coding != test.want {
			t.Errorf("%q: coding %q, want %q", test.accept, coding, test.want)
			continue
		}
		if vary := got.Header.Values("Vary"); len(vary) != 1 || vary[0] != "Accept-Encoding" {
			t.Errorf("%q: Vary = %q, want Accept-Encoding", test.accept, vary)
		}
		if got.StatusCode == 200 && got.plain(t) != text {
			t.Errorf("%q: the body is another one", test.accept)
		}
	}
}

func TestWhatIsCompressed(t *testing.T) {
	for _, test := range []struct {
		name   string
		config compress.Config
		header string // what the handler sets: "Name: value; Name: value"
		status int
		body   string
		coded  bool
		vary   bool
		hidden bool // nothing tells in advance that it is not to be compressed
	}{
		{name: "text", header: "Content-Type: text/html", body: text, coded: true},
		{name: "unknown type", header: "Content-Type: application/x-unheard-of", body: text, coded: true},
		{name: "no type", body: text, coded: true},
		{name: "bytes", header: "Content-Type: application/octet-stream", body: text, coded: true},
		{name: "an error", header: "Content-Type: application/problem+json", status: 500, body: text, coded: true},
		{name: "svg", header: "Content-Type: image/svg+xml", body: text, coded: true},
		{name: "grpc-web", header: "Content-Type: application/grpc-web+proto", body: text, coded: true},
		{name: "wasm", header: "Content-Type: application/wasm", body: text, coded: true},

		{name: "png", header: "Content-Type: image/png", body: text},
		{name: "PNG", header: "Content-Type: IMAGE/PNG; q=1", body: text},
		{name: "a sniffed png", body: "\x89PNG\x0D\x0A\x1A\x0A" + text, hidden: true},
		{name: "video", header: "Content-Type: video/mp4", body: text},
		{name: "audio", header: "Content-Type: audio/ogg", body: text},
		{name: "zip", header: "Content-Type: application/zip", body: text},
		{name: "font", header: "Content-Type: font/woff2", body: text},
		{name: "grpc", header: "Content-Type: application/grpc", body: text},
		{name: "grpc of protobuf", header: "Content-Type: application/grpc+proto", body: text},
		{name: "events", header: "Content-Type: text/event-stream; charset=utf-8", body: text},
		{
			name: "events, whatever Types says", header: "Content-Type: text/event-stream", body: text,
			config: compress.Config{Types: func(string) bool { return true }},
		},
		{
			name: "a type of one's own", header: "Content-Type: image/bmp", body: text, coded: true,
			config: compress.Config{Types: func(t string) bool { return t == "image/bmp" }},
		},
		{
			name: "a type not wanted", header: "Content-Type: text/plain", body: text,
			config: compress.Config{Types: func(t string) bool { return t == "image/bmp" }},
		},

		{name: "encoded already", header: "Content-Type: text/plain; Content-Encoding: br", body: text},
		{name: "said to be plain", header: "Content-Type: text/plain; Content-Encoding: identity", body: text},
		{name: "a range", header: "Content-Type: text/plain; Content-Range: bytes 0-9/99", body: text},
		{name: "part of a whole", header: "Content-Type: multipart/byteranges", status: 206, body: text, vary: true},
		{name: "not to be touched", header: "Content-Type: text/plain; Cache-Control: public, No-Transform", body: text},

		{name: "31 bytes", header: "Content-Type: text/plain", body: text[:31], hidden: true},
		{name: "32 bytes", header: "Content-Type: text/plain", body: text[:32], coded: true},
		{name: "31 bytes without a type", body: text[:31], hidden: true},
		{name: "32 bytes without a type", body: text[:32], coded: true},
		{name: "31 bytes, declared", header: "Content-Type: text/plain; Content-Length: 31", body: text[:31]},
		{name: "32 bytes, declared", header: "Content-Type: text/plain; Content-Length: 32", body: text[:32], coded: true},
		{name: "nothing", header: "Content-Type: text/plain", body: ""},
		{name: "no content", header: "Content-Type: text/plain", status: 204},
		{name: "not modified", status: 304, vary: true},
		{name: "a picture not modified", header: "Content-Type: image/png", status: 304},
		{name: "99 of 100", config: compress.Config{MinSize: 100}, header: "Content-Type: text/plain", body: text[:99], hidden: true},
		{name: "100 of 100", config: compress.Config{MinSize: 100}, header: "Content-Type: text/plain", body: text[:100], coded: true},
		{name: "1 of 1", config: compress.Config{MinSize: 1}, header: "Content-Type: text/plain", body: "x", coded: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			handler := func(pieces int) http.HandlerFunc {
				return func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Accept-Ranges", "bytes")
					for part := range strings.SplitSeq(test.header, "; ") {
						if name, value, ok := strings.Cut(part, ": "); ok {
							w.Header().Set(name, value)
						}
					}
					if test.status != 0 {
						w.WriteHeader(test.status)
					}
					size := max(1, len(test.body)/pieces)
					for rest := test.body; rest != ""; {
						n := min(size, len(rest))
						if _, err := io.WriteString(w, rest[:n]); err != nil {
							t.Errorf("Write: %v", err)
						}
						rest = rest[n:]
					}
				}
			}
			for _, pieces := range []int{1, 7, len(text)} {
				bare := httptest.NewServer(handler(pieces))
				without := server{t, bare}.send("GET")
				bare.Close()
				s := start(t, test.config, handler(pieces))
				for _, coding := range []string{"", "gzip", "zstd"} {
					got := s.send("GET", "Accept-Encoding: "+coding)
					ours := test.coded && coding != ""
					if body := got.raw; !ours && string(body) != test.body {
						t.Errorf("%q in %d pieces: %d other bytes", coding, pieces, len(body))
					}
					wantVary := ""
					if test.coded || test.vary {
						wantVary = "Accept-Encoding"
					}
					guessed := test.hidden && coding == "" // for such clients nothing is held back
					if vary := got.Header.Get("Vary"); vary != wantVary && !guessed {
						t.Errorf("%q in %d pieces: Vary = %q, want %q", coding, pieces, vary, wantVary)
					}
					if got.Header.Get("Content-Type") != without.Header.Get("Content-Type") {
						t.Errorf("%q in %d pieces: Content-Type = %q, without compression %q",
							coding, pieces, got.Header.Get("Content-Type"), without.Header.Get("Content-Type"))
					}
					if got.StatusCode != without.StatusCode {
						t.Errorf("%q in %d pieces: status %d, want %d", coding, pieces, got.StatusCode, without.StatusCode)
					}
					if !ours {
						if ce, want := got.Header.Get("Content-Encoding"), without.Header.Get("Content-Encoding"); ce != want {
							t.Errorf("%q in %d pieces: Content-Encoding = %q, want %q", coding, pieces, ce, want)
						}
						if got.Header.Get("Accept-Ranges") == "" {
							t.Errorf("%q in %d pieces: Accept-Ranges is gone", coding, pieces)
						}
						continue
					}
					if ce := got.Header.Get("Content-Encoding"); ce != coding {
						t.Errorf("%q in %d pieces: Content-Encoding = %q", coding, pieces, ce)
					}
					if got.plain(t) != test.body {
						t.Errorf("%q in %d pieces: decodes to something else", coding, pieces)
					}
					if got.Header.Get("Accept-Ranges") != "" {
						t.Errorf("%q in %d pieces: Accept-Ranges is there", coding, pieces)
					}
					if cl := got.Header.Get("Content-Length"); cl != "" && cl != strconv.Itoa(len(got.raw)) {
						t.Errorf("%q in %d pieces: Content-Length = %s of %d", coding, pieces, cl, len(got.raw))
					}
				}
			}
		})
	}
}

func TestVaryIsAddedToWhatIsThere(t *testing.T) {
	for _, test := range []struct{ handler, want []string }{
		{nil, []string{"Accept-Encoding"}},
		{[]string{"Origin"}, []string{"Origin", "Accept-Encoding"}},
		{[]string{"Origin, accept-encoding"}, []string{"Origin, accept-encoding"}},
		{[]string{"*"}, []string{"*"}},
		{[]string{"X-Accept-Encoding"}, []string{"X-Accept-Encoding", "Accept-Encoding"}},
	} {
		s := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
			for _, vary := range test.handler {
				w.Header().Add("Vary", vary)
			}
			writeText(w, r)
		})
		got := s.send("GET", "Accept-Encoding: gzip").Header["Vary"]
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("Vary of a handler that sets %q = %q, want %q", test.handler, got, test.want)
		}
	}
}

// A file has an ETag, a length, ranges and a time.
func serveFile(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"v1"`)
	http.ServeContent(w, r, "said.txt", time.Unix(1e9, 0), strings.NewReader(text))
}

func TestHeadIsThatOfGet(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"written":  writeText,
		"file":     serveFile,
		"small":    func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "small") },
		"declared": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "0") },
		"error": func(w http.ResponseWriter, r *http.Request) {
			runtime.WriteError(w, r, runtime.Errorf(404, "nothing here, nor there"))
		},
	} {
		s := start(t, compress.Config{}, handler)
		for _, coding := range []string{"", "gzip", "zstd"} {
			get := s.send("GET", "Accept-Encoding: "+coding)
			head := s.send("HEAD", "Accept-Encoding: "+coding)
			for _, field := range []string{"Content-Encoding", "Content-Type", "Vary", "Etag", "Accept-Ranges"} {
				if g, h := get.Header.Get(field), head.Header.Get(field); g != h {
					t.Errorf("%s, %q: %s is %q for GET and %q for HEAD", name, coding, field, g, h)
				}
			}
			if length := head.Header.Get("Content-Length"); length != "" && length != strconv.Itoa(len(get.raw)) {
				t.Errorf("%s, %q: HEAD says Content-Length %s, GET has %d", name, coding, length, len(get.raw))
			}
			if len(head.raw) > 0 {
				t.Errorf("%s, %q: HEAD has a body", name, coding)
			}
		}
	}
}

func TestETag(t *testing.T) {
	s := start(t, compress.Config{}, serveFile)
	if tag := s.send("GET").Header.Get("Etag"); tag != `"v1"` {
		t.Errorf("ETag of the plain body = %s", tag)
	}
	got := s.send("GET", "Accept-Encoding: gzip")
	if tag := got.Header.Get("Etag"); tag != `W/"v1"` {
		t.Errorf("ETag of the gzip body = %s, want a weak one", tag)
	}

	again := s.send("GET", "Accept-Encoding: gzip", `If-None-Match: W/"v1"`)
	if again.StatusCode != 304 {
		t.Errorf("with the weak tag: %d, want 304", again.StatusCode)
	}
	if tag := again.Header.Get("Etag"); tag != `W/"v1"` {
		t.Errorf("ETag of 304 = %s, want that of the 200", tag)
	}
	if vary := again.Header.Get("Vary"); vary != "Accept-Encoding" {
		t.Errorf("Vary of 304 = %q", vary)
	}
	plain := s.send("GET", `If-None-Match: "v1"`)
	if tag := plain.Header.Get("Etag"); plain.StatusCode != 304 || tag != `"v1"` {
		t.Errorf("plain, with the strong tag: %d, ETag %s", plain.StatusCode, tag)
	}
	if resumed := s.send("GET", "Accept-Encoding: gzip", "Range: bytes=100-", `If-Range: W/"v1"`); resumed.StatusCode != 200 {
		t.Errorf("range of an encoded body: %d, want the whole", resumed.StatusCode)
	}

	weak := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `W/"v2"`)
		writeText(w, r)
	})
	if tag := weak.send("GET", "Accept-Encoding: gzip").Header.Get("Etag"); tag != `W/"v2"` {
		t.Errorf("a weak ETag became %s", tag)
	}
}

func TestRangesStayAsTheyAre(t *testing.T) {
	s := start(t, compress.Config{}, serveFile)
	for _, ranges := range []string{"bytes=0-99", "bytes=0-99,1000-3000", "bytes=-500"} {
		got := s.send("GET", "Accept-Encoding: gzip, zstd", "Range: "+ranges)
		if got.StatusCode != 206 || got.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %d, Content-Encoding %q", ranges, got.StatusCode, got.Header.Get("Content-Encoding"))
		}
		if got.Header.Get("Vary") != "Accept-Encoding" || got.Header.Get("Etag") != `"v1"` {
			t.Errorf("%s: Vary %q, ETag %s", ranges, got.Header.Get("Vary"), got.Header.Get("Etag"))
		}
	}
	if got := s.send("GET", "Accept-Encoding: gzip", "Range: bytes=99999-"); got.StatusCode != 416 || got.Header.Get("Content-Encoding") != "" {
		t.Errorf("416: %d, Content-Encoding %q", got.StatusCode, got.Header.Get("Content-Encoding"))
	}
}

func TestRefusedPlainBody(t *testing.T) {
	const refuse = "Accept-Encoding: br, identity;q=0"
	s := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "seen=1")
		serveFile(w, r)
	})
	got := s.send("GET", refuse)
	var problem struct{ Status int }
	if err := json.Unmarshal(got.raw, &problem); err != nil || problem.Status != 406 || got.StatusCode != 406 {
		t.Errorf("%d %s", got.StatusCode, got.raw)
	}
	if got.Header.Get("Content-Type") != "application/problem+json" || got.Header.Get("Vary") != "Accept-Encoding" {
		t.Errorf("head of 406: %v", got.Header)
	}
	for _, field := range []string{"Etag", "Last-Modified", "Accept-Ranges", "Content-Encoding"} {
		if value := got.Header.Get(field); value != "" {
			t.Errorf("406 has %s: %s", field, value)
		}
	}
	if got.Header.Get("Set-Cookie") == "" {
		t.Error("406 has no Set-Cookie, which is not about the body")
	}
	if head := s.send("HEAD", refuse); head.StatusCode != 406 {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
	if post := s.send("POST", refuse); post.StatusCode != 200 || string(post.raw) != text {
		t.Errorf("POST: %d, which is not what has happened", post.StatusCode)
	}

	for name, test := range map[string]struct {
		handler http.HandlerFunc
		want    int
	}{
		"an error":       {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such thing", 404) }, 404},
		"no content":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, 204},
		"an empty body":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, 200},
		"nothing at all": {func(http.ResponseWriter, *http.Request) {}, 200},
		"a redirect":     {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/x", http.StatusSeeOther) }, 303},
		"what it does accept": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			writeText(w, r)
		}, 200},
		"a picture": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			io.WriteString(w, text)
		}, 406},
		"a few bytes": {func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "few") }, 406},
		"flushed before": {func(w http.ResponseWriter, _ *http.Request) {
			http.NewResponseController(w).Flush()
			io.WriteString(w, text)
		}, 406},
		"written in two steps": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(201)
			io.WriteString(w, "1")
			io.WriteString(w, "2")
		}, 406},
	} {
		if got := start(t, compress.Config{}, test.handler).send("GET", refuse); got.StatusCode != test.want {
			t.Errorf("%s: %d, want %d", name, got.StatusCode, test.want)
		}
	}
}

func TestRefusalIsRenderedByTheRouter(t *testing.T) {
	router := runtime.NewRouter().
		HandleFunc("GET /{$}", writeText).
		RenderErrors(func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, "ours: "+err.Error(), runtime.StatusOf(err))
		}).
		Layer(compress.New(compress.Config{}))
	s := httptest.NewServer(router)
	t.Cleanup(s.Close)
	got := server{t, s}.send("GET", "Accept-Encoding: *;q=0")
	if got.StatusCode != 406 || !strings.HasPrefix(string(got.raw), "ours: ") {
		t.Errorf("%d %s", got.StatusCode, got.raw)
	}
}

// decoder reads a body as it comes.
func decoder(t *testing.T, response *http.Response) *bufio.Reader {
	t.Helper()
	switch coding := response.Header.Get("Content-Encoding"); coding {
	case "gzip":
		r, err := gzip.NewReader(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return bufio.NewReader(r)
	case "zstd":
		r, err := zstd.NewReader(response.Body, zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return bufio.NewReader(r)
	default:
		return bufio.NewReader(response.Body)
	}
}

// The handler of this test writes a line only when the client has read the one
// before, so that a line that is held back is a test that never ends.
func TestFlush(t *testing.T) {
	for _, contentType := range []string{"application/x-ndjson", "text/event-stream", ""} {
		for _, coding := range []string{"gzip", "zstd", ""} {
			t.Run(contentType+" "+coding, func(t *testing.T) {
				next := make(chan struct{})
				s := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
					if contentType != "" {
						w.Header().Set("Content-Type", contentType)
					}
					for i := range 5 {
						select {
						case <-next:
						case <-r.Context().Done():
							return
						}
						fmt.Fprintf(w, "line %d\n", i)
						if err := http.NewResponseController(w).Flush(); err != nil {
							t.Errorf("Flush: %v", err)
						}
					}
				})
				go func() { next <- struct{}{} }()
				response := s.open("GET", "Accept-Encoding: "+coding)
				want := coding
				if contentType == "text/event-stream" {
					want = ""
				}
				if got := response.Header.Get("Content-Encoding"); got != want {
					t.Errorf("Content-Encoding = %q, want %q", got, want)
				}
				lines := decoder(t, response)
				for i := range 5 {
					line, err := lines.ReadString('\n')
					if err != nil || line != fmt.Sprintf("line %d\n", i) {
						t.Fatalf("line %d = %q, %v", i, line, err)
					}
					if i < 4 {
						next <- struct{}{}
					}
				}
				if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
					t.Errorf("after the last line: %q, %v", rest, err)
				}
			})
		}
	}
}

func TestFlushOfTheHeadAlone(t *testing.T) {
	for _, contentType := range []string{"application/x-ndjson", "text/event-stream"} {
		for _, coding := range []string{"gzip", "zstd", ""} {
			for _, body := range []string{"", "few", text} {
				arrived := make(chan struct{})
				s := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", contentType)
					w.WriteHeader(http.StatusAccepted)
					w.(http.Flusher).Flush()
					select {
					case <-arrived:
					case <-r.Context().Done():
					}
					io.WriteString(w, body)
				})
				response := s.open("GET", "Accept-Encoding: "+coding) // returns with the head
				close(arrived)
				raw, err := io.ReadAll(response.Body)
				if got := (answer{response, raw, err}); got.StatusCode != 202 || got.plain(t) != body {
					t.Errorf("%s, %q, %d bytes: %d %d bytes", contentType, coding, len(body), got.StatusCode, len(raw))
				}
			}
		}
	}
}

// A recorder is a writer that knows how it was used.
type recorder struct {
	*httptest.ResponseRecorder
	copied int64
}

func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	n, err := io.Copy(r.ResponseRecorder, src)
	r.copied += n
	return n, err
}

func TestPlainFilesReachReadFrom(t *testing.T) {
	picture := "\x89PNG\x0D\x0A\x1A\x0A" + text
	for _, test := range []struct {
		name, accept, contentType string
		status                    int
		body                      string
		copied                    int // bytes that have to be copied to find out; -1 for all
	}{
		{"a picture", "gzip", "image/png", 200, picture, 0},
		{"a picture without WriteHeader", "gzip", "image/png", 0, picture, 0},
		{"a picture without a type", "gzip", "", 0, picture, 512},
		{"a picture without a type, with WriteHeader", "gzip", "", 200, picture, 512},
		{"text that nobody wants encoded", "", "text/plain", 200, text, 0},
		{"text without WriteHeader", "", "text/plain", 0, text, 0},
		{"text without a type", "", "", 0, text, 512},
		{"text", "gzip", "text/plain", 200, text, -1},
		{"text without a type, to be encoded", "gzip", "", 200, text, -1},
		{"few bytes", "", "", 0, "few", 3},
	} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Accept-Encoding", test.accept)
		w := &recorder{ResponseRecorder: httptest.NewRecorder()}
		compress.New(compress.Config{})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if test.contentType != "" {
				w.Header().Set("Content-Type", test.contentType)
			}
			if test.status != 0 {
				w.WriteHeader(test.status)
			}
			n, err := io.Copy(w, struct{ io.Reader }{strings.NewReader(test.body)})
			if n != int64(len(test.body)) || err != nil {
				t.Errorf("%s: copied %d, %v", test.name, n, err)
			}
		})).ServeHTTP(w, request)
		want := len(test.body) - test.copied
		if test.copied < 0 {
			want = 0
		}
		if int(w.copied) != want {
			t.Errorf("%s: ReadFrom got %d of %d bytes, want %d", test.name, w.copied, len(test.body), want)
		}
		got := answer{w.Result(), w.Body.Bytes(), nil}
		if got.plain(t) != test.body {
			t.Errorf("%s: another body", test.name)
		}
	}
}

func TestAbortedBodyLooksAborted(t *testing.T) {
	noise := make([]byte, 64<<10) // so much that it does not stay in buffers
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	for _, coding := range []string{"gzip", "zstd", ""} {
		s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			w.Write(noise)
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})
		got := s.send("GET", "Accept-Encoding: "+coding)
		if !errors.Is(got.err, io.ErrUnexpectedEOF) {
			t.Errorf("%q: the client read %d bytes and %v, want an unexpected EOF", coding, len(got.raw), got.err)
		}
	}
}

func TestPanicBeforeAnythingWasSent(t *testing.T) {
	recovering := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer func() {
				if recover() != nil {
					http.Error(w, "recovered", http.StatusInternalServerError)
				}
			}()
			next.ServeHTTP(w, r)
		})
	}
	layer := compress.New(compress.Config{MinSize: 1000})
	s := httptest.NewServer(recovering(layer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "the beginning")
		panic("oh")
	}))))
	t.Cleanup(s.Close)
	got := server{t, s}.send("GET", "Accept-Encoding: gzip")
	if got.StatusCode != 500 || string(got.raw) != "recovered\n" {
		t.Errorf("%d %q, want what the layer outside answers", got.StatusCode, got.raw)
	}
}

func TestHijack(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		defer conn.Close()
		rw.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + text)
		rw.Flush()
	})
	got := s.send("GET", "Accept-Encoding: gzip")
	if string(got.raw) != text {
		t.Errorf("got %d bytes, want the %d that the handler wrote to the connection", len(got.raw), len(text))
	}
}

func TestHijackAfterAFlush(t *testing.T) {
	for _, coding := range []string{"gzip", "zstd", "identity"} {
		s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
			control := http.NewResponseController(w)
			io.WriteString(w, text)
			if err := control.Flush(); err != nil {
				t.Errorf("Flush: %v", err)
			}
			conn, _, err := control.Hijack()
			if err != nil {
				t.Errorf("Hijack: %v", err)
				return
			}
			conn.Close()
		})
		lines := decoder(t, s.open("GET", "Accept-Encoding: "+coding))
		body := make([]byte, len(text))
		if _, err := io.ReadFull(lines, body); err != nil || string(body) != text {
			t.Errorf("%s: the client reads another body, %v", coding, err)
		}
		if _, err := lines.ReadByte(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: the body ends with %v, want an unexpected EOF", coding, err)
		}
	}
}

func TestUpgrade(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("Hijack: %v", err)
			return
		}
		defer conn.Close()
		line, _ := rw.ReadString('\n')
		rw.WriteString(line)
		rw.Flush()
	})
	var dialer net.Dialer
	conn, err := dialer.DialContext(t.Context(), "tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\nAccept-Encoding: gzip\r\n\r\n")
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != 101 {
		t.Fatalf("%v, %v", response, err)
	}
	io.WriteString(conn, "hello\n")
	if line, err := reader.ReadString('\n'); line != "hello\n" {
		t.Errorf("echo = %q, %v", line, err)
	}
}

func TestDeadlinesPassThrough(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		control := http.NewResponseController(w)
		for name, err := range map[string]error{
			"SetReadDeadline":  control.SetReadDeadline(time.Now().Add(time.Hour)),
			"SetWriteDeadline": control.SetWriteDeadline(time.Now().Add(time.Hour)),
			"EnableFullDuplex": control.EnableFullDuplex(),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		io.WriteString(w, text)
	})
	s.send("GET", "Accept-Encoding: gzip")
}

func TestInformationalAnswersAndTrailers(t *testing.T) {
	for _, body := range []string{"few", text} {
		for _, coding := range []string{"gzip", "zstd", ""} {
			s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Link", "</style.css>; rel=preload")
				w.WriteHeader(http.StatusEarlyHints)
				w.Header().Set("Trailer", "X-Sum")
				w.Header().Set("Content-Type", "text/plain")
				io.WriteString(w, body)
				w.Header().Set("X-Sum", "42")
			})
			request, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
			request.Header.Set("Accept-Encoding", coding)
			var hints []int
			trace := &httptrace.ClientTrace{Got1xxResponse: func(code int, _ textproto.MIMEHeader) error {
				hints = append(hints, code)
				return nil
			}}
			request = request.WithContext(httptrace.WithClientTrace(t.Context(), trace))
			response, err := s.Client().Transport.RoundTrip(request)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(response.Body)
			response.Body.Close()
			got := answer{response, raw, err}
			if len(hints) != 1 || hints[0] != 103 {
				t.Errorf("informational answers: %v, want 103", hints)
			}
			if got.StatusCode != 200 || got.plain(t) != body || got.Header.Get("X-Sum") != "" || got.Trailer.Get("X-Sum") != "42" {
				t.Errorf("%q: %d, header %q, trailer %q", coding, got.StatusCode, got.Header.Get("X-Sum"), got.Trailer.Get("X-Sum"))
			}
		}
	}
}

func TestHTTP2(t *testing.T) {
	next := make(chan struct{})
	s := httptest.NewUnstartedServer(compress.New(compress.Config{})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/whole" {
			serveFile(w, r)
			return
		}
		w.Header().Set("Trailer", "X-Sum")
		for i := range 3 {
			fmt.Fprintf(w, "line %d\n", i)
			http.NewResponseController(w).Flush()
			<-next
		}
		w.Header().Set("X-Sum", "42")
	})))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	get := func(method, path, coding string) *http.Response {
		request, _ := http.NewRequestWithContext(t.Context(), method, s.URL+path, nil)
		request.Header.Set("Accept-Encoding", coding)
		response, err := s.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		if response.ProtoMajor != 2 {
			t.Fatalf("protocol %s", response.Proto)
		}
		return response
	}
	for _, coding := range []string{"gzip", "zstd"} {
		response := get("GET", "/whole", coding)
		raw, err := io.ReadAll(response.Body)
		if got := (answer{response, raw, err}); got.plain(t) != text || got.Header.Get("Content-Encoding") != coding {
			t.Errorf("%s: %v", coding, got.Header)
		}
		if head := get("HEAD", "/whole", coding); head.Header.Get("Content-Encoding") != coding || head.ContentLength > 0 {
			t.Errorf("HEAD, %s: %v", coding, head.Header)
		}
		response = get("GET", "/lines", coding)
		lines := decoder(t, response)
		for i := range 3 {
			if line, err := lines.ReadString('\n'); line != fmt.Sprintf("line %d\n", i) {
				t.Fatalf("%s: line %d = %q, %v", coding, i, line, err)
			}
			next <- struct{}{}
		}
		if _, err := io.Copy(io.Discard, lines); err != nil {
			t.Errorf("%s: %v", coding, err)
		}
		io.Copy(io.Discard, response.Body)
		if response.Trailer.Get("X-Sum") != "42" {
			t.Errorf("%s: trailer %v", coding, response.Trailer)
		}
	}
}

func TestLevels(t *testing.T) {
	var body strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		fmt.Fprintf(&body, "%x %s ", random.Uint32N(4096), text[random.IntN(40):40])
	}
	for _, coding := range []compress.Coding{compress.Gzip, compress.Zstd} {
		sizes := map[compress.Level]int{}
		for _, level := range []compress.Level{0, compress.Fastest, 3, 6, 9, 15, compress.Best} {
			s := start(t, compress.Config{Level: level}, func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, body.String())
			})
			got := s.send("GET", "Accept-Encoding: "+string(coding))
			if got.plain(t) != body.String() {
				t.Errorf("%s at level %d: another body", coding, level)
			}
			sizes[level] = len(got.raw)
		}
		if sizes[compress.Best] >= sizes[compress.Fastest] {
			t.Errorf("%s: best makes %d bytes, fastest %d", coding, sizes[compress.Best], sizes[compress.Fastest])
		}
	}
}

// Encoders are pooled: none may be used by two at once, nor again with what was
// left in it.
func TestManyAtOnce(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.Header.Get("N"))
		body := strings.Repeat(strconv.Itoa(n)+" ", 2000)
		if n%5 == 0 {
			io.WriteString(w, body[:1000])
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, body)
	})
	var group sync.WaitGroup
	for n := range 60 {
		group.Go(func() {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL, nil)
			request.Header.Set("Accept-Encoding", []string{"gzip", "zstd"}[n%2])
			request.Header.Set("N", strconv.Itoa(n))
			response, err := s.Client().Transport.RoundTrip(request)
			if n%5 == 0 {
				if err == nil {
					response.Body.Close()
				}
				return
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			raw, err := io.ReadAll(response.Body)
			if got := (answer{response, raw, err}); got.plain(t) != strings.Repeat(strconv.Itoa(n)+" ", 2000) {
				t.Errorf("answer %d is another one", n)
			}
		})
	}
	group.Wait()
}

func TestTwice(t *testing.T) {
	layer := compress.New(compress.Config{})
	s := httptest.NewServer(layer(layer(http.HandlerFunc(writeText))))
	t.Cleanup(s.Close)
	got := server{t, s}.send("GET", "Accept-Encoding: gzip")
	if got.plain(t) != text || len(got.Header["Vary"]) != 1 || len(got.Header["Content-Encoding"]) != 1 {
		t.Errorf("compressed twice: %v", got.Header)
	}
}

// A body that is shorter than declared must not look whole: without the layer,
// net/http sees to that by the length, which is gone.
func TestDeclaredLength(t *testing.T) {
	for name, test := range map[string]struct {
		contentType string
		pieces      []int
		flushed     bool
		want        int // -1 if the body has to look cut off
	}{
		"right":                         {contentType: "text/plain", pieces: []int{1000}, want: 1000},
		"right, in pieces":              {contentType: "text/plain", pieces: []int{0, 1, 999}, want: 1000},
		"right, without a type":         {pieces: []int{10, 990}, want: 1000},
		"short":                         {contentType: "text/plain", pieces: []int{999}, want: -1},
		"short, flushed":                {contentType: "text/plain", pieces: []int{999}, flushed: true, want: -1},
		"short, without a type":         {pieces: []int{100}, want: -1},
		"short, and small":              {pieces: []int{3}, want: -1},
		"nothing":                       {contentType: "text/plain", want: -1},
		"nothing, but flushed":          {contentType: "text/plain", flushed: true, want: -1},
		"more than declared":            {contentType: "text/plain", pieces: []int{999, 2}, want: 1000},
		"more than declared, then more": {pieces: []int{1001, 1}, want: 1000},
	} {
		for _, coding := range []string{"gzip", "zstd"} {
			s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				if test.contentType != "" {
					w.Header().Set("Content-Type", test.contentType)
				}
				w.WriteHeader(http.StatusOK)
				written := 0
				for _, size := range test.pieces {
					n, err := io.WriteString(w, text[written:written+size])
					if written += n; (n < size) != errors.Is(err, http.ErrContentLength) {
						t.Errorf("%s: wrote %d of %d, %v", name, n, size, err)
					}
				}
				if test.flushed {
					http.NewResponseController(w).Flush()
				}
			})
			got := s.send("GET", "Accept-Encoding: "+coding)
			switch {
			case test.want < 0:
				if !errors.Is(got.err, io.ErrUnexpectedEOF) {
					t.Errorf("%s, %s: the client read %d bytes and %v, want an unexpected EOF", name, coding, len(got.raw), got.err)
				}
			case got.plain(t) != text[:test.want]:
				t.Errorf("%s, %s: another body of %d bytes", name, coding, len(got.plain(t)))
			}
			if head := s.send("HEAD", "Accept-Encoding: "+coding); head.err != nil {
				t.Errorf("%s, %s: HEAD: %v", name, coding, head.err)
			}
		}
	}
}

// A gone client is one to whom nothing can be written.
type gone struct{ *httptest.ResponseRecorder }

func (gone) Write([]byte) (int, error) { return 0, net.ErrClosed }
func (gone) FlushError() error         { return net.ErrClosed }

// A handler that stops because the client has gone has not failed, so nothing is
// aborted that a layer outside would log.
func TestDeclaredLengthForNobody(t *testing.T) {
	body := make([]byte, 1<<20)
	for i := range body {
		body[i] = byte(rand.Uint32())
	}
	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	compress.New(compress.Config{})(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Content-Length", strconv.Itoa(2*len(body)))
		if _, err := w.Write(body); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Write: %v", err)
		}
	})).ServeHTTP(gone{httptest.NewRecorder()}, request)
}

// An empty Write sends the head as any other does.
func TestEmptyWriteBegins(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "")
		w.Header().Set("X-Late", "late")
		w.WriteHeader(http.StatusTeapot)
		io.WriteString(w, text)
	})
	for _, coding := range []string{"gzip", "identity"} {
		if got := s.send("GET", "Accept-Encoding: "+coding); got.StatusCode != 200 || got.Header.Get("X-Late") != "" || got.plain(t) != text {
			t.Errorf("%s: %d, header %v", coding, got.StatusCode, got.Header)
		}
	}
}

func TestUndeclaredTrailers(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, text) // so much that net/http sends it in chunks, unless it is compressed
		w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
	})
	for _, coding := range []string{"gzip", "zstd", "identity"} {
		if got := s.send("GET", "Accept-Encoding: "+coding); got.plain(t) != text || got.Trailer.Get("X-Sum") != "42" {
			t.Errorf("%s: trailers %v", coding, got.Trailer)
		}
	}
}

// What is written when the handler has returned goes nowhere, and not into the
// next answer.
func TestLateWrite(t *testing.T) {
	for _, coding := range []string{"gzip", "zstd"} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Accept-Encoding", coding)
		recorded := httptest.NewRecorder()
		var kept http.ResponseWriter
		compress.New(compress.Config{})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			kept = w
			writeText(w, r)
		})).ServeHTTP(recorded, request)
		size := recorded.Body.Len()
		io.WriteString(kept, text)
		http.NewResponseController(kept).Flush()
		if recorded.Body.Len() != size {
			t.Errorf("%s: %d bytes came late", coding, recorded.Body.Len()-size)
		}
	}
}

func TestSuperfluousWriteHeader(t *testing.T) {
	s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(201)
		w.WriteHeader(500)
		io.WriteString(w, text)
	})
	if got := s.send("GET", "Accept-Encoding: gzip"); got.StatusCode != 201 || got.plain(t) != text {
		t.Errorf("status %d, want the first", got.StatusCode)
	}
}

// TestLateHeader changes a head that is held back until it is known how the body
// goes: the handler has sent it by then, for all it knows.
func TestLateHeader(t *testing.T) {
	begins := map[string]func(http.ResponseWriter){
		"a status": func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) },
		"bytes":    func(w http.ResponseWriter) { io.WriteString(w, "few ") },
	}
	for name, begin := range begins {
		for _, body := range []string{"more", text} {
			for _, coding := range []string{"gzip", "identity"} {
				s := start(t, compress.Config{}, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("X-Own", "early")
					w.Header().Set("X-Both", "early")
					begin(w)
					w.Header().Set("X-Own", "late")
					w.Header().Set("X-Late", "late")
					w.WriteHeader(http.StatusEarlyHints)
					io.WriteString(w, body)
				})
				got := s.send("GET", "Accept-Encoding: "+coding)
				if !strings.HasSuffix(got.plain(t), body) || (got.Header.Get("Content-Encoding") == "gzip") != (coding == "gzip" && body == text) {
					t.Errorf("%s, %.9q, %s: %d bytes, coded by %q", name, body, coding, len(got.raw), got.Header.Get("Content-Encoding"))
				}
				if h := got.Header; h.Get("X-Own") != "early" || h.Get("X-Both") != "early" || h.Get("X-Late") != "" {
					t.Errorf("%s, %.9q, %s: the header is %v", name, body, coding, h)
				}
			}
		}
	}
}

func TestConfig(t *testing.T) {
	for want, config := range map[string]compress.Config{
		`compress: MinSize is negative: -1`:                                   {MinSize: -1},
		`compress: there is no level 23, only 1 to 22, and 0 for the default`: {Level: 23},
		`compress: there is no level -1, only 1 to 22, and 0 for the default`: {Level: -1},
		`compress: unknown coding "br", there are "zstd" and "gzip"`:          {Codings: []compress.Coding{"br"}},
		`compress: coding "gzip" is there twice`:                              {Codings: []compress.Coding{"gzip", "zstd", "gzip"}},
		`compress: no coding is on offer`:                                     {Codings: []compress.Coding{}},
	} {
		func() {
			defer func() {
				if got := recover(); got != want {
					t.Errorf("panic(%v), want %q", got, want)
				}
			}()
			compress.New(config)
		}()
	}
}

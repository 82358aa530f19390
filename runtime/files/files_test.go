package files_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	hg "github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/files"
)

//go:embed all:testdata/site
var embedded embed.FS

func site(t testing.TB) fs.FS {
	t.Helper()
	sub, err := fs.Sub(embedded, "testdata/site")
	if err != nil {
		t.Fatal(err)
	}
	return sub
}

// modTime is when the files of tests were modified.
var modTime = time.Date(2026, time.March, 1, 12, 30, 0, 500, time.UTC)

// write makes a directory with files of the given names and contents.
func write(t testing.TB, texts map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range texts {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, modTime, modTime); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// An answer is what came over the wire.
type answer struct {
	status int
	header http.Header
	body   string
}

// ask sends a request whose target is as it is written, over a connection of
// its own. Header lines are "Name: value".
func ask(t testing.TB, h http.Handler, method, target string, lines ...string) answer {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	lines = append(lines, "Host: test.example", "Connection: close")
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\n%s\r\n\r\n", method, target, strings.Join(lines, "\r\n"))
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s %s: %v after %q", method, target, err, body)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

func (a answer) is(t testing.TB, what string, status int, body string) {
	t.Helper()
	if a.status != status || a.body != body {
		t.Errorf("%s: %d %q, want %d %q", what, a.status, a.body, status, body)
	}
}

// has checks fields of the header, "Name: value", or "Name:" if it is absent.
func (a answer) has(t testing.TB, what string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		name, want, _ := strings.Cut(line, ":")
		if got := strings.Join(a.header.Values(name), ", "); got != strings.TrimSpace(want) {
			t.Errorf("%s: %s is %q, want %q", what, name, got, strings.TrimSpace(want))
		}
	}
}

const notFound = `{"title":"Not Found","status":404,"detail":"there is no such file"}`

// backends are the same files from different places.
func backends(t *testing.T, texts map[string]string) map[string]func(files.DirConfig) http.Handler {
	inMemory := fstest.MapFS{}
	var archive bytes.Buffer
	zipped := zip.NewWriter(&archive)
	for name, text := range texts {
		inMemory[name] = &fstest.MapFile{Data: []byte(text)}
		w, err := zipped.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	unzipped, err := zip.NewReader(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	dir := write(t, texts)
	return map[string]func(files.DirConfig) http.Handler{
		"disk":   func(c files.DirConfig) http.Handler { return files.ServeDir(dir, c) },
		"DirFS":  func(c files.DirConfig) http.Handler { return files.ServeDirFS(os.DirFS(dir), c) },
		"memory": func(c files.DirConfig) http.Handler { return files.ServeDirFS(inMemory, c) },
		"zip":    func(c files.DirConfig) http.Handler { return files.ServeDirFS(unzipped, c) },
	}
}

func TestPaths(t *testing.T) {
	texts := map[string]string{
		"index.html": "home", "app.js": "app", "docs/index.html": "docs", "docs/a b.txt": "a b", "empty/x": "x",
		"about.html": "about", "both": "both", "both.html": "both.html", "dir/x": "x", "dir.html": "dir.html",
		"docs.html": "docs.html", ".env": "secret", ".git/config": "secret", "docs/.hidden": "secret",
		"Grüße.txt": "Grüße", "100%.txt": "100%", "http:/index.html": "colon", "...": "dots", "a..b": "a..b",
	}
	plain, noIndex := files.DirConfig{}, files.DirConfig{NoIndex: true}
	html, dots := files.DirConfig{HTMLExtension: true}, files.DirConfig{DotFiles: true}
	for _, test := range []struct {
		config files.DirConfig
		target string
		status int
		want   string // the body, or the Location of a redirect
	}{
		{plain, "/", 200, "home"},
		{plain, "/index.html", 200, "home"},
		{plain, "/app.js", 200, "app"},
		{plain, "/app.js?v=3", 200, "app"},
		{plain, "/app%2Ejs", 200, "app"},
		{plain, "/app.js/", 404, ""},
		{plain, "/app.js/x", 404, ""},
		{plain, "/none", 404, ""},
		{plain, "/about", 404, ""},
		{plain, "/docs/", 200, "docs"},
		{plain, "/docs/a%20b.txt", 200, "a b"},
		{plain, "/docs%2Fa%20b.txt", 200, "a b"},
		{plain, "/Gr%C3%BC%C3%9Fe.txt", 200, "Grüße"},
		{plain, "/100%25.txt", 200, "100%"},
		{plain, "/a..b", 200, "a..b"},
		{plain, "/docs", 307, "./docs/"},
		{plain, "/docs?a=1&b=%2F", 307, "./docs/?a=1&b=%2F"},
		{plain, "/http:", 307, "./http:/"},
		{plain, "/empty", 404, ""},
		{plain, "/empty/", 404, ""},
		{plain, "/dir", 404, ""},

		{plain, "/.", 404, ""},
		{plain, "/./app.js", 404, ""},
		{plain, "/docs/../app.js", 404, ""},
		{plain, "/docs/%2e%2e/app.js", 404, ""},
		{plain, "/..%2fapp.js", 404, ""},
		{plain, "/../../etc/passwd", 404, ""},
		{plain, "//etc/passwd", 404, ""},
		{plain, "//app.js", 404, ""},
		{plain, "/docs//a%20b.txt", 404, ""},
		{plain, "//evil.example", 404, ""},
		{plain, "//docs", 404, ""},
		{plain, "//evil.example/..", 404, ""},
		{plain, "/app.js%00", 404, ""},
		{plain, "/app.js%00.html", 404, ""},
		{plain, "/%ff", 404, ""},
		{plain, "/..%5capp.js", 404, ""},
		{plain, "/" + strings.Repeat("x", 300), 404, ""},
		{plain, "/" + strings.Repeat("x/", 3000), 404, ""},

		{plain, "/.env", 404, ""},
		{plain, "/.git/config", 404, ""},
		{plain, "/.git", 404, ""},
		{plain, "/docs/.hidden", 404, ""},
		{plain, "/...", 404, ""},
		{dots, "/.env", 200, "secret"},
		{dots, "/.git/config", 200, "secret"},
		{dots, "/docs/.hidden", 200, "secret"},
		{dots, "/...", 200, "dots"},
		{dots, "/..", 404, ""},
		{dots, "/docs/..", 404, ""},

		{noIndex, "/", 404, ""},
		{noIndex, "/docs", 404, ""},
		{noIndex, "/docs/", 404, ""},
		{noIndex, "/index.html", 200, "home"},

		{html, "/about", 200, "about"},
		{html, "/about/", 404, ""},
		{html, "/about.html", 200, "about"},
		{html, "/both", 200, "both"},
		{html, "/dir", 200, "dir.html"},
		{html, "/dir/", 404, ""},
		{html, "/docs", 307, "./docs/"},
		{html, "/none", 404, ""},
	} {
		for backend, handler := range backends(t, texts) {
			h := handler(test.config)
			what := fmt.Sprintf("%s, %s with %+v", backend, test.target, test.config)
			got := ask(t, h, "GET", test.target)
			head := ask(t, h, "HEAD", test.target)
			switch test.status {
			case 307:
				got.is(t, what, 307, "")
				got.has(t, what, "Location: "+test.want)
			case 404:
				got.is(t, what, 404, notFound)
				got.has(t, what, "Content-Type: application/problem+json", "Etag:", "Cache-Control:")
			default:
				got.is(t, what, 200, test.want)
				head.has(t, what+" by HEAD", "Content-Length: "+fmt.Sprint(len(test.want)), "Etag: "+got.header.Get("Etag"))
			}
			head.is(t, what+" by HEAD", test.status, "")
		}
	}
}

func TestHeader(t *testing.T) {
	dir := write(t, map[string]string{"a.html": "12345", "b.bin": "\x00\x01", "c": "<html>", "empty.css": ""})
	h := files.ServeDir(dir, files.DirConfig{})
	const tag = `"69a43148.1f4-5"`
	got := ask(t, h, "GET", "/a.html")
	got.has(t, "a.html", "Content-Type: text/html; charset=utf-8", "Content-Length: 5", "Accept-Ranges: bytes",
		"Last-Modified: Sun, 01 Mar 2026 12:30:00 GMT", "Etag: "+tag, "Cache-Control:", "Vary:", "Content-Encoding:")
	ask(t, h, "GET", "/b.bin").has(t, "b.bin", "Content-Type: application/octet-stream", "Content-Length: 2")
	ask(t, h, "GET", "/c").has(t, "c", "Content-Type: application/octet-stream")
	ask(t, h, "GET", "/empty.css").has(t, "empty.css", "Content-Type: text/css; charset=utf-8", "Content-Length: 0")

	h = files.ServeDir(dir, files.DirConfig{CacheControl: func(name string) string {
		if name == "a.html" {
			return "max-age=60"
		}
		return ""
	}})
	ask(t, h, "GET", "/a.html").has(t, "a.html", "Cache-Control: max-age=60")
	ask(t, h, "GET", "/c").has(t, "c", "Cache-Control:")
	own := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("Cache-Control", "no-store")
		h.ServeHTTP(w, r)
	})
	ask(t, own, "GET", "/a.html").has(t, "with fields of its own", "Content-Type: text/plain", "Cache-Control: no-store")
}

func TestConditions(t *testing.T) {
	h := files.ServeDir(write(t, map[string]string{"a.txt": "0123456789"}), files.DirConfig{
		CacheControl: func(string) string { return "max-age=60" },
	})
	tag := ask(t, h, "GET", "/a.txt").header.Get("Etag")
	const at, before = "Sun, 01 Mar 2026 12:30:00 GMT", "Sat, 28 Feb 2026 12:30:00 GMT"
	for _, test := range []struct {
		line   string
		status int
	}{
		{"If-None-Match: " + tag, 304},
		{"If-None-Match: W/" + tag, 304},
		{`If-None-Match: "x", ` + tag, 304},
		{"If-None-Match: *", 304},
		{`If-None-Match: "x"`, 200},
		{"If-Modified-Since: " + at, 304},
		{"If-Modified-Since: " + before, 200},
		{"If-Match: " + tag, 200},
		{"If-Match: *", 200},
		{"If-Match: W/" + tag, 412},
		{`If-Match: "x"`, 412},
		{"If-Unmodified-Since: " + at, 200},
		{"If-Unmodified-Since: " + before, 412},
		{`If-None-Match: "x"` + "\r\nIf-Modified-Since: " + at, 200},
		{"If-Match: " + tag + "\r\nIf-Unmodified-Since: " + before, 200},
		{"Range: bytes=2-4\r\nIf-Range: " + tag, 206},
		{"Range: bytes=2-4\r\nIf-Range: \"x\"", 200},
	} {
		got := ask(t, h, "GET", "/a.txt", test.line)
		switch test.status {
		case 200:
			got.is(t, test.line, 200, "0123456789")
		case 206:
			got.is(t, test.line, 206, "234")
		case 304:
			got.is(t, test.line, 304, "")
			got.has(t, test.line, "Etag: "+tag, "Cache-Control: max-age=60", "Content-Type:")
		case 412:
			got.is(t, test.line, 412, `{"title":"Precondition Failed","status":412,"detail":"the file is another by now"}`)
			got.has(t, test.line, "Content-Type: application/problem+json", "Etag:", "Last-Modified:", "Cache-Control:", "X-Content-Type-Options:")
		}
	}
}

func TestRanges(t *testing.T) {
	for backend, handler := range backends(t, map[string]string{"a.txt": "0123456789", "empty": ""}) {
		h := handler(files.DirConfig{})
		for _, test := range []struct {
			line, contentRange, body string
		}{
			{"bytes=2-4", "bytes 2-4/10", "234"},
			{"bytes=7-", "bytes 7-9/10", "789"},
			{"bytes=-3", "bytes 7-9/10", "789"},
			{"bytes=8-100", "bytes 8-9/10", "89"},
			{"bytes=0-0", "bytes 0-0/10", "0"},
		} {
			what := backend + ", " + test.line
			got := ask(t, h, "GET", "/a.txt", "Range: "+test.line)
			got.is(t, what, 206, test.body)
			got.has(t, what, "Content-Range: "+test.contentRange, "Content-Length: "+fmt.Sprint(len(test.body)))
		}
		for _, line := range []string{"bytes=10-", "bytes=20-30", "bytes=4-2", "bytes=x", "lines=1-2"} {
			what := backend + ", " + line
			got := ask(t, h, "GET", "/a.txt", "Range: "+line)
			got.is(t, what, 416, `{"title":"Requested Range Not Satisfiable","status":416,"detail":"the file has 10 bytes"}`)
			got.has(t, what, "Content-Range: bytes */10", "Content-Type: application/problem+json", "Etag:", "X-Content-Type-Options:")
		}
		got := ask(t, h, "GET", "/a.txt", "Range: bytes=6-7,1-2")
		for _, part := range []string{"\r\n\r\n67\r\n", "\r\n\r\n12\r\n"} {
			if got.status != 206 || !strings.Contains(got.body, part) {
				t.Errorf("%s, two ranges: %d %q, want a part %q", backend, got.status, got.body, part)
			}
		}
		ask(t, h, "GET", "/empty", "Range: bytes=0-0").is(t, backend+", a range of nothing", 200, "")
	}
}

func TestPrecompressed(t *testing.T) {
	texts := map[string]string{
		"app.js": "plain", "app.js.br": "brotli", "app.js.zst": "zstd", "app.js.gz": "gzip",
		"some.css": "plain", "some.css.gz": "gzip",
		"only.svg.br": "brotli",
		"index.html":  "home", "index.html.gz": "home in gzip",
		"docs/index.html.gz": "docs in gzip",
		"dir/x":              "x", "dir.gz": "not the directory",
	}
	for backend, handler := range backends(t, texts) {
		h := handler(files.DirConfig{Precompressed: true})
		for _, test := range []struct {
			target, accept string
			status         int
			coding, body   string
		}{
			{"/app.js", "", 200, "", "plain"},
			{"/app.js", "gzip", 200, "gzip", "gzip"},
			{"/app.js", "x-gzip", 200, "gzip", "gzip"},
			{"/app.js", "GZIP", 200, "gzip", "gzip"},
			{"/app.js", "gzip, deflate, br, zstd", 200, "br", "brotli"},
			{"/app.js", "gzip, zstd", 200, "zstd", "zstd"},
			{"/app.js", "gzip;q=1, br;q=0.9, zstd;q=0.8", 200, "gzip", "gzip"},
			{"/app.js", "br;q=0, gzip;q=0.1", 200, "gzip", "gzip"},
			{"/app.js", "br;q=0.001, gzip ; Q=0.002", 200, "gzip", "gzip"},
			{"/app.js", "*", 200, "br", "brotli"},
			{"/app.js", "*, br;q=0", 200, "zstd", "zstd"},
			{"/app.js", "*;q=0", 200, "", "plain"},
			{"/app.js", "deflate", 200, "", "plain"},
			{"/app.js", "identity, gzip;q=0.5", 200, "", "plain"},
			{"/app.js", "identity;q=0.5, gzip;q=0.7", 200, "gzip", "gzip"},
			{"/app.js", "identity;q=0, gzip", 200, "gzip", "gzip"},
			{"/app.js", "identity;q=0", 200, "", "plain"},
			{"/app.js", "gzip;q=2", 200, "", "plain"},
			{"/app.js", "gzip;q=NaN", 200, "", "plain"},
			{"/app.js", "gzip;level=9", 200, "", "plain"},
			{"/app.js", "br;q=0.5\r\nAccept-Encoding: gzip", 200, "gzip", "gzip"},
			{"/app.js", ",, ;q=1, gzip", 200, "gzip", "gzip"},
			{"/some.css", "br, gzip", 200, "gzip", "gzip"},
			{"/some.css", "br, identity;q=0", 200, "", "plain"},
			{"/only.svg", "br", 200, "br", "brotli"},
			{"/only.svg", "gzip", 404, "", ""},
			{"/only.svg", "", 404, "", ""},
			{"/", "gzip", 200, "gzip", "home in gzip"},
			{"/docs/", "gzip", 200, "gzip", "docs in gzip"},
			{"/docs/", "", 404, "", ""},
			{"/docs", "gzip", 307, "", ""},
			{"/docs", "", 404, "", ""},
			{"/dir", "gzip", 404, "", ""},
			{"/app.js.gz", "", 200, "", "gzip"},
		} {
			what := fmt.Sprintf("%s, %s with %q", backend, test.target, test.accept)
			var lines []string
			if test.accept != "" {
				lines = append(lines, "Accept-Encoding: "+test.accept)
			}
			got := ask(t, h, "GET", test.target, lines...)
			got.has(t, what, "Vary: Accept-Encoding")
			if test.status != 200 {
				if got.status != test.status {
					t.Errorf("%s: %d, want %d", what, got.status, test.status)
				}
				continue
			}
			got.is(t, what, 200, test.body)
			got.has(t, what, "Content-Encoding: "+test.coding, "Content-Length: "+fmt.Sprint(len(test.body)))
		}

		types := map[string]string{"/app.js": "text/javascript; charset=utf-8", "/only.svg": "image/svg+xml", "/": "text/html; charset=utf-8"}
		for target, want := range types {
			ask(t, h, "GET", target, "Accept-Encoding: br, gzip").has(t, backend+", "+target, "Content-Type: "+want)
		}
		tags := map[string]bool{}
		for _, coding := range []string{"identity", "gzip", "zstd", "br"} {
			got := ask(t, h, "GET", "/app.js", "Accept-Encoding: "+coding)
			tag := got.header.Get("Etag")
			if tags[tag] || !strings.HasPrefix(tag, `"`) {
				t.Errorf("%s: the tag of %s is %s, as that of another coding", backend, coding, tag)
			}
			tags[tag] = true

			what := fmt.Sprintf("%s, %s again", backend, coding)
			again := ask(t, h, "GET", "/app.js", "Accept-Encoding: "+coding, "If-None-Match: "+tag)
			again.is(t, what, 304, "")
			again.has(t, what, "Vary: Accept-Encoding", "Etag: "+tag)

			part := ask(t, h, "GET", "/app.js", "Accept-Encoding: "+coding, "Range: bytes=1-2")
			part.is(t, what+" in part", 206, got.body[1:3])
			part.has(t, what+" in part", "Content-Encoding: "+got.header.Get("Content-Encoding"))

			refused := ask(t, h, "GET", "/app.js", "Accept-Encoding: "+coding, `If-Match: "x"`)
			refused.has(t, what+" refused", "Content-Encoding:", "Content-Type: application/problem+json", "Vary: Accept-Encoding")
			if refused.status != 412 {
				t.Errorf("%s refused: %d", what, refused.status)
			}
		}
	}
}

func TestDigests(t *testing.T) {
	h := files.ServeDirFS(site(t), files.DirConfig{})
	home := ask(t, h, "GET", "/")
	home.is(t, "an embedded index", 200, "<h1>home</h1>\n")
	home.has(t, "an embedded index", "Last-Modified:")
	docs := ask(t, h, "GET", "/docs/")
	if a, b := home.header.Get("Etag"), docs.header.Get("Etag"); a == b || len(a) < 20 {
		t.Errorf("two embedded files of the same size have the tags %s and %s", a, b)
	}
	again := ask(t, h, "GET", "/", "If-None-Match: "+home.header.Get("Etag"))
	again.is(t, "an embedded index again", 304, "")

	dir := write(t, map[string]string{"a": "1", "b": "2"})
	for _, when := range []time.Time{time.Unix(0, 0), time.Unix(1, 0), time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)} {
		for _, name := range []string{"a", "b"} {
			if err := os.Chtimes(filepath.Join(dir, name), when, when); err != nil {
				t.Fatal(err)
			}
		}
		h := files.ServeDir(dir, files.DirConfig{})
		a, b := ask(t, h, "GET", "/a"), ask(t, h, "GET", "/b")
		a.has(t, fmt.Sprint(when), "Last-Modified:")
		if a.header.Get("Etag") == b.header.Get("Etag") {
			t.Errorf("%v: two files have the tag %s", when, a.header.Get("Etag"))
		}
		b.is(t, fmt.Sprint(when), 200, "2")
	}
}

func TestMethods(t *testing.T) {
	dir := write(t, map[string]string{"a": "1"})
	for name, h := range map[string]http.Handler{
		"ServeDir":  files.ServeDir(dir, files.DirConfig{SinglePage: "a", NotFound: "a"}),
		"ServeFile": files.ServeFile(filepath.Join(dir, "a"), files.FileConfig{}),
	} {
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "BREW"} {
			for _, target := range []string{"/a", "/none"} {
				got := ask(t, h, method, target, "Content-Length: 0")
				what := name + ", " + method
				got.is(t, what, 405, `{"title":"Method Not Allowed","status":405,"detail":"a file can only be read: GET or HEAD"}`)
				got.has(t, what, "Allow: GET, HEAD")
			}
		}
	}
}

func TestMisses(t *testing.T) {
	dir := write(t, map[string]string{
		"app/index.html": "page", "app/index.html.gz": "page in gzip", "404.html": "gone", "404.html.br": "gone in brotli", "a.js": "a",
	})
	teapot := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, r.Method, " ", r.URL.Path)
	})
	page := files.DirConfig{SinglePage: "app/index.html", Precompressed: true}
	fallback := files.DirConfig{Fallback: teapot}
	both := files.DirConfig{SinglePage: "app/index.html", Fallback: teapot}
	gone := files.DirConfig{NotFound: "404.html", Precompressed: true}
	const html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8"
	for _, test := range []struct {
		config         files.DirConfig
		method, target string
		line           string
		status         int
		body           string
		header         []string
	}{
		{page, "GET", "/a.js", html, 200, "a", []string{"Vary: Accept-Encoding", "Cache-Control:"}},
		{page, "GET", "/users/7", "", 200, "page", []string{"Cache-Control: no-cache", "Vary: Accept-Encoding", "Content-Type: text/html; charset=utf-8"}},
		{page, "GET", "/users/7/", "Accept: */*", 200, "page", nil},
		{page, "GET", "/", "", 200, "page", nil},
		{page, "GET", "/../x", "", 200, "page", nil},
		{page, "HEAD", "/users/7", "", 200, "", []string{"Content-Length: 4"}},
		{page, "GET", "/users/7", "Accept-Encoding: gzip", 200, "page in gzip", []string{"Content-Encoding: gzip"}},
		{page, "GET", "/users/7", "Range: bytes=1-2", 206, "ag", nil},
		{page, "GET", "/old.js", "Accept: */*", 404, notFound, []string{"Vary: Accept, Accept-Encoding", "Cache-Control:"}},
		{page, "GET", "/jane.doe", html, 200, "page", []string{"Vary: Accept, Accept-Encoding"}},
		{page, "GET", "/.env", "", 404, notFound, nil},

		{fallback, "GET", "/a.js", "", 200, "a", nil},
		{fallback, "GET", "/none", "", 418, "GET /none", []string{"Vary:"}},
		{fallback, "POST", "/a.js", "Content-Length: 0", 418, "POST /a.js", []string{"Allow:"}},
		{both, "GET", "/none", "", 200, "page", nil},
		{both, "GET", "/none.js", "", 418, "GET /none.js", nil},

		{gone, "GET", "/none", "", 404, "gone", []string{"Content-Type: text/html; charset=utf-8", "Etag:", "Content-Length: 4", "Vary: Accept-Encoding"}},
		{gone, "GET", "/none", "Accept-Encoding: br", 404, "gone in brotli", []string{"Content-Encoding: br"}},
		{gone, "GET", "/none", "Range: bytes=1-2", 404, "gone", nil},
		{gone, "GET", "/none", "If-None-Match: *", 404, "gone", nil},
		{gone, "HEAD", "/none", "", 404, "", []string{"Content-Length: 4"}},

		{files.DirConfig{SinglePage: "none.html"}, "GET", "/x", "", 404, notFound, nil},
		{files.DirConfig{NotFound: "none.html"}, "GET", "/x", "", 404, notFound, nil},
	} {
		what := fmt.Sprintf("%s %s with %+v and %q", test.method, test.target, test.config, test.line)
		var lines []string
		if test.line != "" {
			lines = append(lines, test.line)
		}
		got := ask(t, files.ServeDir(dir, test.config), test.method, test.target, lines...)
		got.is(t, what, test.status, test.body)
		got.has(t, what, test.header...)
	}
	cached := page
	cached.CacheControl = func(name string) string { return "max-age=" + fmt.Sprint(len(name)) }
	ask(t, files.ServeDir(dir, cached), "GET", "/x").has(t, "a page with a Cache-Control", "Cache-Control: max-age=14")
}

func TestSymlinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("making symbolic links needs a privilege on Windows")
	}
	outside := write(t, map[string]string{"secret": "secret", "sub/index.html": "secret"})
	dir := write(t, map[string]string{"in/a": "a", "..data/b": "b"})
	for link, to := range map[string]string{
		"absolute": filepath.Join(outside, "secret"), "relative": filepath.Join("..", filepath.Base(outside), "secret"),
		"away": outside, "inside": "in/a", "folder": "in", "loop": "loop", "dangling": "nowhere", "b": "..data/b",
		"in/up": "../..", "back": filepath.Join(dir, "in", "a"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	h := files.ServeDir(dir, files.DirConfig{})
	for target, want := range map[string]string{
		"/inside": "a", "/folder/a": "a", "/b": "b",
		"/absolute": "", "/relative": "", "/away": "", "/away/secret": "", "/away/sub/": "", "/away/sub": "",
		"/loop": "", "/loop/x": "", "/dangling": "", "/in/up": "", "/in/up/" + filepath.Base(dir) + "/in/a": "", "/back": "",
	} {
		status, body := 200, want
		if want == "" {
			status, body = 404, notFound
		}
		ask(t, h, "GET", target).is(t, target, status, body)
	}
	file := files.ServeFile(filepath.Join(dir, "absolute"), files.FileConfig{})
	ask(t, file, "GET", "/").is(t, "a file that is a link", 200, "secret")
}

func TestDirectoryIsReplaced(t *testing.T) {
	dir := write(t, map[string]string{"dist/a": "old", "next/a": "new"})
	h := files.ServeDir(filepath.Join(dir, "dist"), files.DirConfig{})
	ask(t, h, "GET", "/a").is(t, "before", 200, "old")
	os.Rename(filepath.Join(dir, "dist"), filepath.Join(dir, "gone"))
	log := logged(t)
	ask(t, h, "GET", "/a").is(t, "between", 500, `{"title":"Internal Server Error","status":500}`)
	if !strings.Contains(log.String(), "dist") {
		t.Errorf("the log does not say what is missing: %s", log)
	}
	os.Rename(filepath.Join(dir, "next"), filepath.Join(dir, "dist"))
	ask(t, h, "GET", "/a").is(t, "after", 200, "new")
}

// logged returns what slog writes from now on.
func logged(t *testing.T) *bytes.Buffer {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return &log
}

// A brokenFS fails to open or read some of its files.
type brokenFS struct{ files fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	switch name {
	case "io":
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("the disk is on fire")}
	case "denied":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	file, err := b.files.Open(name)
	if name == "unreadable" {
		return unreadable{file}, err
	}
	return file, err
}

type unreadable struct{ fs.File }

func (unreadable) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestFailures(t *testing.T) {
	log := logged(t)
	fsys := brokenFS{fstest.MapFS{"unreadable": {Data: []byte("x")}, "page": {Data: []byte("page")}}}
	for _, test := range []struct {
		config files.DirConfig
		target string
		status int
	}{
		{files.DirConfig{}, "/io", 500},
		{files.DirConfig{Precompressed: true}, "/io", 500},
		{files.DirConfig{SinglePage: "page"}, "/io", 500},
		{files.DirConfig{SinglePage: "io"}, "/x", 500},
		{files.DirConfig{NotFound: "io"}, "/x", 500},
		{files.DirConfig{}, "/unreadable", 500},
		{files.DirConfig{}, "/denied", 404},
		{files.DirConfig{SinglePage: "page"}, "/denied", 200},
	} {
		log.Reset()
		got := ask(t, files.ServeDirFS(fsys, test.config), "GET", test.target)
		if got.status != test.status || strings.Contains(got.body, "fire") || strings.Contains(log.String(), "fire") != (test.status == 500) {
			t.Errorf("%s with %+v: %d %s, logged %q", test.target, test.config, got.status, got.body, log)
		}
	}
	ask(t, files.ServeFileFS(fsys, "io", files.FileConfig{}), "GET", "/").is(t, "ServeFileFS", 500, `{"title":"Internal Server Error","status":500}`)
}

// TestReadFails wants what cannot be read to its end to be logged, and no client
// to take it for the whole, whatever the protocol.
func TestReadFails(t *testing.T) {
	fsys := brokenFS{fstest.MapFS{"unreadable": {Data: []byte("x"), ModTime: modTime}}}
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
		log := logged(t)
		server := httptest.NewUnstartedServer(files.ServeDirFS(fsys, files.DirConfig{}))
		server.EnableHTTP2 = protocol == "HTTP/2.0"
		server.StartTLS()
		response, err := server.Client().Get(server.URL + "/unreadable")
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(response.Body); err == nil || response.Proto != protocol {
			t.Errorf("%s: got %q by %s", protocol, body, response.Proto)
		}
		response.Body.Close()
		server.Close()
		if !strings.Contains(log.String(), "the disk is on fire") {
			t.Errorf("%s: logged %q", protocol, log)
		}
	}
}

func TestServeFile(t *testing.T) {
	dir := write(t, map[string]string{"robots.txt": "robots", "robots.txt.gz": "robots in gzip", ".hidden": "hidden"})
	h := files.ServeFile(filepath.Join(dir, "robots.txt"), files.FileConfig{Precompressed: true, CacheControl: "max-age=60"})
	for _, target := range []string{"/", "/robots.txt", "/any/../where?x", "/.env"} {
		got := ask(t, h, "GET", target)
		got.is(t, target, 200, "robots")
		got.has(t, target, "Content-Type: text/plain; charset=utf-8", "Cache-Control: max-age=60", "Vary: Accept-Encoding", "Accept-Ranges: bytes")
	}
	ask(t, h, "GET", "/", "Accept-Encoding: gzip").is(t, "in gzip", 200, "robots in gzip")
	ask(t, h, "GET", "/", "Range: bytes=1-2").is(t, "in part", 206, "ob")
	ask(t, h, "HEAD", "/").is(t, "by HEAD", 200, "")
	os.Remove(filepath.Join(dir, "robots.txt.gz"))
	os.Remove(filepath.Join(dir, "robots.txt"))
	ask(t, h, "GET", "/").is(t, "removed", 404, notFound)

	ask(t, files.ServeFile(filepath.Join(dir, ".hidden"), files.FileConfig{}), "GET", "/").is(t, "a dot file", 200, "hidden")
	ask(t, files.ServeFileFS(site(t), "docs/index.html", files.FileConfig{}), "GET", "/x").is(t, "embedded", 200, "<h1>docs</h1>\n")
	t.Chdir(dir)
	ask(t, files.ServeFile(".hidden", files.FileConfig{}), "GET", "/").is(t, "by a name alone", 200, "hidden")
}

// TestMounts serves a directory from behind prefixes.
func TestMounts(t *testing.T) {
	fsys := fstest.MapFS{"index.html": {Data: []byte("home")}, "docs/index.html": {Data: []byte("docs")}, "a b.js": {Data: []byte("a b")}}
	stripped := http.NewServeMux()
	stripped.Handle("/static/", http.StripPrefix("/static/", files.ServeDirFS(fsys, files.DirConfig{})))
	slashless := http.NewServeMux()
	slashless.Handle("/static/", http.StripPrefix("/static", files.ServeDirFS(fsys, files.DirConfig{})))
	wildcard := hg.NewRouter()
	wildcard.Handle("GET /static/{path...}", files.ServeDirFS(fsys, files.DirConfig{PathValue: "path"}))
	inside := hg.NewRouter()
	inside.Handle("GET /{path...}", files.ServeDirFS(fsys, files.DirConfig{PathValue: "path"}))
	insideAll := hg.NewRouter()
	insideAll.Handle("/", files.ServeDirFS(fsys, files.DirConfig{}))
	for name, h := range map[string]http.Handler{
		"StripPrefix": stripped, "StripPrefix without slash": slashless, "PathValue": wildcard,
		"Nest": hg.NewRouter().Nest("/static", inside), "Nest without PathValue": hg.NewRouter().Nest("/static", insideAll),
	} {
		ask(t, h, "GET", "/static/").is(t, name, 200, "home")
		ask(t, h, "GET", "/static/a%20b.js").is(t, name, 200, "a b")
		ask(t, h, "GET", "/static/docs/").is(t, name, 200, "docs")
		ask(t, h, "GET", "/static/docs?x=1").has(t, name, "Location: ./docs/?x=1")
		ask(t, h, "GET", "/static/%2e%2e/secret").is(t, name, 404, notFound)
		ask(t, h, "GET", "/static/..%2fsecret").is(t, name, 404, notFound)
		ask(t, h, "GET", "/static/%2Fevil.example").is(t, name, 404, notFound)

		server := httptest.NewServer(h)
		response, err := server.Client().Get(server.URL + "/static/docs") // follows the redirect
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != 200 || response.Request.URL.Path != "/static/docs/" {
			t.Errorf("%s: %d from %s", name, response.StatusCode, response.Request.URL)
		}
		response.Body.Close()
		server.Close()
	}
}

// TestErrorsFunction lets an application render what is refused.
func TestErrorsFunction(t *testing.T) {
	router := hg.NewRouter()
	router.RenderErrors(func(w http.ResponseWriter, r *http.Request, err error) {
		http.Error(w, "mine: "+err.Error(), hg.StatusOf(err))
	})
	router.Handle("/static/{path...}", files.ServeDirFS(site(t), files.DirConfig{PathValue: "path"}))
	ask(t, router, "GET", "/static/none").is(t, "a miss", 404, "mine: there is no such file\n")
	ask(t, router, "GET", "/static/", "Range: bytes=100-").is(t, "a range", 416, "mine: the file has 14 bytes\n")
	ask(t, router, "POST", "/static/", "Content-Length: 0").is(t, "a method", 405, "mine: a file can only be read: GET or HEAD\n")
}

// A copyingWriter notices how it gets its bytes.
type copyingWriter struct {
	*httptest.ResponseRecorder
	from []io.Reader
}

func (w *copyingWriter) ReadFrom(r io.Reader) (int64, error) {
	w.from = append(w.from, r)
	return io.Copy(w.ResponseRecorder, r)
}

// TestSendfile checks that net/http sees the file itself, which it has the
// system send.
func TestSendfile(t *testing.T) {
	h := files.ServeDir(write(t, map[string]string{"a": "1234"}), files.DirConfig{})
	w := &copyingWriter{ResponseRecorder: httptest.NewRecorder()}
	h.ServeHTTP(w, httptest.NewRequest("GET", "/a", nil))
	if len(w.from) != 1 || w.Body.String() != "1234" {
		t.Fatalf("read from %v, sent %q", w.from, w.Body)
	}
	limited, ok := w.from[0].(*io.LimitedReader)
	if !ok {
		t.Fatalf("read from a %T", w.from[0])
	}
	if _, ok := limited.R.(*os.File); !ok {
		t.Errorf("read from a %T", limited.R)
	}
}

func TestPanics(t *testing.T) {
	file := filepath.Join(write(t, map[string]string{"a": "1"}), "a")
	for name, construct := range map[string]func(){
		"files: ServeDir: stat nowhere":                            func() { files.ServeDir("nowhere", files.DirConfig{}) },
		"files: ServeDir: " + file + " is not a directory":         func() { files.ServeDir(file, files.DirConfig{}) },
		"files: ServeDirFS: no file system":                        func() { files.ServeDirFS(nil, files.DirConfig{}) },
		"files: ServeFileFS: no file system":                       func() { files.ServeFileFS(nil, "a", files.FileConfig{}) },
		`files: "../a" is not the name of a file in the directory`: func() { files.ServeDirFS(site(t), files.DirConfig{SinglePage: "../a"}) },
		`files: "/a" is not the name of a file in the directory`:   func() { files.ServeDirFS(site(t), files.DirConfig{NotFound: "/a"}) },
		`files: "." is not the name of a file`:                     func() { files.ServeFileFS(site(t), ".", files.FileConfig{}) },
		`files: "" is not the name of a file`:                      func() { files.ServeFile(string(filepath.Separator), files.FileConfig{}) },
		"files: NotFound has no effect beside Fallback": func() {
			files.ServeDirFS(site(t), files.DirConfig{NotFound: "a", Fallback: http.NotFoundHandler()})
		},
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.HasPrefix(got, name) {
					t.Errorf("got %s, want a panic: %s", got, name)
				}
			}()
			construct()
		}()
	}
}

// FuzzPath looks for a path that leads out of the directory or to a dot file.
func FuzzPath(f *testing.F) {
	outer := write(f, map[string]string{"secret": "secret", "site/index.html": "fine", "site/.env": "secret", "site/a/b": "fine"})
	if err := os.Symlink("../secret", filepath.Join(outer, "site", "link")); err != nil && runtime.GOOS != "windows" {
		f.Fatal(err)
	}
	h := files.ServeDir(filepath.Join(outer, "site"), files.DirConfig{Precompressed: true, HTMLExtension: true})
	for _, path := range []string{"/", "/a/b", "/../secret", "//", "/link", "/a/../.env", "/.env", "\x00", "/a\\..\\..\\secret", "/\xff"} {
		f.Add(path, "gzip;q=1")
	}
	f.Fuzz(func(t *testing.T, path, accept string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		r.Header.Set("Accept-Encoding", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		switch w.Code {
		case 200:
			if w.Body.String() != "fine" {
				t.Errorf("%q: %q", path, w.Body)
			}
		case 307:
			if location := w.Header().Get("Location"); !strings.HasPrefix(location, "./") {
				t.Errorf("%q is redirected to %q", path, location)
			}
		case 404:
		default:
			t.Errorf("%q: %d", path, w.Code)
		}
	})
}

// A slowFile is a file that takes its time, and notices that it is read after
// its end, or while that comes.
type slowFile struct {
	fs.File
	closed bool // without a lock, for the race detector
	late   *atomic.Int32
}

func (f *slowFile) Read(p []byte) (int, error) {
	if f.closed {
		f.late.Add(1)
	}
	time.Sleep(time.Millisecond)
	return f.File.Read(p)
}

func (f *slowFile) Close() error {
	f.closed = true
	return f.File.Close()
}

// slowFS has files that cannot seek.
type slowFS struct {
	files fstest.MapFS
	late  atomic.Int32
}

func (s *slowFS) Open(name string) (fs.File, error) {
	file, err := s.files.Open(name)
	return &slowFile{File: file, late: &s.late}, err
}

// A goneWriter is for a client that has gone.
type goneWriter struct{ *httptest.ResponseRecorder }

func (goneWriter) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// TestSeveralRangesCutOff wants nobody to read a file that is closed: the parts
// of several ranges are read by another goroutine.
func TestSeveralRangesCutOff(t *testing.T) {
	fsys := &slowFS{files: fstest.MapFS{"a": {Data: make([]byte, 1<<20), ModTime: modTime}}}
	h := files.ServeDirFS(fsys, files.DirConfig{})
	for range 20 {
		r := httptest.NewRequest("GET", "/a", nil)
		r.Header.Set("Range", "bytes=0-500000,500001-1000000")
		h.ServeHTTP(goneWriter{httptest.NewRecorder()}, r)
	}
	time.Sleep(10 * time.Millisecond) // for the goroutines that are left
	if n := fsys.late.Load(); n > 0 {
		t.Errorf("read %d times after the end", n)
	}
}

package docsui_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/contrib/docsui"
	"github.com/handlergen/handlergen/runtime"
)

func readDocument(t *testing.T) []byte {
	t.Helper()
	document, err := os.ReadFile("testdata/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// An answer is one over the network, body and all.
type answer struct {
	*http.Response
	body string
}

// ask sends a request as it is, and follows no redirects.
func ask(t *testing.T, method, url string, header ...string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

func (a answer) expect(t *testing.T, status int, header ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d: %.200s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.body)
	}
	for i := 0; i < len(header); i += 2 {
		if got := a.Header.Get(header[i]); got != header[i+1] {
			t.Errorf("%s %s: %s: %q, want %q", a.Request.Method, a.Request.URL, header[i], got, header[i+1])
		}
	}
}

func inflate(t *testing.T, compressed string) string {
	t.Helper()
	r, err := gzip.NewReader(strings.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'self'"

func TestFiles(t *testing.T) {
	document := readDocument(t)
	url := serve(t, docsui.New(document, docsui.Config{}))
	for path, mediaType := range map[string]string{
		"/":                                 "text/html; charset=utf-8",
		"/openapi.yaml":                     "application/yaml",
		"/docsui.css":                       "text/css; charset=utf-8",
		"/docsui.js":                        "text/javascript; charset=utf-8",
		"/favicon-32x32.png":                "image/png",
		"/oauth2-redirect.html":             "text/html; charset=utf-8",
		"/oauth2-redirect.js":               "text/javascript; charset=utf-8",
		"/swagger-ui-bundle.js":             "text/javascript; charset=utf-8",
		"/swagger-ui.css":                   "text/css; charset=utf-8",
		"/LICENSE":                          "text/plain; charset=utf-8",
		"/NOTICE":                           "text/plain; charset=utf-8",
		"/swagger-ui-bundle.js.LICENSE.txt": "text/plain; charset=utf-8",
	} {
		t.Run(path, func(t *testing.T) {
			plain := ask(t, "GET", url+path)
			plain.expect(t, 200,
				"Content-Type", mediaType,
				"Content-Encoding", "",
				"Cache-Control", "no-cache",
				"Content-Security-Policy", policy,
				"Referrer-Policy", "same-origin",
				"Vary", "Accept-Encoding",
				"X-Content-Type-Options", "nosniff",
			)
			if int64(len(plain.body)) != plain.ContentLength || plain.body == "" {
				t.Errorf("%d bytes, and Content-Length %d", len(plain.body), plain.ContentLength)
			}
			head := ask(t, "HEAD", url+path)
			head.expect(t, 200, "Content-Type", mediaType, "Etag", plain.Header.Get("Etag"))
			if head.ContentLength != plain.ContentLength || head.body != "" {
				t.Errorf("HEAD has Content-Length %d, want %d, and the body %q", head.ContentLength, plain.ContentLength, head.body)
			}
			ask(t, "GET", url+path, "If-None-Match", plain.Header.Get("Etag")).expect(t, 304, "Etag", plain.Header.Get("Etag"))

			compressed := ask(t, "GET", url+path, "Accept-Encoding", "br, gzip")
			if compressed.Header.Get("Content-Encoding") == "" { // a small or binary file
				compressed.expect(t, 200, "Etag", plain.Header.Get("Etag"))
				return
			}
			compressed.expect(t, 200, "Content-Type", mediaType, "Content-Encoding", "gzip")
			if inflate(t, compressed.body) != plain.body {
				t.Error("with gzip it is another file")
			}
			if compressed.Header.Get("Etag") == plain.Header.Get("Etag") {
				t.Error("both codings have the same entity tag")
			}
			ask(t, "GET", url+path, "Accept-Encoding", "gzip", "If-None-Match", compressed.Header.Get("Etag")).expect(t, 304)
			ask(t, "GET", url+path, "Accept-Encoding", "gzip;q=0").expect(t, 200, "Content-Encoding", "")
		})
	}
	if got := ask(t, "GET", url+"/openapi.yaml"); got.body != string(document) {
		t.Errorf("the document is\n%s", got.body)
	}
	for _, path := range []string{"/", "/openapi.yaml", "/swagger-ui-bundle.js", "/swagger-ui.css"} {
		ask(t, "GET", url+path, "Accept-Encoding", "gzip").expect(t, 200, "Content-Encoding", "gzip")
	}
}

// TestVersions shows that all that the page loads is found where it says, and
// kept by browsers as long as the version is that one.
func TestVersions(t *testing.T) {
	url := serve(t, docsui.New(readDocument(t), docsui.Config{}))
	page := ask(t, "GET", url+"/").body
	references := regexp.MustCompile(`(?:href|src)="([^"?]+)(\?v=[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(references) != 5 {
		t.Errorf("%d references with a version, want 5:\n%s", len(references), page)
	}
	for _, reference := range references {
		path := url + "/" + reference[1]
		ask(t, "GET", path+reference[2]).expect(t, 200, "Cache-Control", "max-age=31536000, immutable")
		ask(t, "GET", path+"?v=old").expect(t, 200, "Cache-Control", "no-cache")
	}
	if strings.Contains(page, "{{") {
		t.Errorf("the page has places that are not filled:\n%s", page)
	}
	if strings.Contains(page, "://") {
		t.Errorf("the page refers to another origin:\n%s", page)
	}
}

func TestRanges(t *testing.T) {
	url := serve(t, docsui.New(readDocument(t), docsui.Config{}))
	part := ask(t, "GET", url+"/swagger-ui.css", "Range", "bytes=100-199")
	part.expect(t, 206)
	if whole := ask(t, "GET", url+"/swagger-ui.css").body; part.body != whole[100:200] {
		t.Errorf("the range is %q", part.body)
	}
}

func TestRefused(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request, err error) {
		w.Header().Set("Refused", "yes")
		runtime.WriteError(w, r, err)
	}
	url := serve(t, runtime.NewRouter().
		Handle("/docs/", docsui.New(readDocument(t), docsui.Config{})).
		RenderErrors(refuse))
	for _, c := range []struct {
		method, path string
		status       int
		header       []string
	}{
		{"GET", "/docs/other", 404, nil},
		{"GET", "/docs/openapi.json", 404, nil},
		{"GET", "/docs/index.html", 404, nil},
		{"GET", "/docs/assets", 404, nil},
		{"GET", "/docs/swagger-ui.css.gz", 404, nil},
		{"GET", "/docs/SHA256SUMS", 404, nil},
		{"POST", "/docs/", 405, nil},
		{"DELETE", "/docs/openapi.yaml", 405, nil},
		{"GET", "/docs/openapi.yaml", 412, []string{"If-Match", `"other"`}},
		{"GET", "/docs/openapi.yaml", 416, []string{"Range", "bytes=1000000-"}},
	} {
		got := ask(t, c.method, url+c.path, c.header...)
		got.expect(t, c.status, "Content-Type", "application/problem+json", "Refused", "yes")
		if c.status == 405 {
			got.expect(t, 405, "Allow", "GET, HEAD")
		}
	}
}

// TestMounts serves the page below prefixes, and follows its references as a
// browser does.
func TestMounts(t *testing.T) {
	docs := docsui.New(readDocument(t), docsui.Config{})
	std := http.NewServeMux()
	std.Handle("/docs/", docs)
	stripped := http.NewServeMux()
	stripped.Handle("/docs/", http.StripPrefix("/docs", docs))
	stripped.Handle("/docs", http.StripPrefix("/docs", docs))
	slash := http.NewServeMux()
	slash.Handle("/docs/", http.StripPrefix("/docs/", docs))
	whole := http.NewServeMux()
	whole.Handle("/", http.StripPrefix("/", docs))
	wild := http.NewServeMux()
	wild.Handle("GET /docs/{path...}", docs)
	for name, c := range map[string]struct {
		h    http.Handler
		path string
	}{
		"ServeMux":    {std, "/docs"},
		"StripPrefix": {stripped, "/docs"},
		"slash":       {slash, "/docs"},
		"whole":       {whole, ""},
		"wildcard":    {wild, "/docs"},
		"Nest":        {runtime.NewRouter().Nest("/api/{version}", runtime.NewRouter().Handle("/docs/", docs)), "/api/v1/docs"},
		"root":        {runtime.NewRouter().Nest("/docs", runtime.NewRouter().Handle("/", docs)), "/docs"},
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, c.h)
			response, err := http.Get(url + c.path + "?a=b")
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if got := response.Request.URL.RequestURI(); got != c.path+"/?a=b" || response.StatusCode != 200 {
				t.Errorf("%s leads to %s with status %d", c.path, got, response.StatusCode)
			}
			page := ask(t, "GET", url+c.path+"/")
			for _, part := range regexp.MustCompile(`(?:href|src|data-document)="([^"]+)"`).FindAllStringSubmatch(page.body, -1) {
				reference, err := response.Request.URL.Parse(part[1])
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasPrefix(reference.String(), url+c.path+"/") {
					t.Errorf("%s leads to %s", part[1], reference)
				}
				ask(t, "GET", reference.String()).expect(t, 200)
			}
		})
	}
}

func TestConfig(t *testing.T) {
	json := []byte("\ufeff\n {\"openapi\": \"3.1.1\", \"paths\": {}}\n")
	url := serve(t, docsui.New(json, docsui.Config{
		Title:    `</title><script>alert("&")</script>{{document}}`,
		ReadOnly: true,
		Origins:  []string{"https://api.example.com", "http://127.0.0.1:*", "https://[::1]:8443"},
	}))
	page := ask(t, "GET", url+"/")
	page.expect(t, 200, "Content-Security-Policy", strings.Replace(policy, "'self'; ",
		"'self'; connect-src 'self' https://api.example.com http://127.0.0.1:* https://[::1]:8443; ", 1))
	for _, want := range []string{
		`data-document="openapi.json"`, " data-read-only>",
		"<title>&lt;/title&gt;&lt;script&gt;alert(&#34;&amp;&#34;)&lt;/script&gt;{{document}}</title>",
		`data-title="&lt;/title&gt;&lt;script&gt;alert(&#34;&amp;&#34;)&lt;/script&gt;{{document}}"`,
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %s:\n%s", want, page.body)
		}
	}
	document := ask(t, "GET", url+"/openapi.json")
	document.expect(t, 200, "Content-Type", "application/json")
	if want := string(bytes.TrimPrefix(json, []byte("\ufeff"))); document.body != want {
		t.Errorf("the document is %q, want %q", document.body, want)
	}
	ask(t, "GET", url+"/openapi.yaml").expect(t, 404)
}

func TestPanics(t *testing.T) {
	const good = "openapi: 3.1.1\n"
	for _, c := range []struct {
		document string
		origin   string
		want     string
	}{
		{"", "", "docsui: the document is empty"},
		{" \n", "", "docsui: the document is empty"},
		{"\ufeff", "", "docsui: the document is empty"},
		{"{", "", "docsui: the document is not OpenAPI in JSON: unexpected end of JSON input"},
		{"{}", "", "docsui: the document is not OpenAPI in JSON: it has no member openapi"},
		{`{"openapi": 3}`, "", "docsui: the document is not OpenAPI in JSON: json: cannot unmarshal number"},
		{"paths: {}\n", "", "docsui: the document is not OpenAPI: it has no key openapi"},
		{"info:\n  openapi: 3.1.1\n", "", "docsui: the document is not OpenAPI: it has no key openapi"},
		{"<!DOCTYPE html>", "", "docsui: the document is not OpenAPI: it has no key openapi"},
		{good + "info: \xff\n", "", "docsui: the document is not OpenAPI: it has no key openapi"},
		{good, "api.example.com", `docsui: "api.example.com" is not an origin: it does not start with https:// or http://`},
		{good, "https://", `docsui: "https://" is not an origin: it has no host`},
		{good, "https://*.example.com", `docsui: "https://*.example.com" is not an origin: it has no host`},
		{good, "https://a.example; script-src *", `docsui: "https://a.example; script-src *" is not an origin: `},
		{good, "https://a.example/path", `docsui: "https://a.example/path" is not an origin: it is more than`},
		{good, "https://a.example/", `docsui: "https://a.example/" is not an origin: it is more than`},
		{good, "https://user@a.example", `docsui: "https://user@a.example" is not an origin: it is more than`},
		{good, "https://a.example:80:*", `docsui: "https://a.example:80:*" is not an origin: `},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, c.want) {
					t.Errorf("%q, %q: panics with %q, want %q", c.document, c.origin, got, c.want)
				}
			}()
			var config docsui.Config
			if c.origin != "" {
				config.Origins = []string{c.origin}
			}
			docsui.New([]byte(c.document), config)
		}()
	}
	for _, document := range []string{good, "# A comment.\r\n\"openapi\": '3.0.3'\r\n", "---\nswagger: \"2.0\"\n"} {
		docsui.New([]byte(document), docsui.Config{})
	}
}

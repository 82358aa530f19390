package dropbox_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/examples/dropbox"
)

func start(t *testing.T) (server *httptest.Server, folder string) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	folder = t.TempDir()
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	server = httptest.NewServer(dropbox.Routes(&dropbox.Box{Folder: root}))
	t.Cleanup(func() { server.Close(); root.Close() })
	return server, folder
}

// A part is one of a form: a file if it has a file name.
type part struct{ name, filename, content string }

func form(t *testing.T, parts ...part) (body *bytes.Buffer, contentType string) {
	t.Helper()
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	for _, p := range parts {
		to, err := w.CreateFormField(p.name)
		if p.filename != "" {
			to, err = w.CreateFormFile(p.name, p.filename)
		}
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(to, p.content)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return body, w.FormDataContentType()
}

// send makes a request and wants a status and, if it is not empty, a body.
func send(t *testing.T, request *http.Request, status int, want string) http.Header {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSpace(string(body))
	if response.StatusCode != status || want != "" && text != want {
		t.Fatalf("%s %s = %d %s, want %d %s", request.Method, request.URL.Path, response.StatusCode, text, status, want)
	}
	return response.Header
}

func newRequest(t *testing.T, method, url string, body io.Reader) *http.Request {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	return request
}

func TestDropbox(t *testing.T) {
	server, folder := start(t)
	post := func(path string, status int, want string, parts ...part) {
		t.Helper()
		body, contentType := form(t, parts...)
		request := newRequest(t, http.MethodPost, server.URL+path, body)
		request.Header.Set("Content-Type", contentType)
		send(t, request, status, want)
	}
	large := strings.Repeat("0123456789", 300_000)
	post("/files/", 201, `[{"name":"å.txt","size":5},{"name":"large","size":3000000}]`,
		part{"note", "", "two"}, part{"file", "../å.txt", "hello"}, part{"file", "large", large})
	if stored, err := os.ReadFile(filepath.Join(folder, "large")); err != nil || string(stored) != large {
		t.Errorf("stored %d bytes, %v", len(stored), err)
	}
	post("/files/", 409, "", part{"file", "new", "new"}, part{"file", "large", "again"})
	if _, err := os.Stat(filepath.Join(folder, "new")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a refused upload a file is left: %v", err)
	}
	post("/files/", 422, "", part{"note", "", "no file"})
	post("/files/", 422, "", part{"file", "x", "x"}, part{"cover", "x.gif", "x"})
	post("/files/count", 200, `{"a":3,"b":3000000}`, part{"a", "", "abc"}, part{"b", "large", large})

	request := newRequest(t, http.MethodGet, server.URL+"/files/large", nil)
	request.Header.Set("Range", "bytes=10-14")
	send(t, request, http.StatusPartialContent, "01234")
	header := send(t, newRequest(t, http.MethodGet, server.URL+"/files/å.txt/save", nil), 200, "hello")
	if got, want := header.Get("Content-Disposition"), `attachment; filename="_.txt"; filename*=UTF-8''%C3%A5.txt`; got != want {
		t.Errorf("Content-Disposition %q, want %q", got, want)
	}
	send(t, newRequest(t, http.MethodGet, server.URL+"/files/nothing", nil), 404, "")
	send(t, newRequest(t, http.MethodGet, server.URL+"/files/..%2Fetc", nil), 404, "")
}

// TestMalformed sends what the client should not have.
func TestMalformed(t *testing.T) {
	server, _ := start(t)
	whole, contentType := form(t, part{"a", "", "abc"})
	for name, body := range map[string]string{
		"cut off":     whole.String()[:whole.Len()-10],
		"no colon":    strings.Replace(whole.String(), ": ", " ", 1),
		"nothing":     "",
		"not a form":  "{}",
		"half a part": whole.String()[:80],
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{"/files/count", "/files/"} {
				request := newRequest(t, http.MethodPost, server.URL+path, strings.NewReader(body))
				request.Header.Set("Content-Type", contentType)
				send(t, request, 400, "")
			}
		})
	}
}

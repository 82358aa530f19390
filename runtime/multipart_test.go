package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"

	gort "runtime"
)

// uploadHandler does what generated code does for a struct with a title and
// files.
func uploadHandler(limit int64, handle func(in *Input, pairs Pairs) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		defer in.RemoveFiles()
		pairs, err := in.Multipart(limit, FilePart{Name: "file"}, FilePart{Name: "small", Limit: 4}, FilePart{Name: "many", Many: true})
		if err == nil {
			err = handle(&in, pairs)
		}
		if err != nil {
			WriteError(w, r, err)
			return
		}
		if in.Failed() {
			in.Reject(w, r)
		}
	})
}

// tempDir makes this test's directory that of temporary files, and returns a
// function that lists them.
func tempDir(t testing.TB) (list func() []string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return func() (names []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
}

// A formFile is a file with generated contents.
type formFile struct {
	name string
	size int64
}

// uploadBody returns a body that is made while it is read.
func uploadBody(files ...formFile) (body io.Reader, contentType string) {
	var readers []io.Reader
	var head strings.Builder
	w := multipart.NewWriter(&head)
	for _, f := range files {
		head.Reset()
		if _, err := w.CreateFormFile(f.name, f.name+".bin"); err != nil {
			panic(err)
		}
		readers = append(readers, strings.NewReader(head.String()), io.LimitReader(&letters{}, f.size))
	}
	head.Reset()
	if err := w.Close(); err != nil {
		panic(err)
	}
	return io.MultiReader(append(readers, strings.NewReader(head.String()))...), w.FormDataContentType()
}

// letters is a text without end.
type letters struct{ n int }

func (l *letters) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a' + byte((l.n+i)%26)
	}
	l.n += len(p)
	return len(p), nil
}

func post(t testing.TB, url, contentType string, body io.Reader) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp, string(text), err
}

// TestMultipartFiles uploads files on both sides of the threshold, reads them
// back, and looks for what is left behind.
func TestMultipartFiles(t *testing.T) {
	temporary := tempDir(t)
	sizes := []int64{0, 1, multipartMemory - 1, multipartMemory, multipartMemory + 1, 5 << 20}
	for _, size := range sizes {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			server := httptest.NewServer(uploadHandler(16<<20, func(in *Input, _ Pairs) error {
				header := in.File("file")
				if header == nil || header.Size != size || header.Filename != "file.bin" {
					return fmt.Errorf("the file is %+v", header)
				}
				if onDisk := len(temporary()) == 1; onDisk != (size > multipartMemory) {
					t.Errorf("with %d bytes the files on disk are %v", size, temporary())
				}
				file, err := header.Open()
				if err != nil {
					return err
				}
				defer file.Close()
				return compare(file, io.LimitReader(&letters{}, size))
			}))
			defer server.Close()
			body, contentType := uploadBody(formFile{"file", size})
			resp, text, err := post(t, server.URL, contentType, body)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Errorf("%v %v %s", resp, err, text)
			}
			gone(t, temporary)
		})
	}
}

// compare reads two texts to their ends.
func compare(got, want io.Reader) error {
	a, err := io.ReadAll(got)
	if err != nil {
		return err
	}
	b, err := io.ReadAll(want)
	if err != nil {
		return err
	}
	if !bytes.Equal(a, b) {
		return fmt.Errorf("%d bytes that are not the %d that were sent", len(a), len(b))
	}
	return nil
}

// gone waits until the server has removed the temporary files, which it does
// after the answer.
func gone(t *testing.T, temporary func() []string) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); len(temporary()) > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("temporary files are left: %v", temporary())
		}
	}
}

// TestMultipartMemory counts the memory for all files of a request together.
func TestMultipartMemory(t *testing.T) {
	temporary := tempDir(t)
	server := httptest.NewServer(uploadHandler(16<<20, func(in *Input, _ Pairs) error {
		if n := len(in.Files("many")); n != 5 {
			t.Errorf("%d files", n)
		}
		if n := len(temporary()); n != 3 { // the first two fit
			t.Errorf("%d files on disk", n)
		}
		return nil
	}))
	defer server.Close()
	file := formFile{"many", 400 << 10}
	body, contentType := uploadBody(file, file, file, file, file)
	if resp, text, err := post(t, server.URL, contentType, body); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %v %s", resp, err, text)
	}
	gone(t, temporary)
}

// TestMultipartEnds leaves no temporary file behind however a request ends.
func TestMultipartEnds(t *testing.T) {
	temporary := tempDir(t)
	large := formFile{"file", 2 << 20}
	fine := func(*Input, Pairs) error { return nil }
	for _, test := range []struct {
		name   string
		handle func(*Input, Pairs) error
		files  []formFile
		status int // 0 for a connection that breaks
	}{
		{"answer", fine, []formFile{large}, 200},
		{"error", func(*Input, Pairs) error { return Errorf(409, "no") }, []formFile{large}, 409},
		{"panic", func(*Input, Pairs) error { panic(http.ErrAbortHandler) }, []formFile{large}, 0},
		{"later file too large", fine, []formFile{large, {"small", 5}}, 413},
		{"twice", fine, []formFile{large, large}, 422},
		{"body too large", fine, []formFile{large, {"many", 4 << 20}}, 413},
		{"body too large in a skipped part", fine, []formFile{large, {"other", 4 << 20}}, 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := httptest.NewServer(uploadHandler(5<<20, test.handle))
			defer server.Close()
			body, contentType := uploadBody(test.files...)
			resp, text, err := post(t, server.URL, contentType, body)
			switch {
			case test.status == 0 && err == nil:
				t.Errorf("status %d, want a connection that breaks", resp.StatusCode)
			case test.status != 0 && err == nil && resp.StatusCode != test.status:
				t.Errorf("status %d, want %d: %s", resp.StatusCode, test.status, text)
			case test.status != 0 && test.status != 413 && err != nil: // after 413 the connection is closed while the client sends
				t.Error(err)
			}
			gone(t, temporary)
		})
	}
}

// TestMultipartCutOff is a client that goes away in the middle of a file.
func TestMultipartCutOff(t *testing.T) {
	temporary := tempDir(t)
	failed := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		defer in.RemoveFiles()
		_, err := in.Multipart(NoLimit, FilePart{Name: "file"})
		failed <- err
	}))
	defer server.Close()
	body, contentType := uploadBody(formFile{"file", 8 << 20})
	_, _, err := post(t, server.URL, contentType, io.MultiReader(io.LimitReader(body, 4<<20), failing{errors.New("unplugged")}))
	if err == nil {
		t.Error("the request succeeded")
	}
	if err := <-failed; StatusOf(err) != http.StatusBadRequest {
		t.Errorf("error %v with status %d", err, StatusOf(err))
	}
	gone(t, temporary)
}

// TestMultipartAttempt hands the files of a Result on, also when what looks at
// them panics.
func TestMultipartAttempt(t *testing.T) {
	temporary := tempDir(t)
	for _, panics := range []bool{false, true} {
		body, contentType := uploadBody(formFile{"file", 2 << 20})
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.Header.Set("Content-Type", contentType)
		in := NewInput(httptest.NewRecorder(), r)
		func() {
			defer func() {
				if recover() != nil != panics {
					t.Error("no panic where one was made, or another one")
				}
			}()
			result := Attempt(&in, func(in *Input) (*multipart.FileHeader, error) {
				_, err := in.Multipart(NoLimit, FilePart{Name: "file"})
				if panics {
					panic("invalid")
				}
				return in.File("file"), err
			})
			if result.Err != nil || result.Value.Size != 2<<20 || len(temporary()) != 1 {
				t.Errorf("%+v, on disk %v", result, temporary())
			}
		}()
		in.RemoveFiles()
		gone(t, temporary)
	}
}

// TestMultipartFormOfCopy wants the server to see the form that a handler has
// parsed by itself: it removes its files.
func TestMultipartFormOfCopy(t *testing.T) {
	temporary := tempDir(t)
	type with = func(http.ResponseWriter, *http.Request, time.Duration) (*http.Request, context.CancelFunc)
	for _, test := range []struct {
		with    with
		timeout time.Duration
	}{{WithStream, 0}, {WithStream, time.Hour}, {WithTimeout, time.Hour}} {
		onDisk := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, stop := test.with(w, r, test.timeout)
			defer stop()
			if err := r.ParseMultipartForm(1); err != nil {
				t.Error(err)
			}
			onDisk = len(temporary())
		}))
		body, contentType := uploadBody(formFile{"file", 1 << 20})
		if _, _, err := post(t, server.URL, contentType, body); err != nil || onDisk != 1 {
			t.Errorf("%d files on disk, %v", onDisk, err)
		}
		gone(t, temporary)
		server.Close()
	}
}

func TestMultipartLimits(t *testing.T) {
	values := func(name string, n int) string {
		return strings.Repeat("--b\r\nContent-Disposition: form-data; name="+name+"\r\n\r\nx\r\n", n) + "--b--"
	}
	long := "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n" + strings.Repeat("x", multipartRest+1) + "\r\n--b--"
	headed := func(disposition string, fields int) string { // "X: y" beside the disposition
		return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n" + strings.Repeat("X: y\r\n", fields) + "\r\nx\r\n--b--"
	}
	for _, test := range []struct {
		name, body string
		status     int
	}{
		{"1,000 parts", values("a", 1000), 200},
		{"1,001 parts", values("a", 1001), 400},
		{"long values", long, 413},
		{"long name", headed("name="+strings.Repeat("n", multipartRest), 0), 413},
		{"long file name", headed("name=file; filename="+strings.Repeat("n", multipartRest), 0), 413},
		{"32 fields", headed("name=file; filename=x", 31), 200},
		{"33 fields", headed("name=file; filename=x", 32), 400},
		{"two names", headed("name=b; name=a", 0), 400},
		{"two file names", headed("name=file; filename=x; filename=y", 0), 400},
		{"a file that says it is none", headed("name=file", 0), 422},
		{"a file that is not wanted", headed("name=other; filename=x", 0), 200},
		{"nameless", "--b\r\nX: y\r\n\r\nx\r\n--b--", 200},
		{"empty", "--b--", 200},
		{"nothing", "", 400},
		{"something else", "{}", 400},
		{"a file without a name", "--b\r\nContent-Disposition: form-data; name=file; filename=\"\"\r\n\r\nx\r\n--b--", 422},
		{"no file", "--b\r\nContent-Disposition: form-data; name=file; filename=\"\"\r\n\r\n\r\n--b--", 200},
		{"preamble", "hello\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--", 200},
		{"broken header", "--b\r\nContent-Disposition\r\n\r\nx\r\n--b--", 400},
		{"text after a boundary", "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--x\r\n", 400},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
			r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
			uploadHandler(NoLimit, func(_ *Input, pairs Pairs) error {
				for pairs.Next() {
					if pairs.Name() != "a" || pairs.Value() != "x" {
						t.Errorf("%q=%q", pairs.Name(), pairs.Value())
					}
				}
				return nil
			}).ServeHTTP(w, r)
			if w.Code != test.status {
				t.Errorf("status %d, want %d: %s", w.Code, test.status, w.Body)
			}
		})
	}
}

// TestMultipartError tells a body that is malformed from other errors, by what a
// handler gets of the parts that it reads.
func TestMultipartError(t *testing.T) {
	const disposition = "--b\r\nContent-Disposition: form-data; name=a\r\n"
	for name, body := range map[string]string{
		"no colon":        "--b\r\nContent-Disposition\r\n\r\nx\r\n--b--",
		"begins folded":   "--b\r\n X: y\r\n\r\nx\r\n--b--",
		"NUL":             "--b\r\nX: \x00\r\n\r\nx\r\n--b--",
		"no end of head":  disposition + "--b--\r\n",
		"long header":     disposition + "X: " + strings.Repeat("y", 11<<20) + "\r\n\r\nx\r\n--b--",
		"many fields":     disposition + strings.Repeat("X: y\r\n", 20_000) + "\r\nx\r\n--b--",
		"other boundary":  disposition + "\r\nx\r\n--bc\r\n",
		"cut off in head": disposition,
		"nothing":         "",
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		in := NewInput(httptest.NewRecorder(), r)
		parts, err := in.MultipartReader(NoLimit)
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			var part *multipart.Part
			if part, err = parts.NextPart(); err == nil {
				_, err = io.ReadAll(part)
			}
		}
		if got := MultipartError(fmt.Errorf("read the parts: %w", err)); StatusOf(got) != http.StatusBadRequest || !errors.Is(got, err) {
			t.Errorf("%s: %v is %d", name, got, StatusOf(got))
		}
	}
	var none *Rejection
	for _, err := range []error{nil, none, io.EOF, errors.New("multipart"), Errorf(409, "multipart: no"), textproto.ProtocolError("short response")} {
		if got := MultipartError(err); got != err {
			t.Errorf("%v becomes %v", err, got)
		}
	}
}

func TestSafeFilename(t *testing.T) {
	for given, want := range map[string]string{
		"a.png":                           "a.png",
		"../../etc/passwd":                "passwd",
		`C:\Users\me\a b.txt`:             "a b.txt",
		"/":                               "file",
		"..":                              "file",
		"...":                             "file",
		".hidden":                         ".hidden",
		"a\x00b\r\nc":                     "abc",
		"a\xffb":                          "ab",
		"\u202etxt.exe":                   "txt.exe",
		" x ":                             "x",
		"naïve Ω.txt":                     "naïve Ω.txt",
		strings.Repeat("ä", 200):          strings.Repeat("ä", 127),
		strings.Repeat("ä", 200) + ".pdf": strings.Repeat("ä", 125) + ".pdf",
		"a." + strings.Repeat("b", 300):   "a." + strings.Repeat("b", 253),
		"." + strings.Repeat("b", 300):    "." + strings.Repeat("b", 254),
		"dir/" + strings.Repeat("a/", 3):  "a",
	} {
		if got := safeFilename(given); got != want {
			t.Errorf("safeFilename(%q) = %q, want %q", given, got, want)
		}
	}
}

// FuzzMultipart looks for panics and for answers of the wrong kind.
func FuzzMultipart(f *testing.F) {
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b--"))
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=file; filename=x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=3D\r\n--b--"))
	f.Add([]byte("--b\nContent-Disposition: form-data; name=many; filename*=utf-8''%00\n\nx\n--b\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		uploadHandler(DefaultBodyLimit, func(_ *Input, pairs Pairs) error {
			for pairs.Next() {
				_ = pairs.Value()
			}
			return nil
		}).ServeHTTP(w, r)
		switch w.Code {
		case 200, 400, 413, 422:
		default:
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	})
}

// BenchmarkUpload uploads 2 GiB over a socket, and reports by how much the heap
// grew at most: once into a temporary file, once passed through by the handler.
func BenchmarkUpload(b *testing.B) {
	const size = 2 << 30
	handlers := map[string]http.Handler{
		"Multipart": uploadHandler(NoLimit, func(in *Input, _ Pairs) error {
			if n := in.File("file").Size; n != size {
				b.Errorf("%d bytes", n)
			}
			return nil
		}),
		"MultipartReader": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			in := NewInput(w, r)
			parts, err := in.MultipartReader(NoLimit)
			if err != nil {
				b.Error(err)
				return
			}
			part, err := parts.NextPart()
			if err != nil {
				b.Error(err)
				return
			}
			if n, err := io.Copy(io.Discard, part); n != size || err != nil {
				b.Error(n, err)
			}
		}),
	}
	for name, handler := range handlers {
		b.Run(name, func(b *testing.B) {
			tempDir(b)
			server := httptest.NewServer(handler)
			defer server.Close()
			b.SetBytes(size)
			peak := watchHeap(b)
			for b.Loop() {
				body, contentType := uploadBody(formFile{"file", size})
				if resp, text, err := post(b, server.URL, contentType, body); err != nil || resp.StatusCode != http.StatusOK {
					b.Fatal(resp, err, text)
				}
			}
			b.ReportMetric(float64(peak())/(1<<20), "peak-MiB")
		})
	}
}

// watchHeap returns a function that says by how many bytes the heap grew at
// most since.
func watchHeap(b *testing.B) func() uint64 {
	b.Helper()
	heap := func() uint64 {
		var stats gort.MemStats
		gort.ReadMemStats(&stats)
		return stats.HeapInuse
	}
	gort.GC()
	start, peak := heap(), uint64(0)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for ticker := time.NewTicker(5 * time.Millisecond); ; {
			select {
			case <-stop:
				return
			case <-ticker.C:
				peak = max(peak, heap())
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-stopped
		return max(peak, start) - start
	}
}

package runtime

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// bodyKinds are the ways to read a body, each returning what was read.
var bodyKinds = map[string]func(in *Input, limit int64) (string, error){
	"text": func(in *Input, limit int64) (string, error) {
		text, err := in.ReadText(limit)
		return string(text), err
	},
	"bytes": func(in *Input, limit int64) (string, error) {
		data, err := in.ReadBytes(limit)
		return string(data), err
	},
	"json": func(in *Input, limit int64) (string, error) {
		in.r.Header.Set("Content-Type", "application/json")
		var v string
		err := in.ReadJSON(&v, limit)
		return `"` + v + `"`, err
	},
	"form": func(in *Input, limit int64) (string, error) {
		in.r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		pairs, err := in.Form(limit)
		var text string
		for pairs.Next() {
			text += pairs.Name()
		}
		return text, err
	},
	"reader": func(in *Input, limit int64) (string, error) {
		data, err := io.ReadAll(in.Reader(limit))
		return string(data), err
	},
}

func TestBodyLimit(t *testing.T) {
	for kind, read := range bodyKinds {
		for _, size := range []int{2, 3, 10, 512, 513, 1 << 16, 1<<16 + 1, 1 << 20} {
			for _, limit := range []int64{NoLimit, 2, 512, 1 << 16, DefaultBodyLimit} {
				for _, known := range []bool{true, false} {
					body := `"` + strings.Repeat("x", size-2) + `"`
					r := httptest.NewRequest("POST", "/", iotest.OneByteReader(strings.NewReader(body)))
					if size > 600 {
						r = httptest.NewRequest("POST", "/", iotest.DataErrReader(strings.NewReader(body)))
					}
					r.ContentLength = -1
					if known {
						r.ContentLength = int64(size)
					}
					in := NewInput(httptest.NewRecorder(), r)
					got, err := read(&in, limit)
					if limit >= 0 && int64(size) > limit {
						var tooLong *http.MaxBytesError
						if StatusOf(err) != 413 || !errors.As(err, &tooLong) || tooLong.Limit != limit {
							t.Errorf("%s of %d bytes with limit %d: got %v", kind, size, limit, err)
						}
						continue
					}
					if err != nil || got != body {
						t.Errorf("%s of %d bytes with limit %d: got %d bytes, %v", kind, size, limit, len(got), err)
					}
				}
			}
		}
	}
}

func TestBodyBroken(t *testing.T) {
	broken := errors.New("secret")
	for kind, read := range bodyKinds {
		if kind == "reader" {
			continue
		}
		r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`"x`), iotest.ErrReader(broken)))
		in := NewInput(httptest.NewRecorder(), r)
		_, err := read(&in, DefaultBodyLimit)
		if StatusOf(err) != 400 || !errors.Is(err, broken) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %d %v", kind, StatusOf(err), err)
		}
		r = httptest.NewRequest("POST", "/", http.MaxBytesReader(nil, io.NopCloser(strings.NewReader("123")), 2))
		in = NewInput(httptest.NewRecorder(), r)
		_, err = read(&in, DefaultBodyLimit)
		if StatusOf(err) != 413 || err.Error() != "the body must have at most 2 bytes" {
			t.Errorf("%s below a MaxBytesReader: got %d %v", kind, StatusOf(err), err)
		}
	}
}

func TestNilBody(t *testing.T) {
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = nil
	in := NewInput(nil, r)
	if text, err := in.ReadText(1); text != "" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
	if data, err := io.ReadAll(in.Reader(1)); len(data) > 0 || err != nil {
		t.Errorf("got %q, %v", data, err)
	}
	if in.HasBody() {
		t.Error("there is no body")
	}
}

// TestBytesAreOwned checks that a handler's bytes are not used again.
func TestBytesAreOwned(t *testing.T) {
	for _, size := range []int{100, 1 << 20} {
		var kept []Bytes
		for i := range 4 {
			body := bytes.Repeat([]byte{byte('a' + i)}, size)
			in := NewInput(nil, httptest.NewRequest("POST", "/", bytes.NewReader(body)))
			data, err := in.ReadBytes(NoLimit)
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, data)
		}
		for i, data := range kept {
			if data[0] != byte('a'+i) || data[size-1] != byte('a'+i) {
				t.Errorf("body %d of %d bytes was overwritten with %c", i, size, data[0])
			}
		}
	}
}

func TestHasBody(t *testing.T) {
	unknown := func(body io.Reader) *http.Request {
		r := httptest.NewRequest("POST", "/", body)
		r.ContentLength = -1
		return r
	}
	typed := httptest.NewRequest("POST", "/", nil)
	typed.Header.Set("Content-Type", "application/json")
	tests := []struct {
		name string
		r    *http.Request
		want bool
	}{
		{"none", httptest.NewRequest("POST", "/", nil), false},
		{"http.NoBody", unknown(http.NoBody), false},
		{"type alone", typed, true},
		{"known length", httptest.NewRequest("POST", "/", strings.NewReader("abc")), true},
		{"known to be empty", httptest.NewRequest("POST", "/", strings.NewReader("")), false},
		{"unknown length", unknown(strings.NewReader("abc")), true},
		{"unknown length, one byte at a time", unknown(iotest.OneByteReader(strings.NewReader("abc"))), true},
		{"unknown length, empty", unknown(io.LimitReader(strings.NewReader("abc"), 0)), false},
		{"broken", unknown(iotest.ErrReader(io.ErrUnexpectedEOF)), true},
	}
	for _, test := range tests {
		in := NewInput(nil, test.r)
		if got := in.HasBody(); got != test.want {
			t.Errorf("%s: HasBody is %t", test.name, got)
		}
		text, err := in.ReadText(NoLimit)
		if test.name == "broken" {
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s: got %q, %v", test.name, text, err)
			}
			continue
		}
		if err != nil || text != "abc" && test.want && test.r != typed {
			t.Errorf("%s: then the body is %q, %v", test.name, text, err)
		}
	}

	for target, want := range map[string]bool{"/": false, "/?": false, "/?a": true} {
		in := NewInput(nil, httptest.NewRequest("GET", target, nil))
		if got := in.HasForm(); got != want {
			t.Errorf("%s: HasForm is %t", target, got)
		}
	}
	for target, want := range map[string]bool{"/": false, "/?b=1": false, "/?b&a": true, "/?a%5Bx%5D=1": true, "/?b=%zz": true} {
		in := NewInput(nil, httptest.NewRequest("GET", target, nil))
		if got := in.HasForm("c", "a"); got != want || in.Failed() {
			t.Errorf("%s: HasForm of c and a is %t, %v", target, got, in.Err())
		}
	}
	in := NewInput(nil, httptest.NewRequest("POST", "/?a", nil))
	if in.HasForm("a") {
		t.Error("the query of a POST request is no form")
	}
}

func TestForm(t *testing.T) {
	tests := []struct {
		name, method, target, contentType, body string
		status                                  int
		want                                    string // name and age, or part of the answer
	}{
		{"body", "POST", "/?name=q", "application/x-www-form-urlencoded", "name=J%C3%BC+x&age=7", 200, "Jü x 7"},
		{"charset", "PUT", "/", "Application/X-WWW-Form-Urlencoded; charset=utf-8", "name=a&age=7", 200, "a 7"},
		{"query of GET", "GET", "/?name=q&age=7", "", "", 200, "q 7"},
		{"query of HEAD", "HEAD", "/?name=q&age=7", "application/json", "name=a", 200, "q 7"},
		{"no type", "POST", "/", "", "name=a", 415, `"detail":"the Content-Type must be application/x-www-form-urlencoded"`},
		{"other type", "POST", "/", "multipart/form-data; boundary=x", "name=a", 415, ""},
		{"similar type", "POST", "/", "application/x-www-form-urlencoded2", "name=a", 415, ""},
		{"bad value", "POST", "/", "application/x-www-form-urlencoded", "name=a&age=x", 422, `"errors":[{"in":"form","name":"age","detail":"must be an integer"}]`},
		{"bad value in the query", "GET", "/?name=a&age=x", "", "", 400, `"errors":[{"in":"form","name":"age","detail":"must be an integer"}]`},
		{"malformed", "POST", "/", "application/x-www-form-urlencoded", "name=a&age=7&x=%", 422, `"errors":[{"in":"form","detail":"malformed form"}]`},
		{"malformed query", "GET", "/?name=a&age=7&x=%25;", "", "", 400, `"errors":[{"in":"form","detail":"malformed query"}]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, test.target, strings.NewReader(test.body))
			if test.contentType != "" {
				r.Header.Set("Content-Type", test.contentType)
			}
			w := httptest.NewRecorder()
			serveForm(w, r)
			if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
				t.Errorf("got %d %s, want %d %s", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

// serveForm is written as handlergen writes adapters.
func serveForm(w http.ResponseWriter, r *http.Request) {
	in := NewInput(w, r)

	pairs, err := in.Form(DefaultBodyLimit)
	if err != nil {
		WriteError(w, r, err)
		return
	}
	name := FormParam("name")
	age := FormParam("age")
	for pairs.Next() {
		switch pairs.Name() {
		case "name":
			name.Set(pairs.Value())
		case "age":
			age.Set(pairs.Value())
		}
	}
	text := ReadString[string](&in, name)
	years := ReadUint[uint8](&in, age)
	if in.Failed() {
		in.Reject(w, r)
		return
	}
	WriteText(w, http.StatusOK, fmt.Sprint(text, " ", years))
}

// exchange sends raw bytes to a server and returns its answer, and whether it
// closed the connection after it.
func exchange(t *testing.T, h http.HandlerFunc, raw string, closeWrite bool) (*http.Response, string) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		io.WriteString(conn, raw)
		if closeWrite {
			conn.(*net.TCPConn).CloseWrite()
		}
	}()
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestBodyOnTheWire(t *testing.T) {
	const head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	long := `{"name":"` + strings.Repeat("x", 100) + `"}`
	serve := func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		var v order
		if err := in.ReadJSON(&v, 50); err != nil {
			WriteError(w, r, err)
			return
		}
		WriteText(w, 200, v.Name)
	}
	wrapped := func(w http.ResponseWriter, r *http.Request) { serve(TrackWriter(w), r) }
	hurried := func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		serve(w, r)
	}
	tests := []struct {
		name       string
		serve      http.HandlerFunc
		raw        string
		closeWrite bool
		status     int
		close      bool
	}{
		{"good", serve, head + "Content-Length: 12\r\n\r\n" + `{"name":"a"}`, false, 200, false},
		{"good, chunked", serve, head + "Transfer-Encoding: chunked\r\n\r\nc\r\n" + `{"name":"a"}` + "\r\n0\r\n\r\n", false, 200, false},
		{"too large", serve, head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(long), long), false, 413, true},
		{"too large, behind another writer", wrapped, head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(long), long), false, 413, true},
		{"too large, never sent", serve, head + "Content-Length: 1000000000\r\n\r\n", false, 413, true},
		{"too large, not invited", serve, head + "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n", false, 413, true},
		{"too large, chunked", serve, head + fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n", len(long), long), false, 413, true},
		{"too slow", hurried, head + "Content-Length: 40\r\n\r\n" + `{"name":"a"}`, false, 408, true},
		{"cut off", serve, head + "Content-Length: 40\r\n\r\n" + `{"name":"a"}`, true, 400, false},
		{"cut off, chunked", serve, head + "Transfer-Encoding: chunked\r\n\r\nc\r\n" + `{"name":"a"}` + "\r\n", true, 400, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel() // net/http lingers before it closes a connection
			response, body := exchange(t, test.serve, test.raw, test.closeWrite)
			if response.StatusCode != test.status || response.Close != test.close {
				t.Errorf("got %s %s, close %t, want %d, %t", response.Status, body, response.Close, test.status, test.close)
			}
			if test.status == 400 && !strings.Contains(body, `"detail":"the body could not be read to its end"`) {
				t.Errorf("got %s", body)
			}
		})
	}
}

func TestBodyAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	text := strings.Repeat("x", 1000)
	reader := strings.NewReader(text)
	r := httptest.NewRequest("POST", "/", reader)
	r.Body = io.NopCloser(reader)
	got := testing.AllocsPerRun(100, func() {
		reader.Reset(text)
		in := NewInput(nil, r)
		if _, err := in.ReadText(DefaultBodyLimit); err != nil {
			t.Fatal(err)
		}
	})
	if got != 1 {
		t.Errorf("reading a text allocates %v times, want the text alone", got)
	}
}

// TestPoolKeepsNoLargeBuffer looks at what the pool was given.
func TestPoolKeepsNoLargeBuffer(t *testing.T) {
	buf := &buffer{b: make([]byte, 10, maxPooled+1)}
	putBuffer(buf)
	if len(buf.b) != 10 {
		t.Error("a buffer of more than maxPooled went to the pool")
	}
	buf = &buffer{b: make([]byte, 10, maxPooled)}
	putBuffer(buf)
	if len(buf.b) != 0 {
		t.Error("a buffer of maxPooled did not go to the pool")
	}
}

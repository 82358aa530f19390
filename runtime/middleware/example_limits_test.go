package middleware_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// The limit also counts for a body whose length nobody has said.
func ExampleBodyLimit() {
	h := middleware.BodyLimit(8)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		note, err := io.ReadAll(r.Body)
		if err != nil {
			runtime.RenderError(w, r, err)
			return
		}
		fmt.Fprintf(w, "%s", note)
	}))

	for _, note := range []string{"buy milk", "buy bread"} {
		r := httptest.NewRequest("POST", "/", struct{ io.Reader }{strings.NewReader(note)})
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 buy milk
	// 413 {"title":"Request Entity Too Large","status":413,"detail":"the body must have at most 8 bytes"}
}

// A few bytes can become very many: the limit inside counts what they become.
func ExampleDecompress() {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			runtime.RenderError(w, r, err)
			return
		}
		fmt.Fprint(w, n, " bytes")
	})
	h = middleware.Decompress()(middleware.BodyLimit(1 << 20)(h))

	for _, size := range []int64{1 << 10, 2 << 20} {
		var sent bytes.Buffer
		z := gzip.NewWriter(&sent)
		io.CopyN(z, zeros{}, size)
		z.Close()
		r := httptest.NewRequest("POST", "/", &sent)
		r.Header.Set("Content-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 1024 bytes
	// 413 {"title":"Request Entity Too Large","status":413,"detail":"the body must have at most 1048576 bytes"}
}

// One request is served, one waits for it, and a third one is refused.
func ExampleConcurrencyLimit() {
	limit := middleware.ConcurrencyLimit(1, middleware.ConcurrencyLimitConfig{Queue: 1, Wait: time.Minute})
	entered, leave := make(chan bool), make(chan bool)
	server := httptest.NewServer(limit(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		entered <- true
		<-leave
	})))
	defer server.Close()
	codes := make(chan int, 3)
	get := func() {
		response, err := http.Get(server.URL)
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		codes <- response.StatusCode
	}

	go get()
	<-entered
	go get()
	go get() // of these two one is late
	fmt.Println("refused:", <-codes)
	leave <- true
	fmt.Println("served:", <-codes)
	<-entered
	leave <- true
	fmt.Println("waited:", <-codes)
	// Output:
	// refused: 503
	// served: 200
	// waited: 200
}

// The answer comes when time is up, and what the handler writes later does not get
// to the client.
func ExampleTimeout() {
	wrote := make(chan error)
	h := middleware.Timeout(20 * time.Millisecond)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		_, err := io.WriteString(w, "too late")
		wrote <- err
	}))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code, w.Body)
	fmt.Println(<-wrote)
	// Output:
	// 503 {"title":"Service Unavailable","status":503,"detail":"there was no answer within 20ms"}
	// http: Handler timeout
}

// A client that promises a body and does not send it has its time.
func ExampleRequestBodyTimeout() {
	h := middleware.RequestBodyTimeout(50 * time.Millisecond)(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r) // generated code does this for a parameter
		if _, err := in.ReadText(1 << 20); err != nil {
			runtime.RenderError(w, r, err)
		}
	}))
	server := httptest.NewServer(h)
	defer server.Close()

	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: example.com\r\nContent-Length: 10\r\n\r\nhalf")
	answer, _ := io.ReadAll(conn)
	fmt.Println(strings.SplitN(string(answer), "\r\n", 2)[0])
	// Output: HTTP/1.1 408 Request Timeout
}

// A client that asks for much and reads nothing has its time, too.
func ExampleResponseBodyTimeout() {
	failed := make(chan error)
	h := middleware.ResponseBodyTimeout(50 * time.Millisecond)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, err := io.Copy(w, zeros{})
		failed <- err
	}))
	server := httptest.NewServer(h)
	defer server.Close()

	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nHost: example.com\r\n\r\n")
	fmt.Println("writing ends with a deadline:", errors.Is(<-failed, os.ErrDeadlineExceeded))
	// Output: writing ends with a deadline: true
}

// zeros is a source without an end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

package middleware_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// reading reads the body as a generated handler with a limit of its own does.
func reading(limit int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r)
		text, err := in.ReadText(limit)
		if err != nil {
			runtime.WriteError(w, r, err)
			return
		}
		fmt.Fprintf(w, "read %d", len(text))
	}
}

func TestBodyLimit(t *testing.T) {
	tests := []struct {
		name         string
		limit, route int64
		length       int
		status       int
		detail       string
	}{
		{"none", 10, 100, 0, 200, ""},
		{"below", 10, 100, 9, 200, ""},
		{"exactly", 10, 100, 10, 200, ""},
		{"above", 10, 100, 11, 413, "the body must have at most 10 bytes"},
		{"far above", 10, 100, 100_000, 413, "the body must have at most 10 bytes"},
		{"no body allowed", 0, 100, 1, 413, "the body must have at most 0 bytes"},
		{"the route's is smaller", 100, 10, 11, 413, "the body must have at most 10 bytes"},
		{"the route has none", 10, -1, 11, 413, "the body must have at most 10 bytes"},
		{"the route's is larger", 4 << 20, 5 << 20, 3 << 20, 200, ""},
	}
	for _, test := range tests {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %t", test.name, chunked), func(t *testing.T) {
				overEach(t, middleware.BodyLimit(test.limit)(reading(test.route)), func(t *testing.T, server *httptest.Server) {
					var body io.Reader = strings.NewReader(strings.Repeat("x", test.length))
					if chunked {
						body = io.MultiReader(body)
					}
					answer := send(t, server, request(t, server, "POST", "/", body))
					if test.status == 200 {
						if want := fmt.Sprintf("read %d", test.length); answer.body != want {
							t.Errorf("got %s %s, want %s", answer.Status, answer.body, want)
						}
						return
					}
					wantProblem(t, answer, test.status, test.detail)
					if answer.ProtoMajor == 1 && !answer.Close {
						t.Error("the connection stays open")
					}
				})
			})
		}
	}
}

// TestBodyLimitEarly sees that neither the handler is called nor the body asked
// for when the length says it all.
func TestBodyLimitEarly(t *testing.T) {
	handler := func(http.ResponseWriter, *http.Request) { t.Error("the handler is called") }
	server := serve(t, middleware.BodyLimit(10)(http.HandlerFunc(handler)))
	conn := dial(t, server)
	io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 413 {
		t.Error(response.Status)
	}
}

// TestBodyLimitRaw has handlers that read the body themselves.
func TestBodyLimitRaw(t *testing.T) {
	var got error
	var read []byte
	handler := func(_ http.ResponseWriter, r *http.Request) { read, got = io.ReadAll(r.Body) }
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("0123456789x")))
	middleware.BodyLimit(10)(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)
	var tooLong *http.MaxBytesError
	if !errors.As(got, &tooLong) || tooLong.Limit != 10 || string(read) != "0123456789" {
		t.Errorf("read %q, %v", read, got)
	}
}

// TestBodyLimitTwice puts one limit into another.
func TestBodyLimitTwice(t *testing.T) {
	for _, limits := range [][2]int64{{5, 10}, {10, 5}} {
		server := serve(t, stack(reading(100), middleware.BodyLimit(limits[0]), middleware.BodyLimit(limits[1])))
		wantProblem(t, send(t, server, request(t, server, "POST", "/", io.MultiReader(strings.NewReader("0123456")))),
			413, "the body must have at most 5 bytes")
	}
}

// TestBodyLimitError looks at the error that an errors function gets.
func TestBodyLimitError(t *testing.T) {
	var got error
	router := runtime.NewRouter()
	router.RenderErrors(func(_ http.ResponseWriter, _ *http.Request, err error) { got = err })
	router.Handle("/", middleware.BodyLimit(3)(reading(10)))
	router.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader("long")))
	var status interface{ Status() int }
	var tooLong *http.MaxBytesError
	if !errors.As(got, &status) || status.Status() != 413 || !errors.As(got, &tooLong) || tooLong.Limit != 3 {
		t.Errorf("got %v", got)
	}
}

func TestBodyLimitConfig(t *testing.T) {
	mustPanic(t, "BodyLimit of -1 bytes", func() { middleware.BodyLimit(-1) })
}

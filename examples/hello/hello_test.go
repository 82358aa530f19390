package hello_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/examples/hello"
)

func TestRoutes(t *testing.T) {
	server := httptest.NewServer(hello.Routes())
	defer server.Close()
	for _, test := range []struct {
		method, path string
		status       int
		body         string // checked when not empty
	}{
		{"GET", "/", 200, "Hello, World!"},
		{"GET", "/hello?name=Gopher", 200, "Hello, Gopher!"},
		{"GET", "/hello?name=", 200, "Hello, !"},
		{"GET", "/hello", 400, ""},
		{"GET", "/hello?name=a&name=b", 400, ""},
		{"GET", "/nowhere", 404, ""},
		{"POST", "/hello", 405, ""},
	} {
		request, err := http.NewRequestWithContext(t.Context(), test.method, server.URL+test.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if response.StatusCode != test.status || test.body != "" && string(body) != test.body {
			t.Errorf("%s %s = %d %q, want %d %q", test.method, test.path, response.StatusCode, body, test.status, test.body)
		}
	}
}

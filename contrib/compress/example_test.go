package compress_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/handlergen/handlergen/contrib/compress"
)

func ExampleNew() {
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, strings.Repeat("<p>The same again.</p>\n", 100))
	})
	handler := compress.New(compress.Config{})(page)

	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)

	fmt.Println(answer.Header().Get("Content-Encoding"), answer.Header().Get("Vary"), answer.Body.Len() < 100)
	// Output: zstd Accept-Encoding true
}

func ExampleConfig() {
	layer := compress.New(compress.Config{
		Codings: []compress.Coding{compress.Gzip},
		Level:   compress.Fastest,
		MinSize: 1 << 10,
		Types: func(contentType string) bool {
			return compress.Compressible(contentType) && !strings.HasPrefix(contentType, "text/csv")
		},
	})
	handler := layer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/csv")
		fmt.Fprint(w, strings.Repeat("1,2,3\n", 1000))
	}))

	request := httptest.NewRequest("GET", "/", nil)
	request.Header.Set("Accept-Encoding", "gzip")
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)

	fmt.Println(answer.Body.Len())
	// Output: 6000
}

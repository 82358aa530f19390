package docsui_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/handlergen/handlergen/contrib/docsui"
	"github.com/handlergen/handlergen/runtime"
)

func ExampleNew() {
	// As go:embed reads it from what handlergen openapi has written.
	document := []byte("openapi: 3.1.1\ninfo: {title: Users, version: 1.0.0}\npaths: {}\n")

	router := runtime.NewRouter() // as the generated function Routes returns it
	router.Handle("/docs/", docsui.New(document, docsui.Config{Title: "Users"}))

	for _, path := range []string{"/docs", "/docs/", "/docs/openapi.yaml"} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		first, _, _ := strings.Cut(w.Body.String(), "\n")
		fmt.Println(w.Code, w.Header().Get("Content-Type"), first)
	}
	// Output:
	// 307 text/html; charset=utf-8 <a href="/docs/">Temporary Redirect</a>.
	// 200 text/html; charset=utf-8 <!DOCTYPE html>
	// 200 application/yaml openapi: 3.1.1
}

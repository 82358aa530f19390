package files_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"

	"github.com/handlergen/handlergen/runtime/files"
)

// An application in one page, with its assets: what does not change under its
// name is kept by browsers, and every other path is the page.
func ExampleServeDirFS() {
	dist := fstest.MapFS{ // or an embed.FS
		"index.html":            {Data: []byte("<script src=/assets/app.3f2a.js></script>")},
		"assets/app.3f2a.js":    {Data: []byte("route(location.pathname)")},
		"assets/app.3f2a.js.br": {Data: []byte("(brotli)")},
	}
	app := files.ServeDirFS(dist, files.DirConfig{
		Precompressed: true,
		SinglePage:    "index.html",
		CacheControl: func(name string) string {
			if strings.HasPrefix(name, "assets/") {
				return "public, max-age=31536000, immutable"
			}
			return "no-cache"
		},
	})

	for _, path := range []string{"/users/7", "/assets/app.3f2a.js", "/assets/app.old.js", "/../secret.js"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		r.Header.Set("Accept-Encoding", "gzip, br")
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		fmt.Printf("%s %d %q %q\n", path, w.Code, w.Header().Get("Content-Encoding"), w.Header().Get("Cache-Control"))
	}
	// Output:
	// /users/7 200 "" "no-cache"
	// /assets/app.3f2a.js 200 "br" "public, max-age=31536000, immutable"
	// /assets/app.old.js 404 "" ""
	// /../secret.js 404 "" ""
}

// One file, at a path that has nothing to do with its name.
func ExampleServeFileFS() {
	assets := fstest.MapFS{"icons/icon.svg": {Data: []byte("<svg/>")}}
	mux := http.NewServeMux()
	mux.Handle("/favicon.ico", files.ServeFileFS(assets, "icons/icon.svg", files.FileConfig{CacheControl: "max-age=86400"}))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest("GET", "/favicon.ico", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Body)
	// Output:
	// 200 image/svg+xml <svg/>
}

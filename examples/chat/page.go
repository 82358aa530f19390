package chat

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/handlergen/handlergen/runtime/files"
)

//go:embed page
var embedded embed.FS

// page serves the files of the page.
var page = func() http.Handler {
	dir, err := fs.Sub(embedded, "page")
	if err != nil {
		panic(err) // the name is wrong
	}
	return files.ServeDirFS(dir, files.DirConfig{
		PathValue:    "path",
		CacheControl: func(string) string { return "no-cache" },
	})
}()

// Page serves the page, which may load and connect to nothing but this server.
//
//handlergen:route GET /{path...}
func Page() (http.Header, http.Handler) {
	return http.Header{
		"Content-Security-Policy": {"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
		"X-Content-Type-Options":  {"nosniff"},
	}, page
}

// Package docsui serves an OpenAPI document and a page that shows it, as a
// reference in which requests can be tried. The page is Swagger UI, and all of it
// is embedded: a browser that shows it asks this handler and nobody else.
//
// The document is what handlergen openapi has written, or what a directive
// //handlergen:openapi keeps up to date, embedded by the application:
//
//	//go:embed openapi.yaml
//	var document []byte
//
//	router.Handle("/docs/", docsui.New(document, docsui.Config{}))
//
// It has a module of its own, since 500 KB of assets become part of the binary.
//
// # Where it is mounted
//
// Anywhere: the last segment of the path says what is meant, and all references
// are relative. So it works below any prefix, stripped or not, such as those of
// [runtime.Router.Nest] and [http.StripPrefix], and as the result of a handler:
//
//	//handlergen:route GET /docs/{path...} hidden
//	func Docs() http.Handler { return docs }
//
// Below the prefix there are
//
//	(nothing)      the page
//	openapi.yaml   the document, as application/yaml (RFC 9512), or
//	openapi.json   the document, as application/json, if it is JSON
//
// and what the page loads, with the licences of all that. A path that ends in a
// slash is the page; the one without, /docs for /docs/, is redirected by the
// router that knows it to be a prefix.
//
// # What is sent
//
// Files are kept compressed, and sent so to clients that accept gzip. They have
// entity tags, ranges and conditional requests as those of
// [github.com/handlergen/handlergen/runtime/files], on which this package is
// built. What a browser has of the page and the document it asks for again each
// time, with If-None-Match; the rest carries its version in its URL and is kept
// for a year.
//
// A Content-Security-Policy allows scripts, styles and requests of the page's own
// origin alone; styles may be inline, as Swagger UI needs it. An API that is
// served from elsewhere, by the servers of its document, can be tried if
// [Config.Origins] names it and it allows this origin by CORS.
//
// Errors are answered by [runtime.RenderError]: 404 for what is not there, 405 for
// methods other than GET and HEAD, 412 and 416.
//
// # Swagger UI
//
// It is version 5.35.0 of the npm package swagger-ui-dist, Apache-2.0; its
// licences lie with it in the folder assets, and with what it includes. go
// generate fetches it from the registry anew, and verifies its integrity.
package docsui

//go:generate go run ./internal/update

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// Config says how the page shows the document. The zero value is good.
type Config struct {
	// Title is that of the page. By default it is the one of the document.
	Title string

	// ReadOnly leaves out what sends requests to the API: "Try it out".
	ReadOnly bool

	// Origins are those besides the page's own that it may send requests to, like
	// "https://api.example.com": servers of the document, and servers that issue
	// tokens. A port may be "*". By default there are none.
	Origins []string
}

// New returns a handler for a document, which is OpenAPI in JSON or YAML, and the
// page that shows it.
//
// New panics if the document is neither: JSON is read as such, and must have a
// member openapi; YAML is UTF-8 and must have a line with the key openapi at its
// start. It panics if one of c.Origins is not an origin.
func New(document []byte, c Config) http.Handler {
	d := parseDocument(document)
	folder := newFolder()
	folder.add(d.name, d.content)
	folder.add(pageName, page(c, d, folder))
	return &docs{policy: policy(c.Origins), entries: folder.entries(d)}
}

// docs is the handler of all files.
type docs struct {
	policy  string
	entries map[string]*entry // by the last segment of the path
}

func (d *docs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if prefix := unslashed(r); prefix != "" {
		redirect(w, r, prefix)
		return
	}
	e, ok := d.entries[r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]]
	if !ok {
		runtime.RenderError(w, r, runtime.Errorf(http.StatusNotFound, "the docs have nothing at this path"))
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", d.policy)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Content-Type-Options", "nosniff")
	e.ServeHTTP(w, r)
}

// unslashed returns the last segment of the path of a request that names the
// prefix without its slash, of which [http.StripPrefix] leaves nothing.
func unslashed(r *http.Request) string {
	if r.URL.Path != "" {
		return ""
	}
	whole, err := url.ParseRequestURI(r.RequestURI)
	if err != nil {
		return ""
	}
	return whole.Path[strings.LastIndexByte(whole.Path, '/')+1:]
}

// redirect sends a client from the prefix without its slash to the page. The
// location is relative, as that is what remains true behind proxies.
func redirect(w http.ResponseWriter, r *http.Request, prefix string) {
	location := "./" + url.PathEscape(prefix) + "/"
	if r.URL.RawQuery != "" {
		location += "?" + r.URL.RawQuery
	}
	w.Header().Set("Location", location)
	w.WriteHeader(http.StatusTemporaryRedirect)
}

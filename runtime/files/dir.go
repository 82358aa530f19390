package files

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// index is the file that answers for its directory.
const index = "index.html"

// DirConfig says what a directory shows of itself. The zero value is files and
// the index.html of directories.
type DirConfig struct {
	// PathValue is the wildcard that holds the path of the file: "path" for a
	// route like /assets/{path...}. By default the path of the URL counts, from
	// which http.StripPrefix has cut what is not part of it.
	PathValue string

	// DotFiles makes names that begin with a dot visible, such as .well-known.
	DotFiles bool

	// NoIndex leaves directories without an answer.
	NoIndex bool

	// HTMLExtension answers /about by about.html if there is no about.
	HTMLExtension bool

	// Precompressed looks for name.br, name.zst and name.gz beside a name.
	Precompressed bool

	// CacheControl returns the Cache-Control of a file by its name, such as
	// "assets/app.3f2a.js"; none if empty. By default no file has one.
	CacheControl func(name string) string

	// SinglePage is a file that answers for what is not there, with status 200:
	// the page of an application that has its routes in the browser. It stays
	// out of the way of what is not a page: a path whose last segment has a dot
	// gets it only if the client asks for text/html by name. Its Cache-Control
	// is no-cache unless CacheControl says otherwise.
	SinglePage string

	// NotFound is a file that answers with status 404 for what is not there.
	NotFound string

	// Fallback answers for what is not there, and all methods other than GET and
	// HEAD. It comes after SinglePage and excludes NotFound.
	Fallback http.Handler
}

// ServeDir serves the files of a directory. It panics if there is none. The
// directory is found by its name for each request, so that it may be replaced.
func ServeDir(dir string, c DirConfig) http.Handler {
	if info, err := os.Stat(dir); err != nil {
		panic(fmt.Sprintf("files: ServeDir: %v", err))
	} else if !info.IsDir() {
		panic(fmt.Sprintf("files: ServeDir: %s is not a directory", dir))
	}
	return newDirectory(onDisk(dir), c)
}

// ServeDirFS serves the files of a file system, such as an [embed.FS]. For a
// directory on disk ServeDir is the safer choice.
func ServeDirFS(fsys fs.FS, c DirConfig) http.Handler {
	if fsys == nil {
		panic("files: ServeDirFS: no file system")
	}
	return newDirectory(inMemory(fsys), c)
}

// A directory serves the files below a root.
type directory struct {
	server
	root   root
	config DirConfig
}

func newDirectory(root root, c DirConfig) *directory {
	for _, name := range []string{c.SinglePage, c.NotFound} {
		if name != "" && !fs.ValidPath(name) {
			panic(fmt.Sprintf("files: %q is not the name of a file in the directory", name))
		}
	}
	if c.NotFound != "" && c.Fallback != nil {
		panic("files: NotFound has no effect beside Fallback")
	}
	return &directory{
		server: server{precompressed: c.Precompressed, cacheControl: c.CacheControl},
		root:   root,
		config: c,
	}
}

func (d *directory) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead && d.config.Fallback != nil {
		d.config.Fallback.ServeHTTP(w, r)
		return
	}
	if refusesMethod(w, r) {
		return
	}
	fsys, closer, err := d.root()
	if err != nil {
		runtime.RenderError(w, r, fmt.Errorf("files: %w", err))
		return
	}
	defer func() { _ = closer.Close() }() // it was only read
	found, redirect, err := d.lookup(fsys, r)
	switch {
	case errors.Is(err, errNotFound):
		d.miss(w, r, fsys)
	case err != nil:
		runtime.RenderError(w, r, err)
	case redirect != "":
		d.vary(w)
		w.Header().Set("Location", redirect)
		w.WriteHeader(http.StatusTemporaryRedirect)
	default:
		d.vary(w)
		d.send(w, r, found)
	}
}

// lookup finds the file that a request means, or where to redirect it.
func (d *directory) lookup(fsys fs.FS, r *http.Request) (found *representation, redirect string, err error) {
	name, slash, ok := d.nameOf(r)
	if !ok {
		return nil, "", errNotFound
	}
	info, err := fs.Stat(fsys, name)
	switch {
	case err == nil && info.IsDir():
		return d.lookupDir(fsys, r, name, slash)
	case slash:
		return nil, "", errNotFound
	}
	found, err = d.find(fsys, r, name)
	if errors.Is(err, errNotFound) && d.config.HTMLExtension && path.Ext(name) == "" {
		found, err = d.find(fsys, r, name+".html")
	}
	return found, "", err
}

// lookupDir finds the index of a directory. A directory without one is not
// there, with or without a slash.
func (d *directory) lookupDir(fsys fs.FS, r *http.Request, name string, slash bool) (*representation, string, error) {
	err := errNotFound
	if !d.config.NoIndex {
		var found *representation
		if found, err = d.find(fsys, r, path.Join(name, index)); err == nil && slash {
			return found, "", nil
		} else if err == nil {
			_ = found.body.Close() // it was not even read
			return nil, withSlash(name, r.URL.RawQuery), nil
		}
	}
	if errors.Is(err, errNotFound) && d.config.HTMLExtension && !slash {
		found, err := d.find(fsys, r, name+".html")
		return found, "", err
	}
	return nil, "", err
}

// withSlash returns the way from a directory without a slash to the same with
// one.
func withSlash(name, query string) string {
	location := "./" + url.PathEscape(path.Base(name)) + "/"
	if query != "" {
		location += "?" + query
	}
	return location
}

// nameOf returns the name that a request has for a file, and whether there was a
// slash behind it.
func (d *directory) nameOf(r *http.Request) (name string, slash, ok bool) {
	if d.config.PathValue != "" {
		name = r.PathValue(d.config.PathValue)
	} else {
		name = strings.TrimPrefix(r.URL.Path, "/")
	}
	if name == "" {
		return ".", true, true
	}
	name, slash = strings.CutSuffix(name, "/")
	if name == "." || !fs.ValidPath(name) || strings.ContainsRune(name, 0) {
		return "", false, false
	}
	if !d.config.DotFiles && isHidden(name, shortNames) {
		return "", false, false
	}
	return name, slash, true
}

// shortNames reports whether files can have a second name of eight letters and
// an extension of three, as Windows gives them: GIT~1 for .git.
const shortNames = os.PathSeparator == '\\'

// isHidden reports whether the name of a file or of one of its directories
// begins with a dot, or may be the short name of one that does.
func isHidden(name string, short bool) bool {
	if name[0] == '.' || strings.Contains(name, "/.") {
		return true
	}
	for i := range len(name) - 1 {
		if digit := name[i+1]; short && name[i] == '~' && '0' <= digit && digit <= '9' {
			return true
		}
	}
	return false
}

// miss answers for what is not there.
func (d *directory) miss(w http.ResponseWriter, r *http.Request, fsys fs.FS) {
	switch {
	case d.config.SinglePage != "" && d.missPage(w, r, fsys):
	case d.config.Fallback != nil:
		d.config.Fallback.ServeHTTP(w, r)
	case d.config.NotFound != "" && d.missFile(w, r, fsys):
	default:
		d.vary(w)
		runtime.RenderError(w, r, errNotFound)
	}
}

// missPage answers by the single page, unless the request is for something
// else.
func (d *directory) missPage(w http.ResponseWriter, r *http.Request, fsys fs.FS) bool {
	if strings.Contains(path.Base(r.URL.Path), ".") {
		addVary(w, "Accept")
		if !wantsHTML(r) {
			return false
		}
	}
	found, err := d.find(fsys, r, d.config.SinglePage)
	if err != nil {
		return d.missed(w, r, err)
	}
	d.vary(w)
	if d.config.CacheControl == nil && w.Header()["Cache-Control"] == nil {
		w.Header()["Cache-Control"] = []string{"no-cache"}
	}
	d.send(w, r, found)
	return true
}

// missFile answers by the page for what is not there.
func (d *directory) missFile(w http.ResponseWriter, r *http.Request, fsys fs.FS) bool {
	found, err := d.find(fsys, r, d.config.NotFound)
	if err != nil {
		return d.missed(w, r, err)
	}
	d.vary(w)
	d.sendAs(w, r, http.StatusNotFound, found)
	return true
}

// missed says whether the failure to find a page is an answer.
func (d *directory) missed(w http.ResponseWriter, r *http.Request, err error) bool {
	if errors.Is(err, errNotFound) {
		return false
	}
	runtime.RenderError(w, r, err)
	return true
}

// wantsHTML reports whether the client names text/html, as browsers do when
// they go to a page, and do not for what is part of one.
func wantsHTML(r *http.Request) bool {
	for _, line := range r.Header["Accept"] {
		if strings.Contains(strings.ToLower(line), "text/html") {
			return true
		}
	}
	return false
}

// vary says that the answer depends on Accept-Encoding, if it does.
func (s *server) vary(w http.ResponseWriter) {
	if s.precompressed {
		addVary(w, "Accept-Encoding")
	}
}

func addVary(w http.ResponseWriter, name string) {
	header := w.Header()
	for _, line := range header["Vary"] {
		for element := range strings.SplitSeq(line, ",") {
			if strings.EqualFold(strings.TrimSpace(element), name) {
				return
			}
		}
	}
	header["Vary"] = append(header["Vary"], name)
}

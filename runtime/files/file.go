package files

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"

	"github.com/handlergen/handlergen/runtime"
)

// FileConfig says how a single file is served.
type FileConfig struct {
	// Precompressed looks for name.br, name.zst and name.gz beside the name.
	Precompressed bool

	// CacheControl is the Cache-Control of the answer; none if empty.
	CacheControl string
}

// ServeFile serves one file of the disk whatever the path of the request.
// Symbolic links are followed. The file is found by its name for each request,
// so that it may be replaced, and is 404 while there is none.
func ServeFile(name string, c FileConfig) http.Handler {
	dir, base := filepath.Split(filepath.Clean(name))
	if dir == "" {
		dir = "."
	}
	return newSingle(os.DirFS(dir), base, c)
}

// ServeFileFS serves one file of a file system whatever the path of the
// request.
func ServeFileFS(fsys fs.FS, name string, c FileConfig) http.Handler {
	if fsys == nil {
		panic("files: ServeFileFS: no file system")
	}
	return newSingle(fsys, name, c)
}

// A single serves one file.
type single struct {
	server
	fsys fs.FS
	name string
}

func newSingle(fsys fs.FS, name string, c FileConfig) *single {
	if !fs.ValidPath(name) || name == "." {
		panic(fmt.Sprintf("files: %q is not the name of a file", name))
	}
	s := &single{server: server{precompressed: c.Precompressed}, fsys: fsys, name: name}
	if c.CacheControl != "" {
		s.cacheControl = func(string) string { return c.CacheControl }
	}
	return s
}

func (s *single) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refusesMethod(w, r) {
		return
	}
	s.vary(w)
	found, err := s.find(s.fsys, r, s.name)
	if err != nil {
		runtime.RenderError(w, r, err)
		return
	}
	s.send(w, r, found)
}

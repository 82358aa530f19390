package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/internal/content"
)

// A server sends files by name. It is what a directory and a single file have
// in common.
type server struct {
	precompressed bool
	cacheControl  func(name string) string
	tags          tags
}

// errNotFound is the error for everything that is not to be seen.
var errNotFound = runtime.Errorf(http.StatusNotFound, "there is no such file")

// refusesMethod answers requests that are neither GET nor HEAD.
func refusesMethod(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return false
	}
	w.Header().Set("Allow", "GET, HEAD")
	runtime.RenderError(w, r, runtime.Errorf(http.StatusMethodNotAllowed, "a file can only be read: GET or HEAD"))
	return true
}

// A representation is a file as it is sent: plain, or in another coding.
type representation struct {
	name   string // without the extension of the coding
	coding string // empty for the plain file
	info   fs.FileInfo
	body   io.ReadSeekCloser
}

// find opens a file in the coding that the client likes best of those that are
// there.
func (s *server) find(fsys fs.FS, r *http.Request, name string) (*representation, error) {
	if !s.precompressed {
		return find(fsys, name, identity)
	}
	for _, c := range acceptable(r.Header["Accept-Encoding"]) {
		found, err := find(fsys, name, c)
		if !errors.Is(err, errNotFound) {
			return found, err
		}
	}
	return nil, errNotFound
}

// find opens a regular file. It asks before it opens, which could wait forever
// for the other end of a pipe.
func find(fsys fs.FS, name string, c coding) (*representation, error) {
	full := name + c.extension
	if err := regular(fs.Stat(fsys, full)); err != nil {
		return nil, err
	}
	file, err := fsys.Open(full)
	if err != nil {
		return nil, judge(err)
	}
	info, err := file.Stat()
	if err := regular(info, err); err != nil {
		_ = file.Close() // it was only asked
		return nil, err
	}
	body, ok := file.(io.ReadSeekCloser)
	if !ok {
		body = &reopener{fsys: fsys, name: full, file: file, size: info.Size()}
	}
	return &representation{name: name, coding: c.name, info: info, body: body}, nil
}

// regular returns an error unless info is that of a regular file.
func regular(info fs.FileInfo, err error) error {
	switch {
	case err != nil:
		return judge(err)
	case !info.Mode().IsRegular():
		return errNotFound
	}
	return nil
}

// send answers with a file, and closes it.
func (s *server) send(w http.ResponseWriter, r *http.Request, found *representation) {
	defer func() { _ = found.body.Close() }() // it was only read
	tag, err := s.tags.of(found)
	if err != nil {
		runtime.RenderError(w, r, fmt.Errorf("files: %s: %w", found.name, err))
		return
	}
	s.describe(w, found)
	header := w.Header()
	header["Etag"] = []string{tag}
	if found.coding != "" { // http.ServeContent leaves it out: others compress behind its back
		setLength(header, found)
	}
	in := content.Watch(found.body)
	defer in.End()
	out := &content.Writer{ResponseWriter: w}
	if refused := out.Serve(r, modified(found.info), in); refused != 0 {
		refuse(w, r, refused, found)
		return
	}
	if err := out.CutOff(in); err != nil && r.Method != http.MethodHead {
		runtime.LogError(r, fmt.Errorf("files: %s: %w", found.name, err))
		_ = http.NewResponseController(w).Flush() // what there is
		panic(http.ErrAbortHandler)
	}
}

// sendAs answers with a file and a status, whatever the request says about
// ranges and conditions, which are about files that are there.
func (s *server) sendAs(w http.ResponseWriter, r *http.Request, status int, found *representation) {
	defer func() { _ = found.body.Close() }() // it was only read
	s.describe(w, found)
	setLength(w.Header(), found)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.CopyN(w, found.body, found.info.Size()) // net/http notices what is missing
	}
}

func setLength(header http.Header, found *representation) {
	header["Content-Length"] = []string{strconv.FormatInt(found.info.Size(), 10)}
}

// describe sets the fields of the header that are about the file.
func (s *server) describe(w http.ResponseWriter, found *representation) {
	header := w.Header()
	if header["Content-Type"] == nil {
		header["Content-Type"] = []string{contentType(path.Ext(found.name))}
	}
	if found.coding != "" {
		header["Content-Encoding"] = []string{found.coding}
	}
	if s.cacheControl != nil && header["Cache-Control"] == nil {
		if value := s.cacheControl(found.name); value != "" {
			header["Cache-Control"] = []string{value}
		}
	}
}

// refuse answers what http.ServeContent has refused.
func refuse(w http.ResponseWriter, r *http.Request, status int, found *representation) {
	header := w.Header()
	for _, name := range []string{"Accept-Ranges", "Cache-Control", "Content-Encoding", "Content-Length", "Etag", "Last-Modified", "X-Content-Type-Options"} {
		delete(header, name)
	}
	switch status {
	case http.StatusPreconditionFailed:
		runtime.RenderError(w, r, runtime.Errorf(status, "the file is another by now"))
	case http.StatusRequestedRangeNotSatisfiable:
		header["Content-Range"] = []string{fmt.Sprintf("bytes */%d", found.info.Size())}
		runtime.RenderError(w, r, runtime.Errorf(status, "the file has %d bytes", found.info.Size()))
	default:
		runtime.RenderError(w, r, fmt.Errorf("files: %s cannot be read", found.name))
	}
}

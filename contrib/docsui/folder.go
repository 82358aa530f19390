package docsui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime/files"
)

//go:embed assets/LICENSE assets/NOTICE assets/*.gz assets/*.png assets/*.txt docsui.css docsui.js
var embedded embed.FS

// A folder is a file system without directories. It holds the content of files,
// or under the same name with ".gz" what gzip makes of it: then there are both.
type folder map[string][]byte

// newFolder returns a folder with what is embedded.
func newFolder() folder {
	f := folder{}
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		f[path.Base(name)], err = embedded.ReadFile(name)
		return err
	})
	if err != nil {
		panic(fmt.Sprintf("docsui: %v", err))
	}
	return f
}

// add adds a file, compressed.
func (f folder) add(name string, content []byte) {
	var buffer bytes.Buffer
	// Neither the level nor a buffer gives reason for an error.
	w, _ := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	_, _ = w.Write(content)
	_ = w.Close()
	f[name+".gz"] = buffer.Bytes()
}

// version returns what changes with the content of a file.
func (f folder) version(name string) string {
	content, ok := f[name]
	if !ok {
		content = f[name+".gz"]
	}
	digest := sha256.Sum256(content)
	return base64.RawURLEncoding.EncodeToString(digest[:9])
}

// reference returns how the page refers to a file.
func (f folder) reference(name string) string { return name + "?v=" + f.version(name) }

// entries returns a handler for each file, by the last segment of its path.
func (f folder) entries(d document) map[string]*entry {
	entries := map[string]*entry{}
	for name := range f {
		name = strings.TrimSuffix(name, ".gz")
		e := &entry{
			version: f.version(name),
			files:   files.ServeFileFS(f, name, files.FileConfig{Precompressed: true}),
		}
		switch {
		case name == d.name:
			e.contentType = d.mediaType
		case path.Ext(name) == "":
			e.contentType = "text/plain; charset=utf-8" // licences
		}
		if name == pageName {
			name = ""
		}
		entries[name] = e
	}
	return entries
}

// An entry serves one file.
type entry struct {
	version     string
	contentType string // none if the name says it
	files       http.Handler
}

func (e *entry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	if e.contentType != "" {
		header.Set("Content-Type", e.contentType)
	}
	if r.URL.Query().Get("v") == e.version {
		header.Set("Cache-Control", "max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	e.files.ServeHTTP(w, r)
}

// Open opens a file: as it is, or inflated while it is read.
func (f folder) Open(name string) (fs.File, error) {
	if content, ok := f[name]; ok {
		return &file{Reader: bytes.NewReader(content), name: name, size: int64(len(content))}, nil
	}
	content, ok := f[name+".gz"]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	inflated, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	// gzip ends with the size of what is in it (RFC 1952 §2.3.1).
	size := binary.LittleEndian.Uint32(content[len(content)-4:])
	return &file{Reader: inflated, name: name, size: int64(size)}, nil
}

// A file is an open one, and what is known of it.
type file struct {
	io.Reader
	name string
	size int64
}

func (f *file) Stat() (fs.FileInfo, error) { return f, nil }
func (*file) Close() error                 { return nil }

func (f *file) Name() string     { return f.name }
func (f *file) Size() int64      { return f.size }
func (*file) Mode() fs.FileMode  { return 0o444 }
func (*file) ModTime() time.Time { return time.Time{} }
func (*file) IsDir() bool        { return false }
func (*file) Sys() any           { return nil }

// Package dropbox takes files and gives them back: uploads, downloads, and a
// folder that is served as it is.
//
//handlergen:group /files
package dropbox

//go:generate go tool handlergen

import (
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"

	"github.com/handlergen/handlergen/runtime"
)

// A Box is the folder that the files are in. Nothing outside of it is reached.
type Box struct{ Folder *os.Root }

// An Upload is what the form of the page sends.
type Upload struct {
	Note  *string                 `form:"note" validate:"max=200"`
	Files []*multipart.FileHeader `form:"file" limit:"64MiB" validate:"min=1,max=10"`
	Cover *multipart.FileHeader   `form:"cover" limit:"1MiB" accept:"image/png,image/jpeg"`
}

// A Stored is one file that was taken.
type Stored struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
}

// Put takes files, all or none. What does not fit into memory waits in temporary
// files, which are gone when Put has returned.
//
//handlergen:route POST /{$} status=201 limit=256MiB
func (b *Box) Put(form runtime.Multipart[Upload]) ([]Stored, error) {
	uploads := form.Value.Files
	if form.Value.Cover != nil {
		uploads = append(uploads, form.Value.Cover)
	}
	var stored []Stored
	for _, upload := range uploads {
		if err := b.store(upload); err != nil {
			return nil, errors.Join(err, b.forget(stored))
		}
		stored = append(stored, Stored{Name: upload.Filename, Size: upload.Size})
	}
	return stored, nil
}

// store copies an uploaded file to the folder.
func (b *Box) store(upload *multipart.FileHeader) error {
	from, err := upload.Open()
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }() // it was only read
	to, err := b.Folder.OpenFile(upload.Filename, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return runtime.Errorf(http.StatusConflict, "there is a file %s already", upload.Filename)
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return errors.Join(err, b.Folder.Remove(upload.Filename)) // half a file is none
	}
	return nil
}

// forget removes files that were taken.
func (b *Box) forget(files []Stored) error {
	var errs []error
	for _, file := range files {
		errs = append(errs, b.Folder.Remove(file.Name))
	}
	return errors.Join(errs...)
}

// Count counts the bytes of all parts while they come in: it keeps none.
//
//handlergen:route POST /count limit=none
func Count(parts *multipart.Reader) (map[string]int64, error) {
	sizes := map[string]int64{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return sizes, nil
		}
		if err != nil {
			return nil, err
		}
		n, err := io.Copy(io.Discard, part)
		if err != nil {
			return nil, err
		}
		sizes[part.FormName()] += n
	}
}

// Get sends a file, whole or in ranges, unless the client has it already.
//
//handlergen:route GET /{name}
func (b *Box) Get(name string) (*os.File, error) { return b.open(name) }

// Save is Get for browsers that shall save the file under its name.
//
//handlergen:route GET /{name}/save
func (b *Box) Save(name string) (runtime.Attachment, error) {
	file, err := b.open(name)
	if err != nil {
		return runtime.Attachment{}, err
	}
	return runtime.Attachment{Filename: name, Content: file}, nil
}

func (b *Box) open(name string) (*os.File, error) {
	file, err := b.Folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) || !filepath.IsLocal(name) { // which an os.Root refuses
		return nil, runtime.Errorf(http.StatusNotFound, "there is no file %s", name)
	}
	return file, err
}

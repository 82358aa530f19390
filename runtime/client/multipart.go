package client

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"

	"github.com/handlergen/handlergen/runtime"
)

// A File is sent in a multipart body. It is closed if it is an [io.Closer].
type File struct {
	Name        string    // proposed to the server, "photo.png"
	ContentType string    // application/octet-stream by default
	Content     io.Reader // read as it is sent
}

// A FormWriter writes the parts of a multipart body, for generated code.
type FormWriter struct {
	w   *multipart.Writer
	err error
}

// Value writes values.
func (f *FormWriter) Value(name string, values ...runtime.FormText) {
	for _, value := range values {
		text, err := value.Text()
		if err == nil && f.err == nil {
			err = f.w.WriteField(name, text)
		}
		f.note(name, err)
	}
}

// File writes files. Those that are nil are left out.
func (f *FormWriter) File(name string, files ...*File) {
	for _, file := range files {
		if file != nil && f.err == nil {
			f.note(name, f.writeFile(name, file))
		}
		if file != nil {
			runtime.CloseBody(file.Content)
		}
	}
}

func (f *FormWriter) writeFile(name string, file *File) error {
	if file.Content == nil {
		return fmt.Errorf("the file has no content")
	}
	head := textproto.MIMEHeader{}
	disposition := mime.FormatMediaType("form-data", map[string]string{"name": name, "filename": file.Name})
	if disposition == "" {
		return fmt.Errorf("the name cannot be sent")
	}
	head.Set("Content-Disposition", disposition)
	head.Set("Content-Type", "application/octet-stream")
	if file.ContentType != "" {
		head.Set("Content-Type", file.ContentType)
	}
	part, err := f.w.CreatePart(head)
	if err != nil {
		return err
	}
	_, err = io.Copy(part, file.Content)
	return err
}

func (f *FormWriter) note(name string, err error) {
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("form value %s: %w", name, err)
	}
}

// Multipart makes the body a form that is written as it is sent.
func (r *Request) Multipart(write func(*FormWriter)) {
	r.MultipartWriter(func(w *multipart.Writer) error {
		f := &FormWriter{w: w}
		write(f)
		return f.err
	})
}

// MultipartWriter makes the body what a function writes, as it is sent. The
// writer is closed after it.
func (r *Request) MultipartWriter(write func(*multipart.Writer) error) {
	// The boundary belongs in the header before anything is written.
	boundary := multipart.NewWriter(io.Discard).Boundary()
	r.contentType("multipart/form-data; boundary=" + boundary)
	r.body = newWritten(func(body io.Writer) error {
		w := multipart.NewWriter(body)
		if err := w.SetBoundary(boundary); err != nil {
			return err
		}
		if err := write(w); err != nil {
			return err
		}
		return w.Close()
	})
}

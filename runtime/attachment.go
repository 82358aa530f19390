package runtime

import (
	"io"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Attachment is a body for the client to save. It is streamed, and closed if it
// is an [io.Closer]. A Content that is an [io.ReadSeeker], as files are, is
// served by [http.ServeContent] with ranges and conditional requests.
type Attachment struct {
	Filename    string    // proposed to the client; empty for none
	ContentType string    // by default that of the filename's extension, else application/octet-stream
	Content     io.Reader // what is sent
}

// IntoResponse streams the content. An error before its first byte is answered
// with 500; one after that is logged and aborts the connection, so that the
// client does not take a part for the whole.
func (a Attachment) IntoResponse(w http.ResponseWriter, r *http.Request) {
	if isNil(a.Content) {
		WriteError(w, r, ErrNilResponse)
		return
	}
	if closer, ok := a.Content.(io.Closer); ok {
		defer func() { _ = closer.Close() }() // it was only read
	}
	if content, ok := a.Content.(io.ReadSeeker); ok {
		a.writeHeader(w)
		http.ServeContent(w, r, "", modified(content), content)
		return
	}
	a.stream(w, r)
}

func (a Attachment) writeHeader(w http.ResponseWriter) {
	header := w.Header()
	if header["Content-Type"] == nil {
		header["Content-Type"] = []string{a.contentType()}
	}
	header["Content-Disposition"] = []string{disposition(a.Filename)}
}

func (a Attachment) contentType() string {
	if a.ContentType != "" {
		return a.ContentType
	}
	if byName := mime.TypeByExtension(path.Ext(a.Filename)); byName != "" {
		return byName
	}
	return contentTypeBytes[0]
}

// stream sends a content that can only be read once.
func (a Attachment) stream(w http.ResponseWriter, r *http.Request) {
	buf := make([]byte, 32<<10)
	n, more, err := readSome(a.Content, buf)
	if err != nil && n == 0 {
		WriteError(w, r, err)
		return
	}
	a.writeHeader(w)
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return
	}
	for {
		if _, gone := w.Write(buf[:n]); gone != nil || !more {
			break
		}
		n, more, err = readSome(a.Content, buf)
	}
	if err != nil {
		logError(r, http.StatusOK, "error in the middle of the response", err)
		panic(http.ErrAbortHandler)
	}
}

// readSome reads at least one byte if there is one, and says whether there may
// be more.
func readSome(r io.Reader, buf []byte) (n int, more bool, err error) {
	for range 100 {
		switch n, err = r.Read(buf); {
		case err == io.EOF:
			return n, false, nil
		case err != nil:
			return n, false, err
		case n > 0:
			return n, true, nil
		}
	}
	return 0, false, io.ErrNoProgress
}

// modified returns when a file was modified, and the zero time for anything
// else.
func modified(content io.Reader) time.Time {
	file, ok := content.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return time.Time{}
	}
	info, err := file.Stat()
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// disposition returns the Content-Disposition for a filename (RFC 6266): as it
// is if it is plain ASCII, else once for old and once for current clients.
func disposition(filename string) string {
	if filename == "" {
		return "attachment"
	}
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			return '_'
		}
		return r
	}, filename)
	header := `attachment; filename="` + plain + `"`
	if plain != filename {
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(filename), "+", "%20")
	}
	return header
}

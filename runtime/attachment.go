package runtime

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// Attachment is a body for the client to save. It is streamed as [WriteReader]
// streams readers, and closed if it is an [io.Closer].
type Attachment struct {
	Filename    string    // proposed to the client; empty for none
	ContentType string    // by default that of the filename's extension, else application/octet-stream
	Content     io.Reader // what is sent
}

// WriteAttachment answers with a file to save. Closing its content is left to
// [CloseBody]. The error is that of [WriteReader].
func WriteAttachment(w http.ResponseWriter, r *http.Request, status int, a Attachment, parts ...*Parts) error {
	return readerBody{
		reader: a.Content, contentType: a.contentType(), named: true,
		disposition: disposition(a.Filename), parts: parts,
	}.write(w, r, status)
}

// IntoResponse answers with the content, and closes it.
func (a Attachment) IntoResponse(w http.ResponseWriter, r *http.Request) {
	defer CloseBody(a.Content)
	if given := w.Header()["Content-Type"]; len(given) > 0 {
		a.ContentType = given[0]
	}
	if err := WriteAttachment(w, r, http.StatusOK, a); err != nil {
		RenderError(w, r, err)
	}
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

// disposition returns the Content-Disposition for a filename (RFC 6266): as it
// is if it is plain ASCII, else once for old and once for current clients.
func disposition(filename string) string {
	if filename == "" {
		return "attachment"
	}
	filename = strings.ToValidUTF8(filename, "\uFFFD")
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

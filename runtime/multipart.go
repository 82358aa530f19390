package runtime

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// Multipart is a body of the media type multipart/form-data (RFC 7578), read
// into a struct. The tag `form:"name"` names the part. Scalars and slices of
// them are read as in a [Form]; files are fields of type
// [*multipart.FileHeader], nil when there is none, and slices of it.
//
// The first MiB of a request's files is kept in memory, the rest in temporary
// files, which are removed when the handler has returned, and also when it
// panics: a handler that wants to keep one has to copy it. What is not a file,
// headers of parts included, may have 2 MiB together, and there may be 1,000
// parts with 32 header fields each. The route's limit counts for the whole body;
// the tag `limit:"5MiB"` of a field counts for each of its files. The tag
// `accept:"image/png,image/*"` names the media types that a file may have, as
// its part of the body declares it: a claim of the client's, as is the name of
// the file, from which folders and control characters are taken away. Parts
// without a field are skipped.
//
// Another Content-Type is answered with 415, a body or file beyond its limit
// with 413, a body that is malformed or cut off with 400, and wrong values with
// 422.
type Multipart[T any] struct{ Value T }

const (
	multipartMemory = 1 << 20 // bytes of a request's files that are kept in memory
	multipartRest   = 2 << 20 // bytes of what is not a file
	multipartParts  = 1000
	multipartFields = 32 // of the header of a part
)

const contentTypeMultipart = "multipart/form-data"

// A FilePart says what files [Input.Multipart] takes under one name. It is for
// generated code.
type FilePart struct {
	Name   string
	Many   bool   // there may be more than one
	Limit  int64  // of bytes in each; 0 for none of its own
	Accept string // media types, "image/png, image/*"; empty for all
}

// uploads are the files of a multipart body.
type uploads struct {
	byName map[string][]*multipart.FileHeader
	forms  []*multipart.Form // to remove
}

// Multipart reads a multipart body, which may have limit bytes. It returns the
// pairs of what is not a file, to be gone through with Next, and keeps the files
// for [Input.File] and [Input.Files]. The error is a [*Rejection]: 415 for
// another Content-Type, 413 for a body or file beyond its limit, 400 for a body
// that is malformed or cut off. After it problems have status 422.
//
// What it keeps is there until [Input.RemoveFiles], which has to be called
// whether or not there was an error.
func (in *Input) Multipart(limit int64, files ...FilePart) (Pairs, error) {
	parts, err := in.MultipartReader(limit)
	if err != nil {
		return Pairs{in}, err
	}
	in.status = http.StatusUnprocessableEntity
	in.uploads = &uploads{byName: map[string][]*multipart.FileHeader{}}
	body := multipartBody{in: in, files: files, memory: multipartMemory}
	if err := body.read(parts); err != nil {
		return Pairs{in}, err
	}
	// Pairs go through a text, so the values become one.
	in.pairs = pairsState{text: body.values.String(), in: InForm, body: true}
	return Pairs{in}, nil
}

// MultipartReader returns the parts of a multipart body, which may have limit
// bytes, to be read by the handler. The error is a [*Rejection] with status 415,
// or 413 when the body is known to be too large. What reading fails with later
// holds one, too: 413 beyond the limit, 400 for a body that is cut off or ends
// before its last boundary. Those of package mime/multipart about what is
// malformed become one by [MultipartError].
func (in *Input) MultipartReader(limit int64) (*multipart.Reader, error) {
	media, params, err := mime.ParseMediaType(in.contentType())
	switch {
	case media != contentTypeMultipart:
		return nil, unsupported(contentTypeMultipart)
	case err != nil || params["boundary"] == "":
		return nil, unsupported(contentTypeMultipart + " with a boundary")
	case limit >= 0 && in.r.ContentLength > limit:
		return nil, in.bodyTooLarge(limit)
	}
	body := &boundedReader{from: in.Reader(limit), last: "--" + params["boundary"] + "--"}
	return multipart.NewReader(body, params["boundary"]), nil
}

// A boundedReader fails instead of ending before a last boundary: whoever reads
// as far as its end without having found one has lost something.
type boundedReader struct {
	from io.Reader
	last string
	tail []byte // of what was read, as long as last
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.tail = append(b.tail, p[max(0, n-len(b.last)):n]...)
	b.tail = b.tail[max(0, len(b.tail)-len(b.last)):]
	if err == io.EOF && string(b.tail) != b.last {
		err = errNoBoundary
	}
	return n, err
}

var errNoBoundary = malformed("the body ends before its last boundary", io.ErrUnexpectedEOF)

// File returns the file of that name, or nil.
func (in *Input) File(name string) *multipart.FileHeader {
	if files := in.Files(name); len(files) > 0 {
		return files[0]
	}
	return nil
}

// Files returns the files of that name in their order, or nil.
func (in *Input) Files(name string) []*multipart.FileHeader {
	if in.uploads == nil {
		return nil
	}
	return in.uploads.byName[name]
}

// RemoveFiles removes the temporary files of a multipart body.
func (in *Input) RemoveFiles() {
	if in.uploads == nil {
		return
	}
	for _, form := range in.uploads.forms {
		if err := form.RemoveAll(); err != nil {
			LogError(in.r, fmt.Errorf("remove an uploaded file: %w", err))
		}
	}
	in.uploads = nil
}

// takeUploads makes the files of another Input those of in.
func (in *Input) takeUploads(from *Input) {
	if from.uploads != nil {
		in.uploads = from.uploads
	}
}

// A multipartBody is a multipart body that is being read.
type multipartBody struct {
	in     *Input
	files  []FilePart
	memory int64           // bytes of files that may still be kept in memory
	values strings.Builder // urlencoded
	rest   int64           // bytes of what is not a file
}

func (b *multipartBody) read(parts *multipart.Reader) error {
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF { // one that is wrapped is that of a body cut off
			return nil
		}
		if err != nil {
			return multipartError(err)
		}
		if n == multipartParts {
			return malformed(fmt.Sprintf("the body has more than %d parts", multipartParts), nil)
		}
		if err := b.take(part); err != nil {
			return err
		}
	}
}

// take reads one part. A part is a file if it has a file name, be it empty (RFC
// 7578 §4.2), or a name that only files have.
func (b *multipartBody) take(part *multipart.Part) error {
	if err := b.countHeader(part.Header); err != nil {
		return err
	}
	given := part.Header.Get("Content-Disposition")
	_, params, err := mime.ParseMediaType(given)
	if err != nil && given != "" { // its name, or that of a file, would be lost
		return multipartError(err)
	}
	name := part.FormName()
	for _, want := range b.files {
		if want.Name == name {
			return b.takeFile(want, part)
		}
	}
	if _, file := params["filename"]; file || name == "" {
		return skip(part)
	}
	return b.takeValue(name, part)
}

// countHeader counts what a part has before its content.
func (b *multipartBody) countHeader(header textproto.MIMEHeader) error {
	fields := 0
	for name, lines := range header {
		for _, line := range lines {
			fields++
			b.rest += int64(len(name) + len(line))
		}
	}
	if fields > multipartFields {
		return malformed(fmt.Sprintf("a part has more than %d header fields", multipartFields), nil)
	}
	return b.checkRest()
}

// checkRest says that what is not a file has become too long.
func (b *multipartBody) checkRest() error {
	if b.rest <= multipartRest {
		return nil
	}
	writer.CloseConnection(b.in.w)
	return &Rejection{
		status: http.StatusRequestEntityTooLarge,
		detail: fmt.Sprintf("what is not a file must have at most %d bytes together", multipartRest),
	}
}

// skip reads a part to its end.
func skip(part *multipart.Part) error {
	if _, err := io.Copy(io.Discard, part); err != nil {
		return multipartError(err)
	}
	return nil
}

func (b *multipartBody) takeValue(name string, part *multipart.Part) error {
	value, err := io.ReadAll(io.LimitReader(part, multipartRest-b.rest+1))
	if err != nil {
		return multipartError(err)
	}
	b.rest += int64(len(value))
	if err := b.checkRest(); err != nil {
		return err
	}
	if b.values.Len() > 0 {
		b.values.WriteByte('&')
	}
	b.values.WriteString(url.QueryEscape(name))
	b.values.WriteByte('=')
	b.values.WriteString(url.QueryEscape(string(value)))
	return nil
}

func (b *multipartBody) takeFile(want FilePart, part *multipart.Part) error {
	given := part.FileName()
	if given == "" { // browsers send an empty one for a field without a choice
		return b.takeNoFile(part)
	}
	param := FormParam(want.Name)
	switch {
	case !want.Many && len(b.in.uploads.byName[want.Name]) > 0:
		b.in.invalid(param, "is given more than once")
		return skip(part)
	case !accepts(want.Accept, part):
		b.in.invalid(param, "must be of the media type "+strings.ReplaceAll(want.Accept, ", ", " or "))
		return skip(part)
	}
	header, err := b.keep(want, safeFilename(given), part)
	if err != nil {
		return err
	}
	b.memory = max(0, b.memory-header.Size)
	b.in.uploads.byName[want.Name] = append(b.in.uploads.byName[want.Name], header)
	return nil
}

// takeNoFile reads a part that has no file name, or an empty one. Something in
// it would be lost.
func (b *multipartBody) takeNoFile(part *multipart.Part) error {
	n, err := io.Copy(io.Discard, part)
	switch {
	case err != nil:
		return multipartError(err)
	case n > 0:
		b.in.invalid(FormParam(part.FormName()), "has no file name")
	}
	return nil
}

// keep stores a file. Only a [multipart.Reader] can make a FileHeader, so the
// part is given to one as a body of its own.
func (b *multipartBody) keep(want FilePart, filename string, part *multipart.Part) (*multipart.FileHeader, error) {
	content := &limitedReader{from: part, left: want.Limit, limited: want.Limit > 0}
	boundary := rand.Text()
	head := partHead(boundary, want.Name, filename, part.Header)
	whole := io.MultiReader(strings.NewReader(head), content, strings.NewReader("\r\n--"+boundary+"--\r\n"))
	form, err := multipart.NewReader(whole, boundary).ReadForm(b.memory)
	switch {
	case content.exceeded:
		writer.CloseConnection(b.in.w)
		return nil, fileTooLarge(want)
	case content.err != nil:
		return nil, multipartError(content.err)
	case err != nil:
		return nil, fmt.Errorf("keep an uploaded file: %w", err)
	}
	b.in.uploads.forms = append(b.in.uploads.forms, form)
	return form.File[want.Name][0], nil
}

// partHead returns the beginning of a body with one part, up to its content.
func partHead(boundary, name, filename string, of textproto.MIMEHeader) string {
	header := textproto.MIMEHeader(http.Header(of).Clone())
	header.Set("Content-Disposition", mime.FormatMediaType("form-data",
		map[string]string{"name": name, "filename": filename}))
	var head strings.Builder
	writer := multipart.NewWriter(&head)
	_ = writer.SetBoundary(boundary) // letters and digits
	_, _ = writer.CreatePart(header) // a strings.Builder takes everything
	return head.String()
}

// A limitedReader fails with errTooLarge beyond a limit, and remembers what else
// it failed with.
type limitedReader struct {
	from     io.Reader
	left     int64
	limited  bool
	exceeded bool
	err      error
}

func (l *limitedReader) Read(p []byte) (int, error) {
	n, err := l.from.Read(p)
	l.left -= int64(n)
	switch {
	case l.limited && l.left < 0:
		l.exceeded = true
		return 0, errTooLarge
	case err != nil && err != io.EOF:
		l.err = err
	}
	return n, err
}

// accepts reports whether a file is of one of the media types.
func accepts(types string, part *multipart.Part) bool {
	if types == "" {
		return true
	}
	declared := strings.ToLower(mediaType(part.Header.Get("Content-Type")))
	for t := range strings.SplitSeq(types, ", ") {
		family, any := strings.CutSuffix(t, "*")
		if declared == t || any && strings.HasPrefix(declared, family) {
			return true
		}
	}
	return false
}

const (
	maxFilename  = 255 // bytes, which most file systems allow
	maxExtension = 16  // bytes, with the dot
)

// safeFilename returns the last element of a file name, whichever slash the
// client's system has, as valid UTF-8 without control characters. What remains
// of "." and ".." is "file".
func safeFilename(given string) string {
	name := path.Base(strings.ReplaceAll(given, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, name)
	name = shorten(strings.TrimSpace(name))
	if strings.Trim(name, "./") == "" {
		return "file"
	}
	return name
}

// shorten cuts a name to what file systems allow, before its extension if that
// is one.
func shorten(name string) string {
	extension := path.Ext(name)
	if len(extension) > maxExtension {
		extension = ""
	}
	stem := strings.TrimSuffix(name, extension)
	for len(stem)+len(extension) > maxFilename {
		_, size := utf8.DecodeLastRuneInString(stem)
		stem = stem[:len(stem)-size]
	}
	return stem + extension
}

func fileTooLarge(want FilePart) error {
	return &Rejection{
		status: http.StatusRequestEntityTooLarge,
		detail: fmt.Sprintf("the file %s must have at most %d bytes", want.Name, want.Limit),
		cause:  &http.MaxBytesError{Limit: want.Limit},
	}
}

// multipartError says why a multipart body could not be read.
func multipartError(err error) error {
	if rejection, ok := errors.AsType[*Rejection](err); ok {
		return rejection // of the body itself
	}
	return malformed("the body is not well-formed multipart/form-data", err)
}

// MultipartError gives the error of a handler that reads the parts of a body by
// itself the status 400 if that body is not well-formed. It is for generated
// code. Other errors are left alone, and so are those with a status.
func MultipartError(err error) error {
	if isNil(err) || hasStatus(err) {
		return err
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		// They have no types of their own, but those of package net/textproto,
		// which mail servers make as well.
		if text := e.Error(); strings.HasPrefix(text, "multipart: ") || strings.HasPrefix(text, "malformed MIME header") {
			return multipartError(err)
		}
	}
	return err
}

func malformed(detail string, cause error) error {
	return &Rejection{status: http.StatusBadRequest, detail: detail, cause: cause}
}

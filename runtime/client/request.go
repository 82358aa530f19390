package client

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/handlergen/handlergen/runtime"
)

// A Request is one that is being made, for generated code. What is wrong with
// it is the error of [Client.Do].
type Request struct {
	method  string
	host    string
	path    string // "/users/{id}"
	values  map[string]string
	query   []byte
	header  http.Header
	cookies []string
	form    []byte
	body    io.Reader // nil for none
	expects []int
	any     bool
	err     error
}

// NewRequest begins a request for a pattern: an optional host and a path.
func NewRequest(method, pattern string) *Request {
	slash := strings.IndexByte(pattern, '/')
	return &Request{
		method: method, host: pattern[:slash], path: strings.TrimSuffix(pattern[slash:], "{$}"),
		values: map[string]string{}, header: http.Header{},
	}
}

// Expect says that an answer with one of these statuses is no error.
func (r *Request) Expect(statuses ...int) { r.expects = append(r.expects, statuses...) }

// ExpectAny says that only a problem document is an error.
func (r *Request) ExpectAny() { r.any = true }

func (r *Request) isFailure(res *http.Response) bool {
	switch {
	case res.StatusCode < http.StatusBadRequest:
		return false
	case isProblem(res):
		return true
	}
	return !r.any && !slices.Contains(r.expects, res.StatusCode)
}

// fail notes the first thing that is wrong.
func (r *Request) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf(format, args...)
	}
}

func (r *Request) wrap(err error) error {
	return fmt.Errorf("%s %s: %w", r.method, r.host+r.path, err)
}

// texts returns values as they are sent.
func (r *Request) texts(source, name string, values []runtime.FormText) []string {
	var list []string
	for _, value := range values {
		text, err := value.Text()
		if err != nil {
			r.fail("%s value %s: %w", source, name, err)
		}
		list = append(list, text)
	}
	return list
}

// Path sets a wildcard of the pattern. What a handler would never see is an
// error: an empty segment, and dots, which are removed from paths on their way.
func (r *Request) Path(name string, values ...runtime.FormText) {
	texts := r.texts("path", name, values)
	if len(texts) > 1 {
		r.fail("path value %s: there can be only one", name)
		return
	}
	r.values[name] = strings.Join(texts, "")
}

// Query adds values to the query.
func (r *Request) Query(name string, values ...runtime.FormText) {
	for _, text := range r.texts("query", name, values) {
		r.query = appendPair(r.query, name, text)
	}
}

// QueryValues adds all values to the query, sorted by name.
func (r *Request) QueryValues(values url.Values) {
	if encoded := values.Encode(); encoded != "" {
		if len(r.query) > 0 {
			r.query = append(r.query, '&')
		}
		r.query = append(r.query, encoded...)
	}
}

func appendPair(b []byte, name, text string) []byte {
	if len(b) > 0 {
		b = append(b, '&')
	}
	b = append(b, url.QueryEscape(name)...)
	b = append(b, '=')
	return append(b, url.QueryEscape(text)...)
}

// Header adds values to a field of the header. Spaces around a value would be lost, so
// they are an error.
func (r *Request) Header(name string, values ...runtime.FormText) {
	for _, text := range r.texts("header", name, values) {
		if strings.Trim(text, " \t") != text || strings.ContainsAny(text, "\r\n\x00") {
			r.fail("header value %s: %q cannot be sent", name, text)
		}
		if len(values) == 1 && http.CanonicalHeaderKey(name) == "Host" {
			r.host = text
			return
		}
		r.header.Add(name, text)
	}
}

// HeaderList is Header for several values, which are divided by commas.
func (r *Request) HeaderList(name string, values ...runtime.FormText) {
	for _, text := range r.texts("header", name, values) {
		if text == "" || strings.ContainsAny(text, `,"`) {
			r.fail("header value %s: %q cannot be one of several", name, text)
		}
	}
	r.Header(name, values...)
}

// Cookie adds cookies. Their values have printable characters of ASCII other
// than quotes, semicolons and backslashes (RFC 6265 §4.1.1, and spaces and
// commas).
func (r *Request) Cookie(name string, values ...runtime.FormText) {
	for _, text := range r.texts("cookie", name, values) {
		for i := range len(text) {
			if c := text[i]; c < ' ' || c >= 0x7f || strings.IndexByte(`";\`, c) >= 0 {
				r.fail("cookie %s: %q cannot be sent", name, text)
			}
		}
		if strings.ContainsAny(text, " ,") {
			text = `"` + text + `"`
		}
		r.cookies = append(r.cookies, name+"="+text)
	}
}

// Bearer sends a token, unless it is empty.
func (r *Request) Bearer(token runtime.Bearer) {
	if token != "" {
		r.header.Set("Authorization", "Bearer "+string(token))
	}
}

// BasicAuth sends a name and a password, unless both are empty.
func (r *Request) BasicAuth(auth runtime.BasicAuth) {
	if auth == (runtime.BasicAuth{}) {
		return
	}
	if strings.Contains(auth.Username, ":") {
		r.fail("basic authentication: the name %q has a colon", auth.Username)
	}
	pair := auth.Username + ":" + auth.Password
	r.header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
}

// OpenForm makes the body a urlencoded form.
func (r *Request) OpenForm() {
	r.contentType("application/x-www-form-urlencoded")
	if r.form == nil {
		r.form = []byte{}
	}
}

// Form adds values to the form.
func (r *Request) Form(name string, values ...runtime.FormText) {
	for _, text := range r.texts("form", name, values) {
		r.form = appendPair(r.form, name, text)
	}
}

// JSON makes a value the body. A [runtime.Optional] of a struct that is absent
// has to be left out, for which its field needs omitzero: encoding/json makes
// null of it otherwise, and that is an error here.
func (r *Request) JSON(v any) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	err := checkAbsent(v)
	if err == nil {
		err = encoder.Encode(v)
	}
	if err != nil {
		r.fail("encode the body: %w", err)
		return
	}
	r.contentType("application/json")
	r.body = bytes.NewReader(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// Text makes a text the body.
func (r *Request) Text(text runtime.Text) {
	r.contentType("text/plain; charset=utf-8")
	r.body = strings.NewReader(string(text))
}

// Bytes makes bytes the body.
func (r *Request) Bytes(body runtime.Bytes) {
	r.contentType("application/octet-stream")
	r.body = bytes.NewReader(body)
}

// Reader makes the body what a reader yields, as it is sent; nil is no body. It
// is closed if it is an [io.Closer].
func (r *Request) Reader(body io.Reader) {
	if body != nil {
		r.contentType("application/octet-stream")
		r.body = &stream{Reader: body}
	}
}

// A stream is a body that is read as it is sent. It remembers why that failed,
// which tells more than what the server makes of it.
type stream struct {
	io.Reader
	failed atomic.Pointer[error]
}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Close closes what is read.
func (s *stream) Close() error {
	if closer, ok := s.Reader.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// failure returns why the body could not be read.
func (r *Request) failure() error {
	if s, ok := r.body.(*stream); ok {
		if err := s.failed.Load(); err != nil && !errors.Is(*err, io.ErrClosedPipe) {
			return fmt.Errorf("read the body to send: %w", *err)
		}
	}
	return nil
}

func (r *Request) contentType(mediaType string) { r.header["Content-Type"] = []string{mediaType} }

// reader returns the body.
func (r *Request) reader() io.Reader {
	if r.form != nil {
		return bytes.NewReader(r.form)
	}
	return r.body
}

// discard closes a body that is not going to be sent.
func (r *Request) discard() error {
	if closer, ok := r.body.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// url returns the URL of the request.
func (r *Request) url(base *url.URL) (*url.URL, error) {
	if r.err != nil {
		return nil, r.err
	}
	var escaped strings.Builder
	escaped.WriteString(strings.TrimSuffix(base.EscapedPath(), "/"))
	for segment := range strings.SplitSeq(r.path[1:], "/") {
		text, err := r.segment(segment)
		if err != nil {
			return nil, err
		}
		escaped.WriteString("/" + text)
	}
	target := *base
	target.RawPath = escaped.String()
	path, err := url.PathUnescape(target.RawPath)
	if err != nil {
		return nil, err
	}
	target.Path, target.RawQuery = path, string(r.query)
	return &target, nil
}

// segment returns a segment of the path, or several, escaped.
func (r *Request) segment(segment string) (string, error) {
	name, isWildcard := strings.CutPrefix(segment, "{")
	if !isWildcard {
		return url.PathEscape(unescape(segment)), nil
	}
	name, isRest := strings.CutSuffix(strings.TrimSuffix(name, "}"), "...")
	value := r.values[name]
	if !isRest {
		if value == "" || isUnclean(value) {
			return "", fmt.Errorf("path value %s: %q cannot be a segment of a path", name, value)
		}
		return url.PathEscape(value), nil
	}
	if strings.HasPrefix(value, "/") || isUnclean(value) {
		return "", fmt.Errorf("path value %s: %q: a path cannot have the segments . and .., nor an empty one in its middle", name, value)
	}
	var parts []string
	for part := range strings.SplitSeq(value, "/") {
		parts = append(parts, url.PathEscape(part))
	}
	return strings.Join(parts, "/"), nil
}

// isUnclean reports whether net/http would answer a path that a value stands in
// with a redirect to a shorter one.
func isUnclean(value string) bool {
	parts := strings.Split(value, "/")
	for i, part := range parts {
		if part == "." || part == ".." || part == "" && i > 0 && i < len(parts)-1 {
			return true
		}
	}
	return false
}

// unescape returns what a segment of a pattern stands for.
func unescape(segment string) string {
	if text, err := url.PathUnescape(segment); err == nil {
		return text
	}
	return segment
}

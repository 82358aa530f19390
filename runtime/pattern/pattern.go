// Package pattern reads the patterns of [net/http.ServeMux], for those who
// translate them for another router: what a pattern consists of, and which
// values a path gives to its wildcards.
//
// The syntax and its meaning are those of [http.ServeMux]; Parse accepts what
// ServeMux accepts. A path is compared segment by segment in its escaped form,
// so that a %2F does not end a segment, and values are unescaped afterwards.
//
// [http.ServeMux]: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux
package pattern

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// A Pattern is "GET example.com/users/{id}" in its parts.
type Pattern struct {
	Method   string // "GET"; empty when the pattern has none, which then fits all
	Host     string // "example.com"; usually empty
	Path     string // "/users/{id}"
	Segments []Segment
}

// A Segment is what stands between two slashes of a path.
type Segment struct {
	Kind Kind
	Text string // a literal's text without escapes, or a wildcard's name
}

// Kind says what a segment fits.
type Kind int

// The kinds of segments.
const (
	Literal  Kind = iota // users fits itself
	Wildcard             // {id} fits a segment that is not empty
	Rest                 // {path...}, or without a name the end of /static/, fits all that follows, even nothing
	End                  // {$} fits the end of a path after a slash
)

// Parse splits a pattern. Its error is that of ServeMux.
func Parse(s string) (Pattern, error) {
	if err := check(s); err != nil {
		return Pattern{}, err
	}
	var p Pattern
	p.Method, p.Path = Split(s)
	slash := strings.IndexByte(p.Path, '/')
	p.Host, p.Path = p.Path[:slash], p.Path[slash:]
	for text := range strings.SplitSeq(p.Path[1:], "/") {
		p.Segments = append(p.Segments, segment(text))
	}
	if last := &p.Segments[len(p.Segments)-1]; last.Kind == Literal && last.Text == "" {
		last.Kind = Rest
	}
	return p, nil
}

// Split cuts the method off a pattern: "GET /users" is GET and /users. It looks
// for nothing that is wrong with it.
func Split(s string) (method, rest string) {
	i := strings.IndexAny(s, " \t")
	if i < 0 {
		return "", s
	}
	return s[:i], strings.TrimLeft(s[i+1:], " \t")
}

// String returns the pattern as [Parse] takes it.
func (p Pattern) String() string {
	if p.Method == "" {
		return p.Host + p.Path
	}
	return p.Method + " " + p.Host + p.Path
}

// Methods returns the methods that a pattern stands for in routers that want one
// for each, its own first: GET stands for HEAD, too, and none for the usual ten.
func (p Pattern) Methods() []string {
	switch p.Method {
	case "":
		return []string{
			http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
			http.MethodDelete, http.MethodOptions, http.MethodTrace, http.MethodConnect, "QUERY",
		}
	case http.MethodGet:
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{p.Method}
}

// Escaped returns the pattern with literals as they stand in an escaped path, for
// routers that compare those. The path of the pattern stays as it is.
func (p Pattern) Escaped() Pattern {
	p.Segments = slices.Clone(p.Segments)
	for i, s := range p.Segments {
		if s.Kind == Literal {
			u := url.URL{Path: s.Text}
			p.Segments[i].Text = strings.ReplaceAll(u.EscapedPath(), "/", "%2F")
		}
	}
	return p
}

// check returns why ServeMux refuses a pattern.
func check(s string) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("pattern %q: %v", s, reason)
		}
	}()
	http.NewServeMux().Handle(s, http.NotFoundHandler())
	return nil
}

// segment reads one segment of a pattern that ServeMux accepts.
func segment(text string) Segment {
	name, isWildcard := strings.CutPrefix(text, "{")
	if !isWildcard {
		return Segment{Literal, unescape(text)}
	}
	name = strings.TrimSuffix(name, "}")
	if name == "$" {
		return Segment{Kind: End}
	}
	if name, isRest := strings.CutSuffix(name, "..."); isRest {
		return Segment{Rest, name}
	}
	return Segment{Wildcard, name}
}

// Names returns the names of the wildcards, from left to right.
func (p Pattern) Names() []string {
	var names []string
	for _, s := range p.Segments {
		if s.isNamed() {
			names = append(names, s.Text)
		}
	}
	return names
}

// Match returns the values that a path gives to the wildcards, in the order of
// Names, and whether the path fits at all. The path is escaped, as
// [url.URL.EscapedPath] returns it.
//
// [url.URL.EscapedPath]: https://pkg.go.dev/net/url#URL.EscapedPath
func (p Pattern) Match(path string) (values []string, ok bool) {
	for _, s := range p.Segments {
		if path == "" || path[0] != '/' {
			return nil, false
		}
		end := len(path)
		if i := strings.IndexByte(path[1:], '/'); i >= 0 && s.Kind != Rest {
			end = i + 1
		}
		text := unescape(path[1:end])
		if !s.fits(text) {
			return nil, false
		}
		if s.isNamed() {
			values = append(values, text)
		}
		path = path[end:]
	}
	if path != "" {
		return nil, false
	}
	return values, true
}

// SetPathValues gives the values of a path to r, for [http.Request.PathValue],
// and reports whether the path fits. If it does not, r stays as it is.
//
// [http.Request.PathValue]: https://pkg.go.dev/net/http#Request.PathValue
func (p Pattern) SetPathValues(r *http.Request, path string) bool {
	values, ok := p.Match(path)
	if ok {
		for i, name := range p.Names() {
			r.SetPathValue(name, values[i])
		}
	}
	return ok
}

func (s Segment) isNamed() bool {
	return s.Kind == Wildcard || s.Kind == Rest && s.Text != ""
}

// fits compares the text of a segment without its escapes. A segment that is
// nothing but %2F is to ServeMux the end of the path.
func (s Segment) fits(text string) bool {
	switch s.Kind {
	case Wildcard:
		return text != "" && text != "/"
	case Rest:
		return true
	case End:
		return text == "" || text == "/"
	}
	return text == s.Text
}

// unescape is what ServeMux does to segments: what is malformed stays.
func unescape(s string) string {
	if text, err := url.PathUnescape(s); err == nil {
		return text
	}
	return s
}

package runtime

import (
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
)

// Parts gathers what the results of a handler add to the head of its answer,
// for generated code. The zero value adds nothing. It takes effect with
// [Parts.WriteTo] or as an argument of a Write function, after the fields that
// the body brings along, so that a Content-Type of the handler's own wins.
type Parts struct {
	header  http.Header // the first one
	more    http.Header // what those after it hold
	cookies []string    // lines of Set-Cookie
	etag    string      // as it is sent; empty for none
	err     error
}

// NewParts returns the parts that h holds, as [Parts.Header] adds them. Unlike
// that it lets h stay on the stack of its maker.
func NewParts(h http.Header) Parts { return Parts{header: h} }

// Header adds the fields of h: each replaces what the answer has under that
// name, except that the lines of Set-Cookie, each a cookie, are added to those
// that are there. Names need not be canonical. A name without lines removes the
// field.
func (p *Parts) Header(h http.Header) {
	if p.header == nil {
		p.header = h
		return
	}
	if p.more == nil {
		p.more = make(http.Header, len(h))
	}
	for name, lines := range h {
		name = textproto.CanonicalMIMEHeaderKey(name)
		if name == setCookie && len(lines) > 0 {
			lines = slices.Concat(p.more[name], lines)
		}
		p.more[name] = lines
	}
}

// Cookie adds a cookie to those that are set already; nil adds none. One that
// net/http would not send, for its name say, makes Err fail.
func (p *Parts) Cookie(c *http.Cookie) {
	if c == nil {
		return
	}
	line := c.String()
	if line == "" {
		if p.err == nil {
			p.err = fmt.Errorf("invalid cookie %q", c.Name)
		}
		return
	}
	p.cookies = append(p.cookies, line)
}

// Cookies adds each of the cookies.
func (p *Parts) Cookies(cookies []*http.Cookie) {
	for _, c := range cookies {
		p.Cookie(c)
	}
}

// Err returns the first error of Cookie, Cookies and ETag.
func (p *Parts) Err() error { return p.err }

// WriteTo adds the parts to the header of w, which must not have been sent yet.
func (p *Parts) WriteTo(w http.ResponseWriter) {
	header := w.Header()
	replace(header, p.header)
	replace(header, p.more)
	if p.etag != "" {
		header["Etag"] = []string{strings.Clone(p.etag)} // else the parts would escape
	}
	if len(p.cookies) > 0 {
		header[setCookie] = append(header[setCookie], p.cookies...)
	}
}

const setCookie = "Set-Cookie"

// replace sets the fields of h in header, and adds its cookies.
func replace(header, h http.Header) {
	for name, lines := range h {
		name = textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case len(lines) == 0:
			delete(header, name)
		case name == setCookie:
			header[name] = append(header[name], lines...)
		default:
			header[name] = slices.Clip(lines)
		}
	}
}

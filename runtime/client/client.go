package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/runtime/service"
)

// DefaultLimit is the number of bytes that an answer may have that is kept in
// memory: 64 MiB.
const DefaultLimit = 64 << 20

// A Client sends requests and judges answers, for generated code.
type Client struct {
	base    *url.URL
	err     error // of the base URL
	http    *http.Client
	handler http.Handler
	editors []func(*http.Request) error
	limit   int64
}

// An Option is a setting of a client.
type Option func(*Client)

// WithHTTPClient sends requests by an HTTP client in place of
// [http.DefaultClient].
func WithHTTPClient(client *http.Client) Option {
	if client == nil {
		panic("client: the HTTP client is nil")
	}
	return func(c *Client) { c.http = client }
}

// WithEditor has a function change every request before it is sent. Of several
// each gets what the one before it made. An error ends the call.
func WithEditor(edit func(*http.Request) error) Option {
	if edit == nil {
		panic("client: the editor is nil")
	}
	return func(c *Client) { c.editors = append(c.editors, edit) }
}

// WithHandler sends requests into a handler, without a network. The base URL may
// be empty then. Of an HTTP client all but the transport is used.
func WithHandler(handler http.Handler) Option {
	if handler == nil {
		panic("client: the handler is nil")
	}
	return func(c *Client) { c.handler = handler }
}

// WithLimit sets the number of bytes that an answer may have that is kept in
// memory; there is no limit if it is negative.
func WithLimit(bytes int64) Option {
	if bytes == 0 {
		panic("client: the limit is 0")
	}
	return func(c *Client) { c.limit = bytes }
}

// New returns a client of what is served at a base URL, such as
// "https://api.example.com/v1". One that is no absolute URL is the error of
// every call.
func New(baseURL string, options ...Option) *Client {
	c := &Client{http: http.DefaultClient, limit: DefaultLimit}
	for _, option := range options {
		option(c)
	}
	if c.handler != nil {
		inside := *c.http
		inside.Transport = service.ToRoundTripper(service.FromHandler(c.handler)) //nolint:bodyclose // there is none yet
		c.http = &inside
		if baseURL == "" {
			baseURL = "http://localhost"
		}
	}
	c.base, c.err = parseBase(baseURL)
	return c
}

func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("client: base URL: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("client: base URL %q: it must begin with http:// or https:// and a host", text)
	case base.RawQuery != "" || base.Fragment != "":
		return nil, fmt.Errorf("client: base URL %q: it must not have a query or fragment", text)
	}
	return base, nil
}

// editKey is where a context has its editors.
type editKey struct{}

// Edit returns a context whose requests a function changes before they are
// sent, after the editors of the client and of the context above.
func Edit(ctx context.Context, edit func(*http.Request) error) context.Context {
	if edit == nil {
		panic("client: the editor is nil")
	}
	above, _ := ctx.Value(editKey{}).([]func(*http.Request) error)
	return context.WithValue(ctx, editKey{}, append(slices.Clip(above), edit))
}

// Do sends a request and returns the answer, or an [*Error] if it is one.
func (c *Client) Do(ctx context.Context, req *Request) (*http.Response, error) {
	r, err := c.newRequest(ctx, req)
	if err != nil {
		return nil, errors.Join(err, req.discard())
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	res.Body = &answer{res.Body, c.limit}
	if err := req.failure(); err != nil {
		closeBody(res)
		return nil, req.wrap(err)
	}
	if req.isFailure(res) {
		return nil, newError(res)
	}
	return res, nil
}

// newRequest makes a request as net/http wants it.
func (c *Client) newRequest(ctx context.Context, req *Request) (*http.Request, error) {
	if c.err != nil {
		return nil, c.err
	}
	target, err := req.url(c.base)
	if err != nil {
		return nil, req.wrap(err)
	}
	r, err := http.NewRequestWithContext(ctx, req.method, target.String(), req.reader())
	if err != nil {
		return nil, req.wrap(err)
	}
	r.URL = target // with the escapes of the path
	if req.host != "" {
		r.Host = req.host
	}
	maps.Copy(r.Header, req.header)
	if len(req.cookies) > 0 {
		r.Header.Set("Cookie", strings.Join(req.cookies, "; "))
	}
	ofContext, _ := ctx.Value(editKey{}).([]func(*http.Request) error)
	for _, edit := range slices.Concat(c.editors, ofContext) {
		if err := edit(r); err != nil {
			return nil, req.wrap(err)
		}
	}
	return r, nil
}

// An answer is the body of a response that knows how much of it may be kept in
// memory.
type answer struct {
	io.ReadCloser
	limit int64
}

// limitOf returns the limit of a response's body.
func limitOf(res *http.Response) int64 {
	if body, ok := res.Body.(*answer); ok {
		return body.limit
	}
	return DefaultLimit
}

package bench

import (
	"bytes"
	"io"
	"net/http"
	"time"

	"github.com/handlergen/handlergen/bench/endpoints"
)

// A client sends the same request again and again and keeps only the status and
// the size of the answers.
type client struct {
	header  http.Header // of the answer
	status  int
	written int

	template *http.Request
	request  http.Request
	text     []byte
	body     body
}

// body is a request body that can be read again after a Reset. Its end comes
// with its last bytes, as it does from net/http.
type body struct{ text bytes.Reader }

func (b *body) Read(p []byte) (int, error) {
	n, err := b.text.Read(p)
	if err == nil && b.text.Len() == 0 {
		err = io.EOF
	}
	return n, err
}

func (*body) Close() error { return nil }

func newClient(q endpoints.Request) *client {
	return &client{header: http.Header{}, template: q.New(), text: q.Body}
}

// do hands a request that nobody has touched yet to h.
func (c *client) do(h http.Handler) {
	clear(c.header)
	c.status, c.written = 0, 0
	c.request = *c.template
	if c.text != nil {
		c.body.text.Reset(c.text)
		c.request.Body = &c.body
	}
	h.ServeHTTP(c, &c.request)
}

// The client is its own http.ResponseWriter.

func (c *client) Header() http.Header { return c.header }

func (c *client) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *client) Write(p []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	c.written += len(p)
	return len(p), nil
}

func (c *client) WriteString(s string) (int, error) {
	c.WriteHeader(http.StatusOK)
	c.written += len(s)
	return len(s), nil
}

// Deadlines are not those of a connection, but they can be set.

func (*client) SetReadDeadline(time.Time) error  { return nil }
func (*client) SetWriteDeadline(time.Time) error { return nil }

// idle does nothing: what it costs is the harness.
type idle struct{}

func (idle) ServeHTTP(http.ResponseWriter, *http.Request) {}

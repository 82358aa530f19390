package middleware

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/handlergen/handlergen/runtime"
)

// DecompressConfig is the config of [Decompress].
type DecompressConfig struct {
	// Decoders are codings in addition to gzip and deflate, by their name in
	// Content-Encoding; one of the same name is used instead. What a decoder
	// returns is closed when the handler has returned. One that reads ahead
	// must itself fail if something is left behind what it decodes.
	Decoders map[string]func(body io.Reader) (io.ReadCloser, error)

	// PassThrough lets the handler have bodies of unknown codings as they are.
	PassThrough bool
}

// Decompress decodes the bodies of requests: gzip (and its other name x-gzip) and
// deflate, which is what zlib writes (RFC 9110 §8.4.1). The fields
// Content-Encoding and Content-Length do not get to the handler, and the length
// is unknown. Decoding begins when the handler reads. A body that is damaged,
// cut off, or goes on behind its end cannot be read; what the runtime reads is
// answered with 400 then.
//
// A body of another coding, or of more than one, is answered with 415 and an
// Accept-Encoding that lists what is known, without calling the handler.
//
// A few bytes can become very many: the limit of a route counts those that come
// out, and so does a [BodyLimit] inside; one outside counts those that are sent.
//
// After tower-http's RequestDecompression. Of several gzip members in a row
// (RFC 1952 §2.2) the body is all of them. It panics if the name of a decoder is
// no token, or a decoder nil.
func Decompress(config ...DecompressConfig) func(http.Handler) http.Handler {
	c := settings("Decompress", config)
	decoders := map[string]decoder{"gzip": openGzip, "x-gzip": openGzip, "deflate": openZlib}
	for name, open := range c.Decoders {
		if !isToken(name) || open == nil {
			panic("middleware: Decompress of " + name + ", which is no coding or has no decoder")
		}
		decoders[strings.ToLower(name)] = func(body *bufio.Reader) (io.ReadCloser, error) { return open(body) }
	}
	names := slices.Sorted(maps.Keys(decoders))
	names = slices.DeleteFunc(names, func(name string) bool { return name == "x-gzip" })
	accepted := []string{strings.Join(names, ", ")}
	detail := "the Content-Encoding must be one of " + accepted[0]
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			codings := contentCodings(r.Header["Content-Encoding"])
			if len(codings) == 0 || r.Body == nil || r.Body == http.NoBody {
				next.ServeHTTP(w, r)
				return
			}
			open, ok := decoders[codings[0]]
			switch {
			case ok && len(codings) == 1:
				body := &decodedBody{encoded: r.Body, open: open}
				defer body.release()
				serveChanged(next, w, r, withDecoded(r, body))
			case c.PassThrough:
				next.ServeHTTP(w, r)
			default:
				w.Header()["Accept-Encoding"] = accepted
				runtime.RenderError(w, r, runtime.Errorf(http.StatusUnsupportedMediaType, "%s", detail))
			}
		})
	}
}

// contentCodings returns the codings of a body, in lower case, without those that
// do nothing.
func contentCodings(lines []string) []string {
	var codings []string
	for _, line := range lines {
		for coding := range strings.SplitSeq(line, ",") {
			coding = strings.ToLower(strings.Trim(coding, " \t"))
			if coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
		}
	}
	return codings
}

// withDecoded returns a copy of r whose body is decoded.
func withDecoded(r *http.Request, body io.ReadCloser) *http.Request {
	decoded := *r
	decoded.Header = copyHeader(r.Header)
	delete(decoded.Header, "Content-Encoding")
	delete(decoded.Header, "Content-Length")
	decoded.ContentLength = -1
	decoded.Body = body
	return &decoded
}

// A decoder returns what reads a body. When that is closed it must not be used
// any more.
type decoder func(body *bufio.Reader) (io.ReadCloser, error)

// A decodedBody is a body that is decoded while it is read. A handler that its
// [Timeout] has given up may still be reading when it is released.
type decodedBody struct {
	encoded io.ReadCloser
	open    decoder

	mu       sync.Mutex
	buffered *bufio.Reader
	decoded  io.ReadCloser // nil before the first read and after the last
	err      error         // of all reads to come
}

var bufferedReaders = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

func (b *decodedBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil && b.decoded == nil {
		b.begin()
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.decoded.Read(p)
	if errors.Is(err, io.EOF) {
		err = b.atEnd()
	}
	if err != nil {
		b.end(err)
	}
	return n, b.err
}

// atEnd returns the error of a body that has been decoded to its end: io.EOF, if
// that is its end.
func (b *decodedBody) atEnd() error {
	if _, err := b.buffered.Peek(1); err != nil {
		return err
	}
	return errBehind
}

func (b *decodedBody) begin() {
	b.buffered = bufferedReaders.Get().(*bufio.Reader)
	b.buffered.Reset(b.encoded)
	decoded, err := b.open(b.buffered)
	switch {
	case errors.Is(err, io.EOF): // there is nothing, which is no stream of any coding
		b.end(io.ErrUnexpectedEOF)
	case err != nil:
		b.end(err)
	default:
		b.decoded = decoded
	}
}

// end gives back what reading needed.
func (b *decodedBody) end(err error) {
	b.err = err
	if b.decoded != nil {
		_ = b.decoded.Close()
		b.decoded = nil
	}
	if b.buffered != nil {
		b.buffered.Reset(nil)
		bufferedReaders.Put(b.buffered)
		b.buffered = nil
	}
}

// Close closes the body of the request, too.
func (b *decodedBody) Close() error {
	b.release()
	return b.encoded.Close()
}

// release is called when the handler should have read what it wants. One that
// still reads keeps what it has.
func (b *decodedBody) release() {
	if b.mu.TryLock() {
		defer b.mu.Unlock()
		if b.err == nil {
			b.end(http.ErrBodyReadAfterClose)
		}
	}
}

// errBehind is the error of a body that goes on where its coding ends.
var errBehind = errors.New("middleware: there is something behind the compressed body")

// A gzipBody is a decoder that goes back to its pool.
type gzipBody struct{ gzip.Reader }

var gzipBodies = sync.Pool{New: func() any { return new(gzipBody) }}

func openGzip(body *bufio.Reader) (io.ReadCloser, error) {
	z := gzipBodies.Get().(*gzipBody)
	if err := z.Reset(body); err != nil {
		gzipBodies.Put(z)
		return nil, err
	}
	return z, nil
}

func (z *gzipBody) Close() error {
	gzipBodies.Put(z)
	return nil
}

// A zlibBody is a decoder that goes back to its pool.
type zlibBody struct {
	io.ReadCloser // a zlib.Resetter
}

var zlibBodies sync.Pool // of *zlibBody

func openZlib(body *bufio.Reader) (io.ReadCloser, error) {
	if z, ok := zlibBodies.Get().(*zlibBody); ok {
		if err := z.ReadCloser.(zlib.Resetter).Reset(body, nil); err != nil {
			zlibBodies.Put(z)
			return nil, err
		}
		return z, nil
	}
	z, err := zlib.NewReader(body)
	if err != nil {
		return nil, err
	}
	return &zlibBody{z}, nil
}

func (z *zlibBody) Close() error {
	err := z.ReadCloser.Close()
	zlibBodies.Put(z)
	return err
}

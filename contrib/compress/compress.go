// Package compress compresses the bodies of answers with gzip or zstd, as the
// client's Accept-Encoding asks (RFC 9110 §12.5.3).
//
//	router.Layer(compress.New(compress.Config{}))
//
// Bodies of requests are for Decompress of runtime/middleware, to which
// [DecodeZstd] adds zstd.
//
// # What is compressed
//
// A body is compressed if the client accepts a coding and if all of this holds,
// which are the defaults of tower-http with a few additions:
//
//   - it has at least [Config.MinSize] bytes, by its Content-Length or because
//     it ended earlier. A body whose size is not known, or that is flushed before
//     its size is, is compressed.
//   - its Content-Type is one that [Config.Types] wants; [Compressible] leaves out
//     images but SVG, audio, video, archives and WOFF fonts. Without a
//     Content-Type, the type is sniffed as net/http does it.
//   - it is neither text/event-stream nor application/grpc, whatever Types says.
//   - it is not encoded already: there is no Content-Encoding. A handler that
//     wants its body to be left alone says Cache-Control: no-transform.
//   - it is not a part of a body: no Content-Range, and no status 206.
//
// # What happens to the head
//
// Answers that are compressed for some clients have Vary: Accept-Encoding, also
// when this client gets a plain one, and so have 304 and 206. Nothing is held
// back to find out how long a plain one will be, so that short ones without a
// Content-Length may have it, too.
//
// A compressed answer has neither Content-Length nor Accept-Ranges, and its ETag
// is a weak one: its bytes are others than those of the plain body (RFC 9110
// §8.8.1). Clients revalidate with weak tags as with strong ones, but If-Match and
// If-Range never match them, so that whoever wants to be addressed by If-Match
// should say no-transform. A date in If-Range does match, so what clients may
// want to resume should have an ETag, as all of runtime/files has. The head of
// the answer to HEAD is that of the answer to GET.
//
// # What the client wants
//
// The coding of the highest quality is taken; of several the first of
// [Config.Codings]. The codings x-gzip and * are understood, a member whose
// quality is malformed is ignored, and so are codings that are not offered. A
// client that refuses plain bodies by "identity;q=0" or "*;q=0" and accepts no
// coding that is offered is answered 406, in the form that
// [runtime.RenderError] gives it, if it sent GET or HEAD and the handler was
// successful with a plain body: what other methods have done is not undone by
// another status, and an error says more than 406.
//
// # Streams
//
// Flush flushes the encoder and then the connection, and before the first byte
// it sends the head. Bodies that are not compressed reach net/http untouched, so
// that files are still sent by the kernel. Nothing is held back but the first
// bytes of a body whose size is not known: up to MinSize, or up to 512 if there
// is no Content-Type.
//
// A handler that panics leaves what it had written unfinished, so that the client
// sees a body that was cut off, or, if nothing had been sent, what a layer outside
// makes of the panic. A handler that writes less than the Content-Length that it
// has set leaves a body that was cut off, too, as it does without this layer: it
// is aborted by [http.ErrAbortHandler]. What is more than that is not written,
// and [http.ErrContentLength].
//
// # A warning
//
// The size of a compressed body tells something about it: an attacker who can
// make a client request pages that contain both a secret and a text of theirs
// can guess the secret (BREACH). Such pages should say no-transform.
package compress

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// A Coding is a content coding by its registered name.
type Coding string

// The codings that there are.
const (
	Zstd Coding = "zstd" // RFC 8878, with windows as RFC 9659 wants them
	Gzip Coding = "gzip" // RFC 1952
)

// A Level says how much time is spent for how small a body, from 1 to 22 as
// zstd counts. Gzip has no more than 9, and zstd goes in four steps.
type Level int

// Levels by name. The zero Level is what the authors of each encoder recommend.
const (
	Fastest Level = 1
	Best    Level = 22
)

// DefaultMinSize is the MinSize of a Config that has none, as in tower-http.
const DefaultMinSize = 32

// Config says what is compressed and how. The zero Config is a good one.
type Config struct {
	// Codings are those on offer, the preferred first. The default is zstd, gzip.
	Codings []Coding

	// Level is the level of all codings.
	Level Level

	// MinSize is the number of bytes that a body has to have. The default is
	// DefaultMinSize; 1 means all that are not empty. Below a few hundred, little
	// is won, and at a thousand everything travels in one packet anyway.
	MinSize int

	// Types reports whether bodies of a Content-Type, which may be empty, are
	// worth the work. The default is Compressible.
	Types func(contentType string) bool
}

// Compressible reports whether bodies of that type usually become smaller. The
// empty type, which is unknown, is one of them.
func Compressible(contentType string) bool {
	mediaType := mediaType(contentType)
	switch {
	case mediaType == "image/svg+xml":
		return true
	case strings.HasPrefix(mediaType, "image/"), strings.HasPrefix(mediaType, "font/woff"):
		return false
	}
	return gzhttp.DefaultContentTypeFilter(mediaType)
}

// New returns middleware that compresses answers. It panics if the config has an
// unknown coding or one twice, a level that there is not, or a negative size.
func New(config Config) func(http.Handler) http.Handler {
	l := newLayer(config)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			coding, acceptable := l.choose(r.Header["Accept-Encoding"])
			cw := &writer{ResponseWriter: w, request: r, layer: l, encoder: coding, refused: !acceptable}
			complete := false
			defer func() { cw.close(complete) }()
			next.ServeHTTP(cw, r)
			complete = true
		})
	}
}

// A layer is a config that is complete.
type layer struct {
	encoders []encoder // the preferred first
	minSize  int64
	types    func(contentType string) bool
}

func newLayer(config Config) *layer {
	l := &layer{minSize: int64(config.MinSize), types: config.Types}
	switch {
	case config.MinSize < 0:
		panic(fmt.Sprintf("compress: MinSize is negative: %d", config.MinSize))
	case config.MinSize == 0:
		l.minSize = DefaultMinSize
	}
	if config.Level < 0 || config.Level > Best {
		panic(fmt.Sprintf("compress: there is no level %d, only 1 to %d, and 0 for the default", config.Level, Best))
	}
	if l.types == nil {
		l.types = Compressible
	}
	if config.Codings == nil {
		config.Codings = []Coding{Zstd, Gzip}
	}
	if len(config.Codings) == 0 {
		panic("compress: no coding is on offer")
	}
	for i, coding := range config.Codings {
		if slices.Contains(config.Codings[:i], coding) {
			panic(fmt.Sprintf("compress: coding %q is there twice", coding))
		}
		l.encoders = append(l.encoders, newEncoder(coding, config.Level))
	}
	return l
}

// wants reports whether bodies of a type are to be compressed.
func (l *layer) wants(contentType string) bool {
	mediaType := mediaType(contentType)
	switch {
	case mediaType == "text/event-stream":
		return false // a proxy that unpacks it would hold events back
	case strings.HasPrefix(mediaType, "application/grpc") && !strings.HasPrefix(mediaType, "application/grpc-web"):
		return false // it compresses its messages itself
	}
	return l.types(contentType)
}

// mediaType returns the type without parameters, in lower case.
func mediaType(contentType string) string {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(mediaType))
}

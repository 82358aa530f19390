package compress

import (
	"fmt"
	"io"

	"github.com/klauspost/compress/gzhttp/writer/gzkp"
	"github.com/klauspost/compress/gzhttp/writer/zstdkp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// An encoder is a coding and how its writers are made. They come from the pools
// of gzhttp. Its handler is not used: of what a client may accept it knows the
// first line without *, it holds the head of a stream back until there is a body,
// compresses several ranges, changes ETags so that they match no longer, and
// answers HEAD with the length of the plain body.
type encoder struct {
	coding Coding
	open   func(w io.Writer) stream
	empty  []byte // the empty body, encoded
}

// A stream is a body that is being encoded. It must be closed, once.
type stream interface {
	io.WriteCloser
	Flush() error
}

func newEncoder(coding Coding, level Level) encoder {
	switch coding {
	case Gzip:
		level := min(int(level), gzip.BestCompression)
		if level == 0 {
			level = gzip.DefaultCompression
		}
		return encoder{
			coding: Gzip,
			open:   func(w io.Writer) stream { return gzkp.NewWriter(w, level) },
			empty:  emptyMember,
		}
	case Zstd:
		speed := zstd.SpeedDefault
		if level != 0 {
			speed = zstd.EncoderLevelFromZstd(int(level))
		}
		return encoder{
			coding: Zstd,
			open:   func(w io.Writer) stream { return zstdkp.NewWriter(w, int(speed)) },
			empty:  emptyFrame,
		}
	}
	panic(fmt.Sprintf("compress: unknown coding %q, there are %q and %q", coding, Zstd, Gzip))
}

// An empty body is not nothing: a gzip member is a header, an empty block and a
// trailer (RFC 1952 §2.3), a zstd frame a header and an empty block (RFC 8878
// §3.1.1).
var (
	emptyMember = []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff" + "\x03\x00" + "\x00\x00\x00\x00\x00\x00\x00\x00")
	emptyFrame  = []byte("\x28\xb5\x2f\xfd\x00\x38" + "\x01\x00\x00")
)

package compress

import (
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxWindow is the window that decoders have at most, which is what RFC 9659
// wants them to have. It bounds the memory that a client can ask for.
const maxWindow = 8 << 20

// decoders are idle. Those of concurrency 1 have no goroutines, and so may be
// forgotten.
var decoders = sync.Pool{New: func() any {
	d, err := zstd.NewReader(nil,
		zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow),
	)
	if err != nil {
		panic(fmt.Sprintf("compress: zstd refuses its options: %v", err))
	}
	return d
}}

// DecodeZstd decodes the body of a request, for the Decompress of
// runtime/middleware, which knows gzip and deflate by itself:
//
//	middleware.Decompress(middleware.DecompressConfig{
//		Decoders: map[string]func(io.Reader) (io.ReadCloser, error){"zstd": compress.DecodeZstd},
//	})
//
// A body that is damaged, is cut off, goes on behind its last frame or wants a
// window of more than 8 MiB cannot be read. A limit of the body belongs around
// what comes out.
func DecodeZstd(body io.Reader) (io.ReadCloser, error) {
	d := decoders.Get().(*zstd.Decoder)
	if err := d.Reset(body); err != nil {
		return nil, fmt.Errorf("zstd: %w", err)
	}
	return &decoded{decoder: d}, nil
}

// A decoded body must not be closed while it is read.
type decoded struct{ decoder *zstd.Decoder }

func (b *decoded) Read(p []byte) (int, error) {
	if b.decoder == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.decoder.Read(p)
}

func (b *decoded) Close() error {
	if b.decoder == nil {
		return nil
	}
	if err := b.decoder.Reset(nil); err == nil { // lets go of the body
		decoders.Put(b.decoder)
	}
	b.decoder = nil
	return nil
}

package runtime

import (
	"errors"
	"io"
	"sync"
)

// maxPooled is the capacity beyond which a buffer is not kept: 2 MiB, which is
// DefaultBodyLimit.
const maxPooled = 2 << 20

// A buffer is a pooled slice.
type buffer struct{ b []byte }

var buffers = sync.Pool{New: func() any { return &buffer{b: make([]byte, 0, 512)} }}

// getBuffer returns an empty buffer.
func getBuffer() *buffer { return buffers.Get().(*buffer) }

// putBuffer gives a buffer back. Its contents must not be used any more.
func putBuffer(buf *buffer) {
	if cap(buf.b) > maxPooled {
		return
	}
	buf.b = buf.b[:0]
	buffers.Put(buf)
}

// How much room is made for a body on the word of its Content-Length: 64 KiB at
// first, and then 64 times what has come.
const (
	firstRead = 64 << 10
	trusted   = 64
)

// errTooLarge is the error of a body with more bytes than its limit.
var errTooLarge = errors.New("body too large")

// readAll reads all of r, which should be length bytes, or any number if that
// is negative. It fails beyond limit bytes if that is not negative.
func (buf *buffer) readAll(r io.Reader, length, limit int64) error {
	buf.reserve(min(length, firstRead))
	for {
		if len(buf.b) == cap(buf.b) {
			have := int64(cap(buf.b))
			buf.reserve(max(min(length, trusted*have), 2*have))
		}
		n, err := r.Read(buf.b[len(buf.b):cap(buf.b)])
		buf.b = buf.b[:len(buf.b)+n]
		switch {
		case limit >= 0 && int64(len(buf.b)) > limit:
			return errTooLarge
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// reserve makes room for n bytes and one more, which a reader that does not
// report its end with the last byte wants.
func (buf *buffer) reserve(n int64) {
	if n >= int64(cap(buf.b)) {
		buf.b = append(make([]byte, 0, n+1), buf.b...)
	}
}

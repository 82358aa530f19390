package runtime

import (
	"encoding/json"
	"sync"
)

// maxPooled is the capacity beyond which a buffer is not kept: 256 KiB.
const maxPooled = 256 << 10

// A buffer is a pooled slice, with an encoder that writes to it.
type buffer struct {
	b       []byte
	encoder *json.Encoder // see codec.go
}

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

// Write makes a buffer an io.Writer.
func (buf *buffer) Write(p []byte) (int, error) {
	buf.b = append(buf.b, p...)
	return len(p), nil
}

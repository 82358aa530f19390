package writer

import (
	"io"
	"net/http"
)

// A LimitedBody is the body of a request that fails with an
// [*http.MaxBytesError] when it is read beyond a limit, after which the
// connection is closed. It is [http.MaxBytesReader] for all writers: that closes
// nothing unless it gets the server's own, and some of ours do not let it be
// found.
type LimitedBody struct {
	io.ReadCloser
	w           http.ResponseWriter
	limit, left int64
	err         error // of all reads to come
}

// Limit limits a body to so many bytes.
func Limit(w http.ResponseWriter, body io.ReadCloser, limit int64) LimitedBody {
	return LimitedBody{ReadCloser: body, w: w, limit: limit, left: limit}
}

func (b *LimitedBody) Read(p []byte) (int, error) {
	if b.err != nil || len(p) == 0 {
		return 0, b.err
	}
	if int64(len(p))-1 > b.left { // one more byte than is left says enough
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), &http.MaxBytesError{Limit: b.limit}
		CloseConnection(b.w)
	}
	b.left, b.err = b.left-int64(n), err
	return n, err
}

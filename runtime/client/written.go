package client

import (
	"encoding/json"
	"io"
	"iter"
	"sync"
)

// Values yields values and no error, for methods that send JSON lines.
func Values[T any](list ...T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range list {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// SendLines makes values the body, each a line of JSON, which are ranged over
// as they are sent. An error ends the request. Nil is no body.
func SendLines[T any](r *Request, values iter.Seq2[T, error]) {
	if values == nil {
		return
	}
	r.contentType("application/x-ndjson")
	r.body = newWritten(func(body io.Writer) error {
		encoder := json.NewEncoder(body)
		encoder.SetEscapeHTML(false)
		for v, err := range values {
			if err == nil {
				err = checkAbsent(v)
			}
			if err == nil {
				err = encoder.Encode(v)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// A written is a body that is written while it is read. Nothing is written if
// nobody reads.
type written struct {
	*io.PipeReader
	begin sync.Once
	write func()
}

func newWritten(write func(io.Writer) error) *stream {
	pr, pw := io.Pipe()
	return &stream{Reader: &written{PipeReader: pr, write: func() { pw.CloseWithError(write(pw)) }}}
}

func (b *written) Read(p []byte) (int, error) {
	b.begin.Do(func() { go b.write() })
	return b.PipeReader.Read(p)
}

func (b *written) Close() error {
	err := b.PipeReader.Close()
	b.begin.Do(func() {})
	return err
}

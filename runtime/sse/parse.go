package sse

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// ErrTooLong is the error of an event with more bytes than the limit.
var ErrTooLong = errors.New("sse: the event is too long")

// Read returns the events of a stream, for streams that do not come from a
// [Client]. An event may have limit bytes, and so may a comment between events;
// 0 stands for [DefaultLimit], and a negative limit for any length. The error is
// that of r, unless it is [io.EOF], or [ErrTooLong]. An event that is not
// complete at the end is none.
func Read(r io.Reader, limit int) iter.Seq2[runtime.Event, error] {
	return func(yield func(runtime.Event, error) bool) {
		p := newParser(r, limit)
		for {
			event, err := p.next()
			switch {
			case errors.Is(err, io.EOF):
				return
			case err != nil:
				yield(runtime.Event{}, err)
				return
			case !yield(event, nil):
				return
			}
		}
	}
}

// A parser reads an event stream as the HTML standard says (§9.2.6).
type parser struct {
	in     *bufio.Reader
	limit  int
	began  bool // the stream has, so there is no byte order mark
	skipLF bool // an LF belongs to the CR before it

	line  []byte
	data  []byte
	name  string
	id    string // the last one, perhaps of an event that is not complete
	size  int    // of the event
	asked bool   // the event has a retry

	lastID string        // of the last complete event
	retry  time.Duration // that the stream has asked for; negative if it has not
}

func newParser(r io.Reader, limit int) *parser {
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 0 {
		limit = math.MaxInt
	}
	return &parser{in: bufio.NewReader(r), limit: limit, retry: -1}
}

// next returns the next event that is a message.
func (p *parser) next() (runtime.Event, error) {
	for {
		if err := p.readLine(); err != nil {
			return runtime.Event{}, err
		}
		if len(p.line) > 0 {
			p.field()
			continue
		}
		event, ok := p.event()
		if ok {
			return event, nil
		}
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// readLine reads a line without its end, which is LF, CR or CRLF. A CR ends the
// line at once, lest an event wait for what comes after it.
func (p *parser) readLine() error {
	p.line = p.line[:0]
	for {
		if _, err := p.in.Peek(1); err != nil {
			return err
		}
		chunk, _ := p.in.Peek(p.in.Buffered())
		if p.skipLF {
			p.skipLF = false
			if chunk[0] == '\n' {
				_, _ = p.in.Discard(1)
				continue
			}
		}
		end := bytes.IndexAny(chunk, "\r\n")
		taken := end
		if end < 0 {
			taken = len(chunk)
		}
		if p.size += taken; p.size > p.limit {
			return ErrTooLong
		}
		p.line = append(p.line, chunk[:taken]...)
		if end < 0 {
			_, _ = p.in.Discard(taken)
			continue
		}
		p.skipLF = chunk[end] == '\r'
		_, _ = p.in.Discard(taken + 1)
		if !p.began {
			p.began = true
			p.line = bytes.TrimPrefix(p.line, byteOrderMark)
		}
		return nil
	}
}

// field takes a line that is not empty.
func (p *parser) field() {
	name, value, _ := bytes.Cut(p.line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(name) {
	case "": // a comment, of which there may be any number
		p.size -= len(p.line)
	case "event":
		p.name = string(value)
	case "data":
		p.data = append(append(p.data, value...), '\n')
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			p.id = string(value)
		}
	case "retry":
		if millis, ok := digits(value); ok {
			p.retry, p.asked = millis, true
		}
	}
}

// digits reads a number of milliseconds that consists of digits alone.
func digits(value []byte) (time.Duration, bool) {
	for _, c := range value {
		if c < '0' || c > '9' {
			return 0, false
		}
	}
	n, err := strconv.ParseInt(string(value), 10, 64)
	if err != nil || n > math.MaxInt64/int64(time.Millisecond) {
		return 0, false
	}
	return time.Duration(n) * time.Millisecond, true
}

// event ends an event, and reports whether it is a message.
func (p *parser) event() (event runtime.Event, ok bool) {
	p.lastID = p.id
	if ok = len(p.data) > 0; ok {
		event = runtime.Event{Name: p.name, ID: p.id, Data: string(p.data[:len(p.data)-1])}
		if p.asked {
			event.Retry = p.retry
		}
	}
	p.data, p.name, p.asked, p.size = p.data[:0], "", false, 0
	return event, ok
}

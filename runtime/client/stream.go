package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// Events sends a request each time it is ranged over, and yields the events of
// the answer as they come, by the rules of the HTML standard (§9.2.6): comments
// and unknown fields are left out, an ID stays until there is another. A retry
// is part of the next event. An error is the last that is yielded, an event
// named "error" is not one: what it means is for the program to say. Leaving the
// loop closes the answer.
func Events(ctx context.Context, c *Client, req *Request) iter.Seq2[runtime.Event, error] {
	req.header.Set("Accept", "text/event-stream")
	return func(yield func(runtime.Event, error) bool) {
		err := ranged(ctx, c, req, func(scan *bufio.Scanner) bool {
			p := eventParser{}
			for scan.Scan() {
				if event, ok := p.line(scan.Bytes()); ok && !yield(event, nil) {
					return false
				}
			}
			return true
		}, splitEventLines())
		if err != nil {
			yield(runtime.Event{}, err)
		}
	}
}

// Lines sends a request each time it is ranged over, and yields the values of
// the answer as they come. An error is the last that is yielded. Leaving the
// loop closes the answer.
func Lines[T any](ctx context.Context, c *Client, req *Request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		var wrong error
		err := ranged(ctx, c, req, func(scan *bufio.Scanner) bool {
			for scan.Scan() {
				if len(bytes.TrimSpace(scan.Bytes())) == 0 {
					continue
				}
				var v T
				if wrong = json.Unmarshal(scan.Bytes(), &v); wrong != nil {
					wrong = fmt.Errorf("decode a line of the answer: %w", wrong)
					return false
				}
				if !yield(v, nil) {
					return false
				}
			}
			return true
		}, bufio.ScanLines)
		if err = errors.Join(err, wrong); err != nil {
			yield(none, err)
		}
	}
}

// ranged sends a request and has the lines of its answer read until each says
// that no more are wanted.
func ranged(
	ctx context.Context, c *Client, req *Request, each func(*bufio.Scanner) bool, split bufio.SplitFunc,
) error {
	res, err := c.Do(ctx, req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusNoContent {
		return nil
	}
	scan := bufio.NewScanner(res.Body)
	limit := limitOf(res)
	if limit < 0 || limit > maxLine {
		limit = maxLine
	}
	scan.Buffer(nil, int(limit))
	scan.Split(split)
	if !each(scan) {
		return nil
	}
	if err := scan.Err(); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return ctx.Err()
}

// maxLine is what a line may have at most, whatever the limit.
const maxLine = 1 << 30

// splitEventLines splits lines that end in LF, CR or CRLF. One that ends in CR
// is handed out without waiting for a LF, which is left out when it comes.
func splitEventLines() bufio.SplitFunc {
	afterCR := false
	return func(data []byte, atEOF bool) (advance int, token []byte, err error) {
		skip := 0
		if afterCR && len(data) > 0 {
			afterCR = false
			if data[0] == '\n' {
				skip = 1
			}
		}
		end := bytes.IndexAny(data[skip:], "\r\n")
		switch {
		case end >= 0:
			line := data[skip : skip+end]
			afterCR = data[skip+end] == '\r'
			return skip + end + 1, line, nil
		case atEOF:
			return len(data), nil, nil // a line without an end is not one
		}
		return skip, nil, nil
	}
}

// An eventParser makes events of lines.
type eventParser struct {
	begun bool // the first line has been seen
	name  string
	id    string
	retry time.Duration
	data  []byte
	found bool // there was data
}

// line takes a line. An empty one ends an event.
func (p *eventParser) line(line []byte) (event runtime.Event, ok bool) {
	if !p.begun {
		p.begun = true
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	if len(line) == 0 {
		return p.end()
	}
	field, value, _ := bytes.Cut(line, []byte(":"))
	value = bytes.TrimPrefix(value, []byte(" "))
	switch string(field) {
	case "event":
		p.name = string(value)
	case "id":
		if bytes.IndexByte(value, 0) < 0 {
			p.id = string(value)
		}
	case "retry":
		if n, err := strconv.ParseUint(string(value), 10, 32); err == nil {
			p.retry = time.Duration(n) * time.Millisecond
		}
	case "data":
		if p.found {
			p.data = append(p.data, '\n')
		}
		p.data, p.found = append(p.data, value...), true
	}
	return runtime.Event{}, false
}

func (p *eventParser) end() (event runtime.Event, ok bool) {
	event = runtime.Event{Name: p.name, ID: p.id, Data: string(p.data), Retry: p.retry}
	ok = p.found
	if ok {
		p.retry = 0
	}
	p.name, p.data, p.found = "", p.data[:0], false
	return event, ok
}

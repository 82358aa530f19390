package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/sse"
)

// Events sends a request each time it is ranged over, and yields the events of
// the answer as [sse.Read] does. An error is the last that is yielded; an event
// named "error" is not one, and what it means is for the program to say. Leaving
// the loop closes the answer. For a client that comes again when a stream ends
// there is [sse.Client].
func Events(ctx context.Context, c *Client, req *Request) iter.Seq2[runtime.Event, error] {
	req.header.Set("Accept", "text/event-stream")
	return ranged(ctx, c, req, func(body io.Reader, limit int) iter.Seq2[runtime.Event, error] {
		return sse.Read(body, limit)
	})
}

// Lines sends a request each time it is ranged over, and yields the values of
// the answer as they come. An error is the last that is yielded. Leaving the
// loop closes the answer.
func Lines[T any](ctx context.Context, c *Client, req *Request) iter.Seq2[T, error] {
	return ranged(ctx, c, req, readLines[T])
}

// ranged sends a request and yields what there is to read of its answer.
func ranged[T any](
	ctx context.Context, c *Client, req *Request, read func(io.Reader, int) iter.Seq2[T, error],
) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		res, err := c.Do(ctx, req)
		if err != nil {
			yield(none, err)
			return
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode == http.StatusNoContent {
			return
		}
		for value, err := range read(res.Body, lineLimit(res)) {
			if err != nil {
				yield(none, fmt.Errorf("read the answer: %w", err))
				return
			}
			if !yield(value, nil) {
				return
			}
		}
	}
}

// maxLine is what an event or line may have at most, whatever the limit.
const maxLine = 1 << 30

func lineLimit(res *http.Response) int {
	limit := limitOf(res)
	if limit < 0 {
		return maxLine
	}
	return int(min(limit, maxLine))
}

// readLines decodes each line that is not empty.
func readLines[T any](body io.Reader, limit int) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		scan := bufio.NewScanner(body)
		scan.Buffer(nil, limit)
		for scan.Scan() {
			if len(bytes.TrimSpace(scan.Bytes())) == 0 {
				continue
			}
			var value T
			if err := json.Unmarshal(scan.Bytes(), &value); err != nil {
				yield(none, fmt.Errorf("decode a line: %w", err))
				return
			}
			if !yield(value, nil) {
				return
			}
		}
		if err := scan.Err(); err != nil {
			yield(none, err)
		}
	}
}

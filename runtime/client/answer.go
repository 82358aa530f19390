package client

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
)

// The functions in this file take what [Client.Do] returns, for generated code.
// All but Body close the answer.

// Meta is the head of an answer.
type Meta struct {
	Status int
	Header http.Header
}

// Cookies returns the cookies that the answer sets.
func (m *Meta) Cookies() []*http.Cookie {
	return (&http.Response{Header: m.Header}).Cookies()
}

// MetaOf returns the head of an answer, or nil if there is none.
func MetaOf(res *http.Response) *Meta {
	if res == nil {
		return nil
	}
	return &Meta{res.StatusCode, res.Header}
}

// JSON decodes an answer.
func JSON[T any](res *http.Response, err error) (T, error) {
	var v, none T
	text, err := whole(res, err)
	if err != nil || len(text) == 0 && !bodyAllowed(res.StatusCode) {
		return none, err
	}
	if err := json.Unmarshal(text, &v); err != nil {
		return none, fmt.Errorf("decode the answer: %w", err)
	}
	return v, nil
}

// Text returns an answer as a string.
func Text[T ~string](res *http.Response, err error) (T, error) {
	text, err := whole(res, err)
	return T(text), err
}

// Bytes returns an answer as it is.
func Bytes[T ~[]byte](res *http.Response, err error) (T, error) {
	return whole(res, err)
}

// Form returns an answer that is a urlencoded form.
func Form(res *http.Response, err error) (url.Values, error) {
	text, err := whole(res, err)
	if err != nil {
		return nil, err
	}
	values, err := url.ParseQuery(string(text))
	if err != nil {
		return nil, fmt.Errorf("decode the answer: %w", err)
	}
	return values, nil
}

// Nothing closes an answer that has nothing but a head.
func Nothing(res *http.Response, err error) error {
	if err == nil {
		closeBody(res)
	}
	return err
}

// Body returns an answer to be read as it comes, and closed.
func Body(res *http.Response, err error) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	return res.Body, nil
}

// whole reads and closes an answer.
func whole(res *http.Response, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	defer closeBody(res)
	limit, body := limitOf(res), io.Reader(res.Body)
	limited := limit >= 0 && limit < math.MaxInt64
	if limited {
		body = io.LimitReader(body, limit+1)
	}
	text, err := io.ReadAll(body)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the answer: %w", err)
	case limited && int64(len(text)) > limit:
		return nil, fmt.Errorf("read the answer: it has more than %d bytes", limit)
	}
	return text, nil
}

// maxDrain is how much of a body that nobody wants is read, to use the
// connection again.
const maxDrain = 64 << 10

func closeBody(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, maxDrain)
	_ = res.Body.Close()
}

func bodyAllowed(status int) bool {
	return status != http.StatusNoContent && status != http.StatusResetContent && status != http.StatusNotModified
}

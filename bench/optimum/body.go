package optimum

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

const (
	bodyLimit = 2 << 20

	jsonType = "application/json"
	formType = "application/x-www-form-urlencoded"
)

var bodies = sync.Pool{New: func() any { return new([]byte) }}

// readBody reads the body into a buffer that the caller gives back.
func readBody(w http.ResponseWriter, r *http.Request) (*[]byte, bool) {
	if r.ContentLength > bodyLimit {
		refuseSize(w)
		return nil, false
	}
	buf := bodies.Get().(*[]byte)
	var err error
	if r.ContentLength >= 0 {
		*buf = grow(*buf, int(r.ContentLength))
		_, err = io.ReadFull(r.Body, *buf)
	} else {
		*buf, err = readAll((*buf)[:0], r.Body)
	}
	if err != nil {
		bodies.Put(buf)
		refuseBody(w, err)
		return nil, false
	}
	return buf, true
}

func grow(buf []byte, n int) []byte {
	if cap(buf) >= n {
		return buf[:n]
	}
	return make([]byte, n, n+n/4+64)
}

func readAll(buf []byte, body io.Reader) ([]byte, error) {
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case len(buf) > bodyLimit:
			return buf, &http.MaxBytesError{Limit: bodyLimit}
		case errors.Is(err, io.EOF):
			return buf, nil
		case err != nil:
			return buf, err
		}
	}
}

// readJSON decodes the body, or answers why it cannot.
func readJSON(w http.ResponseWriter, r *http.Request, v any) bool {
	if !hasType(r, jsonType) {
		refuseType(w, jsonType)
		return false
	}
	buf, ok := readBody(w, r)
	if !ok {
		return false
	}
	err := json.Unmarshal(*buf, v)
	empty := len(*buf) == 0
	bodies.Put(buf)
	if err != nil {
		refuseJSON(w, empty, err)
		return false
	}
	return true
}

// readForm reads the body as the text of a form.
func readForm(w http.ResponseWriter, r *http.Request) (string, bool) {
	if !hasType(r, formType) {
		refuseType(w, formType)
		return "", false
	}
	buf, ok := readBody(w, r)
	if !ok {
		return "", false
	}
	text := string(*buf)
	bodies.Put(buf)
	return text, true
}

// hasType reports whether the body has the given media type. JSON may also be
// application/*+json.
func hasType(r *http.Request, want string) bool {
	have := r.Header["Content-Type"]
	if len(have) == 0 {
		return false
	}
	if have[0] == want {
		return true
	}
	media, _, _ := strings.Cut(have[0], ";")
	media = strings.ToLower(trim(media))
	if media == want {
		return true
	}
	kind, json := strings.CutSuffix(media, "+json")
	return want == jsonType && json && strings.HasPrefix(kind, "application/") && len(kind) > len("application/")
}

package runtime

import (
	"encoding/json"
	"net/http"
	"sync"
)

// Bodies are encoded and decoded as JSON by the functions in this file alone.

// A jsonWriter answers with what its encoder writes: a whole value with a
// newline after it, and nothing when the value cannot be encoded. So neither
// the head of an answer has to be taken back nor its body to be copied.
type jsonWriter struct {
	encoder *json.Encoder
	w       http.ResponseWriter
	status  int
	held    *buffer // takes the body instead of w when it is not nil
	length  int     // of what was written
}

var jsonWriters = sync.Pool{New: func() any {
	j := new(jsonWriter)
	j.encoder = json.NewEncoder(j)
	j.encoder.SetEscapeHTML(false) // it is not HTML
	return j
}}

// sendJSON answers with the encoding of v, or returns an error and has done
// nothing.
func sendJSON(w http.ResponseWriter, status int, v any, parts []*Parts) error {
	j := jsonWriters.Get().(*jsonWriter)
	j.length = 0
	var err error
	if len(parts) == 0 {
		j.w, j.status = w, status
		err = j.encoder.Encode(v)
		j.w = nil
	} else {
		err = j.sendWithParts(w, status, v, parts)
	}
	if j.length <= maxPooled { // else the encoder may hold as much
		jsonWriters.Put(j)
	}
	return err
}

// sendWithParts holds the body back, so that parts need not be known to j and
// can stay on the stack of the adapter.
func (j *jsonWriter) sendWithParts(w http.ResponseWriter, status int, v any, parts []*Parts) error {
	buf := getBuffer()
	j.held = buf
	err := j.encoder.Encode(v)
	j.held = nil
	if err == nil {
		send(w, status, &contentTypeJSON, buf.b, parts)
	}
	putBuffer(buf)
	return err
}

// Write sends the answer, or holds it.
func (j *jsonWriter) Write(line []byte) (int, error) {
	body := line[:len(line)-1] // without the newline that ends what Encode writes
	j.length = len(body)
	if j.held != nil {
		j.held.b = append(j.held.b, body...)
	} else {
		send(j.w, j.status, &contentTypeJSON, body, nil)
	}
	return len(line), nil
}

// decodeJSON decodes the only value in data into v, which must not keep any
// part of data.
func decodeJSON(data []byte, v any) error { return json.Unmarshal(data, v) }

// validJSON reports whether data is one value in JSON.
func validJSON(data []byte) bool { return json.Valid(data) }

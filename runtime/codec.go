package runtime

import (
	"bytes"
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
	parts   []Parts
	length  int // of what was written
}

var jsonWriters = sync.Pool{New: func() any {
	j := new(jsonWriter)
	j.encoder = json.NewEncoder(j)
	return j
}}

// sendJSON answers with the encoding of v, or returns an error and has done
// nothing.
func sendJSON(w http.ResponseWriter, status int, v any, parts []*Parts) error {
	j := jsonWriters.Get().(*jsonWriter)
	j.w, j.status, j.length = w, status, 0
	for _, p := range parts {
		if p != nil {
			j.parts = append(j.parts, *p) // p itself stays on its stack
		}
	}
	err := j.encoder.Encode(v)
	clear(j.parts)
	j.w, j.parts = nil, j.parts[:0]
	if j.length <= maxPooled { // else the encoder may hold as much
		jsonWriters.Put(j)
	}
	return err
}

// Write sends the answer.
func (j *jsonWriter) Write(line []byte) (int, error) {
	body := bytes.TrimSuffix(line, []byte("\n"))
	j.length = len(body)
	setBodyHeader(j.w, contentTypeJSON, len(body))
	for i := range j.parts {
		j.parts[i].WriteTo(j.w)
	}
	j.w.WriteHeader(j.status)
	_, _ = j.w.Write(body) // the client has gone
	return len(line), nil
}

// decodeJSON decodes the only value in data into v, which must not keep any
// part of data.
func decodeJSON(data []byte, v any) error { return json.Unmarshal(data, v) }

// validJSON reports whether data is one value in JSON.
func validJSON(data []byte) bool { return json.Valid(data) }

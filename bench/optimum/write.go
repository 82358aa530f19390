package optimum

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
)

// Header values are shared by all answers and never written to.
var (
	contentText    = []string{"text/plain; charset=utf-8"}
	contentJSON    = []string{"application/json"}
	contentProblem = []string{"application/problem+json"}
)

// A jsonWriter passes on what its encoder writes. An encoder writes a whole
// value at once and only when it could be encoded, so the head can wait until
// then and the body needs no buffer of ours.
type jsonWriter struct {
	encoder *json.Encoder
	w       http.ResponseWriter
	status  int
}

var jsonWriters = sync.Pool{New: func() any {
	j := new(jsonWriter)
	j.encoder = json.NewEncoder(j)
	j.encoder.SetEscapeHTML(false)
	return j
}}

// serverBuffer is how much net/http holds back in order to count it. Above
// that a Content-Length of ours spares it a chunked answer.
const serverBuffer = 2048

func (j *jsonWriter) Write(line []byte) (int, error) {
	body := line[:len(line)-1]
	header := j.w.Header()
	header["Content-Type"] = contentJSON
	if len(body) > serverBuffer {
		header["Content-Length"] = []string{strconv.Itoa(len(body))}
	}
	if j.status != http.StatusOK {
		j.w.WriteHeader(j.status)
	}
	_, err := j.w.Write(body)
	return len(line), err
}

// writeJSON answers with v, which has to be something that can be encoded.
func writeJSON[T any](w http.ResponseWriter, status int, v *T) {
	j := jsonWriters.Get().(*jsonWriter)
	j.w, j.status = w, status
	if err := j.encoder.Encode(v); err != nil {
		return // an encoder keeps its error: it cannot be used again
	}
	j.w = nil
	jsonWriters.Put(j)
}

package runtime

import "encoding/json"

// Bodies are encoded and decoded as JSON by the functions in this file alone.

// encodeJSON appends the encoding of v to buf, without a newline at its end.
func encodeJSON(buf *buffer, v any) error {
	if buf.encoder == nil {
		buf.encoder = json.NewEncoder(buf)
	}
	if err := buf.encoder.Encode(v); err != nil {
		return err
	}
	if n := len(buf.b); n > 0 && buf.b[n-1] == '\n' {
		buf.b = buf.b[:n-1]
	}
	return nil
}

// decodeJSON decodes the only value in data into v, which must not keep any part
// of data.
func decodeJSON(data []byte, v any) error { return json.Unmarshal(data, v) }

// validJSON reports whether data is one value in JSON.
func validJSON(data []byte) bool { return json.Valid(data) }

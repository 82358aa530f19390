package writer_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// TestLimit reads as from an http.MaxBytesReader.
func TestLimit(t *testing.T) {
	torn := errors.New("torn")
	sources := map[string]func() io.Reader{
		"none":          func() io.Reader { return strings.NewReader("") },
		"short":         func() io.Reader { return strings.NewReader("0123") },
		"as long":       func() io.Reader { return strings.NewReader("01234567") },
		"too long":      func() io.Reader { return strings.NewReader("012345678") },
		"much too long": func() io.Reader { return bytes.NewReader(make([]byte, 5000)) },
		"in bytes":      func() io.Reader { return iotest.OneByteReader(strings.NewReader("012345678")) },
		"end with data": func() io.Reader { return iotest.DataErrReader(strings.NewReader("01234567")) },
		"late end":      func() io.Reader { return iotest.DataErrReader(strings.NewReader("012345678")) },
		"torn":          func() io.Reader { return io.MultiReader(strings.NewReader("0123"), iotest.ErrReader(torn)) },
	}
	for name, source := range sources {
		for _, size := range []int{1, 3, 8, 9, 512} {
			const limit = 8
			w := httptest.NewRecorder()
			limited := writer.Limit(w, io.NopCloser(source()), limit)
			want := http.MaxBytesReader(w, io.NopCloser(source()), limit)
			for range 20 { // beyond the end, too
				a, b := make([]byte, size), make([]byte, size)
				n, err := limited.Read(a)
				wantN, wantErr := want.Read(b)
				if n != wantN || !same(err, wantErr) || !bytes.Equal(a[:n], b[:wantN]) {
					t.Fatalf("%s, %d bytes at a time: read %d, %v, want %d, %v", name, size, n, err, wantN, wantErr)
				}
			}
			if n, err := limited.Read(nil); n != 0 || err == nil {
				t.Errorf("%s: after the end an empty read is %d, %v", name, n, err)
			}
		}
	}
}

func same(a, b error) bool {
	tooLong, ok := errors.AsType[*http.MaxBytesError](a)
	want, wanted := errors.AsType[*http.MaxBytesError](b)
	if ok && wanted {
		return tooLong.Limit == want.Limit
	}
	return a == b
}

// TestLimitCloses sees that the connection is closed after a body that is too
// long, and after no other.
func TestLimitCloses(t *testing.T) {
	for body, closes := range map[string]bool{"01234567": false, "012345678": true} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			limited := writer.Limit(wrapper{writer.Track(w)}, r.Body, 8)
			io.Copy(io.Discard, &limited)
		}))
		response, err := server.Client().Post(server.URL, "text/plain", struct{ io.Reader }{strings.NewReader(body)})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		server.Close()
		if response.Close != closes {
			t.Errorf("after %q it is closed: %t", body, response.Close)
		}
	}
}

package compress_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/zstd"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

func encodeZstd(t *testing.T, body string, options ...zstd.EOption) []byte {
	t.Helper()
	encoder, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	defer encoder.Close()
	return encoder.EncodeAll([]byte(body), nil)
}

func decodeZstd(body io.Reader) (string, error) {
	decoded, err := compress.DecodeZstd(body)
	if err != nil {
		return "", err
	}
	defer decoded.Close()
	text, err := io.ReadAll(decoded)
	return string(text), err
}

func TestDecodeZstd(t *testing.T) {
	whole := encodeZstd(t, text)
	for name, body := range map[string]io.Reader{
		"at once":      bytes.NewReader(whole),
		"byte by byte": iotest.OneByteReader(bytes.NewReader(whole)),
		"in frames":    bytes.NewReader(append(encodeZstd(t, text[:100]), encodeZstd(t, text[100:])...)),
		"with a frame to skip": io.MultiReader(
			strings.NewReader("\x50\x2a\x4d\x18\x03\x00\x00\x00abc"), bytes.NewReader(whole)),
	} {
		if got, err := decodeZstd(body); err != nil || got != text {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if got, err := decodeZstd(strings.NewReader("\x28\xb5\x2f\xfd\x00\x38\x01\x00\x00")); err != nil || got != "" {
		t.Errorf("an empty body: %q, %v", got, err)
	}
	if command, err := exec.LookPath("zstd"); err == nil {
		cmd := exec.CommandContext(t.Context(), command, "-19", "-c")
		cmd.Stdin = strings.NewReader(text)
		encoded, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := decodeZstd(bytes.NewReader(encoded)); err != nil || got != text {
			t.Errorf("by zstd -19: %d bytes, %v", len(got), err)
		}
	}
}

func TestDecodeZstdRefuses(t *testing.T) {
	noise := make([]byte, 20<<20)
	random := rand.NewChaCha8([32]byte{})
	random.Read(noise)
	whole := encodeZstd(t, text)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)/2] ^= 0xff
	for name, body := range map[string][]byte{
		"cut off":         whole[:len(whole)-1],
		"damaged":         damaged,
		"garbage behind":  append(bytes.Clone(whole), "garbage"...),
		"not zstd":        []byte("plain text"),
		"a large window":  encodeZstd(t, string(noise), zstd.WithWindowSize(16<<20), zstd.WithSingleSegment(false)),
		"a large segment": encodeZstd(t, string(noise), zstd.WithSingleSegment(true)),
	} {
		if got, err := decodeZstd(bytes.NewReader(body)); err == nil {
			t.Errorf("%s: %d bytes and no error", name, len(got))
		}
	}
	failure := errors.New("connection reset")
	if _, err := decodeZstd(io.MultiReader(bytes.NewReader(whole[:10]), iotest.ErrReader(failure))); !errors.Is(err, failure) {
		t.Errorf("a connection that breaks: %v", err)
	}
}

func TestDecodeZstdOfRequests(t *testing.T) {
	layer := middleware.Decompress(middleware.DecompressConfig{
		Decoders: map[string]func(io.Reader) (io.ReadCloser, error){"zstd": compress.DecodeZstd},
	})
	s := httptest.NewServer(layer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // before the answer, as HTTP/1 wants it
		if err != nil {
			runtime.WriteError(w, r, runtime.Errorf(http.StatusBadRequest, "unreadable"))
			return
		}
		w.Write(body)
	})))
	t.Cleanup(s.Close)
	for _, test := range []struct {
		coding string
		body   []byte
		status int
		want   string
	}{
		{"zstd", encodeZstd(t, text), 200, text},
		{"", []byte("plain"), 200, "plain"},
		{"zstd", []byte("plain"), 400, ""},
		{"br", []byte("?"), 415, ""},
	} {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", s.URL, bytes.NewReader(test.body))
		request.Header.Set("Content-Encoding", test.coding)
		response, err := s.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != test.status || test.status == 200 && string(body) != test.want {
			t.Errorf("%q: %d, %d bytes, %v", test.coding, response.StatusCode, len(body), err)
		}
		if accepted := response.Header.Get("Accept-Encoding"); test.status == 415 && !strings.Contains(accepted, "zstd") {
			t.Errorf("415 says Accept-Encoding: %s", accepted)
		}
	}
}

// A decoder that has failed or was not read to the end must not leave anything
// behind for the next body.
func TestDecodersArePooled(t *testing.T) {
	var group sync.WaitGroup
	for n := range 50 {
		want := strings.Repeat(strconv.Itoa(n)+" ", 5000)
		whole := encodeZstd(t, want)
		group.Go(func() {
			if n%2 == 0 {
				decodeZstd(bytes.NewReader(whole[:len(whole)/2]))
			} else if half, err := compress.DecodeZstd(bytes.NewReader(whole)); err == nil {
				half.Read(make([]byte, 10))
				half.Close()
				half.Close()
				if _, err := half.Read(make([]byte, 10)); !errors.Is(err, http.ErrBodyReadAfterClose) {
					t.Errorf("read after close: %v", err)
				}
			}
			if got, err := decodeZstd(bytes.NewReader(whole)); err != nil || got != want {
				t.Errorf("body %d: %d bytes, %v", n, len(got), err)
			}
		})
	}
	group.Wait()
}

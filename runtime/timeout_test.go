package runtime

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Readers of bodies within a timeout, as generated code and users' code do it.
var bodyReaders = map[string]func(w http.ResponseWriter, r *http.Request) error{
	"JSON": func(w http.ResponseWriter, r *http.Request) error {
		in := NewInput(w, r)
		var v any
		return in.ReadJSON(&v, DefaultBodyLimit)
	},
	"Multipart": func(w http.ResponseWriter, r *http.Request) error {
		in := NewInput(w, r)
		defer in.RemoveFiles()
		_, err := in.Multipart(DefaultBodyLimit)
		return err
	},
	"io.Reader": func(_ http.ResponseWriter, r *http.Request) error {
		_, err := io.Copy(io.Discard, r.Body)
		return err
	},
	"decoder": func(_ http.ResponseWriter, r *http.Request) error {
		var v any
		return json.NewDecoder(r.Body).Decode(&v)
	},
}

// TestTimeoutOfBody has a client that stops in the midst of its body, or in the
// gap between two.
func TestTimeoutOfBody(t *testing.T) {
	for name, read := range bodyReaders {
		for _, with := range []string{"WithTimeout", "WithStream"} {
			t.Run(name+" "+with, func(t *testing.T) {
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					start := WithTimeout
					if with == "WithStream" {
						start = WithStream
					}
					r, stop := start(w, r, 50*time.Millisecond)
					defer stop()
					if err := read(w, r); err != nil {
						WriteError(w, r, err)
					}
				}))
				defer server.Close()
				conn, err := net.Dial("tcp", server.Listener.Addr().String())
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				contentType := "application/json"
				if name == "Multipart" {
					contentType = "multipart/form-data; boundary=b"
				}
				fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 100\r\n\r\n[", contentType)
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusRequestTimeout || !res.Close {
					t.Errorf("%s, close %v: %s", res.Status, res.Close, body)
				}
			})
		}
	}
}

// TestTimeoutAfterBody sees to it that a deadline for the body is not taken for
// the end of the client once it has come, or if there is none.
func TestTimeoutAfterBody(t *testing.T) {
	var ended error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		outer := r.Context()
		r, stop := WithTimeout(w, r, 50*time.Millisecond)
		defer stop()
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		time.Sleep(50 * time.Millisecond)
		ended = errors.Join(outer.Err(), r.Context().Err())
	}))
	defer server.Close()
	for _, body := range []string{"", "whole", strings.Repeat("x", 1<<20)} {
		res, err := http.Post(server.URL, "text/plain", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if ended == nil || ended.Error() != context.DeadlineExceeded.Error() {
			t.Errorf("with %d bytes: %v", len(body), ended)
		}
	}
}

// TestTimeoutUnderReadTimeout leaves the deadline of the server if it is nearer.
func TestTimeoutUnderReadTimeout(t *testing.T) {
	for _, test := range []struct {
		server time.Duration
		timed  bool
	}{{0, true}, {time.Minute, true}, {time.Second, false}} {
		timed := make(chan bool, 1)
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, stop := WithTimeout(w, r, 5*time.Second)
			defer stop()
			_, is := r.Body.(*timedBody)
			timed <- is
		}))
		server.Config.ReadTimeout = test.server
		server.Start()
		res, err := http.Post(server.URL, "text/plain", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if got := <-timed; got != test.timed {
			t.Errorf("ReadTimeout %v: timed %v", test.server, got)
		}
		server.Close()
	}
}

// TestTimeoutEndsWithStream lets a body go on when the answer has begun.
func TestTimeoutEndsWithStream(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, stop := WithStream(w, r, 50*time.Millisecond)
		defer stop()
		lines := func(yield func(string, error) bool) {
			scanner := bufio.NewScanner(r.Body)
			for scanner.Scan() {
				if !yield(scanner.Text(), nil) {
					return
				}
			}
			if err := scanner.Err(); err != nil {
				yield("", err)
			}
		}
		if err := WriteLines(w, r, http.StatusOK, lines); err != nil {
			WriteError(w, r, err)
		}
	}))
	defer server.Close()
	body, feed := io.Pipe()
	go func() {
		io.WriteString(feed, "one\n")
		time.Sleep(150 * time.Millisecond)
		io.WriteString(feed, "two\n")
		feed.Close()
	}()
	res, err := http.Post(server.URL, "text/plain", body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || string(got) != "\"one\"\n\"two\"\n" {
		t.Errorf("%q, %v", got, err)
	}
}

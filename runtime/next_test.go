package runtime

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A middlewareFunc is a middleware function as users write it.
type middlewareFunc func(r *http.Request, next Next) (*Response, error)

// pass hands everything on.
func pass(r *http.Request, next Next) (*Response, error) { return next.Run(r), nil }

// through puts a middleware function around h, as generated code does.
func through(f middlewareFunc, h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		chain := NewChain(w, h)
		defer chain.End()

		out, err := f(r, chain.Next())
		defer CloseBody(out)
		if err != nil {
			WriteError(w, r, err)
			return
		}

		if err := WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			WriteError(w, r, err)
		}
	}
}

// directly is through for a function that returns the answer of Run as it is.
func directly(f middlewareFunc, h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		out, err := f(r, DirectNext(w, h))
		defer CloseBody(out)
		if err != nil {
			WriteError(w, r, err)
			return
		}

		if err := WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			WriteError(w, r, err)
		}
	}
}

// frame sets what middleware further out would set.
func frame(h http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Vary", "Origin")
		w.Header().Set("X-Frame-Options", "DENY")
		h.ServeHTTP(w, r)
	}
}

// answers are handlers that answer in every way there is.
func answers(t *testing.T) map[string]http.HandlerFunc {
	file := filepath.Join(t.TempDir(), "data.bin")
	if err := os.WriteFile(file, bytes.Repeat([]byte("0123456789"), 20_000), 0o600); err != nil {
		t.Fatal(err)
	}
	return map[string]http.HandlerFunc{
		"nothing":      func(http.ResponseWriter, *http.Request) {},
		"a status":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
		"no content":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"not modified": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) },
		"no body to write": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("writing to a 204: %v", err)
			}
			if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrBodyNotAllowed) {
				t.Errorf("writing to a 204: %v", err)
			}
		},
		"text":          func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>guess me") },
		"bytes":         func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("%PDF-1.4")) },
		"an empty body": func(w http.ResponseWriter, _ *http.Request) { w.Write(nil); io.WriteString(w, "") },
		"two pieces": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "one")
			w.Write([]byte("two"))
		},
		"a long body": func(w http.ResponseWriter, _ *http.Request) {
			w.Write(bytes.Repeat([]byte("long "), 50_000))
		},
		"a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "4")
			w.Header().Set("Content-Type", "a/b")
			w.WriteHeader(http.StatusCreated)
			io.WriteString(w, "four")
		},
		"pieces that are flushed": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			io.WriteString(w, "a")
			http.NewResponseController(w).Flush()
			io.WriteString(w, "b")
		},
		"an announced trailer": func(w http.ResponseWriter, _ *http.Request) {
			header := w.Header()
			header.Set("Trailer", "X-Sum, X-None")
			io.WriteString(w, "body")
			header.Set("X-Sum", "42")
			header.Set("X-Late", "too late")
		},
		"a trailer by its prefix": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			io.WriteString(w, "body")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "42")
		},
		"outer fields changed": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Add("Vary", "Accept")
			w.Header().Del("X-Frame-Options")
			w.Header()["Date"] = nil
			w.Header()["x-lower"] = []string{"kept"}
			io.WriteString(w, "changed")
		},
		"early hints": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Link", "</style.css>; rel=preload")
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Del("Link")
			w.WriteHeader(http.StatusProcessing)
			w.Header().Set("X-Last", "yes")
			io.WriteString(w, "late")
		},
		"a file": func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, file) },
		"a copied file": func(w http.ResponseWriter, _ *http.Request) {
			f, err := os.Open(file)
			if err != nil {
				t.Error(err)
				return
			}
			defer f.Close()
			if info, err := f.Stat(); err == nil { // else pieces of other sizes go over the wire
				w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
			}
			io.Copy(w, f)
		},
		"an odd status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(799) },
		"an error":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) },
		"a body too long": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "2")
			if _, err := io.WriteString(w, "three"); !errors.Is(err, http.ErrContentLength) && r.ProtoMajor == 1 {
				t.Errorf("a body beyond its length: %v", err)
			}
		},
		"a copy of nothing": func(w http.ResponseWriter, _ *http.Request) {
			io.Copy(w, struct{ io.Reader }{strings.NewReader("")})
			w.WriteHeader(http.StatusTeapot)
		},
		"the request": func(w http.ResponseWriter, r *http.Request) {
			http.NewResponseController(w).EnableFullDuplex()
			io.Copy(w, r.Body)
		},
		"a closed connection": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			w.Write([]byte("bye"))
		},
		"the abort of a body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			w.Write([]byte("half"))
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"the abort of the head": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	}
}

var dateLine = regexp.MustCompile(`Date: .*\r\n`)

// wire sends a request as it stands, and returns all that comes back.
func wire(t *testing.T, s *site, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return dateLine.ReplaceAllString(string(answer), "")
}

// TestUntouched compares what goes over the wire with and without middleware
// functions that change nothing.
func TestUntouched(t *testing.T) {
	for name, h := range answers(t) {
		t.Run(name, func(t *testing.T) {
			plain := serveSite(t, frame(h), quiet)
			layers := map[string]http.Handler{
				"directly":          directly(pass, h),
				"on a goroutine":    through(pass, h),
				"on two goroutines": through(pass, through(pass, h)),
			}
			for _, method := range []string{"GET", "HEAD", "POST"} {
				request := method + " /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\ndata"
				want := wire(t, plain, request)
				for how, layer := range layers {
					if got := wire(t, serveSite(t, frame(layer), quiet), request); got != want {
						t.Errorf("%s, %s:\n%.500q, want\n%.500q", method, how, got, want)
					}
				}
			}
		})
	}
}

// quiet lets a server not log what its handlers do wrong on purpose.
func quiet(s *httptest.Server) { s.Config.ErrorLog = discardLog }

// body reads the body of a response.
func body(t *testing.T, res *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestChangedAnswers(t *testing.T) {
	stamp := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "7")
		w.Header().Set("X-Inner", "inner")
		w.WriteHeader(http.StatusAccepted)
		io.WriteString(w, "content")
	}
	upper := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		b, err := io.ReadAll(res.Body)
		res.Body = io.NopCloser(bytes.NewReader(bytes.ToUpper(b)))
		return res, err
	}
	tests := []struct {
		name   string
		f      middlewareFunc
		status int
		body   string
		header string // one line for each that matters; - for one that is not there
	}{
		{"as it is", pass, 202, "content", "Vary: Origin|X-Inner: inner|Content-Length: 7"},
		{"status and header", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status = http.StatusOK
			res.Header.Set("X-Outer", res.Header.Get("X-Inner")+"!")
			res.Header.Del("X-Inner")
			res.Header.Del("Vary")
			return res, nil
		}, 200, "content", "X-Outer: inner!|X-Inner: -|Vary: -|X-Frame-Options: DENY|Content-Length: 7"},
		{"another header", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Header = http.Header{"X-Only": {"this"}}
			return res, nil
		}, 202, "content", "X-Only: this|X-Inner: -|Vary: -"},
		{"a body of the same length", upper, 202, "CONTENT", "X-Inner: inner"},
		{"a body that is read and longer", func(r *http.Request, next Next) (*Response, error) {
			res, err := upper(r, next)
			res.Body = io.NopCloser(io.MultiReader(res.Body, strings.NewReader(strings.Repeat("x", 5000))))
			return res, err
		}, 202, "CONTENT" + strings.Repeat("x", 5000), "Content-Length: -"},
		{"a length of its own", func(r *http.Request, next Next) (*Response, error) {
			res, err := upper(r, next)
			res.Body = io.NopCloser(io.MultiReader(res.Body, strings.NewReader(strings.Repeat("x", 5000))))
			res.Header.Set("Content-Length", "5007")
			return res, err
		}, 202, "CONTENT" + strings.Repeat("x", 5000), "Content-Length: 5007"},
		{"no body", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body = nil
			return res, nil
		}, 202, "", "X-Inner: inner|Content-Length: 0"},
		{"the rest of a body", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			_, err := io.ReadFull(res.Body, make([]byte, 3))
			return res, err
		}, 202, "tent", "X-Inner: inner"},
		{"a status without a body", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status = http.StatusNoContent
			return res, nil
		}, 204, "", "X-Inner: inner"},
		{"a status without a body that is wrapped", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status, res.Body = http.StatusNotModified, io.NopCloser(res.Body)
			return res, nil
		}, 304, "", "X-Inner: inner"},
		{"an answer of its own", func(*http.Request, Next) (*Response, error) {
			return &Response{
				Status: http.StatusSeeOther,
				Header: http.Header{"location": {"/login"}, "Vary": {"Cookie"}},
				Body:   io.NopCloser(strings.NewReader("go there")),
			}, nil
		}, 303, "go there", "Location: /login|Vary: Cookie|X-Frame-Options: DENY|X-Inner: -"},
		{"an answer with nothing in it", func(*http.Request, Next) (*Response, error) {
			return &Response{}, nil
		}, 200, "", "X-Frame-Options: DENY"},
		{"an answer of its own with the handler's body", func(r *http.Request, next Next) (*Response, error) {
			return &Response{Body: next.Run(r).Body, Header: http.Header{"X-Own": {"1"}}}, nil
		}, 200, "content", "X-Own: 1|Vary: Origin|X-Inner: -"},
		{"an answer of its own made of the handler's body", func(r *http.Request, next Next) (*Response, error) {
			return &Response{Body: io.NopCloser(io.LimitReader(next.Run(r).Body, 4))}, nil
		}, 200, "cont", "X-Inner: -"},
		{"an error after the answer", func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			return nil, Errorf(http.StatusConflict, "no")
		}, 409, `{"title":"Conflict","status":409,"detail":"no"}`, "X-Inner: -|Vary: Origin"},
		{"an error beside the answer", func(r *http.Request, next Next) (*Response, error) {
			return next.Run(r), Errorf(http.StatusConflict, "no")
		}, 409, `{"title":"Conflict","status":409,"detail":"no"}`, "X-Inner: -"},
		{"nil", func(*http.Request, Next) (*Response, error) {
			return nil, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
		{"a status that there is not", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status = 600
			return res, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
		{"a status that there is not, of its own", func(*http.Request, Next) (*Response, error) {
			return &Response{Status: 99, Body: io.NopCloser(strings.NewReader("x"))}, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
		{"a body that is closed", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			defer res.Body.Close()
			return res, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
		{"a body that is closed and replaced", func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body.Close()
			if _, err := res.Body.Read(make([]byte, 1)); !errors.Is(err, http.ErrBodyReadAfterClose) {
				return nil, fmt.Errorf("reading a closed body: %w", err)
			}
			res.Body = http.NoBody
			return res, nil
		}, 202, "", "X-Inner: inner"},
		{"a body that cannot be read", func(*http.Request, Next) (*Response, error) {
			return &Response{Body: io.NopCloser(failing{errors.New("disk")})}, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
		{"a retry", func(r *http.Request, next Next) (*Response, error) {
			for range 2 {
				next.Run(r)
			}
			return next.Run(r), nil
		}, 202, "content", "X-Inner: inner"},
		{"the answer before a retry", func(r *http.Request, next Next) (*Response, error) {
			first := next.Run(r)
			next.Run(r)
			return first, nil
		}, 500, `{"title":"Internal Server Error","status":500}`, "X-Inner: -"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := serveSite(t, frame(through(test.f, http.HandlerFunc(stamp))))
			s.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			res := s.get(t, http.MethodGet)
			if got := body(t, res); res.StatusCode != test.status || got != test.body {
				t.Errorf("got %d %.200q, want %d %.200q", res.StatusCode, got, test.status, test.body)
			}
			for line := range strings.SplitSeq(test.header, "|") {
				name, want, _ := strings.Cut(line, ": ")
				if got := strings.Join(res.Header.Values(name), "|"); got != strings.TrimPrefix(want, "-") {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestResponseParts is about what other results add to a response.
func TestResponseParts(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		chain := NewChain(w, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-A", "inner")
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
			w.WriteHeader(http.StatusAccepted)
		}))
		defer chain.End()
		parts := NewParts(http.Header{"X-A": {"outer"}})
		parts.Cookie(&http.Cookie{Name: "b", Value: "2"})
		out := chain.Next().Run(r)
		if err := WriteResponse(w, r, http.StatusTeapot, out, &parts); err != nil {
			t.Error(err)
		}
	}
	res := serveSite(t, h).get(t, http.MethodGet)
	if got := res.Header; res.StatusCode != http.StatusTeapot || got.Get("X-A") != "outer" || len(got["Set-Cookie"]) != 2 {
		t.Errorf("got %d %v", res.StatusCode, got)
	}
}

func TestChangedRequest(t *testing.T) {
	type key struct{}
	h := func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		tenant, err := ReadExtension[string](&in)
		if err != nil {
			WriteError(w, r, err)
			return
		}
		fmt.Fprint(w, tenant.Value, r.Context().Value(key{}), r.Header.Get("X-Added"), r.Pattern, r.PathValue("id"))
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		r = WithExtension(r, "acme ")
		r = r.WithContext(context.WithValue(r.Context(), key{}, "value "))
		r.Header.Set("X-Added", "added ")
		return next.Run(r), nil
	}
	mux := http.NewServeMux()
	mux.Handle("/{id}", through(f, http.HandlerFunc(h)))
	res := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = "/7"
		mux.ServeHTTP(w, r)
	}).get(t, http.MethodGet)
	if got := body(t, res); got != "acme value added /{id}7" {
		t.Errorf("got %q", got)
	}
}

// TestEvents sees to it that what is flushed arrives before anything else is
// written, whatever the middleware function does with the body.
func TestEvents(t *testing.T) {
	bodies := map[string]func(res *Response) *Response{
		"untouched": func(res *Response) *Response { return res },
		"begun": func(res *Response) *Response {
			first := make([]byte, 2)
			io.ReadFull(res.Body, first)
			res.Body = struct {
				io.Reader
				io.Closer
			}{io.MultiReader(bytes.NewReader(first), res.Body), res.Body}
			return res
		},
		"wrapped": func(res *Response) *Response {
			res.Body = struct {
				io.Reader
				io.Closer
			}{bufio.NewReader(res.Body), res.Body}
			return res
		},
		"piped": func(res *Response) *Response {
			r, w := io.Pipe()
			inner := res.Body
			go func() {
				_, err := io.Copy(w, inner)
				w.CloseWithError(err)
			}()
			res.Body = r
			return res
		},
		"in an answer of its own": func(res *Response) *Response {
			return &Response{Header: res.Header, Body: io.NopCloser(res.Body)}
		},
	}
	for name, change := range bodies {
		for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
			t.Run(name+" "+protocol, func(t *testing.T) {
				arrived := make(chan bool)
				h := func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/event-stream")
					for range 5 {
						io.WriteString(w, "event\n")
						http.NewResponseController(w).Flush()
						<-arrived
					}
				}
				f := func(r *http.Request, next Next) (*Response, error) { return change(next.Run(r)), nil }
				var configure []func(*httptest.Server)
				if protocol == "HTTP/2.0" {
					configure = append(configure, http2)
				}
				res := serveSite(t, through(f, http.HandlerFunc(h)), configure...).get(t, http.MethodGet)
				lines := bufio.NewReader(res.Body)
				for range 5 {
					if line, err := lines.ReadString('\n'); line != "event\n" {
						t.Fatal(line, err)
					}
					arrived <- true
				}
				if _, err := lines.ReadByte(); err != io.EOF || res.Proto != protocol {
					t.Error(err, res.Proto)
				}
			})
		}
	}
}

// TestFlushedHead sees to it that a head that is flushed arrives before there is
// a body, whether it is flushed before the answer is returned or after it.
func TestFlushedHead(t *testing.T) {
	for _, wrapped := range []bool{false, true} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprintf("wrapped %t, late %t", wrapped, late), func(t *testing.T) {
				arrived, passed := make(chan bool), make(chan bool)
				h := func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusAccepted)
					if late {
						<-passed
					}
					http.NewResponseController(w).Flush()
					<-arrived
					io.WriteString(w, "body")
				}
				f := func(r *http.Request, next Next) (*Response, error) {
					res := next.Run(r)
					if wrapped {
						res.Body = io.NopCloser(res.Body)
					}
					return res, nil
				}
				res := serveSite(t, through(func(r *http.Request, next Next) (*Response, error) {
					defer close(passed)
					return f(r, next)
				}, http.HandlerFunc(h))).get(t, http.MethodGet)
				close(arrived)
				if got := body(t, res); res.StatusCode != http.StatusAccepted || got != "body" {
					t.Errorf("got %d %q", res.StatusCode, got)
				}
			})
		}
	}
}

// TestFlushOvertakes has a body on whose way there is a delay, so that the handler
// flushes what has not been copied yet.
func TestFlushOvertakes(t *testing.T) {
	flushed, arrived := make(chan bool), make(chan bool)
	h := func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "event\n")
		http.NewResponseController(w).Flush()
		close(flushed)
		<-arrived
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		inner := res.Body
		res.Body = struct {
			io.Reader
			io.Closer
		}{readerFunc(func(p []byte) (int, error) {
			n, err := inner.Read(p)
			<-flushed
			return n, err
		}), res.Body}
		return res, nil
	}
	res := serveSite(t, through(f, http.HandlerFunc(h))).get(t, http.MethodGet)
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); line != "event\n" {
		t.Error(line, err)
	}
	close(arrived)
}

// A readerFunc is a source that is a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A fileWriter notes that a file reached it as one.
type fileWriter struct {
	http.ResponseWriter
	source io.Reader
}

func (w *fileWriter) ReadFrom(src io.Reader) (int64, error) {
	w.source = src
	return io.Copy(w.ResponseWriter, src)
}

func TestSendfile(t *testing.T) {
	file, err := os.Open("next_test.go")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	h := func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, struct{ io.Reader }{file}) }
	w := &fileWriter{ResponseWriter: httptest.NewRecorder()}
	through(pass, through(pass, http.HandlerFunc(h)))(w, httptest.NewRequest("GET", "/", nil))
	if got, ok := w.source.(struct{ io.Reader }); !ok || got.Reader != file {
		t.Errorf("the file arrives as %T", w.source)
	}
}

// TestPace sees to it that a handler writes no faster than the client reads.
func TestPace(t *testing.T) {
	for _, wrapped := range []bool{false, true} {
		t.Run(fmt.Sprintf("wrapped %t", wrapped), func(t *testing.T) {
			var written atomic.Int64
			blocked := make(chan bool)
			h := func(w http.ResponseWriter, _ *http.Request) {
				w.(http.Flusher).Flush()
				piece := make([]byte, 1<<16)
				stalled := time.AfterFunc(time.Hour, func() { close(blocked) })
				defer stalled.Stop()
				for range 4096 {
					stalled.Reset(200 * time.Millisecond)
					if _, err := w.Write(piece); err != nil {
						return
					}
					written.Add(int64(len(piece)))
				}
				t.Error("nothing holds back the handler")
			}
			f := func(r *http.Request, next Next) (*Response, error) {
				res := next.Run(r)
				if wrapped {
					res.Body = io.NopCloser(res.Body)
				}
				return res, nil
			}
			res := serveSite(t, through(f, http.HandlerFunc(h))).get(t, http.MethodGet)
			<-blocked
			if got := written.Load(); got > 128<<20 {
				t.Errorf("%d bytes are on their way to a client that reads nothing", got)
			}
			res.Body.Close()
		})
	}
}

// TestHandlerIsHeld sees to it that a handler does not write before it is known
// what becomes of its answer.
func TestHandlerIsHeld(t *testing.T) {
	var returned, wrote atomic.Bool
	h := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		io.WriteString(w, "body")
		if !returned.Load() {
			t.Error("the body was written before the function returned")
		}
		wrote.Store(true)
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		for range 1000 {
			goruntime.Gosched()
		}
		returned.Store(true)
		return res, nil
	}
	w := httptest.NewRecorder()
	through(f, http.HandlerFunc(h))(w, httptest.NewRequest("GET", "/", nil))
	if !wrote.Load() || w.Body.String() != "body" {
		t.Errorf("the body is %q", w.Body)
	}
}

// unwanted is a handler that goes on until it is told that nobody listens.
func unwanted(t *testing.T, ended *atomic.Bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		<-r.Context().Done()
		if cause := context.Cause(r.Context()); !errors.Is(cause, errUnwanted) {
			t.Errorf("the handler is cancelled because of %v", cause)
		}
		rc := http.NewResponseController(w)
		_, _, hijack := rc.Hijack()
		_, write := w.Write([]byte("x"))
		_, text := io.WriteString(w, "x")
		for what, err := range map[string]error{
			"Write": write, "WriteString": text, "Hijack": hijack, "Flush": rc.Flush(),
			"EnableFullDuplex": rc.EnableFullDuplex(), "SetReadDeadline": rc.SetReadDeadline(time.Time{}),
			"SetWriteDeadline": rc.SetWriteDeadline(time.Time{}),
		} {
			if !errors.Is(err, errUnwanted) {
				t.Errorf("%s for nobody: %v", what, err)
			}
		}
		w.WriteHeader(http.StatusOK)
		ended.Store(true)
	}
}

func TestUnwanted(t *testing.T) {
	tests := map[string]middlewareFunc{
		"an error": func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			return nil, Errorf(http.StatusTeapot, "no")
		},
		"an answer of its own": func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			return &Response{Status: http.StatusTeapot}, nil
		},
		"another body": func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status, res.Body = http.StatusTeapot, http.NoBody
			return res, nil
		},
		"a closed body": func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body.Close()
			res.Status, res.Body = http.StatusTeapot, http.NoBody
			return res, nil
		},
		"a wrapper that closes": func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Status, res.Body = http.StatusTeapot, struct {
				io.Reader
				io.Closer
			}{strings.NewReader(""), res.Body}
			return res, nil
		},
	}
	for name, f := range tests {
		t.Run(name, func(t *testing.T) {
			var ended atomic.Bool
			outer := through(f, unwanted(t, &ended))
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				outer(w, r)
				if !ended.Load() {
					t.Error("the handler goes on after its adapter")
				}
			})
			if res := s.get(t, http.MethodGet); res.StatusCode != http.StatusTeapot {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
}

// TestHeaderOfUnwanted sees to it that a handler may go on changing its header
// while another body than its own is sent.
func TestHeaderOfUnwanted(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		for i := 0; r.Context().Err() == nil; i++ {
			w.Header().Set("X-"+strconv.Itoa(i%100), "late")
		}
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		res.Body = io.NopCloser(strings.NewReader("another"))
		return res, nil
	}
	for range 200 {
		w := httptest.NewRecorder()
		through(f, http.HandlerFunc(h))(w, httptest.NewRequest("GET", "/", nil))
		if got := w.Body.String(); got != "another" {
			t.Fatalf("the body is %q", got)
		}
	}
}

// TestAfterwards has a handler whose writer is used when it has ended, and is the
// server's again.
func TestAfterwards(t *testing.T) {
	var kept http.ResponseWriter
	w := httptest.NewRecorder()
	through(pass, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		kept = w
		io.WriteString(w, "in time")
	}))(w, httptest.NewRequest("GET", "/", nil))
	_, write := kept.Write([]byte("late"))
	_, text := io.WriteString(kept, "late")
	_, copied := io.Copy(kept, struct{ io.Reader }{strings.NewReader("late")})
	for what, err := range map[string]error{
		"Write": write, "WriteString": text, "ReadFrom": copied, "Flush": http.NewResponseController(kept).Flush(),
	} {
		if !errors.Is(err, errUnwanted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if got := w.Body.String(); got != "in time" || w.Flushed {
		t.Errorf("the body is %q, flushed %t", got, w.Flushed)
	}
}

// TestRetryWaits sees to it that a handler has ended before the next one starts.
func TestRetryWaits(t *testing.T) {
	var running, calls atomic.Int32
	h := func(w http.ResponseWriter, r *http.Request) {
		if running.Add(1) > 1 {
			t.Error("two handlers at a time")
		}
		defer running.Add(-1)
		fmt.Fprintf(w, "call %d", calls.Add(1))
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		for range 9 {
			next.Run(r)
		}
		return next.Run(r), nil
	}
	if got := body(t, serveSite(t, through(f, http.HandlerFunc(h))).get(t, http.MethodGet)); got != "call 10" {
		t.Errorf("got %q", got)
	}
}

func TestRunMisused(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	r := httptest.NewRequest("GET", "/", nil)
	panics := func(name, want string, f func()) {
		t.Helper()
		defer func() {
			if got := recover(); got != want {
				t.Errorf("%s: panic %v, want %v", name, got, want)
			}
		}()
		f()
	}
	var late Next
	through(func(_ *http.Request, next Next) (*Response, error) {
		late = next
		return &Response{}, nil
	}, h)(httptest.NewRecorder(), r)
	panics("late", "runtime: Next.Run after the middleware function has returned", func() { late.Run(r) })
	over := NewChain(nil, h) // the server's writer may not be touched any more
	over.End()
	panics("over", "runtime: Next.Run after the middleware function has returned", func() { over.Next().Run(r) })
	panics("zero", "runtime: Run of a Next that is not an adapter's", func() { Next{}.Run(r) })
	panics("no request", "runtime: Next.Run of a nil request", func() { DirectNext(httptest.NewRecorder(), h).Run(nil) })
	chain := NewChain(httptest.NewRecorder(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panics("two", "runtime: Next.Run during another call of it", func() { late.Run(r) })
	}))
	late = chain.Next()
	late.Run(r)
	chain.End()
}

// TestPanics is about panics of the handler: before the head they come out of
// Run, after it out of the adapter, with the same value.
func TestPanics(t *testing.T) {
	value := errors.New("value")
	afterHead := func(reason any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			io.WriteString(w, "part")
			panic(reason)
		}
	}
	readAll := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		b, err := io.ReadAll(res.Body)
		if err == nil || string(b) != "part" {
			return nil, fmt.Errorf("a body of a handler that panicked ends with %v after %q", err, b)
		}
		return nil, Errorf(http.StatusBadGateway, "told")
	}
	tests := []struct {
		name string
		h    http.HandlerFunc
		f    middlewareFunc
		want any // the panic
		code int // if there is none
	}{
		{"before the head", func(http.ResponseWriter, *http.Request) { panic(value) }, pass, value, 0},
		{"an abort before the head", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, pass, http.ErrAbortHandler, 0},
		{"before the head, recovered", func(http.ResponseWriter, *http.Request) { panic(value) }, func(r *http.Request, next Next) (res *Response, err error) {
			defer func() {
				if recover() == value {
					res, err = &Response{Status: http.StatusTeapot}, nil
				}
			}()
			return next.Run(r), nil
		}, nil, http.StatusTeapot},
		{"after the head", afterHead(value), pass, value, 0},
		{"an abort after the head", afterHead(http.ErrAbortHandler), pass, http.ErrAbortHandler, 0},
		{"after the head, copied", afterHead(value), func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body = io.NopCloser(res.Body)
			return res, nil
		}, value, 0},
		{"after the head, read and ignored", afterHead(value), func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			b, _ := io.ReadAll(res.Body)
			res.Body = io.NopCloser(bytes.NewReader(b))
			return res, nil
		}, value, 0},
		{"after the head, read and answered", afterHead(value), readAll, nil, http.StatusBadGateway},
		{"after the head, unwanted", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			<-r.Context().Done()
			panic(value)
		}, func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			return &Response{Status: http.StatusTeapot}, nil
		}, nil, http.StatusTeapot},
		{"after the head, closed", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			<-r.Context().Done()
			panic(value)
		}, func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body.Close()
			res.Body = nil
			ctx, cancel := context.WithCancel(r.Context())
			cancel()
			defer func() { recover() }() // of the second handler
			next.Run(r.WithContext(ctx)) // which waits for the end of the first
			return res, nil
		}, nil, http.StatusTeapot},
		{"of the function itself", afterHead(value), func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			panic("mine")
		}, "mine", 0},
		{"with an impossible status", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(1000) }, pass, "invalid WriteHeader code 1000", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var mu sync.Mutex
			var got any
			layer := through(test.f, test.h)
			s := serveSite(t, func(w http.ResponseWriter, r *http.Request) {
				defer func() {
					reason := recover()
					mu.Lock()
					got = reason
					mu.Unlock()
					if reason != nil {
						panic(reason)
					}
				}()
				layer(w, r)
			}, quiet)
			res, err := s.Client().Get(s.URL)
			if err == nil {
				defer res.Body.Close()
				_, err = io.Copy(io.Discard, res.Body)
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case got != test.want:
				t.Errorf("panic %v, want %v", got, test.want)
			case test.want != nil && err == nil:
				t.Error("the answer looks complete")
			case test.want == nil && (err != nil || res.StatusCode != test.code):
				t.Errorf("got %v %v, want %d", res, err, test.code)
			}
		})
	}
}

// TestPanicIsLogged sees to it that one finds out where a panic comes from.
func TestPanicIsLogged(t *testing.T) {
	s := serveSite(t, through(pass, http.HandlerFunc(panicSomewhere)), quiet)
	if res, err := s.Client().Get(s.URL); err == nil {
		res.Body.Close()
		t.Error("there is an answer")
	}
	if log := s.log.String(); !strings.Contains(log, "panicSomewhere") || !strings.Contains(log, "panic=here") {
		t.Errorf("the log is %s", log)
	}
}

func panicSomewhere(http.ResponseWriter, *http.Request) { panic("here") }

// TestGoexit sees to it that nobody waits for a handler that has left.
func TestGoexit(t *testing.T) {
	for _, headed := range []bool{false, true} {
		t.Run(fmt.Sprintf("after the head %t", headed), func(t *testing.T) {
			s := serveSite(t, through(pass, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if headed {
					w.WriteHeader(http.StatusOK)
					w.(http.Flusher).Flush()
				}
				goruntime.Goexit()
			})), quiet)
			res, err := s.Client().Get(s.URL)
			if err == nil {
				defer res.Body.Close()
				_, err = io.ReadAll(res.Body)
			}
			if err == nil {
				t.Error("the answer looks complete")
			}
		})
	}
	read := func(r *http.Request, next Next) (*Response, error) {
		_, err := io.ReadAll(next.Run(r).Body)
		if err == nil || err.Error() != "the handler exited" {
			t.Errorf("the body ends with %v", err)
		}
		return &Response{}, nil
	}
	through(read, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusOK)
		goruntime.Goexit()
	}))(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// TestClientGone sees to it that the handler learns that the client has gone.
func TestClientGone(t *testing.T) {
	for _, wrapped := range []bool{false, true} {
		for _, protocol := range []string{"HTTP/1.1", "HTTP/2.0"} {
			t.Run(fmt.Sprintf("wrapped %t %s", wrapped, protocol), func(t *testing.T) {
				ended := make(chan error, 1)
				h := func(w http.ResponseWriter, r *http.Request) {
					w.(http.Flusher).Flush()
					for {
						if _, err := w.Write(make([]byte, 1<<16)); err != nil {
							<-r.Context().Done()
							ended <- err
							return
						}
					}
				}
				f := func(r *http.Request, next Next) (*Response, error) {
					res := next.Run(r)
					if wrapped {
						res.Body = io.NopCloser(res.Body)
					}
					return res, nil
				}
				var configure []func(*httptest.Server)
				if protocol == "HTTP/2.0" {
					configure = append(configure, http2)
				}
				s := serveSite(t, through(f, http.HandlerFunc(h)), configure...)
				res := s.get(t, http.MethodGet)
				io.ReadFull(res.Body, make([]byte, 1<<17))
				res.Body.Close()
				if err := <-ended; err == nil {
					t.Error("writing goes on")
				}
			})
		}
	}
}

// TestHijack is about handlers that take the connection, before a head or after
// that of a 101.
func TestHijack(t *testing.T) {
	for _, headed := range []bool{false, true} {
		t.Run(fmt.Sprintf("after a head %t", headed), func(t *testing.T) {
			h := func(w http.ResponseWriter, r *http.Request) {
				if headed {
					w.Header().Set("Upgrade", "echo")
					w.Header().Set("Connection", "Upgrade")
					w.WriteHeader(http.StatusSwitchingProtocols)
				}
				conn, rw, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				if !headed {
					if _, err := w.Write([]byte("x")); !errors.Is(err, http.ErrHijacked) {
						t.Errorf("writing to a hijacked connection: %v", err)
					}
					io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
				}
				line, _ := rw.ReadString('\n')
				if r.Context().Err() != nil {
					t.Error("the context of the handler is cancelled")
				}
				io.WriteString(conn, line)
			}
			var status atomic.Int32
			f := func(r *http.Request, next Next) (*Response, error) {
				res := next.Run(r)
				status.Store(int32(res.Status))
				return res, nil
			}
			s := serveSite(t, through(f, http.HandlerFunc(h)))
			conn, err := net.Dial("tcp", s.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
			lines := bufio.NewReader(conn)
			res, err := http.ReadResponse(lines, nil)
			if err != nil || res.StatusCode != http.StatusSwitchingProtocols || res.Header.Get("Upgrade") != "echo" {
				t.Fatal(res, err)
			}
			io.WriteString(conn, "hello\n")
			if line, err := lines.ReadString('\n'); line != "hello\n" {
				t.Error(line, err)
			}
			if _, err := lines.ReadByte(); err != io.EOF {
				t.Error("more comes after the handler's own:", err)
			}
			if got := status.Load(); got != http.StatusSwitchingProtocols {
				t.Errorf("Run returns status %d", got)
			}
		})
	}
}

// TestHijackUnwanted sees to it that nothing is sent on a connection that is the
// handler's, whatever the function returns.
func TestHijackUnwanted(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		<-r.Context().Done()
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmine")
		conn.Close()
	}
	for name, f := range map[string]middlewareFunc{
		"another answer": func(r *http.Request, next Next) (*Response, error) {
			next.Run(r)
			return &Response{Status: http.StatusTeapot}, nil
		},
		"a closed body": func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			return res, res.Body.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := serveSite(t, through(f, http.HandlerFunc(h)))
			res := s.get(t, http.MethodGet)
			if got := body(t, res); res.StatusCode != 200 || got != "mine" {
				t.Errorf("got %d %q", res.StatusCode, got)
			}
			s.Close()
			if log := s.log.String(); name == "a closed body" && log != "" {
				t.Error(log)
			}
		})
	}
}

// TestController is about what a handler asks of the connection.
func TestController(t *testing.T) {
	t.Run("deadlines and full duplex", func(t *testing.T) {
		h := func(w http.ResponseWriter, r *http.Request) {
			rc := http.NewResponseController(w)
			if err := errors.Join(
				rc.EnableFullDuplex(),
				rc.SetReadDeadline(longAgo),
				rc.SetWriteDeadline(time.Now().Add(patience)),
			); err != nil {
				t.Error(err)
			}
			if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("reading after the deadline: %v", err)
			}
			io.WriteString(w, "done")
		}
		s := serveSite(t, through(pass, http.HandlerFunc(h)))
		got := wire(t, s, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\n")
		if !strings.HasSuffix(got, "done") {
			t.Errorf("got %q", got)
		}
	})
	t.Run("while the body is read", func(t *testing.T) {
		h := func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "x") // until somebody reads it
			rc := http.NewResponseController(w)
			if err := errors.Join(rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Time{}), rc.Flush()); err != nil {
				t.Error(err)
			}
			if err := rc.EnableFullDuplex(); !errors.Is(err, http.ErrNotSupported) {
				t.Error(err)
			}
			if _, _, err := rc.Hijack(); !errors.Is(err, http.ErrNotSupported) {
				t.Error(err)
			}
		}
		f := func(r *http.Request, next Next) (*Response, error) {
			_, err := io.ReadAll(next.Run(r).Body)
			return &Response{}, err
		}
		serveSite(t, through(f, http.HandlerFunc(h))).get(t, http.MethodGet)
	})
	t.Run("after the head", func(t *testing.T) {
		h := func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
				t.Error(err)
			}
			io.Copy(w, r.Body)
		}
		s := serveSite(t, through(pass, http.HandlerFunc(h)))
		res, err := s.Client().Post(s.URL, "text/plain", strings.NewReader("echo"))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if got := body(t, res); got != "echo" {
			t.Errorf("got %q", got)
		}
	})
}

// TestCutOff sees to it that a body that is shorter than its handler said does
// not look complete to those who read it.
func TestCutOff(t *testing.T) {
	h := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "half")
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		b, err := io.ReadAll(res.Body)
		if string(b) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("read %q, %v", b, err)
		}
		return &Response{}, nil
	}
	through(f, http.HandlerFunc(h))(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))

	long := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "4")
		io.WriteString(w, "four")
		if _, err := io.WriteString(w, "more"); !errors.Is(err, http.ErrContentLength) {
			t.Errorf("writing beyond the length: %v", err)
		}
	}
	f = func(r *http.Request, next Next) (*Response, error) {
		if b, err := io.ReadAll(next.Run(r).Body); string(b) != "four" || err != nil {
			t.Errorf("read %q, %v", b, err)
		}
		return &Response{}, nil
	}
	through(f, http.HandlerFunc(long))(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))

	none := func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
		if _, err := io.WriteString(w, "x"); !errors.Is(err, http.ErrBodyNotAllowed) {
			t.Errorf("writing a body that is not allowed: %v", err)
		}
	}
	f = func(r *http.Request, next Next) (*Response, error) {
		if b, err := io.ReadAll(next.Run(r).Body); string(b) != "" || err != nil {
			t.Errorf("read %q, %v", b, err)
		}
		return &Response{}, nil
	}
	through(f, http.HandlerFunc(none))(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// TestSuperfluous sees to it that net/http complains of a second status.
func TestSuperfluous(t *testing.T) {
	s := serveSite(t, through(pass, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "body")
		w.WriteHeader(http.StatusTeapot)
	})))
	if res := s.get(t, http.MethodGet); res.StatusCode != http.StatusOK {
		t.Errorf("status %d", res.StatusCode)
	}
	if log := s.log.String(); !strings.Contains(log, "superfluous") {
		t.Errorf("the log is %q", log)
	}
}

// TestBrokenCopy sees to it that the answer breaks off when a body that the
// function made does.
func TestBrokenCopy(t *testing.T) {
	h := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "begin") }
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		res.Body = io.NopCloser(io.MultiReader(res.Body, failing{errors.New("torn")}))
		return res, nil
	}
	s := serveSite(t, through(f, http.HandlerFunc(h)), quiet)
	res := s.get(t, http.MethodGet)
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("the answer looks complete")
	}
	eventually(t, func() bool { return strings.Contains(s.log.String(), "torn") }, s.log.String)
}

// TestManyWriters is about a handler that writes and flushes on several
// goroutines, one at a time, as ReverseProxy does.
func TestManyWriters(t *testing.T) {
	origin := serveSite(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range 20 {
			fmt.Fprintf(w, "line %d\n", i)
			w.(http.Flusher).Flush()
		}
	})
	target, err := url.Parse(origin.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		Transport:     &http.Transport{DisableKeepAlives: true},
		FlushInterval: time.Microsecond,
	}
	for _, wrapped := range []bool{false, true} {
		f := func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			if wrapped {
				res.Body = io.NopCloser(res.Body)
			}
			return res, nil
		}
		res := serveSite(t, through(f, proxy)).get(t, http.MethodGet)
		if got := body(t, res); strings.Count(got, "\n") != 20 || !strings.HasSuffix(got, "line 19\n") {
			t.Errorf("wrapped %t: %q", wrapped, got)
		}
	}
	var pieces sync.WaitGroup
	h := func(w http.ResponseWriter, _ *http.Request) {
		for range 8 {
			pieces.Go(func() { io.WriteString(w, "12345678") })
		}
		pieces.Wait()
	}
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		b, err := io.ReadAll(readerFunc(func(p []byte) (int, error) {
			for range 100 { // so that all of them want to write by now
				goruntime.Gosched()
			}
			return res.Body.Read(p[:1])
		}))
		if string(b) != strings.Repeat("12345678", 8) {
			t.Errorf("pieces that are written at the same time are mixed: %q", b)
		}
		return &Response{}, err
	}
	through(f, http.HandlerFunc(h))(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
}

// TestFormFiles sees to it that the files of a form are removed although the
// handler reads it from a copy of the request.
func TestFormFiles(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var form bytes.Buffer
	parts := multipart.NewWriter(&form)
	part, err := parts.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="f"; filename="f"`}})
	if err != nil {
		t.Fatal(err)
	}
	part.Write(make([]byte, 1<<16))
	parts.Close()
	copied := func(r *http.Request, next Next) (*Response, error) { return next.Run(WithExtension(r, "copied")), nil }
	files := 0
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := r.ParseMultipartForm(1); err != nil {
			t.Error(err)
		}
		files = len(temporary(t))
	})
	for name, layer := range map[string]http.HandlerFunc{
		"on a goroutine": through(pass, h), "on a goroutine, copied": through(copied, h),
		"directly": directly(pass, h), "directly, copied": directly(copied, h),
		"below a prefix":     NewRouter().Nest("/n", NewRouter().Handle("/", h)).ServeHTTP,
		"an errors function": NewRouter().Handle("/", h).RenderErrors(renderTeapot).ServeHTTP,
		"Fallback":           NewRouter().Fallback(h).ServeHTTP,
		"MethodNotAllowed":   NewRouter().Nest("/n", NewRouter().Handle("GET /x", h).Layer(mark("a"))).MethodNotAllowed(h).ServeHTTP,
	} {
		s := serveSite(t, layer)
		res, err := s.Client().Post(s.URL+"/n/x", parts.FormDataContentType(), bytes.NewReader(form.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		s.Close() // by then the server has removed what is for it to remove
		if left := temporary(t); files != 1 || len(left) != 0 {
			t.Errorf("%s: %d files, left %v", name, files, left)
		}
	}
}

func temporary(t *testing.T) []os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(os.TempDir())
	if err != nil {
		t.Error(err)
	}
	return entries
}

// TestTooLarge sees to it that the connection is closed after a body that is too
// large, although the handler does not hold the server's writer.
func TestTooLarge(t *testing.T) {
	h := func(w http.ResponseWriter, r *http.Request) {
		in := NewInput(w, r)
		_, err := in.ReadText(4)
		WriteError(w, r, err)
	}
	s := serveSite(t, through(pass, http.HandlerFunc(h)))
	got := wire(t, s, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n12345678")
	if !strings.HasPrefix(got, "HTTP/1.1 413") || !strings.Contains(got, "\r\nConnection: close\r\n") {
		t.Errorf("got %q", got)
	}
}

// TestStale is about a function that changes what Run returns although it is
// generated as one that does not.
func TestStale(t *testing.T) {
	f := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		res.Header.Set("X-Late", "yes")
		return res, nil
	}
	s := serveSite(t, directly(f, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "sent") })))
	res := s.get(t, http.MethodGet)
	if got := body(t, res); got != "sent" || res.Header.Get("X-Late") != "" {
		t.Errorf("got %q %v", got, res.Header)
	}
	if log := s.log.String(); !strings.Contains(log, "run handlergen") {
		t.Errorf("the log is %q", log)
	}
}

// A closeCounter is a body that counts how often it is closed.
type closeCounter struct {
	io.Reader
	closed int
}

func (c *closeCounter) Close() error {
	c.closed++
	return nil
}

// TestResponseOfHandler is about a Response that a handler made.
func TestResponseOfHandler(t *testing.T) {
	tests := []struct {
		name   string
		res    func(b io.ReadCloser) *Response
		method string
		want   string
	}{
		{"a body", func(b io.ReadCloser) *Response { return &Response{Body: b} }, "GET", "200 body"},
		{"a status", func(b io.ReadCloser) *Response { return &Response{Status: 418, Body: b} }, "GET", "418 body"},
		{"HEAD", func(b io.ReadCloser) *Response { return &Response{Status: 418, Body: b} }, "HEAD", "418 "},
		{"no content", func(b io.ReadCloser) *Response { return &Response{Status: 204, Body: b} }, "GET", "204 "},
		{"no status", func(b io.ReadCloser) *Response { return &Response{Status: 1, Body: b} }, "GET", `500 {"title":"Internal Server Error","status":500}`},
		{"broken", func(b io.ReadCloser) *Response {
			b.(*closeCounter).Reader = failing{errors.New("disk")}
			return &Response{Body: b}
		}, "GET", `500 {"title":"Internal Server Error","status":500}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := &closeCounter{Reader: strings.NewReader("body")}
			out := test.res(b)
			res := serveSite(t, out.IntoResponse).get(t, test.method)
			if got := fmt.Sprint(res.StatusCode, " ", body(t, res)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if b.closed != 1 {
				t.Errorf("the body was closed %d times", b.closed)
			}
		})
	}
	w := httptest.NewRecorder()
	(*Response)(nil).IntoResponse(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != http.StatusInternalServerError {
		t.Errorf("nil answers %d", w.Code)
	}
}

// TestUntouchedHTTP2 compares answers with and without middleware functions that
// change nothing over HTTP/2.
func TestUntouchedHTTP2(t *testing.T) {
	describe := func(t *testing.T, h http.HandlerFunc, method string) string {
		s := serveSite(t, frame(h), http2, quiet)
		r, err := http.NewRequest(method, s.URL, strings.NewReader("data"))
		if err != nil {
			t.Fatal(err)
		}
		res, err := s.Client().Do(r)
		if err != nil {
			return "no answer"
		}
		defer res.Body.Close()
		content, err := io.ReadAll(res.Body)
		res.Header.Del("Date")
		return fmt.Sprintf("%s %d %v %d %.100q %v %v", res.Proto, res.StatusCode, res.Header, res.ContentLength, content, res.Trailer, err == nil)
	}
	for name, h := range answers(t) {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			want := ""
			t.Run(name+" "+method+" plain", func(t *testing.T) { want = describe(t, h, method) })
			t.Run(name+" "+method, func(t *testing.T) {
				if got := describe(t, through(pass, through(pass, h)), method); got != want {
					t.Errorf("%s, want\n%s", got, want)
				}
			})
		}
	}
}

// TestLengthOfCopy sees to it that a short body that a function has made gets its
// length from net/http, as any does.
func TestLengthOfCopy(t *testing.T) {
	for want, read := range map[int64]func(io.Reader) io.Reader{
		4:  func(r io.Reader) io.Reader { return r },
		10: func(r io.Reader) io.Reader { return io.MultiReader(r, strings.NewReader(" is it")) },
	} {
		f := func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			res.Body = io.NopCloser(read(res.Body))
			return res, nil
		}
		h := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "that") }
		if res := serveSite(t, through(f, http.HandlerFunc(h))).get(t, http.MethodGet); res.ContentLength != want {
			t.Errorf("Content-Length %d, want %d", res.ContentLength, want)
		}
	}
}

// TestAnything lets handlers and functions do whatever comes, and sees to it that
// nobody waits forever, that the handler has ended when its adapter has, and that
// a body that was not touched is whole.
func TestAnything(t *testing.T) {
	for seed := range uint64(2000) {
		inner, outer := rand.New(rand.NewPCG(seed, 1)), rand.New(rand.NewPCG(seed, 2))
		var running atomic.Int32
		wrote := ""
		h := func(w http.ResponseWriter, r *http.Request) {
			running.Add(1)
			defer running.Add(-1)
			wrote = ""
			rc := http.NewResponseController(w)
			for range inner.IntN(8) {
				switch inner.IntN(10) {
				case 0:
					w.WriteHeader(200 + inner.IntN(300))
				case 1:
					rc.Flush()
				case 2:
					rc.SetWriteDeadline(time.Time{})
				case 3:
					n, _ := io.Copy(w, strings.NewReader("copied "))
					wrote += "copied "[:n]
				case 4:
					if inner.IntN(4) == 0 {
						panic(http.ErrAbortHandler)
					}
				case 5:
					goruntime.Gosched()
				case 6:
					w.Header().Set("X-"+string(rune('A'+inner.IntN(20))), "y")
				default:
					n, _ := io.WriteString(w, "written ")
					wrote += "written "[:n]
				}
			}
		}
		touched := false
		f := func(r *http.Request, next Next) (*Response, error) {
			res := next.Run(r)
			for range outer.IntN(4) {
				switch outer.IntN(9) {
				case 0:
					touched = true
					io.ReadFull(res.Body, make([]byte, outer.IntN(12)))
				case 1:
					touched = true
					io.Copy(io.Discard, res.Body)
				case 2:
					touched = true
					res.Body = io.NopCloser(io.LimitReader(res.Body, int64(outer.IntN(20))))
				case 3:
					touched = true
					res.Body.Close()
				case 4:
					res = next.Run(r)
					touched = false
				case 5:
					res.Header.Set("X-Outer", "yes")
				case 6:
					touched = true
					res.Status = 200 + outer.IntN(300)
				case 7:
					if outer.IntN(3) == 0 {
						touched = true
						return nil, Errorf(http.StatusTeapot, "no")
					}
				default:
					goruntime.Gosched()
				}
			}
			return res, nil
		}
		w := httptest.NewRecorder()
		func() {
			defer func() {
				if reason := recover(); reason != nil {
					touched = true
					if reason != http.ErrAbortHandler {
						t.Errorf("seed %d: panic %v", seed, reason)
					}
				}
			}()
			through(f, through(pass, http.HandlerFunc(h)))(w, httptest.NewRequest("GET", "/", nil))
		}()
		if n := running.Load(); n != 0 {
			t.Fatalf("seed %d: %d handlers go on", seed, n)
		}
		if !touched && w.Body.String() != wrote {
			t.Fatalf("seed %d: the body is %q, want %q", seed, w.Body, wrote)
		}
	}
}

package service

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/leak"
)

type httpService = Service[*http.Request, *http.Response]

// serve starts a server that ends with the test, and a client of its own.
func serve(t *testing.T, h http.Handler) *httptest.Server {
	t.Helper()
	leak.Check(t)
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // of panics on purpose
	s.Start()
	t.Cleanup(func() {
		s.Close()
		s.Client().CloseIdleConnections()
	})
	return s
}

// ask sends a request and returns the response with its body.
func ask(t *testing.T, s httpService, method, url string, body io.Reader) (*http.Response, string, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	res, err := Do(t.Context(), s, r)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return res, string(text), err
}

// long is longer than what net/http gathers before it sends the head.
var long = strings.Repeat("0123456789", 1000)

// A handler as a service answers as the same handler does behind a server, as
// far as a client can see.
func TestFromHandlerIsAsAServer(t *testing.T) {
	handlers := map[string]http.HandlerFunc{
		"nothing":        func(http.ResponseWriter, *http.Request) {},
		"text":           func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") },
		"HTML":           func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html><p>hello") },
		"much":           func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, long) },
		"as much as fit": func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, long[:2048]) },
		"in pieces": func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(long); i += 100 {
				io.WriteString(w, long[i:i+100])
			}
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
			io.WriteString(w, ", world")
			http.NewResponseController(w).Flush()
		},
		"flushed first": func(w http.ResponseWriter, _ *http.Request) {
			w.(http.Flusher).Flush()
			io.WriteString(w, "hello")
		},
		"a status": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusTeapot)
			w.WriteHeader(http.StatusOK) // too late
			io.WriteString(w, "hello")
		},
		"a date of its own": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Date", "yesterday") },
		"no date":           func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil },
		"an unknown status": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(299) },
		"headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/weird")
			w.Header()["X-Many"] = []string{"a", "b"}
			w.WriteHeader(http.StatusCreated)
			w.Header().Set("X-Late", "too late")
			io.WriteString(w, "hello")
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			if _, err := io.WriteString(w, "hello"); err != http.ErrBodyNotAllowed {
				panic(err)
			}
		},
		"not modified": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"1"`)
			w.WriteHeader(http.StatusNotModified)
		},
		"encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "hello")
		},
		"without a type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hello")
		},
		"a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10000")
			io.WriteString(w, long)
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "abc")
			if _, err := io.WriteString(w, "d"); err != http.ErrContentLength {
				panic(err)
			}
		},
		"too short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3")
			io.WriteString(w, "ab")
		},
		"much too short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "20000")
			io.WriteString(w, long)
		},
		"trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum, X-None")
			w.Header().Add("Trailer", "X-Other")
			io.WriteString(w, long)
			w.Header().Set("X-Sum", "1")
			w.Header().Set("X-Other", "2")
			w.Header().Set(http.TrailerPrefix+"X-Late", "3")
		},
		"short trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			io.WriteString(w, "hello")
			w.Header().Set("X-Sum", "1")
		},
		"an abort at once": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"an abort later": func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, long)
			panic(http.ErrAbortHandler)
		},
		"what it was asked": func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			fmt.Fprintln(w, r.Method, r.URL, r.RequestURI, r.Proto, r.Header.Get("X-Asked"), len(body), err,
				r.ContentLength, r.URL.IsAbs(), r.FormValue("q"), strings.Contains(r.Host, ":"))
		},
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "other", http.StatusFound) },
		"a file": func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, "file.txt", time.Unix(1, 0), strings.NewReader(long))
		},
		"a mux": http.NewServeMux().ServeHTTP,
	}
	type request struct {
		method string
		body   func() io.Reader
	}
	none := func() io.Reader { return nil }
	requests := map[string]request{
		"GET":  {"GET", none},
		"HEAD": {"HEAD", none},
		"POST": {"POST", func() io.Reader { return strings.NewReader("body") }},
		"POST of a stream": {"POST", func() io.Reader {
			return io.MultiReader(strings.NewReader("body"))
		}},
	}
	for name, h := range handlers {
		for asked, req := range requests {
			t.Run(name+"/"+asked, func(t *testing.T) {
				server := serve(t, h)
				seen := func(s httpService) (*http.Response, string, error) {
					s = MapRequest(s, func(r *http.Request) *http.Request { r.Header.Set("X-Asked", "yes"); return r })
					defer func() {
						if p := recover(); p != nil && p != http.ErrAbortHandler {
							t.Errorf("panic: %v", p)
						}
					}()
					return ask(t, s, req.method, server.URL+"/a%20b?q=1", req.body())
				}
				wanted, wantBody, wantErr := seen(FromRoundTripper(server.Client().Transport))
				got, body, err := seen(FromHandler(h))
				if wantErr != nil && strings.HasPrefix(body, wantBody) { // how much there is before an error, nobody says
					body = wantBody
				}
				if body != wantBody || (err == nil) != (wantErr == nil) && wanted != nil {
					t.Errorf("body %.60q, %v; want %.60q, %v", body, err, wantBody, wantErr)
				}
				if wanted == nil || got == nil {
					if wanted != got {
						t.Errorf("response %v, want %v", got, wanted)
					}
					return
				}
				want(t, "status", got.Status, wanted.Status)
				want(t, "status", got.StatusCode, wanted.StatusCode)
				want(t, "protocol", got.Proto, wanted.Proto)
				want(t, "length", got.ContentLength, wanted.ContentLength)
				for _, header := range []http.Header{got.Header, wanted.Header} {
					if date, err := http.ParseTime(header.Get("Date")); err == nil && time.Since(date).Abs() < time.Hour {
						header["Date"] = []string{"now"}
					}
				}
				if !reflect.DeepEqual(got.Header, wanted.Header) {
					t.Errorf("header %v, want %v", got.Header, wanted.Header)
				}
				if !(len(got.Trailer) == 0 && len(wanted.Trailer) == 0) && !reflect.DeepEqual(got.Trailer, wanted.Trailer) {
					t.Errorf("trailer %v, want %v", got.Trailer, wanted.Trailer)
				}
			})
		}
	}
}

// What a handler writes after the head reaches the reader as it is written.
func TestFromHandlerStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3 {
				fmt.Fprintln(w, "line", i)
				http.NewResponseController(w).Flush()
				time.Sleep(time.Second)
			}
		}))
		began := time.Now()
		res, err := Do(t.Context(), s, newRequest(t))
		wantErr(t, "Do", err, nil)
		want(t, "time of the head", time.Since(began), 0)
		lines := bufio.NewScanner(res.Body)
		for i := 0; lines.Scan(); i++ {
			want(t, "line", lines.Text(), fmt.Sprint("line ", i))
			want(t, "time", time.Since(began), time.Duration(i)*time.Second)
		}
		wantErr(t, "body", lines.Err(), nil)
		want(t, "time of the end", time.Since(began), 3*time.Second)
		res.Body.Close()
	})
}

func newRequest(t *testing.T) *http.Request {
	r, err := http.NewRequest("GET", "http://example.com/", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A handler may read the request while it writes the response.
func TestFromHandlerFullDuplex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echo := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			below := http.NewResponseController(w)
			wantErr(t, "EnableFullDuplex", below.EnableFullDuplex(), nil)
			wantErr(t, "SetReadDeadline", below.SetReadDeadline(time.Time{}), http.ErrNotSupported)
			_, _, err := below.Hijack()
			wantErr(t, "Hijack", err, http.ErrNotSupported)
			below.Flush()
			for lines := bufio.NewScanner(r.Body); lines.Scan(); below.Flush() {
				fmt.Fprintln(w, "echo", lines.Text())
			}
		}))
		reader, writer := io.Pipe()
		r := newRequest(t)
		r.Method, r.Body = "POST", reader
		res, err := Do(t.Context(), echo, r)
		wantErr(t, "Do", err, nil)
		lines := bufio.NewScanner(res.Body)
		for i := range 3 {
			fmt.Fprintln(writer, i)
			lines.Scan()
			want(t, "line", lines.Text(), fmt.Sprint("echo ", i))
		}
		writer.Close()
		want(t, "more", lines.Scan(), false)
		res.Body.Close()
	})
}

// Whoever closes the body early ends the handler's context and its writing.
func TestFromHandlerBodyClosedEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		s := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, long)
			_, err := io.WriteString(w, long)
			<-r.Context().Done()
			ended <- err
		}))
		res, err := Do(t.Context(), s, newRequest(t))
		wantErr(t, "Do", err, nil)
		res.Body.Close()
		wantErr(t, "Write", <-ended, io.ErrClosedPipe)
	})
}

// When its context ends, a call returns; the handler is told, and what it still
// writes goes nowhere.
func TestFromHandlerContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		deaf := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			want(t, "value of the context", r.Context().Value(key{}), any(1))
			wantErr(t, "context", r.Context().Err(), nil)
			time.Sleep(time.Hour)
			if r.Context().Err() == nil {
				t.Error("the context goes on")
			}
			_, err := io.WriteString(w, long)
			wantErr(t, "Write", err, io.ErrClosedPipe)
		}))
		began := time.Now()
		_, err := Do(context.WithValue(t.Context(), key{}, 1), Timeout(deaf, time.Second), newRequest(t))
		wantErr(t, "Do", err, ErrTimeout)
		want(t, "time", time.Since(began), time.Second)
		time.Sleep(time.Hour)
	})
}

// The body of a client's request is closed, as a RoundTripper would.
func TestFromHandlerClosesTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		body := &slowBody{ctx: t.Context()}
		r := newRequest(t)
		r.Method, r.Body = "POST", body
		r.Header.Set("X-Mine", "1")
		s := FromHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { r.Header.Set("X-Mine", "2") }))
		_, err := Do(t.Context(), s, r)
		wantErr(t, "Do", err, nil)
		synctest.Wait()
		want(t, "closed", body.closed, 1)
		want(t, "header of the caller's request", r.Header.Get("X-Mine"), "1")
	})
}

// The files of a form that the handler has parsed are gone when it has returned,
// as after a server; those of a form that was there before stay.
func TestFromHandlerRemovesFiles(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	files := func() int {
		entries, err := os.ReadDir(dir)
		wantErr(t, "ReadDir", err, nil)
		return len(entries)
	}
	parse := func(r *http.Request) { wantErr(t, "ParseMultipartForm", r.ParseMultipartForm(1), nil) }
	s := FromHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.MultipartForm == nil {
			parse(r)
		}
		want(t, "files while the handler runs", files(), 1)
	}))
	for left := range 2 {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, _ := form.CreateFormFile("file", "file.txt")
		io.WriteString(part, long)
		form.Close()
		r := httptest.NewRequest("POST", "http://example.com/", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		if left == 1 {
			parse(r)
		}
		_, err := Do(t.Context(), s, r)
		wantErr(t, "Do", err, nil)
		want(t, "files after it", files(), left)
	}
}

func TestFromHandlerPanics(t *testing.T) {
	leak.Check(t)
	early := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "never sent")
		panic(errTest)
	}))
	reason := mustPanic(t, func() { _, _, _ = ask(t, early, "GET", "http://example.com/", nil) })
	if p, ok := reason.(*PanicError); !ok || p.Value != any(errTest) {
		t.Errorf("panic of %v", reason)
	}
	late := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, long)
		panic(errTest)
	}))
	res, body, err := ask(t, late, "GET", "http://example.com/", nil)
	want(t, "status", res.StatusCode, 200)
	want(t, "body", body, long)
	wantErr(t, "error of the body", err, errTest)

	invalid := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(99) }))
	mustPanic(t, func() { _, _, _ = ask(t, invalid, "GET", "http://example.com/", nil) })
}

// A panic that nobody reads of is logged.
func TestFromHandlerPanicsUnread(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	synctest.Test(t, func(t *testing.T) {
		for _, reason := range []any{"a word", http.ErrAbortHandler} {
			s := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, long)
				panic(reason)
			}))
			res, err := Do(t.Context(), s, newRequest(t))
			wantErr(t, "Do", err, nil)
			res.Body.Close()
			synctest.Wait()
		}
	})
	if got := log.String(); strings.Count(got, "panic in") != 2 || !strings.Contains(got, "a word") {
		t.Errorf("log: %s", got)
	}
}

func TestFromHandlerInforms(t *testing.T) {
	var got []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			got = append(got, fmt.Sprint(code, " ", header.Get("Link")))
			return nil
		},
	})
	s := FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</style.css>")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusContinue)
		w.WriteHeader(http.StatusAccepted)
	}))
	res, err := Do(ctx, s, newRequest(t).WithContext(ctx))
	wantErr(t, "Do", err, nil)
	want(t, "status", res.StatusCode, http.StatusAccepted)
	if !slices.Equal(got, []string{"103 </style.css>", "100 </style.css>"}) {
		t.Errorf("informed of %v", got)
	}
	_, _ = Do(t.Context(), s, newRequest(t)) // and nobody to inform
}

// A handler that became a service and a handler again answers as before.
func TestToHandlerOfFromHandler(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Path", r.URL.Path)
		w.Header().Set("Trailer", "X-Sum")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, r.PathValue("length"))
		io.Copy(w, r.Body)
		w.Header().Set("X-Sum", "1")
		w.Header().Set(http.TrailerPrefix+"X-Late", "2")
	})
	mux := http.NewServeMux()
	mux.Handle("POST /{length}", ToHandler(HTTP().Timeout(leak.Patience).ConcurrencyLimit(1).Service(FromHandler(h))))
	server := serve(t, mux)
	client := FromRoundTripper(server.Client().Transport)
	for _, sent := range []string{"", "short", long} {
		res, body, err := ask(t, client, "POST", server.URL+"/x", strings.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		want(t, "body", body, "x"+sent)
		want(t, "status", res.StatusCode, http.StatusCreated)
		want(t, "header", res.Header.Get("X-Path"), "/x")
		want(t, "trailer", res.Trailer.Get("X-Sum"), "1")
		want(t, "late trailer", res.Trailer.Get("X-Late"), "2")
	}
}

func TestToHandlerErrors(t *testing.T) {
	tests := map[string]struct {
		call   func(context.Context, *http.Request) (*http.Response, error)
		status int
	}{
		"overloaded":  {func(context.Context, *http.Request) (*http.Response, error) { return nil, ErrOverloaded }, 503},
		"timed out":   {func(context.Context, *http.Request) (*http.Response, error) { return nil, ErrTimeout }, 504},
		"any other":   {func(context.Context, *http.Request) (*http.Response, error) { return nil, errTest }, 500},
		"no response": {func(context.Context, *http.Request) (*http.Response, error) { return nil, nil }, 500},
		"a switch of protocols": {func(context.Context, *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 101, Body: http.NoBody}, nil
		}, 502},
		"no connection": {func(context.Context, *http.Request) (*http.Response, error) {
			return nil, &net.OpError{Op: "dial", Err: errTest}
		}, 502},
		"cancelled, but not by the client": {func(context.Context, *http.Request) (*http.Response, error) {
			return nil, context.Canceled
		}, 500},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			server := serve(t, ToHandler(Func(test.call)))
			res, body, err := ask(t, FromRoundTripper(server.Client().Transport), "GET", server.URL, nil)
			wantErr(t, "GET", err, nil)
			want(t, "status", res.StatusCode, test.status)
			want(t, "type", res.Header.Get("Content-Type"), "application/problem+json")
			if strings.Contains(body, "test") {
				t.Errorf("body %s", body)
			}
		})
	}
}

// Ready of the service is asked too, by the context of the request.
func TestToHandlerReadiness(t *testing.T) {
	unready := make(chan error, 1)
	server := serve(t, ToHandler(&readiness{FromHandler(http.NotFoundHandler()), func(ctx context.Context) error {
		<-ctx.Done()
		unready <- context.Cause(ctx)
		return context.Cause(ctx)
	}}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
	_, err := server.Client().Do(r)
	wantErr(t, "GET", err, context.DeadlineExceeded)
	select {
	case err := <-unready:
		wantErr(t, "Ready", err, context.Canceled)
	case <-time.After(leak.Patience):
		t.Error("the request goes on without its client")
	}
}

type readiness struct {
	httpService
	ready func(context.Context) error
}

func (r *readiness) Ready(ctx context.Context) error { return r.ready(ctx) }

// A client that has gone is not answered.
func TestToHandlerWithoutClient(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	h := ToHandler(Func(func(ctx context.Context, _ *http.Request) (*http.Response, error) { return nil, ctx.Err() }))
	w := httptest.NewRecorder()
	reason := mustPanic(t, func() { h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/", nil)) })
	want(t, "panic", reason, any(http.ErrAbortHandler))
	want(t, "body", w.Body.Len(), 0)
}

// What a service returns is passed on as a proxy does it.
func TestToHandlerIsAProxy(t *testing.T) {
	var body *countingBody
	server := serve(t, ToHandler(Func(func(context.Context, *http.Request) (*http.Response, error) {
		body = &countingBody{Reader: strings.NewReader("hello")}
		return &http.Response{
			StatusCode: http.StatusAccepted,
			Header: http.Header{
				"Connection":        {"X-Private, close"},
				"X-Private":         {"1"},
				"Keep-Alive":        {"timeout=5"},
				"Transfer-Encoding": {"chunked"},
				"Upgrade":           {"h2c"},
				"X-Public":          {"1", "2"},
				"Content-Type":      {"text/weird"},
			},
			Body:          body,
			ContentLength: 5,
		}, nil
	})))
	for method, text := range map[string]string{"GET": "hello", "HEAD": ""} {
		res, got, err := ask(t, FromRoundTripper(server.Client().Transport), method, server.URL, nil)
		wantErr(t, method, err, nil)
		want(t, "status", res.StatusCode, http.StatusAccepted)
		want(t, "body", got, text)
		want(t, "public header", len(res.Header["X-Public"]), 2)
		want(t, "type", res.Header.Get("Content-Type"), "text/weird")
		for _, name := range []string{"X-Private", "Keep-Alive", "Upgrade", "Connection"} {
			if values, ok := res.Header[name]; ok {
				t.Errorf("header %s: %v", name, values)
			}
		}
		want(t, "closed", body.closed, 1)
	}
}

type countingBody struct {
	io.Reader
	closed int
}

func (b *countingBody) Close() error { b.closed++; return nil }

// A body without a length is sent as it comes.
func TestToHandlerStreams(t *testing.T) {
	reader, writer := io.Pipe()
	server := serve(t, ToHandler(Func(func(context.Context, *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: reader, ContentLength: -1}, nil
	})))
	go fmt.Fprintln(writer, "first")
	res, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for _, line := range []string{"first", "second", "third"} {
		if !lines.Scan() || lines.Text() != line {
			t.Errorf("line %q, want %q", lines.Text(), line)
		}
		go fmt.Fprintln(writer, map[string]string{"first": "second", "second": "third"}[line])
	}
	lines.Scan()
	writer.Close()
	want(t, "more", lines.Scan(), false)
}

// A body that breaks off is not taken for a whole one.
func TestToHandlerBrokenBody(t *testing.T) {
	server := serve(t, ToHandler(Func(func(context.Context, *http.Request) (*http.Response, error) {
		body := io.MultiReader(strings.NewReader(long), failingReader{errTest})
		return &http.Response{StatusCode: 200, Body: io.NopCloser(body), ContentLength: -1}, nil
	})))
	_, _, err := ask(t, FromRoundTripper(server.Client().Transport), "GET", server.URL, nil)
	if err == nil {
		t.Error("no error of a body that broke off")
	}
}

// A panic of the handler goes through to those outside.
func TestToHandlerPanics(t *testing.T) {
	h := ToHandler(FromHandler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(errTest) })))
	reason := mustPanic(t, func() { h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil)) })
	if err, ok := reason.(error); !ok || !errors.Is(err, errTest) {
		t.Errorf("panic of %v", reason)
	}
}

func TestFromRoundTripper(t *testing.T) {
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	ctx, cancel := context.WithCancelCause(t.Context())
	r, _ := http.NewRequest("GET", server.URL, nil)
	res, err := Do(ctx, FromRoundTripper(server.Client().Transport), r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	cancel(errTest)
	_, err = io.ReadAll(res.Body)
	wantErr(t, "body after the end of the context", err, errTest)
}

// Nil is the default transport, whichever that is at the time.
func TestFromRoundTripperOfNil(t *testing.T) {
	before := http.DefaultTransport
	defer func() { http.DefaultTransport = before }()
	s := FromRoundTripper(nil)
	http.DefaultTransport = ToRoundTripper(FromHandler(http.NotFoundHandler()))
	res, _, err := ask(t, s, "GET", "http://example.com/", nil)
	wantErr(t, "GET", err, nil)
	want(t, "status", res.StatusCode, 404)
}

func TestToRoundTripper(t *testing.T) {
	leak.Check(t)
	var body *countingBody
	tests := map[string]struct {
		s   httpService
		err error
	}{
		"a response": {Func(func(_ context.Context, r *http.Request) (*http.Response, error) {
			r.Body.Close()
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		}), nil},
		"without a body": {Func(func(_ context.Context, r *http.Request) (*http.Response, error) {
			r.Body.Close()
			return &http.Response{StatusCode: 200}, nil
		}), nil},
		"an error": {Func(func(context.Context, *http.Request) (*http.Response, error) {
			return nil, errTest
		}), errTest},
		"neither": {Func(func(context.Context, *http.Request) (*http.Response, error) {
			return nil, nil
		}), errNoResponse},
		"not ready": {&readiness{nil, func(context.Context) error { return errTest }}, errTest},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			body = &countingBody{Reader: strings.NewReader("body")}
			client := &http.Client{Transport: ToRoundTripper(test.s)}
			res, err := client.Post("http://example.com/", "text/plain", body)
			wantErr(t, "Post", err, test.err)
			if err == nil {
				want(t, "status", res.StatusCode, 200)
				res.Body.Close()
			}
			if body.closed == 0 {
				t.Error("the body of the request is open")
			}
		})
	}
}

// A client with layers is a client: requests whose body can be had again are
// sent again, with all of it.
func TestRetryOverTheNetwork(t *testing.T) {
	var bodies []string
	server := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
		if len(bodies)%3 != 0 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			io.WriteString(w, "later")
		}
	}))
	client := &http.Client{Transport: ToRoundTripper(HTTP().
		Timeout(leak.Patience).
		Retry(&RetryPolicy[*http.Request, *http.Response]{Backoff: every(time.Millisecond)}).
		ConcurrencyLimit(1).
		Service(FromRoundTripper(server.Client().Transport)))}
	for _, test := range []struct {
		method string
		body   io.Reader
		status int
		tries  int
	}{
		{"PUT", strings.NewReader(long), 200, 3},
		{"PUT", io.MultiReader(strings.NewReader("stream")), 503, 1},
		{"POST", strings.NewReader("post"), 503, 1},
	} {
		bodies = nil
		r, _ := http.NewRequest(test.method, server.URL, test.body)
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		want(t, test.method+" status", res.StatusCode, test.status)
		want(t, test.method+" tries", len(bodies), test.tries)
		for _, body := range bodies {
			want(t, test.method+" body", body, bodies[0])
		}
		if len(bodies[0]) == 0 {
			t.Error("an empty body")
		}
	}
}

// A Content-Length that is none is not sent.
func TestFromHandlerInvalidLength(t *testing.T) {
	res, body, err := ask(t, FromHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "many")
		io.WriteString(w, "hello")
	})), "GET", "http://example.com", nil)
	wantErr(t, "GET", err, nil)
	want(t, "body", body, "hello")
	want(t, "length", res.ContentLength, 5)
	want(t, "header", res.Header.Get("Content-Length"), "5")
}

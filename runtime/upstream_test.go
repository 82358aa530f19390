package runtime

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/leak"
)

// A relayed is a proxy as handlergen writes one, and the server behind it.
type relayed struct {
	*site
	closed atomic.Int32 // bodies of upstream
}

// A closingBody counts that it is closed.
type closingBody struct {
	io.ReadCloser
	closed *atomic.Int32
}

func (b closingBody) Close() error {
	b.closed.Add(1)
	return b.ReadCloser.Close()
}

func serveRelayed(t *testing.T, behind http.HandlerFunc, configure ...func(*httptest.Server)) *relayed {
	t.Helper()
	leak.Check(t)
	upstream := httptest.NewServer(behind)
	upstream.Config.ErrorLog = discardLog
	transport := &http.Transport{DisableCompression: true}
	p := &relayed{}
	forward := func(r *http.Request) (*http.Response, error) {
		req, err := http.NewRequestWithContext(r.Context(), r.Method, upstream.URL, r.Body)
		if err != nil {
			return nil, err
		}
		res, err := transport.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		res.Body = closingBody{res.Body, &p.closed}
		return res, nil
	}
	p.site = serveSite(t, func(w http.ResponseWriter, r *http.Request) {
		r, stop := WithStream(w, r, 0)
		defer stop()

		out, err := forward(r)
		defer CloseBody(out)
		if err != nil {
			WriteError(w, r, UpstreamError(err))
			return
		}

		if err := WriteUpstream(wrappedWriter{w}, r, 0, out); err != nil {
			WriteError(w, r, err)
		}
	}, configure...)
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		upstream.Close()
	})
	return p
}

// wantClosed waits until so many bodies of upstream were closed.
func (p *relayed) wantClosed(t *testing.T, n int32) {
	t.Helper()
	eventually(t, func() bool { return p.closed.Load() >= n }, func() string { return "a body is left open" })
	if closed := p.closed.Load(); closed != n {
		t.Errorf("%d bodies were closed, want %d", closed, n)
	}
}

func TestUpstream(t *testing.T) {
	long := strings.Repeat("0123456789", 100_000)
	tests := []struct {
		name, method string
		behind       http.HandlerFunc
		status       int
		header       http.Header
		length       int64
		body         string
		trailer      http.Header
	}{
		{
			"header", "GET", func(w http.ResponseWriter, r *http.Request) {
				w.Header()["X-A"] = []string{"1", "2"}
				w.Header()["Connection"] = []string{"X-Hop"}
				w.Header()["X-Hop"] = []string{"1"}
				w.WriteHeader(404)
				io.WriteString(w, "none")
			}, 404, http.Header{"X-A": {"1", "2"}, "X-Hop": nil, "Content-Type": {"text/plain; charset=utf-8"}}, 4, "none", nil,
		},
		{
			"long", "GET", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long) },
			200, nil, -1, long, nil,
		},
		{
			"long with its length", "GET", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Length", fmt.Sprint(len(long)))
				io.WriteString(w, long)
			}, 200, nil, int64(len(long)), long, nil,
		},
		{
			"HEAD", "HEAD", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Length", "12345") },
			200, nil, 12345, "", nil,
		},
		{"empty", "GET", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(201) }, 201, nil, 0, "", nil},
		{"no content", "GET", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }, 204, nil, 0, "", nil},
		{"redirect", "GET", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b", http.StatusSeeOther) }, 303, http.Header{"Location": {"/b"}}, -2, "*", nil},
		{
			"body", "POST", func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) },
			200, nil, -2, "the body of the request", nil,
		},
		{
			"trailers", "GET", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Trailer", "X-Sum, X-None")
				io.WriteString(w, "body")
				w.Header().Set("X-Sum", "42")
			}, 200, nil, -1, "body", http.Header{"X-Sum": {"42"}, "X-None": nil},
		},
		{
			"trailers that were not announced", "GET", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Trailer", "X-Sum")
				io.WriteString(w, "body")
				w.Header().Set("X-Sum", "42")
				w.Header().Set(http.TrailerPrefix+"X-More", "43")
			}, 200, nil, -1, "body", http.Header{"X-Sum": {"42"}, "X-More": {"43"}},
		},
	}
	for name, protocol := range protocols {
		for _, test := range tests {
			t.Run(name+" "+test.name, func(t *testing.T) {
				p := serveRelayed(t, test.behind, protocol)
				client := p.Client()
				client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				var body io.Reader
				if test.method == "POST" {
					body = strings.NewReader(test.body)
				}
				r, err := http.NewRequest(test.method, p.URL, body)
				if err != nil {
					t.Fatal(err)
				}
				response, err := client.Do(r)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(response.Body)
				response.Body.Close()
				if err != nil || response.StatusCode != test.status || string(got) != test.body && test.body != "*" {
					t.Errorf("got %d %.100q, %v, want %d %.100q", response.StatusCode, got, err, test.status, test.body)
				}
				if response.ContentLength != test.length && test.length != -2 {
					t.Errorf("Content-Length is %d, want %d", response.ContentLength, test.length)
				}
				for name, want := range test.header {
					if got := response.Header[name]; fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("%s is %q, want %q", name, got, want)
					}
				}
				for name, want := range test.trailer {
					if got := response.Trailer[name]; fmt.Sprint(got) != fmt.Sprint(want) {
						t.Errorf("trailer %s is %q, want %q", name, got, want)
					}
				}
				p.wantClosed(t, 1)
			})
		}
	}
}

// TestUpstreamEvents wants events to pass one by one, the head before the
// first.
func TestUpstreamEvents(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			next := make(chan Event)
			p := serveRelayed(t, func(w http.ResponseWriter, r *http.Request) {
				if err := WriteEventChan(w, r, 200, next); err != nil {
					t.Error(err)
				}
			}, protocol)
			wantAtOnce(t, p.get(t, "GET").Body, next)
		})
	}
}

// TestUpstreamEventsDrain wants Shutdown of the proxy not to wait for events of
// upstream.
func TestUpstreamEventsDrain(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			events := make(chan Event, 1)
			events <- Event{Data: "first"}
			p := serveRelayed(t, func(w http.ResponseWriter, r *http.Request) {
				if err := WriteEventChan(w, r, 200, events); err != nil {
					t.Error(err)
				}
			}, drained(drain.New()), protocol)
			body := bufio.NewReader(p.get(t, "GET").Body)
			readEvent(t, body)
			done := make(chan error)
			go func() { done <- p.Config.Shutdown(context.Background()) }()
			if rest, err := io.ReadAll(body); err != nil || len(rest) > 0 {
				t.Errorf("at the end: %q, %v", rest, err)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			p.wantClosed(t, 1)
			if log := p.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// TestUpstreamBreaks lets upstream break off: the client must not take a part
// for the whole.
func TestUpstreamBreaks(t *testing.T) {
	breaks := map[string]http.HandlerFunc{
		"without length": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "part")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
		"with length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "part")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		},
	}
	for name, protocol := range protocols {
		for how, behind := range breaks {
			t.Run(name+" "+how, func(t *testing.T) {
				p := serveRelayed(t, behind, protocol)
				if got, err := io.ReadAll(p.get(t, "GET").Body); err == nil || string(got) != "part" {
					t.Errorf("got %q, %v", got, err)
				}
				p.wantClosed(t, 1)
				eventually(t, func() bool { return strings.Contains(p.log.String(), "unexpected EOF") }, p.log.String)
			})
		}
	}
}

// TestUpstreamClientGoes wants upstream to hear of a client that vanishes.
func TestUpstreamClientGoes(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			heard := make(chan struct{})
			p := serveRelayed(t, func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, "part")
				http.NewResponseController(w).Flush()
				<-r.Context().Done()
				close(heard)
			}, protocol)
			response := p.get(t, "GET")
			if _, err := io.ReadFull(response.Body, make([]byte, 4)); err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			<-heard
			p.wantClosed(t, 1)
			if log := p.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

// TestUpstreamClientGoesBefore is TestUpstreamClientGoes for a client that does
// not wait for the head.
func TestUpstreamClientGoesBefore(t *testing.T) {
	for name, protocol := range protocols {
		t.Run(name, func(t *testing.T) {
			asked, heard := make(chan struct{}), make(chan struct{})
			p := serveRelayed(t, func(_ http.ResponseWriter, r *http.Request) {
				close(asked)
				<-r.Context().Done()
				close(heard)
			}, protocol)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-asked; cancel() }()
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Client().Do(r); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
			<-heard
			p.Server.Close() // waits for the handler
			if log := p.log.String(); log != "" {
				t.Errorf("logged %s", log)
			}
		})
	}
}

func TestUpstreamBeforeTheAnswer(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	if err := WriteUpstream(w, r, 0, nil); !errors.Is(err, ErrNilResponse) {
		t.Errorf("nil: got %v", err)
	}
	for _, status := range []int{0, 101, 199, 600} {
		if err := WriteUpstream(w, r, 0, &http.Response{StatusCode: status}); StatusOf(err) != 502 {
			t.Errorf("status %d: got %v", status, err)
		}
	}
	if err := WriteUpstream(w, r, 99, &http.Response{StatusCode: 200}); StatusOf(err) != 500 {
		t.Errorf("own status 99: got %v", err)
	}
	if len(w.Header()) > 0 || w.Body.Len() > 0 {
		t.Errorf("something was sent: %v %s", w.Header(), w.Body)
	}
}

// TestUpstreamByHand takes responses that no transport has made.
func TestUpstreamByHand(t *testing.T) {
	body := func(text string) io.ReadCloser { return io.NopCloser(iotest.OneByteReader(strings.NewReader(text))) }
	tests := []struct {
		name   string
		res    *http.Response
		status int
		want   string // Content-Length
		body   string
	}{
		{"no body", &http.Response{StatusCode: 200}, 0, "", ""},
		{"unknown length", &http.Response{StatusCode: 200, Body: body("text")}, 0, "", "text"},
		{"length", &http.Response{StatusCode: 200, Body: body("text"), ContentLength: 4}, 0, "4", "text"},
		{"length in the header", &http.Response{StatusCode: 200, Body: body("text"), ContentLength: 4, Header: http.Header{"Content-Length": {"4"}}}, 0, "4", "text"},
		{"chunked", &http.Response{StatusCode: 200, Body: body("text"), ContentLength: 4, TransferEncoding: []string{"chunked"}}, 0, "", "text"},
		{"other status", &http.Response{StatusCode: 200, Body: body("text")}, 202, "", "text"},
		{"other status without a body", &http.Response{StatusCode: 200, Body: body("text")}, 304, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Header().Set("X-A", "before")
			parts := NewParts(http.Header{"X-B": {"part"}})
			test.res.Header = cmpHeader(test.res.Header)
			if err := WriteUpstream(w, httptest.NewRequest("GET", "/", nil), test.status, test.res, &parts); err != nil {
				t.Fatal(err)
			}
			status := test.status
			if status == 0 {
				status = test.res.StatusCode
			}
			if w.Code != status || w.Body.String() != test.body || w.Header().Get("Content-Length") != test.want {
				t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
			}
			if w.Header().Get("X-A") != "theirs" || w.Header().Get("X-B") != "part" {
				t.Errorf("the header is %v", w.Header())
			}
		})
	}
}

// cmpHeader adds fields to a header that others compete with.
func cmpHeader(h http.Header) http.Header {
	if h == nil {
		h = http.Header{}
	}
	h["x-a"], h["X-B"] = []string{"theirs"}, []string{"theirs"}
	return h
}

func TestUpstreamError(t *testing.T) {
	timeout := &net.OpError{Op: "read", Err: timeoutError{}}
	var noURL *url.Error
	for name, test := range map[string]struct {
		err  error
		want int
	}{
		"refused":                  {&url.Error{Op: "Get", Err: &net.OpError{Op: "dial", Err: errors.New("refused")}}, 502},
		"broken off":               {fmt.Errorf("ask: %w", &url.Error{Op: "Get", Err: io.ErrUnexpectedEOF}), 502},
		"timeout":                  {&url.Error{Op: "Get", Err: timeout}, 504},
		"deadline":                 {&url.Error{Op: "Get", Err: context.DeadlineExceeded}, 504},
		"without a client":         {&net.OpError{Op: "dial", Err: errors.New("refused")}, 502},
		"timeout without a client": {timeout, 504},
		"no such host":             {&net.DNSError{Err: "no such host", Name: "a"}, 502},
		"canceled":                 {&url.Error{Op: "Get", Err: context.Canceled}, 502},
		"broken off, no client":    {fmt.Errorf("net/http: failed to read: %w", io.EOF), 502},
		"cut off, no client":       {io.ErrUnexpectedEOF, 502},
		"malformed URL":            {&url.Error{Op: "parse", Err: errors.New("bad")}, 500},
		"something else":           {errors.New("bug"), 500},
		"its own status":           {fmt.Errorf("%w: %w", Errorf(404, "none"), &url.Error{Op: "Get", Err: io.EOF}), 404},
		"its own status 500":       {fmt.Errorf("%w: %w", Errorf(500, "none"), &url.Error{Op: "Get", Err: io.EOF}), 500},
		"body of the request":      {&url.Error{Op: "Post", Err: &http.MaxBytesError{Limit: 1}}, 413},
		"nil in it":                {noURL, 500},
	} {
		got := UpstreamError(test.err)
		if StatusOf(got) != test.want || !errors.Is(got, test.err) {
			t.Errorf("%s: got %v, %d, want %d", name, got, StatusOf(got), test.want)
		}
		if detail := problemText(got); test.want != 404 && test.want != 413 && strings.Contains(detail, "detail") {
			t.Errorf("%s: the client sees %s", name, detail)
		}
	}
	if err := UpstreamError(nil); err != nil {
		t.Errorf("nil becomes %v", err)
	}
}

func problemText(err error) string { return string(appendProblemOf(nil, err)) }

type timeoutError struct{}

func (timeoutError) Error() string   { return "too late" }
func (timeoutError) Timeout() bool   { return true }
func (timeoutError) Temporary() bool { return true }

// TestUpstreamUnreachable asks a server that there is not.
func TestUpstreamUnreachable(t *testing.T) {
	nowhere := httptest.NewServer(http.NotFoundHandler())
	nowhere.Close()
	_, err := http.Get(nowhere.URL)
	if StatusOf(UpstreamError(err)) != 502 {
		t.Errorf("got %v", err)
	}
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer slow.Close()
	client := &http.Client{Timeout: 20 * time.Millisecond}
	if _, err = client.Get(slow.URL); StatusOf(UpstreamError(err)) != 504 {
		t.Errorf("got %v", err)
	}
	client.CloseIdleConnections()
}

func BenchmarkUpstream(b *testing.B) {
	const size = 1 << 30
	block := bytes.Repeat([]byte("x"), 1<<20)
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range size / len(block) {
			w.Write(block)
		}
	}))
	defer upstream.Close()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out, err := http.Get(upstream.URL)
		defer CloseBody(out)
		if err != nil {
			b.Error(err)
			return
		}
		if err := WriteUpstream(w, r, 0, out); err != nil {
			b.Error(err)
		}
	}))
	defer proxy.Close()
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		response, err := http.Get(proxy.URL)
		if err != nil {
			b.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, response.Body); n != size || err != nil {
			b.Fatal(n, err)
		}
		response.Body.Close()
	}
}

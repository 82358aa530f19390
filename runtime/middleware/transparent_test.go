package middleware_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/textproto"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// An exchange is something that net/http can do. Layers around its handler must
// not be seen: the client and the handler get what they get without them.
type exchange struct {
	name   string
	method string // POST with a body, else GET
	header http.Header
	body   string

	// handle answers, and notes what it sees of that.
	handle func(w http.ResponseWriter, r *http.Request, note func(values ...any))

	panics bool // before the head, which Recover answers
	only   int  // the major version of HTTP that it is about

	path string // where its handler is
}

func flush(w http.ResponseWriter) error { return http.NewResponseController(w).Flush() }

func exchanges(file string) []exchange {
	long := strings.Repeat("0123456789", 30_000)
	trailer := func(w http.ResponseWriter, r *http.Request, _ func(...any)) {
		w.Header().Set("Trailer", "X-Announced, X-Missing")
		io.WriteString(w, "body")
		w.Header().Set("X-Announced", "a")
		w.Header().Set("X-Late", "not sent")
		w.Header().Set(http.TrailerPrefix+"X-Unannounced", "u")
	}
	return []exchange{
		{name: "nothing", handle: func(http.ResponseWriter, *http.Request, func(...any)) {}},
		{name: "interim answers", handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			for i := range 2 {
				w.Header().Set("Link", fmt.Sprintf("</%d.css>; rel=preload", i))
				w.WriteHeader(http.StatusEarlyHints)
			}
			w.Header().Set("X-Own", "1")
			w.WriteHeader(http.StatusCreated)
			w.Header().Set("X-Late", "1")
			io.WriteString(w, "body")
		}},
		{name: "an interim answer after the head", handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(http.StatusEarlyHints)
			w.WriteHeader(http.StatusTeapot)
		}},
		{name: "no body allowed", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Etag", `"1"`)
			w.WriteHeader(http.StatusNotModified)
			note(w.Write([]byte("x")))
			note(io.WriteString(w, "x"))
		}},
		{name: "HEAD", method: "HEAD", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Content-Length", "4")
			note(io.WriteString(w, "body"))
		}},
		{name: "HEAD of a file", method: "HEAD", handle: func(w http.ResponseWriter, r *http.Request, _ func(...any)) { http.ServeFile(w, r, file) }},
		{name: "a file", handle: func(w http.ResponseWriter, r *http.Request, _ func(...any)) { http.ServeFile(w, r, file) }},
		{name: "a range", header: http.Header{"Range": {"bytes=7-11"}}, handle: func(w http.ResponseWriter, r *http.Request, _ func(...any)) {
			http.ServeFile(w, r, file)
		}},
		{name: "a copy", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			note(io.Copy(w, struct{ io.Reader }{strings.NewReader(long)}))
		}},
		{name: "an empty copy", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			note(io.Copy(w, struct{ io.Reader }{strings.NewReader("")}))
			w.WriteHeader(http.StatusTeapot)
		}},
		{name: "long and short writes", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			note(io.WriteString(w, long))
			note(w.Write([]byte("x")))
		}},
		{name: "flushes", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			for i := range 3 {
				fmt.Fprint(w, i)
				note(flush(w))
			}
		}},
		{name: "a flush alone", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			note(flush(w))
			w.WriteHeader(http.StatusTeapot)
		}},
		{name: "more than was announced", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Content-Length", "2")
			note(io.WriteString(w, "12"))
			note(io.WriteString(w, "3"))
		}},
		{name: "less than was announced", handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Content-Length", "5")
			note(io.WriteString(w, "12"))
		}},
		{name: "trailers", handle: trailer},
		{name: "trailers of HEAD", method: "HEAD", handle: trailer},
		{name: "a body", body: "hello", handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			note(io.Copy(w, r.Body))
			note(r.Body.Read(make([]byte, 1)))
		}},
		{name: "a long body", body: long, handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			body, err := io.ReadAll(r.Body)
			note(len(body), err)
			w.Write(body)
		}},
		{name: "a body that is not read", body: "hello", handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			io.WriteString(w, "early")
		}},
		{name: "a long body that is not read", body: long, handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			io.WriteString(w, "early")
		}},
		{name: "a body that is closed", body: long, handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			note(r.Body.Read(make([]byte, 3)))
			note(r.Body.Close())
			io.WriteString(w, "early")
		}},
		{name: "an expected body", header: http.Header{"Expect": {"100-continue"}}, body: "hello", handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			note(io.Copy(w, r.Body))
		}},
		{
			name: "an expected body that is refused", header: http.Header{"Expect": {"100-continue"}}, body: "hello", only: 1,
			handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
				http.Error(w, "no", http.StatusExpectationFailed)
			},
		},
		{name: "full duplex", body: "hello", handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			if err := http.NewResponseController(w).EnableFullDuplex(); r.ProtoMajor == 1 {
				note(err)
			}
			io.WriteString(w, "first ")
			note(flush(w))
			note(io.Copy(w, r.Body))
		}},
		{name: "deadlines", body: "hello", handle: func(w http.ResponseWriter, r *http.Request, note func(...any)) {
			controller := http.NewResponseController(w)
			note(controller.SetReadDeadline(time.Now().Add(time.Hour)), controller.SetWriteDeadline(time.Now().Add(time.Hour)))
			note(io.Copy(w, r.Body))
		}},
		{name: "a panic", panics: true, handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			w.Header().Set("X-Own", "1")
			panic("boom")
		}},
		{name: "a panic after an interim answer", panics: true, handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			w.WriteHeader(http.StatusEarlyHints)
			panic("boom")
		}},
		{name: "a panic after a flush", handle: func(w http.ResponseWriter, _ *http.Request, _ func(...any)) {
			w.Header().Set("Content-Length", "100")
			io.WriteString(w, "some")
			flush(w)
			panic("boom")
		}},
		{name: "a panic in the middle", body: long, handle: func(w http.ResponseWriter, r *http.Request, _ func(...any)) {
			io.CopyN(w, r.Body, 200_000)
			panic("boom")
		}},
		{name: "an aborted answer", handle: func(http.ResponseWriter, *http.Request, func(...any)) { panic(http.ErrAbortHandler) }},
		{name: "a hijacked connection", only: 1, handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			note(err)
			if err != nil {
				return
			}
			defer conn.Close()
			_, err = w.Write([]byte("x"))
			note(err)
			rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
			note(rw.Flush())
		}},
		{name: "a connection hijacked after the head", only: 1, handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Content-Length", "2")
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusAccepted)
			flush(w)
			conn, rw, err := w.(http.Hijacker).Hijack()
			note(err)
			if err != nil {
				return
			}
			defer conn.Close()
			rw.WriteString("hi")
			note(rw.Flush())
		}},
		{name: "another protocol", only: 1, header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"words"}}, handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			w.Header().Set("Connection", "Upgrade")
			w.Header().Set("Upgrade", "words")
			w.WriteHeader(http.StatusSwitchingProtocols)
			conn, rw, err := http.NewResponseController(w).Hijack()
			note(err)
			if err != nil {
				return
			}
			defer conn.Close()
			rw.WriteString("words")
			note(rw.Flush())
		}},
		{name: "no hijacking", only: 2, handle: func(w http.ResponseWriter, _ *http.Request, note func(...any)) {
			_, _, err := http.NewResponseController(w).Hijack()
			note(errors.Is(err, http.ErrNotSupported))
		}},
	}
}

// A layered is a stack of layers.
type layered struct {
	names  []string
	layers []layer
}

// stamp is what the generated code for a middleware function does.
func stamp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chain := runtime.NewChain(w, next)
		defer chain.End()
		out := chain.Next().Run(r)
		out.Header.Set("X-Layer", "stamp")
		defer runtime.CloseBody(out)
		if err := runtime.WriteResponse(w, r, out.StatusOr(http.StatusOK), out); err != nil {
			runtime.WriteError(w, r, err)
		}
	})
}

// stacks returns every layer that wraps writers or requests alone, and some of
// their permutations. Timeout gives handlers that time.
func stacks(timeout time.Duration) []layered {
	quiet := slog.New(slog.DiscardHandler)
	kinds := map[string]layer{
		"stamp":               stamp,
		"BodyLimit":           middleware.BodyLimit(1 << 20),
		"Decompress":          middleware.Decompress(),
		"PropagateHeader":     middleware.PropagateHeader("X-Request-Id"),
		"Recover":             middleware.Recover(middleware.RecoverConfig{Logger: quiet}),
		"RequestBodyTimeout":  middleware.RequestBodyTimeout(patience),
		"RequestID":           middleware.RequestID(),
		"ResponseBodyTimeout": middleware.ResponseBodyTimeout(patience),
		"SetHeader":           middleware.SetHeader(rule{Name: "X-Layer", Value: "set"}),
		"Timeout":             middleware.Timeout(timeout, middleware.TimeoutConfig{Logger: quiet}),
		"Trace":               middleware.Trace(middleware.TraceConfig{Logger: quiet}),
	}
	names := slices.Sorted(maps.Keys(kinds))
	var all []layered
	add := func(names []string) {
		s := layered{names: slices.Clone(names)}
		for _, name := range names {
			s.layers = append(s.layers, kinds[name])
		}
		all = append(all, s)
	}
	for i := range names {
		add(names[i : i+1])
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 12 {
		random.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
		add(names)
	}
	return all
}

// TestTransparent compares what a client and a handler see of each other, with
// and without layers in between.
func TestTransparent(t *testing.T) {
	log.SetOutput(io.Discard) // net/http has much to say
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	file := filepath.Join(t.TempDir(), "file.txt")
	if err := os.WriteFile(file, bytes.Repeat([]byte("line\n"), 20_000), 0o600); err != nil {
		t.Fatal(err)
	}
	list := exchanges(file)
	for i := range list {
		list[i].path = fmt.Sprintf("/%d", i)
	}
	for _, protocol := range []string{"HTTP/1.1", "HTTP/2", "h2c"} {
		t.Run(protocol, func(t *testing.T) {
			bare := newParty(t, protocol, list, layered{})
			want := map[string]string{}
			for _, x := range list {
				want[x.name] = bare.meet(t, x)
			}
			for _, s := range stacks(patience) {
				t.Run(strings.Join(s.names, " "), func(t *testing.T) {
					t.Parallel() // most of the time net/http waits before it closes connections
					p := newParty(t, protocol, list, s)
					for _, x := range list {
						if x.only != 0 && x.only != p.major {
							continue
						}
						got := p.meet(t, x)
						if x.panics && slices.Contains(s.names, "Recover") {
							if !strings.Contains(got, "500 Internal Server Error") || strings.Contains(got, "X-Own") {
								t.Errorf("%s:\n%s", x.name, got)
							}
							continue
						}
						if got != want[x.name] {
							t.Errorf("%s:\n%s\nwithout layers\n%s", x.name, got, want[x.name])
						}
					}
				})
			}
		})
	}
}

// A party is a server with the handlers of all exchanges, and its client.
type party struct {
	server *httptest.Server
	major  int

	mu    sync.Mutex
	notes bytes.Buffer
	ended chan struct{}
}

func newParty(t *testing.T, protocol string, list []exchange, s layered) *party {
	t.Helper()
	p := &party{ended: make(chan struct{}, 1), major: 2}
	mux := http.NewServeMux()
	for _, x := range list {
		mux.HandleFunc(x.path, func(w http.ResponseWriter, r *http.Request) {
			defer func() { p.ended <- struct{}{} }()
			x.handle(w, r, func(values ...any) {
				p.mu.Lock()
				defer p.mu.Unlock()
				fmt.Fprintln(&p.notes, values...)
			})
		})
	}
	mux.HandleFunc("/again", func(http.ResponseWriter, *http.Request) {})
	p.server = httptest.NewUnstartedServer(stack(mux, s.layers...))
	switch protocol {
	case "HTTP/1.1":
		p.major = 1
		p.server.Start()
	case "HTTP/2":
		p.server.EnableHTTP2 = true
		p.server.StartTLS()
	case "h2c":
		p.server.Config.Protocols = new(http.Protocols)
		p.server.Config.Protocols.SetUnencryptedHTTP2(true)
		p.server.Start()
		transport := p.server.Client().Transport.(*http.Transport)
		transport.Protocols = p.server.Config.Protocols
	}
	t.Cleanup(p.server.Close)
	return p
}

// meet has one exchange, and says what both sides have seen.
func (p *party) meet(t *testing.T, x exchange) string {
	t.Helper()
	if x.only != 0 && x.only != p.major {
		return ""
	}
	method := x.method
	if method == "" {
		method = "GET"
		if x.body != "" {
			method = "POST"
		}
	}
	var seen strings.Builder
	r := request(t, p.server, method, x.path, nil)
	if x.body != "" {
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(x.body)), int64(len(x.body))
	}
	maps.Copy(r.Header, x.header)
	if p.major == 1 {
		p.overConn(t, r, x.body, &seen)
	} else {
		p.overClient(r, &seen)
	}
	select {
	case <-p.ended:
	case <-time.After(patience):
		t.Fatalf("%s: the handler does not end", x.name)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seen.WriteString(p.notes.String())
	p.notes.Reset()
	return seen.String()
}

// overClient uses the client of net/http.
func (p *party) overClient(r *http.Request, seen *strings.Builder) {
	r = r.WithContext(httptrace.WithClientTrace(r.Context(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, header textproto.MIMEHeader) error {
			fmt.Fprintln(seen, code, own(http.Header(header)))
			return nil
		},
	}))
	response, err := p.server.Client().Do(r)
	if err != nil {
		fmt.Fprintln(seen, "no answer")
		return
	}
	describe(response, seen)
}

// overConn uses a connection of its own, and says whether that can be used
// again.
func (p *party) overConn(t *testing.T, r *http.Request, body string, seen *strings.Builder) {
	t.Helper()
	conn := dial(t, p.server)
	reader := bufio.NewReader(conn)
	var head bytes.Buffer
	fmt.Fprintf(&head, "%s %s HTTP/1.1\r\nHost: x\r\n", r.Method, r.URL.Path)
	if body != "" {
		fmt.Fprintf(&head, "Content-Length: %d\r\n", len(body))
	}
	r.Header.Write(&head)
	head.WriteString("\r\n")
	conn.Write(head.Bytes())
	expects := r.Header.Get("Expect") != ""
	if !expects {
		go io.WriteString(conn, body) // the answer may come before it
	}
	for {
		response, err := http.ReadResponse(reader, r)
		if err != nil {
			fmt.Fprintln(seen, "no answer")
			return
		}
		switch {
		case response.StatusCode == http.StatusSwitchingProtocols:
			rest, err := io.ReadAll(reader)
			fmt.Fprintln(seen, response.Status, string(rest), err)
			return
		case response.StatusCode < 200:
			fmt.Fprintln(seen, response.Status, own(response.Header))
			if response.StatusCode == http.StatusContinue {
				io.WriteString(conn, body)
			}
			continue
		}
		describe(response, seen)
		break
	}
	if expects {
		return
	}
	io.WriteString(conn, "GET /again HTTP/1.1\r\nHost: x\r\n\r\n")
	_, err := http.ReadResponse(reader, nil)
	fmt.Fprintln(seen, "used again:", err == nil)
}

// describe says all of a final answer that layers must not change.
func describe(response *http.Response, seen *strings.Builder) {
	body, err := io.ReadAll(response.Body)
	response.Body.Close()
	short := string(body)
	switch {
	case len(body) > 100 && err != nil: // how much of it is left to buffers
		short = "much"
	case len(body) > 100:
		short = fmt.Sprintf("%d bytes, %s…", len(body), body[:20])
	}
	fmt.Fprintln(seen, response.Status, own(response.Header), response.ContentLength, response.TransferEncoding, response.Close)
	fmt.Fprintf(seen, "%q cut: %t\n%v\n", short, err != nil, response.Trailer)
}

// own returns what of a header is neither the server's nor a layer's.
func own(header http.Header) http.Header {
	header = header.Clone()
	for _, name := range []string{"Date", "X-Layer", "X-Request-Id"} {
		header.Del(name)
	}
	return header
}

// TestClientLeaves lets clients go in the middle of a body and of an answer, with
// all stacks of layers: the handler has to hear of it.
func TestClientLeaves(t *testing.T) {
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	for _, s := range stacks(patience) {
		t.Run(strings.Join(s.names, " "), func(t *testing.T) {
			heard := make(chan error, 1)
			server := serve(t, stack(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == "POST" {
					_, err := io.Copy(io.Discard, r.Body)
					heard <- err
					return
				}
				io.WriteString(w, "first")
				flush(w)
				<-r.Context().Done()
				heard <- r.Context().Err()
			}), s.layers...))
			for name, begin := range map[string]func(net.Conn){
				"in a body": func(conn net.Conn) {
					io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
				},
				"in an answer": func(conn net.Conn) {
					io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
					if got, err := bufio.NewReader(conn).ReadString('\n'); !strings.Contains(got, "200 OK") {
						t.Errorf("the answer begins with %q, %v", got, err)
					}
				},
			} {
				conn := dial(t, server)
				begin(conn)
				conn.Close()
				select {
				case err := <-heard:
					if err == nil {
						t.Errorf("%s: the handler has not heard of it", name)
					}
				case <-time.After(patience):
					t.Errorf("%s: the handler goes on", name)
				}
			}
		})
	}
}

// TestLateInStacks has handlers whose time is up, with a body that nobody reads,
// in all stacks that have a Timeout: the client gets the answer at once, on a
// connection that is closed, and what the handler does afterwards is not seen.
func TestLateInStacks(t *testing.T) {
	log.SetOutput(io.Discard)
	t.Cleanup(func() { log.SetOutput(os.Stderr) })
	for _, s := range stacks(20 * time.Millisecond) {
		if !slices.Contains(s.names, "Timeout") {
			continue
		}
		t.Run(strings.Join(s.names, " "), func(t *testing.T) {
			release, ended := make(chan struct{}), make(chan error)
			server := serve(t, stack(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(http.StatusEarlyHints)
				<-release
				w.Header().Set("X-Own", "late")
				_, written := io.WriteString(w, "late")
				_, read := r.Body.Read(make([]byte, 1))
				_, _, hijacked := http.NewResponseController(w).Hijack()
				ended <- errors.Join(
					want(written, http.ErrHandlerTimeout), want(read, http.ErrHandlerTimeout), want(hijacked, http.ErrHandlerTimeout),
					want(r.Context().Err(), context.DeadlineExceeded),
				)
				panic("late")
			}), s.layers...))
			conn := dial(t, server)
			io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
			var seen strings.Builder
			reader := bufio.NewReader(conn)
			for {
				response, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatal(err)
				}
				if response.StatusCode >= 200 {
					describe(response, &seen)
					break
				}
			}
			if got := seen.String(); !strings.HasPrefix(got, "503") || !strings.Contains(got, "true\n") || strings.Contains(got, "X-Own") {
				t.Errorf("the answer is %s", got)
			}
			io.WriteString(conn, "hello") // for which net/http waits before it closes
			if rest, err := io.ReadAll(reader); len(rest) > 0 || err != nil {
				t.Errorf("after it %q, %v", rest, err)
			}
			close(release)
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

// want returns an error unless err is the one that is wanted.
func want(err, wanted error) error {
	if errors.Is(err, wanted) {
		return nil
	}
	return fmt.Errorf("got %v, want %v", err, wanted)
}

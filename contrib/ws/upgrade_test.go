package ws_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime"
)

// adapter is what handlergen generates for
//
//	func Socket(up ws.Upgrade) http.Handler
func adapter(socket func(up ws.Upgrade) http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var up ws.Upgrade
		if err := up.FromRequestParts(r); err != nil {
			runtime.RenderError(w, r, err)
			return
		}
		socket(up).ServeHTTP(w, r)
	}
}

func TestRefusals(t *testing.T) {
	called := 0
	s := (&site{}).start(t, adapter(func(up ws.Upgrade) http.Handler {
		called++
		return up.OnUpgrade(echo)
	}))
	drop := func(name string) string {
		var kept []string
		for line := range strings.SplitSeq(handshake(), "\r\n") {
			if !strings.HasPrefix(line, name) {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\r\n")
	}
	replace := func(name, line string) string {
		return strings.Replace(drop(name), "Host: test.example", "Host: test.example\r\n"+line, 1)
	}
	const key = "Sec-WebSocket-Key is not one text of 16 bytes in base64"
	for _, test := range []struct {
		request string
		status  int
		detail  string
		header  string
	}{
		{strings.Replace(handshake("Content-Length: 0"), "GET", "POST", 1), 405, "a WebSocket is opened by GET", "Allow: GET"},
		{strings.Replace(handshake(), "GET", "HEAD", 1), 405, "", "Allow: GET"},
		{drop("Connection"), 400, "Connection does not name upgrade", ""},
		{replace("Connection", "Connection: keep-alive"), 400, "Connection does not name upgrade", ""},
		{replace("Connection", "Connection: not-upgrade"), 400, "Connection does not name upgrade", ""},
		{drop("Upgrade"), 400, "Upgrade does not name websocket", ""},
		{replace("Upgrade", "Upgrade: h2c"), 400, "Upgrade does not name websocket", ""},
		{drop("Sec-WebSocket-Key"), 400, key, ""},
		{replace("Sec-WebSocket-Key", "Sec-WebSocket-Key: short"), 400, key, ""},
		{replace("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ"), 400, key, ""},
		{handshake("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400, key, ""},
		{drop("Sec-WebSocket-Version"), 400, "Sec-WebSocket-Version is not 13", "Sec-WebSocket-Version: 13"},
		{replace("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8"), 400, "Sec-WebSocket-Version is not 13", "Sec-WebSocket-Version: 13"},
		{strings.Replace(handshake(), "HTTP/1.1", "HTTP/1.0", 1), 426, "a WebSocket needs an HTTP/1.1 connection of its own", "Upgrade: websocket"},
		{handshake("Origin: https://evil.example"), 403, "pages of the origin https://evil.example may not open WebSockets here", ""},
	} {
		conn := s.connect(t)
		response := conn.request(test.request)
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf(`{"title":%q,"status":%d,"detail":%q}`, http.StatusText(test.status), test.status, test.detail)
		if test.detail == "" {
			want = ""
		}
		if response.StatusCode != test.status || string(body) != want || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%q\n\tgot %d %s %s, want %d %s", test.request, response.StatusCode, response.Header.Get("Content-Type"), body, test.status, want)
		}
		if name, value, _ := strings.Cut(test.header, ": "); response.Header.Get(name) != value {
			t.Errorf("%q\n\t%s is %q, want %q", test.request, name, response.Header.Get(name), value)
		}
	}
	if called != 1 { // by the request of another origin
		t.Errorf("the handler was called %d times", called)
	}
}

func TestHandshake(t *testing.T) {
	s := serve(t, ws.Config{}, echo)
	response := s.connect(t).request(handshake())
	for name, want := range map[string]string{
		"Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
		"Sec-Websocket-Protocol": "", "Sec-Websocket-Extensions": "",
	} {
		if got := response.Header.Get(name); got != want || response.StatusCode != 101 {
			t.Errorf("%s, %s is %q, want %q", response.Status, name, got, want)
		}
	}
	response = s.connect(t).request(handshake("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"))
	if got := response.Header["Sec-Websocket-Extensions"]; response.StatusCode != 101 || len(got) > 0 {
		t.Errorf("%s with extensions %q", response.Status, got)
	}
}

func TestSubprotocols(t *testing.T) {
	for _, test := range []struct {
		own    []string
		lines  []string
		chosen string
		offers []string
	}{
		{nil, nil, "", nil},
		{nil, []string{"a"}, "", []string{"a"}},
		{[]string{"v2", "v1"}, []string{"v1, v2"}, "v2", []string{"v1", "v2"}},
		{[]string{"v2", "v1"}, []string{"v0 ,v1", " ,v3,, v1"}, "v1", []string{"v0", "v1", "v3"}},
		{[]string{"v2"}, []string{"V2, v22"}, "", []string{"V2", "v22"}},
	} {
		offers, chosen := make(chan []string, 1), make(chan string, 1)
		s := (&site{}).start(t, adapter(func(up ws.Upgrade) http.Handler {
			offers <- up.Offers()
			up.Subprotocols = test.own
			return up.OnUpgrade(func(_ context.Context, conn *ws.Conn) { chosen <- conn.Subprotocol() })
		}))
		var lines []string
		for _, line := range test.lines {
			lines = append(lines, "Sec-WebSocket-Protocol: "+line)
		}
		response := s.connect(t).request(handshake(lines...))
		if got := response.Header.Get("Sec-Websocket-Protocol"); got != test.chosen {
			t.Errorf("%q of %q: the client is told %q, want %q", test.own, test.lines, got, test.chosen)
		}
		if got := <-chosen; got != test.chosen {
			t.Errorf("%q of %q: chosen is %q, want %q", test.own, test.lines, got, test.chosen)
		}
		if got := <-offers; !slices.Equal(got, test.offers) {
			t.Errorf("%q: the offers are %q, want %q", test.lines, got, test.offers)
		}
		s.Close()
	}
}

func TestOrigins(t *testing.T) {
	for _, test := range []struct {
		allowed []string
		host    string
		origins []string
		status  int
	}{
		{nil, "a.example", nil, 101},
		{nil, "a.example", []string{"https://a.example"}, 101},
		{nil, "a.example", []string{"http://a.example"}, 101},
		{nil, "A.example", []string{"https://a.EXAMPLE"}, 101},
		{nil, "a.example:443", []string{"https://a.example"}, 101},
		{nil, "a.example", []string{"http://a.example:80"}, 101},
		{nil, "a.example:8080", []string{"http://a.example:8080"}, 101},
		{nil, "[::1]:8080", []string{"http://[::1]:8080"}, 101},
		{nil, "a.example:8080", []string{"http://a.example"}, 403},
		{nil, "a.example:80", []string{"https://a.example"}, 403},
		{nil, "a.example", []string{"https://b.example"}, 403},
		{nil, "a.example", []string{"https://a.example.evil.example"}, 403},
		{nil, "a.example", []string{"https://xa.example"}, 403},
		{nil, "a.example", []string{"null"}, 403},
		{nil, "a.example", []string{""}, 403},
		{nil, "a.example", []string{"file://"}, 403},
		{nil, "a.example", []string{"http://a.example@evil.example"}, 403},
		{nil, "a.example", []string{"http://evil.example#a.example"}, 403},
		{nil, "a.example", []string{"::"}, 403},
		{nil, "a.example", []string{"https://a.example", "https://b.example"}, 403},
		{[]string{"https://app.example"}, "a.example", []string{"https://app.example"}, 101},
		{[]string{"https://app.example"}, "a.example", []string{"https://app.example:443"}, 101},
		{[]string{"https://app.example:443"}, "a.example", []string{"https://app.example"}, 101},
		{[]string{"https://APP.example"}, "a.example", []string{"HTTPS://app.EXAMPLE"}, 101},
		{[]string{"https://app.example"}, "a.example", []string{"http://app.example"}, 403},
		{[]string{"https://app.example"}, "a.example", []string{"https://app.example:8443"}, 403},
		{[]string{"app.example"}, "a.example", []string{"http://app.example"}, 101},
		{[]string{"app.example"}, "a.example", []string{"https://app.example"}, 101},
		{[]string{"https://x.example", "https://*.example"}, "a.test", []string{"https://b.example"}, 101},
		{[]string{"https://*.example"}, "a.test", []string{"https://c.b.example"}, 101},
		{[]string{"https://*.example"}, "a.test", []string{"https://example"}, 403},
		{[]string{"https://*.example"}, "a.test", []string{"https://.example"}, 403},
		{[]string{"https://*.example"}, "a.test", []string{"https://b.example.evil"}, 403},
		{[]string{"https://*example"}, "a.test", []string{"https://evilexample"}, 403},
		{[]string{"*"}, "a.test", []string{"https://evil.example"}, 101},
		{[]string{"*"}, "a.test", []string{"null"}, 101},
	} {
		s := serve(t, ws.Config{Origins: test.allowed}, func(context.Context, *ws.Conn) {})
		request := strings.Replace(handshake(), "test.example", test.host, 1)
		for _, origin := range test.origins {
			request = strings.Replace(request, "\r\n", "\r\nOrigin: "+origin+"\r\n", 1)
		}
		if response := s.connect(t).request(request); response.StatusCode != test.status {
			t.Errorf("%q at %s with %q allowed: %d, want %d", test.origins, test.host, test.allowed, response.StatusCode, test.status)
		}
		s.Close()
	}
}

// TestAbsence lets one path serve a page and its socket.
func TestAbsence(t *testing.T) {
	for name, want := range map[string]bool{"Connection": true, "Upgrade": true, "Sec-WebSocket-Key": false, "Host": false} {
		r := httptest.NewRequest("GET", "/", nil)
		for line := range strings.SplitSeq(handshake(), "\r\n") {
			if field, value, ok := strings.Cut(line, ": "); ok && field != name {
				r.Header.Set(field, value)
			}
		}
		err := new(ws.Upgrade).FromRequestParts(r)
		if errors.Is(err, runtime.ErrAbsent) != want {
			t.Errorf("without %s: %v", name, err)
		}
		if name == "Host" && err != nil {
			t.Error(err)
		}
	}
}

// TestErrorsFunction has an application render what is refused.
func TestErrorsFunction(t *testing.T) {
	router := runtime.NewRouter()
	router.RenderErrors(func(w http.ResponseWriter, r *http.Request, err error) {
		runtime.SetErrorHeader(w, err)
		http.Error(w, "mine: "+err.Error(), runtime.StatusOf(err))
	})
	router.Handle("/socket", ws.Upgrade{}.OnUpgrade(echo))
	s := (&site{}).start(t, router)
	response := s.connect(t).request("POST /socket HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
	body, _ := io.ReadAll(response.Body)
	if response.StatusCode != 405 || response.Header.Get("Allow") != "GET" || string(body) != "mine: a WebSocket is opened by GET\n" {
		t.Errorf("%s %v %q", response.Status, response.Header, body)
	}
}

// A plainWriter hides what it wraps, but for Unwrap.
type plainWriter struct{ inner http.ResponseWriter }

func (w plainWriter) Header() http.Header         { return w.inner.Header() }
func (w plainWriter) Write(p []byte) (int, error) { return w.inner.Write(p) }
func (w plainWriter) WriteHeader(status int)      { w.inner.WriteHeader(status) }
func (w plainWriter) Unwrap() http.ResponseWriter { return w.inner }

// A lateWriter sends its head with its body, as gin's does.
type lateWriter struct {
	plainWriter
	status *int
}

func (w lateWriter) WriteHeader(status int) { *w.status = status }
func (w lateWriter) WriteHeaderNow()        { w.plainWriter.WriteHeader(*w.status) }

func TestWrappedWriters(t *testing.T) {
	socket := ws.Upgrade{}.OnUpgrade(echo)
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"none":            func(w http.ResponseWriter) http.ResponseWriter { return w },
		"one with Unwrap": func(w http.ResponseWriter) http.ResponseWriter { return plainWriter{w} },
		"two with Unwrap": func(w http.ResponseWriter) http.ResponseWriter { return plainWriter{plainWriter{w}} },
		"tracked":         func(w http.ResponseWriter) http.ResponseWriter { return runtime.TrackWriter(plainWriter{w}) },
		"late": func(w http.ResponseWriter) http.ResponseWriter {
			return plainWriter{lateWriter{plainWriter{w}, new(int)}}
		},
	} {
		s := (&site{}).start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Request-Id", "7")
			socket.ServeHTTP(wrap(w), r)
		}))
		p := s.connect(t)
		if got := p.request(handshake()).Header.Get("X-Request-Id"); got != "7" {
			t.Errorf("%s: X-Request-Id is %q", name, got)
		}
		p.send(frame(final|textual, []byte(name)))
		p.wants(textual, name)
		p.send(closeFrame(1000, ""))
		p.wantsClose(1000)
		s.Close()
	}
}

// TestNoConnection asks where there is nothing to take over.
func TestNoConnection(t *testing.T) {
	socket := ws.Upgrade{}.OnUpgrade(echo)
	for name, wrap := range map[string]func(http.ResponseWriter) http.ResponseWriter{
		"recorder": func(w http.ResponseWriter) http.ResponseWriter { return w },
		"tracked":  runtime.TrackWriter, // it has the method
	} {
		r := httptest.NewRequest("GET", "/", nil)
		for line := range strings.SplitSeq(handshake(), "\r\n") {
			if field, value, ok := strings.Cut(line, ": "); ok {
				r.Header.Set(field, value)
			}
		}
		w := httptest.NewRecorder()
		socket.ServeHTTP(wrap(w), r)
		if w.Code != 426 || w.Header().Get("Upgrade") != "websocket" || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %v %s", name, w.Code, w.Header(), w.Body)
		}
	}

	checkLeaks(t)
	server := httptest.NewUnstartedServer(socket)
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	if response.ProtoMajor != 2 || response.StatusCode != 426 || !bytes.Contains(body, []byte("HTTP/1.1")) {
		t.Errorf("%s %s %s", response.Proto, response.Status, body)
	}
}

// TestTLS uses the client of package websocket.
func TestTLS(t *testing.T) {
	checkLeaks(t)
	server := httptest.NewTLSServer(ws.Upgrade{}.OnUpgrade(echo))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}}}
	conn, _, err := websocket.Dial(t.Context(), server.URL, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []websocket.MessageType{websocket.MessageText, websocket.MessageBinary} {
		text := bytes.Repeat([]byte("Grüße "), 10_000)
		if err := conn.Write(t.Context(), kind, text); err != nil {
			t.Fatal(err)
		}
		conn.SetReadLimit(1 << 20)
		got, back, err := conn.Read(t.Context())
		if got != kind || !bytes.Equal(back, text) || err != nil {
			t.Errorf("%v of %d bytes came back as %v of %d bytes: %v", kind, len(text), got, len(back), err)
		}
	}
	if err := conn.Close(websocket.StatusNormalClosure, "bye"); err != nil {
		t.Error(err)
	}
}

func TestOnUpgradeWithoutAFunction(t *testing.T) {
	defer func() {
		if got := recover(); got != "ws: OnUpgrade: no function" {
			t.Errorf("got %v, want a panic", got)
		}
	}()
	ws.Upgrade{}.OnUpgrade(nil)
}

package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/examples/proxy"
)

// start starts a gateway before an upstream.
func start(t *testing.T, upstream http.HandlerFunc) (gateway, behind *httptest.Server) {
	t.Helper()
	behind = httptest.NewServer(upstream)
	t.Cleanup(behind.Close)
	at, err := url.Parse(behind.URL)
	if err != nil {
		t.Fatal(err)
	}
	gateway = httptest.NewServer(proxy.Routes(proxy.New(at, 200*time.Millisecond)))
	t.Cleanup(gateway.Close)
	return gateway, behind
}

func get(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// TestBothWays asks through the handler and through the reverse proxy.
func TestBothWays(t *testing.T) {
	gateway, _ := start(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("Keep-Alive", "timeout=5")
		w.Header().Set("X-Path", r.URL.EscapedPath())
		w.WriteHeader(http.StatusTeapot)
		fmt.Fprint(w, "a body")
		w.Header().Set("X-Sum", "6")
	})
	for path, want := range map[string]string{"/weather/S%C3%A3o%20Paulo": "/weather/S%C3%A3o%20Paulo", "/else/a%2Fb": "/else/a%2Fb"} {
		response, body := get(t, gateway.URL+path)
		if response.StatusCode != http.StatusTeapot || body != "a body" || response.Header.Get("X-Path") != want {
			t.Errorf("%s: %s %q %q", path, response.Status, body, response.Header)
		}
		if response.Trailer.Get("X-Sum") != "6" || response.Header.Get("Keep-Alive") != "" {
			t.Errorf("%s: trailer %q, header %q", path, response.Trailer, response.Header)
		}
	}
}

// TestEvents wants each event as soon as it is there.
func TestEvents(t *testing.T) {
	seen := make(chan struct{})
	gateway, _ := start(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range 3 {
			fmt.Fprint(w, "data: tick\n\n")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-seen // the next one comes when this one has arrived
		}
	})
	for _, path := range []string{"/weather/stream", "/else"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, gateway.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(response.Body)
		for range 3 {
			if !lines.Scan() || lines.Text() != "data: tick" || !lines.Scan() {
				t.Fatalf("%s: line %q, %v", path, lines.Text(), lines.Err())
			}
			seen <- struct{}{}
		}
		response.Body.Close()
	}
}

// TestRedirect wants a redirect to reach the client.
func TestRedirect(t *testing.T) {
	gateway, _ := start(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
	})
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, path := range []string{"/weather/x", "/else"} {
		response, err := client.Get(gateway.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if got := response.Header.Get("Location"); response.StatusCode != http.StatusFound || got != "http://elsewhere.example/" {
			t.Errorf("%s: %s to %q", path, response.Status, got)
		}
	}
}

// TestUpgrade switches protocols through the reverse proxy. The handler has no
// connection to hand over.
func TestUpgrade(t *testing.T) {
	gateway, _ := start(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(rw, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		if err := rw.Flush(); err != nil {
			t.Error(err)
		}
		io.Copy(conn, rw)
	})
	for path, status := range map[string]int{"/else": http.StatusSwitchingProtocols, "/weather/x": http.StatusBadGateway} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, gateway.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Connection", "Upgrade")
		request.Header.Set("Upgrade", "echo")
		response, err := http.DefaultTransport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if response.StatusCode != status {
			t.Errorf("%s: %s", path, response.Status)
		}
		conn, ok := response.Body.(io.ReadWriter)
		if !ok {
			continue
		}
		fmt.Fprint(conn, "hello")
		if got, err := io.ReadAll(io.LimitReader(conn, 5)); string(got) != "hello" || err != nil {
			t.Errorf("%s: echo %q, %v", path, got, err)
		}
	}
}

// TestUpstreamIsBroken wants 502 also for what is no answer at all.
func TestUpstreamIsBroken(t *testing.T) {
	for _, answer := range []string{"", "hello\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"} {
		gateway, _ := start(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			fmt.Fprint(conn, answer)
			conn.Close()
		})
		for _, path := range []string{"/weather/x", "/else"} {
			if response, body := get(t, gateway.URL+path); response.StatusCode != http.StatusBadGateway || !strings.Contains(body, `"status":502`) {
				t.Errorf("%s of %q: %s %s", path, answer, response.Status, body)
			}
		}
	}
}

// TestUpstreamFails wants a problem document in place of what did not come.
func TestUpstreamFails(t *testing.T) {
	ended := make(chan struct{})
	gateway, behind := start(t, func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	})
	t.Cleanup(func() { close(ended) })
	for _, path := range []string{"/weather/x", "/else"} {
		if response, body := get(t, gateway.URL+path); response.StatusCode != http.StatusGatewayTimeout || !strings.Contains(body, `"status":504`) {
			t.Errorf("%s, too slow: %s %s", path, response.Status, body)
		}
	}
	behind.CloseClientConnections()
	behind.Listener.Close()
	for _, path := range []string{"/weather/x", "/else"} {
		response, body := get(t, gateway.URL+path)
		if response.StatusCode != http.StatusBadGateway || strings.Contains(body, "connect") {
			t.Errorf("%s, not there: %s %s", path, response.Status, body)
		}
		if got := response.Header.Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: Content-Type %s", path, got)
		}
	}
}

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

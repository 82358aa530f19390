package generate_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
	"time"

	"github.com/handlergen/handlergen/internal/chromium"
)

// echoPage runs the calls of echo_test.ts and sends what comes of them.
const echoPage = `<!doctype html>
<script type="module">
const lines = [];
console.error = (line) => lines.push(line);
try {
  const { run } = await import("/js/echo_test.js");
  lines.push(await run(location.origin));
} catch (error) {
  lines.push(error.stack);
}
await fetch("/done", { method: "POST", body: lines.join("\n") });
</script>`

// browse has a browser run the calls of echo_test.ts, whose compiled modules are
// in a directory, against what is served at an address. It returns what they
// print. The test is skipped where there is no browser.
func browse(t *testing.T, address, js string) string {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string, 1)
	site := http.NewServeMux()
	site.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, echoPage)
	})
	site.Handle("GET /js/", http.StripPrefix("/js/", http.FileServer(http.Dir(js))))
	site.HandleFunc("POST /done", func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		done <- string(text)
	})
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }, FlushInterval: -1,
		ErrorLog: log.New(io.Discard, "", 0), // streams are broken off on purpose
	}
	site.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		// Else net/http takes the rest of a body from the proxy when its answer begins.
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			t.Error(err)
		}
		proxy.ServeHTTP(w, r)
	})
	server := httptest.NewServer(site)
	defer server.Close()

	chromium.Open(t, server.URL+"/page")
	select {
	case text := <-done:
		return text
	case <-time.After(2 * time.Minute):
		t.Fatal("the browser has not said what came of the calls")
		return ""
	}
}

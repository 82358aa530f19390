package chat_test

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/examples/chat"
	"github.com/handlergen/handlergen/internal/chromium"
	"github.com/handlergen/handlergen/runtime/drain"
)

// driver uses the page as a visitor does, and tells what it shows.
const driver = `
const shown = [];
document.addEventListener("securitypolicyviolation", e => shown.push("refused " + e.blockedURI));
addEventListener("error", e => shown.push(e.message));
const until = async (what, found) => {
  while (!found()) await new Promise(resolve => setTimeout(resolve, 10));
  shown.push(what);
};
const status = text => until(text, () => element("status").textContent === text);
const log = text => until(text, () => [...element("log").children].some(line => line.textContent.endsWith(text)));
const tell = path => fetch(path, { method: "POST", body: shown.join("\n") });
const enter = async () => {
  door.elements.name.value = "ada";
  door.requestSubmit();
  await status("In lobby as ada.");
};
(async () => {
  await enter();
  await log("ada joined");
  say.elements.text.value = "Grüße <b>&</b>";
  say.requestSubmit();
  await log("ada: Grüße <b>&</b>");
  shown.push("markup: " + element("log").querySelectorAll("b").length, "here: " + element("people").textContent);
  element("leave").click();
  await status("Not in a room.");
  await enter();
  await tell("/drain");
  await status("Disconnected: the server is shutting down (1001).");
  await tell("/done");
})().catch(error => { shown.push(String(error)); tell("/done"); });
`

// TestBrowser chats by the page, in a browser that holds to its policy.
func TestBrowser(t *testing.T) {
	router, group, done := chat.Routes(&chat.App{Rooms: chat.NewRooms()}), drain.New(), make(chan string, 1)
	site := http.NewServeMux()
	site.Handle("/", router)
	site.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		page := httptest.NewRecorder()
		router.ServeHTTP(page, r)
		maps.Copy(w.Header(), page.Header())
		w.Header().Del("Content-Length")
		_, _ = io.WriteString(w, strings.Replace(page.Body.String(), "</head>", `<script src="driver.js" defer></script></head>`, 1))
	})
	site.HandleFunc("GET /driver.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = io.WriteString(w, driver)
	})
	site.HandleFunc("POST /drain", func(http.ResponseWriter, *http.Request) { group.Begin() })
	site.HandleFunc("POST /done", func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		done <- string(text)
	})
	server := httptest.NewUnstartedServer(site)
	server.Config.BaseContext = func(net.Listener) context.Context { return group.Context(context.Background()) }
	server.Start()
	defer server.Close()
	chromium.Open(t, server.URL)
	select {
	case text := <-done:
		want := []string{
			"In lobby as ada.", "ada joined", "ada: Grüße <b>&</b>", "markup: 0", "here: ada", "Not in a room.",
			"In lobby as ada.", "Disconnected: the server is shutting down (1001).",
		}
		if got := strings.Split(text, "\n"); !slices.Equal(got, want) {
			t.Errorf("the page shows %q, want %q", got, want)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the page has not come to its end")
	}
}

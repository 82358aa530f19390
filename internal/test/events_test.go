package test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gosse "github.com/tmaxmax/go-sse"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/internal/chromium"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/sse"
)

// randomText is made of what can break a framing.
func randomText(random *rand.Rand, parts ...string) string {
	var b strings.Builder
	for range random.IntN(6) {
		b.WriteString(parts[random.IntN(len(parts))])
	}
	return b.String()
}

func randomEvent(random *rand.Rand) runtime.Event {
	plain := []string{"a", " ", ":", "data: x", "\t", "ä", "\x00", "\u2028", "\v"}
	lines := append([]string{"\n", "\r", "\r\n", "\n\n"}, plain...)
	return runtime.Event{
		Name:    randomText(random, plain...),
		ID:      randomText(random, slices.DeleteFunc(plain, func(s string) bool { return s == "\x00" || s == "\v" })...),
		Data:    randomText(random, lines...),
		Comment: randomText(random, lines...),
		Retry:   time.Duration(random.IntN(3)) * time.Second,
	}
}

// messages are what a client gets of events: lines end with LF, and comments
// are gone.
func messages(events []runtime.Event) (list []gosse.Event) {
	id := ""
	for _, e := range events {
		if e.ID != "" {
			id = e.ID
		}
		if e.Data != "" || e.Name != "" || e.ID != "" || e.Comment == "" && e.Retry == 0 {
			data := strings.ReplaceAll(strings.ReplaceAll(e.Data, "\r\n", "\n"), "\r", "\n")
			list = append(list, gosse.Event{LastEventID: id, Type: e.Name, Data: data})
		}
	}
	return list
}

// TestEventsOfOurs lets another parser read what our writer writes.
func TestEventsOfOurs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		var events []runtime.Event
		for range random.IntN(5) {
			events = append(events, randomEvent(random))
		}
		w := httptest.NewRecorder()
		if err := runtime.WriteEventSeq(w, httptest.NewRequest("GET", "/", nil), http.StatusOK, slices.Values(events)); err != nil {
			t.Fatal(err)
		}
		stream := w.Body.String()
		var got []gosse.Event
		for event, err := range gosse.Read(strings.NewReader(stream), nil) {
			if err != nil {
				t.Fatalf("%q: %v", stream, err)
			}
			got = append(got, event)
		}
		if want := messages(events); !slices.Equal(got, want) {
			t.Fatalf("%+v\nis sent as %q\nand read as %+v", events, stream, got)
		}
	}
}

// withData leaves out the events with empty data, to which the other parser
// counts what has none at all; the standard does not.
func withData(events []gosse.Event) []gosse.Event {
	return slices.DeleteFunc(events, func(e gosse.Event) bool { return e.Data == "" })
}

// TestEventsOfTheirs lets our parser read what another writer writes.
func TestEventsOfTheirs(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 5000 {
		event := randomEvent(random)
		message := &gosse.Message{Retry: event.Retry}
		message.AppendComment(event.Comment)
		message.AppendData(event.Data)
		var err error
		if event.Name != "" {
			if message.Type, err = gosse.NewType(event.Name); err != nil {
				t.Fatal(err)
			}
		}
		if event.ID != "" {
			if message.ID, err = gosse.NewID(event.ID); err != nil {
				t.Fatal(err)
			}
		}
		stream := message.String()
		var got []gosse.Event
		for event, err := range sse.Read(strings.NewReader(stream), 0) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, gosse.Event{LastEventID: event.ID, Type: event.Name, Data: event.Data})
		}
		var want []gosse.Event
		for event, err := range gosse.Read(strings.NewReader(stream), nil) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, event)
		}
		if !slices.Equal(withData(got), withData(want)) {
			t.Fatalf("%q\nis read as %+v\nand by the other as %+v", stream, got, want)
		}
	}
}

// TestEventsOfAnyone lets both parsers read streams that no writer writes.
func TestEventsOfAnyone(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	parts := []string{
		"data", "data:", "data: ", "data:  ", "event: ", "event", "id: ", "id", "retry: 1", ":", "x: ", " ", "a", "b\x00",
		"\n", "\n", "\r", "\r\n", "\n\n", "\r\r", "\r\n\r\n",
	}
	for range 20_000 {
		var b strings.Builder
		for range random.IntN(30) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		stream := b.String() + "\n\n"
		var got, want []gosse.Event
		for event, err := range sse.Read(strings.NewReader(stream), 0) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, gosse.Event{LastEventID: event.ID, Type: event.Name, Data: event.Data})
		}
		for event, err := range gosse.Read(strings.NewReader(stream), nil) {
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, event)
		}
		if !slices.Equal(withData(got), withData(want)) {
			t.Fatalf("%q\nis read as %+v\nand by the other as %+v", stream, got, want)
		}
	}
}

// numbers answers with the numbers after the one that the client has seen, ten
// at a time, and ends with 204.
func numbers(last int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		seen, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
		if seen == last {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		err := runtime.WriteEventSeq(w, r, http.StatusOK, func(yield func(runtime.Event) bool) {
			for i := seen + 1; i <= min(seen+10, last); i++ {
				if !yield(runtime.Event{ID: strconv.Itoa(i), Name: "number", Data: fmt.Sprintf("number\n%d", i), Retry: time.Millisecond}) {
					return
				}
			}
		})
		if err != nil {
			runtime.WriteError(w, r, err)
		}
	}
}

// TestClientOfOthers counts with another client on our server.
func TestClientOfOthers(t *testing.T) {
	const last = 50
	s := httptest.NewServer(numbers(last))
	defer s.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := gosse.Client{HTTPClient: s.Client(), Backoff: gosse.Backoff{InitialInterval: time.Millisecond}}
	connection := client.NewConnection(req)
	var got []string
	connection.SubscribeEvent("number", func(event gosse.Event) { got = append(got, event.LastEventID+" "+event.Data) })
	if err := connection.Connect(); err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("the client ended with %v, want its opinion of 204", err)
	}
	var want []string
	for i := range last {
		want = append(want, fmt.Sprintf("%d number\n%d", i+1, i+1))
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestServerOfOthers counts with our client on another server.
func TestServerOfOthers(t *testing.T) {
	replayer, err := gosse.NewFiniteReplayer(100, true)
	if err != nil {
		t.Fatal(err)
	}
	server := &gosse.Server{Provider: &gosse.Joe{Replayer: replayer}}
	s := httptest.NewServer(server)
	defer s.Close()
	defer server.Shutdown(context.Background())
	publish := func(i int) {
		message := &gosse.Message{Type: gosse.Type("number")}
		message.AppendData(fmt.Sprintf("number\n%d", i))
		if err := server.Publish(message); err != nil {
			t.Error(err)
		}
	}
	for i := range 10 {
		publish(i)
	}
	client := sse.Client{URL: s.URL, HTTP: s.Client(), LastEventID: "0", Retry: time.Millisecond}
	want := 1
	for event, err := range client.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if (event != runtime.Event{ID: strconv.Itoa(want), Name: "number", Data: fmt.Sprintf("number\n%d", want)}) {
			t.Fatalf("got %+v, want number %d", event, want)
		}
		if want++; want == 40 {
			break
		}
		if want >= 10 {
			publish(want)
		}
		if want%15 == 0 {
			s.CloseClientConnections()
		}
	}
}

// counted is what an EventSource makes of all numbers.
func counted(last int) []string {
	var lines []string
	for i := range last {
		lines = append(lines, fmt.Sprintf(`%d "number\n%d"`, i+1, i+1))
	}
	return append(lines, "closed")
}

// compressed serves numbers behind a layer that compresses what it may, to a
// client that would take it.
func compressed(t *testing.T, last int) http.Handler {
	return compress.New(compress.Config{})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Errorf("the client accepts %q", r.Header["Accept-Encoding"])
		}
		numbers(last)(w, r)
	}))
}

// TestEventSource counts with the EventSource that npm has for node, which is
// one by the standard.
//
//	npm install -g eventsource@4 && NODE_PATH=$(npm root -g) go test -run EventSource
func TestEventSource(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	if out, err := exec.Command(node, "-e", `require("eventsource")`).CombinedOutput(); err != nil {
		t.Skipf("node does not find the package eventsource: npm install -g eventsource@4, and NODE_PATH=$(npm root -g)\n%.200s", out)
	}
	const last = 50
	s := httptest.NewServer(compressed(t, last))
	defer s.Close()
	const script = `
const { EventSource } = require("eventsource");
const source = new EventSource(process.argv[1]);
source.addEventListener("number", e => console.log(e.lastEventId + " " + JSON.stringify(e.data)));
source.onerror = e => { if (source.readyState === EventSource.CLOSED) { console.log("closed"); process.exit() } };
setTimeout(() => { console.log("too late"); process.exit(1) }, 60000);
`
	out, err := exec.CommandContext(t.Context(), node, "-e", script, s.URL).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got := strings.Split(strings.TrimSpace(string(out)), "\n"); !slices.Equal(got, counted(last)) {
		t.Errorf("got\n%s", out)
	}
}

// TestBrowser counts with the EventSource of a browser.
func TestBrowser(t *testing.T) {
	const last = 50
	const page = `<!doctype html>
<script>
const lines = [];
const source = new EventSource("/numbers");
source.addEventListener("number", e => lines.push(e.lastEventId + " " + JSON.stringify(e.data)));
source.onerror = () => {
  if (source.readyState !== EventSource.CLOSED) return;
  lines.push("closed");
  fetch("/done", { method: "POST", body: lines.join("\n") });
};
</script>`
	done := make(chan string, 1)
	site := http.NewServeMux()
	site.Handle("GET /numbers", compressed(t, last))
	site.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	})
	site.HandleFunc("POST /done", func(_ http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		done <- string(text)
	})
	s := httptest.NewServer(site)
	defer s.Close()
	chromium.Open(t, s.URL+"/page")
	select {
	case text := <-done:
		if got := strings.Split(text, "\n"); !slices.Equal(got, counted(last)) {
			t.Errorf("got\n%s", text)
		}
	case <-time.After(2 * time.Minute):
		t.Fatal("the browser has not said what it has counted")
	}
}

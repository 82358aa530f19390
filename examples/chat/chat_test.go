package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"github.com/handlergen/handlergen/examples/chat"
	"github.com/handlergen/handlergen/runtime/serve"
)

// patience is how long tests wait for what has to happen some time.
const patience = 30 * time.Second

// checkLeaks fails the test if more goroutines run after it than before.
func checkLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

// A house is a server of rooms.
type house struct {
	*testing.T
	url    string
	client *http.Client
	waits  time.Duration
}

func open(t *testing.T) house {
	t.Helper()
	checkLeaks(t)
	server := httptest.NewServer(chat.Routes(&chat.App{Rooms: chat.NewRooms()}))
	t.Cleanup(server.Close)
	return house{t, server.URL, server.Client(), patience}
}

// A guest is a client in a room.
type guest struct {
	*testing.T
	conn  *websocket.Conn
	waits time.Duration
}

// dial tries to come in.
func (h house) dial(room, name string) (*websocket.Conn, *http.Response, error) {
	ctx, cancel := context.WithTimeout(h.Context(), h.waits)
	defer cancel()
	return websocket.Dial(ctx, h.url+"/rooms/"+room+"?name="+name, &websocket.DialOptions{HTTPClient: h.client})
}

// join comes in and hears of it.
func (h house) join(room, name string) guest {
	h.Helper()
	conn, _, err := h.dial(room, name)
	if err != nil {
		h.Fatal(err)
	}
	g := guest{h.T, conn, h.waits}
	h.Cleanup(func() { conn.CloseNow() })
	if event := g.next(); event.Kind != "joined" || event.Name != name || !slices.Contains(event.People, name) {
		h.Fatalf("%s comes in and hears %+v", name, event)
	}
	return g
}

func (g guest) next() chat.Event {
	g.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), g.waits)
	defer cancel()
	_, data, err := g.conn.Read(ctx)
	if err != nil {
		g.Fatal(err)
	}
	var event chat.Event
	if err := json.Unmarshal(data, &event); err != nil {
		g.Fatalf("%s: %v", data, err)
	}
	if event.At.IsZero() {
		g.Errorf("%s has no time", data)
	}
	return event
}

// hears wants the next event, as "ada said hello" or "ada left, here are bob".
func (g guest) hears(want string) {
	g.Helper()
	event := g.next()
	got := event.Name + " " + event.Kind
	if event.Text != "" {
		got += " " + event.Text
	}
	if event.People != nil {
		got += ", here are " + strings.Join(event.People, " ")
	}
	if got != want {
		g.Fatalf("heard %q, want %q", got, want)
	}
}

func (g guest) send(kind websocket.MessageType, text string) {
	g.Helper()
	if err := g.conn.Write(context.Background(), kind, []byte(text)); err != nil {
		g.Fatal(err)
	}
}

func (g guest) says(text string) {
	g.Helper()
	data, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		g.Fatal(err)
	}
	g.send(websocket.MessageText, string(data))
}

// isShownOut reads up to the close.
func (g guest) isShownOut() websocket.CloseError {
	g.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), g.waits)
	defer cancel()
	for {
		_, _, err := g.conn.Read(ctx)
		if closed, ok := errors.AsType[websocket.CloseError](err); ok {
			return closed
		} else if err != nil {
			g.Fatalf("%v, want a close", err)
		}
	}
}

func (g guest) leaves() {
	g.Helper()
	if err := g.conn.Close(websocket.StatusNormalClosure, ""); err != nil {
		g.Error(err)
	}
}

func (h house) get(path string) (*http.Response, string) {
	h.Helper()
	response, err := h.client.Get(h.url + path)
	if err != nil {
		h.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.Fatal(err)
	}
	return response, string(body)
}

func TestRooms(t *testing.T) {
	h := open(t)
	ada := h.join("lobby", "ada")
	bob := h.join("lobby", "bob")
	eve := h.join("attic", "eve")
	ada.hears("bob joined, here are ada bob")
	if _, body := h.get("/rooms"); body != `[{"name":"attic","people":1},{"name":"lobby","people":2}]` {
		t.Errorf("the rooms are %s", body)
	}

	ada.says(" ")
	ada.says("  Grüße <b>&</b>  ")
	bob.hears("ada said Grüße <b>&</b>")
	bob.says("two")
	bob.hears("bob said two")
	ada.hears("ada said Grüße <b>&</b>")
	ada.hears("bob said two")
	bob.leaves()
	ada.hears("bob left, here are ada")

	second := h.join("lobby", "ada")
	ada.hears("ada joined, here are ada ada")
	second.conn.CloseNow() // vanishes
	ada.hears("ada left, here are ada")

	eve.says("alone")
	eve.hears("eve said alone") // and nothing of the lobby
	eve.leaves()
	ada.leaves()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if _, body := h.get("/rooms"); body == `[]` {
			break
		} else if time.Now().After(end) {
			t.Fatalf("the rooms are %s in the end", body)
		}
	}
}

func TestWhoMayNotEnter(t *testing.T) {
	h := open(t)
	for _, test := range []struct {
		room, name string
		want       string // part of the answer
	}{
		{"lobby", "", "must have at least 1 character"},
		{"lobby", strings.Repeat("x", 33), "must have at most 32 characters"},
		{"Lobby", "ada", "must be up to 32 small letters, digits and dashes"},
		{"-", "", `"errors":[{"in":"path","name":"room"`},
	} {
		_, response, err := h.dial(test.room, test.name)
		if err == nil || response == nil {
			t.Fatalf("%s is in %s: %v", test.name, test.room, err)
		}
		body, _ := io.ReadAll(response.Body)
		if response.StatusCode != 400 || !strings.Contains(string(body), test.want) {
			t.Errorf("%s in %s: %s %s, want %s", test.name, test.room, response.Status, body, test.want)
		}
	}
	if response, body := h.get("/rooms/lobby?name=ada"); response.StatusCode != 400 || !strings.Contains(body, "Connection does not name upgrade") {
		t.Errorf("without a WebSocket: %s %s", response.Status, body)
	}
}

func TestWhoIsShownOut(t *testing.T) {
	h := open(t)
	for want, send := range map[websocket.StatusCode]func(guest){
		websocket.StatusMessageTooBig:           func(g guest) { g.says(strings.Repeat("x", 4<<10)) },
		websocket.StatusInvalidFramePayloadData: func(g guest) { g.send(websocket.MessageText, "hello") },
		websocket.StatusUnsupportedData:         func(g guest) { g.send(websocket.MessageBinary, `{"text":"hello"}`) },
	} {
		g := h.join("lobby", "mallory")
		send(g)
		if closed := g.isShownOut(); closed.Code != want {
			t.Errorf("shown out with %v, want %v", closed, want)
		}
	}
}

// TestTheSlow has one take nothing while others talk.
func TestTheSlow(t *testing.T) {
	h := open(t)
	ada, slow := h.join("lobby", "ada"), h.join("lobby", "slow")
	ada.hears("slow joined, here are ada slow")
	text := strings.Repeat("x", 4000)
	for i := range 100_000 {
		ada.says(text)
		if event := ada.next(); event.Kind == "left" {
			if event.Name != "slow" || i < 64 {
				t.Errorf("after %d messages: %+v", i, event)
			}
			ada.hears("ada said " + text)
			break
		}
	}
	if closed := slow.isShownOut(); closed.Code != websocket.StatusPolicyViolation || closed.Reason != "too slow to follow the room" {
		t.Errorf("shown out with %v", closed)
	}
}

// TestTheSilent measures in the time of a bubble, on connections in memory.
func TestTheSilent(t *testing.T) {
	for _, silence := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			conns := make(chan net.Conn)
			server := &http.Server{Handler: chat.Routes(&chat.App{Rooms: chat.NewRooms(), Silence: silence})}
			served := make(chan error)
			go func() { served <- server.Serve(pipeListener{conns, &net.UnixAddr{}}) }()
			h := house{t, "http://chat.example", &http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					client, conn := net.Pipe()
					conns <- conn
					return client, nil
				},
			}}, 24 * time.Hour}
			want := silence
			if want == 0 {
				want = time.Minute
			}
			ada := h.join("lobby", "ada")
			time.AfterFunc(want/2, func() { ada.says("hello") })
			ada.hears("ada said hello")
			start := time.Now()
			closed := ada.isShownOut() // answering pings meanwhile
			if took := time.Since(start); took != want || closed.Code != websocket.StatusGoingAway || closed.Reason != "no message for too long" {
				t.Errorf("shown out after %v with %v, want %v", took, closed, want)
			}
			close(conns)
			<-served
			server.Close()
		})
	}
}

// A pipeListener hands out the connections of a channel.
type pipeListener struct {
	conns chan net.Conn
	addr  net.Addr
}

func (l pipeListener) Accept() (net.Conn, error) {
	if conn, ok := <-l.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (pipeListener) Close() error     { return nil }
func (l pipeListener) Addr() net.Addr { return l.addr }

// TestShutdown stops the server as a signal does.
func TestShutdown(t *testing.T) {
	checkLeaks(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	started, ended := make(chan net.Addr, 1), make(chan error, 1)
	go func() {
		ended <- serve.Run(ctx, chat.Routes(&chat.App{Rooms: chat.NewRooms()}), serve.Config{
			Addr: "127.0.0.1:0", Signals: []os.Signal{}, Logger: slog.New(slog.DiscardHandler), Started: func(addr net.Addr) { started <- addr },
		})
	}()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	h := house{t, "http://" + (<-started).String(), &http.Client{Transport: transport}, patience}
	guests := []guest{h.join("lobby", "ada"), h.join("attic", "bob")}
	stop()
	for _, g := range guests {
		if closed := g.isShownOut(); closed.Code != websocket.StatusGoingAway || closed.Reason != "the server is shutting down" {
			t.Errorf("shown out with %v", closed)
		}
	}
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the server ends with %v", err)
		}
	case <-time.After(patience):
		t.Error("the server does not end")
	}
}

// outside finds references to other servers.
var outside = regexp.MustCompile(`(https?:)?//[a-z0-9]|\burl\(|@import`)

func TestPage(t *testing.T) {
	h := open(t)
	for path, want := range map[string]string{"/": "text/html", "/index.html": "text/html", "/chat.js": "text/javascript", "/chat.css": "text/css"} {
		response, body := h.get(path)
		if response.StatusCode != 200 || response.Header.Get("Content-Type") != want+"; charset=utf-8" {
			t.Errorf("%s: %s %s", path, response.Status, response.Header.Get("Content-Type"))
		}
		if policy := response.Header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'self'") {
			t.Errorf("%s: the policy is %q", path, policy)
		}
		if found := outside.FindString(body); found != "" {
			t.Errorf("%s refers to %s…", path, found)
		}
	}
	if response, body := h.get("/page.go"); response.StatusCode != 404 {
		t.Errorf("%s %s", response.Status, body)
	}
	index, _ := h.get("/")
	request, err := http.NewRequestWithContext(t.Context(), "GET", h.url+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("If-None-Match", index.Header.Get("Etag"))
	response, err := h.client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 304 {
		t.Errorf("the page again: %s", response.Status)
	}
}

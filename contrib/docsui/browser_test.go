package docsui_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"
)

// patience is how long a browser may take for anything.
const patience = 2 * time.Minute

// A browser is a tab of a real one, driven by the DevTools protocol over pipes:
// https://chromedevtools.github.io/devtools-protocol
type browser struct {
	t       *testing.T
	in      io.Writer
	session string

	mu        sync.Mutex
	last      int
	answers   map[int]chan message
	requested []string // URLs
	errors    []string // of scripts, and what the policy forbids
}

// A message is a command, an answer or an event.
type message struct {
	ID      int             `json:"id,omitempty"`
	Session string          `json:"sessionId,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   json.RawMessage `json:"error,omitempty"`
}

// siteHost is the host of this machine for the browser. Swagger UI asks others
// less on one that is known to be local.
const siteHost = "docs.example.com"

// startBrowser starts a browser that resolves no other names, or skips the test
// where none is installed.
func startBrowser(t *testing.T) *browser {
	t.Helper()
	name := ""
	for _, candidate := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if found, err := exec.LookPath(candidate); err == nil {
			name = found
			break
		}
	}
	if name == "" {
		t.Skip("no browser: install chromium for this test")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--no-first-run", "--disable-background-networking", "--window-size=1280,1024",
		"--host-resolver-rules=MAP "+siteHost+" 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--user-data-dir="+userData(t), "--remote-debugging-pipe", "about:blank")
	theirIn, in := pipe(t)
	out, theirOut := pipe(t)
	cmd.ExtraFiles = []*os.File{theirIn, theirOut} // 3 and 4, as the protocol wants them
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = theirIn.Close()
	_ = theirOut.Close()
	b := &browser{t: t, in: in, answers: map[int]chan message{}}
	var reading sync.WaitGroup
	reading.Go(func() { b.read(out) })
	t.Cleanup(func() {
		b.closeBrowser(cmd)
		cancel()
		_ = in.Close()
		_ = out.Close()
		reading.Wait()
	})
	b.open()
	return b
}

// userData is a folder for the browser. It goes when the browser has gone, whose
// last process may write to it a moment longer.
func userData(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "docsui") //nolint:usetesting // t.TempDir fails the test if something is left there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if os.RemoveAll(dir) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
	})
	return dir
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return r, w
}

// closeBrowser asks the browser to end, and ends it if it does not.
func (b *browser) closeBrowser(cmd *exec.Cmd) {
	b.session = ""
	_, _ = b.send("Browser.close", nil)
	ended := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	ended.Stop()
}

// open opens the tab, and listens to it.
func (b *browser) open() {
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var session struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	b.session = session.SessionID
	for _, domain := range []string{"Network", "Log", "Runtime", "Page"} {
		b.call(domain+".enable", nil, nil)
	}
}

// read hands out what the browser says until it ends.
func (b *browser) read(out io.Reader) {
	for r := bufio.NewReader(out); ; {
		text, err := r.ReadBytes(0)
		if err != nil {
			b.mu.Lock()
			for _, answer := range b.answers {
				close(answer)
			}
			b.answers = nil
			b.mu.Unlock()
			return
		}
		var m message
		if err := json.Unmarshal(bytes.TrimSuffix(text, []byte{0}), &m); err != nil {
			b.t.Errorf("the browser says %q: %v", text, err)
			continue
		}
		b.hear(m)
	}
}

func (b *browser) hear(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var event struct {
		Request          struct{ URL string }
		Entry            struct{ Level, Text, URL string }
		ExceptionDetails json.RawMessage
	}
	switch _ = json.Unmarshal(m.Params, &event); m.Method {
	case "":
		if answer := b.answers[m.ID]; answer != nil {
			delete(b.answers, m.ID)
			answer <- m
		}
	case "Network.requestWillBeSent":
		b.requested = append(b.requested, event.Request.URL)
	case "Log.entryAdded":
		if event.Entry.Level == "error" {
			b.errors = append(b.errors, event.Entry.Text+" "+event.Entry.URL)
		}
	case "Runtime.exceptionThrown":
		b.errors = append(b.errors, string(event.ExceptionDetails))
	}
}

// send sends a command and waits for its answer.
func (b *browser) send(method string, params any) (json.RawMessage, error) {
	encoded, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	if params == nil {
		encoded = nil
	}
	answer := make(chan message, 1)
	b.mu.Lock()
	if b.answers == nil {
		b.mu.Unlock()
		return nil, fmt.Errorf("%s: the browser has ended", method)
	}
	b.last++
	id := b.last
	b.answers[id] = answer
	b.mu.Unlock()
	command, err := json.Marshal(message{ID: id, Session: b.session, Method: method, Params: encoded})
	if err != nil {
		return nil, err
	}
	if _, err := b.in.Write(append(command, 0)); err != nil {
		return nil, err
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: the browser has ended", method)
		case m.Error != nil:
			return nil, fmt.Errorf("%s: %s", method, m.Error)
		}
		return m.Result, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("%s: no answer", method)
	}
}

// call sends a command that succeeds.
func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	answer, err := b.send(method, params)
	if err == nil && result != nil {
		err = json.Unmarshal(answer, result)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

// visit opens a page, and forgets what has been before.
func (b *browser) visit(url string) {
	b.t.Helper()
	b.call("Page.navigate", map[string]any{"url": "about:blank"}, nil)
	b.mu.Lock()
	b.requested, b.errors = nil, nil
	b.mu.Unlock()
	b.call("Page.navigate", map[string]any{"url": url}, nil)
}

// value returns the value of an expression, as text.
func (b *browser) value(expression string) string {
	b.t.Helper()
	var evaluated struct {
		Result           struct{ Value any }
		ExceptionDetails json.RawMessage
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &evaluated)
	if evaluated.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, evaluated.ExceptionDetails)
	}
	return fmt.Sprint(evaluated.Result.Value)
}

// await waits until an expression is true.
func (b *browser) await(expression string) {
	b.t.Helper()
	for until := time.Now().Add(patience); b.value("!!("+expression+")") != "true"; {
		if time.Now().After(until) {
			b.t.Fatalf("%s stays false; requests %q, errors %q; the page is\n%s",
				expression, b.requests(), b.failures(), b.value("document.documentElement.outerHTML"))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// click waits for an element, and clicks on it.
func (b *browser) click(selector string) {
	b.t.Helper()
	b.await("document.querySelector('" + selector + "')")
	b.value("document.querySelector('" + selector + "').click()")
}

// requests returns the URLs of all requests of the page.
func (b *browser) requests() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.requested...)
}

// failures returns the errors of scripts, and what the policy forbids.
func (b *browser) failures() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.errors...)
}

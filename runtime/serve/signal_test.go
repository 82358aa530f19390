package serve_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/serve"
)

// play is main of the child processes, which get the signals. A request to
// /slow is answered when standard input ends. What happens is said in lines.
func play(role string) int {
	finish := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(finish)
	}()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Println("entered")
		<-finish
		io.WriteString(w, "done")
	})
	ctx := context.Background()
	config := serve.Config{
		Addr:         "127.0.0.1:0",
		DrainTimeout: -1,
		Started:      func(addr net.Addr) { fmt.Println("started", addr) },
		Logger:       slog.New(slog.NewTextHandler(os.Stdout, nil)),
	}
	switch role {
	case "ctx":
		var stop context.CancelFunc
		ctx, stop = signal.NotifyContext(ctx, syscall.SIGTERM)
		defer stop()
	case "none":
		config.Signals = []os.Signal{}
	case "prestop":
		config.PreStop = time.Hour
	case "systemd":
		config.Addr = "systemd:web"
		os.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid())) // systemd knows it in time
	}
	other := make(chan error, 1)
	if role == "two" {
		config, up := config, make(chan struct{})
		config.Started = func(net.Addr) { close(up) }
		go func() { other <- serve.Run(ctx, mux, config) }()
		<-up
	}
	err := serve.Run(ctx, mux, config)
	switch role {
	case "two":
		err = errors.Join(err, <-other)
	case "after": // a signal is what it was before
		self, _ := os.FindProcess(os.Getpid())
		_ = self.Signal(syscall.SIGTERM)
		<-ctx.Done()
	case "systemd": // its socket is gone, and the number may be that of another file
		file, _ := os.Open(os.DevNull)
		fmt.Println("again:", serve.Run(ctx, mux, config))
		_, err := file.Stat()
		fmt.Printf("another file has number %d: %v\n", file.Fd(), err)
	}
	fmt.Println("ended:", err)
	if err != nil {
		return 3
	}
	return 0
}

// A child is another process that serves.
type child struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
	addr  string
}

func startChild(t *testing.T, role string, set func(*exec.Cmd)) *child {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("there is no way to send a signal")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	c := &child{t: t, cmd: exec.CommandContext(ctx, os.Args[0])}
	c.cmd.Env = append(os.Environ(), "SERVE_TEST_ROLE="+role)
	c.cmd.Stderr = os.Stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if set != nil {
		set(c.cmd)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.cmd.Process.Kill()
		c.cmd.Wait()
	})
	c.stdin, c.lines = stdin, bufio.NewScanner(stdout)
	c.addr = strings.TrimPrefix(c.says("started "), "started ")
	return c
}

// says waits for a line that has some text.
func (c *child) says(text string) string {
	c.t.Helper()
	var said []string
	for c.lines.Scan() {
		if strings.Contains(c.lines.Text(), text) {
			return c.lines.Text()
		}
		said = append(said, c.lines.Text())
	}
	c.t.Fatalf("the child never said %q, but\n%s", text, strings.Join(said, "\n"))
	return ""
}

// ask sends the slow request and returns how it will be answered.
func (c *child) ask() <-chan string {
	c.t.Helper()
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + c.addr + "/slow")
		if err != nil {
			answer <- "no answer"
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	c.says("entered")
	return answer
}

func (c *child) signal(s os.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(s); err != nil {
		c.t.Fatal(err)
	}
}

// ends waits for the end of the child, and something that it says before.
func (c *child) ends(said string, code int) {
	c.t.Helper()
	if said != "" {
		c.says(said)
	}
	for c.lines.Scan() {
	}
	c.cmd.Wait()
	if got := c.cmd.ProcessState.ExitCode(); got != code {
		c.t.Errorf("the child exited with %d, want %d", got, code)
	}
}

// One signal drains, also if the context of the caller ends by the same one.
func TestSignal(t *testing.T) {
	for role, sent := range map[string]os.Signal{"term": syscall.SIGTERM, "int": os.Interrupt, "ctx": syscall.SIGTERM} {
		t.Run(role, func(t *testing.T) {
			c := startChild(t, role, nil)
			answer := c.ask()
			c.signal(sent)
			c.says("msg=draining")
			c.stdin.Close()
			if got := <-answer; got != "done" {
				t.Errorf("the request was answered with %q", got)
			}
			c.ends("ended: <nil>", 0)
		})
	}
}

// One signal ends all servers of a process.
func TestSignalForTwo(t *testing.T) {
	c := startChild(t, "two", nil)
	c.signal(syscall.SIGTERM)
	c.says("msg=drained")
	c.says("msg=drained")
	c.ends("ended: <nil>", 0)
}

// Without Signals, they are not the affair of Run at all.
func TestNoSignals(t *testing.T) {
	c := startChild(t, "none", nil)
	c.signal(syscall.SIGTERM)
	c.ends("", -1)
}

// When Run has returned, signals are no longer its affair.
func TestSignalAfterwards(t *testing.T) {
	c := startChild(t, "after", nil)
	c.signal(syscall.SIGTERM)
	c.ends("msg=drained", -1) // by the signal
}

// A second signal cuts at once, also while everything is still served.
func TestSecondSignal(t *testing.T) {
	for _, role := range []string{"term", "prestop"} {
		t.Run(role, func(t *testing.T) { testSecondSignal(t, role) })
	}
}

func testSecondSignal(t *testing.T, role string) {
	c := startChild(t, role, nil)
	answer := c.ask()
	c.signal(syscall.SIGTERM)
	if line := c.says("msg=draining"); !strings.Contains(line, `reason="signal: terminated"`) {
		t.Errorf("the child said %s", line)
	}
	c.signal(os.Interrupt)
	if line := c.says("msg=cut"); !strings.Contains(line, `reason="signal: interrupt"`) || !strings.Contains(line, "GET /slow") {
		t.Errorf("the child said %s", line)
	}
	c.ends("ended: serve: cut 1 request (GET /slow for ", 3)
	if got := <-answer; got != "no answer" {
		t.Errorf("the request was answered with %q", got)
	}
}

func TestSystemd(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	file, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	other, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	c := startChild(t, "systemd", func(cmd *exec.Cmd) {
		cmd.ExtraFiles = []*os.File{other, file}
		cmd.Env = append(cmd.Env, "LISTEN_FDS=2", "LISTEN_FDNAMES=other:web")
	})
	if c.addr != listener.Addr().String() {
		t.Errorf("listening on %s, want %s", c.addr, listener.Addr())
	}
	answer := c.ask()
	c.signal(syscall.SIGTERM)
	c.stdin.Close()
	if got := <-answer; got != "done" {
		t.Errorf("the request was answered with %q", got)
	}
	c.says("again: serve: socket 1 of systemd has been served already")
	c.says("another file has number 4: <nil>")
	c.ends("ended: <nil>", 0)
}

package apitest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// command is the program, which TestCommand builds.
var command string

func build(t *testing.T) {
	t.Helper()
	command = filepath.Join(t.TempDir(), "realworld")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-o", command, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
}

// A process is the program while it serves.
type process struct {
	*client
	address string
	cmd     *exec.Cmd
	logged  chan string // all of standard error, when it has ended
}

var listening = regexp.MustCompile(`127\.0\.0\.1:[1-9]\d*`)

// run starts the program on a free port, and returns when it listens.
func run(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(command, append([]string{"--addr", "127.0.0.1:0"}, args...)...), logged: make(chan string, 1)}
	p.cmd.Dir = t.TempDir()
	output, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	lines := bufio.NewReader(output)
	var log strings.Builder
	for p.address == "" {
		line, err := lines.ReadString('\n')
		log.WriteString(line)
		if err != nil {
			t.Fatalf("it ended before it listened:\n%s", log.String())
		}
		p.address = listening.FindString(line)
	}
	go func() {
		io.Copy(&log, lines)
		p.logged <- log.String()
	}()
	p.client = connect(t, "http://"+p.address, &http.Transport{})
	t.Cleanup(p.http.CloseIdleConnections)
	return p
}

// end sends SIGTERM, wants it to end well, and returns what it logged.
func (p *process) end() string {
	p.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.Fatal(err)
	}
	return p.wait()
}

func (p *process) wait() string {
	p.Helper()
	select {
	case log := <-p.logged:
		if err := p.cmd.Wait(); err != nil {
			p.Fatalf("%v\n%s", err, log)
		}
		return log
	case <-time.After(time.Minute):
		p.Fatal("it did not end")
		return ""
	}
}

func TestCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	build(t)

	t.Run("a file keeps everything when the program starts again", func(t *testing.T) {
		proved.Add(1)
		file := filepath.Join(t.TempDir(), "data.db")
		first := run(t, "--db", file)
		ann := first.register("ann")
		slug := ann.publish("Title", "tag")
		ann.comment(slug, "First")
		ann.post("/articles/"+slug+"/favorite", "").is(200)
		before := first.get("/articles/" + slug).is(200)
		first.http.CloseIdleConnections()
		first.end()
		for _, name := range []string{file, file + "-wal"} { // passwords are stored hashed
			if content, _ := os.ReadFile(name); strings.Contains(string(content), password) {
				t.Errorf("%s has the password of ann", name)
			}
		}

		second := run(t, "--db", file)
		second.get("/articles/"+slug).is(200, string(before.body))
		second.get("/articles/"+slug+"/comments").is(200, `{"comments": [{"body": "First", "...": 0}]}`)
		token := second.post("/users/login", credentials("ann@conduit.test", password)).is(200).text("user.token")
		second.with(token, "ann").get("/articles?favorited=ann").is(200, `{"articlesCount": 1, "articles": [{"favorited": true, "...": 0}]}`)
		second.post("/users", newUser("ann", "ann@conduit.test", password)).is(409)
		second.register("ben")
		second.http.CloseIdleConnections()
		second.end()
	})

	t.Run("tokens outlive the program if it is told the secret", func(t *testing.T) {
		proved.Add(1)
		t.Setenv("CONDUIT_SECRET", goodSecret)
		file := filepath.Join(t.TempDir(), "data.db")
		first := run(t, "--db", file)
		token := first.register("ann").token
		first.http.CloseIdleConnections()
		first.end()
		second := run(t, "--db", file)
		second.with(token, "ann").get("/user").is(200, user("ann")) // signed by the other
		second.http.CloseIdleConnections()
		second.end()
	})

	t.Run("memory forgets, and no file is left", func(t *testing.T) {
		proved.Add(1)
		for range 2 {
			p := run(t, "--db", ":memory:")
			p.register("ann").publish("Title")
			p.get("/articles").is(200, `{"articlesCount": 1, "...": 0}`)
			p.http.CloseIdleConnections()
			p.end()
			if files, err := os.ReadDir(p.cmd.Dir); err != nil || len(files) > 0 {
				t.Errorf("files: %v, %v", files, err)
			}
		}
	})

	t.Run("without flags it is a file in the working directory", func(t *testing.T) {
		proved.Add(1)
		p := run(t)
		p.register("ann")
		p.http.CloseIdleConnections()
		p.end()
		if _, err := os.Stat(filepath.Join(p.cmd.Dir, "conduit.db")); err != nil {
			t.Error(err)
		}
	})

	t.Run("a request that has begun is answered while the program ends", func(t *testing.T) {
		proved.Add(1)
		file := filepath.Join(t.TempDir(), "data.db")
		p := run(t, "--db", file)
		ann := p.register("ann")
		conn, err := net.Dial("tcp", p.address)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		body := newArticle("Late")
		fmt.Fprintf(conn, "POST /api/articles HTTP/1.1\r\nHost: %s\r\nAuthorization: Token %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n",
			p.address, ann.token, len(body))
		reader := bufio.NewReader(conn)
		if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%q, %v", line, err) // the handler is reading
		}
		reader.ReadString('\n')
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		p.http.CloseIdleConnections()
		refused(t, p.address)
		fmt.Fprint(conn, body)
		response, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != 201 {
			t.Errorf("status is %s", response.Status)
		}
		p.wait()
		again := run(t, "--db", file)
		again.get("/articles").is(200, `{"articles": [{"title": "Late", "...": 0}], "articlesCount": 1}`)
		again.http.CloseIdleConnections()
		again.end()
	})

	t.Run("what cannot be is said, with status 1 or 2", func(t *testing.T) {
		proved.Add(1)
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		garbage := filepath.Join(t.TempDir(), "garbage.db")
		if err := os.WriteFile(garbage, []byte(strings.Repeat("this is no database\n", 1000)), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			args   []string
			secret string
			want   string // in what is said
		}{
			"address in use":       {[]string{"--db", ":memory:", "--addr", taken.Addr().String()}, goodSecret, taken.Addr().String()},
			"no address":           {[]string{"--db", ":memory:", "--addr", "nonsense"}, goodSecret, "nonsense"},
			"no such folder":       {[]string{"--addr", "127.0.0.1:0", "--db", "none/data.db"}, goodSecret, "open none/data.db: unable to open"},
			"a folder":             {[]string{"--addr", "127.0.0.1:0", "--db", t.TempDir()}, goodSecret, "unable to open"},
			"no database":          {[]string{"--addr", "127.0.0.1:0", "--db", garbage}, goodSecret, "garbage.db: file is not a database"},
			"no name":              {[]string{"--addr", "127.0.0.1:0", "--db", ""}, goodSecret, "is empty"},
			"a short secret":       {[]string{"--addr", "127.0.0.1:0", "--db", ":memory:"}, "short", "$CONDUIT_SECRET has 5 bytes"},
			"an unknown flag":      {[]string{"--nonsense"}, goodSecret, "nonsense"},
			"arguments, not flags": {[]string{"--addr", "127.0.0.1:0", "--db", ":memory:", "serve"}, goodSecret, "serve"},
		} {
			t.Run(name, func(t *testing.T) {
				proved.Add(1)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				cmd := exec.CommandContext(ctx, command, c.args...)
				cmd.Dir = t.TempDir()
				cmd.Env = append(os.Environ(), "CONDUIT_SECRET="+c.secret)
				output, err := cmd.CombinedOutput()
				text, code := string(output), cmd.ProcessState.ExitCode()
				if err == nil || code < 1 || code > 2 || !strings.Contains(text, c.want) || strings.Contains(text, "goroutine ") || strings.Contains(text, "SELECT") {
					t.Errorf("exit %d, %v:\n%s", code, err, text)
				}
			})
		}
	})
}

const goodSecret = "a secret of more than thirty-two bytes"

// refused returns when nobody listens any more.
func refused(t *testing.T, address string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		conn.Close()
	}
	t.Fatal("it still listens")
}

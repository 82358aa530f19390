package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/handlergen/handlergen/examples/realworld/byhand/internal/fixture"
)

// A server is a process that serves one application.
type server struct {
	which   string
	address string
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// start starts this program once more, to serve.
func start(which string, data fixture.Data) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &server{which: which, cmd: exec.Command(self, "-serve", which)}
	s.cmd.Stderr = os.Stderr
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	if err := json.NewEncoder(s.in).Encode(data); err != nil {
		return nil, err
	}
	line, err := s.out.ReadString('\n')
	s.address = strings.TrimSpace(line)
	return s, err
}

// stop ends the process.
func (s *server) stop() error { return errors.Join(s.in.Close(), s.cmd.Wait()) }

// cpu asks how much time the process has spent.
func (s *server) cpu() (time.Duration, error) {
	if _, err := fmt.Fprintln(s.in); err != nil {
		return 0, err
	}
	var nanoseconds int64
	_, err := fmt.Fscanln(s.out, &nanoseconds)
	return time.Duration(nanoseconds), err
}

// serve is what such a process does: it is told the data, says its address, and
// then, for each line, how much time it has spent, until there are no more.
func serve(ctx context.Context, which string, in io.Reader, out io.Writer) (err error) {
	// Each request is logged, as it would be, but to nowhere.
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	lines := bufio.NewReader(in)
	line, err := lines.ReadBytes('\n')
	if err != nil {
		return err
	}
	var data fixture.Data
	if err := json.Unmarshal(line, &data); err != nil {
		return err
	}
	h, closeStore, err := data.Open(ctx, which)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeStore()) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := http.Server{Handler: h}
	go server.Serve(listener) //nolint:errcheck // until the end of the process
	fmt.Fprintln(out, listener.Addr())
	for {
		if _, err := lines.ReadString('\n'); err != nil {
			return nil // told to stop
		}
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			return err
		}
		fmt.Fprintln(out, usage.Utime.Nano()+usage.Stime.Nano())
	}
}

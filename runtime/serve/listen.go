package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// secrets returns the configuration of TLS, or nil without.
func (c Config) secrets() (*tls.Config, error) {
	if c.TLS == nil && c.CertFile == "" && c.KeyFile == "" {
		return nil, nil
	}
	secrets := c.TLS.Clone()
	if secrets == nil {
		secrets = new(tls.Config)
	}
	if (c.CertFile == "") != (c.KeyFile == "") {
		return nil, errors.New("serve: only one of CertFile and KeyFile is set")
	}
	if c.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("serve: certificate: %w", err)
		}
		secrets.Certificates = append(secrets.Certificates, certificate)
	}
	if len(secrets.Certificates) == 0 && secrets.GetCertificate == nil && secrets.GetConfigForClient == nil {
		return nil, errors.New("serve: TLS without a certificate: set CertFile and KeyFile")
	}
	return secrets, nil
}

// listen opens the socket that the configuration names.
func (c Config) listen(ctx context.Context) (net.Listener, error) {
	kind, name, _ := strings.Cut(c.Addr, ":")
	var listener net.Listener
	var err error
	switch {
	case c.Listener != nil && c.Addr != "":
		return nil, errors.New("serve: both Addr and Listener are set")
	case c.Listener != nil:
		return c.Listener, nil
	case kind == "unix":
		listener, err = listenUnix(ctx, name, c.SocketMode)
	case kind == "systemd":
		listener, err = passed(name)
	default:
		listener, err = listenAt(ctx, "tcp", c.Addr)
	}
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	return listener, nil
}

// listenAt listens even if ctx has ended: then the server ends cleanly.
func listenAt(ctx context.Context, network, address string) (net.Listener, error) {
	var config net.ListenConfig
	return config.Listen(context.WithoutCancel(ctx), network, address)
}

// listenUnix listens on a Unix socket.
func listenUnix(ctx context.Context, path string, mode fs.FileMode) (net.Listener, error) {
	listener, err := listenAt(ctx, "unix", path)
	if errors.Is(err, syscall.EADDRINUSE) && removeStale(ctx, path) {
		listener, err = listenAt(ctx, "unix", path)
	}
	if err != nil || strings.HasPrefix(path, "@") {
		return listener, err
	}
	socket := &socketFile{UnixListener: listener.(*net.UnixListener), path: path}
	socket.SetUnlinkOnClose(false)
	if mode != 0 {
		err = os.Chmod(path, mode)
	}
	if err == nil {
		socket.file, err = os.Lstat(path)
	}
	if err != nil {
		_ = socket.Close()
		return nil, err
	}
	return socket, nil
}

// removeStale removes the file of a socket that nobody listens on, and reports
// whether it did.
func removeStale(ctx context.Context, path string) bool {
	before, err := os.Lstat(path)
	if err != nil || before.Mode().Type() != fs.ModeSocket {
		return false
	}
	var dialer net.Dialer
	nc, err := dialer.DialContext(context.WithoutCancel(ctx), "unix", path)
	if err == nil {
		_ = nc.Close()
		return false
	}
	return errors.Is(err, syscall.ECONNREFUSED) && removeSame(path, before)
}

// removeSame removes a file unless there is another one in its place.
func removeSame(path string, file fs.FileInfo) bool {
	now, err := os.Lstat(path)
	return err == nil && os.SameFile(file, now) && os.Remove(path) == nil
}

// A socketFile removes its file when it is closed, but not that of another
// server that has taken the path since.
type socketFile struct {
	*net.UnixListener
	path string
	file fs.FileInfo
	once sync.Once
}

func (l *socketFile) Close() error {
	l.once.Do(func() {
		if l.file != nil {
			removeSame(l.path, l.file)
		}
	})
	return l.UnixListener.Close()
}

// firstPassed is the first file that systemd passes: see sd_listen_fds(3).
const firstPassed = 3

// served has the number of each socket of systemd that has been served: its
// file is closed, and another one may have the number of that now.
var served sync.Map

// passed returns the socket with a name, or the only one, that systemd opened
// for this process.
func passed(name string) (net.Listener, error) {
	count, _ := strconv.Atoi(os.Getenv("LISTEN_FDS"))
	if pid, _ := strconv.Atoi(os.Getenv("LISTEN_PID")); pid != os.Getpid() || count < 1 {
		return nil, errors.New("systemd has not passed a socket to this process")
	}
	names := strings.Split(os.Getenv("LISTEN_FDNAMES"), ":")
	found := -1
	for i := range count {
		if name != "" && (i >= len(names) || names[i] != name) {
			continue
		}
		if found >= 0 {
			return nil, fmt.Errorf("systemd has passed several sockets, named %s: choose one", strings.Join(names, ", "))
		}
		found = i
	}
	if found < 0 {
		return nil, fmt.Errorf("systemd has passed no socket named %s, but %s", name, strings.Join(names, ", "))
	}
	if _, again := served.LoadOrStore(found, true); again {
		return nil, fmt.Errorf("socket %d of systemd has been served already", found)
	}
	file := os.NewFile(uintptr(firstPassed+found), "systemd:"+name)
	listener, err := net.FileListener(file) // has a copy
	_ = file.Close()
	if err != nil {
		return nil, fmt.Errorf("socket %d of systemd: %w", found, err)
	}
	return listener, nil
}

// A limitedListener accepts only as many connections as there are slots. Who
// forgets a connection frees its slot.
type limitedListener struct {
	net.Listener
	slots  chan struct{}
	once   sync.Once
	closed chan struct{}
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	nc, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
	}
	return nc, err
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return l.Listener.Close()
}

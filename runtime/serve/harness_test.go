package serve_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/leak"
	"github.com/handlergen/handlergen/runtime/serve"
)

// patience is for what happens at once, on a machine that is busy.
const patience = leak.Patience

func TestMain(m *testing.M) {
	if role := os.Getenv("SERVE_TEST_ROLE"); role != "" {
		os.Exit(play(role))
	}
	// The goroutine that os/signal starts once is no leak.
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt)
	signal.Stop(signals)
	os.Exit(m.Run())
}

// A running server is one call of Run.
type running struct {
	t      *testing.T
	addr   net.Addr
	stop   context.CancelFunc
	logs   *logs
	client *http.Client
	ended  chan error
}

// start serves a handler until stop is called, or the test ends. The address is
// a free port of the loopback unless config says something else.
func start(t *testing.T, handler http.Handler, config serve.Config) *running {
	t.Helper()
	if config.Addr == "" && config.Listener == nil {
		config.Addr = "127.0.0.1:0"
	}
	s := &running{t: t, logs: new(logs), ended: make(chan error, 1)}
	config.Logger = s.logs.logger()
	started := make(chan net.Addr, 1)
	config.Started = func(addr net.Addr) { started <- addr }
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.WithValue(t.Context(), testKey{}, t.Name()))
	leak.Check(t)
	go func() { s.ended <- serve.Run(ctx, handler, config) }()
	select {
	case s.addr = <-started:
	case err := <-s.ended:
		t.Fatalf("Run = %v", err)
	}
	transport := &http.Transport{}
	s.client = &http.Client{Transport: transport}
	t.Cleanup(func() {
		s.stop()
		s.wait()
		transport.CloseIdleConnections()
	})
	return s
}

// testKey is a value of the context that Run gets.
type testKey struct{}

// wait returns what Run returns.
func (s *running) wait() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		s.ended <- err
		return err
	case <-time.After(patience):
		buf := make([]byte, 1<<20)
		s.t.Fatalf("Run does not return\n%s", buf[:runtime.Stack(buf, true)])
		return nil
	}
}

func (s *running) url(path string) string { return "http://" + s.addr.String() + path }

// get asks for a path and returns the answer and its body.
func (s *running) get(path string) (*http.Response, string) {
	s.t.Helper()
	resp, err := s.client.Get(s.url(path))
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(body)
}

// dial opens a connection to the server and writes to it.
func (s *running) dial(text string) net.Conn {
	s.t.Helper()
	nc, err := net.Dial(s.addr.Network(), s.addr.String())
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(patience))
	io.WriteString(nc, text)
	return nc
}

// logs keeps what is logged.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// wants fails unless one line of the log has all of the parts.
func (l *logs) wants(t *testing.T, parts ...string) {
	t.Helper()
	for line := range strings.Lines(l.String()) {
		found := 0
		for _, part := range parts {
			if strings.Contains(line, part) {
				found++
			}
		}
		if found == len(parts) {
			return
		}
	}
	t.Errorf("no line of the log has all of %q:\n%s", parts, l)
}

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// certify writes a certificate for the loopback and its key to files, and
// returns their names and the configuration of a client that trusts it.
func certify(t *testing.T) (certFile, keyFile string, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:     []string{"localhost"},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: certificate},
		keyFile:  {Type: "PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	roots := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(parsed)
	return certFile, keyFile, &tls.Config{RootCAs: roots, ServerName: "localhost"}
}

// A pipe is a network in memory, for tests in a bubble of package synctest.
type pipe struct {
	conns    chan net.Conn
	failures chan error
	once     sync.Once
	closed   chan struct{}
	wrap     func(net.Conn) net.Conn // the server's ends
	late     net.Conn                // accepted a second after Close
}

func newPipe() *pipe {
	return &pipe{
		conns:    make(chan net.Conn),
		failures: make(chan error),
		closed:   make(chan struct{}),
		wrap:     func(nc net.Conn) net.Conn { return nc },
	}
}

func (p *pipe) Accept() (net.Conn, error) {
	select {
	case nc := <-p.conns:
		return nc, nil
	case err := <-p.failures:
		return nil, &net.OpError{Op: "accept", Err: err}
	case <-p.closed:
		if late := p.late; late != nil {
			p.late = nil
			time.Sleep(time.Second)
			return late, nil
		}
		return nil, net.ErrClosed
	}
}

func (p *pipe) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipe) Addr() net.Addr { return pipeAddr{} }

func (p *pipe) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.conns <- p.wrap(server):
		return client, nil
	case <-p.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "pipe" }

// logger returns a logger that writes to l.
func (l *logs) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

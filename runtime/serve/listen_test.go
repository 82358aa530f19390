package serve_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/serve"
)

// refused runs a configuration that cannot work and returns why.
func refused(t *testing.T, config serve.Config) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	config.Logger = new(logs).logger()
	err := serve.Run(ctx, http.HandlerFunc(hello), config)
	if err == nil || !strings.HasPrefix(err.Error(), "serve: ") {
		t.Fatalf("Run = %v, want an error of serve", err)
	}
	return err
}

func TestPortInUse(t *testing.T) {
	s := start(t, http.HandlerFunc(hello), serve.Config{})
	if err := refused(t, serve.Config{Addr: s.addr.String()}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Run = %v, want %v", err, syscall.EADDRINUSE)
	}
}

func TestBadConfig(t *testing.T) {
	certFile, keyFile, _ := certify(t)
	for name, c := range map[string]struct {
		config serve.Config
		want   string
	}{
		"no port":      {serve.Config{Addr: "localhost"}, "missing port in address"},
		"two places":   {serve.Config{Addr: ":0", Listener: newPipe()}, "both Addr and Listener are set"},
		"no key":       {serve.Config{Addr: "127.0.0.1:0", CertFile: certFile}, "only one of CertFile and KeyFile is set"},
		"no cert":      {serve.Config{Addr: "127.0.0.1:0", KeyFile: keyFile}, "only one of CertFile and KeyFile is set"},
		"no such key":  {serve.Config{Addr: "127.0.0.1:0", CertFile: certFile, KeyFile: keyFile + "x"}, "certificate: open " + keyFile + "x"},
		"mixed up":     {serve.Config{Addr: "127.0.0.1:0", CertFile: keyFile, KeyFile: certFile}, "certificate: tls: "},
		"empty TLS":    {serve.Config{Addr: "127.0.0.1:0", TLS: new(tls.Config)}, "TLS without a certificate"},
		"no directory": {serve.Config{Addr: "unix:" + t.TempDir() + "/x/y.sock"}, "no such file or directory"},
		"no systemd":   {serve.Config{Addr: "systemd"}, "systemd has not passed a socket"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := refused(t, c.config); !strings.Contains(err.Error(), c.want) {
				t.Errorf("Run = %v, want %q", err, c.want)
			}
		})
	}
}

// overUnix is a client that speaks to a socket.
func (s *running) overUnix() *http.Client {
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", s.addr.String())
	}}
	s.t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// greets fails unless a client gets a greeting.
func greets(t *testing.T, client *http.Client, url string) *http.Response {
	t.Helper()
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, err := io.ReadAll(resp.Body); string(body) != "hello /" || err != nil {
		t.Errorf("got %q, %v", body, err)
	}
	return resp
}

func TestUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sock")
	config := serve.Config{Addr: "unix:" + path, SocketMode: 0o600}
	s := start(t, http.HandlerFunc(hello), config)
	greets(t, s.overUnix(), "http://socket/")
	if info, err := os.Stat(path); err != nil || info.Mode() != fs.ModeSocket|0o600 {
		t.Errorf("the file: %v, %v; want mode 600", info.Mode(), err)
	}
	if err := refused(t, config); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second server: %v, want %v", err, syscall.EADDRINUSE)
	}
	greets(t, s.overUnix(), "http://socket/")
	s.logs.wants(t, "msg=listening", "url=unix:"+path)
	s.stop()
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is left: %v", err)
	}
}

// leaveSocket leaves the file of a socket, as a server that was killed does.
func leaveSocket(t *testing.T, path string) {
	t.Helper()
	left, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	left.Close()
}

func TestStaleSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sock")
	leaveSocket(t, path)
	s := start(t, http.HandlerFunc(hello), serve.Config{Addr: "unix:" + path})
	greets(t, s.overUnix(), "http://socket/")
}

func TestSocketFilesOfOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "app.sock")
	if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := refused(t, serve.Config{Addr: "unix:" + path}); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("Run = %v, want %v", err, syscall.EADDRINUSE)
	}
	if text, err := os.ReadFile(path); string(text) != "precious" {
		t.Fatalf("the file is now %q, %v", text, err)
	}

	// A successor that has taken the path keeps its file.
	os.Remove(path)
	s := start(t, http.HandlerFunc(hello), serve.Config{Addr: "unix:" + path})
	os.Remove(path)
	leaveSocket(t, path)
	s.stop()
	if err := s.wait(); err != nil {
		t.Errorf("Run = %v", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Errorf("the file of the successor: %v", err)
	}
}

func TestAbstractSocket(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has sockets without a file")
	}
	name := "@serve-test-" + strconv.Itoa(os.Getpid())
	s := start(t, http.HandlerFunc(hello), serve.Config{Addr: "unix:" + name, SocketMode: 0o600})
	greets(t, s.overUnix(), "http://socket/")
}

func TestTLS(t *testing.T) {
	certFile, keyFile, trusting := certify(t)
	for _, two := range []bool{true, false} {
		t.Run("HTTP/2="+strconv.FormatBool(two), func(t *testing.T) {
			s := start(t, http.HandlerFunc(hello), serve.Config{CertFile: certFile, KeyFile: keyFile})
			url := "https://" + s.addr.String()
			transport := &http.Transport{TLSClientConfig: trusting.Clone(), ForceAttemptHTTP2: two}
			defer transport.CloseIdleConnections()
			resp := greets(t, &http.Client{Transport: transport}, url+"/")
			if want := map[bool]int{true: 2, false: 1}[two]; resp.ProtoMajor != want {
				t.Errorf("spoke %s, want HTTP/%d", resp.Proto, want)
			}
			s.logs.wants(t, "msg=listening", "url="+url)

			s.dial("this is no handshake\n").Read(make([]byte, 100))
			eventually(t, "a log line", func() bool { return strings.Contains(s.logs.String(), "TLS handshake error") })
			s.logs.wants(t, "level=DEBUG", "TLS handshake error")
		})
	}
}

// A configuration of TLS is used and not changed.
func TestTLSConfig(t *testing.T) {
	certFile, keyFile, trusting := certify(t)
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil },
		MinVersion:     tls.VersionTLS13,
	}
	s := start(t, http.HandlerFunc(hello), serve.Config{TLS: config})
	transport := &http.Transport{TLSClientConfig: trusting}
	defer transport.CloseIdleConnections()
	resp := greets(t, &http.Client{Transport: transport}, "https://"+s.addr.String()+"/")
	if resp.TLS.Version != tls.VersionTLS13 {
		t.Errorf("spoke TLS %x", resp.TLS.Version)
	}
	if config.NextProtos != nil || config.Certificates != nil {
		t.Errorf("the configuration was changed: %v", config)
	}
}

func TestH2C(t *testing.T) {
	for _, two := range []bool{true, false} {
		s := start(t, http.HandlerFunc(hello), serve.Config{H2C: true})
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(two)
		transport.Protocols.SetHTTP1(!two)
		defer transport.CloseIdleConnections()
		resp := greets(t, &http.Client{Transport: transport}, s.url("/"))
		if want := map[bool]int{true: 2, false: 1}[two]; resp.ProtoMajor != want {
			t.Errorf("spoke %s, want HTTP/%d", resp.Proto, want)
		}
		s.stop()
		if err := s.wait(); err != nil {
			t.Errorf("Run = %v", err)
		}
	}
}

// serveHTTP2 serves by HTTP/2 in both ways, and gives a function that asks.
func serveHTTP2(t *testing.T, handler http.Handler, drain time.Duration, test func(*testing.T, *running, func(string) io.Reader)) {
	certFile, keyFile, trusting := certify(t)
	for _, secure := range []bool{true, false} {
		t.Run("TLS="+strconv.FormatBool(secure), func(t *testing.T) {
			config, scheme := serve.Config{H2C: true, DrainTimeout: drain}, "http://"
			if secure {
				config.CertFile, config.KeyFile, scheme = certFile, keyFile, "https://"
			}
			s := start(t, handler, config)
			transport := &http.Transport{Protocols: new(http.Protocols), TLSClientConfig: trusting.Clone()}
			transport.Protocols.SetHTTP2(true)
			transport.Protocols.SetUnencryptedHTTP2(true)
			defer transport.CloseIdleConnections()
			client := &http.Client{Transport: transport}
			test(t, s, func(path string) io.Reader {
				resp, err := client.Get(scheme + s.addr.String() + path)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { resp.Body.Close() })
				if resp.ProtoMajor != 2 {
					t.Fatalf("spoke %s", resp.Proto)
				}
				return resp.Body
			})
		})
	}
}

// By HTTP/2, streams end themselves as well, and requests finish.
func TestDrainHTTP2(t *testing.T) {
	finish := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-drain.Done(r.Context())
		io.WriteString(w, "last")
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, _ *http.Request) {
		http.NewResponseController(w).Flush()
		<-finish
		io.WriteString(w, "done")
	})
	serveHTTP2(t, mux, patience, func(t *testing.T, s *running, get func(string) io.Reader) {
		stream, slow := get("/stream"), get("/slow")
		s.stop()
		if body, err := io.ReadAll(stream); string(body) != "last" || err != nil {
			t.Errorf("the stream ended with %q, %v", body, err)
		}
		finish <- struct{}{}
		if body, err := io.ReadAll(slow); string(body) != "done" || err != nil {
			t.Errorf("the request was answered with %q, %v", body, err)
		}
		if err := s.wait(); err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
		s.logs.wants(t, "msg=draining", "requests=2", "connections=1")
	})
}

func TestCutHTTP2(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}
	serveHTTP2(t, http.HandlerFunc(endless), time.Millisecond, func(t *testing.T, s *running, get func(string) io.Reader) {
		one, two := get("/one"), get("/two")
		s.stop()
		var cut *serve.CutError
		if err := s.wait(); !errors.As(err, &cut) || len(cut.Requests) != 2 {
			t.Errorf("Run = %v, want both requests cut", err)
		}
		for _, body := range []io.Reader{one, two} {
			if _, err := io.ReadAll(body); err == nil {
				t.Error("the answer that was cut looks whole")
			}
		}
	})
}

func TestSystemdNames(t *testing.T) {
	t.Setenv("LISTEN_PID", strconv.Itoa(os.Getpid()))
	t.Setenv("LISTEN_FDS", "2")
	t.Setenv("LISTEN_FDNAMES", "web:metrics")
	for addr, want := range map[string]string{
		"systemd":       "several sockets, named web, metrics: choose one",
		"systemd:admin": "no socket named admin, but web, metrics",
	} {
		if err := refused(t, serve.Config{Addr: addr}); !strings.Contains(err.Error(), want) {
			t.Errorf("%s: Run = %v, want %q", addr, err, want)
		}
	}
	t.Setenv("LISTEN_PID", "1")
	if err := refused(t, serve.Config{Addr: "systemd:web"}); !strings.Contains(err.Error(), "not passed a socket to this process") {
		t.Errorf("sockets of another process: Run = %v", err)
	}
}

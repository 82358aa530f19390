// Package serve runs a handler as a server that can be stopped: one call that
// listens, serves with sane timeouts, and on SIGTERM drains.
//
//	func main() {
//		if err := serve.Run(context.Background(), hello.Routes(), serve.Config{}); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// Any [http.Handler] will do, and what [http.ListenAndServe] does goes on
// working: this package is for those who would write the same thirty lines
// around [http.Server] again.
//
// # Timeouts
//
// A client has ten seconds to send the head of a request, and a connection
// without requests is closed after two minutes. There is no limit for reading
// a body or writing an answer, because both may be streams: a limit per
// request is the timeout of its route, or middleware.
//
// # The end
//
// SIGINT, SIGTERM, or the end of the context begin it:
//
//  1. [Ready] says no, and answers ask clients to close their connections, but
//     everything is served for another [Config.PreStop].
//  2. No more connections are accepted. Those without a request are closed;
//     requests learn from package drain that the server ends, on which event
//     streams, WebSockets and long polls end themselves.
//  3. Requests, connections that were taken over (hijacked) by a handler that
//     is still running, and everything that holds by package drain have
//     [Config.DrainTimeout] to end.
//  4. What has not is cut: contexts of requests end with the cause
//     [drain.ErrCut], and connections are closed, so that no client takes half
//     an answer for a whole one.
//
// A second signal cuts at once. [Run] returns nil when nothing had to be cut,
// else a [CutError] that says what; it does not exit, and several may run in
// one process, each of which ends by the same signal.
//
// The context of a request has the values of the context of Run, but does not
// end with it.
//
// # Where to listen
//
// See [Config.Addr] for TCP, Unix sockets and sockets that systemd opened.
// With a certificate the server speaks TLS, and HTTP/2.
//
// # What is logged
//
// Listening, draining, drained and cut are told to [Config.Logger], so is what
// [http.Server] has to say: panics of handlers as errors, failed handshakes for
// debugging only, the rest as warnings. Requests are logged by middleware.
package serve

import (
	"context"
	"crypto/tls"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"
)

// What the zero values of a [Config] mean.
const (
	DefaultAddr              = "127.0.0.1:3000"
	DefaultReadHeaderTimeout = 10 * time.Second
	DefaultIdleTimeout       = 2 * time.Minute

	// DefaultDrainTimeout is below the ten seconds after which Docker kills.
	DefaultDrainTimeout = 8 * time.Second
)

// A Config says how to serve. The zero value serves on [DefaultAddr], which
// only this machine can reach, with the timeouts above.
type Config struct {
	// Addr is where to listen:
	//
	//	"127.0.0.1:3000", ":80", "[::1]:0"   TCP; port 0 is any free one
	//	"unix:/run/app.sock"                 a Unix socket; a leftover file on
	//	                                     which nobody listens is replaced,
	//	                                     and the end removes the file
	//	"unix:@app"                          without a file, on Linux
	//	"systemd", "systemd:web"             the one socket that systemd
	//	                                     passed, or the one of that name
	//	                                     (FileDescriptorName=); a process
	//	                                     can serve each once
	//
	// Empty means [DefaultAddr].
	Addr string

	// Listener is served instead of listening on Addr, which is then to be
	// empty. The end closes it.
	Listener net.Listener

	// SocketMode is the mode of the file of a Unix socket, such as 0o660. Who
	// may not write to it may not connect. Zero leaves it to the umask.
	SocketMode fs.FileMode

	// Started is called before the first connection is accepted, with the
	// address that is listened on. From then on, clients can connect.
	Started func(net.Addr)

	// CertFile and KeyFile are PEM files for TLS: the certificate, followed by
	// those that lead to the root, and its key. They are read once.
	CertFile, KeyFile string

	// TLS makes the server speak TLS, with CertFile and KeyFile or with
	// certificates of its own (GetCertificate, for those that change). It is
	// not modified.
	TLS *tls.Config

	// H2C accepts HTTP/2 without TLS as well, from clients that know
	// beforehand (RFC 9113, section 3.3), such as proxies and gRPC.
	H2C bool

	// MaxConnections is how many connections may be open; the next is accepted
	// when one has ended. One that a handler has taken over counts until that
	// handler returns. Zero means no limit.
	MaxConnections int

	// ReadHeaderTimeout is how long a client may take for the head of a
	// request, IdleTimeout for the next request of a connection. Zero means
	// the default, negative means no limit.
	ReadHeaderTimeout, IdleTimeout time.Duration

	// PreStop is how long everything is still served when the end has begun
	// and [Ready] says no: the time that those who send requests take to
	// notice. For Kubernetes, some seconds; zero without a load balancer.
	PreStop time.Duration

	// DrainTimeout is how long, after that, requests may take to end. Zero
	// means the default, negative means no limit.
	DrainTimeout time.Duration

	// Signals begin the end; a second one cuts. Nil means SIGINT and SIGTERM,
	// empty means none.
	Signals []os.Signal

	// Logger gets what there is to say. Nil means [slog.Default].
	Logger *slog.Logger

	// Configure has the last word on what a Config does not name, such as
	// MaxHeaderBytes, ConnContext or HTTP2. Hooks that it sets are called
	// besides those of this package.
	Configure func(*http.Server)
}

// Run serves handler until a signal arrives or ctx ends, and drains. It returns
// nil after a clean end, a [*CutError] when something had to be cut, and
// otherwise why it could not listen or go on serving.
func Run(ctx context.Context, handler http.Handler, config Config) error {
	if handler == nil {
		panic("serve: the handler is nil")
	}
	s, err := newServer(ctx, handler, config.withDefaults())
	if err != nil {
		return err
	}
	return s.run(ctx)
}

func (c Config) withDefaults() Config {
	c.ReadHeaderTimeout = orDefault(c.ReadHeaderTimeout, DefaultReadHeaderTimeout)
	c.IdleTimeout = orDefault(c.IdleTimeout, DefaultIdleTimeout)
	c.DrainTimeout = orDefault(c.DrainTimeout, DefaultDrainTimeout)
	if c.Addr == "" && c.Listener == nil {
		c.Addr = DefaultAddr
	}
	if c.Signals == nil {
		c.Signals = []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	if c.Logger == nil {
		c.Logger = slog.Default()
	}
	return c
}

func orDefault(value, standard time.Duration) time.Duration {
	if value == 0 {
		return standard
	}
	return value
}

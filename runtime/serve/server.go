package serve

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
)

// A server is one call of [Run].
type server struct {
	config   Config
	log      *slog.Logger
	http     *http.Server
	handler  http.Handler
	listener net.Listener
	secure   bool
	slots    chan struct{} // nil without a limit

	group    *drain.Group
	conns    sync.Map // of net.Conn to *conn
	open     atomic.Int64
	running  atomic.Int64 // requests
	stopping atomic.Bool  // everything is served, but Ready says no
	ending   atomic.Bool  // no connection and no request is taken
	cutting  atomic.Bool
}

// newServer makes everything ready, and listens.
func newServer(ctx context.Context, handler http.Handler, config Config) (*server, error) {
	s := &server{config: config, log: config.Logger, group: drain.New()}
	secrets, err := config.secrets()
	if err != nil {
		return nil, err
	}
	s.secure = secrets != nil
	s.listener, err = config.listen(ctx)
	if err != nil {
		return nil, err
	}
	if config.MaxConnections > 0 {
		s.slots = make(chan struct{}, config.MaxConnections)
		s.listener = &limitedListener{Listener: s.listener, slots: s.slots, closed: make(chan struct{})}
	}
	s.http = &http.Server{
		Handler:           handler,
		TLSConfig:         secrets,
		ReadHeaderTimeout: config.ReadHeaderTimeout,
		IdleTimeout:       config.IdleTimeout,
		ErrorLog:          log.New(errorLog{config.Logger}, "", 0),
	}
	if config.H2C {
		s.http.Protocols = new(http.Protocols)
		s.http.Protocols.SetHTTP1(true)
		s.http.Protocols.SetHTTP2(true)
		s.http.Protocols.SetUnencryptedHTTP2(true)
	}
	if config.Configure != nil {
		config.Configure(s.http)
	}
	s.hook(context.WithoutCancel(ctx))
	return s, nil
}

// hook puts the server around and below what is configured.
func (s *server) hook(values context.Context) {
	s.handler, s.http.Handler = s.http.Handler, s
	base, state, each := s.http.BaseContext, s.http.ConnState, s.http.ConnContext
	s.http.BaseContext = func(l net.Listener) context.Context {
		if base != nil {
			return s.group.Context(base(l))
		}
		return s.group.Context(values)
	}
	s.http.ConnContext = func(ctx context.Context, nc net.Conn) context.Context {
		ctx = s.accepted(ctx, nc)
		if each != nil {
			return each(ctx, nc)
		}
		return ctx
	}
	s.http.ConnState = func(nc net.Conn, to http.ConnState) {
		s.changed(nc, to)
		if state != nil {
			state(nc, to)
		}
	}
	s.http.RegisterOnShutdown(s.group.Begin)
	s.http.RegisterOnShutdown(s.closeSilent)
}

// run serves until the end begins, and ends.
func (s *server) run(ctx context.Context) error {
	defer func() { _ = s.listener.Close() }() // net/http has, unless it did not begin to serve
	stopped, hurried, unwatch := s.watch(ctx)
	defer unwatch()

	s.log.Info("listening", "url", s.url())
	if s.config.Started != nil {
		s.config.Started(s.listener.Addr())
	}
	served := make(chan error, 1)
	go func() { served <- s.serve() }()

	select {
	case <-stopped.Done():
		return s.stop(hurried, context.Cause(stopped), s.config.PreStop)
	case err := <-served: // the listener has failed, or was closed by others
		return errors.Join(fmt.Errorf("serve: %w", err), s.stop(hurried, err, 0))
	}
}

// watch returns a context that ends when the end begins, and one that ends when
// it is to be at once: with the second signal. A context that ends by itself is
// not counted as a signal, because the caller's may end by the same one.
func (s *server) watch(ctx context.Context) (stopped, hurried context.Context, unwatch func()) {
	stopped, stop := context.WithCancelCause(ctx)
	hurried, hurry := context.WithCancelCause(context.WithoutCancel(ctx))
	signals := make(chan os.Signal, 2)
	if len(s.config.Signals) > 0 { // Notify takes none for all
		signal.Notify(signals, s.config.Signals...)
	}
	go func() {
		for _, end := range []context.CancelCauseFunc{stop, hurry} {
			select {
			case received := <-signals:
				end(fmt.Errorf("signal: %v", received))
			case <-hurried.Done():
				return
			}
		}
	}()
	return stopped, hurried, func() {
		signal.Stop(signals)
		stop(nil)
		hurry(nil)
	}
}

func (s *server) serve() error {
	if s.secure {
		return s.http.ServeTLS(s.listener, "", "")
	}
	return s.http.Serve(s.listener)
}

// stop drains after some time, and cuts what is left when the time for that is
// over or hurried ends.
func (s *server) stop(hurried context.Context, reason error, after time.Duration) error {
	began := time.Now()
	s.stopping.Store(true)
	s.log.Info("draining", "reason", reason, "requests", s.running.Load(), "connections", s.open.Load(),
		"held", s.group.Held())
	sleep(hurried, after)

	deadline, cancel := hurried, context.CancelFunc(func() {})
	if s.config.DrainTimeout > 0 {
		deadline, cancel = context.WithTimeoutCause(hurried, s.config.DrainTimeout,
			fmt.Errorf("not done after %v: %w", s.config.DrainTimeout, context.DeadlineExceeded))
	}
	defer cancel()
	if err := s.drain(deadline); err != nil {
		cut := s.cut(err)
		s.log.Error("cut", "reason", cut.Cause, "requests", cut.names(), "held", cut.Held)
		if hurried.Err() == nil {
			s.bidFarewell()
		}
		return cut
	}
	s.log.Info("drained", "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// drain waits until everything has ended by itself.
func (s *server) drain(deadline context.Context) error {
	err := s.http.Shutdown(deadline)
	if err == nil || deadline.Err() == nil { // else it gave up
		err = s.waitForRequests(deadline)
	}
	if err == nil {
		err = s.group.Wait(deadline)
	}
	if err != nil {
		return context.Cause(deadline)
	}
	return nil
}

// farewell is how long handlers may take to return when they are cut.
const farewell = 500 * time.Millisecond

// waitForRequests waits for handlers of connections that [http.Server.Shutdown]
// does not know any more: because they were taken over, or are gone.
func (s *server) waitForRequests(ctx context.Context) error {
	for wait := time.Millisecond; s.running.Load() > 0; wait = min(2*wait, 100*time.Millisecond) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sleep(ctx, wait)
	}
	return nil
}

// cut ends everything that is left, and says what that was.
func (s *server) cut(cause error) *CutError {
	err := &CutError{Requests: s.requests(), Held: s.group.Held(), Cause: cause}
	s.cutting.Store(true)
	s.group.Cut()
	_ = s.http.Close()
	s.closeTaken()
	return err
}

// bidFarewell lets handlers that were cut do what they have deferred.
func (s *server) bidFarewell() {
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	if s.waitForRequests(ctx) == nil {
		_ = s.group.Wait(ctx)
	}
}

// sleep waits for a time or the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// url is where the server is, to be clicked on.
func (s *server) url() string {
	addr := s.listener.Addr()
	switch {
	case addr.Network() == "unix":
		return "unix:" + addr.String()
	case s.secure:
		return "https://" + addr.String()
	}
	return "http://" + addr.String()
}

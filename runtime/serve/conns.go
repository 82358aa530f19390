package serve

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// A conn is one connection, and what it is asked.
type conn struct {
	nc net.Conn

	mu       sync.Mutex
	heard    bool // a request has come
	taken    bool // a handler has hijacked it
	closed   bool
	requests []request // being handled; several by HTTP/2
}

// A request is remembered by its texts: a handler may change the rest.
type request struct {
	of     *http.Request
	method string
	target string
	began  time.Time
}

// connKey is where the context of a request has its [conn].
type connKey struct{}

// serverKey is where it has its [server].
type serverKey struct{}

// ServeHTTP calls the handler, and remembers it while it runs.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c, _ := r.Context().Value(connKey{}).(*conn)
	if c != nil { // nil if Configure has thrown our context away
		s.begin(c, r)
		defer s.end(c, r)
	}
	if s.stopping.Load() {
		w.Header().Set("Connection", "close") // HTTP/2 makes a GOAWAY of it
	}
	s.handler.ServeHTTP(w, r)
	if s.cutting.Load() {
		panic(http.ErrAbortHandler) // half an answer is not to look whole
	}
}

func (s *server) begin(c *conn, r *http.Request) {
	s.running.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, request{r, r.Method, r.RequestURI, time.Now()})
}

func (s *server) end(c *conn, r *http.Request) {
	s.running.Add(-1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = slices.DeleteFunc(c.requests, func(q request) bool { return q.of == r })
	s.settle(c)
}

// accepted is the hook for a new connection.
func (s *server) accepted(ctx context.Context, nc net.Conn) context.Context {
	c := &conn{nc: nc}
	s.conns.Store(nc, c)
	s.open.Add(1)
	if s.ending.Load() {
		_ = nc.Close()
	}
	return context.WithValue(context.WithValue(ctx, serverKey{}, s), connKey{}, c)
}

// changed is the hook for the state of a connection.
func (s *server) changed(nc net.Conn, to http.ConnState) {
	if to == http.StateNew || to == http.StateIdle {
		return
	}
	known, ok := s.conns.Load(nc)
	if !ok {
		return
	}
	c := known.(*conn)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch to {
	case http.StateActive:
		c.heard = true
	case http.StateHijacked:
		c.taken = true
	case http.StateClosed:
		c.closed = true
	}
	s.settle(c)
}

// settle forgets a connection that is no longer the server's, when no handler
// is running for it.
func (s *server) settle(c *conn) {
	if !c.taken && !c.closed || len(c.requests) > 0 {
		return
	}
	if _, known := s.conns.LoadAndDelete(c.nc); !known {
		return
	}
	s.open.Add(-1)
	if s.slots != nil {
		<-s.slots
	}
}

// each calls see for every connection, with its lock held.
func (s *server) each(see func(*conn)) {
	for _, known := range s.conns.Range {
		c := known.(*conn)
		c.mu.Lock()
		see(c)
		c.mu.Unlock()
	}
}

// closeSilent closes connections on which no request has come. Browsers open
// some in advance. Shutdown would wait five seconds for each, although its
// server drops the requests that come from now on.
func (s *server) closeSilent() {
	s.ending.Store(true)
	s.closeAll(func(c *conn) bool { return !c.heard })
}

// closeTaken closes connections that handlers have taken over.
func (s *server) closeTaken() {
	s.closeAll(func(c *conn) bool { return c.taken })
}

func (s *server) closeAll(which func(*conn) bool) {
	var found []net.Conn
	s.each(func(c *conn) {
		if which(c) {
			found = append(found, c.nc)
		}
	})
	for _, nc := range found {
		_ = nc.Close()
	}
}

// requests returns what is being handled, the longest first.
func (s *server) requests() []Request {
	var running []Request
	now := time.Now()
	s.each(func(c *conn) {
		for _, q := range c.requests {
			path, _, _ := strings.Cut(q.target, "?") // a query may hold secrets
			running = append(running, Request{q.method, path, now.Sub(q.began)})
		}
	})
	slices.SortFunc(running, func(a, b Request) int {
		return cmp.Or(cmp.Compare(b.Running, a.Running), cmp.Compare(a.String(), b.String()))
	})
	return running
}

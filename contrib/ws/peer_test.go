package ws_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime/drain"
)

// patience is how long tests wait for what has to happen some time.
const patience = 30 * time.Second

// checkLeaks fails the test if more goroutines run after it than before.
func checkLeaks(t *testing.T) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(patience); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				stacks := make([]byte, 1<<20)
				t.Fatalf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
			}
		}
	})
}

// A function is what a test does with a connection.
type function = func(ctx context.Context, conn *ws.Conn)

// A site is a server of WebSockets that can be told to drain. When the test
// ends, every function must have returned.
type site struct {
	*httptest.Server
	group *drain.Group
	ended chan error // what Err says at the end of each function
}

// serve starts a server.
func serve(t *testing.T, config ws.Config, f function) *site {
	t.Helper()
	s := &site{ended: make(chan error, 100)}
	return s.start(t, ws.Upgrade{Config: config}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
		defer func() {
			if problem := recover(); problem != nil {
				s.ended <- nil
				panic(problem)
			}
			s.ended <- conn.Err()
		}()
		f(ctx, conn)
	}))
}

func (s *site) start(t *testing.T, h http.Handler) *site {
	t.Helper()
	checkLeaks(t)
	s.group = drain.New()
	s.Server = httptest.NewUnstartedServer(h)
	s.Config.BaseContext = func(net.Listener) context.Context { return s.group.Context(context.Background()) }
	s.Start()
	t.Cleanup(func() {
		s.Close()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.group.Wait(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// end waits for the end of a function and returns its error.
func (s *site) end(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		t.Fatal("the function does not return")
		return nil
	}
}

// echo sends back what it gets.
func echo(ctx context.Context, conn *ws.Conn) {
	for message := range conn.Messages() {
		if err := conn.Write(ctx, message); err != nil {
			return
		}
	}
}

// The opcodes of frames, and the bit of the last one.
const (
	continued = 0x0
	textual   = 0x1
	binaryOp  = 0x2
	closing   = 0x8
	pinging   = 0x9
	ponging   = 0xA
	final     = 0x80
)

// A peer is a client that speaks as badly as a test wants.
type peer struct {
	*testing.T
	conn net.Conn
	in   *bufio.Reader
}

// handshake is the head of a request for a WebSocket, with further lines.
func handshake(lines ...string) string {
	lines = append([]string{
		"GET /socket HTTP/1.1", "Host: test.example", "Connection: keep-alive, Upgrade", "Upgrade: WebSocket",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
	}, lines...)
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// connect opens a connection.
func (s *site) connect(t *testing.T) *peer {
	t.Helper()
	conn, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { conn.Close() })
	return &peer{t, conn, bufio.NewReader(conn)}
}

// dial opens a WebSocket.
func (s *site) dial(t *testing.T) *peer {
	t.Helper()
	return s.connect(t).open()
}

func (p *peer) open() *peer {
	p.Helper()
	if response := p.request(handshake()); response.StatusCode != http.StatusSwitchingProtocols {
		p.Fatalf("the answer is %s", response.Status)
	}
	return p
}

// request sends a request and reads the answer's head.
func (p *peer) request(text string) *http.Response {
	p.Helper()
	io.WriteString(p.conn, text)
	method, _, _ := strings.Cut(text, " ")
	response, err := http.ReadResponse(p.in, &http.Request{Method: method})
	if err != nil {
		p.Fatal(err)
	}
	return response
}

// frame returns a frame. The mask is made of zeros, which is one.
func frame(first byte, payload []byte) []byte { return framed(first, 0x80, payload) }

func framed(first, mask byte, payload []byte) []byte {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, mask|byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, mask|126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, mask|127), uint64(n))
	}
	if mask != 0 {
		b = append(b, 0, 0, 0, 0)
	}
	return append(b, payload...)
}

// closeFrame returns the frame of a close.
func closeFrame(code int, reason string) []byte {
	return frame(final|closing, append(binary.BigEndian.AppendUint16(nil, uint16(code)), reason...))
}

// send sends frames. That the server may have gone is no matter.
func (p *peer) send(frames ...[]byte) {
	for _, f := range frames {
		p.conn.Write(f)
	}
}

// receive reads a frame. Without one, opcode is -1.
func (p *peer) receive() (opcode int, payload []byte) {
	p.Helper()
	var head [2]byte
	if _, err := io.ReadFull(p.in, head[:]); err != nil {
		return -1, nil
	}
	if head[0]&0x70 != 0 || head[1]&0x80 != 0 {
		p.Fatalf("a frame of a server begins with %x", head)
	}
	size := uint64(head[1])
	switch size {
	case 126:
		var more uint16
		binary.Read(p.in, binary.BigEndian, &more)
		size = uint64(more)
	case 127:
		binary.Read(p.in, binary.BigEndian, &size)
	}
	payload = make([]byte, size)
	if _, err := io.ReadFull(p.in, payload); err != nil {
		return -1, nil
	}
	return int(head[0] & 0xF), payload
}

// wants reads a message in one frame.
func (p *peer) wants(opcode int, payload string) {
	p.Helper()
	if got, text := p.receive(); got != opcode || string(text) != payload {
		p.Fatalf("got a frame %#x %.100q, want %#x %.100q", got, text, opcode, payload)
	}
}

// wantsClose reads frames up to a close with that code, answers it, and waits
// for the end of the connection.
func (p *peer) wantsClose(code int) (reason string) {
	p.Helper()
	for {
		opcode, payload := p.receive()
		switch {
		case opcode == -1:
			p.Fatalf("the connection ends without a close, want %d", code)
		case opcode != closing:
			continue
		case len(payload) < 2 || int(binary.BigEndian.Uint16(payload)) != code:
			p.Fatalf("closed with %q, want %d", payload, code)
		}
		p.send(frame(final|closing, payload))
		p.wantsEnd()
		return string(payload[2:])
	}
}

// wantsEnd waits for the end of the connection.
func (p *peer) wantsEnd() {
	p.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, p.in); errors.Is(err, context.DeadlineExceeded) {
		p.Fatal("the connection does not end")
	}
}

// logged returns what slog writes from now on.
func logged(t *testing.T) *buffer {
	log := &buffer{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return log
}

// A buffer is one for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// ended checks the error of an end.
func ended(t *testing.T, what string, err error, code ws.Code, byPeer bool) {
	t.Helper()
	end, ok := errors.AsType[*ws.CloseError](err)
	if !ok || end.Code != code || end.ByPeer != byPeer {
		t.Errorf("%s: the error is %v, want code %d, by the peer: %t", what, err, code, byPeer)
	}
}

// A pipeListener hands out connections in memory, for tests in a bubble.
type pipeListener struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// inBubble serves one connection in memory, for synctest, and gives its other
// end to talk.
func inBubble(t *testing.T, h http.Handler, talk func(p *peer)) {
	t.Helper()
	listener := &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}
	var handlers sync.WaitGroup
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers.Add(1)
		defer handlers.Done()
		h.ServeHTTP(w, r)
	})}
	served := make(chan error)
	go func() { served <- server.Serve(listener) }()
	client, conn := net.Pipe()
	listener.conns <- conn
	defer listener.Close() // also when the test gives up
	talk((&peer{t, client, bufio.NewReader(client)}).open())
	client.Close()
	handlers.Wait()
	server.Close()
	if err := <-served; err != http.ErrServerClosed {
		t.Error(err)
	}
}

package ws

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/handlergen/handlergen/runtime"
)

// Config says how a connection behaves. The zero value suits most.
type Config struct {
	// Origins lists the origins, beside the host that the request is for, whose
	// pages may connect: "https://app.example.com", "https://*.example.com" for
	// all hosts below that one, without a scheme for both, or "*" for everybody.
	// Behind a proxy that changes Host the own origin belongs here, too.
	Origins []string

	// Subprotocols lists the subprotocols that the server speaks, best first.
	// The first that the client offers is chosen; if there is none the
	// connection has none.
	Subprotocols []string

	// MaxMessage is the number of bytes of the longest message that is read, by
	// default runtime.DefaultBodyLimit; negative for no limit. A message is held
	// in memory.
	MaxMessage int64

	// PingInterval is the time between pings, by default 30 s; negative for no
	// pings. A peer that has not answered one, and sent nothing else, when the
	// next is due is taken for gone.
	PingInterval time.Duration

	// IdleTimeout is how long the peer may send no message; 0 for any time. The
	// answers of browsers to pings do not count.
	IdleTimeout time.Duration

	// WriteTimeout is how long the writing of a message may take, by default
	// 10 s; negative for any time. A peer that does not read is cut off after it.
	WriteTimeout time.Duration
}

// withDefaults fills in what is left open. What is not limited is 0 from then
// on, but -1 for messages.
func (c Config) withDefaults() Config {
	switch {
	case c.MaxMessage == 0:
		c.MaxMessage = runtime.DefaultBodyLimit
	case c.MaxMessage < 0:
		c.MaxMessage = -1
	}
	c.PingInterval = orDefault(c.PingInterval, 30*time.Second)
	c.IdleTimeout = orDefault(c.IdleTimeout, 0)
	c.WriteTimeout = orDefault(c.WriteTimeout, 10*time.Second)
	return c
}

func orDefault(d, byDefault time.Duration) time.Duration {
	if d == 0 {
		return byDefault
	}
	return max(d, 0)
}

// An Upgrade is a request to speak WebSocket, as a parameter of a handler. The
// handler may change its Config before it calls OnUpgrade. The zero value works,
// too.
type Upgrade struct {
	Config
	offers []string
}

// FromRequestParts reads an Upgrade. It fails if the request is not one for a
// WebSocket; if it does not even try to be, the error is [runtime.ErrAbsent].
func (u *Upgrade) FromRequestParts(r *http.Request) error {
	if refused := check(r); refused != nil {
		return refused
	}
	u.offers = offers(r)
	slices.Sort(u.offers)
	u.offers = slices.Compact(u.offers)
	return nil
}

// Offers returns the subprotocols that the client offers, sorted. A handler may
// choose one by putting it into Subprotocols.
func (u Upgrade) Offers() []string { return slices.Clone(u.offers) }

// OnUpgrade returns a handler that opens the connection, calls f and closes the
// connection when f returns.
func (u Upgrade) OnUpgrade(f func(ctx context.Context, conn *Conn)) http.Handler {
	if f == nil {
		panic("ws: OnUpgrade: no function")
	}
	return &handler{config: u.withDefaults(), serve: f}
}

// A handler opens connections.
type handler struct {
	config Config
	serve  func(context.Context, *Conn)
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	refused := check(r)
	if refused == nil {
		refused = h.config.checkOrigin(r)
	}
	if refused == nil && !canHijack(w) {
		refused = errNoConnection
	}
	if refused != nil {
		runtime.RenderError(w, r, refused)
		return
	}
	conn := newConn(h.config)
	if err := conn.accept(w, r); err != nil {
		slog.Default().LogAttrs(r.Context(), slog.LevelError, "WebSocket not opened",
			slog.String("path", runtime.OriginalPath(r)), slog.Any("error", err))
		return
	}
	conn.run(r, h.serve)
}

// A refusal is why a request does not become a WebSocket.
type refusal struct {
	status int
	detail string
	header http.Header // what belongs to it
	cause  error
}

func (e *refusal) Status() int   { return e.status }
func (e *refusal) Error() string { return e.detail }
func (e *refusal) Unwrap() error { return e.cause }

// ErrorHeader returns the fields that the answer has, whoever renders the error.
func (e *refusal) ErrorHeader() http.Header { return e.header }

var (
	errMethod = &refusal{
		status: http.StatusMethodNotAllowed, detail: "a WebSocket is opened by GET",
		header: http.Header{"Allow": {http.MethodGet}},
	}
	errConnection = &refusal{
		status: http.StatusBadRequest, detail: "Connection does not name upgrade", cause: runtime.ErrAbsent,
	}
	errUpgrade = &refusal{
		status: http.StatusBadRequest, detail: "Upgrade does not name websocket", cause: runtime.ErrAbsent,
	}
	errKey = &refusal{
		status: http.StatusBadRequest, detail: "Sec-WebSocket-Key is not one text of 16 bytes in base64",
	}
	errVersion = &refusal{
		status: http.StatusBadRequest, detail: "Sec-WebSocket-Version is not 13",
		header: http.Header{"Sec-Websocket-Version": {"13"}},
	}
	errNoConnection = &refusal{
		status: http.StatusUpgradeRequired, detail: "a WebSocket needs an HTTP/1.1 connection of its own",
		header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}, // RFC 9110 §15.5.22
	}
	errHTTP2 = &refusal{ // which has no such fields
		status: http.StatusUpgradeRequired, detail: "a WebSocket needs an HTTP/1.1 connection of its own",
	}
)

// check returns why a request is not one for a WebSocket (RFC 6455 §4.2.1), or
// nil. It leaves nothing for package websocket to refuse, which would do it in a
// form of its own.
func check(r *http.Request) error {
	switch {
	case r.ProtoMajor > 1:
		return errHTTP2
	case r.Method != http.MethodGet:
		return errMethod
	case !names(r, "Connection", "upgrade"):
		return errConnection
	case !names(r, "Upgrade", "websocket"):
		return errUpgrade
	case !hasKey(r):
		return errKey
	case r.Header.Get("Sec-Websocket-Version") != "13":
		return errVersion
	case !r.ProtoAtLeast(1, 1):
		return errNoConnection
	}
	return nil
}

// names reports whether a field of the header lists a token, in any case.
func names(r *http.Request, field, token string) bool {
	return slices.ContainsFunc(list(r, field), func(t string) bool { return strings.EqualFold(t, token) })
}

// list returns what the lines of a field list.
func list(r *http.Request, field string) []string {
	var tokens []string
	for _, line := range r.Header[field] {
		for token := range strings.SplitSeq(line, ",") {
			if token = strings.Trim(token, " \t"); token != "" {
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

func hasKey(r *http.Request) bool {
	lines := r.Header["Sec-Websocket-Key"]
	if len(lines) != 1 {
		return false
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(lines[0]))
	return err == nil && len(key) == 16
}

func offers(r *http.Request) []string { return list(r, "Sec-Websocket-Protocol") }

// choose returns the first subprotocol of the server that the client offers.
func (c Config) choose(r *http.Request) string {
	offered := offers(r)
	for _, own := range c.Subprotocols {
		if slices.Contains(offered, own) {
			return own
		}
	}
	return ""
}

// canHijack reports whether the writer below all others has a connection. One
// above may have the method for the sake of those that do.
func canHijack(w http.ResponseWriter) bool {
	for {
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			_, ok := w.(http.Hijacker)
			return ok
		}
		w = inner.Unwrap()
	}
}

// accept opens the connection.
func (c *Conn) accept(w http.ResponseWriter, r *http.Request) error {
	c.subprotocol = c.config.choose(r)
	if c.subprotocol != "" {
		w.Header().Set("Sec-Websocket-Protocol", c.subprotocol)
	}
	taker := &taker{ResponseWriter: w}
	opened, err := websocket.Accept(taker, r, &websocket.AcceptOptions{
		InsecureSkipVerify: true, // checkOrigin has verified it
		OnPingReceived: func(context.Context, []byte) bool {
			c.heard.Add(1)
			return c.canAnswer()
		},
		OnPongReceived: func(context.Context, []byte) { c.heard.Add(1) },
	})
	if err != nil {
		return fmt.Errorf("ws: %w", err)
	}
	opened.SetReadLimit(c.config.MaxMessage)
	c.ws, c.raw = opened, taker.conn
	return nil
}

// A taker is a writer that knows the connection that was taken from it.
type taker struct {
	http.ResponseWriter
	conn net.Conn
}

// Unwrap is for [http.ResponseController].
func (t *taker) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// WriteHeader sends the head at once also through writers that hold it back
// until the body, as gin's does.
func (t *taker) WriteHeader(status int) {
	t.ResponseWriter.WriteHeader(status)
	for w := t.ResponseWriter; ; {
		if late, ok := w.(interface{ WriteHeaderNow() }); ok {
			late.WriteHeaderNow()
			return
		}
		inner, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return
		}
		w = inner.Unwrap()
	}
}

// Hijack takes the connection from whichever writer has it.
func (t *taker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.conn = endless{conn}
	return t.conn, buffered, nil
}

// An endless connection has no end that is in order: its close frame comes
// before. To package websocket the end of the stream between the parts of a
// message is the end of the message.
type endless struct{ net.Conn }

func (c endless) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

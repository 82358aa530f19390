package ws

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/drain"
)

// closeWait is how long the peer has to answer a close.
const closeWait = 5 * time.Second

// run calls f with the connection and sees it through to its end.
func (c *Conn) run(r *http.Request, f func(context.Context, *Conn)) {
	life, release := drain.Detach(r.Context())
	defer release()
	c.ctx, c.cancel = context.WithCancelCause(life)
	defer context.AfterFunc(life, c.cut)()
	defer drain.AfterFunc(r.Context(), func() { c.Close(GoingAway, "the server is shutting down") })()

	var helpers sync.WaitGroup
	helpers.Go(c.receive)
	if c.config.PingInterval > 0 {
		helpers.Go(c.keepAlive)
	}
	code, reason := c.call(r, f)
	c.Close(code, reason)
	helpers.Wait()
}

// call calls f and returns with what to close the connection.
func (c *Conn) call(r *http.Request, f func(context.Context, *Conn)) (code Code, reason string) {
	defer func() {
		switch problem := recover(); problem {
		case nil:
		case http.ErrAbortHandler:
			c.finish(&CloseError{Code: Lost, cause: http.ErrAbortHandler})
		default:
			slog.Default().LogAttrs(r.Context(), slog.LevelError, "panic of a WebSocket",
				slog.String("path", runtime.OriginalPath(r)), slog.Any("panic", problem), slog.String("stack", string(debug.Stack())))
			code, reason = InternalError, "internal error"
		}
	}()
	f(c.ctx, c)
	return Normal, ""
}

// end returns why the connection is at its end, which it must be.
func (c *Conn) end() *CloseError {
	cause := context.Cause(c.ctx)
	if end, ok := errors.AsType[*CloseError](cause); ok {
		return end
	}
	return &CloseError{Code: Lost, cause: cause}
}

// finish ends the connection, unless it is at its end. It returns when nothing
// of it is left.
func (c *Conn) finish(end *CloseError) {
	c.ending.Do(func() {
		c.cancel(end)
		if end.ByPeer || end.Code == Lost {
			_ = c.ws.CloseNow() // nothing is there to fail any more
			return
		}
		// Package websocket waits for the peer in a way that a trickle of bytes
		// would keep up forever.
		_ = c.raw.SetReadDeadline(time.Now().Add(closeWait))
		_ = c.ws.Close(end.sendable()) // the peer has gone, or gave another code
	})
}

// cut ends the connection at once, in the midst of whatever it does.
func (c *Conn) cut() {
	_ = c.raw.Close() // and if it was closed before, all the better
	c.finish(&CloseError{Code: Lost, cause: drain.ErrCut})
}

// receive reads messages, one at a time, until the connection ends.
func (c *Conn) receive() {
	idle := c.idleTimer()
	defer idle.stop()
	for {
		m, err := c.next(idle)
		if err != nil {
			c.finish(judge(err))
			return
		}
		if !c.deliver(m) {
			return
		}
	}
}

// next reads a message.
func (c *Conn) next(idle alarm) (Message, error) {
	idle.set()
	defer idle.stop()
	// A context that ended here would end the connection without a word.
	kind, body, err := c.ws.Reader(context.Background())
	if err != nil {
		return Message{}, err
	}
	c.heard.Add(1)
	idle.set()
	data, err := io.ReadAll(body)
	if err != nil {
		return Message{}, err
	}
	c.heard.Add(1)
	if kind == websocket.MessageText && !utf8.Valid(data) {
		return Message{}, &CloseError{Code: InvalidData, Reason: "a text message is not UTF-8"}
	}
	return Message{Type(kind), data}, nil
}

// deliver waits until somebody reads m, and reports whether to go on. What the
// peer sends meanwhile is not seen.
func (c *Conn) deliver(m Message) bool {
	c.delivering.Store(true)
	defer func() {
		c.heard.Add(1)
		c.delivering.Store(false)
	}()
	select {
	case c.incoming <- m:
		return true
	case <-c.discarding:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// pongWait is how long a ping of the peer may wait for a message that is being
// written.
const pongWait = time.Second

// canAnswer reports whether a ping can be answered, which it cannot while a long
// message is written. Package websocket would wait for that some seconds, and
// then take a peer for gone that is reading slowly.
func (c *Conn) canAnswer() bool {
	late := time.NewTimer(pongWait)
	defer late.Stop()
	select {
	case c.turn <- struct{}{}:
		<-c.turn
		return true
	case <-late.C:
	case <-c.ctx.Done():
	}
	return false
}

// judge returns the end that an error of reading is.
func judge(err error) *CloseError {
	if end, ok := errors.AsType[*CloseError](err); ok {
		return end
	}
	if closed, ok := errors.AsType[websocket.CloseError](err); ok {
		return &CloseError{Code: Code(closed.Code), Reason: strings.ToValidUTF8(closed.Reason, "\uFFFD"), ByPeer: true}
	}
	if errors.Is(err, websocket.ErrMessageTooBig) {
		return &CloseError{Code: TooBig, Reason: "the message is too long"}
	}
	for _, gone := range []error{io.EOF, io.ErrUnexpectedEOF, io.ErrClosedPipe, net.ErrClosed} {
		if errors.Is(err, gone) {
			return &CloseError{Code: Lost, cause: err}
		}
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return &CloseError{Code: Lost, cause: err}
	}
	return &CloseError{Code: ProtocolError, Reason: "the peer broke the protocol", cause: err}
}

// An alarm ends a connection whose peer is silent.
type alarm struct {
	timer *time.Timer // nil if it may be
	after time.Duration
}

func (c *Conn) idleTimer() alarm {
	a := alarm{after: c.config.IdleTimeout}
	if a.after > 0 {
		a.timer = time.AfterFunc(a.after, func() { c.Close(GoingAway, "no message for too long") })
	}
	return a
}

func (a alarm) set() {
	if a.timer != nil {
		a.timer.Reset(a.after)
	}
}

func (a alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
}

// keepAlive pings the peer until the connection ends, or ends it when the peer
// does not answer.
func (c *Conn) keepAlive() {
	tick := time.NewTicker(c.config.PingInterval)
	defer tick.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-tick.C:
		}
		if err := c.ping(); err != nil {
			c.finish(&CloseError{Code: Lost, cause: err})
			return
		}
	}
}

// ping returns an error if there is no sign of life until the next ping is due.
// While a message waits to be read no sign could be seen, and while one is
// written no ping can be sent: then it is an error only if the connection has
// one.
func (c *Conn) ping() error {
	before, wasBusy := c.heard.Load(), c.isBusy()
	ctx, cancel := context.WithTimeout(context.Background(), c.config.PingInterval)
	defer cancel()
	err := c.ws.Ping(ctx)
	isSilent := !wasBusy && !c.isBusy() && c.heard.Load() == before
	if err != nil && (isSilent || !errors.Is(err, context.DeadlineExceeded)) {
		return err
	}
	return nil
}

func (c *Conn) isBusy() bool { return c.delivering.Load() || len(c.turn) > 0 }

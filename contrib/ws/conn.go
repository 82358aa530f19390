package ws

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/coder/websocket"
)

// A Type is that of a message.
type Type int

// The types of messages.
const (
	Text   Type = 1 // UTF-8
	Binary Type = 2
)

// A Message is one message as a whole.
type Message struct {
	Type Type
	Data []byte
}

// A Conn is an open connection. Its methods may be called by several goroutines
// at the same time; messages are written one after the other, and each is read
// by one caller.
type Conn struct {
	config      Config
	subprotocol string
	ws          *websocket.Conn
	raw         net.Conn

	ctx    context.Context // ends with the connection
	cancel context.CancelCauseFunc
	ending sync.Once

	incoming   chan Message
	discarding chan struct{}
	discard    sync.Once

	turn chan struct{} // has room while nobody writes

	heard      atomic.Int64 // counts signs of life of the peer, and ends of what hides them
	delivering atomic.Bool  // a message waits to be read, and all that follows it behind it
}

func newConn(c Config) *Conn {
	return &Conn{
		config:     c,
		incoming:   make(chan Message),
		discarding: make(chan struct{}),
		turn:       make(chan struct{}, 1),
	}
}

// Subprotocol returns the subprotocol that was chosen, or "".
func (c *Conn) Subprotocol() string { return c.subprotocol }

// Read returns the next message. Its error is a [*CloseError] when the
// connection is at its end, and that of ctx when this ends before; then the
// connection remains, and the message is for the next call.
func (c *Conn) Read(ctx context.Context) (Message, error) {
	select {
	case m := <-c.incoming:
		return m, nil
	case <-c.ctx.Done():
		return Message{}, c.end()
	case <-ctx.Done():
		if c.ctx.Err() != nil { // which ended ctx
			return Message{}, c.end()
		}
		return Message{}, context.Cause(ctx)
	}
}

// ReadJSON reads a text message and decodes it into v. A message that cannot be
// decoded closes the connection, with [UnsupportedData] if it is binary and
// [InvalidData] otherwise.
func (c *Conn) ReadJSON(ctx context.Context, v any) error {
	m, err := c.Read(ctx)
	if err != nil {
		return err
	}
	if m.Type != Text {
		c.Close(UnsupportedData, "messages are JSON as text")
		return c.end()
	}
	if err := json.Unmarshal(m.Data, v); err != nil {
		c.Close(InvalidData, "the message is not the JSON that is wanted")
		return err
	}
	return nil
}

// Messages returns the messages until the end of the connection; [Conn.Err]
// says whether that was in order. To stop before leaves the connection open.
func (c *Conn) Messages() iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for {
			m, err := c.Read(c.ctx)
			if err != nil || !yield(m) {
				return
			}
		}
	}
}

// Err returns nil while the connection is open, and after an end in order: a
// close with [Normal] or [GoingAway] from either side, or without a code from
// the peer. Any other end is a [*CloseError].
func (c *Conn) Err() error {
	if c.ctx.Err() == nil {
		return nil
	}
	if end := c.end(); !end.orderly() {
		return end
	}
	return nil
}

// Discard drops the messages of the peer from now on, those that nobody is
// reading. It is for functions that only write.
func (c *Conn) Discard() { c.discard.Do(func() { close(c.discarding) }) }

// errNotUTF8 is the error of a message that the peer would have to refuse.
var errNotUTF8 = errors.New("ws: a text message must be UTF-8")

// Write sends a message. It waits for its turn as long as ctx lives. From then
// on the message is sent whatever happens to ctx, since half a message would be
// the end of the connection; if that takes longer than [Config.WriteTimeout], it
// is. When the connection is at its end the error is a [*CloseError].
func (c *Conn) Write(ctx context.Context, m Message) error {
	if m.Type == Text && !utf8.Valid(m.Data) {
		return errNotUTF8
	}
	select {
	case c.turn <- struct{}{}:
	case <-c.ctx.Done():
		return c.end()
	case <-ctx.Done():
		if c.ctx.Err() != nil {
			return c.end()
		}
		return context.Cause(ctx)
	}
	defer func() { <-c.turn }()
	if c.ctx.Err() != nil {
		return c.end()
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return c.send(m)
}

func (c *Conn) send(m Message) error {
	ctx := context.Background()
	if c.config.WriteTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.config.WriteTimeout)
		defer cancel()
	}
	err := c.ws.Write(ctx, websocket.MessageType(m.Type), m.Data)
	c.heard.Add(1)
	if err != nil {
		c.finish(&CloseError{Code: Lost, cause: err})
		return c.end()
	}
	return nil
}

// WriteText sends a text message. See [Conn.Write].
func (c *Conn) WriteText(ctx context.Context, text string) error {
	return c.Write(ctx, Message{Text, []byte(text)})
}

// WriteBinary sends a binary message. See [Conn.Write].
func (c *Conn) WriteBinary(ctx context.Context, data []byte) error {
	return c.Write(ctx, Message{Binary, data})
}

// WriteJSON sends v as JSON in a text message. See [Conn.Write].
func (c *Conn) WriteJSON(ctx context.Context, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.Write(ctx, Message{Text, data})
}

// Close closes the connection, and returns when the peer has agreed or has had
// some seconds for that; with [Lost] it is cut off without a word. Any other code
// that cannot be sent becomes [InternalError], a reason of more than 123 bytes is
// cut. On a connection that is at its end Close does nothing.
func (c *Conn) Close(code Code, reason string) {
	c.finish(&CloseError{Code: code, Reason: reason})
}

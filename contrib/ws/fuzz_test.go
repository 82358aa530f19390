package ws_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/handlergen/handlergen/contrib/ws"
)

// FuzzFrames sends anything and goes. Whatever it was, the function must return,
// and must not have seen what it may not.
func FuzzFrames(f *testing.F) {
	f.Add(frame(final|textual, []byte("text")))
	f.Add(frame(final|binaryOp, []byte("\xff")))
	f.Add(append(frame(textual, []byte("Gr\xc3")), frame(final|continued, []byte("\xbc"))...))
	f.Add(append(frame(final|pinging, []byte("?")), closeFrame(1000, "bye")...))
	f.Add(framed(final|textual, 0, []byte("text")))
	f.Add([]byte{final | binaryOp, 0x80 | 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	const limit = 100
	ended := make(chan []ws.Message, 1) // what should not have been read
	server := httptest.NewServer(ws.Upgrade{Config: ws.Config{MaxMessage: limit}}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
		var wrong []ws.Message
		for message := range conn.Messages() {
			if len(message.Data) > limit || message.Type == ws.Text && !utf8.Valid(message.Data) {
				wrong = append(wrong, message)
			}
			conn.Write(ctx, message)
		}
		<-ctx.Done()
		ended <- wrong
	}))
	defer server.Close()
	f.Fuzz(func(t *testing.T, frames []byte) {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		p := &peer{t, conn, bufio.NewReader(conn)}
		if response := p.request(handshake()); response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatal(response.Status)
		}
		p.send(frames)
		conn.(*net.TCPConn).CloseWrite()
		conn.SetReadDeadline(time.Now().Add(patience))
		if _, err := io.Copy(io.Discard, p.in); err != nil && !isReset(err) {
			t.Errorf("the connection does not end: %v", err)
		}
		select {
		case wrong := <-ended:
			if len(wrong) > 0 {
				t.Errorf("the function read %v", wrong)
			}
		case <-time.After(patience):
			t.Fatal("the function does not return")
		}
	})
}

// isReset reports whether the other side has closed without reading to the end.
func isReset(err error) bool {
	failure, ok := errors.AsType[net.Error](err)
	return ok && !failure.Timeout()
}

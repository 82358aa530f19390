package ws_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime/drain"
)

func TestMessages(t *testing.T) {
	s := serve(t, ws.Config{MaxMessage: 100_000}, echo)
	p := s.dial(t)
	for _, size := range []int{0, 1, 125, 126, 65535, 65536, 100_000} {
		text := strings.Repeat("x", size)
		p.send(frame(final|textual, []byte(text)))
		p.wants(textual, text)
		p.send(frame(final|binaryOp, []byte(text)))
		p.wants(binaryOp, text)
	}

	// in parts, with a rune across two of them and a ping between
	p.send(frame(textual, []byte("Gr\xc3")), frame(final|pinging, []byte("are you there?")))
	p.wants(ponging, "are you there?")
	p.send(frame(continued, []byte("\xbc")), frame(final|ponging, []byte("unasked")), frame(continued|final, []byte("ße")))
	p.wants(textual, "Grüße")
	p.send(frame(binaryOp, nil), frame(continued, nil), frame(continued|final, []byte("\xff")))
	p.wants(binaryOp, "\xff")

	masked := framed(final|textual, 0x80, []byte("abcd"))
	copy(masked[2:6], "\x01\x02\x03\x04")
	p.send(masked)
	p.wants(textual, string([]byte{'a' ^ 1, 'b' ^ 2, 'c' ^ 3, 'd' ^ 4}))

	p.send(closeFrame(1000, "bye"))
	if reason := p.wantsClose(1000); reason != "bye" {
		t.Errorf("the reason is %q", reason)
	}
	if err := s.end(t); err != nil {
		t.Errorf("after a close in order: %v", err)
	}
}

// TestBrokenPeers sends what no peer should.
func TestBrokenPeers(t *testing.T) {
	huge := append([]byte{final | binaryOp, 0x80 | 127}, "\x3f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"...)
	for _, test := range []struct {
		name   string
		frames [][]byte
		code   int
	}{
		{"invalid UTF-8", [][]byte{frame(final|textual, []byte("a\xffb"))}, 1007},
		{"a rune cut off", [][]byte{frame(final|textual, []byte("Gr\xc3"))}, 1007},
		{"a surrogate", [][]byte{frame(final|textual, []byte("\xed\xa0\x80"))}, 1007},
		{"an overlong rune", [][]byte{frame(final|textual, []byte("\xc0\xaf"))}, 1007},
		{"invalid UTF-8 in parts", [][]byte{frame(textual, []byte("Gr\xc3")), frame(final|continued, []byte("x"))}, 1007},
		{"no mask", [][]byte{framed(final|textual, 0, []byte("text"))}, 1002},
		{"a ping without a mask", [][]byte{framed(final|pinging, 0, []byte("text"))}, 1002},
		{"an unknown opcode", [][]byte{frame(final|0x3, nil)}, 1002},
		{"an unknown control opcode", [][]byte{frame(final|0xB, nil)}, 1002},
		{"RSV1", [][]byte{frame(final|textual|0x40, []byte("x"))}, 1002},
		{"RSV2", [][]byte{frame(final|textual|0x20, []byte("x"))}, 1002},
		{"RSV3", [][]byte{frame(final|pinging|0x10, nil)}, 1002},
		{"a part of nothing", [][]byte{frame(final|continued, []byte("x"))}, 1002},
		{"a message within a message", [][]byte{frame(textual, []byte("x")), frame(final|textual, []byte("y"))}, 1002},
		{"a ping in parts", [][]byte{frame(pinging, []byte("x"))}, 1002},
		{"a ping that is too long", [][]byte{frame(final|pinging, make([]byte, 126))}, 1002},
		{"a close of one byte", [][]byte{frame(final|closing, []byte{3})}, 1002},
		{"a close with 1005", [][]byte{closeFrame(1005, "")}, 1002},
		{"a close with 1006", [][]byte{closeFrame(1006, "")}, 1002},
		{"a close with 999", [][]byte{closeFrame(999, "")}, 1002},
		{"a close with 2999", [][]byte{closeFrame(2999, "")}, 1002},
		{"a message too long by a byte", [][]byte{frame(final|textual, make([]byte, 1001))}, 1009},
		{"parts that are too long together", [][]byte{frame(textual, make([]byte, 600)), frame(final|continued, make([]byte, 401))}, 1009},
		{"a frame of more than the memory", [][]byte{huge, make([]byte, 5000)}, 1009},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := serve(t, ws.Config{MaxMessage: 1000}, echo)
			p := s.dial(t)
			p.send(frame(final|textual, make([]byte, 1000)))
			p.wants(textual, strings.Repeat("\x00", 1000))
			p.send(test.frames...)
			p.wantsClose(test.code)
			ended(t, test.name, s.end(t), ws.Code(test.code), false)
		})
	}
}

func TestPeersClose(t *testing.T) {
	for _, test := range []struct {
		frame  []byte
		code   ws.Code
		reason string
		fine   bool
	}{
		{closeFrame(1000, ""), 1000, "", true},
		{closeFrame(1001, "away"), 1001, "away", true},
		{frame(final|closing, nil), 1005, "", true},
		{closeFrame(1008, "no"), 1008, "no", false},
		{closeFrame(1011, "oh"), 1011, "oh", false},
		{closeFrame(3000, ""), 3000, "", false},
		{closeFrame(1000, "a\xff"), 1000, "a\uFFFD", true},
		{closeFrame(4999, strings.Repeat("r", 123)), 4999, strings.Repeat("r", 123), false},
	} {
		var cause error
		s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
			<-ctx.Done() // without a Read
			cause = context.Cause(ctx)
		})
		p := s.dial(t)
		p.send(test.frame)
		if opcode, payload := p.receive(); opcode != closing || !bytes.Equal(payload, test.frame[6:]) {
			t.Errorf("%d: the answer is %x %q", test.code, opcode, payload)
		}
		p.wantsEnd()
		err := s.end(t)
		ended(t, fmt.Sprint(test.code), cause, test.code, true)
		if end := cause.(*ws.CloseError); end.Reason != test.reason {
			t.Errorf("%d: the reason is %q", test.code, end.Reason)
		}
		if (err == nil) != test.fine {
			t.Errorf("%d: Err is %v", test.code, err)
		}
	}
}

func TestClosing(t *testing.T) {
	log := logged(t)
	long := strings.Repeat("ü", 100)
	for _, test := range []struct {
		name   string
		f      function
		code   int
		reason string
		fine   bool
		log    string
	}{
		{"a return", func(context.Context, *ws.Conn) {}, 1000, "", true, ""},
		{"a close", func(_ context.Context, c *ws.Conn) { c.Close(4001, "bye") }, 4001, "bye", false, ""},
		{"two closes", func(_ context.Context, c *ws.Conn) { c.Close(ws.GoingAway, "one"); c.Close(4001, "two") }, 1001, "one", true, ""},
		{"a long reason", func(_ context.Context, c *ws.Conn) { c.Close(4001, long) }, 4001, long[:122], false, ""},
		{"a reason that is not UTF-8", func(_ context.Context, c *ws.Conn) { c.Close(4001, "\xff!") }, 4001, "\uFFFD!", false, ""},
		{"a code that cannot be sent", func(_ context.Context, c *ws.Conn) { c.Close(ws.NoCode, "x") }, 1011, "x", false, ""},
		{"a code that does not exist", func(_ context.Context, c *ws.Conn) { c.Close(2000, "x") }, 1011, "x", false, ""},
		{"a panic", func(context.Context, *ws.Conn) { panic("secret") }, 1011, "internal error", false, "panic=secret"},
		{"a panic after a close", func(_ context.Context, c *ws.Conn) { c.Close(4001, ""); panic("secret") }, 4001, "", false, "panic=secret"},
	} {
		s := serve(t, ws.Config{}, test.f)
		before := log.String()
		p := s.dial(t)
		if reason := p.wantsClose(test.code); reason != test.reason {
			t.Errorf("%s: the reason is %q, want %q", test.name, reason, test.reason)
		}
		if err := s.end(t); test.log == "" && (err == nil) != test.fine {
			t.Errorf("%s: Err is %v", test.name, err)
		}
		s.Close()
		if err := s.group.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimPrefix(log.String(), before); !strings.Contains(got, test.log) || test.log == "" && got != "" || strings.Contains(test.log, "panic") && !strings.Contains(got, "conn_test.go") {
			t.Errorf("%s: logged %q, want %q", test.name, got, test.log)
		}
	}
}

// TestAborts ends connections without a close.
func TestAborts(t *testing.T) {
	log := logged(t)
	for name, f := range map[string]function{
		"http.ErrAbortHandler": func(context.Context, *ws.Conn) { panic(http.ErrAbortHandler) },
		"Close with Lost":      func(_ context.Context, c *ws.Conn) { c.Close(ws.Lost, "") },
	} {
		s := serve(t, ws.Config{}, f)
		if opcode, payload := s.dial(t).receive(); opcode != -1 {
			t.Errorf("%s: got %#x %q", name, opcode, payload)
		}
	}
	if log.String() != "" {
		t.Errorf("logged %s", log)
	}
}

// TestPeersVanish cuts connections off at various places.
func TestPeersVanish(t *testing.T) {
	for name, frames := range map[string][][]byte{
		"at once": nil, "within a head": {{final}}, "within a payload": {frame(final|textual, []byte("1234"))[:8]},
		"between parts": {frame(textual, []byte("1234"))}, "within a ping": {frame(final|pinging, []byte("1234"))[:8]},
		"after a message": {frame(final|textual, []byte("1234"))},
	} {
		var cause error
		read := 0
		s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
			for range conn.Messages() {
				read++
			}
			<-ctx.Done()
			cause = context.Cause(ctx)
		})
		p := s.dial(t)
		p.send(frames...)
		p.conn.Close()
		err := s.end(t)
		ended(t, name, err, ws.Lost, false)
		if want := strings.Count(name, "message"); read != want {
			t.Errorf("%s: %d messages, want %d", name, read, want)
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) || err != cause {
			t.Errorf("%s: the error is %v, the cause %v", name, err, cause)
		}
	}
}

func TestJSON(t *testing.T) {
	type move struct {
		X int `json:"x"`
	}
	for _, test := range []struct {
		frame []byte
		code  int
	}{
		{frame(final|textual, []byte(`{"x":3}`)), 1000},
		{frame(final|binaryOp, []byte(`{"x":3}`)), 1003},
		{frame(final|textual, []byte(`{"x":`)), 1007},
		{frame(final|textual, []byte(`{"x":3} more`)), 1007},
		{frame(final|textual, []byte(`{"x":"3"}`)), 1007},
		{frame(final|textual, nil), 1007},
	} {
		var got move
		var err error
		s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
			if err = conn.ReadJSON(ctx, &got); err == nil {
				err = conn.WriteJSON(ctx, move{got.X + 1})
			}
		})
		p := s.dial(t)
		p.send(test.frame)
		if test.code == 1000 {
			p.wants(textual, `{"x":4}`)
		}
		p.wantsClose(test.code)
		s.end(t)
		if (err == nil) != (test.code == 1000) {
			t.Errorf("%s: %v", test.frame[6:], err)
		}
	}
}

func TestUnwritable(t *testing.T) {
	errs := make(chan error, 10)
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		errs <- conn.WriteText(ctx, "a\xff")
		errs <- conn.WriteJSON(ctx, func() {})
		errs <- conn.WriteBinary(ctx, []byte("\xff"))
		conn.Close(4000, "")
		errs <- conn.WriteText(ctx, "too late")
		errs <- conn.WriteText(context.Background(), "too late")
		_, err := conn.Read(context.Background())
		errs <- err
		errs <- conn.ReadJSON(ctx, nil)
		for range conn.Messages() {
			t.Error("a message after the end")
		}
	})
	p := s.dial(t)
	p.wants(binaryOp, "\xff")
	p.wantsClose(4000)
	s.end(t)
	for i, isFine := range []bool{false, false, true} {
		if err := <-errs; (err == nil) != isFine {
			t.Errorf("write %d: %v", i, err)
		}
	}
	for i := range 4 {
		ended(t, fmt.Sprintf("call %d after the end", i), <-errs, 4000, false)
	}
}

// TestContextsOfCalls ends the contexts of calls: the connection remains, and no
// message is lost.
func TestContextsOfCalls(t *testing.T) {
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		for range 3 {
			short, cancel := context.WithTimeout(ctx, time.Millisecond)
			if _, err := conn.Read(short); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Read: %v", err)
			}
			cancel()
			if err := conn.WriteText(short, "never"); !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Write: %v", err)
			}
		}
		if err := conn.WriteText(ctx, "go"); err != nil {
			t.Error(err)
		}
		echo(ctx, conn)
	})
	p := s.dial(t)
	p.wants(textual, "go")
	for _, text := range []string{"one", "two"} {
		p.send(frame(final|textual, []byte(text)))
		p.wants(textual, text)
	}
	p.send(closeFrame(1000, ""))
	p.wantsClose(1000)
	if err := s.end(t); err != nil {
		t.Error(err)
	}
}

// TestIteratorStops goes on reading after a loop was left.
func TestIteratorStops(t *testing.T) {
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		for range 3 {
			for message := range conn.Messages() {
				conn.Write(ctx, message)
				break
			}
		}
	})
	p := s.dial(t)
	for _, text := range []string{"one", "two", "three"} {
		p.send(frame(final|textual, []byte(text)))
		p.wants(textual, text)
	}
	p.wantsClose(1000)
}

// TestManyWriters has several goroutines write and read at the same time.
func TestManyWriters(t *testing.T) {
	const writers, each = 8, 50
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				for range each {
					if err := conn.WriteText(ctx, strings.Repeat(fmt.Sprint(i), 5000)); err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for range each {
					if _, err := conn.Read(ctx); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
	})
	p := s.dial(t)
	go func() {
		for range writers * each {
			p.send(frame(final|textual, []byte("x")))
		}
	}()
	counts := make([]int, writers)
	for range writers * each {
		opcode, payload := p.receive()
		if opcode != textual || len(payload) != 5000 || strings.Count(string(payload), string(payload[:1])) != 5000 {
			t.Fatalf("got %#x %.20q of %d bytes", opcode, payload, len(payload))
		}
		counts[payload[0]-'0']++
	}
	if slices.ContainsFunc(counts, func(n int) bool { return n != each }) {
		t.Errorf("messages by writer: %v", counts)
	}
	p.wantsClose(1000)
}

// TestDiscard sees pings and the close behind messages that nobody reads.
func TestDiscard(t *testing.T) {
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		conn.Discard()
		conn.Discard()
		conn.WriteText(ctx, "ready")
		<-ctx.Done()
	})
	p := s.dial(t)
	p.wants(textual, "ready")
	for range 10 {
		p.send(frame(final|textual, []byte("dropped")))
	}
	p.send(frame(final|pinging, []byte("?")))
	p.wants(ponging, "?")
	p.send(closeFrame(1000, ""))
	p.wantsClose(1000)
	if err := s.end(t); err != nil {
		t.Error(err)
	}
}

// TestContextValues hands on what middleware has put into the context, but not
// its deadline.
func TestContextValues(t *testing.T) {
	type key struct{}
	var got any
	s := &site{ended: make(chan error, 1)}
	socket := ws.Upgrade{}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
		conn.WriteText(ctx, "open")
		echo(ctx, conn)
		got = ctx.Value(key{})
		s.ended <- conn.Err()
	})
	s.start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), key{}, "value"), time.Millisecond)
		defer cancel()
		socket.ServeHTTP(w, r.WithContext(ctx))
	}))
	p := s.dial(t)
	p.wants(textual, "open")
	time.Sleep(20 * time.Millisecond) // longer than the deadline
	p.send(frame(final|textual, []byte("still here")))
	p.wants(textual, "still here")
	p.send(closeFrame(1000, ""))
	p.wantsClose(1000)
	if err := s.end(t); err != nil || got != "value" {
		t.Errorf("the value is %v, Err is %v", got, err)
	}
}

func TestDrain(t *testing.T) {
	leave := make(chan struct{})
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		conn.WriteText(ctx, "open")
		<-ctx.Done()
		ended(t, "the cause", context.Cause(ctx), ws.GoingAway, false)
		<-leave
	})
	peers := []*peer{s.dial(t), s.dial(t)}
	for _, p := range peers {
		p.wants(textual, "open")
	}
	s.group.Begin()
	for _, p := range peers {
		if reason := p.wantsClose(1001); reason != "the server is shutting down" {
			t.Errorf("the reason is %q", reason)
		}
	}
	if held := s.group.Held(); held != 2 {
		t.Errorf("%d connections hold the server, want 2", held)
	}
	close(leave)
	if err := s.group.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	for range peers {
		if err := s.end(t); err != nil {
			t.Error(err)
		}
	}
	s.dial(t).wantsClose(1001) // what comes too late
	s.end(t)
}

func TestCut(t *testing.T) {
	s := serve(t, ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
		conn.WriteText(ctx, "open")
		<-ctx.Done()
	})
	p := s.dial(t)
	p.wants(textual, "open")
	s.group.Cut() // the peer does not answer the close
	p.wantsEnd()
	if err := s.end(t); !errors.Is(err, drain.ErrCut) && err != nil {
		t.Errorf("Err is %v", err)
	}
}

// TestSilence measures in the time of the bubble.
func TestSilence(t *testing.T) {
	config := ws.Config{IdleTimeout: time.Minute, PingInterval: -1}
	for name, test := range map[string]struct {
		config ws.Config
		talk   func(p *peer)
		after  time.Duration
	}{
		"at once":    {config, func(*peer) {}, time.Minute},
		"by message": {config, func(p *peer) { time.Sleep(50 * time.Second); p.send(frame(final|textual, nil)); p.receive() }, 110 * time.Second},
		"by ping and pong": {config, func(p *peer) {
			for range 5 {
				time.Sleep(10 * time.Second)
				p.send(frame(final|pinging, nil))
				p.wants(ponging, "")
				p.send(frame(final|ponging, nil))
			}
		}, time.Minute},
		"within a message": {config, func(p *peer) {
			time.Sleep(50 * time.Second)
			p.send(frame(textual, []byte("part")))
			for range 3 {
				time.Sleep(15 * time.Second)
				p.send(frame(continued, []byte("part")))
			}
		}, 110 * time.Second},
		"answering pings": {ws.Config{IdleTimeout: time.Minute}, func(p *peer) {
			p.wants(pinging, "1")
			p.send(frame(final|ponging, []byte("1")))
		}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var err error
				socket := ws.Upgrade{Config: test.config}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
					echo(ctx, conn)
					err = context.Cause(ctx)
				})
				inBubble(t, socket, func(p *peer) {
					start := time.Now()
					test.talk(p)
					reason := p.wantsClose(1001)
					if took := time.Since(start); took != test.after {
						t.Errorf("closed after %v, want %v", took, test.after)
					}
					if reason != "no message for too long" {
						t.Errorf("the reason is %q", reason)
					}
				})
				ended(t, "the cause", err, ws.GoingAway, false)
			})
		})
	}
}

// TestPings measures in the time of the bubble.
func TestPings(t *testing.T) {
	answering := func(p *peer, pings int) {
		for range pings {
			opcode, payload := p.receive()
			if opcode != pinging {
				p.Fatalf("got %#x, want a ping", opcode)
			}
			p.send(frame(final|ponging, payload))
		}
	}
	for name, test := range map[string]struct {
		config ws.Config
		f      function
		talk   func(p *peer)
		after  time.Duration // until the connection ends; 0 if it does not within the day
	}{
		"no answer":        {ws.Config{}, echo, func(p *peer) { p.receive() }, time.Minute},
		"no answer to one": {ws.Config{PingInterval: time.Second}, echo, func(p *peer) { answering(p, 5); p.receive() }, 7 * time.Second},
		"every answer":     {ws.Config{}, echo, func(p *peer) { answering(p, 24*120-1) }, 0},
		"no pings":         {ws.Config{PingInterval: -1}, echo, func(*peer) {}, 0},
		"other answers": {ws.Config{}, echo, func(p *peer) {
			for range 24*120 - 1 {
				p.receive()
				p.send(frame(final|ponging, []byte("another")))
			}
		}, 0},
		"messages instead": {ws.Config{}, func(ctx context.Context, conn *ws.Conn) {
			conn.Discard()
			<-ctx.Done()
		}, func(p *peer) {
			for range 24*120 - 1 {
				p.receive()
				p.send(frame(final|textual, nil))
			}
		}, 0},
		"a function that does not read": {ws.Config{}, func(ctx context.Context, _ *ws.Conn) { <-ctx.Done() }, func(p *peer) {
			p.send(frame(final|textual, []byte("never read")))
			go io.Copy(io.Discard, p.in)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var took time.Duration
				socket := ws.Upgrade{Config: test.config}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
					go func() { <-ctx.Done(); took = time.Since(start) }()
					test.f(ctx, conn)
				})
				inBubble(t, socket, func(p *peer) {
					test.talk(p)
					time.Sleep(24*time.Hour - time.Since(start) - time.Second)
					synctest.Wait()
					if took != test.after {
						t.Errorf("it ended after %v, want %v", took, test.after)
					}
				})
			})
		})
	}
}

// TestPeersDoNotRead writes to one that takes nothing.
func TestPeersDoNotRead(t *testing.T) {
	for name, test := range map[string]struct {
		config ws.Config
		after  time.Duration
	}{
		"by default": {ws.Config{PingInterval: -1}, 10 * time.Second},
		"chosen":     {ws.Config{PingInterval: -1, WriteTimeout: time.Minute}, time.Minute},
		// The timeout of writes is what counts, not a ping that cannot be sent.
		"with pings":   {ws.Config{PingInterval: 2 * time.Second, WriteTimeout: time.Minute}, time.Minute},
		"with a close": {ws.Config{PingInterval: -1, WriteTimeout: -1, IdleTimeout: time.Minute}, time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				socket := ws.Upgrade{Config: test.config}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
					start := time.Now()
					err := conn.WriteText(ctx, "nobody reads this")
					code := ws.Lost
					if name == "with a close" {
						code = ws.GoingAway
						start = start.Add(5 * time.Second) // in which the close might be sent
					}
					ended(t, "Write", err, code, false)
					if took := time.Since(start); took != test.after {
						t.Errorf("Write took %v, want %v", took, test.after)
					}
				})
				inBubble(t, socket, func(*peer) { time.Sleep(time.Hour) })
			})
		})
	}
}

// TestPeersReadSlowly wants a ping in the midst of a message that is read slowly
// not to be the end.
func TestPeersReadSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		socket := ws.Upgrade{Config: ws.Config{PingInterval: -1, WriteTimeout: time.Minute}}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
			if err := conn.WriteText(ctx, "read slowly"); err != nil {
				t.Error(err)
			}
			echo(ctx, conn)
		})
		inBubble(t, socket, func(p *peer) {
			for range 3 {
				p.send(frame(final|pinging, []byte("in the midst")))
			}
			time.Sleep(30 * time.Second)
			p.wants(textual, "read slowly")
			p.send(frame(final|pinging, []byte("behind")))
			p.wants(ponging, "behind")
			p.send(closeFrame(1000, ""))
			p.wantsClose(1000)
		})
	})
}

// TestTurns waits for a turn to write that does not come.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		socket := ws.Upgrade{Config: ws.Config{PingInterval: -1, WriteTimeout: time.Minute}}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
			first := make(chan error)
			go func() { first <- conn.WriteText(ctx, "first") }()
			synctest.Wait()
			short, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if err := conn.WriteText(short, "second"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("second: %v", err)
			}
			if err := <-first; err != nil {
				t.Errorf("first: %v", err)
			}
			if err := conn.WriteText(ctx, "third"); err != nil {
				t.Errorf("third: %v", err)
			}
		})
		inBubble(t, socket, func(p *peer) {
			time.Sleep(30 * time.Second)
			p.wants(textual, "first")
			p.wants(textual, "third")
			p.wantsClose(1000)
		})
	})
}

// TestTrickle closes a connection whose peer never ends a message, nor stops
// sending it.
func TestTrickle(t *testing.T) {
	for name, begin := range map[string][]byte{
		"a message that was too long": append([]byte{final | binaryOp, 0x80 | 127}, binary.BigEndian.AppendUint64(nil, 1<<40)...),
		"a message within bounds":     append([]byte{final | binaryOp, 0x80 | 127}, binary.BigEndian.AppendUint64(nil, 1<<20)...),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				returned := time.Time{}
				handler := ws.Upgrade{Config: ws.Config{PingInterval: -1}}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
					conn.Close(ws.Normal, "enough")
				})
				start := time.Now()
				inBubble(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					handler.ServeHTTP(w, r)
					returned = time.Now()
				}), func(p *peer) {
					go io.Copy(io.Discard, p.in)
					p.send(begin, make([]byte, 4))
					for {
						if _, err := p.conn.Write([]byte{0}); err != nil {
							break
						}
						time.Sleep(100 * time.Millisecond)
					}
				})
				if took := returned.Sub(start); took > 6*time.Second {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// TestCloseIsNotAnswered leaves a close without an answer.
func TestCloseIsNotAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took time.Duration
		socket := ws.Upgrade{}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
			start := time.Now()
			conn.Close(ws.Normal, "")
			took = time.Since(start)
		})
		inBubble(t, socket, func(p *peer) {
			p.receive()
			p.wantsEnd()
		})
		if took != 5*time.Second {
			t.Errorf("Close took %v, want 5 s", took)
		}
	})
}

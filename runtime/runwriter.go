package runtime

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// A run is the [http.ResponseWriter] of its handler by the methods here.

// Header returns the handler's own header, which at first has what middleware
// further out has set.
func (u *run) Header() http.Header { return u.header }

func (u *run) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid WriteHeader code %v", status)) // as net/http does
	}
	u.mu.Lock()
	phase := u.phase.Load()
	if phase == working {
		if writer.IsInterim(status) {
			writer.Inform(u.w, status, u.header)
		} else {
			u.commit(status)
		}
	}
	u.mu.Unlock()
	if phase == open {
		u.w.WriteHeader(status) // superfluous, and net/http says so
	}
}

// CloseConnection has the connection closed after the answer: see
// [writer.CloseConnection]. Whoever reads the request may call it while the
// handler is using its header.
func (u *run) CloseConnection() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closes = true
}

// commit settles the head. The handler goes on using its own header, for
// trailers if for nothing else.
func (u *run) commit(status int) {
	u.status = status
	u.setHeader(u.header.Clone())
	u.length = u.header.Get("Content-Length")
	u.phase.Store(held)
	u.change.Broadcast()
}

// settle commits the head if that has not happened, and waits until it is known
// what becomes of the body.
func (u *run) settle() uint32 {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == working {
		u.commit(http.StatusOK)
	}
	return u.decided()
}

// decided waits until it is known what becomes of the body.
func (u *run) decided() uint32 {
	for u.phase.Load() == held {
		u.change.Wait()
	}
	return u.phase.Load()
}

func (u *run) Write(p []byte) (int, error) {
	if u.phase.Load() == open {
		return u.w.Write(p)
	}
	if err := u.begin(len(p)); err != nil || len(p) == 0 {
		return 0, err
	}
	switch u.settle() {
	case open:
		return u.w.Write(p)
	case piped:
		return u.offer(p)
	}
	return 0, u.unwritable()
}

// WriteString is for [io.WriteString]: on its way to the client a string is
// never copied.
func (u *run) WriteString(s string) (int, error) {
	if u.phase.Load() != open {
		if err := u.begin(len(s)); err != nil || s == "" {
			return 0, err
		}
		if u.settle() != open {
			return u.Write([]byte(s))
		}
	}
	return io.WriteString(u.w, s)
}

// ReadFrom lets net/http send files without copying them. An answer begins with
// the first byte: a source without one is none, and a source that is the body of
// the request has been asked for by then.
func (u *run) ReadFrom(src io.Reader) (int64, error) {
	var first int64
	if u.phase.Load() == working {
		var err error
		if first, err = writer.CopyFirst(u, src); err != nil || first == 0 {
			return first, err
		}
	}
	to := io.Writer(struct{ io.Writer }{u})
	if u.settle() == open {
		to = u.w
	}
	n, err := io.Copy(to, src)
	return first + n, err
}

// begin commits the head for a write of n bytes, and says why there can be no
// body.
func (u *run) begin(n int) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == working {
		u.commit(http.StatusOK)
	}
	switch {
	case u.phase.Load() == hijacked:
		return http.ErrHijacked
	case n > 0 && !bodyAllowed(u.status):
		return http.ErrBodyNotAllowed
	}
	return nil
}

// offer hands p to the reader of the body and waits until it is read, or goes
// where the body goes by then.
func (u *run) offer(p []byte) (int, error) {
	u.writing.Lock()
	defer u.writing.Unlock()
	u.mu.Lock()
	if declared, ok := u.declared(); ok && u.sent+int64(len(p)) > declared {
		u.mu.Unlock()
		return 0, http.ErrContentLength
	}
	u.sent += int64(len(p))
	u.chunk = p
	u.change.Broadcast()
	for len(u.chunk) > 0 && u.phase.Load() == piped {
		u.change.Wait()
	}
	rest, phase := u.chunk, u.phase.Load()
	u.chunk = nil
	u.mu.Unlock()
	n := len(p) - len(rest)
	switch {
	case len(rest) == 0:
		return n, nil
	case phase == open:
		more, err := u.w.Write(rest)
		return n + more, err
	}
	return n, u.unwritable()
}

// declared returns the length of the body if the handler has said it.
func (u *run) declared() (int64, bool) {
	n, err := strconv.ParseInt(u.length, 10, 64)
	return n, err == nil && n >= 0
}

// unwritable says why the handler cannot write.
func (u *run) unwritable() error {
	if u.phase.Load() == hijacked {
		return http.ErrHijacked
	}
	return errUnwanted
}

// Flush sends what was written as soon as there is a way to.
func (u *run) Flush() { _ = u.FlushError() }

// FlushError is what [http.ResponseController] prefers to Flush.
func (u *run) FlushError() error {
	if err := u.begin(0); err != nil {
		return err
	}
	u.mu.Lock()
	phase := u.phase.Load()
	if phase == held || phase == piped {
		u.flushed.Store(true)
	}
	u.mu.Unlock()
	switch phase {
	case held, piped:
		return u.flushCopy()
	case open:
		return http.NewResponseController(u.w).Flush()
	}
	return u.unwritable()
}

// flushCopy sends what has been written of a body that is made of this one.
func (u *run) flushCopy() error {
	u.copying.Lock()
	defer u.copying.Unlock()
	if u.copyTo == nil {
		return nil
	}
	return http.NewResponseController(u.copyTo).Flush()
}

// Hijack gives the connection to the handler. After the head of a 101 it waits
// until that has been sent.
func (u *run) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	phase := u.decided()
	if phase != working && phase != open {
		return nil, nil, u.unavailable(phase)
	}
	conn, rw, err := http.NewResponseController(u.w).Hijack()
	if err == nil && phase == working {
		u.commit(http.StatusSwitchingProtocols)
		u.phase.Store(hijacked)
	}
	return conn, rw, err
}

// EnableFullDuplex lets the handler read the request while it answers.
func (u *run) EnableFullDuplex() error {
	u.mu.Lock()
	defer u.mu.Unlock()
	phase := u.decided()
	if phase != working && phase != open {
		return u.unavailable(phase)
	}
	return http.NewResponseController(u.w).EnableFullDuplex()
}

// unavailable says why the handler cannot have the connection.
func (u *run) unavailable(phase uint32) error {
	if phase == piped {
		return errBodyIsRead
	}
	return u.unwritable()
}

// SetReadDeadline and SetWriteDeadline are the connection's, whoever writes the
// answer.
func (u *run) SetReadDeadline(deadline time.Time) error {
	return u.control(func(c *http.ResponseController) error { return c.SetReadDeadline(deadline) })
}

// SetWriteDeadline is like SetReadDeadline.
func (u *run) SetWriteDeadline(deadline time.Time) error {
	return u.control(func(c *http.ResponseController) error { return c.SetWriteDeadline(deadline) })
}

func (u *run) control(set func(*http.ResponseController) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.phase.Load() == shut || u.ended {
		return errUnwanted
	}
	return set(http.NewResponseController(u.w))
}

package runtime

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

// pace is how long what was written to a stream may wait for more before it is
// sent. It is too short to be noticed, and long enough to make few packets of
// what comes in a burst.
const pace = 10 * time.Millisecond

// A pacer sends what is written to it in good time: nothing waits longer than
// the pace, what comes alone is sent at once, and what comes in a burst
// together. It is to be stopped.
type pacer struct {
	w       http.ResponseWriter
	below   *http.ResponseController
	timeout time.Duration // for the client to accept what is sent; 0 for that of the server
	holds   bool          // small writes, and passes them on together

	mu    sync.Mutex // the timer sends from another goroutine
	timer *time.Timer
	armed bool             // the timer is going to send
	last  time.Time        // when it was sent before
	chunk *[chunkSize]byte // that holds something; or nil
	held  []byte           // in it: written, and not passed on
	err   error            // of the connection
}

// newPacer returns a pacer that passes each write on as it comes.
func newPacer(w http.ResponseWriter) *pacer {
	return &pacer{w: w, below: http.NewResponseController(w), last: time.Now()}
}

// Write passes on what it has to, or holds it as long as there is room.
func (p *pacer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b) > cap(p.held)-len(p.held) {
		p.makeRoom(len(b))
	}
	if len(b) > cap(p.held) {
		p.pass(b)
	} else {
		p.held = append(p.held, b...)
	}
	if p.err != nil {
		return 0, p.err
	}
	if !p.armed {
		p.soon()
	}
	return len(b), p.err
}

// makeRoom makes room for n bytes if they are to be held.
func (p *pacer) makeRoom(n int) {
	p.release()
	if p.holds && n <= chunkSize {
		p.chunk = chunks.Get().(*[chunkSize]byte)
		p.held = p.chunk[:0]
	}
}

// release passes on what is held. A stream that is quiet holds no chunk.
func (p *pacer) release() {
	if p.chunk != nil {
		p.pass(p.held)
		chunks.Put(p.chunk)
		p.chunk, p.held = nil, nil
	}
}

// pass passes bytes on.
func (p *pacer) pass(b []byte) {
	if p.err != nil || len(b) == 0 {
		return
	}
	p.limit()
	_, p.err = p.w.Write(b)
}

// limit gives the client time to accept what is sent next.
func (p *pacer) limit() {
	if p.timeout > 0 {
		_ = p.below.SetWriteDeadline(time.Now().Add(p.timeout))
	}
}

// soon sends what was written, now or by the timer.
func (p *pacer) soon() {
	wait := pace - time.Since(p.last)
	switch {
	case wait <= 0:
		p.send()
	case p.timer == nil:
		p.armed = true
		p.timer = time.AfterFunc(wait, p.ring)
	default:
		p.armed = true
		p.timer.Reset(wait)
	}
}

// ring is what the timer does.
func (p *pacer) ring() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.armed { // and not stopped since
		p.armed = false
		p.send()
	}
}

// send sends what was written. Where the writers below cannot do that it is
// sent when they see fit. No deadline is left behind: HTTP/2 would end by it a
// stream that waits for its next part.
func (p *pacer) send() {
	p.last = time.Now()
	p.release()
	if p.err != nil {
		return
	}
	p.limit()
	if err := p.below.Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		p.err = err
		return
	}
	if p.timeout > 0 {
		_ = p.below.SetWriteDeadline(time.Time{})
	}
}

// flush sends the head of the answer, or what was written.
func (p *pacer) flush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.send()
}

// stop ends the work of the timer, and passes on what was held. To send it is
// left to the end of the answer, for which there is time.
func (p *pacer) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	if p.timer != nil {
		p.timer.Stop()
	}
	p.release()
	p.limit()
}

// abort ends an answer that cannot be completed, in such a way that the client
// notices. What was written before is sent.
func abort(w http.ResponseWriter, r *http.Request, status int, err error) {
	if !isGone(r) {
		logError(r, status, "error in the middle of the response", err)
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}

// isGone reports whether the client of a request has gone, which is no error of
// the answer.
func isGone(r *http.Request) bool {
	return errors.Is(r.Context().Err(), context.Canceled)
}

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
	w     http.ResponseWriter
	below *http.ResponseController

	mu    sync.Mutex // the timer sends from another goroutine
	timer *time.Timer
	armed bool      // the timer is going to send
	last  time.Time // when it was sent before
	err   error     // of the connection
}

func newPacer(w http.ResponseWriter) *pacer {
	return &pacer{w: w, below: http.NewResponseController(w), last: time.Now()}
}

func (p *pacer) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.w.Write(b)
	switch {
	case err != nil:
		p.err = err
	case !p.armed:
		p.soon()
	}
	return n, p.err
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
// sent when they see fit.
func (p *pacer) send() {
	p.last = time.Now()
	if err := p.below.Flush(); err != nil && p.err == nil && !errors.Is(err, http.ErrNotSupported) {
		p.err = err
	}
}

// stop ends the work of the timer. What has not been sent yet is left to the
// end of the answer.
func (p *pacer) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.armed = false
	if p.timer != nil {
		p.timer.Stop()
	}
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

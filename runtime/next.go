package runtime

import (
	"context"
	"net/http"
	"sync"
)

// Next is what comes after a function with a //handlergen:middleware directive:
// the middleware further in, and the handler. Only such functions take one.
//
//	//handlergen:middleware
//	func Timed(r *http.Request, next runtime.Next) *runtime.Response {
//		start := time.Now()
//		res := next.Run(r)
//		res.Header.Set("Server-Timing", fmt.Sprintf("handler;dur=%d", time.Since(start).Milliseconds()))
//		return res
//	}
type Next struct {
	chain *Chain

	// Of one that lets the handler answer directly.
	w       http.ResponseWriter
	handler http.Handler
}

// Run lets the rest of the chain answer r, and returns its answer as soon as the
// head is known: when the handler calls WriteHeader, Write or Flush, or returns.
// The function may change the answer and return it, or answer otherwise; or not
// call Run at all. r may be another request than the function was given, such
// as one with an extension, as long as it is made of that one.
//
// The body follows at the pace of whoever takes it. Nothing is buffered: until
// the function returns, or reads the body, the handler waits in its first
// Write. See [Response] for what becomes of the body.
//
// A function is done with an answer when it returns something else, closes the
// body, or calls Run again. The context of the handler's request is then
// cancelled and its writes fail; it has ended before the next Run starts and
// before the function's own caller goes on, so that no two handlers ever use
// the request at a time. To Run again, as for a retry, is to answer the request
// again: a body that the first handler has read is gone unless the function
// gives r another.
//
// A panic of the handler before the head comes out of Run with the same value,
// and one after it aborts the connection if its answer was returned. A handler
// that hijacks the connection makes Run return an answer with status 101;
// whatever is returned then, nothing is sent.
//
// Run is called on the goroutine of the function and not after its return.
//
// Functions that do nothing with an answer but return it are generated without
// the goroutine that this takes. There Run returns when the answer has been
// sent, and what it returns only stands for it.
func (n Next) Run(r *http.Request) *Response {
	switch {
	case r == nil:
		panic("runtime: Next.Run of a nil request")
	case n.chain != nil:
		return n.chain.run(r)
	case n.handler != nil:
		before := r.MultipartForm
		n.handler.ServeHTTP(n.w, r)
		removeFiles(r.MultipartForm, before)
		return &Response{Header: make(http.Header), Body: http.NoBody, sent: true}
	}
	panic("runtime: Run of a Next that is not an adapter's")
}

// DirectNext returns a Next that lets h answer on w, for middleware functions
// that return the answer of Run as it is. It is for generated code.
func DirectNext(w http.ResponseWriter, h http.Handler) Next { return Next{w: w, handler: h} }

// A Chain is the rest of a chain behind one call of a middleware function. It
// is for generated code, which gives its Next to the function, and calls End
// whatever happens.
type Chain struct {
	w       http.ResponseWriter
	handler http.Handler

	mu      sync.Mutex
	first   run  // room for the only call of Run that there usually is
	last    *run // the latest call
	running bool // it has not returned
	over    bool // the function has
}

// NewChain returns a chain that answers by h. It does not write to w but for
// what goes past middleware: informational responses, and hijacked connections.
func NewChain(w http.ResponseWriter, h http.Handler) *Chain { return &Chain{w: w, handler: h} }

// Next returns what the middleware function calls the rest of the chain by.
func (c *Chain) Next() Next { return Next{chain: c} }

// End ends a handler whose answer was not returned, and waits for it.
func (c *Chain) End() {
	c.mu.Lock()
	c.over = true
	u := c.last
	c.mu.Unlock()
	if u != nil {
		u.abandon()
	}
}

func (c *Chain) run(r *http.Request) *Response {
	ctx, cancel := context.WithCancelCause(r.Context())
	u, before := c.start(r, cancel)
	defer c.stop()
	if before != nil {
		before.abandon()
	}
	u.inner = *r.WithContext(ctx) // which is inlined and stays on the stack
	go u.serve(c.handler)
	return u.answer()
}

// start makes the latest run, and returns the one before as well. The writer is
// left alone once the function has returned, for it may be the server's again.
func (c *Chain) start(r *http.Request, cancel context.CancelCauseFunc) (u, before *run) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.over:
		panic("runtime: Next.Run after the middleware function has returned")
	case c.running:
		panic("runtime: Next.Run during another call of it")
	}
	u, before = &c.first, c.last
	if before != nil {
		u = new(run)
	}
	u.init(c.w, r, cancel)
	c.last, c.running = u, true
	return u, before
}

func (c *Chain) stop() {
	c.mu.Lock()
	c.running = false
	c.mu.Unlock()
}

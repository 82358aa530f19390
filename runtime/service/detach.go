package service

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"github.com/handlergen/handlergen/runtime/drain"
)

// Detach lets a call return when its context ends, although the service has
// not: it is called in a goroutine of its own. When the service does return,
// what it returns is closed if it can be, and forgotten; until then, a server
// that drains (package drain) waits. It costs a goroutine, and is for services
// that do not heed their context; what limits them belongs inside, where a call
// counts until it has really ended.
//
// A panic of the service is one of Call; when the call has returned already, it
// is logged by [slog.Default].
func Detach[Req, Res any](inner Service[Req, Res]) Service[Req, Res] {
	return &detach[Req, Res]{inner}
}

type detach[Req, Res any] struct {
	Service[Req, Res]
}

func (d *detach[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	return begin(func() (Res, error) { return d.Service.Call(ctx, req) }).wait(ctx)
}

// A PanicError is what a layer that makes a call in another goroutine panics
// with when the call has panicked there.
type PanicError struct {
	Value any    // of the panic
	Stack []byte // of the goroutine
}

func (e *PanicError) Error() string {
	return "panic in a call: " + slog.AnyValue(e.Value).String() + "\n\n" + string(e.Stack)
}

// Unwrap returns the value of the panic if it is an error.
func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// errExited is the result of a call whose goroutine has exited.
var errExited = errors.New("service: the call has ended its goroutine")

// A running is a call in a goroutine of its own. Whoever began it receives from
// done, or abandons it.
type running[Res any] struct {
	done    chan outcome[Res] // of one
	state   atomic.Int32      // calling, returned or abandoned
	release func()            // of what the server holds for an abandoned call
}

const (
	calling int32 = iota
	returned
	abandoned
)

func newRunning[Res any]() *running[Res] {
	return &running[Res]{done: make(chan outcome[Res], 1)}
}

func begin[Res any](call func() (Res, error)) *running[Res] {
	r := newRunning[Res]()
	go func() {
		var o outcome[Res]
		defer func() { r.finish(o) }()
		o.of(call)
	}()
	return r
}

func (r *running[Res]) finish(o outcome[Res]) {
	if r.state.CompareAndSwap(calling, returned) {
		r.done <- o
		return
	}
	defer r.release()
	o.discard()
}

// wait waits for the result until ctx ends, and then abandons the call.
func (r *running[Res]) wait(ctx context.Context) (Res, error) {
	select {
	case o := <-r.done:
		return o.result()
	case <-ctx.Done():
	}
	select {
	case o := <-r.done: // at the last moment
		return o.result()
	default:
		r.abandon(ctx)
		var none Res
		return none, context.Cause(ctx)
	}
}

// abandon leaves the call alone. It does not wait, but the server of ctx does,
// when it ends.
func (r *running[Res]) abandon(ctx context.Context) {
	r.release = drain.Hold(ctx)
	if !r.state.CompareAndSwap(calling, abandoned) {
		defer r.release()
		(<-r.done).discard()
	}
}

// An outcome is how a call has ended.
type outcome[Res any] struct {
	res      Res
	err      error
	panicked error // nil, a PanicError or http.ErrAbortHandler
}

func (o *outcome[Res]) of(call func() (Res, error)) {
	normal := false
	defer func() {
		if normal {
			return
		}
		p := recover()
		if p == nil {
			o.err = errExited // by runtime.Goexit
			return
		}
		o.panicked = panicError(p)
	}()
	o.res, o.err = call()
	normal = true
}

// panicError returns p as an error, with the stack of this goroutine. What
// net/http compares with, and what has a stack already, remains as it is.
func panicError(p any) error {
	err, ok := p.(error)
	if _, again := err.(*PanicError); again || ok && isAbort(err) { //nolint:errorlint // it is that very value
		return err
	}
	return &PanicError{p, debug.Stack()}
}

// isAbort reports whether a panic means no more than that a response is to be
// cut off.
func isAbort(p error) bool {
	return p == http.ErrAbortHandler //nolint:errorlint // as net/http compares
}

// result returns what the call returned, or panics as it did.
func (o outcome[Res]) result() (Res, error) {
	if o.panicked != nil {
		panic(o.panicked)
	}
	return o.res, o.err
}

func (o outcome[Res]) discard() {
	switch {
	case isAbort(o.panicked):
	case o.panicked != nil:
		slog.Default().Error("panic in an abandoned call", slog.Any("panic", o.panicked))
	case o.err == nil:
		discard(o.res)
	}
}

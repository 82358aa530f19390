package service

import (
	"context"
	"errors"
	"net/http"
)

// The errors that layers return. Each has a method Status, so that the HTTP
// status by which runtime.WriteError answers it is the natural one.
var (
	// ErrTimeout is the error of [Timeout]: 504. It is also
	// [context.DeadlineExceeded].
	ErrTimeout error = &layerError{
		text: "request timed out", status: http.StatusGatewayTimeout, also: context.DeadlineExceeded,
	}

	// ErrOverloaded is the error of [LoadShed]: 503.
	ErrOverloaded error = &layerError{text: "service overloaded", status: http.StatusServiceUnavailable}

	// ErrNoEndpoints is the error of [Balance] when there is no service to
	// choose from, and none to come: 503.
	ErrNoEndpoints error = &layerError{text: "no endpoints", status: http.StatusServiceUnavailable}
)

// A layerError is an error of a layer, or one that a layer gives a name to.
type layerError struct {
	text   string
	status int
	also   error // what errors.Is finds, too
}

func (e *layerError) Error() string { return e.text }
func (e *layerError) Status() int   { return e.status }
func (e *layerError) Unwrap() error { return e.also }

// Timeout is how url.Error, and so callers of an http.Client, ask.
func (e *layerError) Timeout() bool { return errors.Is(e.also, context.DeadlineExceeded) }

// unavailable says that a service is out of order, and why: 503.
func unavailable(what string, cause error) error {
	return &layerError{
		text: what + ": " + cause.Error(), status: http.StatusServiceUnavailable, also: cause,
	}
}

// ended reports whether err says no more than that ctx has ended, which is the
// caller's affair and says nothing of the service.
func ended(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// atOnce is a context that has ended already, in which nobody waits.
type atOnce struct{ context.Context }

func (atOnce) Done() <-chan struct{} { return closed }
func (atOnce) Err() error            { return errNotNow }

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// errNotNow is how a context of atOnce has ended.
var errNotNow error = &layerError{
	text: "not ready now", status: http.StatusServiceUnavailable, also: context.Canceled,
}

func isNotNow(err error) bool { return errors.Is(err, errNotNow) }

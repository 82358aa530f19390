package middleware

import (
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"runtime/debug"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// RecoverConfig is the config of [Recover].
type RecoverConfig struct {
	// Logger logs panics; nil is [slog.Default].
	Logger *slog.Logger

	// Respond is called with the value of a panic while the answer has not
	// begun. If it writes nothing, the usual answer follows, so it may also
	// just report.
	Respond func(w http.ResponseWriter, r *http.Request, value any)
}

// Recover turns panics of the handler into answers with status 500, whose error
// is a [*PanicError], and logs each with its stack. What the handler had set in
// the header before it panicked is not sent. When the answer has begun there is
// no way to say what happened but to abort it, which Recover does with
// [http.ErrAbortHandler], so that the client does not take a part for the
// whole. The panic of a handler that has taken over the connection is logged
// and that is all: the connection is not the server's any more.
//
// A panic with [http.ErrAbortHandler] is not one: it is raised again.
//
// After axum's and tower-http's CatchPanic, which cannot abort what has begun.
// Without this layer net/http logs panics and cuts the connection.
func Recover(config ...RecoverConfig) func(http.Handler) http.Handler {
	c := settings("Recover", config)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tracked := writer.Track(w)
			var before savedHeader
			before.save(w.Header())
			defer func() {
				if value := recover(); value != nil {
					c.panicked(tracked, r, value, &before)
				}
			}()
			next.ServeHTTP(tracked, r)
		})
	}
}

// A PanicError is the error of a handler that panicked, as an errors function
// sees it. [Recover] has logged it.
type PanicError struct {
	Value any
	Stack []byte
}

// Error returns the value of the panic as text.
func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// Status returns 500.
func (*PanicError) Status() int { return http.StatusInternalServerError }

// Logged keeps it from being logged once more.
func (*PanicError) Logged() bool { return true }

// isAbort reports whether a panic is no failure, but meant to abort the answer.
func isAbort(value any) bool {
	return value == http.ErrAbortHandler //nolint:errorlint // as net/http compares it
}

// newPanicError is called on the way of a panic through the layers. Its stack is
// still there, unless it began on another goroutine.
func newPanicError(w *writer.Tracked, value any) *PanicError {
	e := &PanicError{Value: value, Stack: w.Stack()}
	if e.Stack == nil {
		e.Stack = debug.Stack()
	}
	return e
}

// panicked answers r after a panic.
func (c *RecoverConfig) panicked(w *writer.Tracked, r *http.Request, value any, before *savedHeader) {
	if isAbort(value) {
		panic(value)
	}
	failure := newPanicError(w, value)
	c.log(r, "handler panicked", failure)
	if w.Hijacked() {
		return
	}
	if w.Begun() {
		panic(http.ErrAbortHandler)
	}
	before.restore(w.Header())
	c.respond(w, r, failure)
}

// respond answers with the error of a panic. A panic in what answers leaves
// nothing but to abort.
func (c *RecoverConfig) respond(w *writer.Tracked, r *http.Request, failure *PanicError) {
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		if !isAbort(value) {
			c.log(r, "answering a panic panicked", &PanicError{Value: value, Stack: debug.Stack()})
		}
		panic(http.ErrAbortHandler)
	}()
	if c.Respond != nil {
		c.Respond(w, r, failure.Value)
	}
	if !w.Begun() {
		runtime.RenderError(w, r, failure)
	}
}

func (c *RecoverConfig) log(r *http.Request, message string, failure *PanicError) {
	logger := c.Logger
	if logger == nil {
		logger = slog.Default()
	}
	logPanic(logger, r, message, failure)
}

func logPanic(logger *slog.Logger, r *http.Request, message string, failure *PanicError) {
	logger.LogAttrs(r.Context(), slog.LevelError, message,
		slog.String("method", r.Method),
		slog.String("path", runtime.OriginalPath(r)),
		slog.String("panic", fmt.Sprint(failure.Value)),
		slog.String("stack", string(failure.Stack)),
	)
}

// A savedHeader remembers the fields of a header that is changed later. It has
// room for those that layers outside usually set.
type savedHeader struct {
	few  [4]headerField
	n    int
	many http.Header // instead, if they are more
}

type headerField struct {
	name  string
	lines []string
}

func (s *savedHeader) save(h http.Header) {
	if len(h) > len(s.few) {
		s.many = maps.Clone(h)
		return
	}
	if len(h) == 0 {
		return // which is usual, and much faster than the loop
	}
	for name, lines := range h {
		s.few[s.n] = headerField{name, lines}
		s.n++
	}
}

func (s *savedHeader) restore(h http.Header) {
	clear(h)
	maps.Copy(h, s.many)
	for _, field := range s.few[:s.n] {
		h[field.name] = field.lines
	}
}

package middleware

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// TraceConfig is the config of [Trace].
type TraceConfig struct {
	// Logger is where to; nil is [slog.Default].
	Logger *slog.Logger

	// RequestLevel is that of the line at the beginning of a request; nil is
	// debug. ResponseLevel is that at its end; nil is info. FailureLevel is
	// that of a failure; nil is error.
	RequestLevel, ResponseLevel, FailureLevel slog.Leveler

	// Headers adds the header of the request to the line at its beginning, and
	// that of the answer to the one at its end, as [LogHeader] masks them.
	Headers bool

	// Skip says which requests are not traced at all; nil is none.
	Skip func(r *http.Request) bool

	// OnRequest, OnResponse and OnFailure are called instead of logging what
	// they are named after; see [Trace].
	OnRequest  func(r *http.Request)
	OnResponse func(x *Exchange)
	OnFailure  func(x *Exchange)
}

// An Exchange is a request and what became of it.
type Exchange struct {
	// Request is what the layer got; its body has been used.
	Request *http.Request

	// Route is the path of the pattern that matched, with the prefixes of
	// nested routers: "/users/{id}". It is empty if none did, or if the layers
	// between here and the router gave it another request than this and did
	// not say so; those of this package do.
	Route runtime.MatchedPath

	// Status is that of the answer; 0 if there is none, as on a connection
	// that the handler took over.
	Status int

	// Header is that of the answer.
	Header http.Header

	// Bytes is how many bytes of the body the handler wrote, also if the
	// answer is one to HEAD.
	Bytes int64

	// Latency is the time from the request to the end of the answer.
	Latency time.Duration

	// Hijacked is whether the handler took over the connection.
	Hijacked bool

	// Err is why the answer may not be whole: a [*PanicError], an
	// [http.ErrAbortHandler], or the cause of the end of the request's context,
	// such as that the client has gone. It is nil if nothing is known of that, and
	// of a client that goes when all of Content-Length has been written.
	Err error
}

// Failed reports whether this is a failure: a status of 500 or more, a panic, or
// an answer that was aborted. A client that goes is none.
func (x *Exchange) Failed() bool { return x.Status >= 500 || x.broken() }

// whole reports whether the handler has written all that it had announced, so that
// the client may have gone with it before the handler returned.
func (x *Exchange) whole() bool {
	length := x.Header["Content-Length"]
	return len(length) == 1 && length[0] == strconv.FormatInt(x.Bytes, 10)
}

// broken reports whether the handler did not return.
func (x *Exchange) broken() bool {
	_, panicked := errors.AsType[*PanicError](x.Err)
	return panicked || errors.Is(x.Err, http.ErrAbortHandler)
}

// Trace logs requests:
//
//   - "started processing request" at its beginning, with method, path, proto
//     and remote, at level debug;
//   - "finished processing request" when the handler has returned, with method,
//     path, route, status, latency and bytes, at level info; when the
//     connection was taken over with hijacked=true, and with the error if the
//     client had gone by then without having got all of Content-Length;
//   - "response failed" for a failure, with the same and the error, at level
//     error: after the line above for a status of 500 or more, instead of it
//     for a panic or an aborted answer, which are raised again.
//
// If [RequestID] is outside, each has a request_id. The query is not logged,
// since people put secrets into it; the path is [runtime.OriginalPath], with all
// prefixes. Lines have no source, which would always be this package.
//
// Outside of [Recover] it sees the answers to panics, and what an answer that
// was aborted had. It should be outside of layers that refuse requests, and
// can be one of a router's layers or around it.
//
// After tower-http's Trace, whose response is at level debug and logged when it
// begins: here the end of a stream and of the response are one.
func Trace(config ...TraceConfig) func(http.Handler) http.Handler {
	t := tracer{settings("Trace", config)}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if t.Skip != nil && t.Skip(r) {
				next.ServeHTTP(w, r)
				return
			}
			start := time.Now()
			tracked := writer.Track(w)
			t.request(r, start)
			returned := false
			defer func() {
				var value any
				if !returned {
					value = recover()
				}
				t.finish(tracked, r, start, returned, value)
				if value != nil {
					panic(value)
				}
			}()
			next.ServeHTTP(tracked, r)
			returned = true
		})
	}
}

type tracer struct{ TraceConfig }

// request is called when a request begins.
func (t *tracer) request(r *http.Request, start time.Time) {
	if t.OnRequest != nil {
		t.OnRequest(r)
		return
	}
	level := levelOr(t.RequestLevel, slog.LevelDebug)
	handler := t.enabled(r.Context(), level)
	if handler == nil {
		return
	}
	line := slog.NewRecord(start, level, "started processing request", 0)
	line.AddAttrs(
		slog.String("method", r.Method),
		slog.String("path", runtime.OriginalPath(r)),
		slog.String("proto", r.Proto),
		slog.String("remote", r.RemoteAddr),
	)
	if id := IDFrom(r.Context()); id != "" {
		line.AddAttrs(slog.String(idAttr, string(id)))
	}
	if t.Headers {
		line.AddAttrs(slog.Any("headers", LogHeader(r.Context(), r.Header)))
	}
	_ = handler.Handle(r.Context(), line)
}

// finish is called when the handler has returned, or panicked with a value.
func (t *tracer) finish(w *writer.Tracked, r *http.Request, start time.Time, returned bool, value any) {
	end := time.Now()
	x := Exchange{
		Request:  r,
		Route:    runtime.ReadMatchedPath(r),
		Status:   w.Status(),
		Header:   w.Header(),
		Bytes:    w.Bytes(),
		Latency:  end.Sub(start),
		Hijacked: w.Hijacked(),
		Err:      brokenBy(w, returned, value),
	}
	if returned {
		if !w.Begun() {
			x.Status = http.StatusOK // which the server sends now
		}
		if err := context.Cause(r.Context()); err != nil && !x.whole() {
			x.Err = err
		}
		t.event(&x, end, t.OnResponse, levelOr(t.ResponseLevel, slog.LevelInfo), "finished processing request")
	}
	if x.Failed() {
		t.event(&x, end, t.OnFailure, levelOr(t.FailureLevel, slog.LevelError), "response failed")
	}
}

// brokenBy returns the error of a handler that did not return.
func brokenBy(w *writer.Tracked, returned bool, value any) error {
	switch {
	case returned:
		return nil
	case value == nil || isAbort(value): // nil by runtime.Goexit
		return http.ErrAbortHandler
	}
	return newPanicError(w, value)
}

// event calls the hook of an event, or logs it. The hook gets what it may keep.
func (t *tracer) event(x *Exchange, at time.Time, hook func(*Exchange), level slog.Level, message string) {
	if hook != nil {
		kept := *x
		hook(&kept)
		return
	}
	t.log(x, at, level, message)
}

func (t *tracer) log(x *Exchange, at time.Time, level slog.Level, message string) {
	ctx := x.Request.Context()
	handler := t.enabled(ctx, level)
	if handler == nil {
		return
	}
	attrs := make([]slog.Attr, 0, 10)
	attrs = append(attrs,
		slog.String("method", x.Request.Method),
		slog.String("path", runtime.OriginalPath(x.Request)),
		slog.String("route", string(x.Route)),
		slog.Int("status", x.Status),
		slog.Duration("latency", x.Latency),
		slog.Int64("bytes", x.Bytes),
	)
	if id := IDFrom(ctx); id != "" {
		attrs = append(attrs, slog.String(idAttr, string(id)))
	}
	if x.Hijacked {
		attrs = append(attrs, slog.Bool("hijacked", true))
	}
	if x.Err != nil {
		attrs = append(attrs, slog.String("error", fmt.Sprint(x.Err)))
	}
	if t.Headers {
		attrs = append(attrs, slog.Any("headers", LogHeader(ctx, x.Header)))
	}
	line := slog.NewRecord(at, level, message, 0)
	line.AddAttrs(attrs...)
	_ = handler.Handle(ctx, line)
}

// enabled returns the handler of lines of some level, or nil if they are not
// logged. Lines made for it have the time of what they are about, which is known,
// and no place in the source, which would be here and takes a while to find.
func (t *tracer) enabled(ctx context.Context, level slog.Level) slog.Handler {
	handler := t.logger().Handler()
	if !handler.Enabled(ctx, level) {
		return nil
	}
	return handler
}

func (t *tracer) logger() *slog.Logger {
	if t.Logger != nil {
		return t.Logger
	}
	return slog.Default()
}

func levelOr(l slog.Leveler, otherwise slog.Level) slog.Level {
	if l == nil {
		return otherwise
	}
	return l.Level()
}

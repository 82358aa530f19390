// Package layers holds the layers whose cost is measured, and beside them what
// chi and net/http have that means the same.
package layers

import (
	"io"
	"iter"
	"log"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	chi "github.com/go-chi/chi/v5/middleware"

	"github.com/handlergen/handlergen/bench/layers/guarded"
	"github.com/handlergen/handlergen/bench/layers/plain"
	"github.com/handlergen/handlergen/bench/layers/stamped"
	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/contrib/ratelimit"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// A Middleware is what goes around a handler.
type Middleware = func(http.Handler) http.Handler

// A Layer is one row of the table.
type Layer struct {
	Name    string // "Recover"
	Request string // which of the Requests it gets
	Bare    http.Handler

	// Ours, and what means the same; nil where there is nothing.
	Ours, Chi, Std Middleware

	// Note says how they differ.
	Note string
}

// Who has a layer.
const (
	Ours = "ours"
	Chi  = "chi"
	Std  = "std"
)

// Contenders yields who has such a layer.
func (l Layer) Contenders() iter.Seq2[string, Middleware] {
	return func(yield func(string, Middleware) bool) {
		_ = (l.Ours == nil || yield(Ours, l.Ours)) &&
			(l.Chi == nil || yield(Chi, l.Chi)) &&
			(l.Std == nil || yield(Std, l.Std))
	}
}

// Row is the name in benchmarks.
func (l Layer) Row() string { return strings.ReplaceAll(l.Name, " ", "-") }

// What the layers are given.
const (
	Limit    = 1 << 20 // bytes of a body
	Slots    = 100     // requests at the same time
	Deadline = time.Minute
	User     = "ada"
	Password = "correct horse battery staple"
	Token    = "b7c1a0d94f6e4e0c"
)

// The jwt layer asks for a token that is signed by key.
var (
	key      = jwt.Key{Algorithm: jwt.HS256, Value: []byte("this is 32 bytes and not random!")}
	verifier = jwt.NewVerifier[jwt.RegisteredClaims](jwt.Config{Keys: []jwt.Key{key}})
)

// An Extension is what AddExtension adds.
type Extension struct{ Name string }

// Key is the key of the same value for chi.
type Key struct{}

// Layers returns all layers. Those that log write to out.
func Layers(out io.Writer) []Layer {
	var (
		recovers  = middleware.Recover()
		requestID = middleware.RequestID()
		trace     = middleware.Trace(middleware.TraceConfig{Logger: slog.New(slog.NewTextHandler(out, nil))})
		timeout   = middleware.Timeout(Deadline)
		bodyLimit = middleware.BodyLimit(Limit)
		setHeader = middleware.SetHeader(middleware.HeaderRule{Name: "X-Content-Type-Options", Value: "nosniff"})

		chiLog     = chi.RequestLogger(&chi.DefaultLogFormatter{Logger: log.New(out, "", log.LstdFlags), NoColor: true})
		chiTimeout = chi.Timeout(Deadline)
		chiLimit   = chi.RequestSize(Limit)
		chiHeader  = chi.SetHeader("X-Content-Type-Options", "nosniff")

		stdTimeout = func(h http.Handler) http.Handler { return http.TimeoutHandler(h, Deadline, "") }
		stdLimit   = func(h http.Handler) http.Handler { return http.MaxBytesHandler(h, Limit) }

		inFlight atomic.Int64
	)
	return []Layer{
		{
			Name: "Recover", Request: "text", Bare: Text,
			Ours: recovers, Chi: chi.Recoverer,
			Note: "ours drops what the handler had set, and aborts an answer that has begun",
		},
		{
			Name: "RequestID", Request: "text", Bare: Text,
			Ours: requestID, Chi: chi.RequestID,
			Note: "ours is random, and in the answer; chi's counts, and is not",
		},
		{
			Name: "Trace", Request: "text", Bare: Text,
			Ours: trace, Chi: chiLog,
			Note: "one line for each request: ours by slog's text handler, chi's (Logger) by package log",
		},
		{
			Name: "Timeout", Request: "text", Bare: Text,
			Ours: timeout, Chi: chiTimeout, Std: stdTimeout,
			Note: "chi's gives the context a deadline and waits for the handler; ours and net/http's (TimeoutHandler) do not wait, " +
				"for which the handler needs a goroutine; net/http's buffers the answer; ours makes room on the stack " +
				"for what handlers usually need, which this one does not",
		},
		{
			Name: "Timeout of JSON", Request: "json", Bare: Decode,
			Ours: timeout, Chi: chiTimeout, Std: stdTimeout,
			Note: "the same around a handler that decodes 1 KB of JSON and encodes it again, whose 43 allocations are among those here",
		},
		{
			Name: "BodyLimit", Request: "body", Bare: Read,
			Ours: bodyLimit, Chi: chiLimit, Std: stdLimit,
			Note: "ours refuses by the Content-Length before the handler is called; ours and net/http's copy the request; chi's puts the " +
				"limited body into the server's own, after which net/http does not close connections with the rest of a body on them",
		},
		{
			Name: "SetHeader", Request: "text", Bare: Text,
			Ours: setHeader, Chi: chiHeader,
			Note: "ours sets when the answer begins, so that it wins over the handler",
		},
		{
			Name: "function that asks", Request: "text", Bare: plain.Routes(),
			Ours: func(http.Handler) http.Handler { return guarded.Routes() },
			Note: "a handlergen:middleware function with an extractor, which returns what next.Run gives it",
		},
		{
			Name: "function that changes", Request: "text", Bare: plain.Routes(),
			Ours: func(http.Handler) http.Handler { return stamped.Routes() }, Chi: chiHeader,
			Note: "one that sets a field of what next.Run gives it; chi's is SetHeader",
		},
		{
			Name: "AddExtension", Request: "text", Bare: Text,
			Ours: middleware.AddExtension(Extension{"value"}), Chi: chi.WithValue(Key{}, Extension{"value"}),
		},
		{
			Name: "BasicAuth", Request: "user", Bare: Text,
			Ours: middleware.BasicAuth(middleware.Passwords(map[string]string{User: Password})),
			Chi:  chi.BasicAuth("test", map[string]string{User: Password}),
			Note: "ours also tells the handler who it is",
		},
		{
			Name: "ConcurrencyLimit", Request: "text", Bare: Text,
			Ours: middleware.ConcurrencyLimit(Slots), Chi: chi.ThrottleBacklog(Slots, Slots, Deadline),
			Note: "requests in excess wait",
		},
		{
			Name: "LoadShed", Request: "text", Bare: Text,
			Ours: middleware.LoadShed(Slots), Chi: chi.Throttle(Slots),
			Note: "requests in excess are refused",
		},
		{
			Name: "NormalizePath", Request: "text", Bare: Text,
			Ours: middleware.NormalizePath(), Chi: chi.StripSlashes,
			Note: "for a path that is fine",
		},
		{
			Name: "CrossOrigin", Request: "body", Bare: Read,
			Ours: middleware.CrossOrigin(), Std: http.NewCrossOriginProtection().Handler,
		},
		{
			Name: "compress", Request: "gzip", Bare: Page,
			Ours: compress.New(compress.Config{}), Chi: chi.Compress(5, "application/json"),
			Note: "4 KB of JSON by gzip at the default level of either library",
		},
		{Name: "BearerAuth", Request: "token", Bare: Text, Ours: middleware.BearerAuth(middleware.Tokens(map[string]string{Token: User}))},
		{Name: "Accept", Request: "text", Bare: Text, Ours: middleware.Accept("text/plain")},
		{Name: "Decompress", Request: "text", Bare: Text, Ours: middleware.Decompress(), Note: "for a request that is not compressed"},
		{Name: "InFlight", Request: "text", Bare: Text, Ours: middleware.InFlight(func(n int64) { inFlight.Add(n) })},
		{
			Name: "RequestBodyTimeout", Request: "body", Bare: Read, Ours: middleware.RequestBodyTimeout(Deadline),
			Note: "without what the deadline of a connection takes, of which there is none; the same is true for ResponseBodyTimeout",
		},
		{Name: "ResponseBodyTimeout", Request: "text", Bare: Text, Ours: middleware.ResponseBodyTimeout(Deadline)},
		{Name: "PropagateHeader", Request: "text", Bare: Text, Ours: middleware.PropagateHeader("User-Agent")},
		{Name: "SensitiveHeaders", Request: "text", Bare: Text, Ours: middleware.SensitiveHeaders("Authorization", "Cookie")},
		{Name: "cors", Request: "origin", Bare: Text, Ours: cors.New(cors.Config{Origins: []string{"https://example.com"}})},
		{
			Name: "jwt", Request: "jwt", Bare: Text, Ours: verifier.Require,
			Note: "Require, for a token by HS256",
		},
		{
			Name: "ratelimit", Request: "text", Bare: Text,
			Ours: ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 1 << 30, Per: time.Second}}),
		},
		{
			Name: "five", Request: "body", Bare: Read,
			Ours: stack(requestID, trace, recovers, bodyLimit, setHeader),
			Chi:  stack(chi.RequestID, chiLog, chi.Recoverer, chiLimit, chiHeader),
			Note: "RequestID, Trace, Recover, BodyLimit and SetHeader, stacked",
		},
		{
			Name: "five with Timeout", Request: "body", Bare: Read,
			Ours: stack(requestID, trace, recovers, timeout, bodyLimit),
			Chi:  stack(chi.RequestID, chiLog, chi.Recoverer, chiTimeout, chiLimit),
			Std:  stack(chi.RequestID, chiLog, chi.Recoverer, stdTimeout, chiLimit),
			Note: "RequestID, Trace, Recover, Timeout and BodyLimit, stacked; net/http's: chi's other four with TimeoutHandler",
		},
	}
}

// stack puts layers together, the first one outermost.
func stack(layers ...Middleware) Middleware {
	return func(h http.Handler) http.Handler {
		for _, layer := range slices.Backward(layers) {
			h = layer(h)
		}
		return h
	}
}

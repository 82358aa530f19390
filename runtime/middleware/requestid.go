package middleware

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"

	"github.com/handlergen/handlergen/runtime/internal/extension"
)

// RequestIDConfig is the config of [RequestID].
type RequestIDConfig struct {
	// Header is the field that carries the id; empty is X-Request-Id.
	Header string

	// Replace makes an id for every request, whatever came with it. Without it
	// an id from outside is kept if it is valid.
	Replace bool

	// Make makes an id; nil makes random ones of 26 letters and digits. It may
	// return none.
	Make func(r *http.Request) string

	// Silent keeps the id from the answer.
	Silent bool
}

// ID is the id of a request. Handlers get it with a parameter of type
// runtime.Extension[middleware.ID], and everything that has the context of the
// request by [IDFrom].
type ID string

// RequestID gives every request an id: that of its header X-Request-Id if it has
// a valid one, which what stands in front of the server may have made, else one
// of its own. The id is in the header that the handler gets, so that a proxy
// passes it on; in the answer, unless something else is there already; among the
// extensions, as an [ID]; and in the lines that [Trace] and [LogRequestID] log.
//
// Valid is an id of 1 to 128 visible ASCII characters without quotes, backslash
// and angle brackets, which can be put into logs and pages as it is. Clients
// can choose it: it is for finding things, not for trusting them.
//
// After tower-http's SetRequestId and PropagateRequestId, in one layer. Their
// ids are UUIDs and not checked.
func RequestID(config ...RequestIDConfig) func(http.Handler) http.Handler {
	c := settings("RequestID", config)
	name := "X-Request-Id"
	if c.Header != "" {
		name = fieldName("RequestID", c.Header)
	}
	if c.Make == nil {
		c.Make = randomID
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			id, known := c.choose(r, r.Header[name])
			if id == "" {
				changed := *r
				changed.Header = copyHeader(r.Header)
				delete(changed.Header, name)
				serveChanged(next, w, r, &changed)
				return
			}
			made := &identified{id: ID(id), asked: [1]string{id}, answered: [1]string{id}}
			request := made.Of(r, &made.id)
			if !known {
				request.Header = copyHeader(r.Header)
				request.Header[name] = made.asked[:]
			}
			if answer := w.Header(); !c.Silent && len(answer[name]) == 0 {
				answer[name] = made.answered[:]
			}
			serveChanged(next, w, r, request)
		})
	}
}

// An identified is what a request with an id needs, in one allocation.
type identified struct {
	extension.Copy[ID]
	id ID

	asked, answered [1]string // the lines of the two headers
}

// randomID returns an id of 128 random bits, in base 32. They are those of the
// generator of the Go runtime, which the system seeds: ids must not be alike, but
// they are no secrets.
func randomID(*http.Request) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var id [26]byte
	for half := range 2 {
		bits := rand.Uint64()
		for i := range len(id) / 2 {
			id[half*len(id)/2+i] = digits[bits%32]
			bits /= 32
		}
	}
	return string(id[:])
}

// choose returns the id of a request, and whether that is what the header says.
func (c *RequestIDConfig) choose(r *http.Request, lines []string) (id string, known bool) {
	if !c.Replace && len(lines) == 1 && isValidID(lines[0]) {
		return lines[0], true
	}
	return c.Make(r), false
}

func isValidID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case c <= ' ', c > '~':
			return false
		case c == '"', c == '\'', c == '`', c == '\\', c == '<', c == '>':
			return false
		}
	}
	return true
}

// IDFrom returns the id that [RequestID] gave to the request of ctx, or an empty
// one.
func IDFrom(ctx context.Context) ID {
	id, _ := extension.Find[ID](ctx)
	return id
}

// LogRequestID returns a handler for [slog.New] that adds the id of the request
// to every line that is logged with its context, as request_id.
//
//	slog.SetDefault(slog.New(middleware.LogRequestID(slog.NewJSONHandler(os.Stderr, nil))))
func LogRequestID(h slog.Handler) slog.Handler { return idHandler{h} }

type idHandler struct{ slog.Handler }

const idAttr = "request_id"

func (h idHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := IDFrom(ctx); id != "" && !hasID(record) {
		record = record.Clone()
		record.AddAttrs(slog.String(idAttr, string(id)))
	}
	return h.Handler.Handle(ctx, record)
}

// hasID reports whether a record has a request_id of its own.
func hasID(record slog.Record) bool {
	found := false
	record.Attrs(func(a slog.Attr) bool {
		found = a.Key == idAttr
		return !found
	})
	return found
}

func (h idHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return idHandler{h.Handler.WithAttrs(attrs)}
}

func (h idHandler) WithGroup(name string) slog.Handler {
	return idHandler{h.Handler.WithGroup(name)}
}

package middleware

import (
	"context"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// SensitiveHeaders marks fields, of requests and answers, that must not be
// logged: [LogHeader] masks them, and so does [Trace], which must be inside.
// Several of them add up. The fields Authorization, Cookie, Proxy-Authorization
// and Set-Cookie are masked in any case.
//
// After tower-http's SensitiveRequestHeaders and SensitiveResponseHeaders, which
// mark values; a value of [http.Header] is a string and cannot be marked, so the
// context of the request has a list. SensitiveHeaders panics if a name is no
// token or there is none.
func SensitiveHeaders(names ...string) func(http.Handler) http.Handler {
	names = fieldNames("SensitiveHeaders", names)
	alone := &sensitive{names: names}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			marked := alone
			if outer, ok := r.Context().Value(sensitiveKey{}).(*sensitive); ok {
				marked = &sensitive{names, outer}
			}
			ctx := context.WithValue(r.Context(), sensitiveKey{}, marked)
			serveChanged(next, w, r, r.WithContext(ctx))
		})
	}
}

// sensitiveKey is the context key of the fields that are marked, a *sensitive.
type sensitiveKey struct{}

type sensitive struct {
	names []string
	outer *sensitive
}

// IsSensitive reports whether a field must not be logged with the request of
// ctx.
func IsSensitive(ctx context.Context, name string) bool {
	name = http.CanonicalHeaderKey(name)
	switch name {
	case "Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie":
		return true
	}
	marked, _ := ctx.Value(sensitiveKey{}).(*sensitive)
	for ; marked != nil; marked = marked.outer {
		if slices.Contains(marked.names, name) {
			return true
		}
	}
	return false
}

// LogHeader returns a value to log a header with: a group of its fields, sorted
// by name, in which sensitive ones are masked. Nothing is done for it if the
// line is not logged.
//
//	slog.DebugContext(ctx, "upstream answered", "header", middleware.LogHeader(ctx, response.Header))
func LogHeader(ctx context.Context, h http.Header) slog.LogValuer {
	return loggedHeader{ctx, h}
}

type loggedHeader struct {
	ctx    context.Context
	header http.Header
}

// masked is logged in place of what is sensitive.
const masked = "[masked]"

func (l loggedHeader) LogValue() slog.Value {
	attrs := make([]slog.Attr, 0, len(l.header))
	for _, name := range slices.Sorted(maps.Keys(l.header)) {
		value := masked
		if !IsSensitive(l.ctx, name) {
			value = strings.Join(l.header[name], ", ")
		}
		attrs = append(attrs, slog.String(name, value))
	}
	return slog.GroupValue(attrs...)
}

package middleware

import (
	"net/http"
	"net/url"
	"strings"
)

// NormalizePathConfig is the config of [NormalizePath].
type NormalizePathConfig struct {
	// Append gives paths one slash at their end, instead of none.
	Append bool
}

// NormalizePath removes the slashes at the end of paths, and all but one at
// their beginning, so that /users/ is served as /users. "/" stays. With Append,
// paths end with one slash instead. The query, slashes inside, and those that
// are escaped (%2F) stay as they are.
//
// It must be around the router, since what routes choose by comes before their
// middleware:
//
//	http.ListenAndServe(addr, middleware.NormalizePath()(router))
//
// The path is changed for what is inside, and the client is not redirected: so
// there is no redirect to //example.com either. [runtime.OriginalURL] is that of
// the client. A pattern that ends with a slash, such as /files/, is redirected to
// by net/http from the path without it, which would be for ever: below this
// layer write /files and /files/{path...} for it, or use Append.
//
// After tower-http's NormalizePath.
func NormalizePath(config ...NormalizePathConfig) func(http.Handler) http.Handler {
	normalize := trimSlashes
	if settings("NormalizePath", config).Append {
		normalize = appendSlash
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			u, ok := withPath(r.URL, normalize)
			if !ok {
				next.ServeHTTP(w, r)
				return
			}
			normalized := *r
			normalized.URL = u
			serveChanged(next, w, r, &normalized)
		})
	}
}

// trimSlashes returns a path that begins with a slash and ends with none, unless
// it is one.
func trimSlashes(path string) string {
	end := len(strings.TrimRight(path, "/"))
	if end == 0 {
		return "/"
	}
	start := len(path) - len(strings.TrimLeft(path, "/"))
	return path[start-1 : end]
}

// appendSlash returns a path that begins and ends with one slash.
func appendSlash(path string) string {
	if path = trimSlashes(path); path != "/" {
		path += "/"
	}
	return path
}

// withPath returns a copy of u with another path, if that is another. What is
// not a path, as in OPTIONS * or CONNECT, is not changed.
func withPath(u *url.URL, normalize func(string) string) (*url.URL, bool) {
	if !strings.HasPrefix(u.Path, "/") {
		return nil, false
	}
	if u.RawPath == "" {
		path := normalize(u.Path)
		if path == u.Path {
			return nil, false
		}
		changed := *u
		changed.Path = path
		return &changed, true
	}
	escaped := u.EscapedPath() // which is not RawPath if that has what does not belong there
	raw := normalize(escaped)
	path, err := url.PathUnescape(raw)
	if raw == escaped || err != nil {
		return nil, false
	}
	changed := *u
	changed.Path, changed.RawPath = path, raw
	return &changed, true
}

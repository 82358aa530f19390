package ws

import (
	"net/http"
	"net/url"
	"strings"
)

// checkOrigin returns why a page may not connect, or nil.
func (c Config) checkOrigin(r *http.Request) error {
	lines := r.Header["Origin"]
	if len(lines) == 0 { // no browser
		return nil
	}
	if origin, err := url.Parse(lines[0]); err == nil && len(lines) == 1 && c.allows(origin, r.Host) {
		return nil
	}
	return &refusal{
		status: http.StatusForbidden,
		detail: "pages of the origin " + strings.Join(lines, ", ") + " may not open WebSockets here",
	}
}

// allows reports whether an origin is the host itself or one of those listed.
func (c Config) allows(origin *url.URL, host string) bool {
	if origin.Host != "" && withoutPort(origin.Host, origin.Scheme) == withoutPort(host, origin.Scheme) {
		return true
	}
	for _, pattern := range c.Origins {
		if pattern == "*" || matches(pattern, origin) {
			return true
		}
	}
	return false
}

// matches reports whether an origin is one that a pattern means.
func matches(pattern string, origin *url.URL) bool {
	scheme, host, ok := strings.Cut(pattern, "://")
	if !ok {
		scheme, host = origin.Scheme, pattern
	}
	if origin.Host == "" || !strings.EqualFold(scheme, origin.Scheme) {
		return false
	}
	host, actual := withoutPort(host, origin.Scheme), withoutPort(origin.Host, origin.Scheme)
	if below, ok := strings.CutPrefix(host, "*"); ok {
		return strings.HasPrefix(below, ".") && strings.HasSuffix(actual, below) && len(actual) > len(below)
	}
	return host == actual
}

// withoutPort returns a host in lower case and without the port that its scheme
// has anyway.
func withoutPort(host, scheme string) string {
	host = strings.ToLower(host)
	switch scheme {
	case "http":
		return strings.TrimSuffix(host, ":80")
	case "https":
		return strings.TrimSuffix(host, ":443")
	}
	return host
}

package middleware

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// CrossOriginConfig is the config of [CrossOrigin].
type CrossOriginConfig struct {
	// Trusted are origins that may: "https://example.com".
	Trusted []string

	// Bypass are patterns of requests that are not checked:
	// "POST /webhooks/{name}".
	Bypass []string
}

// CrossOrigin refuses requests that change something and that a browser sends on
// behalf of another site, with status 403: protection against cross-site request
// forgery by [http.CrossOriginProtection], which says how they are told apart.
// Requests that are no browser's pass, and so do GET, HEAD and OPTIONS.
//
// After tower-http's csrf, which is after net/http's. It panics if an origin or a
// pattern is malformed.
func CrossOrigin(config ...CrossOriginConfig) func(http.Handler) http.Handler {
	c := settings("CrossOrigin", config)
	protection := http.NewCrossOriginProtection()
	for _, origin := range c.Trusted {
		if err := protection.AddTrustedOrigin(origin); err != nil {
			panic("middleware: CrossOrigin: " + err.Error())
		}
	}
	for _, pattern := range c.Bypass {
		addBypass(protection, pattern)
	}
	refused := runtime.Errorf(http.StatusForbidden, "the request comes from another site")
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if protection.Check(r) != nil {
				runtime.RenderError(w, r, refused)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func addBypass(protection *http.CrossOriginProtection, pattern string) {
	defer func() {
		if reason := recover(); reason != nil {
			panic("middleware: CrossOrigin: the pattern " + pattern + " is malformed or not the only one for its requests")
		}
	}()
	protection.AddInsecureBypassPattern(pattern)
}

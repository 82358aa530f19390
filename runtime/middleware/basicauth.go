package middleware

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// BasicAuthConfig is the config of [BasicAuth].
type BasicAuthConfig struct {
	// Realm is what browsers may show when they ask for the password; empty is
	// "restricted".
	Realm string
}

// BasicAuth lets requests in whose user and password (RFC 7617) pass a check. It
// returns who that is, of whatever type, which handlers get with a parameter of
// type [runtime.Extension] of it; or an error: [ErrUnauthorized] if they are
// wrong, and any other if it does not know, which is answered as a handler's.
// Requests without credentials, and whatever has status 401, are answered with a
// WWW-Authenticate.
//
//	middleware.BasicAuth(middleware.Passwords(map[string]string{"admin": password}))
//
// A check compares secrets in constant time, with [subtle.ConstantTimeCompare]
// or a password hash. Over connections that are not encrypted everybody can read
// them.
//
// After tower-http's ValidateRequestHeader::basic and AsyncRequireAuthorization.
// BasicAuth panics if check is nil or the realm cannot be sent.
//
// [subtle.ConstantTimeCompare]: https://pkg.go.dev/crypto/subtle#ConstantTimeCompare
func BasicAuth[T any](check func(r *http.Request, username, password string) (T, error), config ...BasicAuthConfig) func(http.Handler) http.Handler {
	c := settings("BasicAuth", config)
	if check == nil || !isFieldValue(c.Realm) {
		panic(fmt.Sprintf("middleware: BasicAuth with a check %t and the realm %q", check != nil, c.Realm))
	}
	if c.Realm == "" {
		c.Realm = "restricted"
	}
	escaped := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(c.Realm)
	challenge := []string{`Basic realm="` + escaped + `", charset="UTF-8"`}
	missing := runtime.Errorf(http.StatusUnauthorized, "user and password are required")
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			username, password, ok := r.BasicAuth()
			if !ok {
				w.Header()["Www-Authenticate"] = challenge
				runtime.RenderError(w, r, missing)
				return
			}
			identity, err := check(r, username, password)
			authorize(next, w, r, identity, err, challenge)
		})
	}
}

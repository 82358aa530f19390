package middleware

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// BearerAuth lets requests in whose bearer token (RFC 6750) passes a check. As
// with [BasicAuth], the check returns who that is, for a parameter of type
// [runtime.Extension] of its type, or an error, such as [ErrUnauthorized].
//
//	middleware.BearerAuth(middleware.Tokens(map[string]string{token: "deploy"}))
//	middleware.BearerAuth(func(r *http.Request, token string) (*Session, error) {
//		return sessions.Find(r.Context(), token)
//	})
//
// The token is read as by [runtime.ReadBearer]; the scheme has no case (RFC 9110
// §11.1). Tokens that say by themselves whose they are: contrib/jwt.
//
// After tower-http's ValidateRequestHeader::bearer and
// AsyncRequireAuthorization. BearerAuth panics if check is nil.
func BearerAuth[T any](check func(r *http.Request, token string) (T, error)) func(http.Handler) http.Handler {
	if check == nil {
		panic("middleware: BearerAuth without a check")
	}
	challenge := []string{`Bearer error="invalid_token"`}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			in := runtime.NewInput(w, r)
			token, err := runtime.ReadBearer(&in)
			if err != nil {
				runtime.RenderError(w, r, err)
				return
			}
			identity, err := check(r, string(token))
			authorize(next, w, r, identity, err, challenge)
		})
	}
}

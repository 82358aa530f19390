package jwt

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// Account has the handlers below /api/user, all of which are behind the same
// middleware.
//
//handlergen:group /user
//handlergen:use Require
type Account struct{ Users *Users }

// Require is middleware that lets those pass who have a token. Handlers find its
// claims as an extension of the request.
func (a *App) Require(next http.Handler) http.Handler { return a.Verifier.Require(next) }

// Profile answers with the session of the token.
//
//handlergen:route GET /profile
func (a *Account) Profile(claims runtime.Extension[Claims]) Session {
	return claims.Value.session()
}

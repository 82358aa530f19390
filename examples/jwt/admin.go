package jwt

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// Require is what RequireUser is, as middleware of net/http: a verifier brings
// it along. What it asks for, directives say to the document.
//
//handlergen:security bearer
//handlergen:response 401 "the token is missing or not valid"
func (a *App) Require(next http.Handler) http.Handler { return a.Verifier.Require(next) }

// RequireAdmin lets administrators pass. It is further in than what finds out
// who is there.
//
//handlergen:middleware
func RequireAdmin(r *http.Request, claims runtime.Extension[Claims], next runtime.Next) (*runtime.Response, error) {
	if claims.Value.Role != "admin" {
		return nil, runtime.Errorf(http.StatusForbidden, "this is for administrators")
	}
	return next.Run(r), nil
}

// Admin has the handlers below /api/admin, which are for administrators.
//
//handlergen:group /admin
//handlergen:use Require RequireAdmin
type Admin struct{ Users *Users }

// List lists the names of all users.
//
//handlergen:route GET /users
func (a *Admin) List() []string { return a.Users.Names() }

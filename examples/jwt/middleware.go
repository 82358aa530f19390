package jwt

import (
	"errors"
	"net/http"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/runtime"
)

// RequireUser lets those pass who have a token. What is further in finds its
// claims as an extension of the request.
//
//handlergen:middleware
func RequireUser(r *http.Request, token runtime.Bearer, verifier runtime.State[*jwt.Verifier[Claims]], next runtime.Next) (*runtime.Response, error) {
	claims, err := verifier.Value.Verify(r.Context(), string(token))
	if err != nil {
		return nil, err
	}
	return next.Run(runtime.WithExtension(r, claims)), nil
}

// Account has the handlers below /api/user, which are for users.
//
//handlergen:group /user
//handlergen:use RequireUser
type Account struct{ Users *Users }

// Profile answers with the session of the token.
//
//handlergen:route GET /profile
func (a *Account) Profile(claims runtime.Extension[Claims]) Session {
	return claims.Value.session()
}

// A Password is a new one, and the old one to be sure.
type Password struct {
	Old string `json:"old" validate:"required"`
	New string `json:"new" validate:"min=12"`
}

// ChangePassword gives the user another password.
//
//handlergen:route PUT /password status=204 limit=4KiB
func (a *Account) ChangePassword(claims runtime.Extension[Claims], body runtime.JSON[Password]) error {
	user, err := a.Users.Check(claims.Value.Subject, body.Value.Old)
	if _, wrong := errors.AsType[*LoginError](err); wrong {
		return runtime.Errorf(http.StatusForbidden, "the old password is wrong") // 401 would be about the token
	}
	if err != nil {
		return err
	}
	return a.Users.Add(user.Name, user.Role, body.Value.New)
}

package jwt

import (
	"context"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/runtime"
)

// Authenticate makes Claims a parameter that any handler can ask for. Who does
// not ask is not asked.
//
//handlergen:extractor
func Authenticate(ctx context.Context, token runtime.Bearer, verifier runtime.State[*jwt.Verifier[Claims]]) (Claims, error) {
	return verifier.Value.Verify(ctx, string(token))
}

// A Session says who is logged in, and for how long.
type Session struct {
	Name    string `json:"name"`
	Role    string `json:"role"`
	Expires int64  `json:"expires"` // seconds since 1970
}

func (c Claims) session() Session {
	return Session{Name: c.Subject, Role: c.Role, Expires: c.ExpiresAt.Unix()}
}

// WhoAmI answers with the session of the token.
//
//handlergen:route GET /session
func WhoAmI(claims Claims) Session { return claims.session() }

// A Greeting is for everybody, and better for those who are known.
type Greeting struct {
	Hello string `json:"hello"`
}

// Greet greets users by their name and others, too. A token that is not valid is
// refused nevertheless.
//
//handlergen:route GET /greeting
func Greet(claims runtime.Optional[Claims]) Greeting {
	if !claims.Present {
		return Greeting{Hello: "stranger"}
	}
	return Greeting{Hello: claims.Value.Subject}
}

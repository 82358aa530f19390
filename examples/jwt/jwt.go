// Package jwt is an API whose users log in for a token. It shows both ways to ask
// for that. Below /api/user and /api/admin it is middleware, which leaves the
// claims of the token where handlers find them; next to public handlers it is an
// extractor, which makes the claims a parameter of those that want them.
//
//handlergen:group /api
package jwt

//go:generate go tool handlergen

import (
	"net/http"
	"time"

	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/contrib/ratelimit"
	"github.com/handlergen/handlergen/runtime"
)

const (
	issuer   = "https://login.example.com"
	audience = "https://api.example.com"
	lifetime = 15 * time.Minute
)

// Claims are what a token says about its user.
type Claims struct {
	jwt.RegisteredClaims
	Role string `json:"role"`
}

// App is what the handlers share.
//
//handlergen:state
type App struct {
	Users    *Users
	Account  *Account
	Admin    *Admin
	Key      jwt.Key
	Verifier *jwt.Verifier[Claims]

	limitLogins func(http.Handler) http.Handler
}

// NewApp returns an application that signs its tokens by a secret of at least 32
// bytes.
func NewApp(users *Users, secret []byte) *App {
	key := jwt.Key{ID: "1", Algorithm: jwt.HS256, Value: secret}
	return &App{
		Users:   users,
		Account: &Account{Users: users},
		Admin:   &Admin{Users: users},
		Key:     key,
		Verifier: jwt.NewVerifier[Claims](jwt.Config{
			Keys:     []jwt.Key{key},
			Issuer:   issuer,
			Audience: []string{audience},
		}),
		limitLogins: ratelimit.New(ratelimit.Config{
			Rate: ratelimit.Rate{Requests: 10, Per: time.Minute},
		}),
	}
}

// LimitLogins is middleware that keeps people from trying passwords.
//
//handlergen:response 429 "too many logins"
func (a *App) LimitLogins(next http.Handler) http.Handler { return a.limitLogins(next) }

// Status says that the application is there. Anybody may ask.
//
//handlergen:route GET /status
func Status() string { return "up" }

// Credentials are what a user logs in with.
type Credentials struct {
	Name     string `json:"name" validate:"required"`
	Password string `json:"password" validate:"required"`
}

// A Token is the answer to a login (RFC 6749 §5.1).
type Token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
}

// Login answers with a token for the user.
//
//handlergen:route POST /login limit=4KiB
//handlergen:use LimitLogins
func Login(users runtime.State[*Users], key runtime.State[jwt.Key], body runtime.JSON[Credentials]) (http.Header, Token, error) {
	user, err := users.Value.Check(body.Value.Name, body.Value.Password)
	if err != nil {
		return nil, Token{}, err
	}
	now := time.Now()
	token, err := jwt.Sign(key.Value, Claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   user.Name,
			Issuer:    issuer,
			Audience:  []string{audience},
			IssuedAt:  jwt.At(now),
			ExpiresAt: jwt.At(now.Add(lifetime)),
		},
		Role: user.Role,
	})
	if err != nil {
		return nil, Token{}, err
	}
	return http.Header{"Cache-Control": {"no-store"}}, Token{token, "Bearer", int(lifetime.Seconds())}, nil
}

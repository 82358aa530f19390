// Package conduit is the API of Conduit, a place to write articles, comment on
// them and follow their authors: RealWorld, which every framework has once.
//
// Everybody may read. Who signs in gets a token, to be sent as
//
//	Authorization: Token eyJhbGciOi…
//
// Errors look all alike, {"errors":{"title":["can't be blank"]}}.
//
//handlergen:group /api
//handlergen:openapi openapi.yaml title=Conduit version=2.0.0
package conduit

//go:generate go tool handlergen
//go:generate go tool handlergen client --lang go -o ../client .
//go:generate go tool handlergen client --lang ts -o ../client .

import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/examples/realworld/password"
	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// Config says how to open an application.
type Config struct {
	// DB is the file of the database, which is made if it is not there.
	// ":memory:" is gone when the application is closed.
	DB string

	// Secret signs the tokens. It has at least 32 bytes; with another one, the
	// tokens of before are worth nothing.
	Secret []byte

	// PasswordCost is what it takes to try a password. The zero value is
	// [password.Recommended].
	PasswordCost password.Cost
}

// App is what the handlers share.
//
//handlergen:state
type App struct {
	store     *store.Store
	tokens    *tokens
	passwords password.Cost
}

// Open opens an application. It panics if the secret is too short.
func Open(ctx context.Context, config Config) (*App, error) {
	tokens := newTokens(config.Secret)
	db, err := store.Open(ctx, config.DB)
	if err != nil {
		return nil, err
	}
	return &App{store: db, tokens: tokens, passwords: config.PasswordCost}, nil
}

// Close closes the database.
func (a *App) Close() error { return a.store.Close() }

// Handler returns the API with what is around it. Pages from anywhere may use it:
// the front end runs on another port.
func (a *App) Handler() http.Handler {
	return Routes(a).Layer(
		middleware.RequestID(),
		middleware.Trace(),
		cors.New(cors.Config{
			Origins: []string{"*"},
			Methods: []string{"GET", "POST", "PUT", "DELETE"},
			Headers: []string{"Authorization", "Content-Type"},
			Options: true,
		}),
		middleware.SetHeader(middleware.HeaderRule{Name: "Content-Type", Func: withCharset}),
		middleware.Recover(),
	)
}

// withCharset says of JSON that it is in UTF-8. All JSON is, but clients of this
// API want to hear it.
func withCharset(_ *http.Request, _ int, header http.Header) string {
	if header.Get("Content-Type") == "application/json" {
		return "application/json; charset=utf-8"
	}
	return ""
}

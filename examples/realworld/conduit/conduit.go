// Package conduit is the RealWorld API.
package conduit

import (
	"context"
	"net/http"

	"github.com/handlergen/handlergen/contrib/cors"
)

// Config says how an application is opened.
type Config struct {
	DB     string // the file of the database, or :memory:
	Secret []byte // what tokens are signed by, at least 32 bytes
}

// App is what the handlers share.
type App struct{}

// Open opens the application.
func Open(context.Context, Config) (*App, error) { return &App{}, nil }

// Close closes it.
func (a *App) Close() error { return nil }

// Handler returns the API.
func (a *App) Handler() http.Handler {
	return cors.New(cors.Permissive())(http.NotFoundHandler())
}

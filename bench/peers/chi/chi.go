// Package chi answers the endpoints with go-chi/chi, whose handlers are those
// of net/http.
package chi

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/handlergen/handlergen/bench/typical"
)

// Handler returns the endpoints.
func Handler() http.Handler {
	router := chi.NewRouter()
	typical.Routes(router.MethodFunc)
	return router
}

// Package bench compares generated adapters with the same handlers written by
// hand and with other frameworks, all in one run.
//
// The endpoints are those of package endpoints, and every contender is an
// http.Handler for all of them. The tests see to it that all give the same
// answers before anything is measured. Layers, which are those of package layers,
// are measured apart from that, around handlers that do next to nothing.
package bench

import (
	"net/http"

	"github.com/handlergen/handlergen/bench/optimum"
	"github.com/handlergen/handlergen/bench/ours"
	"github.com/handlergen/handlergen/bench/peers/chi"
	"github.com/handlergen/handlergen/bench/peers/echo"
	"github.com/handlergen/handlergen/bench/peers/fuego"
	"github.com/handlergen/handlergen/bench/peers/gin"
	"github.com/handlergen/handlergen/bench/peers/huma"
	"github.com/handlergen/handlergen/bench/peers/ogen"
	"github.com/handlergen/handlergen/bench/typical"
)

// A Contender is one way to answer the endpoints.
type Contender struct {
	Name    string
	Handler http.Handler

	// BadPath is the status for a path value that is no integer, from a
	// contender that has an error form of its own. It is 0 for the others.
	BadPath int
}

// Contenders returns all contenders, ours and its measure first.
func Contenders() []Contender {
	return []Contender{
		{Name: "ours", Handler: ours.Routes()},
		{Name: "optimum", Handler: optimum.Handler()},
		{Name: "typical", Handler: typical.Handler()},
		{Name: "chi", Handler: chi.Handler()},
		{Name: "gin", Handler: gin.Handler()},
		{Name: "echo", Handler: echo.Handler()},
		{Name: "huma", Handler: huma.Handler(), BadPath: http.StatusUnprocessableEntity},
		{Name: "fuego", Handler: fuego.Handler(), BadPath: http.StatusUnprocessableEntity},
		{Name: "ogen", Handler: ogen.Handler(), BadPath: http.StatusBadRequest},
	}
}

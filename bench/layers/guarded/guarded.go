// Package guarded has the handler of package plain inside of a middleware
// function that leaves answers alone.
//
//handlergen:use Guard
package guarded

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// Guard lets requests pass that say what they accept.
//
//handlergen:middleware
func Guard(accept runtime.Header[string], r *http.Request, next runtime.Next) (*runtime.Response, error) {
	if accept.Value == "" {
		return nil, runtime.Errorf(http.StatusBadRequest, "say what you accept")
	}
	return next.Run(r), nil
}

// Ping answers with a few bytes.
//
//handlergen:route GET /ping
func Ping() string { return "pong" }

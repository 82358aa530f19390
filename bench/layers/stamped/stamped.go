// Package stamped has the handler of package plain inside of a middleware
// function.
//
//handlergen:use Stamp
package stamped

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// Stamp sets a field of every answer.
//
//handlergen:middleware
func Stamp(r *http.Request, next runtime.Next) *runtime.Response {
	res := next.Run(r)
	res.Header.Set("X-Content-Type-Options", "nosniff")
	return res
}

// Ping answers with a few bytes.
//
//handlergen:route GET /ping
func Ping() string { return "pong" }

// Package plain has a handler without middleware.
package plain

// Ping answers with a few bytes.
//
//handlergen:route GET /ping
func Ping() string { return "pong" }

// Package hello is the smallest handlergen program: two handlers and the file
// that handlergen writes beside them.
package hello

//go:generate go tool handlergen

import "github.com/handlergen/handlergen/runtime"

// HelloRequest is what Hello reads from the query.
type HelloRequest struct {
	Name string `query:"name"`
}

// Root greets everybody.
//
//handlergen:route GET /{$}
func Root() string { return "Hello, World!" }

// Hello greets somebody by name.
//
//handlergen:route GET /hello
func Hello(q runtime.Query[HelloRequest]) string { return "Hello, " + q.Value.Name + "!" }

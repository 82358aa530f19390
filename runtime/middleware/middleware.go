package middleware

import (
	"net/http"

	"github.com/handlergen/handlergen/runtime"
)

// settings returns the config that a layer was given, or its zero value.
func settings[T any](layer string, config []T) T {
	var c T
	if len(config) > 1 {
		panic("middleware: " + layer + " takes one config")
	}
	for _, given := range config {
		c = given
	}
	return c
}

// serveChanged serves a request that was made of r. Which pattern it matched is
// for the layers around to know, also when the handler panics.
func serveChanged(next http.Handler, w http.ResponseWriter, r, changed *http.Request) {
	defer func() { r.Pattern = changed.Pattern }()
	next.ServeHTTP(w, changed)
}

// quietly returns an error that is answered like err and that
// [runtime.LogError] does not log.
func quietly(err error) error { return quiet{err} }

type quiet struct{ error }

func (e quiet) Unwrap() error { return e.error }
func (quiet) Logged() bool    { return true }

// refuse answers with an error of which the log would only be full.
func refuse(w http.ResponseWriter, r *http.Request, status int, detail string) {
	runtime.RenderError(w, r, quietly(runtime.Errorf(status, "%s", detail)))
}

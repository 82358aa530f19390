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

// serveChanged serves a request that was made of r.
func serveChanged(next http.Handler, w http.ResponseWriter, r, changed *http.Request) {
	defer handBack(r, changed)
	next.ServeHTTP(w, changed)
}

// handBack notes in a request what the handler did to the one that was made of
// it: the pattern that it matched, which layers around want to know, and the
// form that it read, whose files the server removes.
func handBack(r, changed *http.Request) {
	r.Pattern = changed.Pattern
	if r.MultipartForm == nil {
		r.MultipartForm = changed.MultipartForm
	}
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

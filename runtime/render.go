package runtime

import (
	"context"
	"net/http"
)

// A renderer answers a request with an error, as a package's errors function
// does.
type renderer func(w http.ResponseWriter, r *http.Request, err error)

// rendererKey is the context key of a request's renderer.
type rendererKey struct{}

// RenderError answers r with err as the [Router] that serves r does: by the
// function given to its [Router.RenderErrors], which generated code sets when
// the package has an errors function, else as [WriteError]. It is for
// middleware and handlers that are written by hand, so that what they refuse
// looks like every other error of the application.
//
// Only what runs inside the router can know its function: its routes, their
// middleware and its layers. For middleware around the router, and once the
// answer has begun, RenderError is WriteError.
func RenderError(w http.ResponseWriter, r *http.Request, err error) {
	render, ok := r.Context().Value(rendererKey{}).(renderer)
	if !ok || Begun(w) || isNil(err) {
		WriteError(w, r, err)
		return
	}
	render(w, r, err)
}

// withRenderer returns a copy of r whose errors RenderError leaves to render.
func withRenderer(r *http.Request, render renderer) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), rendererKey{}, render))
}

package runtime

import (
	"context"
	"net/http"
)

// RenderError answers r with err as the [Router] that serves r does: by the
// function given to its [Router.RenderErrors], which generated code sets when
// the package has an errors function, else as [WriteError]. It is for
// middleware and handlers that are written by hand, so that what they refuse
// looks like every other error of the application.
//
// Only what runs inside the router can know its function: its routes, their
// middleware and its layers. For middleware around the router, and once the
// answer has begun, RenderError is WriteError. Of routers in routers, the
// innermost with a function counts.
func RenderError(w http.ResponseWriter, r *http.Request, err error) {
	errors, _ := r.Context().Value(renderingKey{}).(*rendering)
	if errors == nil || Begun(w) || isNil(err) {
		WriteError(w, r, err)
		return
	}
	errors.render(w, r, err)
}

// A renderer answers a request with an error, as a package's errors function
// does.
type renderer func(w http.ResponseWriter, r *http.Request, err error)

// A rendering is how the errors of a request are rendered.
type rendering struct {
	render    renderer // what the router was given that serves the request
	outermost renderer // what the first of the routers was given that had something
}

func newRendering(render renderer) *rendering {
	if render == nil {
		return nil
	}
	return &rendering{render, render}
}

// renderingKey is the context key of a request's rendering.
type renderingKey struct{}

// inside returns the context of what renders its errors like that. A nil
// rendering changes nothing.
func (re *rendering) inside(ctx context.Context) context.Context {
	if re == nil {
		return ctx
	}
	return context.WithValue(ctx, renderingKey{}, re.below(ctx))
}

// below returns the rendering with the outermost function that ctx knows of.
func (re *rendering) below(ctx context.Context) *rendering {
	outer, _ := ctx.Value(renderingKey{}).(*rendering)
	switch {
	case outer == nil:
		return re
	case re == nil:
		return outer
	}
	return &rendering{re.render, outer.outermost}
}

// refuse answers a request without a route.
func (re *rendering) refuse(w http.ResponseWriter, r *http.Request, why *Rejection) {
	if re == nil {
		writeProblem(w, why.status, why.detail, nil)
		return
	}
	re.outermost(w, r, why)
}

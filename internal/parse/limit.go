package parse

import (
	"go/ast"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A limitKey is the limit= of a route, or of a group for the routes inside.
type limitKey struct {
	arg
	on     ast.Node // as of its directive
	routes []*route // that have it
	heeded bool     // by what may read the body of one of them
}

// limitOf returns the limit of the body of a route's requests. It is the default
// if neither the function nor what it returns may read the body.
func (p *parser) limitOf(h *handler, r *route, params []model.Param, results []model.Result) model.Limit {
	if r.limitBy == nil {
		return model.DefaultLimit
	}
	r.limitBy.routes = append(r.limitBy.routes, r)
	if bodyParam(params, p.out.Providers) < 0 && !p.takesRequest(params) && !answersByRequest(h, results) {
		return model.DefaultLimit
	}
	r.limitBy.heeded = true
	return r.limit
}

// limitAround returns the limit of the body for a middleware function around a
// route. It is the default if no parameter reads the body.
func (p *parser) limitAround(r *route, params []model.Param) model.Limit {
	if r.limitBy == nil || bodyParam(params, p.out.Providers) < 0 {
		return model.DefaultLimit
	}
	r.limitBy.heeded = true
	return r.limit
}

// takesRequest reports whether a function, or an extractor function that it
// needs, takes the request itself. What is refused might have been one.
func (p *parser) takesRequest(params []model.Param) bool {
	return slices.ContainsFunc(params, func(param model.Param) bool {
		return param.From == nil || p.readsOf(param.From, nil, nil).request
	})
}

// answersByRequest reports whether a result gets the request to answer it.
func answersByRequest(h *handler, results []model.Result) bool {
	for i, result := range results {
		switch as := result.As.(type) {
		case nil, model.HTTPHandler:
			return true
		case model.Responder:
			w, ok := runtimeType(h.results[i].v.Type())
			return !ok || w.name != "Redirect"
		case model.Sealed:
			return slices.ContainsFunc(as.Cases, func(c model.Case) bool {
				_, ok := c.As.(model.Responder)
				return ok
			})
		}
	}
	return false
}

// checkLimits reports the limits of bodies that nothing reads.
func (p *parser) checkLimits() {
	for _, key := range p.limits {
		if key.heeded || len(key.routes) == 0 {
			continue
		}
		who := "no handler inside reads a body"
		if _, ok := key.on.(*ast.FuncDecl); ok {
			r := key.routes[0]
			who = r.scope.fn + " reads no body of " + r.scope.route
		}
		n := p.report(diag.BadValue, key.arg, "limit=%s has no effect: %s", key.value, who)
		if slices.ContainsFunc(key.routes, func(r *route) bool { return len(r.Use) > 0 }) {
			n.hint("remove it: what middleware reads is limited by middleware.BodyLimit")
		} else {
			n.hint("remove it, or read the body: body runtime.Bytes")
		}
	}
}

package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
)

// refuseResult reports results that cannot be sent, or not by this version.
func (p *parser) refuseResult(e entry) bool {
	t := e.v.Type()
	written := p.typeString(t)
	for _, method := range []struct{ name, shape string }{
		{"IntoResponse", "IntoResponse(http.ResponseWriter, *http.Request)"},
		{"IntoResponseParts", "IntoResponseParts(http.Header) error"},
	} {
		if found := p.methodOf(t, method.name); found != nil {
			p.report(diag.UnwritableType, e.typ, "%s has a method %s, but not %s", written, method.name, method.shape).
				related(nameSpan(found), "it is declared here").hint("write func (%s) %s", written, method.shape)
			return true
		}
	}
	if fullName(t) == "net/http.Cookie" {
		p.report(diag.UnwritableType, e.typ, "a cookie is returned by pointer").hint("write *http.Cookie")
		return true
	}
	if sig, ok := types.Unalias(t).(*types.Signature); ok && listTypes(sig.Params()) == "net/http.ResponseWriter, *net/http.Request" {
		p.report(diag.UnwritableType, e.typ, "a plain function is no http.Handler").hint("return http.HandlerFunc or http.Handler")
		return true
	}
	if iface, ok := t.Underlying().(*types.Interface); ok && iface.Empty() {
		p.report(diag.UnwritableType, e.typ, "%s says nothing about the answer", written).
			hint("return the type itself, or runtime.JSON[%s] to encode whatever it holds", written)
		return true
	}
	return p.refuseStream(e)
}

// refuseStream reports results that would be sent piece by piece.
func (p *parser) refuseStream(e entry) bool {
	t := e.v.Type()
	written := p.typeString(t)
	switch {
	case fullName(t) == "*net/http.Response":
		p.report(diag.Unsupported, e.typ, "this version of handlergen cannot pass on *http.Response").
			hint("return http.Handler, such as an *httputil.ReverseProxy")
	case isShaped(p.methodOf(t, "Read"), "[]byte", "int, error"):
		p.report(diag.UnwritableType, e.typ, "only the pointer to a %s can be read from", written).hint("return *%s", written)
	case isIterator(t):
		p.report(diag.Unsupported, e.typ, "this version of handlergen cannot stream %s", written).
			hint("return a slice, or take http.ResponseWriter and write to it")
	default:
		return false
	}
	return true
}

// isIterator reports whether a type is of the shape func(yield func(…) bool).
func isIterator(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return false
	}
	yield, ok := sig.Params().At(0).Type().Underlying().(*types.Signature)
	return ok && yield.Params().Len() <= 2 && listTypes(yield.Results()) == "bool"
}

package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
)

// refuseResult reports a result that cannot be sent for what it is, and says
// whether it is one.
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
	switch w, _ := runtimeType(baseOf(t)); {
	case w.name == "Event":
		p.refuseRuntimeResult(e, w)
		return true
	case w.name == "JSON", w.name == "Form", w.name == "ETag", isResult(w):
		p.report(diag.UnwritableType, e.typ, "%s would be encoded as JSON, since only %s itself is an answer", written, p.typeString(baseOf(t))).
			hint("write %s", p.typeString(baseOf(t)))
		return true
	}
	switch fullName(t) {
	case "net/http.Cookie":
		p.report(diag.UnwritableType, e.typ, "a cookie is returned by pointer").hint("write *http.Cookie")
		return true
	case "net/http.Response":
		p.report(diag.UnwritableType, e.typ, "a response is returned by pointer").hint("write *http.Response")
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
	return false
}

package parse

import (
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// statusOf decides the status of success, and reports a status that does not
// go with the results.
func (p *parser) statusOf(h *handler, r *route, params []model.Param, results []model.Result) int {
	for i, result := range results {
		if own := ownStatus(result.As); own != "" {
			p.checkOwnStatus(h, r, i, results, own)
		}
		if roleOf(result.As) == body && bodiless(r.code) {
			p.checkBodiless(h, r, i, result.As)
		}
	}
	for i, param := range params {
		if r.status != nil && param.From == (model.Head{Part: model.Writer}) {
			p.report(diag.BadValue, valueOf(*r.status), "status=%d has no effect, because %s answers through %s", r.code, h.name(), p.called(h.params[i])).
				hint("call %s.WriteHeader(%d), and remove status=%d", p.called(h.params[i]), r.code, r.code)
		}
	}
	switch {
	case r.code != 0:
		return r.code
	case hasNoContent(results):
		return http.StatusNoContent
	}
	return http.StatusOK
}

func hasNoContent(results []model.Result) bool {
	for _, result := range results {
		if result.As == (model.NoContent{}) {
			return true
		}
	}
	return false
}

// bodiless reports whether answers with a status have no body.
func bodiless(status int) bool {
	return status == http.StatusNoContent || status == http.StatusResetContent || status == http.StatusNotModified
}

// ownStatus says where a result has its status from if nothing else decides it.
func ownStatus(as model.Response) string {
	switch as := as.(type) {
	case model.NoContent:
		return "always answers 204"
	case model.Responder, model.HTTPHandler:
		return "chooses its own status"
	case model.Whole:
		return "has a status of its own"
	case model.Upstream:
		return "has the status that the other server has chosen"
	case model.Sealed:
		return "has a status for each implementation"
	case model.JSON:
		if as.Statused {
			return "has its status from its method Status"
		}
	}
	return ""
}

// checkOwnStatus reports a status key and a runtime.Status beside a result that
// decides by itself.
func (p *parser) checkOwnStatus(h *handler, r *route, i int, results []model.Result, own string) {
	e := h.results[i]
	written := p.typeString(e.v.Type())
	if _, noContent := results[i].As.(model.NoContent); r.status != nil && (!noContent || r.code != http.StatusNoContent) {
		p.report(diag.BadValue, valueOf(*r.status), "status=%d has no effect: %s %s", r.code, written, own).
			related(e.typ, "%s returns it here", h.name()).hint("remove status=%d, or return another type", r.code)
	}
	if yields(results[i].As) {
		return
	}
	for j, other := range results {
		if other.As == (model.StatusCode{}) {
			p.report(diag.BadResults, h.results[j].typ, "runtime.Status has no effect: %s %s", written, own).
				related(e.typ, "%s returns it here", h.name()).hint("return only one of them")
		}
	}
}

// yields reports whether a runtime.Status wins over the status of a result.
func yields(as model.Response) bool {
	switch as := as.(type) {
	case model.NoContent, model.JSON, model.Whole, model.Upstream:
		return true
	case model.Sealed:
		return slices.ContainsFunc(as.Cases, func(c model.Case) bool { return yields(c.As) })
	}
	return false
}

// checkBodiless reports a body that the status of the route does not allow.
func (p *parser) checkBodiless(h *handler, r *route, i int, as model.Response) {
	if ownStatus(as) != "" {
		return
	}
	e := h.results[i]
	p.report(diag.BodyNotAllowed, valueOf(*r.status), "an answer with status %d has no body, but %s returns %s", r.code, h.name(), p.typeString(e.v.Type())).
		related(e.typ, "the body").hint("return nothing or an error, or choose another status")
}

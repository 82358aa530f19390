package answers

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// success adds what a handler answers when nothing goes wrong.
func (l *list) success(h model.Handler) {
	if writes(h) {
		l.add(Answer{Code: Default, Cause: Itself{}, Body: Anything{}})
		return
	}
	answer := Answer{Code: strconv.Itoa(h.Status), Cause: Returned{}}
	var chosen *model.Result
	for _, r := range h.Results {
		switch as := r.As.(type) {
		case model.StatusCode:
			chosen = &r
		case model.CookiePart, model.CookieParts:
			answer.Headers = append(answer.Headers, Header{"Set-Cookie", "A cookie that is set."})
		case model.ETagPart:
			answer.Headers = append(answer.Headers, Header{"ETag", "The version of the answer."})
			l.conditional()
		case model.NoContent:
			answer.Code = strconv.Itoa(http.StatusNoContent)
		case model.Sealed:
			l.sealed(as)
			return
		case model.Responder, model.HTTPHandler:
			l.itself(r)
			return
		case model.Whole:
			l.add(Answer{Code: Default, Cause: Whole{Type: r.Type, Else: h.Status}, Body: Anything{}})
			return
		case model.Upstream:
			l.upstream()
			return
		case model.Stream, model.Attachment:
			answer.Body = bodyOf(r)
			l.ranges(h)
		default:
			if statused, ok := as.(model.JSON); ok && statused.Statused {
				answer.Code = "2XX"
			}
			if body := bodyOf(r); body != nil {
				answer.Body = body
			}
		}
	}
	l.chosen(answer, chosen)
}

// writes reports whether a handler writes its answer by itself.
func writes(h model.Handler) bool {
	return slices.ContainsFunc(h.Params, func(p model.Param) bool { return p.From == (model.Head{Part: model.Writer}) })
}

// chosen adds an answer with each status that the handler may choose: the
// constants that it returns, or that of the route and any other.
func (l *list) chosen(answer Answer, chosen *model.Result) {
	if chosen == nil || chosen.Statuses == nil {
		l.add(answer)
		if chosen != nil {
			l.open(answer)
		}
		return
	}
	before := len(l.answers)
	for _, status := range chosen.Statuses {
		with := answer
		switch {
		case status == 0:
		case status < 200 || status > 599:
			continue // a mistake, which is answered with 500
		default:
			with.Code = strconv.Itoa(status)
		}
		l.add(with)
	}
	if len(l.answers) == before {
		l.open(answer)
	}
}

func (l *list) open(answer Answer) {
	answer.Code, answer.Cause = Default, Chosen{}
	l.add(answer)
}

// ranges adds what is answered to requests for a part of a content, or for one
// that has changed. Only those that read, and are answered with 200, ask so.
func (l *list) ranges(h model.Handler) {
	if !l.methods.reads || h.Status != http.StatusOK {
		return
	}
	l.add(Answer{Code: strconv.Itoa(http.StatusPartialContent), Cause: Part{}, Body: Content{}})
	l.add(Answer{Code: strconv.Itoa(http.StatusNotModified), Cause: Unchanged{}})
	l.fail(http.StatusPreconditionFailed, Changed{})
	l.fail(http.StatusRequestedRangeNotSatisfiable, OutOfRange{})
}

// conditional adds what a GET or HEAD of another version gets.
func (l *list) conditional() {
	if l.methods.reads {
		l.add(Answer{Code: strconv.Itoa(http.StatusNotModified), Cause: Unchanged{}})
		l.fail(http.StatusPreconditionFailed, Changed{})
	}
}

// itself adds an answer that writes itself.
func (l *list) itself(r model.Result) {
	if named, ok := r.Type.(model.Named); ok && named.PkgPath == model.RuntimePath && named.Name == "Redirect" {
		l.add(Answer{Code: "3XX", Cause: Redirected{}, Headers: []Header{{"Location", "Where to go."}}})
		return
	}
	l.add(Answer{Code: Default, Cause: Itself{Type: r.Type}, Body: Anything{}})
}

func (l *list) upstream() {
	l.add(Answer{Code: Default, Cause: Upstream{}, Body: Anything{}})
	l.fail(http.StatusBadGateway, Unreachable{})
	l.fail(http.StatusGatewayTimeout, Late{})
}

// sealed adds each implementation of an interface.
func (l *list) sealed(as model.Sealed) {
	for _, c := range wire.Implementations(as) {
		answer := Answer{Code: Default, Cause: Implementation{Type: c.Type}, Body: Anything{}}
		if _, ok := c.As.(model.JSON); ok {
			answer.Body = Value{Type: c.Type}
			if c.Status != 0 {
				answer.Code = strconv.Itoa(c.Status)
			}
		}
		l.add(answer)
	}
}

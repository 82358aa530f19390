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
	if h.WritesItself() {
		l.add(Answer{Code: Default, Cause: Itself{}, Body: Anything{}})
		return
	}
	answer := Answer{Code: strconv.Itoa(h.Status), Cause: Returned{}, Headers: partHeaders(h.Results)}
	var chosen *model.Result
	for _, r := range h.Results {
		switch as := r.As.(type) {
		case model.StatusCode:
			chosen = &r
		case model.ETagPart:
			l.conditional(answer.Headers)
		case model.NoContent:
			answer.Code = strconv.Itoa(http.StatusNoContent)
		case model.Sealed:
			l.sealed(as, answer.Headers, mayChoose(h.Results))
			return
		case model.Responder, model.HTTPHandler:
			l.itself(r, answer.Headers)
			return
		case model.Whole:
			l.add(Answer{Code: Default, Cause: Whole{Type: r.Type, Else: h.Status}, Body: Anything{}})
			return
		case model.Upstream:
			l.upstream()
			return
		case model.Events:
			answer.Body = bodyOf(r)
			answer.Headers = append(answer.Headers, eventHeaders...)
		case model.Stream, model.Attachment:
			answer.Body = bodyOf(r)
			answer.Headers = append(answer.Headers, contentHeaders(as)...)
			l.ranges(h, &answer)
		default:
			if statused, ok := as.(model.JSON); ok && statused.Statused {
				answer.Code = codeOf(r.Statuses, "2XX")
			}
			if body := bodyOf(r); body != nil {
				answer.Body = body
			}
		}
	}
	l.chosen(answer, chosen)
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
func (l *list) ranges(h model.Handler, whole *Answer) {
	if !l.methods.reads || h.Status != http.StatusOK {
		return
	}
	whole.Headers = append(whole.Headers, rangeHeaders...)
	part := Answer{Code: strconv.Itoa(http.StatusPartialContent), Cause: Part{}, Body: Content{}}
	part.Headers = append(slices.Clip(whole.Headers), Header{"Content-Range", "Which part of the content it is."})
	l.add(part)
	l.add(Answer{Code: strconv.Itoa(http.StatusNotModified), Cause: Unchanged{}})
	l.fail(http.StatusPreconditionFailed, Changed{})
	l.fail(http.StatusRequestedRangeNotSatisfiable, OutOfRange{}, Header{"Content-Range", "How long the content is."})
}

// conditional adds what a GET or HEAD of another version gets.
func (l *list) conditional(headers []Header) {
	if l.methods.reads {
		l.add(Answer{Code: strconv.Itoa(http.StatusNotModified), Cause: Unchanged{}, Headers: headers})
		l.fail(http.StatusPreconditionFailed, Changed{})
	}
}

// itself adds an answer that writes itself.
func (l *list) itself(r model.Result, headers []Header) {
	named, ok := r.Type.(model.Named)
	if !ok || named.PkgPath != model.RuntimePath || named.Name != "Redirect" {
		l.add(Answer{Code: Default, Cause: Itself{Type: r.Type}, Body: Anything{}, Headers: headers})
		return
	}
	answer := Answer{Code: "3XX", Cause: Redirected{}, Headers: append(slices.Clip(headers), Header{"Location", "Where to go."})}
	if l.methods.reads {
		answer.Body = HTML{} // a page for browsers that do not follow
	}
	for _, status := range r.Statuses {
		answer.Code = strconv.Itoa(status)
		l.add(answer)
	}
	if r.Statuses == nil {
		l.add(answer)
	}
}

func (l *list) upstream() {
	l.add(Answer{Code: Default, Cause: Upstream{}, Body: Anything{}})
	l.fail(http.StatusBadGateway, Unreachable{})
	l.fail(http.StatusGatewayTimeout, Late{})
}

// codeOf is the code of one status that is known, or another one.
func codeOf(statuses []int, otherwise string) string {
	if len(statuses) != 1 || statuses[0] == 0 {
		return otherwise
	}
	return strconv.Itoa(statuses[0])
}

// mayChoose reports whether a function may choose another status than that of
// what it returns.
func mayChoose(results []model.Result) bool {
	return slices.ContainsFunc(results, func(r model.Result) bool {
		chosen := slices.ContainsFunc(r.Statuses, func(status int) bool { return status != 0 })
		return r.As == model.StatusCode{} && (r.Statuses == nil || chosen)
	})
}

// sealed adds each implementation of an interface, with any status if the
// function may choose it.
func (l *list) sealed(as model.Sealed, headers []Header, open bool) {
	for _, c := range wire.Implementations(as) {
		answer := Answer{Code: Default, Cause: Implementation{Type: c.Type}, Body: Anything{}, Headers: headers}
		if _, ok := c.As.(model.JSON); ok {
			answer.Body = Value{Type: c.Type}
			if c.Status != 0 {
				answer.Code = strconv.Itoa(c.Status)
			}
		}
		l.add(answer)
		if answer.Code != Default && open {
			answer.Code = Default
			l.add(answer)
		}
	}
}

package answers

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/handlergen/handlergen/internal/model"
)

// said adds what directives say of something, the other answers of which start
// at an index. Who lacks credentials gets the body that is given.
func (l *list) said(said model.Said, unknown Body, from int) {
	if wanted := said.Security; len(wanted) > 0 && !slices.ContainsFunc(wanted, func(s model.Security) bool { return s.Optional }) {
		l.add(Answer{Code: strconv.Itoa(http.StatusUnauthorized), Cause: Unauthenticated{}, Body: unknown})
	}
	for _, a := range said.Answers {
		l.documented(a, from)
	}
}

// documented adds what a response directive says. The type that it names is the
// body of all answers of its status from an index on.
func (l *list) documented(said model.Answer, from int) {
	a := Answer{Code: strconv.Itoa(said.Status), Cause: Documented{Type: said.Type, Text: said.Text}}
	known := slices.IndexFunc(l.answers[from:], func(other Answer) bool { return other.Code == a.Code })
	switch {
	case said.Type != nil:
		a.Body = Value{Type: said.Type}
		for i := range l.answers[from:] {
			if other := &l.answers[from+i]; other.Code == a.Code {
				other.Body = a.Body
			}
		}
	case known >= 0:
		a.Body = l.answers[from+known].Body
	case said.Status >= http.StatusBadRequest:
		a.Body = l.errorBody()
	}
	l.add(a)
}

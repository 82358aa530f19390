package conduit

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// Errors is what every error looks like: by the name of what is wrong, what is
// wrong with it.
type Errors struct {
	Errors map[string][]string `json:"errors" validate:"required,dive,required" example:"{\"title\":[\"can't be blank\"]}"`
}

// A Failure is an error of the application: a status, and what it says.
type Failure struct {
	status int
	says   Errors
}

// fail returns the error that something, or each of several, is wrong for one
// reason.
func fail(status int, reason string, keys ...string) error {
	says := Errors{map[string][]string{}}
	for _, key := range keys {
		says.Errors[key] = []string{reason}
	}
	return &Failure{status, says}
}

// Status is that of the answer.
func (e *Failure) Status() int { return e.status }

// ErrorHeader says what would be accepted, as a 401 has to.
func (e *Failure) ErrorHeader() http.Header {
	if e.status != http.StatusUnauthorized {
		return nil
	}
	return http.Header{"Www-Authenticate": {"Token"}}
}

func (e *Failure) Error() string { return fmt.Sprint(e.says.Errors) }

// worded words the errors of the store that are not its fault: that there is no
// such thing, which is called by the key, and that a name is taken.
func worded(err error, key string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fail(http.StatusNotFound, "not found", key)
	}
	if taken, ok := errors.AsType[*store.TakenError](err); ok {
		return fail(http.StatusConflict, "has already been taken", taken.Fields()...)
	}
	return err
}

// Render answers with an error, whichever it is and wherever it comes from. A
// request that is not valid is always 422 here.
//
//handlergen:errors invalid=422
func Render(err error) Errors {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return failure.says
	}
	out := Errors{map[string][]string{}}
	rejection, _ := errors.AsType[*runtime.Rejection](err)
	for _, problem := range rejection.Problems() {
		key := keyOf(problem)
		out.Errors[key] = append(out.Errors[key], textOf(problem))
	}
	switch status := runtime.StatusOf(err); {
	case len(out.Errors) > 0:
	case status == http.StatusNotFound:
		out.Errors["path"] = []string{"not found"}
	case status == http.StatusMethodNotAllowed:
		out.Errors["method"] = []string{"not allowed"}
	case status < http.StatusInternalServerError:
		out.Errors["body"] = []string{err.Error()}
	default:
		out.Errors["server"] = []string{"is in trouble"}
	}
	return out
}

// keyOf returns what clients call what is wrong: "title" for /article/title, and
// "tagList" for /article/tagList/0.
func keyOf(p runtime.Problem) string {
	if p.In != "body" {
		return cmp.Or(p.Name, p.In)
	}
	parts := strings.Split(p.Name, "/")
	return cmp.Or(parts[min(len(parts)-1, 2)], p.In)
}

func textOf(p runtime.Problem) string {
	switch p.Rule {
	case "required", "notblank":
		return "can't be blank"
	}
	return p.Detail
}

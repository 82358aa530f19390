package conduit

import (
	"cmp"
	"errors"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// Errors is what every error looks like: by the name of what is wrong, what is
// wrong with it.
type Errors struct {
	Errors map[string][]string `json:"errors" validate:"required,dive,required"`
}

// A Failure is an error of the application.
type Failure struct {
	status      int
	key, reason string
}

func fail(status int, key, reason string) error { return &Failure{status, key, reason} }

func (e *Failure) Error() string { return e.key + " " + e.reason }

// Status is that of the answer.
func (e *Failure) Status() int { return e.status }

// notFound words the error of what the store does not have.
func notFound(key string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return fail(http.StatusNotFound, key, "not found")
	}
	return err
}

// Render answers with an error, whichever it is and wherever it comes from. What
// is wrong with a request is always 422 here.
//
//handlergen:errors invalid=422
func Render(err error) (runtime.Status, Errors) {
	if failure, ok := errors.AsType[*Failure](err); ok {
		return runtime.Status(failure.status), Errors{map[string][]string{failure.key: {failure.reason}}}
	}
	out := Errors{map[string][]string{}}
	if taken, ok := errors.AsType[*store.TakenError](err); ok {
		for _, field := range taken.Fields() {
			out.Errors[field] = []string{"has already been taken"}
		}
		return http.StatusConflict, out
	}
	rejection, _ := errors.AsType[*runtime.Rejection](err)
	for _, problem := range rejection.Problems() {
		key := keyOf(problem)
		out.Errors[key] = append(out.Errors[key], textOf(problem))
	}
	status := runtime.StatusOf(err)
	switch {
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
	return runtime.Status(status), out
}

// keyOf returns what clients call what is wrong: "title" for /article/title.
func keyOf(p runtime.Problem) string {
	if p.In != "body" {
		return cmp.Or(p.Name, p.In)
	}
	parts := strings.Split(p.Name, "/") // of a JSON pointer
	return cmp.Or(parts[min(len(parts)-1, 2)], p.In)
}

func textOf(p runtime.Problem) string {
	switch p.Rule {
	case "required", "notblank":
		return "can't be blank"
	}
	return p.Detail
}

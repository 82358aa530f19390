package conduit

import (
	"errors"
	"net/http"
	"strings"

	"github.com/handlergen/handlergen/examples/realworld/store"
	"github.com/handlergen/handlergen/runtime"
)

// Errors is what every error looks like: by the name of what is wrong, what is
// wrong with it.
type Errors struct {
	Errors map[string][]string `json:"errors"`
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

// Render answers with an error, whichever it is and wherever it comes from.
//
//handlergen:errors
func Render(err error) (runtime.Status, Errors) {
	out := Errors{map[string][]string{}}
	add := func(key, reason string) { out.Errors[key] = append(out.Errors[key], reason) }

	if failure, ok := errors.AsType[*Failure](err); ok {
		add(failure.key, failure.reason)
		return runtime.Status(failure.status), out
	}
	if taken, ok := errors.AsType[*store.TakenError](err); ok {
		for _, field := range taken.Fields() {
			add(field, "has already been taken")
		}
		return http.StatusConflict, out
	}

	status := runtime.StatusOf(err)
	rejection, _ := errors.AsType[*runtime.Rejection](err)
	for _, problem := range rejection.Problems() {
		add(keyOf(problem), textOf(problem))
	}
	switch {
	case len(out.Errors) > 0:
		return http.StatusUnprocessableEntity, out
	case status == http.StatusNotFound:
		add("path", "not found")
	case status == http.StatusMethodNotAllowed:
		add("method", "not allowed")
	case status == http.StatusBadRequest, status == http.StatusUnsupportedMediaType:
		status = http.StatusUnprocessableEntity
		add("body", err.Error())
	case status < 500:
		add("body", err.Error())
	default:
		add("server", strings.ToLower(http.StatusText(status)))
	}
	return runtime.Status(status), out
}

// keyOf returns what clients call what is wrong: "title" for /article/title.
func keyOf(p runtime.Problem) string {
	name := p.Name
	if p.In == "body" {
		parts := strings.Split(p.Name, "/") // of a JSON pointer
		name = parts[min(len(parts)-1, 2)]
	}
	if name == "" {
		return p.In
	}
	return name
}

func textOf(p runtime.Problem) string {
	switch p.Rule {
	case "required", "notblank":
		return "can't be blank"
	}
	return p.Detail
}

package runtime

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Errorf returns an error that is answered with that status, from 200 to 599;
// with any other it is answered with 500. The text is formatted by [fmt.Errorf],
// %w included, and shown to the client unless the status is 500.
//
//	return nil, runtime.Errorf(http.StatusNotFound, "no user %d", id)
func Errorf(status int, format string, args ...any) error {
	return &statusError{status: status, err: fmt.Errorf(format, args...)}
}

// A statusError is what Errorf makes.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Status() int   { return e.status }
func (e *statusError) Error() string { return e.err.Error() }
func (e *statusError) Unwrap() error { return errors.Unwrap(e.err) }

// ErrAbsent is what [errors.Is] finds in the error of a parameter that failed
// because the request does not have such a value at all. A custom extractor
// wraps it so that [Optional] works with it. By itself it has status 400.
var ErrAbsent error = absentError{}

type absentError struct{}

func (absentError) Status() int   { return http.StatusBadRequest }
func (absentError) Error() string { return "a required value is missing" }

// ErrNilResponse is the error of a handler that returned nil where something
// that answers by itself was due. It is answered with 500.
var ErrNilResponse = errors.New("the handler returned a nil response")

// A Rejection is the error of a request that a handler's parameters could not
// be read from, or that no route matches. It is never nil where it comes as an
// error.
type Rejection struct {
	status    int
	detail    string // what is wrong, unless problems say it
	problems  []Problem
	challenge string // WWW-Authenticate of a 401
	cause     error
}

// A Problem is one thing that is wrong with a request. Its JSON is a member of
// "errors" in the problem document.
type Problem struct {
	In     string `json:"in"`             // "path", "query", "header", "cookie", "form" or "body"
	Line   int    `json:"line,omitempty"` // of a body of JSON lines, from 1; else 0
	Name   string `json:"name,omitempty"` // of the value; in a JSON body its pointer, "/items/0/name"
	Detail string `json:"detail"`         // "must be an integer"

	// Rule is the rule of a validate tag that is broken, "min", for an errors
	// function with words of its own. It is "required" for whatever is missing
	// or null, and empty for what could not be read or is refused by a method.
	// The rules gte and lte are called min and max.
	Rule string `json:"-"`
}

// ruleRequired is the rule that what is missing breaks.
const ruleRequired = "required"

// Status returns the status of the answer.
func (e *Rejection) Status() int {
	if e == nil {
		return http.StatusInternalServerError
	}
	return e.status
}

// Problems returns what is wrong with single values, up to 100 of them; it is
// empty when the request as a whole was refused.
func (e *Rejection) Problems() []Problem {
	if e == nil {
		return nil
	}
	return e.problems
}

// Error returns one line for people: "query page: must be an integer".
func (e *Rejection) Error() string {
	switch {
	case e == nil:
		return "nil rejection"
	case len(e.problems) == 0 && e.detail == "":
		return strings.ToLower(title(e.status))
	case len(e.problems) == 0:
		return e.detail
	}
	var b strings.Builder
	for i, p := range e.problems {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.In)
		if p.Line > 0 {
			b.WriteString(" line ")
			b.WriteString(strconv.Itoa(p.Line))
		}
		if p.Name != "" {
			b.WriteByte(' ')
			b.WriteString(p.Name)
		}
		b.WriteString(": ")
		b.WriteString(p.Detail)
	}
	return b.String()
}

// Unwrap returns the error behind the rejection, such as an
// [*http.MaxBytesError], or nil.
func (e *Rejection) Unwrap() error {
	if e == nil {
		return nil
	}
	return e.cause
}

// InvalidAs returns err with another status if it is that of a request that is
// not valid: a [*Rejection] with status 400, 415 or 422. It is for generated
// code, on behalf of an errors directive with invalid=.
func InvalidAs(err error, status int) error {
	was, coder := statusOf(err)
	rejection, ok := coder.(*Rejection)
	if !ok {
		return err
	}
	switch was {
	case http.StatusBadRequest, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		restated := *rejection
		restated.status = status
		return &restated
	}
	return err
}

// A statusCoder is an error with a status of its own, and words for clients.
type statusCoder interface {
	error
	Status() int
}

// A responder is an error that renders itself.
type responder interface {
	error
	IntoResponse(w http.ResponseWriter, r *http.Request)
}

// StatusOf returns the status that err is answered with: that of the first
// error in its chain with a Status method, 413 for [*http.MaxBytesError], 504
// for [context.DeadlineExceeded], else 500.
func StatusOf(err error) int {
	status, _ := statusOf(err)
	return status
}

// statusOf returns also the error that the status comes from, if it has one.
func statusOf(err error) (int, statusCoder) {
	if isNil(err) {
		return http.StatusInternalServerError, nil // Unwrap might not expect that
	}
	if coder, ok := errors.AsType[statusCoder](err); ok && !isNil(coder) {
		if status := coder.Status(); status >= 200 && status <= 599 {
			return status, coder
		}
		return http.StatusInternalServerError, nil
	}
	if tooLong, ok := errors.AsType[*http.MaxBytesError](err); ok && tooLong != nil {
		return http.StatusRequestEntityTooLarge, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusGatewayTimeout, nil
	}
	return http.StatusInternalServerError, nil
}

// detailOf returns what the client is told about err. Of server errors it is
// told what Errorf was given, and of status 500 nothing.
func detailOf(status int, coder statusCoder, err error) string {
	switch {
	case coder == nil && status == http.StatusRequestEntityTooLarge:
		tooLong, _ := errors.AsType[*http.MaxBytesError](err)
		return tooLargeDetail(tooLong.Limit)
	case coder == nil, status == http.StatusInternalServerError:
		return ""
	case status < 500:
		return coder.Error()
	}
	if made, ok := coder.(*statusError); ok {
		return made.Error()
	}
	return ""
}

func tooLargeDetail(limit int64) string {
	return "the body must have at most " + strconv.FormatInt(limit, 10) + " bytes"
}

// WriteError answers r with err. An error in its chain that has a method
// IntoResponse(w, r) renders itself; all others become a problem document with
// the status of [StatusOf]. The document of a client's error has the text of
// the error that the status comes from; that of a server's error says no more
// than the status, unless [Errorf] made the error and the status is not 500.
// Server errors are logged by [LogError].
//
// A nil error is a mistake of the caller and answered with 500. When the answer
// has begun already, which only the writer of [TrackWriter] knows, err is
// logged and nothing is written.
func WriteError(w http.ResponseWriter, r *http.Request, err error) {
	if isNil(err) {
		err = fmt.Errorf("a nil %T as error", err)
	}
	if Begun(w) {
		logError(r, StatusOf(err), "error after the response had begun", err)
		return
	}
	if self, ok := errors.AsType[responder](err); ok && !isNil(self) {
		if StatusOf(err) >= 500 && hasStatus(err) {
			LogError(r, err)
		}
		self.IntoResponse(w, r)
		return
	}
	LogError(r, err)
	SetErrorHeader(w, err)
	status, coder := statusOf(err)
	rejection, ok := coder.(*Rejection)
	if !ok || status >= 500 {
		writeProblem(w, status, detailOf(status, coder, err), nil)
		return
	}
	writeProblem(w, status, rejection.detail, rejection.problems)
}

// appendProblemOf appends the problem document of err.
func appendProblemOf(b []byte, err error) []byte {
	status, coder := statusOf(err)
	rejection, ok := coder.(*Rejection)
	if !ok || status >= 500 {
		return appendProblem(b, status, detailOf(status, coder, err), nil)
	}
	return appendProblem(b, status, rejection.detail, rejection.problems)
}

// SetErrorHeader sets the fields of the header that belong to err whoever
// renders it: WWW-Authenticate for missing credentials (RFC 9110 §11.6.1), and
// what an error in the chain of err has in a method ErrorHeader() http.Header,
// such as Retry-After.
func SetErrorHeader(w http.ResponseWriter, err error) {
	if isNil(err) {
		return
	}
	if rejection, ok := errors.AsType[*Rejection](err); ok && rejection != nil && rejection.challenge != "" {
		w.Header()["Www-Authenticate"] = []string{rejection.challenge}
	}
	own, ok := errors.AsType[interface {
		error
		ErrorHeader() http.Header
	}](err)
	if ok && !isNil(own) {
		for name, lines := range own.ErrorHeader() {
			w.Header()[http.CanonicalHeaderKey(name)] = slices.Clone(lines)
		}
	}
}

// LogError logs err, with the method and path of r, through [slog.Default] if
// its status is 500 or more. It does nothing for other errors, nor for one with
// a method Logged() bool in its chain that returns true: one of which its maker
// has taken care already, such as the error of a panic. That the client has gone
// is no failure: when it has, [context.Canceled] is not logged.
func LogError(r *http.Request, err error) { LogErrorAs(r, StatusOf(err), err) }

// LogErrorAs is [LogError] for an error that is answered with another status than
// its own. It is for generated code, on behalf of an errors function that
// chooses.
func LogErrorAs(r *http.Request, status int, err error) {
	if status >= 500 && !isLogged(err) && !(isGone(r) && errors.Is(err, context.Canceled)) {
		logError(r, status, "request failed", err)
	}
}

// isLogged reports whether somebody has logged err, or does not want to.
func isLogged(err error) bool {
	if isNil(err) {
		return false
	}
	logged, ok := errors.AsType[interface {
		error
		Logged() bool
	}](err)
	return ok && !isNil(logged) && logged.Logged()
}

func logError(r *http.Request, status int, message string, err error) {
	slog.Default().LogAttrs(r.Context(), slog.LevelError, message,
		slog.String("method", r.Method),
		slog.String("path", OriginalPath(r)),
		slog.Int("status", status),
		slog.Any("error", err),
	)
}

// hasStatus reports whether the status of err is its own.
func hasStatus(err error) bool {
	_, coder := statusOf(err)
	return coder != nil
}

// isNil reports whether v is nil, or a nil pointer in an interface, whose
// methods one had better not call.
func isNil(v any) bool {
	if v == nil {
		return true
	}
	value := reflect.ValueOf(v)
	return value.Kind() == reflect.Pointer && value.IsNil()
}

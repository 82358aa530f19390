package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
)

// answerRows has a row for each status that can be answered, and one for each
// reason to answer what only the request decides.
func answerRows(pkg *model.Package, list []answers.Answer) [][]string {
	var rows [][]string
	for _, a := range list {
		code, when := a.Code, reason(a, pkg.Path)
		if code == answers.Default {
			code = "other"
		}
		last := len(rows) - 1
		switch {
		case last < 0 || rows[last][0] != code || code == "other":
			rows = appendNew(rows, code, when)
		case !strings.Contains(rows[last][1], when):
			rows[last][1] += "; " + when
		}
	}
	return rows
}

// appendNew adds a row unless it is there.
func appendNew(rows [][]string, row ...string) [][]string {
	if slices.ContainsFunc(rows, func(known []string) bool { return slices.Equal(known, row) }) {
		return rows
	}
	return append(rows, row)
}

// reason says when something is answered, and in which form if all is well.
func reason(a answers.Answer, home string) string {
	switch cause := a.Cause.(type) {
	case answers.Returned:
		return media(a.Body)
	case answers.Chosen:
		return "the runtime.Status that the function returns, if it is not 0"
	case answers.Implementation:
		if a.Status() == 0 {
			return "what " + spell(cause.Type, home) + " says"
		}
		return spell(cause.Type, home)
	case answers.Redirected:
		return "a redirect"
	case answers.Itself:
		if cause.Type == nil {
			return "what the function writes"
		}
		return "what " + spell(cause.Type, home) + " writes"
	case answers.Whole:
		return "the status of the " + spell(cause.Type, home) + ", " + strconv.Itoa(cause.Else) + " if it has none"
	case answers.Upstream:
		return "what the other server answers"
	case answers.Unreachable:
		return "the other server cannot be reached, or its answer not be passed on"
	case answers.Late:
		return "the other server took too long"
	case answers.TakenOver:
		return "what " + title(cause.Func) + " answers"
	case answers.Documented:
		if text := strings.TrimSpace(spell(cause.Type, home) + " " + cause.Text); text != "" {
			return text
		}
		return "says a response directive"
	}
	return failure(a.Cause, home)
}

// failure says what went wrong.
func failure(cause answers.Cause, home string) string {
	switch cause := cause.(type) {
	case answers.Part:
		return "a part of the content that the client asks for"
	case answers.Unchanged:
		return "the client has this version"
	case answers.Changed:
		return "the client knows another version"
	case answers.OutOfRange:
		return "the content has no such range"
	case answers.WrongValues:
		return "a " + orList(sourceNames(cause.Sources)) + " value is missing, malformed or invalid"
	case answers.Invalid:
		return "the values of " + spell(cause.Type, home) + " are not valid"
	case answers.CutOff:
		return "the body is cut off"
	case answers.Slow:
		return fmt.Sprintf("the body has not come within %v", cause.After)
	case answers.TooLarge:
		return "the body has more than " + size(cause.Limit)
	case answers.Undeclared:
		return "the body is not declared as " + mediaNames[cause.Media]
	case answers.Malformed:
		return "the body is not JSON"
	case answers.Unfit:
		return unfit(cause, home)
	case answers.NoCredentials:
		if cause.Optional {
			return "the Authorization header is malformed"
		}
		return "the Authorization header is missing or malformed"
	case answers.Unauthenticated:
		return "the credentials are missing or not accepted"
	case answers.NoExtension:
		return "no middleware has put a " + spell(cause.Type, home) + " into the request"
	case answers.Refused:
		return "the error of " + spell(cause.Type, home) + "." + cause.Method + ", 500 if it has no status"
	case answers.Unavailable:
		return "the error of " + title(cause.Func) + ", 500 if it has no status"
	case answers.TimedOut:
		return fmt.Sprintf("an error because of the timeout, after %v", cause.After)
	case answers.Unexpected:
		return "an error without a status"
	case answers.Failed:
		return "the status of an error that has one"
	}
	panic(fmt.Sprintf("unhandled cause %T", cause))
}

// media says in which form something is answered.
func media(body answers.Body) string {
	switch body.(type) {
	case nil:
		return "no body"
	case answers.Content:
		return "application/octet-stream, or what the name of the file says"
	}
	return answers.Media(body)
}

// mediaNames are what the media types of requests are called.
var mediaNames = map[string]string{
	"application/json":                  "JSON",
	"application/x-ndjson":              "JSON lines",
	"application/x-www-form-urlencoded": "a form",
	"multipart/form-data":               "multipart/form-data",
}

func unfit(cause answers.Unfit, home string) string {
	switch cause.Media {
	case "application/json":
		return "the JSON does not fit " + spell(cause.Type, home)
	case "multipart/form-data":
		return "a part of the body is missing, malformed or invalid"
	}
	return "a value of the form is missing, malformed or invalid"
}

func sourceNames(sources []model.Source) []string {
	var names []string
	for _, s := range sources {
		names = append(names, s.Word())
	}
	return names
}

// size writes a number of bytes as the directive does.
func size(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n >= unit.size && n%unit.size == 0 {
			return fmt.Sprintf("%d %s", n/unit.size, unit.name)
		}
	}
	return count(int(n), "byte")
}

// securityRows has a row for each way to say who makes a request.
func securityRows(pkg *model.Package, h model.Handler) [][]string {
	var rows [][]string
	for _, r := range h.Routes {
		for _, way := range answers.Security(pkg, h, r) {
			var words []string
			for _, s := range way {
				words = append(words, credentialsOf(s))
			}
			if len(way) == 0 {
				words = []string{"nothing"}
			}
			rows = appendNew(rows, strings.Join(words, " and "))
		}
	}
	return rows
}

// credentialsOf says what a client sends, and what that is.
func credentialsOf(s model.Security) string {
	text := "the " + string(s.Scheme) + " " + s.Name
	switch s.Scheme {
	case model.BearerScheme:
		text = strings.TrimSpace("a bearer token " + s.Format)
	case model.BasicScheme:
		text = "user and password"
	case model.QueryScheme:
		text = "the query value " + s.Name
	}
	if s.Text != "" {
		text += ": " + strings.TrimSuffix(s.Text, ".")
	}
	return text
}

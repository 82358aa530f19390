package middleware

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/runtime"
)

// Accept refuses requests whose Accept allows none of the media types, with
// status 406, before the handler is called. A request without an Accept takes
// anything. Of several ranges that fit a type the most specific counts, and
// refuses it with q=0 (RFC 9110 §12.5.1); parameters of ranges are ignored.
//
//	middleware.Accept("application/json")
//
// After tower-http's ValidateRequestHeader::accept, which takes one type and
// ignores q. It panics if there is no type, or one is not of the form a/b.
func Accept(types ...string) func(http.Handler) http.Handler {
	if len(types) == 0 {
		panic("middleware: Accept without a type")
	}
	offers := make([]string, len(types))
	for i, offer := range types {
		main, sub, _ := strings.Cut(offer, "/")
		if !isToken(main) || !isToken(sub) {
			panic("middleware: Accept of " + strconv.Quote(offer) + ", which is no media type")
		}
		offers[i] = strings.ToLower(offer)
	}
	detail := "the Accept must allow " + strings.Join(offers, " or ")
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if lines := r.Header["Accept"]; len(lines) > 0 && !acceptsAny(lines, offers) {
				runtime.RenderError(w, r, runtime.Errorf(http.StatusNotAcceptable, "%s", detail))
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func acceptsAny(lines, offers []string) bool {
	for _, offer := range offers {
		if accepts(lines, offer) {
			return true
		}
	}
	return false
}

// accepts reports whether the lines of an Accept allow a media type.
func accepts(lines []string, offer string) bool {
	best, allowed := 0, false
	for _, line := range lines {
		for line != "" {
			var element string
			element, line = cutQuoted(line, ',')
			media, parameters := cutQuoted(element, ';')
			if fit := fits(strings.Trim(media, " \t"), offer); fit > best {
				best, allowed = fit, !isRefused(parameters)
			}
		}
	}
	return allowed
}

// fits returns how well a media range fits a type: 3 if it is the type, 2 for
// type/*, 1 for */*, and 0 if not at all.
func fits(media, offer string) int {
	main, _, _ := strings.Cut(offer, "/")
	switch media = strings.ToLower(media); media {
	case offer:
		return 3
	case main + "/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}

// isRefused reports whether the parameters of a range have a weight of 0.
func isRefused(parameters string) bool {
	for parameters != "" {
		var parameter string
		parameter, parameters = cutQuoted(parameters, ';')
		name, value, _ := strings.Cut(strings.Trim(parameter, " \t"), "=")
		if strings.EqualFold(name, "q") {
			q, err := strconv.ParseFloat(value, 64)
			return err == nil && q == 0
		}
	}
	return false
}

// cutQuoted cuts s at the first separator that is not within quotes.
func cutQuoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

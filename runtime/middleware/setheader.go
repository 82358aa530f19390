package middleware

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/runtime/internal/writer"
)

// A HeaderRule says what [SetHeader] does to one field of a header.
type HeaderRule struct {
	// Name is that of the field: "X-Content-Type-Options".
	Name string

	// Value is what the field is set to; an empty one leaves it as it is.
	Value string

	// Func, if there is one, makes the value, instead of Value. For an answer
	// status and header are those of the answer, for a request header is that
	// of the request. It must not change them. An empty value leaves the field
	// as it is.
	Func func(r *http.Request, status int, header http.Header) string

	// Mode says what becomes of a field that is there already.
	Mode HeaderMode

	// Request sets the field of the request, before the handler gets it, and
	// not that of the answer.
	Request bool
}

// A HeaderMode says what [SetHeader] does with a field that is there already.
type HeaderMode int

// What becomes of a field that is there already: it is overridden, also if the
// handler has set it; it gets one more line; or it stays as it is.
const (
	Override HeaderMode = iota
	Append
	IfMissing
)

// SetHeader sets fields of the header of answers, or of requests, one for each
// rule and in their order:
//
//	middleware.SetHeader(
//		middleware.HeaderRule{Name: "X-Content-Type-Options", Value: "nosniff"},
//		middleware.HeaderRule{Name: "Cache-Control", Value: "no-store", Mode: middleware.IfMissing},
//	)
//
// The header of an answer is changed when it is sent, so that what the handler
// has set by then is known, whatever sends it: a status, the first bytes, a
// flush, or the end of a handler that does none of these. Interim answers (1xx)
// are left alone.
//
// After tower-http's SetRequestHeader and SetResponseHeader. SetHeader panics if
// a name or a value cannot be sent, or there is no rule.
func SetHeader(rules ...HeaderRule) func(http.Handler) http.Handler {
	if len(rules) == 0 {
		panic("middleware: SetHeader without a rule")
	}
	var requests, answers []HeaderRule
	for _, rule := range rules {
		rule.check()
		rule.Name = fieldName("SetHeader", rule.Name)
		if rule.Request {
			requests = append(requests, rule)
		} else {
			answers = append(answers, rule)
		}
	}
	return func(next http.Handler) http.Handler {
		if len(answers) > 0 {
			next = setAnswerHeader(next, answers)
		}
		if len(requests) > 0 {
			next = setRequestHeader(next, requests)
		}
		return next
	}
}

func setRequestHeader(next http.Handler, rules []HeaderRule) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		changed := *r
		changed.Header = copyHeader(r.Header)
		var made lines
		for i := range rules {
			rules[i].apply(r, 0, changed.Header, &made)
		}
		serveChanged(next, w, r, &changed)
	})
}

func setAnswerHeader(next http.Handler, rules []HeaderRule) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setting := &settingWriter{rules: rules, request: r}
		setting.Before(w, setting)
		next.ServeHTTP(&setting.Tracked, r)
		setting.End()
	})
}

// A settingWriter sets the header of an answer before it goes.
type settingWriter struct {
	writer.Tracked
	rules   []HeaderRule
	request *http.Request
	made    lines
}

// Announce is called when the status is known.
func (w *settingWriter) Announce(status int) {
	header := w.Header()
	for i := range w.rules {
		w.rules[i].apply(w.request, status, header, &w.made)
	}
}

// apply does what the rule says.
func (rule *HeaderRule) apply(r *http.Request, status int, header http.Header, made *lines) {
	present := header[rule.Name]
	if rule.Mode == IfMissing && len(present) > 0 {
		return
	}
	value := rule.Value
	if rule.Func != nil {
		value = rule.Func(r, status, header)
	}
	switch {
	case value == "":
	case rule.Mode == Append:
		header[rule.Name] = append(slices.Clip(present), value)
	default:
		header[rule.Name] = made.of(value)
	}
}

func (rule *HeaderRule) check() {
	if rule.Mode < Override || rule.Mode > IfMissing {
		panic(fmt.Sprintf("middleware: SetHeader with mode %d", rule.Mode))
	}
	if rule.Func == nil && !isFieldValue(rule.Value) {
		panic(fmt.Sprintf("middleware: SetHeader of %s to %q, which cannot be sent", rule.Name, rule.Value))
	}
	if rule.Request && http.CanonicalHeaderKey(rule.Name) == "Host" {
		panic("middleware: SetHeader of Host, which net/http does not keep in the header")
	}
}

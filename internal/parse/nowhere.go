package parse

import (
	"fmt"
	"go/types"
	"net/http"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// refuseParam reports a parameter whose value comes from nowhere.
func (p *parser) refuseParam(tg target, t types.Type) {
	switch {
	case tg.bare && slices.Contains(tg.wildcards, tg.pathKey()):
		tg.use(tg.pathKey())
		p.refuseType(spot{scope: tg.scope, source: model.Path, name: tg.pathKey(), what: tg.what, typ: tg.typ, whole: true}, t)
	case isScalar(t):
		p.refuseScalar(tg, t)
	default:
		p.report(diag.NoSource, tg.at, "%s comes from nowhere: %s is no extractor", tg.what, p.typeString(t)).
			hint("%s", p.extractorHint(tg, t))
	}
}

// refuseScalar reports a bare scalar whose name is no wildcard.
func (p *parser) refuseScalar(tg target, t types.Type) {
	key, written := tg.pathKey(), p.typeString(t)
	if key == "" {
		p.report(diag.NoSource, tg.at, "%s comes from nowhere: it has no name that could be a wildcard's", tg.what).
			hint("name the parameter, or wrap its type: runtime.Query[%s]", written)
		return
	}
	at := tg.at
	if tg.opts.name != nil {
		at = valueOf(*tg.opts.name)
	}
	n := p.report(diag.NoSource, at, "%s comes from nowhere: %s has no wildcard %s", tg.what, tg.route, key)
	if tg.routeAt != nil {
		n.related(tg.routeAt, "the pattern")
	}
	query := fmt.Sprintf("runtime.Query[%s]", written)
	if tg.optional {
		query = fmt.Sprintf("runtime.Optional[%s]", query)
	}
	switch near, ok := diag.Nearest(key, tg.wildcards); {
	case slices.Contains(tg.elsewhere, key):
		n.hint("%s", tg.lackingHint())
	case ok:
		tg.use(near)
		n.hint("did you mean %s? A value of the query is a %s", near, query)
	default:
		n.hint("read it from the query, %s %s, or put {%s} into the pattern", tg.name, query, key)
	}
}

// lackingHint says what to do about a wildcard that only other routes have.
func (sc *scope) lackingHint() string {
	if sc.around {
		return fmt.Sprintf("make it a pointer or a runtime.Optional, or use %s only on the routes that have it", sc.fn)
	}
	return fmt.Sprintf("other routes of %s have it: make it a pointer or a runtime.Optional, or give this route its own function", sc.fn)
}

// extractorHint says what to write for a parameter that is no extractor.
func (p *parser) extractorHint(tg target, t types.Type) string {
	switch fullName(t) {
	case "net/http.Request":
		return "take *http.Request"
	case "*net/http.ResponseWriter":
		return "take http.ResponseWriter"
	case "*net/http.Header":
		return "take http.Header"
	case "*context.Context":
		return "take context.Context"
	case "net/http.Cookie", "*net/http.Cookie":
		return "read one cookie by its name: runtime.Cookie[string]"
	case "mime/multipart.Reader":
		return "take *multipart.Reader"
	case "*mime/multipart.FileHeader", "mime/multipart.FileHeader", "mime/multipart.File", "*mime/multipart.Form":
		return "make it a *multipart.FileHeader in the struct T of a runtime.Multipart[T]"
	case "io.ReadCloser":
		return "take io.Reader: the server closes the body"
	case "error":
		return "errors are results; what may fail to be read is a runtime.Result"
	}
	written := p.typeString(t)
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return p.structHint(tg, written)
	case *types.Slice:
		if isBytes(u) {
			return "the body as bytes is a runtime.Bytes"
		}
		if isScalar(u.Elem()) {
			return fmt.Sprintf("values of the query are a runtime.Query[%s], a JSON body is a runtime.JSON[%s]", written, written)
		}
		return fmt.Sprintf("a JSON body is a runtime.JSON[%s]", written)
	case *types.Map:
		return fmt.Sprintf("a JSON body is a runtime.JSON[%s], the whole query url.Values", written)
	case *types.Pointer:
		if hint, ok := p.pointerHint(u.Elem()); ok {
			return hint
		}
		if isStruct(u.Elem()) && p.declares(u.Elem()) {
			return fmt.Sprintf("application state is a runtime.State[%s], a JSON body a runtime.JSON[%s]", written, p.typeString(u.Elem()))
		}
	}
	return fmt.Sprintf("application state is a runtime.State[%s], what middleware left a runtime.Extension[%s]", written, written)
}

// pointerHint says what to write for a pointer to an extractor or a result of
// the runtime package.
func (p *parser) pointerHint(t types.Type) (string, bool) {
	w, ok := runtimeType(t)
	written := p.typeString(t)
	switch {
	case !ok:
		return "", false
	case w.name == "Next":
		return nextHint, true
	case isResult(w):
		return written + " is a result", true
	}
	return fmt.Sprintf("take %s by value; what may be missing is a runtime.Optional[%s]", written, written),
		len(w.args) == 1 && w.name != "Nullable"
}

const nextHint = "only a function with //handlergen:middleware takes a runtime.Next"

// isResult reports whether a type of the runtime package is what handlers return
// and never what they take.
func isResult(w wrapper) bool {
	switch w.name {
	case "Status", "HTML", "Redirect", "NoContent", "Attachment", "Event", "EventStream", "Response":
		return true
	}
	return false
}

// structHint names the wrappers of a struct, first the one that is likely for
// the methods of the route.
func (p *parser) structHint(tg target, written string) string {
	first, second := "JSON", "Query"
	if slices.Contains(tg.methods, http.MethodGet) {
		first, second = second, first
	}
	return fmt.Sprintf("wrap it: runtime.%s[%s] or runtime.%s[%s]; or give *%s a method FromRequestParts(r *http.Request) error",
		first, written, second, written, written)
}

// refuseRuntime reports a type of the runtime package that is no extractor.
func (p *parser) refuseRuntime(tg target, w wrapper) {
	n := p.report(diag.NoSource, tg.at, "%s comes from nowhere: runtime.%s is no extractor", tg.what, w.name)
	switch {
	case w.name == "Nullable":
		n.hint("only JSON has null: take a runtime.Optional, or use runtime.Nullable inside of a runtime.JSON")
	case w.name == "Next":
		n.hint(nextHint)
	case isResult(w):
		n.hint("runtime.%s is a result", w.name)
	}
}

// refuseInvalid reports a type that did not type-check. The loader reports why.
func (p *parser) refuseInvalid(what string, at span) {
	p.report(diag.TypeError, at, "the type of %s does not type-check", what)
}

package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// results decides what each result of a function adds to the answer. Of a
// result that it refuses nothing is said but its place.
func (p *parser) results(sig signature) []model.Result {
	var list []model.Result
	for i, e := range sig.results {
		result := model.Result{Pos: p.fset.Position(e.typ.Pos())}
		result.As, result.Why = p.respond(sig, i)
		if result.As != nil {
			result.Type, _ = p.typeOf(e.v.Type(), e.typ)
			p.describeResult(&result, sig, i)
		}
		list = append(list, result)
	}
	p.checkOrder(sig, list)
	return list
}

// respond goes through everything a result can be, what wins first.
func (p *parser) respond(sig signature, i int) (model.Response, string) {
	e := sig.results[i]
	t := e.v.Type()
	switch {
	case isInvalid(t):
		p.report(diag.TypeError, e.typ, "the type of a result of %s does not type-check", sig.name())
		return nil, ""
	case p.isFailure(sig, i):
		return model.Failure{}, "the error: nil is success"
	}
	if w, ok := runtimeType(t); ok {
		return p.respondRuntime(e, w)
	}
	if fullName(t) == wholeResponse {
		return model.Whole{}, "the answer, with its status, header and body"
	}
	if as, why := respondHead(t); as != nil {
		return as, why
	}
	if as, why := p.respondItself(t); as != nil {
		return as, why
	}
	if as, why, ok := p.respondStream(e); ok {
		return as, why
	}
	if p.refuseResult(e) {
		return nil, ""
	}
	if types.IsInterface(t) {
		return p.respondSealed(e)
	}
	return p.respondBody(e)
}

// isFailure reports whether a result is the error of a function. A concrete
// error type cannot be: its nil would be an error that is not nil.
func (p *parser) isFailure(sig signature, i int) bool {
	e := sig.results[i]
	t := e.v.Type()
	isError := types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
	switch {
	case !isError:
		return false
	case types.IsInterface(t):
		return true
	case i < len(sig.results)-1, len(sig.results) == 1 && p.intoResponse(t):
		return false
	}
	p.report(diag.BadResults, e.typ, "the last result of %s is a %s, whose nil would not be a nil error", sig.name(), p.typeString(t)).
		hint("write error")
	return true
}

// wholeResponse is a result that has a status, a header and a body.
const wholeResponse = "*" + model.RuntimePath + ".Response"

// respondRuntime reads the results that are types of the runtime package: one
// row for each.
func (p *parser) respondRuntime(e entry, w wrapper) (model.Response, string) {
	switch w.name {
	case "Status":
		return model.StatusCode{}, "the status"
	case "ETag":
		return model.ETagPart{}, "the entity tag, by which GET and HEAD answer 304 and 412"
	case "NoContent":
		return model.NoContent{}, "an answer without a body"
	case "HTML":
		return model.HTML{}, "the body, as text/html"
	case "Redirect":
		return model.Responder{}, "a redirect"
	case "Attachment":
		return model.Attachment{}, "a file to save"
	case "EventStream":
		return model.Events{Func: "WriteEventStream"}, "a stream of events"
	case "JSON":
		at := target{typ: e.typ}.narrow().typ
		if !p.checkEncodable(w.args[0], at) {
			return nil, ""
		}
		as := p.jsonOf(w.args[0])
		as.Wrapped = true
		return as, "the body, as application/json"
	case "Form":
		return p.respondForm(e, w.args[0])
	case "Text", "Bytes", "MatchedPath", "Host", "Bearer", "Optional", "Nullable":
		return p.respondBody(e)
	case "Response":
		p.report(diag.UnwritableType, e.typ, "a response is returned by pointer").hint("write *%s", p.typeString(e.v.Type()))
		return nil, ""
	}
	if p.intoResponse(e.v.Type()) {
		return model.Responder{Nil: nilOf(e.v.Type())}, "an answer that writes itself"
	}
	p.refuseRuntimeResult(e, w)
	return nil, ""
}

// refuseRuntimeResult reports a type of the runtime package that belongs among
// the parameters.
func (p *parser) refuseRuntimeResult(e entry, w wrapper) {
	if w.name == "Event" {
		p.report(diag.UnwritableType, e.typ, "events are answers as a stream, not one by one").hint("return iter.Seq[runtime.Event]")
		return
	}
	n := p.report(diag.UnwritableType, e.typ, "%s is read from a request and is no answer", p.typeString(e.v.Type()))
	switch {
	case w.name == "Header":
		n.hint("return http.Header")
	case w.name == "Cookie":
		n.hint("return *http.Cookie")
	case w.name == "JSONLines":
		n.hint("return iter.Seq2[%s, error]", p.typeString(w.args[0]))
	case len(w.args) == 1:
		n.hint("return %s", p.typeString(w.args[0]))
	}
}

// respondHead reads the results of the standard library that add to the head.
func respondHead(t types.Type) (model.Response, string) {
	if slice, ok := types.Unalias(t).(*types.Slice); ok && fullName(slice.Elem()) == "*net/http.Cookie" {
		return model.CookieParts{}, "cookies, each appended"
	}
	switch fullName(t) {
	case "net/http.Header":
		return model.HeaderParts{}, "headers, each name replaced"
	case "*net/http.Cookie":
		return model.CookiePart{}, "a cookie, appended"
	}
	return nil, ""
}

// respondItself reads the results that have a method to answer by.
func (p *parser) respondItself(t types.Type) (model.Response, string) {
	switch {
	case p.intoResponse(t):
		return model.Responder{Nil: nilOf(t)}, "an answer that writes itself: it has IntoResponse"
	case p.intoResponseParts(t):
		return model.CustomParts{Nilable: mayBeNil(t)}, "headers: it has IntoResponseParts"
	case p.servesHTTP(t):
		return model.HTTPHandler{Nil: nilOf(t)}, "a handler that takes over"
	}
	return nil, ""
}

// respondBody reads the results that are a body as they are. Strings are text
// whatever methods their type has; bytes that know how to be encoded, such as
// json.RawMessage and net.IP, are JSON.
func (p *parser) respondBody(e entry) (model.Response, string) {
	t := e.v.Type()
	isText := isKind(t, types.IsString)
	isBytes := isBytes(t.Underlying()) && !encodesItself(t, true)
	switch {
	case (isText || isBytes) && p.hasStatus(t):
		p.report(diag.BadResults, e.typ, "%s has a method Status, which gives the status of JSON only", p.typeString(t)).
			hint("return (runtime.Status, %s)", p.typeString(t))
		return nil, ""
	case isText:
		return model.Text{}, "the body, as text/plain"
	case isBytes:
		return model.Bytes{}, "the body, as application/octet-stream"
	case !p.checkEncodable(t, e.typ):
		return nil, ""
	case p.hasStatus(t):
		return p.jsonOf(t), "the body, as application/json with the status of its method Status"
	}
	return p.jsonOf(t), "the body, as application/json"
}

// jsonOf is a value that is encoded, with the status that it may give.
func (p *parser) jsonOf(t types.Type) model.JSON {
	statused := p.hasStatus(t)
	return model.JSON{Statused: statused, Nilable: statused && mayBeNil(t)}
}

// nilOf says which nil of the type would be called.
func nilOf(t types.Type) model.Nil {
	switch t.Underlying().(type) {
	case *types.Interface:
		return model.NilInterface
	case *types.Pointer, *types.Signature:
		return model.NilValue
	}
	return model.NeverNil
}

func mayBeNil(t types.Type) bool { return nilOf(t) != model.NeverNil }

package parse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A scope is what binding a parameter has to know of its function and of one of
// its routes.
type scope struct {
	fn        string                  // name of the function, for messages
	route     string                  // "GET /users/{id}", for messages; empty for a provider
	routeAt   span                    // the pattern; nil for a provider
	around    bool                    // a middleware function
	wildcards []string                // of the pattern, in order
	elsewhere []string                // wildcards of the function's other routes only: what is optional may be absent here
	open      bool                    // a provider: any name is a wildcard of the routes that need it
	used      map[string]bool         // wildcards that a parameter reads; bind fills it in
	params    map[string]paramOptions // from param directives, by parameter
	methods   []string                // of the route; empty for ANY and for a provider
}

// paramOptions are what a param directive says about one parameter. What it
// does not say is nil.
type paramOptions struct {
	name *arg // on the wire
	def  *arg // text to read when there is none
	doc  *arg
}

// A target is one value to bind: a parameter, or a field of a composite.
type target struct {
	*scope
	name     string // "id"; empty when it has none
	what     string // what messages call it: its name, or its type
	at       span   // the parameter or field
	typ      span   // its type as written, or the part of it that is meant
	opts     paramOptions
	bare     bool         // a scalar of its name may be a path value
	optional bool         // it stands in a runtime.Optional
	inside   []types.Type // the composites that it is a field of
	files    bool         // its fields may be files
}

// narrow returns the target with the type argument of a wrapper in place of its
// type: T of runtime.Query[T].
func (t target) narrow() target {
	if generic, ok := t.typ.(*ast.IndexExpr); ok {
		t.typ = ast.Unparen(generic.Index)
	}
	return t
}

// bind decides where the value of a parameter comes from, and says why in one
// sentence. It reports what it has to refuse. The place is the parameter.
func (p *parser) bind(sc *scope, v *types.Var, at span) (from model.Extractor, why string, ok bool) {
	tg := target{
		scope: sc, name: v.Name(), what: v.Name(), at: at, typ: p.typeExpr(v, at), opts: sc.params[v.Name()], bare: true,
	}
	if v.Name() == "" || v.Name() == "_" {
		tg.name, tg.what, tg.opts = "", p.typeString(v.Type()), paramOptions{}
	}
	from, why, ok = p.bindType(tg, v.Type())
	return from, why, ok && p.checkOptions(tg, from)
}

// readsBody reports whether an extractor reads the body of the request.
func readsBody(from model.Extractor, providers []model.Provider) bool {
	switch from := from.(type) {
	case model.JSONBody, model.JSONLinesBody, model.TextBody, model.BytesBody, model.ReaderBody, model.Form, model.Multipart, model.MultipartReader:
		return true
	case model.Custom:
		return from.Method == fromRequest
	case model.Provided:
		return providers[from.Provider].Body
	case model.Composite:
		return slices.ContainsFunc(from.Fields, func(f model.Param) bool { return readsBody(f.From, providers) })
	case model.OptionalOf:
		return readsBody(from.Of, providers)
	case model.ResultOf:
		return readsBody(from.Of, providers)
	}
	return false
}

// bindType goes through everything a parameter can be, what wins first.
func (p *parser) bindType(tg target, t types.Type) (model.Extractor, string, bool) {
	if isInvalid(t) {
		p.refuseInvalid(tg.what, tg.typ)
		return nil, "", false
	}
	if wrapper, ok := runtimeType(t); ok {
		return p.bindRuntime(tg, t, wrapper)
	}
	if pr := p.findProvider(t); pr != nil {
		return model.Provided{Provider: p.readProvider(pr)}, "the result of " + pr.name(), true
	}
	if c, ok := p.compositeOf(t); ok {
		return p.bindComposite(tg, c)
	}
	if c, ok := customOf(t); ok {
		return p.bindCustom(tg, c)
	}
	if p.isPathValue(tg, t) {
		return p.bindPathValue(tg, t)
	}
	if from, why, ok := standard(t); ok {
		return from, why, true
	}
	p.refuseParam(tg, t)
	return nil, "", false
}

// bindRuntime binds the types of the runtime package: one row for each.
func (p *parser) bindRuntime(tg target, t types.Type, w wrapper) (model.Extractor, string, bool) {
	if len(w.args) > 0 {
		tg = tg.narrow()
	}
	switch w.name {
	case "Path":
		return p.bindValues(tg, model.Path, w.args[0])
	case "Query":
		return p.bindValues(tg, model.Query, w.args[0])
	case "Header":
		return p.bindValues(tg, model.Headers, w.args[0])
	case "Cookie":
		return p.bindValues(tg, model.Cookie, w.args[0])
	case "Form":
		return p.bindForm(tg, w.args[0])
	case "JSON":
		return p.bindJSON(tg, w.args[0])
	case "JSONLines":
		return p.bindJSONLines(tg, w.args[0])
	case "State":
		return p.bindState(tg, w.args[0])
	case "Extension":
		return p.bindExtension(tg, w.args[0])
	case "Optional":
		return p.bindOptional(tg, t, w.args[0])
	case "Result":
		return p.bindResult(tg, w.args[0])
	case "Text":
		return model.TextBody{}, "the body as text", true
	case "Bytes":
		return model.BytesBody{}, "the body as bytes", true
	case "Bearer":
		return model.Credentials{Name: w.name}, "the bearer token of the Authorization header", true
	case "BasicAuth":
		return model.Credentials{Name: w.name}, "the user and password of the Authorization header", true
	case "MatchedPath":
		return model.Head{Part: model.MatchedPath}, "the path of the pattern that matched", true
	case "OriginalURL":
		return model.Head{Part: model.OriginalURL}, "the URL before any prefix was taken off", true
	case "Host":
		return model.Head{Part: model.Host}, "the host that the request is for", true
	case "Preconditions":
		return model.Head{Part: model.Preconditions}, "the conditions that the request makes: If-Match and If-None-Match", true
	case "Multipart":
		return p.bindMultipart(tg, w.args[0])
	}
	p.refuseRuntime(tg, w)
	return nil, "", false
}

// standard binds the types of the standard library.
func standard(t types.Type) (model.Extractor, string, bool) {
	switch fullName(t) {
	case "context.Context":
		return model.Head{Part: model.Context}, "the context of the request", true
	case "*net/http.Request":
		return model.Head{Part: model.Request}, "the request itself", true
	case "net/http.ResponseWriter":
		return model.Head{Part: model.Writer}, "the writer of the response", true
	case "net/http.Header":
		return model.Head{Part: model.HeaderMap}, "all headers of the request", true
	case "*net/url.URL":
		return model.Head{Part: model.URL}, "the URL of the request", true
	case "net/netip.AddrPort":
		return model.Head{Part: model.Peer}, "the address of the peer", true
	case "net/url.Values":
		return model.QueryValues{}, "all values of the query", true
	case "io.Reader":
		return model.ReaderBody{}, "the body as a stream", true
	case "*mime/multipart.Reader":
		return model.MultipartReader{}, "the parts of the body", true
	}
	return nil, "", false
}

// bindState takes a value from the application's state: runtime.State[T].
func (p *parser) bindState(tg target, t types.Type) (model.Extractor, string, bool) {
	from, ok := p.stateFor(t, tg.typ)
	return model.FromApp{From: from}, "application state", ok
}

// bindExtension takes a value that middleware put into the request.
func (p *parser) bindExtension(tg target, t types.Type) (model.Extractor, string, bool) {
	spelled, ok := p.typeOf(t, tg.typ)
	return model.Extension{Type: spelled}, "what middleware put into the request with runtime.WithExtension", ok
}

// bindJSON decodes the body: runtime.JSON[T].
func (p *parser) bindJSON(tg target, t types.Type) (model.Extractor, string, bool) {
	spelled, ok := p.typeOf(t, tg.typ)
	if !ok || !p.checkDecodable(t, tg.typ) {
		return nil, "", false
	}
	rules, ruled := p.bodyRules(tg, t)
	presets, preset := p.presets(tg, t)
	return model.JSONBody{Type: spelled, Presets: presets, Rules: rules}, "the body as JSON", ruled && preset
}

// bindJSONLines decodes the lines of the body: runtime.JSONLines[T].
func (p *parser) bindJSONLines(tg target, t types.Type) (model.Extractor, string, bool) {
	from, _, ok := p.bindJSON(tg, t)
	if !ok {
		return nil, "", false
	}
	body := from.(model.JSONBody)
	return model.JSONLinesBody(body), "the body as lines of JSON, read while they are ranged over", true
}

// bindOptional binds what a runtime.Optional holds: a scalar of the path, or
// any extractor.
func (p *parser) bindOptional(tg target, t, held types.Type) (model.Extractor, string, bool) {
	if p.isPathValue(tg, t) {
		return p.bindPathValue(tg, t)
	}
	tg.optional = true
	of, why, ok := p.bindType(tg, held)
	if !ok || !p.checkHeld(tg, of) {
		return nil, "", false
	}
	spelled, ok := p.typeOf(held, tg.typ)
	return model.OptionalOf{Type: spelled, Of: of}, why + ", or nothing", ok
}

// bindResult binds what a runtime.Result holds: any extractor.
func (p *parser) bindResult(tg target, held types.Type) (model.Extractor, string, bool) {
	tg.optional = false
	of, why, ok := p.bindType(tg, held)
	if !ok || !p.checkHeld(tg, of) {
		return nil, "", false
	}
	spelled, ok := p.typeOf(held, tg.typ)
	return model.ResultOf{Type: spelled, Of: of}, why + ", or its rejection", ok
}

// checkHeld reports an http.ResponseWriter inside of something else: it is a
// parameter of a handler or nothing.
func (p *parser) checkHeld(tg target, from model.Extractor) bool {
	if from != (model.Head{Part: model.Writer}) {
		return true
	}
	p.report(diag.UnreadableType, tg.typ, "http.ResponseWriter is the way out of a handler, not a part of the request").
		hint("make it a parameter of the handler")
	return false
}

// checkOptions refuses a name or a default of a parameter that has no use for
// it.
func (p *parser) checkOptions(tg target, from model.Extractor) bool {
	return hasName(from) || p.checkUnnamed(tg, from)
}

// checkUnnamed refuses a name or a default of a parameter that is not read from
// one text.
func (p *parser) checkUnnamed(tg target, from model.Extractor) bool {
	named, preset := "remove name=", "remove default="
	if hasFields(from) {
		named, preset = "name its fields with struct tags, or "+named, "give its fields defaults with struct tags, or "+preset
	}
	if name := tg.opts.name; name != nil {
		p.report(diag.BadKey, name, "name= has no effect: %s is not read by one name", tg.what).hint("%s", named)
	}
	if def := tg.opts.def; def != nil {
		p.report(diag.BadDefault, def, "default= has no effect: %s is not read from one text", tg.what).hint("%s", preset)
	}
	return tg.opts.name == nil && tg.opts.def == nil
}

// hasFields reports whether an extractor reads a struct by its fields.
func hasFields(from model.Extractor) bool {
	switch from := from.(type) {
	case model.Values, model.Form, model.Multipart, model.JSONBody, model.JSONLinesBody:
		return true
	case model.OptionalOf:
		return hasFields(from.Of)
	case model.ResultOf:
		return hasFields(from.Of)
	}
	return false
}

// hasName reports whether an extractor reads the values of one name.
func hasName(from model.Extractor) bool {
	var slots []model.Slot
	switch from := from.(type) {
	case model.Values:
		slots = from.Slots
	case model.Form:
		slots = from.Slots
	case model.OptionalOf:
		return hasName(from.Of)
	case model.ResultOf:
		return hasName(from.Of)
	}
	return len(slots) == 1 && slots[0].Field == ""
}

package emit

import (
	"go/token"
	"net/http"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A method is one method of a client under construction.
type method struct {
	*clientEmitter
	op     wire.Operation
	name   string
	scope  *scope
	params []jen.Code
	body   []jen.Code
	types  []decl
	sent   map[string]bool // "Query limit": what the request has already
	form   bool            // the body is a form that has been begun

	c, ctx, req, res, out, err string
}

func newMethod(e *clientEmitter, op wire.Operation) *method {
	m := &method{clientEmitter: e, op: op, name: op.Name, scope: newScope(e.scope), sent: map[string]bool{}}
	m.c, m.ctx, m.req = m.scope.pick("c"), m.scope.pick("ctx"), m.scope.pick("req", "request")
	m.res, m.out, m.err = m.scope.pick("res", "answer"), m.scope.pick("out", "value"), m.scope.pick("err", "failure")
	return m
}

// write writes the method: the request, then the answer.
func (m *method) write() decl {
	m.params = append(m.params, jen.Id(m.ctx).Add(m.std("context", "Context")))
	verb := quote(m.op.Method)
	switch m.op.Method {
	case "":
		name := m.scope.pick("method", "verb")
		m.params = append(m.params, jen.Id(name).String())
		verb = jen.Id(name)
	case http.MethodConnect, http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodOptions,
		http.MethodPatch, http.MethodPost, http.MethodPut, http.MethodTrace:
		verb = m.std("net/http", "Method"+wire.Exported(strings.ToLower(m.op.Method)))
	}
	m.add(jen.Id(m.req).Op(":=").Add(m.lib("NewRequest")).Call(verb, quote(m.op.Route.Pattern)))
	m.expect()
	for _, use := range m.op.Route.Use {
		if use.Adapter != model.NoAdapter {
			m.readAll(m.op.Package.Middleware[use.Adapter].Params)
		}
	}
	m.readAll(m.op.Handler.Params)
	m.wildcards()
	request := m.body
	m.body = nil
	results := m.answer()
	signature := m.fit(func(call caller) *jen.Statement {
		head := call(jen.Func().Params(jen.Id(m.c).Op("*").Id("Client")).Id(m.name), m.params...)
		if len(results) == 1 {
			return head.Add(results[0])
		}
		return head.Params(results...)
	})
	return append(m.docs(), signature.Block(paragraphs(request, m.body)...))
}

// docs is the doc comment of the handler, with the route.
func (m *method) docs() []jen.Code {
	var list []jen.Code
	text := strings.TrimSpace(m.op.Route.Description)
	if text == "" {
		list = m.doc("%s calls %s.", m.name, m.op.Handler.Func.Name)
	} else {
		if rest, ok := strings.CutPrefix(text, m.op.Handler.Func.Name+" "); ok {
			text = m.name + " " + rest
		}
		for line := range strings.SplitSeq(text, "\n") {
			list = append(list, comment(line))
		}
	}
	list = append(list, comment(""), tableRow(m.op.String()))
	if m.op.Route.Deprecated && !strings.Contains(text, "Deprecated: ") {
		list = append(list, comment(""), comment("Deprecated: the route is marked so."))
	}
	return list
}

func (m *method) add(list ...jen.Code) { m.body = append(m.body, list...) }

// block returns the statements that fill adds.
func (m *method) block(fill func()) []jen.Code {
	outer := m.body
	m.body = nil
	fill()
	inner := m.body
	m.body = outer
	return inner
}

// lib refers to the package that clients share.
func (m *method) lib(name string) *jen.Statement { return m.qual(clientPath, "client", name) }

// send is a call of a method of the request.
func (m *method) send(name string) *jen.Statement { return jen.Id(m.req).Dot(name) }

// spellAt writes a type of the user's, and notes what it refers to.
func (m *method) spellAt(t model.Type, pos token.Position) *jen.Statement {
	m.note(t, pos)
	return m.spell(t)
}

// note lists the declarations that a type refers to.
func (m *method) note(t model.Type, pos token.Position) {
	switch t := t.(type) {
	case model.Named:
		if t.PkgPath != "" {
			m.refer(Reference{PkgPath: t.PkgPath, PkgName: t.PkgName, Name: t.Name, Pos: pos})
		}
		m.noteAll(t.Args, pos)
	case model.Pointer:
		m.note(t.Elem, pos)
	case model.Slice:
		m.note(t.Elem, pos)
	case model.Array:
		m.note(t.Elem, pos)
	case model.Map:
		m.noteAll([]model.Type{t.Key, t.Elem}, pos)
	case model.Chan:
		m.note(t.Elem, pos)
	case model.Signature:
		m.noteAll(t.Params, pos)
		m.noteAll(t.Results, pos)
	case model.Struct:
		for _, f := range t.Fields {
			if !token.IsExported(f.Name) {
				m.referField(f.Name, pos)
			}
			m.note(f.Type, pos)
		}
	}
}

func (m *method) noteAll(types []model.Type, pos token.Position) {
	for _, t := range types {
		m.note(t, pos)
	}
}

func (m *method) referField(name string, pos token.Position) {
	m.refer(Reference{PkgPath: m.op.Package.Path, PkgName: m.op.Package.Name, Name: name, Field: true, Pos: pos})
}

func (m *method) refer(r Reference) {
	r.Func = m.op.Handler.Func.Name
	m.references = append(m.references, r)
}

// declareParam adds a parameter to the method.
func (m *method) declareParam(name string, typ *jen.Statement) string {
	stem := local(name)
	picked := m.scope.pick(stem, stem+"Value", stem+"Param")
	m.params = append(m.params, jen.Id(picked).Add(typ))
	return picked
}

// wildcards adds a parameter for each wildcard that no parameter of the handler
// reads.
func (m *method) wildcards() {
	for _, name := range wire.Wildcards(m.op.Route.Pattern) {
		if m.first("Path", name) {
			param := m.declareParam(name, jen.String())
			m.add(m.send("Path").Call(quote(name), m.rt("FormatString").Call(jen.Id(param))))
		}
	}
}

// first reports whether a value is not in the request yet, and notes that it is
// from now on: two parameters may read the same value.
func (m *method) first(source, name string) bool {
	key := source + " " + name
	if m.sent[key] {
		return false
	}
	m.sent[key] = true
	return true
}

// expect says which statuses beyond 399 are answers of the handler.
func (m *method) expect() {
	statuses, open := wire.Expected(m.op.Handler)
	if open || slices.ContainsFunc(m.op.Handler.Results, isUnclear) {
		m.add(m.send("ExpectAny").Call())
		return
	}
	var list []jen.Code
	for _, status := range statuses {
		list = append(list, m.status(status))
	}
	if len(list) > 0 {
		m.add(m.send("Expect").Call(list...))
	}
}

// isUnclear reports whether a result is one of several types that the status
// does not tell apart.
func isUnclear(r model.Result) bool {
	sealed, ok := r.As.(model.Sealed)
	return ok && !wire.IsClear(sealed)
}

// answer writes what is done with the answer, and returns the results of the
// method.
func (m *method) answer() []jen.Code {
	do := jen.Id(m.c).Dot("client").Dot("Do").Call(jen.Id(m.ctx), jen.Id(m.req))
	body, parts := m.bodyResult()
	if stream := m.stream(body); stream != nil {
		return stream
	}
	if sealed, ok := body.As.(model.Sealed); ok && wire.IsClear(sealed) {
		return m.sealed(body, sealed, parts, do)
	}
	typ, decode := m.decoded(body)
	switch {
	case decode == nil && typ != nil: // the answer as it is, with its head
		m.add(jen.Return(do))
		return []jen.Code{typ, jen.Error()}
	case typ == nil && !parts:
		m.add(jen.Return(m.lib("Nothing").Call(do)))
		return []jen.Code{jen.Error()}
	case !parts:
		m.add(jen.Return(decode.Call(do)))
		return []jen.Code{typ, jen.Error()}
	}
	res, err := jen.Id(m.res), jen.Id(m.err)
	meta := jen.Op("*").Add(m.lib("Meta"))
	m.add(jen.List(res, err).Op(":=").Add(do))
	head := m.lib("MetaOf").Call(jen.Id(m.res))
	if typ == nil {
		m.add(jen.Return(head, m.lib("Nothing").Call(jen.Id(m.res), jen.Id(m.err))))
		return []jen.Code{meta, jen.Error()}
	}
	m.add(jen.List(jen.Id(m.out), jen.Id(m.err)).Op(":=").Add(decode.Call(jen.Id(m.res), jen.Id(m.err))))
	m.add(jen.Return(jen.Id(m.out), head, jen.Id(m.err)))
	return []jen.Code{typ, meta, jen.Error()}
}

// bodyResult returns the result that is the body, if there is one, and whether
// others add to the head.
func (m *method) bodyResult() (body model.Result, parts bool) {
	for _, r := range m.op.Handler.Results {
		switch r.As.(type) {
		case model.StatusCode, model.HeaderParts, model.CookiePart, model.CookieParts, model.CustomParts:
			parts = true
		case model.Failure:
		default:
			body = r
		}
	}
	if m.op.Method == http.MethodHead {
		return model.Result{}, true
	}
	return body, parts
}

// stream writes an answer that comes in pieces.
func (m *method) stream(body model.Result) []jen.Code {
	args := []jen.Code{jen.Id(m.ctx), jen.Id(m.c).Dot("client"), jen.Id(m.req)}
	switch body.As.(type) {
	case model.Events:
		m.add(jen.Return(m.lib("Events").Call(args...)))
		return []jen.Code{m.std("iter", "Seq2").Types(m.rt("Event"), jen.Error())}
	case model.Lines:
		elem := m.spellAt(body.Encodes, body.Pos)
		m.add(jen.Return(m.lib("Lines").Types(elem).Call(args...)))
		return []jen.Code{m.std("iter", "Seq2").Types(m.spell(body.Encodes), jen.Error())}
	}
	return nil
}

// decoded returns the type of an answer and the function that makes it of the
// response: both nil for no body, the latter for the response as it is.
func (m *method) decoded(body model.Result) (typ, decode *jen.Statement) {
	switch body.As.(type) {
	case nil, model.NoContent:
		return nil, nil
	case model.JSON:
		return m.spellAt(body.Encodes, body.Pos), m.lib("JSON").Types(m.spell(body.Encodes))
	case model.Text, model.HTML:
		return m.spellAt(body.Type, body.Pos), m.lib("Text").Types(m.spell(body.Type))
	case model.Bytes:
		return m.spellAt(body.Type, body.Pos), m.lib("Bytes").Types(m.spell(body.Type))
	case model.FormReply:
		return m.std("net/url", "Values"), m.lib("Form")
	case model.Stream, model.Attachment:
		return m.std("io", "ReadCloser"), m.lib("Body")
	}
	return jen.Op("*").Add(m.std("net/http", "Response")), nil
}

// sealed writes the choice among the implementations of an interface.
func (m *method) sealed(body model.Result, sealed model.Sealed, parts bool, do *jen.Statement) []jen.Code {
	m.add(jen.List(jen.Id(m.res), jen.Id(m.err)).Op(":=").Add(do))
	failed := []jen.Code{jen.Nil()}
	results := []jen.Code{m.spellAt(body.Type, body.Pos)}
	if parts {
		failed = append(failed, m.lib("MetaOf").Call(jen.Id(m.res)))
		results = append(results, jen.Op("*").Add(m.lib("Meta")))
	}
	results = append(results, jen.Error())
	m.add(jen.If(jen.Id(m.err).Op("!=").Nil()).Block(jen.Return(append(slices.Clone(failed), jen.Id(m.err))...)))
	var cases []jen.Code
	for _, c := range wire.Implementations(sealed) {
		decode := m.lib("JSON").Types(m.spellAt(c.Type, body.Pos)).Call(jen.Id(m.res), jen.Nil())
		then := []jen.Code{jen.Return(decode)}
		if parts {
			then = []jen.Code{
				jen.List(jen.Id(m.out), jen.Id(m.err)).Op(":=").Add(decode),
				jen.Return(jen.Id(m.out), m.lib("MetaOf").Call(jen.Id(m.res)), jen.Id(m.err)),
			}
		}
		cases = append(cases, jen.Case(m.status(c.Status)).Block(then...))
	}
	m.add(jen.Switch(jen.Id(m.res).Dot("StatusCode")).Block(cases...))
	m.add(jen.Return(append(slices.Clone(failed), m.lib("Unexpected").Call(jen.Id(m.res)))...))
	return results
}

package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A reply is what becomes of the results of a function.
type reply struct {
	vars   []string       // a variable for each result, or "_"
	parts  []part         // in order
	body   model.Response // nil if there is none
	out    string         // variable of the body
	status string         // variable of a runtime.Status; empty if there is none
	closes string         // what of the body is to be closed; empty for nothing
	fails  bool           // the last result is an error
	gather string         // variable of the runtime.Parts; empty without parts

	base   func() *jen.Statement // the status when no result says otherwise
	ok     bool                  // which is the one that net/http sends by itself
	silent bool                  // the function answers by itself
}

// A part is a result that adds to the head.
type part struct {
	as   model.Response
	name string
}

// newReply plans the answer, and names a variable for each result.
func (f *function) newReply(results []model.Result) *reply {
	r := &reply{}
	statused := hasStatus(results)
	for _, result := range results {
		name := "_"
		switch as := result.As.(type) {
		case model.Failure:
			r.fails, name = true, f.errName()
		case model.StatusCode:
			if statused {
				name = f.pick("status", "code", "statusCode")
				r.status = name
			}
		case model.HeaderParts:
			name = r.addPart(as, f.pick("header", "fields", "headerFields"))
		case model.CookiePart:
			name = r.addPart(as, f.pick("cookie", "setCookie"))
		case model.CookieParts:
			name = r.addPart(as, f.pick("cookies", "setCookies"))
		case model.CustomParts:
			name = r.addPart(as, f.pickLocal(wire.Lower(typeStem(result.Type)), "Part"))
		case model.ETagPart:
			name = r.addPart(as, f.pick("etag", "tag", "entityTag"))
		case model.NoContent:
			r.body = as
		default:
			r.body, r.out = as, f.own.out
			name = r.out
		}
		r.vars = append(r.vars, name)
	}
	r.closes = r.toClose()
	if len(r.parts) > 0 {
		r.gather = f.pick("parts", "headParts")
	}
	return r
}

func (r *reply) addPart(as model.Response, name string) string {
	r.parts = append(r.parts, part{as, name})
	return name
}

// toClose is the place of what the body is read from.
func (r *reply) toClose() string {
	switch as := r.body.(type) {
	case model.Stream:
		if as.Closes {
			return r.out
		}
	case model.Attachment:
		return r.out + ".Content"
	case model.Whole, model.Upstream:
		return r.out
	}
	return ""
}

// streams reports whether the answer may take longer than the function.
func (r *reply) streams() bool {
	switch r.body.(type) {
	case model.Stream, model.Attachment, model.Events, model.Lines, model.Upstream:
		return true
	}
	return false
}

// endsWithServer reports whether the answer may have no end of its own.
func (r *reply) endsWithServer() bool {
	switch r.body.(type) {
	case model.Events, model.Upstream:
		return true
	}
	return false
}

// hasStatus reports whether a runtime.Status among the results has a say.
func hasStatus(results []model.Result) bool {
	for _, result := range results {
		switch as := result.As.(type) {
		case model.Responder, model.HTTPHandler:
			return false
		case model.Sealed:
			for _, c := range as.Cases {
				if _, ok := c.As.(model.JSON); ok {
					return true
				}
			}
			return false
		}
	}
	return true
}

// callFor writes the call of a user's function, and what happens when it fails.
func (f *function) callFor(r *reply, invoke func(call caller) *jen.Statement) {
	bound := 0
	var vars []jen.Code
	for i, name := range r.vars {
		vars = append(vars, jen.Id(name))
		if name != "_" && !(r.fails && i == len(r.vars)-1) {
			bound++
		}
	}
	err := f.errName()
	switch {
	case bound > 0:
		f.add(f.fit(func(call caller) *jen.Statement {
			return jen.List(vars...).Op(":=").Add(invoke(call))
		}))
		if r.closes != "" {
			f.add(jen.Defer().Add(f.rt("CloseBody")).Call(raw(r.closes)))
		}
		if r.fails {
			f.add(jen.If(f.notNil(err)).Block(f.failure(f.errorOf(r, err))...))
		}
	case r.fails:
		fail := f.failure(f.errorOf(r, err))
		if !r.writes() {
			fail = fail[:1] // there is nothing to return from
		}
		f.add(f.fit(func(call caller) *jen.Statement {
			return jen.If(jen.List(vars...).Op(":=").Add(invoke(call)), f.notNil(err)).Block(fail...)
		}))
	default:
		f.add(f.fit(invoke))
	}
}

// errorOf writes the error of a function, which may be about another server, or
// about a body that the function has read.
func (f *function) errorOf(r *reply, err string) *jen.Statement {
	of := f.partsError(err)
	if r.body == (model.Upstream{}) {
		return f.rt("UpstreamError").Call(of)
	}
	return of
}

// partsError writes an error of a function that may have read the parts of a
// multipart body.
func (f *function) partsError(err string) *jen.Statement {
	if f.uses.parts {
		return f.rt("MultipartError").Call(jen.Id(err))
	}
	return jen.Id(err)
}

// writes reports whether there is anything to answer after the call.
func (r *reply) writes() bool {
	if r.silent {
		return false
	}
	return r.body != nil || r.status != "" || len(r.parts) > 0 || !r.ok
}

// answer writes the answer.
func (f *function) answer(r *reply) {
	if !r.writes() {
		return
	}
	f.writeParts(r)
	f.writeBody(r)
}

// writeParts gathers what the results add to the head. What the first one adds
// is given to NewParts, which leaves it on the stack.
func (f *function) writeParts(r *reply) {
	begun, fallible, tagged := false, false, false
	for _, p := range r.parts {
		name, method := p.name, "Header"
		switch as := p.as.(type) {
		case model.HeaderParts:
		case model.CookiePart:
			method, fallible = "Cookie", true
		case model.CookieParts:
			method, fallible = "Cookies", true
		case model.CustomParts:
			name = f.customHeader(p.name, as)
		case model.ETagPart:
			method, fallible, tagged = "ETag", true, true
		default:
			panic(fmt.Sprintf("emit: unhandled part %T", as))
		}
		switch {
		case begun:
			f.add(jen.Id(r.gather).Dot(method).Call(jen.Id(name)))
		case method == "Header":
			f.add(jen.Id(r.gather).Op(":=").Add(f.rt("NewParts")).Call(jen.Id(name)))
		default:
			f.add(jen.Var().Id(r.gather).Add(f.rt("Parts")))
			f.add(jen.Id(r.gather).Dot(method).Call(jen.Id(name)))
		}
		begun = true
	}
	switch {
	case tagged && f.statusOf(r) != nil:
		f.ifErrOf(jen.Id(r.gather).Dot("Match").Call(f.r(), f.statusOf(r)))
		f.add(jen.If(jen.Id(r.gather).Dot("WriteNotModified").Call(f.w(), f.r(), f.statusOf(r))).Block(jen.Return()))
	case fallible:
		f.ifErrOf(jen.Id(r.gather).Dot("Err").Call())
	}
}

// statusOf writes the status of an answer that has a body, if it is known before
// that is looked at; else it is nil.
func (f *function) statusOf(r *reply) *jen.Statement {
	switch as := r.body.(type) {
	case model.Text, model.Bytes, model.HTML, model.FormReply, model.Stream, model.Attachment, model.Events, model.Lines:
		return r.statusOr(r.base())
	case model.JSON:
		if !as.Statused {
			return r.statusOr(r.base())
		}
	}
	return nil
}

// customHeader writes what a part adds into a header of its own, and returns the
// header's name.
func (f *function) customHeader(part string, as model.CustomParts) string {
	header := f.pickLocal(part + "Header")
	f.add(jen.Id(header).Op(":=").Add(f.std("net/http", "Header")).Values())
	into := func() { f.ifErrOf(jen.Id(part).Dot("IntoResponseParts").Call(jen.Id(header))) }
	if as.Nilable {
		f.add(jen.If(f.notNil(part)).Block(f.block(into)...))
	} else {
		into()
	}
	return header
}

// writeBody writes the body, or the status alone. It has one case for each
// response that is a body.
func (f *function) writeBody(r *reply) {
	switch as := r.body.(type) {
	case nil:
		f.add(f.write("WriteStatus", r, r.statusOr(r.base())))
	case model.NoContent:
		f.add(f.write("WriteStatus", r, r.statusOr(f.std("net/http", "StatusNoContent"))))
	case model.Text:
		f.add(f.write("WriteText", r, r.statusOr(r.base()), jen.Id(r.out)))
	case model.Bytes:
		f.add(f.write("WriteBytes", r, r.statusOr(r.base()), jen.Id(r.out)))
	case model.HTML:
		f.add(f.write("WriteHTML", r, r.statusOr(r.base()), jen.Id(r.out)))
	case model.JSON:
		f.refuseNil(r.value(as), as.Nilable)
		f.add(f.writeJSON(r, as))
	case model.FormReply:
		f.writeForm(r, as)
	case model.Stream:
		f.add(f.writeStream("WriteReader", r))
	case model.Attachment:
		f.add(f.writeStream("WriteAttachment", r))
	case model.Events:
		f.add(f.writeStream(as.Func, r))
	case model.Whole:
		status := r.statusOr(jen.Id(r.out).Dot("StatusOr").Call(r.base()))
		f.add(f.writeOr(f.write("WriteResponse", r, f.r(), status, jen.Id(r.out))))
	case model.Lines:
		f.add(f.writeStream(as.Func, r))
	case model.Upstream:
		f.add(f.writeOr(f.write("WriteUpstream", r, f.r(), r.statusOr(jen.Lit(0)), jen.Id(r.out))))
	case model.HTTPHandler:
		f.takeOver(r, as.Nil, "WriteHandler", "ServeHTTP")
	case model.Responder:
		f.takeOver(r, as.Nil, "WriteResponder", "IntoResponse")
	case model.Sealed:
		f.writeSealed(r, as)
	default:
		panic(fmt.Sprintf("emit: unhandled response %T", as))
	}
}

// statusOr writes the status of the answer.
func (r *reply) statusOr(base *jen.Statement) *jen.Statement {
	if r.status == "" {
		return base
	}
	return jen.Id(r.status).Dot("Or").Call(base)
}

// write calls one of the runtime's Write functions.
func (f *function) write(name string, r *reply, args ...jen.Code) *jen.Statement {
	all := append([]jen.Code{f.w()}, args...)
	if r.gather != "" {
		all = append(all, jen.Op("&").Id(r.gather))
	}
	return f.rt(name).Call(all...)
}

// writeOr calls a Write function that may fail before it has sent anything.
func (f *function) writeOr(call *jen.Statement) *jen.Statement {
	return f.ifErrThen(call, f.writeError(jen.Id(f.errName())))
}

// writeStream calls a Write function that looks at the request too.
func (f *function) writeStream(name string, r *reply) *jen.Statement {
	return f.writeOr(f.write(name, r, f.r(), r.statusOr(r.base()), jen.Id(r.out)))
}

// value is the place of what is encoded.
func (r *reply) value(as model.JSON) string {
	if as.Wrapped {
		return r.out + ".Value"
	}
	return r.out
}

func (f *function) writeJSON(r *reply, as model.JSON) *jen.Statement {
	value, status := r.value(as), r.base()
	if as.Statused {
		status = raw(value).Dot("Status").Call()
	}
	return f.writeOr(f.write("WriteJSON", r, r.statusOr(status), raw("&"+value)))
}

func (f *function) writeForm(r *reply, as model.FormReply) {
	form := f.pick("form", "formBody")
	f.add(jen.Var().Id(form).Add(f.rt("FormBody")))
	for _, field := range as.Fields {
		place := r.out + ".Value." + field.Field
		add := func(value string) *jen.Statement {
			return jen.Id(form).Dot("Add").Call(quote(field.Name), f.rt(field.Format).Call(raw(value)))
		}
		switch field.Shape {
		case "":
			f.add(add(place))
		case "pointer":
			f.add(jen.If(f.notNil(place)).Block(add("*" + place)))
		case "optional":
			f.add(jen.If(raw(place + ".Present")).Block(add(place + ".Value")))
		case "slice":
			f.rangeOver(place, field.Field, func(element string) { f.add(add(element)) })
		default:
			panic(fmt.Sprintf("emit: unhandled shape %q of a form field", field.Shape))
		}
	}
	f.add(f.writeOr(f.write("WriteForm", r, r.statusOr(r.base()), jen.Op("&").Id(form))))
}

// refuseNil answers an error in place of a nil that would be called.
func (f *function) refuseNil(place string, nilable bool) {
	if nilable {
		f.add(jen.If(f.isNil(place)).Block(f.failure(f.rt("ErrNilResponse"))...))
	}
}

// takeOver lets the body answer by itself, after the parts. That an interface is
// nil is left to the runtime to find: vet tools complain about a comparison that
// they can prove to be false, as they can for some functions.
func (f *function) takeOver(r *reply, may model.Nil, write, method string) {
	if may == model.NilInterface {
		f.add(f.writeOr(f.write(write, r, f.r(), jen.Id(r.out))))
		return
	}
	f.refuseNil(r.out, may == model.NilValue)
	if r.gather != "" {
		f.add(jen.Id(r.gather).Dot("WriteTo").Call(f.w()))
	}
	f.add(jen.Id(r.out).Dot(method).Call(f.w(), f.r()))
}

// writeSealed lets whichever implementation has come answer.
func (f *function) writeSealed(r *reply, as model.Sealed) {
	var cases []jen.Code
	for _, c := range as.Cases {
		cases = append(cases, jen.Case(f.spell(c.Type)).Block(f.block(func() {
			one := *r
			one.body = c.As
			f.writeBody(&one)
		})...))
	}
	cases = append(cases, jen.Default().Block(f.writeError(f.rt("ErrNilResponse"))))
	f.add(jen.Switch(jen.Id(r.out).Op(":=").Id(r.out).Assert(jen.Type())).Block(cases...))
}

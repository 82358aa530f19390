package emit

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// adapters declares the adapter of each handler.
func (e *emitter) adapters() []decl {
	var list []decl
	for i, h := range e.pkg.Handlers {
		list = append(list, e.adapter(e.own.adapters[i], h))
	}
	return list
}

// adapter writes the function that serves requests with a handler: it reads the
// parameters, calls, and answers.
func (e *emitter) adapter(name string, h model.Handler) decl {
	f := e.newAdapter(h.Limit)
	r := f.newReply(h.Results)
	r.base = func() *jen.Statement { return f.status(h.Status) }
	r.ok, r.silent = h.Status == http.StatusOK, h.WritesItself()
	begin := f.deadline(h.Timeout)
	if r.streams() {
		begin = f.stream(h.Timeout, r)
	}
	steps, args := f.params(h.Params)
	f.run(steps)
	f.checkpoint()
	read := f.paragraph()
	f.callFor(r, func(call caller) *jen.Statement { return call(f.fn(h.Func), evaluate(args)...) })
	call, asked := f.paragraph(), f.uses.r || f.usesIn
	f.answer(r)
	answer := f.paragraph()

	e.methods = append(e.methods, f.uses.h)
	read = append(f.opening(h, r), read...)
	return append(
		e.doc("%s answers %s with %s.", name, routeList(h.Routes), e.link(h.Func)),
		jen.Func().Add(f.receiver()).Id(name).Params(f.serveParams()...).
			Block(paragraphs(begin(asked), read, call, answer)...),
	)
}

// newAdapter begins an adapter.
func (e *emitter) newAdapter(limit model.Limit) *function {
	f := e.newFunction()
	f.request = true
	f.limit = func() *jen.Statement { f.uses.limit = true; return f.limitOf(limit) }
	f.fail = func(err *jen.Statement) []jen.Code { return []jen.Code{f.writeError(err), jen.Return()} }
	f.reject = func() []jen.Code { return []jen.Code{f.rejection(), jen.Return()} }
	return f
}

// opening writes what the reading begins with, once it is known what it needs.
func (f *function) opening(h model.Handler, r *reply) []jen.Code {
	var list []jen.Code
	if r.silent && r.fails {
		list = append(list, f.w().Op("=").Add(f.rt("TrackWriter")).Call(f.w()))
	}
	if h.Limit > 0 && !f.uses.limit { // code of the user reads the body
		body := func() *jen.Statement { return f.r().Dot("Body") }
		list = append(list, body().Op("=").Add(f.std("net/http", "MaxBytesReader")).Call(f.w(), body(), f.limitOf(h.Limit)))
	}
	if f.usesIn {
		list = append(list, jen.Id(f.own.in).Op(":=").Add(f.rt("NewInput")).Call(f.w(), f.r()))
	}
	if f.keepsFiles(h.Params) {
		list = append(list, jen.Defer().Add(f.in("RemoveFiles")).Call())
	}
	return list
}

// deadline plans to give the request a context and a body that end in time, if
// anything looks at the request.
func (f *function) deadline(d time.Duration) func(asked bool) []jen.Code {
	if d == 0 {
		return func(bool) []jen.Code { return nil }
	}
	cancel := f.pick("cancel", "stop")
	return func(bool) []jen.Code {
		if !f.uses.r {
			return nil
		}
		return f.replaceRequest("WithTimeout", cancel, f.duration(d))
	}
}

// replaceRequest gives the request another context, by a function of the runtime
// that returns what is to be called in the end.
func (f *function) replaceRequest(by, end string, timeout *jen.Statement) []jen.Code {
	return []jen.Code{
		jen.List(f.r(), jen.Id(end)).Op(":=").Add(f.rt(by)).Call(f.w(), f.r(), timeout),
		jen.Defer().Id(end).Call(),
	}
}

// stream plans to give the request a context that ends when a stream of events
// should, and that has a deadline until the answer begins, if anything asks the
// request before that.
func (f *function) stream(d time.Duration, r *reply) func(asked bool) []jen.Code {
	if d == 0 && !r.endsWithServer() {
		return func(bool) []jen.Code { return nil }
	}
	stop := f.pick("stop", "cancel", "end")
	return func(asked bool) []jen.Code {
		if !asked {
			return nil
		}
		timeout := jen.Lit(0)
		if d > 0 {
			timeout = f.duration(d)
		}
		return f.replaceRequest("WithStream", stop, timeout)
	}
}

// duration writes a duration in the largest unit that fits.
func (f *function) duration(d time.Duration) *jen.Statement {
	for _, unit := range []struct {
		size time.Duration
		name string
	}{
		{time.Hour, "Hour"},
		{time.Minute, "Minute"},
		{time.Second, "Second"},
		{time.Millisecond, "Millisecond"},
		{time.Microsecond, "Microsecond"},
		{time.Nanosecond, "Nanosecond"},
	} {
		switch {
		case d == unit.size:
			return f.std("time", unit.name)
		case d%unit.size == 0:
			return jen.Lit(int(d / unit.size)).Op("*").Add(f.std("time", unit.name))
		}
	}
	panic(fmt.Sprintf("emit: no unit divides %d", d))
}

// limitOf writes the limit of a body.
func (f *function) limitOf(limit model.Limit) *jen.Statement {
	switch limit {
	case model.DefaultLimit:
		return f.rt("DefaultBodyLimit")
	case model.NoLimit:
		return f.rt("NoLimit")
	}
	for _, shift := range []int{30, 20, 10} {
		if limit%(1<<shift) == 0 {
			return jen.Lit(int(limit >> shift)).Op("<<").Lit(shift)
		}
	}
	return jen.Lit(int(limit))
}

// receiver writes the receiver of a function that needs the state.
func (f *function) receiver() *jen.Statement {
	if !f.uses.h {
		return jen.Null()
	}
	f.stateful = true
	return jen.Params(jen.Id(f.own.h).Id(f.own.handlers))
}

// serveParams writes the parameters of an http.HandlerFunc, without names where
// they are not needed.
func (f *function) serveParams() []jen.Code {
	name := func(name string, used bool) *jen.Statement {
		if !used {
			name = "_"
		}
		return jen.Id(name)
	}
	return []jen.Code{
		name(f.own.w, f.uses.w).Add(f.std("net/http", "ResponseWriter")),
		name(f.own.r, f.uses.r).Op("*").Add(f.std("net/http", "Request")),
	}
}

// evaluate writes arguments.
func evaluate(args []func() *jen.Statement) []jen.Code {
	var list []jen.Code
	for _, arg := range args {
		list = append(list, arg())
	}
	return list
}

// routeList names routes in a sentence: "GET /a, POST /b and ANY /c".
func routeList(routes []model.Route) string {
	var b strings.Builder
	for i, r := range routes {
		switch {
		case i == 0:
		case i == len(routes)-1:
			b.WriteString(" and ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(methodsOf(r) + noBreak + r.Pattern)
	}
	return b.String()
}

// methodsOf writes the methods of a route as its directive does.
func methodsOf(r model.Route) string {
	if len(r.Methods) == 0 {
		return "ANY"
	}
	return strings.Join(r.Methods, ",")
}

// link refers to a function of the user's in a doc comment.
func (e *emitter) link(fn model.Func) string {
	if recv := receiverName(e.recv(fn)); recv != "" {
		return "[" + recv + "." + fn.Name + "]"
	}
	return "[" + fn.Name + "]"
}

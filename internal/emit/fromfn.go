package emit

import (
	"net/http"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// A wrapper is the adapter of a middleware function, as it is called.
type wrapper struct {
	name   string
	method bool // of what holds the state
}

// wrappers declares the adapter of each middleware function.
func (e *emitter) wrappers() []decl {
	var list []decl
	for i, m := range e.pkg.Middleware {
		list = append(list, e.wrapper(i, m))
	}
	return list
}

// wrapper writes the function that puts a middleware function around a handler:
// for each request it reads the parameters, calls, and answers.
func (e *emitter) wrapper(i int, m model.MiddlewareFunc) decl {
	e.indent++
	defer func() { e.indent-- }()
	f := e.newAdapter(m.Limit)
	inner := f.pick("next", "inner", "rest")
	chain := ""
	if !m.Direct {
		chain = f.pick("chain", "rest", "further")
	}
	f.next = func() *jen.Statement {
		if m.Direct {
			return f.rt("DirectNext").Call(f.w(), jen.Id(inner))
		}
		return jen.Id(chain).Dot("Next").Call()
	}
	r := f.newReply(m.Results)
	r.base, r.ok = func() *jen.Statement { return f.status(http.StatusOK) }, true
	steps, args := f.params(m.Params)
	f.run(steps)
	f.checkpoint()
	f.carry(m)
	read := f.paragraph()
	if !m.Direct {
		f.add(jen.Id(chain).Op(":=").Add(f.rt("NewChain")).Call(f.w(), jen.Id(inner)))
		f.add(jen.Defer().Id(chain).Dot("End").Call())
	}
	begin := f.paragraph()
	f.callFor(r, func(call caller) *jen.Statement { return call(f.fn(m.Func), evaluate(args)...) })
	call := f.paragraph()
	f.answer(r)
	answer := f.paragraph()

	w := &e.own.wrappers[i]
	w.method = f.uses.h
	read = append(f.opening(model.Handler{Params: m.Params, Limit: m.Limit}, r), read...)
	serve := jen.Func().Params(f.serveParams()...).Block(paragraphs(read, begin, call, answer)...)
	return append(
		e.wrapperDoc(w.name, m),
		jen.Func().Add(f.receiver()).Id(w.name).
			Params(jen.Id(inner).Add(e.std("net/http", "Handler"))).Add(e.std("net/http", "Handler")).
			Block(jen.Return(e.std("net/http", "HandlerFunc").Call(serve))),
	)
}

func (e *emitter) wrapperDoc(name string, m model.MiddlewareFunc) []jen.Code {
	if m.Direct {
		return e.doc("%s puts %s around a handler. What that answers stays as it is.", name, e.link(m.Func))
	}
	return e.doc("%s puts %s around a handler.", name, e.link(m.Func))
}

// nameWrappers names the adapter of each middleware function after it.
func (e *emitter) nameWrappers() []wrapper {
	functions := make([]adapted, len(e.pkg.Middleware))
	for i, m := range e.pkg.Middleware {
		functions[i] = adapted{m.Func, e.firstAround(i)}
	}
	var list []wrapper
	for _, name := range e.nameAfter("wrap", functions) {
		list = append(list, wrapper{name: name})
	}
	return list
}

// firstAround returns the first route that a middleware function wraps.
func (e *emitter) firstAround(i int) model.Route {
	for _, h := range e.pkg.Handlers {
		for _, r := range h.Routes {
			for _, use := range r.Use {
				if use.Adapter == i {
					return r
				}
			}
		}
	}
	panic("emit: a middleware function that wraps nothing")
}

// carry puts the results of providers into the request, for what is inside to
// find.
func (f *function) carry(m model.MiddlewareFunc) {
	for _, i := range m.Carries {
		v := f.have[i]
		if v == nil {
			continue
		}
		result := jen.Id(f.own.carried[i])
		if v.attempted {
			result.Call(jen.Id(v.name))
		} else {
			result.Values(jen.Id("Value").Op(":").Id(v.name))
		}
		f.add(f.r().Op("=").Add(f.rt("WithExtension")).Call(f.r(), result))
	}
}

// recall returns the result of a provider if a middleware function has carried
// it here.
func (f *function) recall(i int, fails bool) *jen.Statement {
	found := f.pick("carried", "known")
	ok := f.pick("ok", "isCarried")
	result := []jen.Code{jen.Id(found).Dot("Value")}
	if fails {
		result = append(result, jen.Id(found).Dot("Err"))
	}
	find := f.rt("FindExtension").Types(jen.Id(f.own.carried[i])).Call(f.in("Request").Call())
	return jen.If(jen.List(jen.Id(found), jen.Id(ok)).Op(":=").Add(find), jen.Id(ok)).Block(jen.Return(result...))
}

// carriedTypes declares what the results of providers are carried as.
func (e *emitter) carriedTypes() []decl {
	var list []decl
	for i, p := range e.pkg.Providers {
		if p.Carried {
			list = append(list, append(
				e.doc("%s is what %s has made of a request, for the handlers inside a middleware function.", e.own.carried[i], e.link(p.Func)),
				jen.Type().Id(e.own.carried[i]).Add(e.rt("Result")).Types(e.spell(p.Type)),
			))
		}
	}
	return list
}

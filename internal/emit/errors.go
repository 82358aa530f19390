package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
)

// writeError answers with an error: as the package's errors function says, if
// there is one.
func (f *function) writeError(err *jen.Statement) *jen.Statement {
	if f.pkg.Errors == nil || f.renders {
		return f.rt("WriteError").Call(f.w(), f.r(), err)
	}
	return f.errorWriterName().Call(f.w(), f.r(), err)
}

// rejection answers with what was gathered.
func (f *function) rejection() *jen.Statement {
	if f.pkg.Errors == nil {
		return f.in("Reject").Call(f.w(), f.r())
	}
	return f.writeError(f.in("Err").Call())
}

// errorWriterName refers to the function that calls the errors function.
func (f *function) errorWriterName() *jen.Statement {
	if f.pkg.Errors.Func.Receiver == nil {
		return jen.Id(f.own.writeError)
	}
	f.uses.h = true
	return jen.Id(f.own.h).Dot(f.own.writeError)
}

// errorWriter declares the function that calls the errors function. What goes
// wrong with that is answered in the runtime's own form.
func (e *emitter) errorWriter() decl {
	fn := e.pkg.Errors
	if fn == nil {
		return nil
	}
	f := e.newAdapter(model.DefaultLimit)
	f.renders = true
	err := e.own.err
	f.errVar = f.pick("writeErr", "renderErr")
	r := f.newReply(fn.Results)
	r.base = func() *jen.Statement { return f.rt("StatusOf").Call(jen.Id(err)) }
	if e.mayHaveBegun() {
		f.add(jen.If(f.rt("Begun").Call(f.w())).Block(f.writeError(jen.Id(err)), jen.Return()))
	}
	if fn.Invalid != 0 {
		f.add(jen.Id(err).Op("=").Add(f.rt("InvalidAs")).Call(jen.Id(err), f.status(fn.Invalid)))
	}
	chooses := r.status != "" && !r.fails // the status, which says whether err is to be logged
	if !chooses {
		f.add(f.rt("LogError").Call(f.r(), jen.Id(err)))
	}
	f.add(f.rt("SetErrorHeader").Call(f.w(), jen.Id(err)))
	f.callFor(r, func(call caller) *jen.Statement {
		args := []jen.Code{jen.Id(err)}
		if fn.WithContext {
			args = []jen.Code{f.context(), jen.Id(err)}
		}
		return call(f.fn(fn.Func), args...)
	})
	if chooses {
		f.add(f.rt("LogErrorAs").Call(f.r(), r.statusOr(r.base()), jen.Id(err)))
	}
	call := f.paragraph()
	f.answer(r)
	return append(
		e.doc("%s answers with what %s makes of %s.", e.own.writeError, e.link(fn.Func), err),
		jen.Func().Add(f.receiver()).Id(e.own.writeError).
			Params(append(f.serveParams(), jen.Id(err).Error())...).
			Block(paragraphs(call, f.paragraph())...),
	)
}

// mayHaveBegun reports whether a handler may fail after it has begun to answer by
// itself.
func (e *emitter) mayHaveBegun() bool {
	for _, h := range e.pkg.Handlers {
		if last := len(h.Results) - 1; last >= 0 && h.Results[last].As == (model.Failure{}) && h.WritesItself() {
			return true
		}
	}
	return false
}

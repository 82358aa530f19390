package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// respondStream reads the results that are sent piece by piece. It says whether
// a result is meant to be one; what cannot be sent is reported.
func (p *parser) respondStream(e entry) (as model.Response, why string, ok bool) {
	t := e.v.Type()
	switch {
	case fullName(t) == "*net/http.Response":
		return model.Upstream{}, "what another server has answered, passed on", true
	case reads(t):
		return model.Stream{Closes: types.IsInterface(t) || offers(t, "Close", "", "error")}, "the body, streamed", true
	case isShaped(p.methodOf(t, "Read"), "[]byte", "int, error"):
		p.report(diag.UnwritableType, e.typ, "only a pointer to %s can be read from", p.typeString(t)).hint("return *%s", p.typeString(t))
		return nil, "", true
	}
	if seq, ok := sequenceOf(t); ok {
		as, why = p.respondSequence(e, seq)
		return as, why, true
	}
	return nil, "", p.refuseSequence(e)
}

// respondSequence reads the results that yield what is sent.
func (p *parser) respondSequence(e entry, seq sequence) (model.Response, string) {
	switch {
	case isEvent(seq.elem):
		return seq.events()
	case isEvent(baseOf(seq.elem)):
		p.report(diag.UnwritableType, e.typ, "%s yields pointers, and events come as values", p.typeString(e.v.Type())).
			hint("yield %s", p.typeString(baseOf(seq.elem)))
		return nil, ""
	case seq.channel:
		p.report(diag.UnwritableType, e.typ, "a channel can be an answer only if events come from it").
			hint("return iter.Seq[%s], or <-chan runtime.Event", p.typeString(seq.elem))
		return nil, ""
	case !p.checkEncodable(seq.elem, e.typ), p.refuseWrapped(e, seq):
		return nil, ""
	case seq.fails:
		return model.Lines{Func: "WriteLines"}, "the body, as JSON lines; an error aborts them"
	}
	return model.Lines{Func: "WriteLineSeq"}, "the body, as JSON lines"
}

// refuseWrapped reports a sequence of runtime.JSON or the like: each line is JSON
// as it is, and a wrapper in it would be one object more.
func (p *parser) refuseWrapped(e entry, seq sequence) bool {
	w, ok := runtimeType(baseOf(seq.elem))
	if !ok || len(w.args) != 1 || w.name == "Optional" || w.name == "Nullable" {
		return false
	}
	bare := "iter.Seq[" + p.typeString(w.args[0]) + "]"
	if seq.fails {
		bare = "iter.Seq2[" + p.typeString(w.args[0]) + ", error]"
	}
	p.report(diag.UnwritableType, e.typ, "%s yields what is sent as JSON lines, and runtime.%s wraps it once more", p.typeString(e.v.Type()), w.name).
		hint("return %s", bare)
	return true
}

// refuseSequence reports what looks like an iterator or a channel, but does not
// yield single values.
func (p *parser) refuseSequence(e entry) bool {
	t := e.v.Type()
	switch u := t.Underlying().(type) {
	case *types.Chan:
		p.report(diag.UnwritableType, e.typ, "nothing can be received from %s", p.typeString(t)).
			hint("return <-chan %s", p.typeString(u.Elem()))
		return true
	case *types.Signature:
		yield := yieldOf(u)
		if yield == nil {
			return false
		}
		n := p.report(diag.UnwritableType, e.typ, "%s does not yield single values", p.typeString(t))
		if yield.Params().Len() == 2 {
			n.hint("return iter.Seq2[%s, error], or iter.Seq of a struct that holds both", p.typeString(yield.Params().At(0).Type()))
		} else {
			n.hint("return iter.Seq[T], or iter.Seq2[T, error] if it can fail")
		}
		return true
	}
	return false
}

// events is a sequence of runtime.Events.
func (s sequence) events() (model.Response, string) {
	switch {
	case s.channel:
		return model.Events{Func: "WriteEventChan"}, "a stream of events, until the channel is closed"
	case s.fails:
		return model.Events{Func: "WriteEvents"}, "a stream of events; an error is the last one"
	}
	return model.Events{Func: "WriteEventSeq"}, "a stream of events"
}

// A sequence is what an iterator or a channel yields.
type sequence struct {
	elem    types.Type
	fails   bool // an error comes with each
	channel bool
}

// sequenceOf recognises what yields values of one type: iter.Seq[T],
// iter.Seq2[T, error], and channels to receive from.
func sequenceOf(t types.Type) (sequence, bool) {
	switch u := t.Underlying().(type) {
	case *types.Chan:
		return sequence{elem: u.Elem(), channel: true}, u.Dir() != types.SendOnly
	case *types.Signature:
		yield := yieldOf(u)
		switch {
		case yield == nil:
		case yield.Params().Len() == 1:
			return sequence{elem: yield.Params().At(0).Type()}, true
		case yield.Params().Len() == 2 && isError(yield.Params().At(1).Type()):
			return sequence{elem: yield.Params().At(0).Type(), fails: true}, true
		}
	}
	return sequence{}, false
}

// yieldOf returns yield of the shape func(yield func(…) bool), or nil.
func yieldOf(sig *types.Signature) *types.Signature {
	if sig.Variadic() || sig.Params().Len() != 1 || sig.Results().Len() != 0 {
		return nil
	}
	yield, ok := types.Unalias(sig.Params().At(0).Type()).(*types.Signature)
	if !ok || yield.Variadic() || listTypes(yield.Results()) != "bool" {
		return nil
	}
	return yield
}

// isEvent reports whether a type is runtime.Event.
func isEvent(t types.Type) bool {
	w, ok := runtimeType(t)
	return ok && w.name == "Event"
}

// reads reports whether a type is an io.Reader.
func reads(t types.Type) bool { return offers(t, "Read", "[]byte", "int, error") }

// offers reports whether values of a type have a method of that shape.
func offers(t types.Type, name, params, results string) bool {
	sel := types.NewMethodSet(t).Lookup(nil, name)
	if sel == nil {
		return false
	}
	return isShaped(sel.Obj().(*types.Func), params, results)
}

package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/model"
)

// respondStream reads the results that are sent piece by piece.
func (p *parser) respondStream(t types.Type) (model.Response, string) {
	if reads(t) {
		return model.Stream{Closes: types.IsInterface(t) || offers(t, "Close", "", "error")}, "the body, streamed"
	}
	if seq, ok := sequenceOf(t); ok && isEvent(seq.elem) {
		switch {
		case seq.channel:
			return model.Events{Func: "WriteEventChan"}, "a stream of events, until the channel is closed"
		case seq.fails:
			return model.Events{Func: "WriteEvents"}, "a stream of events"
		}
		return model.Events{Func: "WriteEventSeq"}, "a stream of events"
	}
	return nil, ""
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

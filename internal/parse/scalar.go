package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/model"
)

// readerFuncs are the runtime functions for types of the standard library.
var readerFuncs = map[string]string{
	"time.Time":          "ReadTime",
	"time.Duration":      "ReadDuration",
	"net/url.URL":        "ReadURL",
	"net.IP":             "ReadAddr",
	"net/netip.Addr":     "ReadAddr",
	"net/netip.AddrPort": "ReadAddr",
	"net/netip.Prefix":   "ReadAddr",
}

// readerFunc names the runtime function that reads a text as a t. It is empty
// if t is no scalar.
func readerFunc(t types.Type) string {
	if name, ok := readerFuncs[fullName(t)]; ok {
		return name
	}
	if _, ok := runtimeType(t); ok {
		return "" // runtime.Host is no text to read, though it is a string
	}
	if unmarshalsText(t) {
		return "ReadText"
	}
	return kindReader(t)
}

// kindReader names the runtime function that reads a text as a type of a basic
// kind. It is empty for other kinds.
func kindReader(t types.Type) string {
	basic, ok := t.Underlying().(*types.Basic)
	if !ok {
		return ""
	}
	switch info := basic.Info(); {
	case basic.Kind() == types.Uintptr:
		return ""
	case info&types.IsString != 0:
		return "ReadString"
	case info&types.IsBoolean != 0:
		return "ReadBool"
	case info&types.IsUnsigned != 0:
		return "ReadUint"
	case info&types.IsInteger != 0:
		return "ReadInt"
	case info&types.IsFloat != 0:
		return "ReadFloat"
	}
	return ""
}

// isScalar reports whether one text can be read as a t, or as what a pointer or
// runtime.Optional holds.
func isScalar(t types.Type) bool {
	if held, ok := isRuntime(t, "Optional"); ok {
		return readerFunc(held) != ""
	}
	if readerFunc(t) != "" {
		return true
	}
	pointer, ok := t.Underlying().(*types.Pointer)
	return ok && readerFunc(pointer.Elem()) != ""
}

// reader chooses the runtime function that reads a text as a t, which is a
// scalar.
func (p *parser) reader(t types.Type, at span) (model.Reader, bool) {
	spelled, ok := p.typeOf(t, at)
	return model.Reader{Func: readerFunc(t), Type: spelled}, ok
}

// unmarshalsText reports whether *t is an encoding.TextUnmarshaler.
func unmarshalsText(t types.Type) bool {
	return hasMethod(t, "UnmarshalText", takesBytes)
}

// hasMethod reports whether the method set of *t has a method of this name and
// shape. An interface has none, since there is nothing to call it on.
func hasMethod(t types.Type, name string, shape func(*types.Signature) bool) bool {
	if types.IsInterface(t) {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, nil, name)
	method, ok := obj.(*types.Func)
	return ok && shape(method.Signature())
}

// takesBytes is the shape func([]byte) error.
func takesBytes(sig *types.Signature) bool {
	return sig.Params().Len() == 1 && isBytes(sig.Params().At(0).Type()) && returnsError(sig)
}

// returnsError is the shape of what follows in func(…) error.
func returnsError(sig *types.Signature) bool {
	return sig.Results().Len() == 1 && isError(sig.Results().At(0).Type())
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// isBytes reports whether a type is []byte itself.
func isBytes(t types.Type) bool {
	return types.Identical(t, types.NewSlice(types.Typ[types.Uint8]))
}

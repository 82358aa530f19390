package emit

import "github.com/dave/jennifer/jen"

// runtimeVersion makes the compiler say when the runtime is too old.
func (e *emitter) runtimeVersion() decl {
	return decl{
		comment("If this line does not compile, the runtime in go.mod is older than the"),
		comment("handlergen that wrote this file: upgrade github.com/handlergen/handlergen/runtime."),
		jen.Const().Id("_").Op("=").Add(e.rt("IsAtLeastV0")),
	}
}

// handlersType declares what adapters with state are methods of.
func (e *emitter) handlersType() decl {
	if !e.stateful {
		return nil
	}
	return append(
		e.doc("%s holds the state that the functions below share.", e.own.handlers),
		jen.Type().Id(e.own.handlers).Struct(jen.Id("state").Add(e.spell(e.pkg.State.Type))),
	)
}

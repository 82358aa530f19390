package emit_test

import (
	"path"

	"github.com/handlergen/handlergen/internal/model"
)

// The functions in this file make model values, so that cases are short.

const ownPath = "example.com/users"

// basic is a predeclared type, own one of the package, std one of the standard
// library.
func basic(name string) model.Type { return model.Named{Name: name} }

func own(name string, args ...model.Type) model.Type {
	return model.Named{PkgPath: ownPath, PkgName: "users", Name: name, Args: args}
}

func std(pkgPath, name string) model.Type {
	return model.Named{PkgPath: pkgPath, PkgName: path.Base(pkgPath), Name: name}
}

// rt is a type of the runtime.
func rt(name string, args ...model.Type) model.Type {
	return model.Named{PkgPath: model.RuntimePath, PkgName: "runtime", Name: name, Args: args}
}

func pointer(t model.Type) model.Type { return model.Pointer{Elem: t} }
func slice(t model.Type) model.Type   { return model.Slice{Elem: t} }

// readers are the functions that read predeclared types.
var readers = map[string]string{
	"string": "ReadString", "bool": "ReadBool", "int": "ReadInt", "int64": "ReadInt", "int8": "ReadInt",
	"uint8": "ReadUint", "float64": "ReadFloat",
}

// read is the reader of a predeclared type.
func read(name string) model.Reader {
	return model.Reader{Func: readers[name], Type: basic(name)}
}

// readWith is the reader of any other type.
func readWith(fn string, t model.Type) model.Reader { return model.Reader{Func: fn, Type: t} }

// single is a required slot of a predeclared type.
func single(field, name, typ string, rules ...model.Rule) model.Slot {
	return model.Slot{Field: field, Name: name, Type: basic(typ), Shape: model.Single{Reader: read(typ)}, Required: true, Rules: rules}
}

// withDefault makes a slot fall back on a text.
func withDefault(s model.Slot, text string) model.Slot {
	s.Required, s.Default = false, text
	return s
}

// pointed and optioned are slots that may be missing, list one of many texts.
func pointed(field, name, typ string, rules ...model.Rule) model.Slot {
	return model.Slot{Field: field, Name: name, Type: pointer(basic(typ)), Shape: model.Pointed{Reader: read(typ)}, Rules: rules}
}

func optioned(field, name, typ string, rules ...model.Rule) model.Slot {
	return model.Slot{Field: field, Name: name, Type: rt("Optional", basic(typ)), Shape: model.Optioned{Reader: read(typ)}, Rules: rules}
}

func list(field, name, typ string, rules ...model.Rule) model.Slot {
	return model.Slot{Field: field, Name: name, Type: slice(basic(typ)), Shape: model.List{Reader: read(typ)}, Rules: rules}
}

// values reads slots into a wrapper.
func values(source model.Source, slots ...model.Slot) model.Values {
	return model.Values{Source: source, Wrapped: true, Slots: slots}
}

// param is a parameter.
func param(name string, t model.Type, from model.Extractor) model.Param {
	return model.Param{Name: name, Type: t, From: from}
}

// ctx is a context.Context, pathParam a scalar that stands for a wildcard.
func ctx() model.Param {
	return param("ctx", std("context", "Context"), model.Head{Part: model.Context})
}

func pathParam(name, typ string) model.Param {
	return param(name, basic(typ), model.Values{Source: model.Path, Slots: []model.Slot{single("", name, typ)}})
}

func query(name, typ string, slots ...model.Slot) model.Param {
	return param(name, rt("Query", own(typ)), values(model.Query, slots...))
}

// queryOf is a scalar of the query.
func queryOf(name, typ string) model.Param {
	return param(name, rt("Query", basic(typ)), values(model.Query, single("", name, typ)))
}

func headerOf(name, wire, typ string) model.Param {
	return param(name, rt("Header", basic(typ)), values(model.Headers, single("", wire, typ)))
}

func jsonBody(name string, t model.Type, rules ...model.Rule) model.Param {
	return param(name, rt("JSON", t), model.JSONBody{Type: t, Rules: rules})
}

// state is a runtime.State.
func state(name string, t model.Type, from model.FromState) model.Param {
	return param(name, rt("State", t), model.FromApp{From: from})
}

// fn is a function, method one of the state.
func fn(name string) model.Func { return model.Func{Name: name} }

func method(recv model.Type, field, name string) model.Func {
	return model.Func{Name: name, Receiver: &model.FromState{Field: field}, Recv: recv}
}

// route is "GET /users", "GET,POST /users" or "ANY /users".
func route(methods []string, pattern string) model.Route {
	return model.Route{Methods: methods, Pattern: pattern}
}

func get(pattern string) model.Route  { return route([]string{"GET"}, pattern) }
func post(pattern string) model.Route { return route([]string{"POST"}, pattern) }

// results are results of a function.
func results(list ...model.Result) []model.Result { return list }

func result(t model.Type, as model.Response) model.Result { return model.Result{Type: t, As: as} }

var (
	failure = result(basic("error"), model.Failure{})
	text    = result(basic("string"), model.Text{})
)

func jsonOf(t model.Type) model.Result { return result(t, model.JSON{}) }

// handler is a handler with status 200.
func handler(name string, r model.Route, params []model.Param, res []model.Result) model.Handler {
	return model.Handler{Func: fn(name), Routes: []model.Route{r}, Params: params, Results: res, Status: 200}
}

// pkg is a package with handlers.
func pkg(handlers ...model.Handler) *model.Package {
	return &model.Package{
		Path: ownPath, Name: "users", File: model.File, Routes: "Routes", Handlers: handlers,
	}
}

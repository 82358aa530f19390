package emit

import (
	"go/token"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A Client is the package of a client and what it is a client of.
type Client struct {
	Path     string // import path of the package
	Name     string // package name
	Packages []*model.Package
}

// A Reference is a declaration of another package that a client needs.
type Reference struct {
	PkgPath string
	PkgName string
	Name    string // of a type, or of a field of one
	Field   bool
	Func    string         // the handler
	Pos     token.Position // of what needs it
}

// clientPath is the import path of what generated clients call.
const clientPath = model.RuntimePath + "/client"

// ClientPackage returns the file of a client, complete and formatted, and what
// it refers to: whether that can be reached is not for emit to judge.
func ClientPackage(c Client) ([]byte, []Reference, error) {
	draft := newClientEmitter(c, nil)
	draft.file()
	final := newClientEmitter(c, draft.imported)
	text, err := final.file().render()
	return text, final.references, err
}

// A clientEmitter writes the file of a client.
type clientEmitter struct {
	*emitter
	client     Client
	references []Reference
}

func newClientEmitter(c Client, imported map[string]string) *clientEmitter {
	e := &emitter{pkg: &model.Package{Path: c.Path, Name: c.Name}, imported: map[string]string{}, draft: imported == nil}
	e.scope = newScope(nil)
	e.scope.take("Client", "New")
	e.imports = nameImports(imported, e.scope)
	e.scratch = e.newJenFile()
	return &clientEmitter{emitter: e, client: c}
}

// file puts the declarations of the client in order.
func (e *clientEmitter) file() *file {
	version, types, methods := e.runtimeVersion(), e.clientType(), e.operations()
	f := e.newFile()
	f.add(version)
	f.add(types...)
	f.add(methods...)
	return f
}

// clientType declares the client and its constructor.
func (e *clientEmitter) clientType() []decl {
	lib := func(name string) *jen.Statement { return e.qual(clientPath, "client", name) }
	base := newScope(e.scope)
	baseURL, options := base.pick("baseURL"), base.pick("options")
	return []decl{
		append(
			e.doc("A Client calls the routes of %s.", wire.PackageNames(e.client.Packages)),
			jen.Type().Id("Client").Struct(jen.Id("client").Op("*").Add(lib("Client"))),
		),
		append(
			e.doc(`New returns a client of what is served at a base URL, "https://api.example.com".`),
			jen.Func().Id("New").Params(jen.Id(baseURL).String(), jen.Id(options).Op("...").Add(lib("Option"))).
				Op("*").Id("Client").Block(jen.Return(jen.Op("&").Id("Client").Values(
				jen.Id("client").Op(":").Add(lib("New")).Call(jen.Id(baseURL), jen.Id(options).Op("..."))))),
		),
	}
}

// operations writes a method for each operation, with the type that it needs.
func (e *clientEmitter) operations() []decl {
	var list []decl
	for _, op := range wire.Operations(e.client.Packages) {
		m := newMethod(e, op)
		method := m.write()
		list = append(list, m.types...)
		list = append(list, method)
	}
	return list
}

package emit

import (
	"go/token"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"

	"github.com/handlergen/handlergen/internal/model"
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
	names      map[operationKey]string
	references []Reference
}

// An operation is one request that a client can make.
type operation struct {
	pkg     *model.Package
	handler model.Handler
	route   model.Route
	method  string // empty for any
	key     operationKey
}

// An operationKey tells operations apart.
type operationKey struct{ pkg, handler, route, method int }

func newClientEmitter(c Client, imported map[string]string) *clientEmitter {
	e := &emitter{pkg: &model.Package{Path: c.Path, Name: c.Name}, imported: map[string]string{}, draft: imported == nil}
	e.scope = newScope(nil)
	e.scope.take("Client", "New")
	e.imports = nameImports(imported, e.scope)
	e.scratch = e.newJenFile()
	return &clientEmitter{emitter: e, client: c, names: nameOperations(c)}
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
	var of []string
	for _, pkg := range e.client.Packages {
		of = append(of, pkg.Name)
	}
	of = slices.Compact(of)
	noun := "package"
	if len(of) > 1 {
		noun = "packages"
	}
	lib := func(name string) *jen.Statement { return e.qual(clientPath, "client", name) }
	base := newScope(e.scope)
	baseURL, options := base.pick("baseURL"), base.pick("options")
	return []decl{
		append(
			e.doc("A Client calls the routes of %s %s.", noun, strings.Join(of, ", ")),
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
	for _, op := range operationsOf(e.client) {
		m := newMethod(e, op)
		method := m.write()
		list = append(list, m.types...)
		list = append(list, method)
	}
	return list
}

// operationsOf lists the operations of a client, but for hidden routes and those
// of test files.
func operationsOf(c Client) []operation {
	var list []operation
	for i, pkg := range c.Packages {
		if pkg.File == model.TestFile {
			continue
		}
		for j, h := range pkg.Handlers {
			for k, r := range h.Routes {
				if r.Hidden {
					continue
				}
				for l, method := range methodsToCall(r) {
					list = append(list, operation{pkg, h, r, method, operationKey{i, j, k, l}})
				}
			}
		}
	}
	return list
}

// methodsToCall lists the methods of a route: an empty one for any, and no HEAD
// beside GET.
func methodsToCall(r model.Route) []string {
	if len(r.Methods) == 0 {
		return []string{""}
	}
	var list []string
	for _, method := range r.Methods {
		if method != http.MethodHead || !slices.Contains(r.Methods, http.MethodGet) {
			list = append(list, method)
		}
	}
	return list
}

// nameOperations gives each operation a name that no other has: its id, where
// several packages have that after the name of its package, and where that is
// not enough with the method and then the words of the pattern.
func nameOperations(c Client) map[operationKey]string {
	owners := map[string]map[*model.Package]bool{}
	all := operationsOf(c)
	for _, op := range all {
		name := exported(op.route.Name)
		if owners[name] == nil {
			owners[name] = map[*model.Package]bool{}
		}
		owners[name][op.pkg] = true
	}
	names := map[operationKey]string{}
	used := newScope(nil)
	for _, op := range all {
		name := exported(op.route.Name)
		if len(owners[name]) > 1 {
			name = exported(op.pkg.Name) + name
		}
		words := strings.Join(patternWords(op.route), "")
		names[op.key] = used.pick(name, name+methodName(op.method), name+words, name+methodName(op.method)+words)
	}
	return names
}

func methodName(method string) string {
	if method == "" {
		return "Any"
	}
	return exported(strings.ToLower(method))
}

// exported makes an exported name of an operation id: "GetUser" of "get-user".
func exported(id string) string {
	words := strings.FieldsFunc(id, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' })
	name := ""
	for _, word := range words {
		name += upper(word)
	}
	if !token.IsExported(name) {
		name = "Op" + name
	}
	return name
}

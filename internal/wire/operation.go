package wire

import (
	"cmp"
	"go/token"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/model"
)

// An Operation is one request that a client can make.
type Operation struct {
	Package *model.Package
	Handler model.Handler
	Route   model.Route
	Method  string // empty for any
	Name    string // exported, and no other has it: "GetUser"
}

// String is the operation as a directive writes it: "GET /users/{id}".
func (op Operation) String() string { return cmp.Or(op.Method, "ANY") + " " + op.Route.Pattern }

// Operations lists the operations of packages, but for hidden routes and those
// of test files. Each is named after its id; where several packages have that,
// after the name of its package and the id; and where that is not enough, with
// the method and then the words of the pattern at the end.
func Operations(pkgs []*model.Package) []Operation {
	list := operationsOf(pkgs)
	owners := map[string]map[*model.Package]bool{}
	for _, op := range list {
		name := Exported(op.Route.Name)
		if owners[name] == nil {
			owners[name] = map[*model.Package]bool{}
		}
		owners[name][op.Package] = true
	}
	used := Scope{}
	for i, op := range list {
		name := Exported(op.Route.Name)
		if len(owners[name]) > 1 {
			name = Exported(op.Package.Name) + name
		}
		method, words := MethodWord(op.Method), ""
		for _, word := range Words(op.Route.Pattern) {
			words += Upper(word)
		}
		list[i].Name = used.Pick(name, name+method, name+words, name+method+words)
	}
	return list
}

func operationsOf(pkgs []*model.Package) []Operation {
	var list []Operation
	for _, pkg := range pkgs {
		if pkg.File == model.TestFile {
			continue
		}
		for _, h := range pkg.Handlers {
			for _, r := range h.Routes {
				if r.Hidden {
					continue
				}
				methods := Methods(r)
				if len(methods) == 0 {
					methods = []string{""}
				}
				for _, method := range methods {
					list = append(list, Operation{Package: pkg, Handler: h, Route: r, Method: method})
				}
			}
		}
	}
	return list
}

// Methods lists the methods of a route, none for any. HEAD beside GET is left
// out, since every GET answers it.
func Methods(r model.Route) []string {
	if !slices.Contains(r.Methods, http.MethodGet) {
		return r.Methods
	}
	return slices.DeleteFunc(slices.Clone(r.Methods), func(method string) bool { return method == http.MethodHead })
}

// Exported makes an exported name of an operation id: "GetUser" of "get-user".
func Exported(id string) string {
	words := strings.FieldsFunc(id, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' })
	name := ""
	for _, word := range words {
		name += Upper(word)
	}
	if !token.IsExported(name) {
		name = "Op" + name
	}
	return name
}

// PackageNames names packages in a sentence: "package users", "packages orders,
// users".
func PackageNames(pkgs []*model.Package) string {
	var names []string
	for _, pkg := range pkgs {
		names = append(names, pkg.Name)
	}
	names = slices.Compact(names)
	if len(names) == 1 {
		return "package " + names[0]
	}
	return "packages " + strings.Join(names, ", ")
}

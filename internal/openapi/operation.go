package openapi

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/answers"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// anyMethods are those that a route for any method is documented with.
var anyMethods = []string{
	http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
}

// addRoute adds the operations of a route, one for each method.
func (p *pack) addRoute(h model.Handler, r model.Route) error {
	methods := wire.Methods(r)
	if len(methods) == 0 {
		methods = anyMethods
	}
	host, path := wire.SplitHost(r.Pattern)
	path = p.pathOf(openPath(path))
	for _, method := range methods {
		owner := method + " " + shapeOf(r.Pattern)
		fn := Owner{p.pkg.Path + "." + h.Func.Name, r.Pos}
		if first, taken := p.owners[owner]; taken {
			return &Conflict{Method: method, Path: host + path, First: first, Second: fn}
		}
		p.owners[owner] = fn
		op := p.operation(h, r, method)
		rename(op, wire.Wildcards(r.Pattern), wire.Wildcards(path))
		if host != "" {
			op.Servers = &openapi3.Servers{{URL: "//" + host}}
		}
		p.apart[op] = apart(r.Pattern)
		p.addOperation(path, method, op)
	}
	return nil
}

// apart says how far a pattern is from what a path in a document means: one for
// all hosts that takes a segment for each wildcard.
func apart(pattern string) int {
	host, path := wire.SplitHost(pattern)
	switch {
	case host != "":
		return 2
	case strings.HasSuffix(path, "...}"):
		return 1
	}
	return 0
}

// pathOf returns the path that others of its shape have: to OpenAPI /users/{id}
// and /users/{name} are the same.
func (b *builder) pathOf(path string) string {
	shape := shapeOf(path)
	if _, known := b.paths[shape]; !known {
		b.paths[shape] = path
	}
	return b.paths[shape]
}

// shapeOf is a pattern without the names of its wildcards.
func shapeOf(pattern string) string {
	for _, name := range wire.Wildcards(pattern) {
		pattern = strings.Replace(pattern, "{"+name, "{", 1)
	}
	return pattern
}

// rename gives the path parameters of an operation the names in its path.
func rename(op *openapi3.Operation, from, to []string) {
	for _, p := range op.Parameters {
		if p.Value.In == openapi3.ParameterInPath {
			p.Value.Name = to[slices.Index(from, p.Value.Name)]
		}
	}
}

// addOperation adds an operation to a path. OpenAPI 3.1 has no place for CONNECT and QUERY, nor for
// a path on a second host or {rest...} beside {name}, so those stand in an
// extension of the path.
func (p *pack) addOperation(path, method string, op *openapi3.Operation) {
	item := p.doc.Paths.Value(path)
	if item == nil {
		item = &openapi3.PathItem{}
		p.doc.Paths.Set(path, item)
	}
	if item.Extensions == nil {
		item.Extensions = map[string]any{}
	}
	key := "x-" + strings.ToLower(method)
	switch method {
	case http.MethodConnect, "QUERY":
		if item.Extensions[key] == nil {
			item.Extensions[key] = op
			return
		}
		key = "x-more-" + strings.ToLower(method)
	default:
		known := item.GetOperation(method)
		if known == nil {
			item.SetOperation(method, op)
			return
		}
		if p.apart[op] < p.apart[known] {
			item.SetOperation(method, op)
			op = known
		}
	}
	more, _ := item.Extensions[key].([]any)
	item.Extensions[key] = append(more, op)
}

// openPath writes the path of a pattern as OpenAPI does: {rest...} is a
// parameter like others, and {$} is nothing. Outside of parameters, letters that
// are not ASCII are escaped as in requests; their names do without such letters
// too, since tools look for none there.
func openPath(path string) string {
	path = strings.ReplaceAll(strings.TrimSuffix(path, "{$}"), "...}", "}")
	var b strings.Builder
	for path != "" {
		literal, rest, found := strings.Cut(path, "{")
		for _, c := range literal {
			if c < utf8.RuneSelf {
				b.WriteRune(c)
			} else {
				b.WriteString(url.PathEscape(string(c)))
			}
		}
		if !found {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString("{" + asciiName(name) + "}")
		path = after
	}
	return b.String()
}

func (p *pack) operation(h model.Handler, r model.Route, method string) *openapi3.Operation {
	op := &openapi3.Operation{
		OperationID: asciiName(p.operationID(r, method)), Summary: strings.TrimSuffix(r.Summary, "."), Tags: p.tagsOf(h, r),
		Deprecated: r.Deprecated,
	}
	if oneLine(r.Description) != oneLine(r.Summary) {
		op.Description = r.Description
	}
	in := &input{pack: p, op: op, method: method, seen: map[int]bool{}}
	for _, use := range r.Use {
		if use.Adapter != model.NoAdapter {
			in.through(p.pkg.Middleware[use.Adapter])
		}
	}
	in.limit = h.Limit
	for _, param := range h.Params {
		in.read(param, false)
	}
	in.finish(r.Pattern)
	p.secure(op, answers.Security(p.pkg, h, r))
	op.Responses = p.responses(h, r, method)
	return op
}

// operationID returns the id of a route, which no other operation has: with the
// method at its end where a route has several or a function several routes, and
// with a number where that is not enough.
func (p *pack) operationID(r model.Route, method string) string {
	id := r.Name
	for n := 1; p.ids[id]; n++ {
		id = r.Name + wire.MethodWord(method)
		if n > 1 {
			id += strconv.Itoa(n)
		}
	}
	p.ids[id] = true
	return id
}

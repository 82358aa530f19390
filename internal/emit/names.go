package emit

import (
	"fmt"
	"go/doc"
	"go/token"
	"path"
	"strings"
	"unicode"

	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// A scope is a set of names that are in use. Names in an inner scope avoid those
// of the outer ones, so that nothing is ever shadowed.
type scope struct {
	outer *scope
	used  map[string]bool
}

func newScope(outer *scope) *scope { return &scope{outer: outer, used: map[string]bool{}} }

// free reports whether an identifier means nothing here yet.
func (s *scope) free(name string) bool {
	for in := s; in != nil; in = in.outer {
		if in.used[name] {
			return false
		}
	}
	return token.IsIdentifier(name) && !doc.IsPredeclared(name) && name != "_" && name != "init" && name != "main"
}

// take marks names as being in use.
func (s *scope) take(names ...string) {
	for _, name := range names {
		s.used[name] = true
	}
}

// pick takes the first name that is free. If none is, it numbers the first one.
func (s *scope) pick(names ...string) string {
	for _, name := range names {
		if s.free(name) {
			s.used[name] = true
			return name
		}
	}
	for i := 2; ; i++ {
		if name := fmt.Sprintf("%s%d", names[0], i); s.free(name) {
			s.used[name] = true
			return name
		}
	}
}

// ownNames are the names that are chosen once for the whole file.
type ownNames struct {
	w, r, in, h, out, err string // locals
	handlers              string // type that holds the state
	writeError            string // function that calls the errors function
	adapters              []string
	wrappers              []wrapper
	carried               []string // types, by provider; empty for one that is not carried
	checks                []string
}

// declareNames chooses the names of imports and of all declarations.
func (e *emitter) declareNames(imported map[string]string) {
	e.scope = newScope(nil)
	e.scope.take(e.pkg.Taken...)
	e.scope.take(e.pkg.Routes)
	e.own.w = e.scope.pick("w", "rw", "writer")
	e.own.r = e.scope.pick("r", "req", "request")
	e.own.in = e.scope.pick("in", "input", "request")
	e.own.h = e.scope.pick("h", "hs", "handler")
	e.own.out = e.scope.pick("out", "output", "answer")
	e.own.err = e.scope.pick("err", "problem", "failure")
	e.imports = nameImports(imported, e.scope)
	e.scratch = e.newJenFile()
	e.own.handlers = e.declare("handlers", "adapters", "routeHandlers")
	e.own.writeError = e.declare("writeError", "renderError", "answerError")
	e.own.adapters = e.nameAdapters()
	e.own.wrappers = e.nameWrappers()
	for _, p := range e.pkg.Providers {
		name := ""
		if p.Carried {
			name = e.declare("carried"+wire.Upper(typeStem(p.Type)), "carried"+wire.Upper(p.Func.Name))
		}
		e.own.carried = append(e.own.carried, name)
	}
	for _, c := range e.pkg.Checks {
		name := wire.Upper(c.Name)
		e.own.checks = append(e.own.checks, e.declare("check"+name, "validate"+name, "check"+name+"Body"))
	}
}

// declare picks a name for a declaration of ours. Unlike a local variable it may
// not have the name of anything that the package's files import. What belongs to
// the handlers of a test file beside other handlers is named as its constructor
// is: testHandlers, as testRoutes.
func (e *emitter) declare(names ...string) string {
	if prefix, ok := strings.CutSuffix(e.pkg.Routes, "Routes"); ok && prefix != "" {
		for i := range names {
			names[i] = prefix + wire.Upper(names[i])
		}
	}
	outer := newScope(e.scope)
	outer.take(e.pkg.Imports...)
	name := outer.pick(names...)
	e.scope.take(name)
	return name
}

// nameAdapters names the adapter of each handler after its function.
func (e *emitter) nameAdapters() []string {
	var list []adapted
	for _, h := range e.pkg.Handlers {
		list = append(list, adapted{h.Func, h.Routes[0]})
	}
	return e.nameAfter("serve", list)
}

// adapted is a function with an adapter, and the first route of that.
type adapted struct {
	fn    model.Func
	route model.Route
}

// nameAfter names adapters after their functions. Where that is not enough, the
// receiver, the method or the path of the route is added.
func (e *emitter) nameAfter(prefix string, list []adapted) []string {
	uses := map[string]int{}
	for _, fn := range e.functionsOnce(list) {
		uses[wire.Upper(fn.Name)]++
	}
	var names []string
	first := map[string]model.Route{}
	for _, a := range list {
		stem := wire.Upper(a.fn.Name)
		if uses[stem] > 1 {
			stem = receiverName(e.recv(a.fn)) + stem
		}
		want := []string{stem}
		if before, ok := first[stem]; ok {
			want = distinguish(stem, a.route, before)
		} else {
			first[stem] = a.route
			want = append(want, stem+"Route")
		}
		for i := range want {
			want[i] = prefix + want[i]
		}
		names = append(names, e.declare(want...))
	}
	return names
}

// functionsOnce lists the functions that have adapters, each once.
func (e *emitter) functionsOnce(all []adapted) []model.Func {
	var list []model.Func
	seen := map[string]bool{}
	for _, a := range all {
		key := receiverName(e.recv(a.fn)) + "." + a.fn.Name
		if !seen[key] {
			seen[key] = true
			list = append(list, a.fn)
		}
	}
	return list
}

// distinguish suggests names for a further adapter of a function: by what sets
// its methods, or else its pattern, apart from those of the first.
func distinguish(stem string, r, first model.Route) []string {
	methods, pattern := methodWords(r), patternWords(r)
	var names []string
	if methods != methodWords(first) {
		names = append(names, stem+methods)
	}
	common := map[string]bool{}
	for _, word := range patternWords(first) {
		common[word] = true
	}
	different := ""
	for _, word := range pattern {
		if !common[word] {
			different += word
		}
	}
	if different != "" {
		names = append(names, stem+different)
	}
	all := strings.Join(pattern, "")
	return append(names, stem+all, stem+methods+all)
}

// methodWords spells the methods of a route as a part of a name: "GetPut".
func methodWords(r model.Route) string {
	if len(r.Methods) == 0 {
		return wire.MethodWord("")
	}
	words := ""
	for _, m := range r.Methods {
		words += wire.MethodWord(m)
	}
	return words
}

// patternWords spells the words of a pattern as parts of a name: "Users", "Id".
func patternWords(r model.Route) []string {
	words := wire.Words(r.Pattern)
	for i := range words {
		words[i] = wire.Upper(words[i])
	}
	return words
}

// recv returns the type of a method's receiver as written, or nil.
func (e *emitter) recv(fn model.Func) model.Type {
	switch {
	case fn.Receiver == nil || fn.Recv != nil:
		return fn.Recv
	case fn.Receiver.Field == "" && e.pkg.State != nil:
		return e.pkg.State.Type
	}
	return nil
}

// receiverName returns the name of a receiver's type without its pointer, or "".
func receiverName(t model.Type) string {
	if ptr, ok := t.(model.Pointer); ok {
		t = ptr.Elem
	}
	if named, ok := t.(model.Named); ok {
		return named.Name
	}
	return ""
}

// typeStem returns a word for a type, to name things after: "Order" for
// []*shop.Order.
func typeStem(t model.Type) string {
	switch t := t.(type) {
	case model.Named:
		return t.Name
	case model.Pointer:
		return typeStem(t.Elem)
	case model.Slice:
		return typeStem(t.Elem)
	case model.Array:
		return typeStem(t.Elem)
	case model.Map:
		return typeStem(t.Elem)
	}
	return "Value"
}

// local makes the name of a local variable from what it stands for: "Paging.Page"
// or "X-Request-Id".
func local(text string) string {
	text = strings.TrimPrefix(path.Ext("."+text), ".") // what follows the last dot
	words := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '_' })
	if len(words) == 0 {
		return "value"
	}
	name := wire.Lower(words[0])
	for _, word := range words[1:] {
		name += wire.Upper(word)
	}
	return name
}

// singular makes a name for one of several: "tag" of "tags".
func singular(name string) string {
	for _, suffix := range []string{"ss", "us", "is"} {
		if strings.HasSuffix(name, suffix) {
			return "element"
		}
	}
	if stem, ok := strings.CutSuffix(name, "ies"); ok && stem != "" {
		return stem + "y"
	}
	if stem, ok := strings.CutSuffix(name, "s"); ok && len(stem) > 1 {
		return stem
	}
	return "element"
}

package parse

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A pathRead is a wildcard that an extractor function reads.
type pathRead struct {
	name     string
	by       *types.Func
	at       span // the parameter
	required bool
}

// pathReads is what some extractors read of the path.
type pathReads struct {
	named   []pathRead
	all     bool // whichever wildcards there are
	request bool // they are given the request, and may do so
}

// visit calls f for an extractor and for those it is made of, and tells whether
// the value may be absent.
func visit(from model.Extractor, optional bool, f func(from model.Extractor, optional bool)) {
	f(from, optional)
	switch from := from.(type) {
	case model.Composite:
		for _, field := range from.Fields {
			visit(field.From, optional, f)
		}
	case model.OptionalOf:
		visit(from.Of, true, f)
	case model.ResultOf:
		visit(from.Of, true, f)
	}
}

// readsOf collects what an extractor reads of the path, through the extractor
// functions that it needs.
func (p *parser) readsOf(from model.Extractor, by *types.Func, at span) pathReads {
	var reads pathReads
	visit(from, false, func(from model.Extractor, optional bool) {
		switch from := from.(type) {
		case model.Head:
			reads.request = reads.request || from.Part == model.Request
		case model.Custom:
			reads.all = true
		case model.Provided:
			reads.add(p.provided(from.Provider).reads, optional)
		case model.Values:
			if from.Source == model.Path {
				reads.slots(from.Slots, pathRead{by: by, at: at, required: !optional})
			}
		}
	})
	return reads
}

func (r *pathReads) add(other pathReads, optional bool) {
	r.all, r.request = r.all || other.all, r.request || other.request
	for _, read := range other.named {
		read.required = read.required && !optional
		r.named = append(r.named, read)
	}
}

func (r *pathReads) slots(slots []model.Slot, read pathRead) {
	for _, slot := range slots {
		if slot.Name == "" {
			r.all = true
			continue
		}
		one := read
		one.name, one.required = slot.Name, read.required && slot.Required
		r.named = append(r.named, one)
	}
}

// readWildcards notes the wildcards of a route that its handler reads, and
// reports those that an extractor function reads and the route does not have.
func (p *parser) readWildcards(h *handler, r *route, params []model.Param, results []model.Result) {
	r.seesAll = slices.ContainsFunc(results, takesRequest)
	for i, param := range params {
		if param.From == nil {
			_, isPath := isRuntime(h.params[i].v.Type(), "Path")
			r.seesAll = r.seesAll || isPath // there is no telling which it would have read
			continue
		}
		reads := p.readsOf(param.From, nil, nil)
		r.seesAll = r.seesAll || reads.all || reads.request
		for _, read := range reads.named {
			r.scope.use(read.name)
			if read.by != nil && read.required && !slices.Contains(r.wildcards(), read.name) {
				p.lackingWildcard(h, r, h.params[i], read)
			}
		}
	}
}

// checkWildcards reports the wildcards that nothing reads. A middleware function
// that takes the request may read one as well as a handler, but it takes it to
// hand it on.
func (p *parser) checkWildcards() {
	for _, h := range p.handlers {
		for _, r := range h.routes {
			if r.scope == nil {
				continue // of a function that cannot be called
			}
			for _, w := range r.pattern.wildcards {
				if !r.seesAll && !r.scope.used[w.name] {
					p.unusedWildcard(h, w)
				}
			}
			for _, w := range r.group.wildcards {
				w.inUse, w.read = true, w.read || r.seesAll || r.scope.used[w.name]
			}
		}
	}
}

// takesRequest reports whether a result is called with the request, which lets
// it read every wildcard.
func takesRequest(result model.Result) bool {
	switch result.As.(type) {
	case model.HTTPHandler, model.Responder:
		return true
	}
	return false
}

func (p *parser) lackingWildcard(h *handler, r *route, at entry, read pathRead) {
	p.report(diag.NoSource, at.typ, "%s needs the path value %s, which %s does not have", p.typeString(at.v.Type()), read.name, r).
		related(read.at, "%s reads %s", read.by.Name(), read.name).
		hint("add {%s} to the pattern of %s, or let %s read it from elsewhere", read.name, h.name(), read.by.Name())
}

func (p *parser) unusedWildcard(h *handler, w wildcard) {
	p.report(diag.UnusedWildcard, w, "no parameter of %s reads the wildcard %s", h.name(), w.name).
		hint("add a parameter: %s", likelyParam(w.name))
}

// likelyParam writes a parameter that reads a wildcard.
func likelyParam(name string) string {
	if token.IsKeyword(name) {
		return name + "Value runtime.Path[string], with //handlergen:param " + name + "Value name=" + name
	}
	lower := strings.ToLower(name)
	switch {
	case lower == "id", strings.HasSuffix(name, "ID"), strings.HasSuffix(name, "Id"), strings.HasSuffix(name, "_id"):
		return name + " int64"
	case slices.Contains([]string{"page", "number", "num", "n", "index", "year", "month", "day", "version"}, lower):
		return name + " int"
	}
	return name + " string"
}

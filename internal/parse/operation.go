package parse

import (
	"go/types"

	"github.com/handlergen/handlergen/internal/diag"
)

// An operation is one route with its operation id.
type operation struct {
	h *handler
	r *route
}

// nameOperations gives every route its operation id, that of its function
// unless it asks for one. An id that is asked for belongs to one route alone.
func (p *parser) nameOperations() {
	owners := map[string]operation{}
	for _, op := range p.operations(false) {
		op.r.Route.Name = p.defaultName(op.h)
		owners[op.r.Route.Name] = op
	}
	for _, op := range p.operations(true) {
		op.r.Route.Name = op.r.name.value
		if owner, taken := owners[op.r.Route.Name]; taken {
			p.nameTaken(op, owner)
			continue
		}
		owners[op.r.Route.Name] = op
	}
}

// operations returns the routes that ask for an operation id, or the others.
func (p *parser) operations(named bool) []operation {
	var list []operation
	for _, h := range p.handlers {
		for _, r := range h.routes {
			if (r.name != nil) == named {
				list = append(list, operation{h, r})
			}
		}
	}
	return list
}

// defaultName is the name of a function, with that of its type before it where
// methods of several types have one name.
func (p *parser) defaultName(h *handler) string {
	receivers := map[*types.TypeName]bool{}
	for _, other := range p.handlers {
		if other.name() == h.name() {
			receivers[other.receiver()] = true
		}
	}
	if recv := h.receiver(); recv != nil && len(receivers) > 1 {
		return recv.Name() + h.name()
	}
	return h.name()
}

// nameTaken reports an operation id that another route has.
func (p *parser) nameTaken(op, owner operation) {
	n := p.report(diag.DuplicateName, valueOf(*op.r.name), "%s has the name %s, which %s has already", op.r, op.r.Route.Name, owner.r)
	if owner.r.name != nil {
		n.related(*owner.r.name, "%s has it here", owner.r)
	} else {
		n.related(owner.h.decl.Name, "%s has its function's name", owner.r)
	}
	n.hint("give one of them another name")
}

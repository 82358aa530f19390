package parse

import (
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// carryProvided lets middleware functions carry the results of extractor
// functions to what needs them inside, so that each is called once for a
// request. It is the outermost that carries.
func (p *parser) carryProvided() {
	for _, h := range p.handlers {
		for _, plan := range h.plans {
			for _, r := range plan.routes {
				p.carryAlong(r, p.needsOf(plan.Params))
			}
		}
	}
	for i := range p.out.Middleware {
		slices.Sort(p.out.Middleware[i].Carries)
	}
}

// carryAlong does so for one route, whose handler needs some of them.
func (p *parser) carryAlong(r *route, inside []int) {
	carried := map[int]*model.MiddlewareFunc{} // what is needed further in by now, and by whom last
	for _, use := range slices.Backward(r.Route.Use) {
		if use.Adapter == model.NoAdapter {
			continue
		}
		m := &p.out.Middleware[use.Adapter]
		own := p.needsOf(m.Params)
		for _, i := range own {
			if slices.Contains(inside, i) {
				carried[i] = m
			}
		}
		inside = append(inside, own...)
	}
	for i, m := range carried {
		p.out.Providers[i].Carried = true
		if !slices.Contains(m.Carries, i) {
			m.Carries = append(m.Carries, i)
		}
	}
}

// needsOf lists the extractor functions that parameters need, those included
// that only other extractor functions need.
func (p *parser) needsOf(params []model.Param) []int {
	var list []int
	for _, param := range params {
		if param.From == nil {
			continue
		}
		visit(param.From, false, func(from model.Extractor, _ bool) {
			if of, ok := from.(model.Provided); ok {
				list = append(list, of.Provider)
				list = append(list, p.needsOf(p.out.Providers[of.Provider].Params)...)
			}
		})
	}
	slices.Sort(list)
	return slices.Compact(list)
}

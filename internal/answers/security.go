package answers

import (
	"reflect"
	"slices"

	"github.com/handlergen/handlergen/internal/model"
)

// Security lists the ways for clients to say who they are when they call a
// route: each is a set of credentials that are wanted together. An empty set
// stands for requests without any, and no set at all for a route that wants
// nothing.
func Security(pkg *model.Package, h model.Handler, r model.Route) [][]model.Security {
	c := &credentials{pkg: pkg, seen: map[int]bool{}}
	c.want(r.Said.Security, false)
	for _, use := range r.Use {
		if use.Adapter == model.NoAdapter {
			c.want(use.Said.Security, false)
			continue
		}
		m := pkg.Middleware[use.Adapter]
		c.readAll(m.Params, m.Said, false, false)
	}
	c.readAll(h.Params, model.Said{}, false, false)
	return c.ways
}

// credentials gathers what is wanted of clients.
type credentials struct {
	pkg  *model.Package
	ways [][]model.Security
	seen map[int]bool // the providers that are asked, true if they need not be there
}

// want adds that one of some credentials is wanted beside all that is wanted by
// now.
func (c *credentials) want(one []model.Security, optional bool) {
	if len(one) == 0 {
		return
	}
	if c.ways == nil {
		c.ways = [][]model.Security{{}}
	}
	var ways [][]model.Security
	add := func(way []model.Security) {
		if !slices.ContainsFunc(ways, func(other []model.Security) bool { return reflect.DeepEqual(other, way) }) {
			ways = append(ways, way)
		}
	}
	for _, way := range c.ways {
		if optional || slices.ContainsFunc(one, isOptional) {
			add(way)
		}
		for _, s := range one {
			s.Optional = false
			if slices.Contains(way, s) {
				add(way)
			} else {
				add(append(slices.Clip(way), s))
			}
		}
	}
	c.ways = ways
}

func isOptional(s model.Security) bool { return s.Optional }

// readAll adds what some parameters want together. A directive on what they
// belong to says more of credentials than their types do. If what is made of
// them is absent without credentials, those are optional.
func (c *credentials) readAll(params []model.Param, said model.Said, optional, absent bool) {
	c.want(said.Security, optional || absent)
	for _, p := range params {
		_, plain := p.From.(model.Credentials)
		if !plain || len(said.Security) == 0 {
			c.read(p.From, optional || absent && plain)
		}
	}
}

// schemes are those of the credentials that types of the runtime read.
var schemes = map[string]model.Scheme{"Bearer": model.BearerScheme, "BasicAuth": model.BasicScheme}

func (c *credentials) read(from model.Extractor, optional bool) {
	switch from := from.(type) {
	case model.Credentials:
		c.want([]model.Security{{Scheme: schemes[from.Name]}}, optional)
	case model.Custom:
		c.want(from.Said.Security, optional)
	case model.Composite:
		c.readAll(from.Fields, from.Said, optional, false)
	case model.Provided:
		c.provided(from, optional, false)
	case model.OptionalOf:
		if of, ok := from.Of.(model.Provided); ok {
			c.provided(of, optional, true)
			return
		}
		c.read(from.Of, true)
	case model.ResultOf:
		c.read(from.Of, true)
	}
}

// provided adds what an extractor function wants.
func (c *credentials) provided(from model.Provided, optional, absent bool) {
	free := optional || absent
	if known, seen := c.seen[from.Provider]; seen && (free || !known) {
		return
	}
	c.seen[from.Provider] = free
	p := c.pkg.Providers[from.Provider]
	c.readAll(p.Params, p.Said, optional, absent)
}

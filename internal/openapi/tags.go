package openapi

import (
	"maps"
	"path"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/handlergen/handlergen/internal/model"
)

// tagsOf returns the tags of a route. One that asks for none is listed under the
// receiver's type of its handler, if that is a part of the state, else under its
// package: the state itself is the application, and says nothing of a route.
func (p *pack) tagsOf(h model.Handler, r model.Route) []string {
	if len(r.Tags) > 0 {
		for _, name := range r.Tags {
			p.tag(name, "")
		}
		return r.Tags
	}
	name, doc := p.pkg.Name, p.pkg.Doc
	if name == "main" {
		name = path.Base(p.pkg.Path)
	}
	if on := h.Func.Receiver; on != nil && on.Field != "" {
		name, doc = typeName(h.Func.Recv), h.RecvDoc
	}
	p.tag(name, doc)
	return []string{name}
}

// tag adds a tag, or its description to one that has none.
func (b *builder) tag(name, doc string) {
	if b.tags[name] == "" {
		b.tags[name] = doc
	}
}

// addTags lists the tags. What is said of the whole document is not said again.
func (b *builder) addTags() {
	for _, name := range slices.Sorted(maps.Keys(b.tags)) {
		tag := &openapi3.Tag{Name: name, Description: b.tags[name]}
		if tag.Description == b.doc.Info.Description {
			tag.Description = ""
		}
		b.doc.Tags = append(b.doc.Tags, tag)
	}
}

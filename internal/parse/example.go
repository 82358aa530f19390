package parse

import (
	"go/token"
	"reflect"

	"github.com/handlergen/handlergen/internal/model"
)

// exampleOf reads the example tag of a member of a body.
func (p *parser) exampleOf(m member) model.Example {
	fset, field := p.fset, p.fieldOf(m.v)
	if field == nil && p.foreign != nil {
		fset, field = p.foreign.fset, p.foreignField(m.v)
	}
	if field == nil || field.Tag == nil {
		return model.Example{Text: reflect.StructTag(m.st.Tag(m.index)).Get("example")}
	}
	pairs, _ := parseTag(locate(field.Tag))
	example, _ := tag{pairs: pairs}.lookup("example")
	return p.exampleAt(fset, example)
}

// exampleAt is an example with its place, if it is one of this module.
func (p *parser) exampleAt(fset *token.FileSet, text located) model.Example {
	example := model.Example{Text: text.text}
	if example.Text == "" {
		return example
	}
	if at := fset.Position(text.Pos()); p.mod == "" || isBelow(p.mod, at.Filename) {
		example.Pos, example.End = at, fset.Position(text.End())
	}
	return example
}

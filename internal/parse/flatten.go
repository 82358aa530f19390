package parse

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// A field is a field that something is read into: of a struct, or of a struct
// that is embedded in it.
type field struct {
	v        *types.Var
	selector string // "Limit", "Paging.Limit"
	what     string // what messages call it: "ListQuery.Limit"
	tag      tag
	at       span // its name
	typ      span // its type
	doc      string
	depth    int
	alloc    []string // selectors of the embedded pointers above it
}

// A flattener lists the fields of a struct and of those embedded in it.
type flattener struct {
	p         *parser
	at        span                       // stands for fields of other packages
	keep      func(*types.Var, tag) bool // an embedded field is read as a whole
	fields    []field
	shallow   map[string]int // the least depth of a Go name
	unwritten bool           // something was reported
}

// flatten lists the exported fields of a struct type in source order. Embedded
// structs are replaced by their fields unless keep tells otherwise; as in Go, a
// field hides those of its name that are embedded deeper.
func (p *parser) flatten(t types.Type, at span, keep func(*types.Var, tag) bool) (fields []field, alloc []string, ok bool) {
	f := &flattener{p: p, at: at, keep: keep, shallow: make(map[string]int)}
	f.walk(t, field{what: p.ownerName(t)}, nil)
	for _, found := range f.fields {
		if found.depth > f.shallow[found.v.Name()] {
			continue
		}
		fields = append(fields, found)
		for _, pointer := range found.alloc {
			if !slices.Contains(alloc, pointer) {
				alloc = append(alloc, pointer)
			}
		}
	}
	return fields, alloc, !f.unwritten
}

// ownerName is what messages call a struct, with a dot before its field.
func (p *parser) ownerName(t types.Type) string {
	if _, ok := types.Unalias(t).(*types.Named); ok {
		return p.typeString(t) + "."
	}
	return ""
}

// walk lists the fields of a struct that is embedded below others.
func (f *flattener) walk(t types.Type, above field, outer []types.Type) {
	if slices.ContainsFunc(outer, func(o types.Type) bool { return types.Identical(o, t) }) {
		return
	}
	outer = append(slices.Clip(outer), t)
	st := t.Underlying().(*types.Struct)
	for i := range st.NumFields() {
		found, ok := f.field(st, i, above)
		if !ok {
			f.unwritten = true
			continue
		}
		if depth, seen := f.shallow[found.v.Name()]; !seen || found.depth < depth {
			f.shallow[found.v.Name()] = found.depth
		}
		if inner, pointer := embedded(found.v); inner != nil && !f.keep(found.v, found.tag) {
			f.embed(inner, pointer, found, above, outer)
			continue
		}
		if found.v.Exported() {
			f.fields = append(f.fields, found)
		} else if !f.p.checkUnexported(found) {
			f.unwritten = true
		}
	}
}

// field describes field i of a struct.
func (f *flattener) field(st *types.Struct, i int, above field) (field, bool) {
	v := st.Field(i)
	found := field{
		v: v, what: above.what + v.Name(), at: f.at, typ: f.p.typeExpr(v, f.at),
		selector: joinSelector(above.selector, v.Name()), doc: f.p.docOfField(v), depth: above.depth, alloc: above.alloc,
	}
	if f.p.fieldOf(v) != nil {
		found.at = stretch{v.Pos(), v.Pos() + token.Pos(len(v.Name()))}
	}
	var ok bool
	found.tag, ok = f.p.tagOf(st, i, found.at)
	return found, ok
}

// embed lists the fields of an embedded struct. One that this package cannot
// name is left out of the selectors, for its fields are promoted.
func (f *flattener) embed(inner types.Type, pointer bool, found, above field, outer []types.Type) {
	found.what, found.depth = f.p.ownerName(inner), above.depth+1
	if !found.v.Exported() && found.v.Pkg() != f.p.types {
		found.selector = above.selector
		if pointer {
			f.p.report(diag.BadTag, found.at, "%s embeds a pointer to %s, which this package cannot allocate",
				strings.TrimSuffix(above.what, "."), f.p.typeString(inner)).hint("embed the struct itself")
			f.unwritten = true
			return
		}
	}
	if pointer {
		found.alloc = append(slices.Clip(found.alloc), found.selector)
	}
	f.walk(inner, found, outer)
}

// embedded returns the struct type of an embedded struct, or of an embedded
// pointer to one.
func embedded(v *types.Var) (inner types.Type, pointer bool) {
	if !v.Embedded() {
		return nil, false
	}
	inner = types.Unalias(v.Type())
	if p, ok := inner.(*types.Pointer); ok {
		inner, pointer = types.Unalias(p.Elem()), true
	}
	if _, ok := inner.Underlying().(*types.Struct); !ok {
		return nil, false
	}
	return inner, pointer
}

// checkUnexported reports a field that a tag names on the wire although nothing
// can be read into it.
func (p *parser) checkUnexported(f field) bool {
	for _, pair := range f.tag.pairs {
		if isSourceTag(pair.key) && pair.value.text != "-" {
			p.report(diag.BadTag, pair, "%s is not exported, so it is never read", f.what).
				hint("export it, or remove the tag")
			return false
		}
	}
	return true
}

// joinSelector puts a dot between the parts of a selector.
func joinSelector(above, name string) string {
	if above == "" {
		return name
	}
	return above + "." + name
}

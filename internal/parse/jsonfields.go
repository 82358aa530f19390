package parse

import (
	"cmp"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/types/typeutil"
)

// A member is a field of a struct as encoding/json sees it.
type member struct {
	v       *types.Var
	st      *types.Struct // that declares it
	index   int           // in st
	name    string        // in JSON
	options []string      // "omitzero"
	tagged  bool
	path    []*types.Var // the embedded fields above it, and itself
	places  []int        // the indexes of path in their structs
}

// owner is the struct type that declares a member of t.
func (m member) owner(t types.Type) types.Type {
	if len(m.path) == 1 {
		return t
	}
	inner, _ := embedded(m.path[len(m.path)-2])
	return inner
}

// A layer is a struct at some depth of embedding.
type layer struct {
	typ    types.Type
	path   []*types.Var
	places []int
}

// membersOf lists the members that encoding/json finds in a struct and in those
// embedded in it, in source order.
func membersOf(t types.Type) []member {
	var all []member
	var seen typeutil.Map
	for layers := []layer{{typ: t}}; len(layers) > 0; {
		var below []layer
		for _, l := range layers {
			members, inner := l.members()
			all = append(all, members...)
			below = append(below, inner...)
		}
		for _, l := range layers {
			seen.Set(l.typ, true)
		}
		layers = slices.DeleteFunc(below, func(l layer) bool { return seen.At(l.typ) != nil })
	}
	return dominant(all)
}

// members lists the members of a struct itself, and the structs embedded in it.
func (l layer) members() (members []member, inner []layer) {
	st := l.typ.Underlying().(*types.Struct)
	for i := range st.NumFields() {
		v := st.Field(i)
		text := reflect.StructTag(st.Tag(i)).Get("json")
		below, _ := embedded(v)
		if text == "-" || !v.Exported() && below == nil {
			continue
		}
		name, options, _ := strings.Cut(text, ",")
		m := member{
			v: v, st: st, index: i, name: name, options: strings.Split(options, ","), tagged: isMemberName(name),
			path: append(slices.Clone(l.path), v), places: append(slices.Clone(l.places), i),
		}
		if below != nil && !m.tagged {
			inner = append(inner, layer{below, m.path, m.places})
			continue
		}
		if !m.tagged {
			m.name = v.Name()
		}
		members = append(members, m)
	}
	return members, inner
}

// isMemberName reports whether encoding/json takes the name in a tag.
func isMemberName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(c rune) bool {
		return !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", c) && !unicode.IsLetter(c) && !unicode.IsDigit(c)
	})
}

// dominant keeps, of the members of one name, the least deep, then the tagged
// one. If there are several of those, none is left.
func dominant(all []member) []member {
	byName := make(map[string][]member)
	for _, m := range all {
		byName[m.name] = append(byName[m.name], m)
	}
	var kept []member
	for _, rivals := range byName {
		slices.SortStableFunc(rivals, compareMembers)
		if len(rivals) == 1 || compareMembers(rivals[0], rivals[1]) < 0 {
			kept = append(kept, rivals[0])
		}
	}
	slices.SortFunc(kept, func(a, b member) int { return slices.Compare(a.places, b.places) })
	return kept
}

// compareMembers puts the one that wins first.
func compareMembers(a, b member) int {
	if depth := cmp.Compare(len(a.path), len(b.path)); depth != 0 || a.tagged == b.tagged {
		return depth
	}
	if a.tagged {
		return -1
	}
	return 1
}

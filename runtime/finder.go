package runtime

import "strings"

// wide is the number of members from which on an object gets a map of them.
const wide = 16

// Has reports whether the JSON body has a value at that place, and it is not
// null. As in encoding/json, names that differ in case are the same if there is
// no better one, and of a name that occurs twice the last counts. Has is for
// the time between [Input.OpenJSON] and [Input.CloseJSON].
func (in *Input) Has(at *Pointer) bool {
	if in.body == nil {
		return false
	}
	if in.finder == nil {
		in.finder = &finder{outline: newOutline(in.body.b)}
	}
	return in.finder.has(at)
}

// A finder finds values by their pointer. It remembers where it was, so that to
// go through a body from front to back takes time in proportion to its length.
type finder struct {
	outline *outline
	levels  []finderLevel
}

// A finderLevel is an array or object that a finder has been in.
type finderLevel struct {
	node    int32            // the array or object
	child   int32            // the one that was found last; 0 for none
	members map[string]int32 // of a wide object
}

func (f *finder) has(at *Pointer) bool {
	if len(f.outline.nodes) == 0 {
		return true // too long to tell
	}
	_, n, ok := f.find(at)
	if !ok {
		return false
	}
	return f.outline.body[f.outline.nodes[n].start] != 'n'
}

// find returns the node at a place and how deep it lies.
func (f *finder) find(at *Pointer) (depth int, n int32, ok bool) {
	if at == nil {
		return 0, 0, true
	}
	depth, n, ok = f.find(at.parent)
	if !ok {
		return 0, 0, false
	}
	if depth == len(f.levels) {
		f.levels = append(f.levels, finderLevel{node: n})
	}
	l := &f.levels[depth]
	if l.node != n {
		*l = finderLevel{node: n}
	}
	if at.index >= 0 {
		n, ok = f.element(l, at.index)
	} else {
		n, ok = f.member(l, at.name)
	}
	return depth + 1, n, ok
}

// element finds an element of an array, going on from the last one.
func (f *finder) element(l *finderLevel, index int) (n int32, ok bool) {
	nodes := f.outline.nodes
	array := &nodes[l.node]
	if index >= int(array.count) || f.outline.body[array.start] != '[' {
		return 0, false
	}
	n = l.child
	if n == 0 || nodes[n].index() > index {
		n = l.node + 1
	}
	for nodes[n].index() < index {
		n = nodes[n].next
	}
	l.child = n
	return n, true
}

// member finds a member of an object: the last of that name, else the last
// whose name differs in nothing but case.
func (f *finder) member(l *finderLevel, name string) (n int32, ok bool) {
	if f.outline.body[f.outline.nodes[l.node].start] != '{' {
		return 0, false
	}
	if l.child == 0 || !f.outline.isNamed(l.child, name) {
		l.child = f.lookUp(l, name)
	}
	return l.child, l.child != 0
}

// lookUp returns the member with that name, or 0.
func (f *finder) lookUp(l *finderLevel, name string) (n int32) {
	if f.outline.nodes[l.node].count >= wide {
		if n, ok := f.memberMap(l)[name]; ok {
			return n
		}
	}
	var similar int32
	for child := range f.outline.children(l.node) {
		switch {
		case f.outline.isNamed(child, name):
			n = child
		case strings.EqualFold(f.outline.name(child), name):
			similar = child
		}
	}
	if n == 0 {
		n = similar
	}
	return n
}

func (f *finder) memberMap(l *finderLevel) map[string]int32 {
	if l.members == nil {
		l.members = make(map[string]int32, f.outline.nodes[l.node].count)
		for child := range f.outline.children(l.node) {
			l.members[f.outline.name(child)] = child
		}
	}
	return l.members
}

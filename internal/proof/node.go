package proof

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A node is a place in a document, and what is there.
type node struct {
	d       *Document
	pointer string
	value   any
}

// at returns the place that a pointer leads to.
func (d *Document) at(pointer string) node {
	n := node{d, "", d.value}
	for _, name := range strings.Split(pointer, "/")[1:] {
		if _, list := n.value.([]any); list {
			i, _ := strconv.Atoi(name)
			n = n.index(i)
			continue
		}
		n = n.at(unescape(name))
	}
	return n
}

func (n node) at(name string) node {
	return node{n.d, n.pointer + "/" + escape(name), n.object()[name]}
}

func (n node) index(i int) node {
	return node{n.d, n.pointer + "/" + strconv.Itoa(i), n.list()[i]}
}

func (n node) object() map[string]any { v, _ := n.value.(map[string]any); return v }
func (n node) list() []any            { v, _ := n.value.([]any); return v }
func (n node) keys() []string         { return slices.Sorted(maps.Keys(n.object())) }
func (n node) has(name string) bool   { _, ok := n.object()[name]; return ok }

// elems are the places in a list.
func (n node) elems() []node {
	var list []node
	for i := range n.list() {
		list = append(list, n.index(i))
	}
	return list
}

// text is the text that is a member, or nothing.
func (n node) text(name string) string {
	text, _ := n.object()[name].(string)
	return text
}

// texts are those in a list.
func (n node) texts() (list []string) {
	for _, value := range n.list() {
		list = append(list, value.(string))
	}
	return list
}

// isRequired reports whether a parameter, a header or a body has to be there.
func (n node) isRequired() bool { return n.object()["required"] == true }

// resolved follows references.
func (n node) resolved() node {
	for n.has("$ref") {
		n = n.d.at(strings.TrimPrefix(n.text("$ref"), "#"))
	}
	return n
}

// allows asks the library for JSON Schema whether a value fits a schema.
func (n node) allows(value any) bool { return n.validate(value) == nil }

func (n node) validate(value any) error {
	schema, err := n.d.schema(n.pointer)
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

var escapes, unescapes = strings.NewReplacer("~", "~0", "/", "~1"), strings.NewReplacer("~1", "/", "~0", "~")

func escape(name string) string { return url.PathEscape(escapes.Replace(name)) }

func unescape(name string) string {
	name, _ = url.PathUnescape(name)
	return unescapes.Replace(name)
}

// parts are the schemas that hold together: the node, and what it refers to.
func (n node) parts() []node {
	n = n.resolved()
	list := []node{n}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range n.at(word).elems() {
			list = append(list, part.parts()...)
		}
	}
	return list
}

// part finds a schema inside of this one.
func (n node) part(path ...string) *node {
	for _, p := range n.parts() {
		ok := true
		for _, name := range path {
			ok = ok && p.has(name)
			p = p.at(name)
		}
		if ok {
			return &p
		}
	}
	return nil
}

// types are the types that a value may have.
func (n node) types() map[string]bool {
	types := map[string]bool{}
	for _, p := range n.parts() {
		if name := p.text("type"); name != "" {
			types[name] = true
		}
		for _, name := range p.at("type").texts() {
			types[name] = true
		}
	}
	return types
}

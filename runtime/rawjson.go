package runtime

import (
	"bytes"
	"encoding/json"
	"iter"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// An outline is what stands where in a JSON text: one node for each value, in
// the order of the text. It is made only when something is to be said about a
// body, or looked for in it. The text must be well formed; the outline of any
// other is senseless but harmless.
type outline struct {
	body  []byte
	nodes []node
}

// A node is one value of an outline.
type node struct {
	start  int32 // the place of its first byte
	end    int32 // the place after its last byte
	parent int32 // the array or object that it is in; -1 for the whole text
	next   int32 // the node after it and all that is in it
	count  int32 // of the values directly in it
	key    int32 // the place of its name's opening quote, or ^index in an array
}

// newOutline outlines a text. That of one which is too long is empty.
func newOutline(body []byte) *outline {
	o := &outline{body: body}
	if len(body) >= math.MaxInt32 {
		return o
	}
	parent, name := int32(-1), int32(-1)
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case isSpace(c) || c == ',' || c == ':':
			i++
		case c == '{' || c == '[':
			o.add(i, i, parent, name)
			parent, name = int32(len(o.nodes)-1), -1
			i++
		case c == '}' || c == ']':
			i++
			if parent >= 0 {
				parent = o.close(parent, i)
			}
		case c == '"' && name < 0 && parent >= 0 && body[o.nodes[parent].start] == '{':
			name = int32(i)
			i = skipString(body, i)
		default:
			end := skipScalar(body, i)
			o.add(i, end, parent, name)
			i, name = end, -1
		}
	}
	return o
}

func (o *outline) add(start, end int, parent, key int32) {
	if parent >= 0 {
		if key < 0 {
			key = ^o.nodes[parent].count
		}
		o.nodes[parent].count++
	}
	next := int32(len(o.nodes) + 1)
	o.nodes = append(o.nodes, node{start: int32(start), end: int32(end), parent: parent, next: next, key: key})
}

// close ends an array or object and returns the one that it is in.
func (o *outline) close(n int32, end int) int32 {
	o.nodes[n].end = int32(end)
	o.nodes[n].next = int32(len(o.nodes))
	return o.nodes[n].parent
}

// isMember reports whether the node is a member of an object.
func (n *node) isMember() bool { return n.key >= 0 }

// index returns the index of a node in an array.
func (n *node) index() int { return int(^n.key) }

// from returns where the node begins with its name.
func (n *node) from() int {
	if n.parent >= 0 && n.isMember() {
		return int(n.key)
	}
	return int(n.start)
}

// before returns the last node that begins, with its name, before a place.
func (o *outline) before(place int) (n int32, ok bool) {
	i := sort.Search(len(o.nodes), func(i int) bool { return o.nodes[i].from() >= place })
	return int32(i - 1), i > 0
}

// children goes through the values directly in an array or object.
func (o *outline) children(n int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		child := n + 1
		for range o.nodes[n].count {
			if !yield(child) {
				return
			}
			child = o.nodes[child].next
		}
	}
}

// pointer returns the JSON pointer of a node (RFC 6901).
func (o *outline) pointer(n int32) string {
	var path []int32
	for ; n > 0; n = o.nodes[n].parent {
		path = append(path, n)
	}
	var b []byte
	for _, n := range slices.Backward(path) {
		b = append(b, '/')
		if node := &o.nodes[n]; node.isMember() {
			b = appendPointerToken(b, o.name(n))
		} else {
			b = strconv.AppendInt(b, int64(node.index()), 10)
		}
	}
	return string(b)
}

// name returns the name of a member.
func (o *outline) name(n int32) string {
	raw := o.rawName(n)
	if len(raw) < 2 {
		return ""
	}
	text := string(raw[1 : len(raw)-1])
	if strings.IndexByte(text, '\\') < 0 && utf8.ValidString(text) {
		return text
	}
	_ = json.Unmarshal(raw, &text)
	return text
}

// isNamed reports whether a member has that name.
func (o *outline) isNamed(n int32, name string) bool {
	raw := o.rawName(n)
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1:len(raw)-1]) == name
	}
	return o.name(n) == name
}

// rawName returns the name of a member as it stands in the text, with quotes.
func (o *outline) rawName(n int32) []byte {
	node := &o.nodes[n]
	if !node.isMember() {
		return nil // in a text that is not well formed
	}
	return o.body[node.key:skipString(o.body, int(node.key))]
}

// upTo returns a well-formed text that is cut off at a place in the array or
// object n: what is open there is closed.
func (o *outline) upTo(place int, n int32) []byte {
	text := slices.Clip(o.body[:place])
	for ; n >= 0; n = o.nodes[n].parent {
		text = append(text, o.body[o.nodes[n].start]+2) // { and }, [ and ] are 2 apart
	}
	return text
}

// skipSpace returns the place of the first byte from i on that is no space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// skipScalar returns the place after the string, number or word at i.
func skipScalar(b []byte, i int) int {
	if b[i] == '"' {
		return skipString(b, i)
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case ',', ':', ']', '}', '[', '{', '"', ' ', '\t', '\n', '\r':
			return i
		}
	}
	return len(b)
}

// skipString returns the place after the string whose opening quote is at i.
func skipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return len(b)
}

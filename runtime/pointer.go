package runtime

import (
	"strconv"
	"strings"
)

// A Pointer is a place in a JSON body. Nil is the whole body, [Pointer.Member]
// and [Pointer.Index] lead further down. It costs nothing until it is rendered.
// It is for generated code.
type Pointer struct {
	parent *Pointer
	name   string // of a member
	index  int    // of an element; -1 for a member
}

// Member returns the place of the member with that name.
func (p *Pointer) Member(name string) Pointer {
	return Pointer{parent: p, name: name, index: -1}
}

// Index returns the place of the element with that index, from 0.
func (p *Pointer) Index(i int) Pointer {
	return Pointer{parent: p, index: i}
}

// String renders p as a JSON pointer (RFC 6901): "/items/0/name", and "" for
// the whole body.
func (p *Pointer) String() string {
	if p == nil {
		return ""
	}
	var buf [64]byte
	return string(p.append(buf[:0]))
}

func (p *Pointer) append(b []byte) []byte {
	if p == nil {
		return b
	}
	b = p.parent.append(b)
	b = append(b, '/')
	if p.index >= 0 {
		return strconv.AppendInt(b, int64(p.index), 10)
	}
	return appendPointerToken(b, p.name)
}

// appendPointerToken appends the name of a member with ~ and / escaped.
func appendPointerToken(b []byte, name string) []byte {
	if strings.IndexByte(name, '~') < 0 && strings.IndexByte(name, '/') < 0 {
		return append(b, name...)
	}
	for i := range len(name) {
		switch name[i] {
		case '~':
			b = append(b, "~0"...)
		case '/':
			b = append(b, "~1"...)
		default:
			b = append(b, name[i])
		}
	}
	return b
}

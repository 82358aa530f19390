package parse

import (
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/handlergen/handlergen/internal/diag"
)

// A tag is the tag of a struct field.
type tag struct {
	pairs []tagPair
	whole span // the literal, or what stands for it if the source is not at hand
}

// A tagPair is one key:"value" of a tag.
type tagPair struct {
	key   string
	value located
	span  // from the key to the closing quote
}

// lookup returns the value of a key.
func (t tag) lookup(key string) (located, bool) {
	for _, pair := range t.pairs {
		if pair.key == key {
			return pair.value, true
		}
	}
	return located{}, false
}

// A located is a text that knows where each of its bytes stands in the source.
type located struct {
	text  string
	pos   []token.Pos // of each byte and of the end; nil if the source is not at hand
	whole span        // stands for all of it then
}

func (l located) Pos() token.Pos { return l.part(0, len(l.text)).Pos() }
func (l located) End() token.Pos { return l.part(0, len(l.text)).End() }

// part returns the place of the bytes from:to.
func (l located) part(from, to int) span {
	if l.pos == nil {
		return l.whole
	}
	return stretch{l.pos[from], l.pos[to]}
}

// cut returns the bytes from:to.
func (l located) cut(from, to int) located {
	part := located{text: l.text[from:to], whole: l.whole}
	if l.pos != nil {
		part.pos = l.pos[from : to+1]
	}
	return part
}

// append adds a text that stands at byte i of another.
func (l *located) append(text string, from located, i int) {
	l.text += text
	if from.pos == nil {
		return
	}
	for range len(text) {
		l.pos = append(l.pos, from.pos[i])
	}
}

// tagOf reads the tag of field i of a struct. It reports one that is not a
// list of key:"value" if it stands in this package. The place stands for the
// tags of other packages.
func (p *parser) tagOf(st *types.Struct, i int, otherwise span) (tag, bool) {
	text := st.Tag(i)
	if text == "" {
		return tag{whole: otherwise}, true
	}
	source := located{text: text, whole: otherwise}
	if f := p.fieldOf(st.Field(i)); f != nil && f.Tag != nil {
		source = locate(f.Tag)
	}
	pairs, rest := parseTag(source)
	if rest.text == "" {
		return tag{pairs, source.whole}, source.pos == nil || p.checkKeys(pairs)
	}
	if source.pos == nil {
		return tag{pairs, otherwise}, true
	}
	p.malformedTag(rest)
	return tag{}, false
}

func (p *parser) malformedTag(rest located) {
	shown, _, _ := strings.Cut(rest.text, "\n")
	n := p.report(diag.BadTag, rest, "the struct tag %s is not of the form key:\"value\"", shown)
	if key, value, ok := strings.Cut(rest.text, ":"); ok && !strings.ContainsAny(key, " \"") {
		n.hint("write %s:%q", key, strings.Trim(strings.TrimSpace(value), "'\""))
	}
}

// tagKeys are the longer keys that mean something here. The short ones are too
// near to those of other libraries.
var tagKeys = []string{"query", "header", "cookie", "validate", "default", "accept"}

// checkKeys reports a key of a tag that is a misspelling of one of ours.
func (p *parser) checkKeys(pairs []tagPair) bool {
	ok := true
	for _, pair := range pairs {
		near, found := diag.Nearest(pair.key, tagKeys)
		if found && near != pair.key {
			p.report(diag.BadTag, pair, "the key %s of a struct tag means nothing here", pair.key).hint("did you mean %s?", near)
			ok = false
		}
	}
	return ok
}

// locate returns the text of a string literal.
func locate(lit *ast.BasicLit) located {
	if strings.HasPrefix(lit.Value, "`") {
		return locateRaw(lit)
	}
	raw := located{text: lit.Value, whole: lit}
	for i := range len(lit.Value) + 1 {
		raw.pos = append(raw.pos, lit.Pos()+token.Pos(i))
	}
	text, _ := unquote(raw)
	text.whole = lit
	return text
}

func locateRaw(lit *ast.BasicLit) located {
	text := located{text: strings.Trim(lit.Value, "`"), whole: lit}
	for i := range len(text.text) + 1 {
		text.pos = append(text.pos, lit.Pos()+token.Pos(1+i))
	}
	return text
}

// parseTag splits a tag as reflect.StructTag does. What it cannot make sense
// of is the rest.
func parseTag(t located) (pairs []tagPair, rest located) {
	for start := 0; ; {
		for start < len(t.text) && t.text[start] == ' ' {
			start++
		}
		if start == len(t.text) {
			return pairs, located{}
		}
		colon := start
		for colon < len(t.text) && isKeyByte(t.text[colon]) {
			colon++
		}
		end := quotedEnd(t.text, colon+1)
		if colon == start || end < 0 || t.text[colon] != ':' {
			return pairs, t.cut(start, len(t.text))
		}
		value, ok := unquote(t.cut(colon+1, end))
		if !ok {
			return pairs, t.cut(start, len(t.text))
		}
		pairs = append(pairs, tagPair{t.text[start:colon], value, t.part(start, end)})
		start = end
	}
}

func isKeyByte(c byte) bool { return c > ' ' && c != ':' && c != '"' && c != 0x7f }

// quotedEnd returns the end of the quoted string that starts at a byte, or -1.
func quotedEnd(s string, start int) int {
	if start >= len(s) || s[start] != '"' {
		return -1
	}
	for i := start + 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// unquote returns what stands in a Go string in double quotes.
func unquote(quoted located) (located, bool) {
	inner := quoted.cut(1, len(quoted.text)-1)
	text := located{whole: quoted.whole}
	for i := 0; i < len(inner.text); {
		value, multibyte, tail, err := strconv.UnquoteChar(inner.text[i:], '"')
		if err != nil {
			return located{}, false
		}
		char := []byte{byte(value)}
		if multibyte {
			char = utf8.AppendRune(nil, value)
		}
		text.append(string(char), inner, i)
		i = len(inner.text) - len(tail)
	}
	if inner.pos != nil {
		text.pos = append(text.pos, inner.pos[len(inner.text)])
	}
	return text, true
}

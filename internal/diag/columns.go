package diag

import (
	"bytes"
	"go/token"
	"os"
	"unicode/utf16"
	"unicode/utf8"
)

// sources holds the lines of the files that diagnostics are about.
type sources map[string][][]byte

// A region is a stretch of a file in the columns of editors and code hosts,
// which count UTF-16 code units from 1. A column is 0 if it is not known.
type region struct {
	startLine, startColumn int
	endLine, endColumn     int
}

// region converts positions, whose columns count bytes. Without the source it
// has lines only.
func (s sources) region(from, to token.Position) region {
	r := region{startLine: from.Line, startColumn: s.column(from)}
	if to.Line < from.Line || to.Line == from.Line && to.Column < from.Column {
		return r
	}
	if r.startColumn > 0 {
		r.endColumn = s.column(to)
	}
	if r.startColumn == 0 || r.endColumn > 0 {
		r.endLine = to.Line
	}
	return r
}

func (s sources) column(pos token.Position) int {
	line, ok := s.line(pos)
	if !ok || pos.Column < 1 || pos.Column-1 > len(line) {
		return 0
	}
	before := line[:pos.Column-1]
	if pos.Line == 1 {
		before = bytes.TrimPrefix(before, []byte("\ufeff"))
	}
	units := 0
	for len(before) > 0 {
		r, size := utf8.DecodeRune(before)
		units += utf16.RuneLen(r)
		before = before[size:]
	}
	return units + 1
}

func (s sources) line(pos token.Position) ([]byte, bool) {
	lines, ok := s[pos.Filename]
	if !ok {
		if data, err := os.ReadFile(pos.Filename); err == nil {
			lines = bytes.Split(data, []byte("\n"))
		}
		s[pos.Filename] = lines
	}
	if pos.Line < 1 || pos.Line > len(lines) {
		return nil, false
	}
	return lines[pos.Line-1], true
}

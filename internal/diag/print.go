package diag

import (
	"encoding/json"
	"fmt"
	"go/token"
	"io"
	"path/filepath"
	"strings"
	"unicode"
)

// TextOptions say how a list is printed for people.
type TextOptions struct {
	Dir   string // paths are relative to it
	Color bool
}

// WriteText prints a list for people and for editors:
//
//	shop/orders.go:41:55: meta reads the request body, which order has already read (HG007)
//		shop/orders.go:41:24: order reads it here
//		hint: put both in one struct
func (l List) WriteText(w io.Writer, opts TextOptions) {
	paint := plain
	if opts.Color {
		paint = colored
	}
	for _, d := range l {
		fmt.Fprintln(w, paint(bold, place(d.Pos, opts.Dir))+oneLine(d.Message)+" "+paint(dim, "("+d.Code.String()+")"))
		for _, r := range d.Related {
			fmt.Fprintln(w, "\t"+paint(bold, place(r.Pos, opts.Dir))+oneLine(r.Message))
		}
		if d.Hint == "" {
			continue
		}
		first, rest, _ := strings.Cut(d.Hint, "\n")
		fmt.Fprintln(w, "\t"+paint(cyan, "hint: ")+oneLine(first))
		for line := range strings.Lines(rest) {
			fmt.Fprintln(w, "\t      "+oneLine(strings.TrimRight(line, "\r\n")))
		}
	}
}

// The escape sequences of the colours in use.
const (
	bold = "\x1b[1m"
	dim  = "\x1b[2m"
	cyan = "\x1b[36m"
)

func plain(_, text string) string { return text }

func colored(color, text string) string {
	if text == "" {
		return ""
	}
	return color + text + "\x1b[0m"
}

// place is a position as it starts a line, "shop/orders.go:41:55: ".
func place(pos token.Position, dir string) string {
	if pos.Filename == "" {
		return ""
	}
	pos.Filename = oneLine(relative(pos.Filename, dir))
	return pos.String() + ": "
}

// relative shortens a path if it lies below a directory, or if the result is
// shorter although it does not.
func relative(path, dir string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil || dir == "" || !filepath.IsLocal(rel) && len(rel) >= len(path) {
		return path
	}
	return rel
}

// oneLine replaces what would break a line or steer a terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return r
		case r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// A Line is a diagnostic as WriteJSON prints it.
type Line struct {
	Code      string        `json:"code"`
	File      string        `json:"file"`
	Line      int           `json:"line"`
	Column    int           `json:"column"`
	EndLine   int           `json:"endLine,omitempty"`
	EndColumn int           `json:"endColumn,omitempty"`
	Message   string        `json:"message"`
	Related   []relatedLine `json:"related,omitempty"`
	Hint      string        `json:"hint,omitempty"`
}

type relatedLine struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// WriteJSON prints one JSON object per diagnostic and line. Paths are relative
// to dir; columns count bytes from 1, as the go command does.
func (l List) WriteJSON(w io.Writer, dir string) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, line := range l.Lines(dir) {
		_ = enc.Encode(line) // the writer keeps its own errors
	}
}

// Lines returns what WriteJSON prints.
func (l List) Lines(dir string) []Line {
	lines := make([]Line, 0, len(l))
	for _, d := range l {
		out := Line{
			Code: d.Code.String(), File: relative(d.Pos.Filename, dir), Line: d.Pos.Line, Column: d.Pos.Column,
			EndLine: d.End.Line, EndColumn: d.End.Column, Message: d.Message, Hint: d.Hint,
		}
		for _, r := range d.Related {
			out.Related = append(out.Related, relatedLine{
				File: relative(r.Pos.Filename, dir), Line: r.Pos.Line, Column: r.Pos.Column, Message: r.Message,
			})
		}
		lines = append(lines, out)
	}
	return lines
}

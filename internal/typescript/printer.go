package typescript

import (
	"bytes"
	"strings"
)

// A printer writes indented lines.
type printer struct {
	buf   bytes.Buffer
	depth int
}

func (p *printer) bytes() []byte { return p.buf.Bytes() }

// line writes a line, or an empty one.
func (p *printer) line(parts ...string) {
	if text := strings.Join(parts, ""); text != "" {
		p.buf.WriteString(strings.Repeat("  ", p.depth) + text)
	}
	p.buf.WriteByte('\n')
}

// block writes lines between two others.
func (p *printer) block(open, end string, fill func()) {
	p.line(open)
	p.depth++
	fill()
	p.depth--
	p.line(end)
}

// width is how long lines may be that could be broken. Lines are broken as
// Prettier does at this width.
const width = 120

// fits reports whether a line is short enough.
func (p *printer) fits(line string) bool { return 2*p.depth+len([]rune(line)) <= width }

// doc writes paragraphs as a TSDoc comment; there is none if all are empty.
func (p *printer) doc(paragraphs ...string) {
	text := docText(paragraphs)
	switch {
	case text == "":
	case !strings.Contains(text, "\n") && p.fits("/**  */"+text):
		p.line("/** " + text + " */")
	default:
		p.line("/**")
		for line := range strings.SplitSeq(text, "\n") {
			p.line(strings.TrimRight(" * "+line, " "))
		}
		p.line(" */")
	}
}

// docText joins paragraphs. Block tags, which begin with an @, follow each other
// without an empty line.
func docText(paragraphs []string) string {
	text := ""
	for i, paragraph := range paragraphs {
		if paragraph == "" {
			continue
		}
		switch isTag := strings.HasPrefix(paragraph, "@"); {
		case text == "":
		case isTag && i > 0 && strings.HasPrefix(lastLine(text), "@"):
			text += "\n"
		default:
			text += "\n\n"
		}
		text += paragraph
	}
	return text
}

func lastLine(text string) string { return text[strings.LastIndexByte(text, '\n')+1:] }

package parse

import (
	"go/ast"
	"go/token"
	"regexp"
	"strconv"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
)

// A miss is a line of a comment that looks like a directive and is none.
type miss struct {
	pos, end token.Pos
	indent   string // before the tool's name, with a mark that others have there: " @", "/"
	tool     string // as written, "Handlergen"
	colon    string // between tool and verb, ": "
	verb     string // as written
	args     string // trimmed
	block    bool   // it stands in a /* comment */
}

// missForm splits a line of a comment into the parts of a miss.
var missForm = regexp.MustCompile(`^(/[ \t]?|go:|[ \t*]*[+@!]?)([A-Za-z]+)([ \t]*[:.\-][ \t]*|[ \t]+|$)(\S*)(.*)$`)

// nearMisses reports comments that were meant to be directives, and takes care
// not to report prose that mentions them.
func (c *collector) nearMisses(group *ast.CommentGroup, comment *ast.Comment) {
	if !mayMiss(comment.Text) {
		return
	}
	text, block := comment.Text[len("//"):], strings.HasPrefix(comment.Text, "/*")
	if block {
		text = strings.TrimSuffix(text, "*/")
	}
	pos := comment.Slash + token.Pos(len("//"))
	file := c.fset.File(pos)
	number := file.PositionFor(pos, false).Line
	for line := range strings.SplitSeq(text, "\n") {
		if m, ok := parseMiss(line, pos); ok {
			m.block = block
			c.nearMiss(group, m)
		}
		// Not by counting bytes: the text has lost its carriage returns.
		if number++; number <= file.LineCount() {
			pos = file.LineStart(number)
		}
	}
}

// mayMiss reports quickly whether a comment is worth a closer look: it has the
// tool's name in it, or the form of some tool's directive.
func mayMiss(comment string) bool {
	colon := strings.IndexByte(comment, ':')
	return strings.Contains(comment, "andlergen") || strings.Contains(comment, "andlerGen") ||
		len("//")+8 <= colon && colon <= len("//")+12 && comment[2] != ' '
}

// isTool reports whether a word is the tool's name, in lower case or not.
func isTool(word string) bool {
	return word == toolWord || word == "Handlergen" || word == "HandlerGen" || word == "handlerGen"
}

// parseMiss reads a line of a comment that starts with the tool's name, or, if
// all else is as in a directive, with what is close to that.
func parseMiss(line string, pos token.Pos) (miss, bool) {
	parts := missForm.FindStringSubmatch(line)
	if parts == nil {
		return miss{}, false
	}
	m := miss{
		pos: pos + token.Pos(len(parts[1])), end: pos + token.Pos(len(strings.TrimRight(line, " \t\r"))),
		indent: parts[1], tool: parts[2], colon: parts[3], verb: parts[4], args: strings.TrimSpace(parts[5]),
	}
	if isTool(m.tool) {
		return m, true
	}
	_, near := diag.Nearest(m.tool, []string{toolWord})
	return m, near && m.indent == "" && m.colon == ":" && findVerb(strings.ToLower(m.verb)) != nil
}

// nearMiss reports a miss unless it is prose.
func (c *collector) nearMiss(group *ast.CommentGroup, m miss) {
	verb, known := nearestVerb(m.verb)
	deliberate := m.indent == "" && !m.block && strings.Contains(m.colon, ":") // no prose starts like this
	if !deliberate && (!known || !c.plausible(verb, m) || c.isExample(group, m)) {
		return
	}
	at := stretch{m.pos, m.end}
	if !m.block {
		at.pos -= token.Pos(len("//" + m.indent))
	}
	if !known {
		c.hintVerb(c.report(diag.NearMiss, at, "this comment names no directive"), m.verb, m.args)
		return
	}
	c.note(c.docs[group], verb)
	fix := strings.TrimSpace("//handlergen:" + verb + " " + m.args)
	c.report(diag.NearMiss, at, "this is a comment and not a directive: %s", m.reason()).hint("write %s", fix)
}

// reason says what is wrong with the form of a miss.
func (m miss) reason() string {
	switch {
	case !isTool(m.tool):
		return "the tool is spelled handlergen, not " + m.tool
	case m.block:
		return "a directive starts with //"
	case strings.ContainsAny(m.indent, "+@!/:"):
		return "nothing stands between // and handlergen"
	case m.indent != "":
		return "a directive has no space after //"
	case m.tool != toolWord:
		return "handlergen is written in lower case"
	case !strings.Contains(m.colon, ":"):
		return "a colon stands between handlergen and " + m.verb
	case m.colon != ":":
		return "a directive has no space around the colon"
	}
	return m.verb + " is written in lower case"
}

// plausible reports whether the arguments of a miss look like those of its
// verb, and not like the rest of a sentence.
func (c *collector) plausible(verb string, m miss) bool {
	words := strings.Fields(m.args)
	if len(words) == 0 {
		return m.indent == "" || strings.Contains(m.colon, ":")
	}
	exact := m.colon == ":"
	switch verb {
	case "route":
		if strings.HasPrefix(words[0], "/") {
			return areKeys(words[1:])
		}
		return len(words) > 1 && strings.Contains(words[1], "/") && areKeys(words[2:])
	case "group":
		return strings.HasPrefix(words[0], "/") && areKeys(words[1:])
	case "response":
		_, err := strconv.Atoi(words[0])
		return err == nil
	case "param":
		return exact && len(words) == 1 || len(words) > 1 && areKeys(words[1:2])
	case "use":
		return exact && len(words) == 1 || c.isDeclared(words[0])
	}
	return false
}

// areKeys reports whether the words after those that a directive needs could
// be its keys.
func areKeys(words []string) bool {
	for _, word := range words {
		if !strings.Contains(word, "=") && !startsQuote(word) && word != "deprecated" && word != "hidden" {
			return false
		}
	}
	return true
}

func (c *collector) isDeclared(name string) bool {
	return c.types != nil && c.types.Scope().Lookup(name) != nil
}

// isExample reports whether a miss stands in an indented block of a comment
// with other text, which is how doc comments show code.
func (c *collector) isExample(group *ast.CommentGroup, m miss) bool {
	switch strings.TrimRight(m.indent, "+@!") {
	case "", " ", "/", "/ ", "go:":
		return false
	}
	if m.block {
		return false
	}
	for line := range strings.SplitSeq(group.Text(), "\n") {
		if line != "" && !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			return true
		}
	}
	return false
}

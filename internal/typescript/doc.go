package typescript

import (
	"strings"

	"github.com/handlergen/handlergen/internal/model"
)

// paragraphs turns a doc comment into those of TSDoc. The one that deprecates
// comes last, as a tag; there is a tag if something is deprecated without one.
func paragraphs(text string, deprecated bool) []string {
	var list []string
	tag := ""
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if reason, ok := strings.CutPrefix(strings.TrimSpace(paragraph), "Deprecated:"); ok {
			tag = "@deprecated " + oneLine(clean(reason))
			continue
		}
		list = append(list, clean(paragraph))
	}
	if tag == "" && deprecated {
		tag = "@deprecated"
	}
	return append(list, tag)
}

// clean takes the meaning from what would be a tag or the end of the comment.
func clean(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "*/", `*\/`), "\n")
	for i, line := range lines {
		if trimmed := strings.TrimLeft(line, " \t"); strings.HasPrefix(trimmed, "@") {
			lines[i] = line[:len(line)-len(trimmed)] + `\` + trimmed
		}
	}
	return strings.Join(lines, "\n")
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// defaultTag tells what a value is that is absent.
func defaultTag(value string) string {
	if value == "" {
		return ""
	}
	return "@defaultValue " + oneLine(clean(value))
}

// formatTag tells the form of a text.
func formatTag(s model.Schema) string {
	text, ok := textIn(s)
	switch {
	case !ok:
	case text.Base64:
		return "@format base64"
	case text.Or != "":
		return "@format " + text.Format + " or " + text.Or
	case text.Format != "":
		return "@format " + text.Format
	}
	return ""
}

// exampleTag shows a value: the one of a struct tag, or one of a form that has
// no name.
func exampleTag(example string, s model.Schema) string {
	if text, ok := textIn(s); ok && example == "" {
		example = text.Example
	}
	if example == "" {
		return ""
	}
	return "@example " + oneLine(clean(example))
}

func textIn(s model.Schema) (text model.TextValue, ok bool) {
	if null, isNull := s.(model.NullOr); isNull {
		s = null.Of
	}
	text, ok = s.(model.TextValue)
	return text, ok
}

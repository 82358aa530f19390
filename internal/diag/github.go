package diag

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// WriteGitHub prints a list as workflow commands, which GitHub Actions shows as
// annotations of the changed lines. Paths are relative to dir, the root of the
// repository.
func (l List) WriteGitHub(w io.Writer, dir string) {
	files := sources{}
	for _, d := range l {
		fmt.Fprintf(w, "::error %stitle=%s::%s\n", d.properties(files, dir), d.Code, escapeData(d.explained(dir)))
	}
}

// properties says where the annotation belongs: "file=a.go,line=1,".
func (d Diagnostic) properties(files sources, dir string) string {
	if d.Pos.Filename == "" {
		return ""
	}
	var b strings.Builder
	b.WriteString("file=" + escapeProperty(filepath.ToSlash(relative(d.Pos.Filename, dir))) + ",")
	r := files.region(d.Pos, d.End)
	if r.endLine != r.startLine {
		r.startColumn, r.endColumn = 0, 0 // GitHub takes columns of one line only
	}
	for _, property := range []struct {
		name  string
		value int
	}{{"line", r.startLine}, {"endLine", r.endLine}, {"col", r.startColumn}, {"endColumn", r.endColumn}} {
		if property.value > 0 {
			fmt.Fprintf(&b, "%s=%d,", property.name, property.value)
		}
	}
	return b.String()
}

// explained is the message with the related places and the hint below it.
func (d Diagnostic) explained(dir string) string {
	var b strings.Builder
	b.WriteString(d.Message)
	for _, r := range d.Related {
		b.WriteString("\n" + filepath.ToSlash(place(r.Pos, dir)) + r.Message)
	}
	if d.Hint != "" {
		b.WriteString("\nhint: " + d.Hint)
	}
	return b.String()
}

// escapeData escapes the text of a workflow command.
func escapeData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// escapeProperty escapes the value of a property of a workflow command.
func escapeProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

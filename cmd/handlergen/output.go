package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/diag"
)

// The values of --format and --color.
var (
	formats = []string{"text", "json", "sarif", "github"}
	colors  = []string{"auto", "always", "never"}
)

// An output is standard output; it remembers the first error, since a report
// that was cut off must not pass for a short one.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// formatFlag adds --format to a command whose purpose is diagnostics.
func (a *app) formatFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.format, "format", "", "print diagnostics as `form`: "+orList(formats))
	complete(cmd, "format", formats)
}

func (a *app) settleFormat() error {
	if a.format != "" {
		return oneOf("--format", a.format, formats)
	}
	a.format = "text"
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		a.format = "github"
	}
	return nil
}

// machine reports whether standard output belongs to a program that reads it.
func (a *app) machine() bool { return a.format == "json" || a.format == "sarif" }

// report prints diagnostics in the chosen format and fails if there are any.
func (a *app) report(list diag.List) error {
	switch a.format {
	case "json":
		list.WriteJSON(a.stdout, a.dir)
	case "sarif":
		list.WriteSARIF(a.stdout, a.repository(), version().Version)
	case "github":
		list.WriteGitHub(a.stdout, a.repository())
	default:
		a.printText(list)
	}
	return found(list)
}

// printText prints diagnostics for people.
func (a *app) printText(list diag.List) {
	list.WriteText(a.stderr, diag.TextOptions{Dir: a.dir, Color: a.colored()})
}

// found is the error of a command that has diagnostics to show.
func found(list diag.List) error {
	if len(list) == 0 {
		return nil
	}
	return errFound
}

// repository is the directory that code hosts want paths to be relative to.
func (a *app) repository() string {
	root := os.Getenv("GITHUB_WORKSPACE")
	if root == "" {
		return a.dir
	}
	if rel, err := filepath.Rel(root, a.dir); err != nil || !filepath.IsLocal(rel) {
		return a.dir
	}
	return root
}

// colored decides about colours on standard error.
func (a *app) colored() bool {
	switch a.color {
	case "always":
		return true
	case "never":
		return false
	}
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	file, ok := a.stderr.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// relative shortens the path of a file for people.
func (a *app) relative(path string) string {
	rel, err := filepath.Rel(a.dir, path)
	if err != nil {
		return path
	}
	return rel
}

// logf prints a line of progress if -v asks for it.
func (a *app) logf(format string, args ...any) {
	if a.verbose {
		fmt.Fprintf(a.stderr, "handlergen: "+format+"\n", args...)
	}
}

// notef prints a line that is neither a diagnostic nor an error.
func (a *app) notef(format string, args ...any) {
	if !a.quiet && !a.machine() {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// summarize prints the last line of a run that found something: how much.
func (a *app) summarize(list diag.List, written int) {
	if len(list) == 0 || len(list) == 1 && written == 0 {
		return
	}
	dirs := map[string]bool{}
	for _, d := range list {
		dirs[filepath.Dir(d.Pos.Filename)] = true
	}
	line := count(len(list), "problem") + " in " + count(len(dirs), "package")
	if written > 0 {
		line += ", " + count(written, "file") + " written"
	}
	a.notef("%s", line)
}

// count is a number with its noun: "1 file", "3 files".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// columns aligns rows of cells with two spaces between them.
func columns(w io.Writer, rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			fmt.Fprintf(&line, "%-*s", widths[i]+2, cell)
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

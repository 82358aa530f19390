package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
)

const explainHelp = `Explains a diagnostic, or how a function was understood.

A diagnostic is named by its code: HG007, hg7. Its page says what is wrong, why
it matters, and how it is done instead.

A function is named as Func, Type.Method, (*Type).Method, or any of these after
a package: users.GetUser, ./users.GetUser, example.com/shop/users.GetUser. Its
routes are printed, where each parameter comes from and why, what each result
becomes, and the statuses it can answer. If something is wrong with it, that is
printed too, and the exit code is 1.`

// explainCommand explains a code or a function.
func (a *app) explainCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "explain code|function",
		Short: "explain a diagnostic, or how a function was understood",
		Long:  explainHelp,
		Example: `  handlergen explain HG007
  handlergen explain GetUser
  handlergen explain './users.(*App).GetUser'`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd.Context(), args[0]) },
	}
	a.tagsFlag(cmd)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usagef("explain needs the code of a diagnostic or the name of a function").
				withHint("handlergen explain HG007")
		}
		return atMost(1)(cmd, args)
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return codeCompletions(word), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

func codeCompletions(word string) []cobra.Completion {
	var list []cobra.Completion
	for _, code := range codes() {
		if strings.HasPrefix(code.String(), strings.ToUpper(word)) {
			list = append(list, cobra.CompletionWithDesc(code.String(), code.Doc().Title))
		}
	}
	return list
}

// codes lists all codes in order.
func codes() []diag.Code {
	var list []diag.Code
	for code := range diag.Docs() {
		list = append(list, code)
	}
	slices.Sort(list)
	return list
}

var codeWord = regexp.MustCompile(`^(?i:HG)?([0-9]+)$`)

func (a *app) explain(ctx context.Context, word string) error {
	if m := codeWord.FindStringSubmatch(word); m != nil {
		return a.explainCode(word, m[1])
	}
	for _, code := range codes() {
		if code.Doc().Name == word {
			a.printDoc(code)
			return nil
		}
	}
	return a.explainFunction(ctx, word)
}

// explainCode prints the page of a code.
func (a *app) explainCode(word, digits string) error {
	known := codes()
	if n, err := strconv.Atoi(digits); err == nil && slices.Contains(known, diag.Code(n)) {
		a.printDoc(diag.Code(n))
		return nil
	}
	e := usagef("there is no diagnostic %s", strings.ToUpper(word))
	var names []string
	for _, code := range known {
		names = append(names, code.String())
	}
	limits := fmt.Sprintf("codes go from %s to %s", names[0], names[len(names)-1])
	if near, ok := diag.Nearest(word, names); ok {
		return e.withHint("did you mean %s? %s", near, limits)
	}
	return e.withHint("%s", limits)
}

func (a *app) printDoc(code diag.Code) {
	doc := code.Doc()
	fmt.Fprintf(a.stdout, "%s: %s\n\n%s\n", code, doc.Title, strings.TrimSpace(doc.Text))
	printExample(a.stdout, "This is refused:", doc.Bad)
	printExample(a.stdout, "This is fine:", doc.Good)
}

func printExample(w io.Writer, title, source string) {
	if source = strings.TrimSpace(source); source == "" {
		return
	}
	fmt.Fprintf(w, "\n%s\n\n", title)
	for line := range strings.Lines(source) {
		fmt.Fprintln(w, strings.TrimRight("\t"+line, "\t\n"))
	}
}

// A found handler is one that a name on the command line means.
type foundHandler struct {
	pkg *model.Package
	model.Handler
}

func (a *app) explainFunction(ctx context.Context, word string) error {
	var patterns []string
	if pattern := patternOf(word); pattern != "" {
		patterns = []string{pattern}
	}
	r, err := a.read(ctx, patterns)
	if err != nil {
		return err
	}
	handlers := a.findHandlers(r, word)
	for i, h := range handlers {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		a.printHandler(h)
	}
	problems, broken := a.problemsOf(r.Diags, word)
	a.printText(problems)
	switch {
	case len(problems) > 0:
		return errFound
	case len(handlers) == 0 && broken != "":
		return a.otherProblems(word, broken, r.Diags)
	case len(handlers) == 0:
		return a.unknownFunction(r, word)
	}
	return nil
}

// patternOf is the package in "./users.GetUser" and "example.com/m/users.Get",
// or "" if the word names none by its path.
func patternOf(word string) string {
	slash := strings.LastIndexAny(word, `/\`)
	if slash < 0 {
		return ""
	}
	pkg, _, _ := strings.Cut(word[slash:], ".")
	return word[:slash] + pkg
}

// findHandlers returns the handlers that a word names.
func (a *app) findHandlers(r *generate.Result, word string) []foundHandler {
	var list []foundHandler
	for _, pkg := range r.Packages {
		for _, h := range pkg.Handlers {
			if slices.Contains(a.namesOf(pkg.Dir, pkg.Path, pkg.Name, title(h.Func)), word) {
				list = append(list, foundHandler{pkg, h})
			}
		}
	}
	return list
}

// namesOf lists all the ways to name a function on the command line. The
// import path and name of its package are "" if they are not known.
func (a *app) namesOf(dir, path, name, title string) []string {
	local := []string{title}
	if receiver, method, ok := strings.Cut(strings.TrimPrefix(title, "("), ")."); ok {
		bare := strings.TrimPrefix(receiver, "*")
		local = append(local, method, bare+"."+method, "*"+bare+"."+method, "("+bare+")."+method)
	}
	rel := filepath.ToSlash(a.relative(dir))
	names := slices.Clone(local)
	for _, pkg := range []string{name, path, rel, "./" + rel, "./" + filepath.Base(dir), filepath.Base(dir)} {
		for _, l := range local {
			names = append(names, pkg+"."+l)
		}
	}
	return names
}

// unknownFunction suggests a function that has a similar name.
func (a *app) unknownFunction(r *generate.Result, word string) error {
	var names []string
	for _, pkg := range r.Packages {
		for _, h := range pkg.Handlers {
			names = append(names, a.namesOf(pkg.Dir, pkg.Path, pkg.Name, title(h.Func))...)
		}
	}
	e := usagef("no route is answered by a function %s", word)
	if near, ok := diag.Nearest(word, names); ok {
		return e.withHint("did you mean %s?", near)
	}
	return e.withHint("handlergen list prints all of them")
}

// printHandler prints all there is to know about a handler.
func (a *app) printHandler(h foundHandler) {
	pos := h.Pos
	fmt.Fprintf(a.stdout, "%s.%s\n%s:%d:%d\n", h.pkg.Name, title(h.Func),
		filepath.ToSlash(a.relative(pos.Filename)), pos.Line, pos.Column)
	a.section("routes", a.routeRows(h))
	a.section("parameters", valueRows(params(h.pkg, h.Params), 0))
	a.section("results", resultRows(results(h.pkg, h.Results)))
	var rows [][]string
	for _, answer := range answers(h.pkg, h.Handler) {
		rows = append(rows, []string{answer.status, answer.when})
	}
	a.section("answers", rows)
	if h.pkg.Errors != nil {
		fmt.Fprintf(a.stdout, "\n%s renders every error\n", title(h.pkg.Errors.Func))
	}
}

// section prints rows under a title, aligned.
func (a *app) section(title string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	for i := range rows {
		rows[i][0] = "  " + rows[i][0]
	}
	fmt.Fprintf(a.stdout, "\n%s\n", title)
	columns(a.stdout, rows)
}

func (a *app) routeRows(h foundHandler) [][]string {
	var rows [][]string
	for _, at := range h.Routes {
		r := a.route(h.pkg, h.Handler, at)
		rows = append(rows, []string{r.methods(), at.Pattern})
	}
	return rows
}

// valueRows has a row for each parameter, and below it one for each field.
func valueRows(list []value, depth int) [][]string {
	var rows [][]string
	for _, v := range list {
		name := strings.Repeat("  ", depth) + cmp.Or(v.Name, "_")
		rows = append(rows, []string{name, v.Type, strings.TrimSpace(v.Source + " " + v.Wire), v.details()})
		rows = append(rows, valueRows(v.Fields, depth+1)...)
	}
	return rows
}

// details says what is special about a value.
func (v value) details() string {
	var parts []string
	if v.Why != "" {
		parts = append(parts, v.Why)
	}
	switch {
	case v.Default != "":
		parts = append(parts, "default "+strconv.Quote(v.Default))
	case v.Wire != "" && !v.Required:
		parts = append(parts, "may be missing")
	}
	if v.Doc != "" {
		parts = append(parts, v.Doc)
	}
	return strings.Join(parts, "; ")
}

func resultRows(list []value) [][]string {
	var rows [][]string
	for _, v := range list {
		rows = append(rows, []string{v.Type, v.As, v.Why})
	}
	return rows
}

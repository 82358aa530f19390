package main

import (
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
becomes, and the statuses it can answer. Extractor functions and middleware
functions are explained as well: what they are for, or around. If something is
wrong with it, that is printed too, and the exit code is 1.`

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

func (a *app) explainFunction(ctx context.Context, word string) error {
	var patterns []string
	if pattern := patternOf(word); pattern != "" {
		patterns = []string{pattern}
	}
	cfg := a.config(patterns)
	cfg.Docs = true
	r, err := a.read(ctx, cfg)
	if err != nil {
		return err
	}
	understood := a.printFunctions(r, word)
	problems, broken := a.problemsOf(r.Diags, word)
	a.printText(problems)
	switch {
	case len(problems) > 0:
		return errFound
	case understood == 0 && broken != "":
		return a.otherProblems(word, broken, r.Diags)
	case understood == 0:
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

// printFunctions prints the handlers, middleware functions and extractors that
// a word names, and returns how many there are.
func (a *app) printFunctions(r *generate.Result, word string) int {
	n := 0
	named := func(pkg *model.Package, f model.Func) bool {
		if !slices.Contains(a.namesOf(pkg.Dir, pkg.Path, pkg.Name, title(f)), word) {
			return false
		}
		if n++; n > 1 {
			fmt.Fprintln(a.stdout)
		}
		return true
	}
	for _, pkg := range r.Packages {
		for _, h := range pkg.Handlers {
			if named(pkg, h.Func) {
				a.printHandler(pkg, h)
			}
		}
		for i, m := range pkg.Middleware {
			if named(pkg, m.Func) {
				a.printMiddleware(pkg, i)
			}
		}
		for _, p := range pkg.Providers {
			if named(pkg, p.Func) {
				a.printProvider(pkg, p)
			}
		}
	}
	return n
}

// namesOf lists all the ways to name a function on the command line. The
// import path and name of its package are "" if they are not known.
func (a *app) namesOf(dir, path, name, title string) []string {
	local := []string{title}
	if dot := strings.LastIndexByte(title, '.'); dot >= 0 {
		receiver, method := strings.Trim(title[:dot], "(*)"), title[dot+1:]
		local = []string{
			method, receiver + "." + method, "*" + receiver + "." + method,
			"(" + receiver + ")." + method, "(*" + receiver + ")." + method,
		}
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
		for _, f := range explicable(pkg) {
			names = append(names, a.namesOf(pkg.Dir, pkg.Path, pkg.Name, title(f))...)
		}
	}
	e := usagef("no route is answered by a function %s", word)
	if near, ok := diag.Nearest(word, names); ok {
		return e.withHint("did you mean %s?", near)
	}
	return e.withHint("handlergen list prints all of them")
}

// explicable lists the functions of a package that printFunctions knows.
func explicable(pkg *model.Package) []model.Func {
	var list []model.Func
	for _, h := range pkg.Handlers {
		list = append(list, h.Func)
	}
	for _, m := range pkg.Middleware {
		list = append(list, m.Func)
	}
	for _, p := range pkg.Providers {
		list = append(list, p.Func)
	}
	return list
}

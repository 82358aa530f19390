package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/generate"
)

const checkHelp = `Reports what handlergen would report, and every generated file that is stale,
missing or orphaned (HG048). It writes nothing and works on a read-only tree.

With --diff, standard output shows what handlergen would change, as a unified
diff that git apply and patch -p1 understand.

Exit code 1 says that there is something to do.`

// checkCommand tells whether generating would change anything.
func (a *app) checkCommand() *cobra.Command {
	var diff bool
	cmd := &cobra.Command{
		Use:   "check [packages]",
		Short: "report generated files that are not up to date, and write nothing",
		Long:  checkHelp,
		Example: `  handlergen check
  handlergen check --diff ./users
  handlergen check --format sarif > handlergen.sarif`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.check(cmd.Context(), args, diff) },
	}
	cmd.Flags().BoolVar(&diff, "diff", false, "print what would change to standard output")
	a.tagsFlag(cmd)
	a.formatFlag(cmd)
	return cmd
}

func (a *app) check(ctx context.Context, patterns []string, diff bool) error {
	if diff && a.machine() {
		return usagef("--diff and --format %s both want standard output", a.format).
			withHint("leave out one of them")
	}
	cfg := a.config(patterns)
	cfg.Above = true
	r, err := a.read(ctx, cfg)
	if err != nil {
		return err
	}
	list := slices.Concat(r.Diags, r.Stale())
	list.Sort()
	if diff {
		for _, f := range r.Files {
			fmt.Fprint(a.stdout, a.diff(f))
		}
	}
	problems := a.report(list)
	a.noteEmpty(r)
	a.summarize(list, 0)
	return problems
}

// diff shows what writing a file would change in it.
func (a *app) diff(f generate.File) string {
	if !f.Changed() {
		return ""
	}
	path := filepath.ToSlash(a.relative(f.Path))
	from, to := "a/"+path, "b/"+path
	if f.Old == nil {
		from = "/dev/null"
	}
	if f.New == nil {
		to = "/dev/null"
	}
	return udiff.Unified(from, to, string(f.Old), string(f.New))
}

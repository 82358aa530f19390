package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/generate"
)

const genHelp = `Writes handlers_gen.go in every package with a //handlergen:route, and
handlers_gen_test.go for handlers in _test.go files.

Only files whose content changes are written, each in one step, and none if one
of them cannot be written. A package with diagnostics keeps the file that it
has; the others are generated. Generated files without handlers are removed. A
file without handlergen's first line is never touched.

Every changed file is named on standard error; nothing is printed when all is
up to date, nor under go generate.`

// genCommand writes what changed.
func (a *app) genCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "gen [packages]",
		Short: "write the generated files that are not up to date",
		Long:  genHelp,
		Example: `  handlergen gen ./...
  handlergen gen -C services/shop ./internal/...
  handlergen gen --tags integration --format json`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.gen(cmd.Context(), args) },
	}
	a.tagsFlag(cmd)
	a.formatFlag(cmd)
	return cmd
}

func (a *app) gen(ctx context.Context, patterns []string) error {
	cfg := a.config(patterns)
	cfg.Above = !underGoGenerate() // which runs in those directories by itself
	r, err := a.read(ctx, cfg)
	if err != nil {
		return err
	}
	problems := a.report(r.Diags)
	start := time.Now()
	changed, err := writeFiles(ctx, osDisk{}, r.Files)
	a.tell(changed)
	if err != nil {
		return err
	}
	a.logf("changed %s, %d up to date, in %v", count(len(changed), "file"), len(r.Files)-len(changed),
		time.Since(start).Round(time.Millisecond))
	a.noteEmpty(r)
	a.summarize(r.Diags, len(changed))
	return problems
}

// underGoGenerate reports whether go generate runs the command, for one package
// after the other.
func underGoGenerate() bool { return os.Getenv("GOFILE") != "" }

// tell names the files that were changed. Like other generators it is silent
// under go generate.
func (a *app) tell(changed []generate.File) {
	if underGoGenerate() && !a.verbose {
		return
	}
	for _, f := range changed {
		verb := "wrote"
		if f.New == nil {
			verb = "removed"
		}
		a.notef("%s %s", verb, a.relative(f.Path))
	}
}

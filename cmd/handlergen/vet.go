package main

import (
	"context"

	"github.com/spf13/cobra"
)

const vetHelp = `Reports diagnostics as handlergen would, and neither writes files nor cares
whether those that are there are up to date.`

// vetCommand prints diagnostics and nothing else.
func (a *app) vetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "vet [packages]",
		Short: "report diagnostics only",
		Long:  vetHelp,
		Example: `  handlergen vet
  handlergen vet --format json ./users | jq -r .message`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.vet(cmd.Context(), args) },
	}
	a.tagsFlag(cmd)
	a.formatFlag(cmd)
	return cmd
}

func (a *app) vet(ctx context.Context, patterns []string) error {
	r, err := a.read(ctx, a.config(patterns))
	if err != nil {
		return err
	}
	problems := a.report(r.Diags)
	a.noteEmpty(r)
	a.summarize(r.Diags, 0)
	return problems
}

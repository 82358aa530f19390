package main

import (
	"context"
	"fmt"
	"go/token"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/generate"
)

const clientHelp = `Writes a typed client for all routes that are found, but those that are hidden:
with a method per operation that takes what the handler takes from the request,
and returns what the handler returns.

With --lang go it is one file, client_gen.go, in a package named after the
directory; programs that use it need the runtime module and the packages of the
handlers' types. -o is created if it is missing. A file without handlergen's
first line is never touched; one that is up to date is not written.

With diagnostics nothing is written and the exit code is 1.`

// clientLanguages are the values of --lang.
var clientLanguages = []string{"go"}

// A clientFlags is what the command line says of a client.
type clientFlags struct {
	lang   string
	output string
	pkg    string
}

// clientCommand writes a client.
func (a *app) clientCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "client --lang go -o dir [packages]",
		Short: "write a typed client of all routes",
		Long:  clientHelp,
		Example: `  handlergen client --lang go -o usersclient ./users
  handlergen client --lang go -o api/client --package api ./...`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.client(cmd.Context(), args, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.lang, "lang", "", "write it in this `language`: go")
	flags.StringVarP(&f.output, "output", "o", "", "write to this `dir`")
	flags.StringVar(&f.pkg, "package", "", "`name` of the package; by default that of the directory")
	complete(cmd, "lang", clientLanguages)
	a.formatFlag(cmd)
	a.tagsFlag(cmd)
	return cmd
}

func (a *app) client(ctx context.Context, patterns []string, f clientFlags) error {
	if err := f.settle(); err != nil {
		return err
	}
	r, err := a.read(ctx, patterns)
	if err != nil {
		return err
	}
	if len(r.Diags) > 0 || len(r.Packages) == 0 {
		a.noteEmpty(r)
		return a.report(r.Diags)
	}
	dir := f.output
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(a.dir, dir)
	}
	file, diags, err := generate.Client(r.Packages, generate.ClientConfig{Dir: dir, Package: f.pkg})
	if err != nil {
		return err
	}
	if len(diags) > 0 {
		return a.report(diags)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	changed, err := writeFiles(ctx, osDisk{}, []generate.File{*file})
	a.tell(changed)
	return err
}

// settle checks the flags.
func (f *clientFlags) settle() error {
	switch {
	case f.lang == "":
		return usagef("--lang is missing").withHint("handlergen client --lang go -o usersclient")
	case f.output == "":
		return usagef("-o is missing").withHint("handlergen client --lang go -o usersclient")
	case f.pkg != "" && (!token.IsIdentifier(f.pkg) || f.pkg == "main" || f.pkg == "_"):
		return usagef("--package %q cannot be the name of a package to import", f.pkg)
	case f.lang != "go":
		return usagef("--lang is go, not %q", f.lang)
	}
	return nil
}

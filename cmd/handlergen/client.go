package main

import (
	"context"
	"fmt"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/generate"
)

const clientHelp = `Writes a typed client for all routes that are found, but those that are hidden:
with a method per operation that takes what the handler takes from the request,
and returns what the handler returns.

With --lang go it is one file, client_gen.go, in a package named after the
directory; programs that use it need the runtime module and the packages of the
handlers' types. With --lang ts it is one file, client_gen.ts, that needs nothing
but fetch: for browsers, Node from 20, Deno and Bun.

JavaScript's numbers round integers beyond 2^53. With --int64 number, as is usual,
an answer with one that would lose digits is an error; with --int64 bigint it
comes as a bigint. Both can be sent.

-o is created if it is missing. A file without handlergen's first line is never
touched; one that is up to date is not written. With --check nothing is written:
a client that is stale or missing is a diagnostic (HG048), and --diff shows what
would change.

With diagnostics nothing is written and the exit code is 1.`

// clientLanguages are the values of --lang.
var clientLanguages = slices.Sorted(maps.Keys(generate.ClientFiles))

// A clientFlags is what the command line says of a client.
type clientFlags struct {
	lang   string
	output string
	pkg    string
	int64  string
	check  bool
	diff   bool
}

// clientCommand writes a client.
func (a *app) clientCommand() *cobra.Command {
	var f clientFlags
	cmd := &cobra.Command{
		Use:   "client --lang go|ts -o dir [packages]",
		Short: "write a typed client of all routes",
		Long:  clientHelp,
		Example: `  handlergen client --lang go -o usersclient ./users
  handlergen client --lang go -o api/client --package api ./...
  handlergen client --lang ts -o web/src/api
  handlergen client --lang ts -o web/src/api --check`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.client(cmd.Context(), args, f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.lang, "lang", "", "write it in this `language`: "+orList(clientLanguages))
	flags.StringVarP(&f.output, "output", "o", "", "write to this `dir`")
	flags.StringVar(&f.pkg, "package", "", "of go: `name` of the package; by default that of the directory")
	flags.StringVar(&f.int64, "int64", "", "of ts: `type` of integers of 64 bits: "+orList(generate.Int64Forms)+", by default number")
	flags.BoolVar(&f.check, "check", false, "report a client that is not up to date, and write nothing")
	flags.BoolVar(&f.diff, "diff", false, "with --check: print what would change to standard output")
	complete(cmd, "lang", clientLanguages)
	complete(cmd, "int64", generate.Int64Forms)
	a.formatFlag(cmd)
	a.tagsFlag(cmd)
	return cmd
}

func (a *app) client(ctx context.Context, patterns []string, f clientFlags) error {
	if err := a.settleClient(f); err != nil {
		return err
	}
	cfg := a.config(patterns)
	cfg.Docs = true
	r, err := a.read(ctx, cfg)
	if err != nil {
		return err
	}
	if len(r.Diags) > 0 || len(r.Packages) == 0 {
		a.noteEmpty(r)
		return a.report(r.Diags)
	}
	dir := a.path(f.output)
	file, diags, err := generate.Client(r.Packages, generate.ClientConfig{Lang: f.lang, Dir: dir, Package: f.pkg, Int64: f.int64})
	if err != nil {
		return err
	}
	switch {
	case len(diags) > 0:
		return a.report(diags)
	case f.check:
		return a.checkClient(*file, f, patterns)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	changed, err := writeFiles(ctx, osDisk{}, []generate.File{*file})
	a.tell(changed)
	return err
}

// checkClient reports a client that is not up to date.
func (a *app) checkClient(file generate.File, f clientFlags, patterns []string) error {
	if f.diff {
		fmt.Fprint(a.stdout, a.diff(file))
	}
	var list diag.List
	if file.Changed() {
		stale := file.Stale()
		stale.Hint = f.command(patterns)
		list = diag.List{stale}
	}
	return a.report(list)
}

// command is the command line that writes the client.
func (f *clientFlags) command(patterns []string) string {
	words := []string{"handlergen client --lang", f.lang, "-o", f.output}
	if f.pkg != "" {
		words = append(words, "--package", f.pkg)
	}
	if f.int64 != "" {
		words = append(words, "--int64", f.int64)
	}
	return strings.Join(append(words, patterns...), " ")
}

// settleClient checks the flags.
func (a *app) settleClient(f clientFlags) error {
	switch {
	case f.lang == "":
		return usagef("--lang is missing").withHint("handlergen client --lang go -o usersclient")
	case !slices.Contains(clientLanguages, f.lang):
		return oneOf("--lang", f.lang, clientLanguages)
	case f.output == "":
		return usagef("-o is missing").withHint("handlergen client --lang %s -o usersclient", f.lang)
	case f.pkg != "" && f.lang != "go":
		return usagef("--package is for --lang go: a client in TypeScript is a module, which whoever imports it names")
	case f.pkg != "" && (!token.IsIdentifier(f.pkg) || f.pkg == "main" || f.pkg == "_"):
		return usagef("--package %q cannot be the name of a package to import", f.pkg)
	case f.int64 != "" && f.lang != "ts":
		return usagef("--int64 is for --lang ts: a client in Go has the handlers' own types")
	case f.int64 != "" && !slices.Contains(generate.Int64Forms, f.int64):
		return oneOf("--int64", f.int64, generate.Int64Forms)
	case f.diff && !f.check:
		return usagef("--diff goes with --check").withHint("handlergen client --lang %s -o %s --check --diff", f.lang, f.output)
	case f.diff && a.machine():
		return usagef("--diff and --format %s both want standard output", a.format).withHint("leave out one of them")
	}
	return a.settleOutput(f)
}

// settleOutput demands that -o can be a directory.
func (a *app) settleOutput(f clientFlags) error {
	path := a.path(f.output)
	if ext := filepath.Ext(path); isFile(path) || ext == ".ts" || ext == ".go" {
		return usagef("-o %s is a file, and a client belongs in a directory, as %s", f.output, generate.ClientFiles[f.lang]).
			withHint("-o %s", filepath.ToSlash(filepath.Dir(f.output)))
	}
	for above := filepath.Dir(path); above != filepath.Dir(above); above = filepath.Dir(above) {
		if isFile(above) {
			return usagef("-o %s cannot be a directory: %s is a file", f.output, filepath.Base(above))
		}
	}
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/openapi"
)

const openapiHelp = `Writes one OpenAPI 3.1 document for all routes that are found, but those that are
hidden: their parameters, bodies, answers and security, with schemas from the
types and their rules, and texts from the doc comments.

The document goes to standard output, or with -o to a file, which is replaced in
one step and only if it changes. The form is that of the file's name, .json or
.yaml, unless --format says otherwise; without a file it is YAML.

Packages with diagnostics are left out; the diagnostics go to standard error, the
exit code is 1 and no file is written.`

// documentForms are the values of --format.
var documentForms = []string{"yaml", "json"}

// An openapiFlags is what the command line says of a document.
type openapiFlags struct {
	output string
	form   string
	info   openapi.Info
}

// openapiCommand writes the OpenAPI document.
func (a *app) openapiCommand() *cobra.Command {
	var f openapiFlags
	cmd := &cobra.Command{
		Use:   "openapi [packages]",
		Short: "write an OpenAPI document of all routes",
		Long:  openapiHelp,
		Example: `  handlergen openapi
  handlergen openapi -o api/openapi.yaml --title Shop --version 1.2.0
  handlergen openapi --format json ./users | jq .paths`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.openapi(cmd.Context(), args, f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "", "write to this `file`")
	flags.StringVar(&f.form, "format", "", "write the document as `form`: "+orList(documentForms))
	flags.StringVar(&f.info.Title, "title", "", "`title` of the API; by default the last word of the module's path")
	flags.StringVar(&f.info.Version, "version", "0.0.0", "`version` of the API")
	flags.StringVar(&f.info.Description, "description", "", "a `text` about the API, in CommonMark")
	complete(cmd, "format", documentForms)
	a.tagsFlag(cmd)
	return cmd
}

func (a *app) openapi(ctx context.Context, patterns []string, f openapiFlags) error {
	if err := f.settle(); err != nil {
		return err
	}
	cfg := a.config(patterns)
	cfg.Docs = true
	r, err := a.read(ctx, cfg)
	if err != nil {
		return err
	}
	a.printText(r.Diags)
	a.noteEmpty(r)
	if f.info.Title == "" {
		f.info.Title = defaultTitle(r.Packages)
	}
	doc, err := openapi.Build(r.Packages, f.info)
	if conflict := (*openapi.Conflict)(nil); errors.As(err, &conflict) {
		fmt.Fprintf(a.stderr, "%v: write a document for each, with the packages as arguments\n", err)
		return errFound
	}
	if misfits := openapi.Misfits(nil); errors.As(err, &misfits) {
		a.printText(generate.ExampleMisfits(misfits))
		return errFound
	}
	if err != nil {
		return err
	}
	text, err := openapi.Marshal(doc, f.form)
	if err != nil {
		return err
	}
	if f.output == "" {
		if _, err := a.stdout.Write(text); err != nil {
			return err
		}
		return found(r.Diags)
	}
	if err := found(r.Diags); err != nil {
		return err
	}
	return a.writeDocument(ctx, f.output, text)
}

// settle chooses the form of the document.
func (f *openapiFlags) settle() error {
	if f.form != "" {
		return oneOf("--format", f.form, documentForms)
	}
	f.form = "yaml"
	if strings.EqualFold(filepath.Ext(f.output), ".json") {
		f.form = "json"
	}
	return nil
}

// writeDocument replaces a file if it is not the same already.
func (a *app) writeDocument(ctx context.Context, name string, text []byte) error {
	name = a.path(name)
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	changed, err := writeFiles(ctx, osDisk{}, []generate.File{{Path: name, Old: old, New: text}})
	a.tell(changed)
	return err
}

// defaultTitle is the last word of the path that all packages have in common.
func defaultTitle(pkgs []*model.Package) string {
	if len(pkgs) == 0 {
		return "API"
	}
	common := strings.Split(pkgs[0].Path, "/")
	for _, pkg := range pkgs[1:] {
		words := strings.Split(pkg.Path, "/")
		n := 0
		for n < len(common) && n < len(words) && common[n] == words[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) == 0 {
		return "API"
	}
	return path.Base(strings.Join(common, "/"))
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const listHelp = `Prints every route: its methods, its pattern, the function that answers it and
where that is.

With --json it is an array of objects with the members

  methods   array of strings, empty for any method
  pattern   with host and prefixes, "/users/{id}"
  name      operation id
  package   import path
  handler   "GetUser", "(*App).GetUser"
  file      relative to the working directory, with slashes
  line, column
  status    of success, unless a result says otherwise
  use       array of middleware, outermost first; left out if there is none
  params    array of objects: name, type, source, wire, required, default, doc,
            why, fields
  results   array of objects: type, as, why

where source is one of path, query, header, cookie, form, body, state, context,
request, response, url, peer, pattern, host, authorization, extension, custom,
extractor, fields; and as one of status, header, cookie, parts, "entity tag",
error, nothing, text, bytes, html, json, form, stream, file, events,
"json lines", answer, upstream, handler, response, "one of". Members that say
nothing are left out of params and results. Names stay; there may be more.

Packages with diagnostics are left out; the diagnostics go to standard error,
and the exit code is 1.`

// listCommand prints a table of all routes.
func (a *app) listCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list [packages]",
		Short: "print all routes",
		Long:  listHelp,
		Example: `  handlergen list
  handlergen list ./users
  handlergen list --json | jq -r '.[] | select(.methods[] == "POST") | .pattern'`,
		RunE: func(cmd *cobra.Command, args []string) error { return a.list(cmd.Context(), args, asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON array")
	a.tagsFlag(cmd)
	return cmd
}

func (a *app) list(ctx context.Context, patterns []string, asJSON bool) error {
	r, err := a.read(ctx, a.config(patterns))
	if err != nil {
		return err
	}
	all := a.routes(r)
	if asJSON {
		enc := json.NewEncoder(a.stdout)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(all); err != nil {
			return err
		}
	} else {
		a.printRoutes(all)
	}
	a.printText(r.Diags)
	a.noteEmpty(r)
	return found(r.Diags)
}

func (a *app) printRoutes(all []route) {
	if len(all) == 0 {
		return
	}
	rows := [][]string{{"METHOD", "PATTERN", "HANDLER", "POSITION"}}
	for _, r := range all {
		rows = append(rows, []string{
			r.methods(), r.Pattern, r.pkgName + "." + r.Handler, fmt.Sprintf("%s:%d", r.File, r.Line),
		})
	}
	columns(a.stdout, rows)
}

// methods lists the methods for people.
func (r route) methods() string {
	if len(r.Methods) == 0 {
		return "ANY"
	}
	return strings.Join(r.Methods, ",")
}

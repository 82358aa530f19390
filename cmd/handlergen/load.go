package main

import (
	"context"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/generate"
)

// tagsFlag adds --tags to a command that reads packages.
func (a *app) tagsFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.tags, "tags", "", "build with these `tags`, comma-separated")
	cmd.ValidArgsFunction = func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
}

// read reads and renders packages, and writes nothing.
func (a *app) read(ctx context.Context, cfg generate.Config) (*generate.Result, error) {
	start := time.Now()
	r, err := a.load(ctx, cfg)
	if err != nil {
		return nil, err
	}
	a.logRead(r, start)
	return r, nil
}

// logRead says how much was read, and how long that took.
func (a *app) logRead(r *generate.Result, start time.Time) {
	a.logf("read %s with %s in %v", count(len(r.Packages), "package"), count(countRoutes(r), "route"),
		time.Since(start).Round(time.Millisecond))
}

// config says which packages a command line means.
func (a *app) config(patterns []string) generate.Config {
	if len(patterns) == 0 {
		patterns = []string{defaultPattern()}
	}
	return generate.Config{Dir: a.dir, Patterns: patterns, Tags: a.tags}
}

// defaultPattern is the package of the file with the go:generate line, or all
// packages below the working directory.
func defaultPattern() string {
	if os.Getenv("GOFILE") != "" {
		return "."
	}
	return "./..."
}

func countRoutes(r *generate.Result) int {
	n := 0
	for _, pkg := range r.Packages {
		for _, h := range pkg.Handlers {
			n += len(h.Routes)
		}
	}
	return n
}

// noteEmpty says that there was nothing to do, which in the wrong directory or
// with a misspelled pattern would look like success.
func (a *app) noteEmpty(r *generate.Result) {
	if len(r.Files) == 0 && len(r.Diags) == 0 {
		a.notef("no //handlergen:route found; handlergen init writes an example")
	}
}

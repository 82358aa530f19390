package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/watch"
)

const watchHelp = `Does what gen does, and again whenever a Go file, go.mod or go.work changes:
those of the packages, and those of the modules that they import from. Of many
packages it reads those that the change can matter to. An interrupt (Ctrl-C) ends
it, with exit code 0; what is wrong with the packages does not.

Diagnostics go to standard error, and when the last is put right it says "fine
again". With --format json, standard output has one object in one line for the
first round and each one after it, with the members

  written      array of the files that were written, relative, sorted
  removed      array of the generated files that were removed
  diagnostics  array of all that is wrong now, as gen --format json prints it
  error        why nothing could be read or written; left out if there is none

Names stay; there may be more.

It asks the operating system for changes. Where that has nothing to tell, as on
some network and container mounts, --poll looks every second.`

// watchCommand generates until it is interrupted.
func (a *app) watchCommand() *cobra.Command {
	var poll bool
	cmd := &cobra.Command{
		Use:   "watch [packages]",
		Short: "generate whenever files change",
		Long:  watchHelp,
		Example: `  handlergen watch
  handlergen watch ./users ./orders
  handlergen watch --format json | jq -r '.diagnostics[].message'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("format") {
				a.format = "text" // on GitHub Actions too
			}
			return a.watch(cmd.Context(), args, poll)
		},
	}
	cmd.Flags().BoolVar(&poll, "poll", false, "look every second instead of being told by the operating system")
	a.tagsFlag(cmd)
	cmd.Flags().StringVar(&a.format, "format", "", "print rounds as `form`: "+orList(watchFormats))
	complete(cmd, "format", watchFormats)
	return cmd
}

// watchFormats are the values of --format that make sense for a run without end.
var watchFormats = []string{"text", "json"}

func (a *app) watch(ctx context.Context, patterns []string, poll bool) error {
	if err := oneOf("--format", a.format, watchFormats); err != nil {
		return err
	}
	cfg := a.config(patterns)
	cfg.Above = true
	w := &watching{app: a, session: generate.NewSession(cfg), files: map[string]generate.File{}}
	watcher, err := watch.New(watch.Config{Places: w.places, Poll: poll, Warn: w.warn})
	if err != nil {
		return err
	}
	defer func() { _ = watcher.Close() }() // nothing is lost
	r, done, err := w.round(ctx, nil)
	if err != nil {
		return unlessDone(ctx, err)
	}
	w.print(r.Diags, done, nil)
	a.noteEmpty(r)
	a.notef("watching for changes")
	for a.stdout.err == nil {
		changed, err := watcher.Next(ctx)
		if err != nil {
			return unlessDone(ctx, err)
		}
		w.next(ctx, changed)
	}
	return a.stdout.err
}

// unlessDone drops the error of a run that was interrupted.
func unlessDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// A watching is one run of watch.
type watching struct {
	*app
	session *generate.Session
	files   map[string]generate.File // as they were generated, by path
	trouble bool                     // something was wrong in the last round
}

// places says what to watch.
func (w *watching) places() (watch.Places, error) {
	sources, err := w.session.Sources()
	if err != nil {
		return watch.Places{}, err
	}
	files := slices.Concat(sources.Files, slices.Collect(maps.Keys(w.files)))
	return watch.Places{Trees: sources.Trees, Files: files, Skips: sources.Skips, Counts: generate.IsSource}, nil
}

// warn says why the operating system does not tell of changes.
func (w *watching) warn(err error) {
	w.printError(usagef("%v: looking every second instead", err).
		withHint("on Linux the limits are fs.inotify.max_user_watches and fs.inotify.max_user_instances, for sysctl"))
}

// next is a round, if files have changed that it has not written itself.
func (w *watching) next(ctx context.Context, changed []string) {
	changed = slices.DeleteFunc(changed, func(path string) bool {
		file, ok := w.files[path]
		return ok && file.IsCurrent()
	})
	if len(changed) == 0 {
		return
	}
	for _, path := range changed {
		w.logf("%s has changed", w.relative(path))
	}
	r, done, err := w.round(ctx, changed)
	if ctx.Err() == nil {
		w.print(r.Diags, done, err)
	}
}

// round reads what may be affected by changed files, and writes what that
// changes.
func (w *watching) round(ctx context.Context, changed []string) (*generate.Result, []generate.File, error) {
	start := time.Now()
	r, err := w.session.Read(ctx, changed)
	if err != nil {
		return &generate.Result{}, nil, err
	}
	w.logRead(r, start)
	for _, file := range r.Files {
		w.files[file.Path] = file
	}
	done, err := writeFiles(ctx, osDisk{}, r.Files)
	if err != nil {
		w.session.Forget()
	}
	return r, done, err
}

// print tells what came of a round.
func (w *watching) print(list diag.List, done []generate.File, err error) {
	if w.machine() {
		w.printRound(list, done, err)
		return
	}
	w.printText(list)
	w.tell(done)
	w.summarize(list, len(done))
	if err != nil {
		w.exitCode(err)
	}
	trouble := len(list) > 0 || err != nil
	if w.trouble && !trouble {
		w.notef("fine again")
	}
	w.trouble = trouble
}

// A round is what --format json prints of one.
type round struct {
	Written     []string    `json:"written"`
	Removed     []string    `json:"removed"`
	Diagnostics []diag.Line `json:"diagnostics"`
	Error       string      `json:"error,omitempty"`
}

func (w *watching) printRound(list diag.List, done []generate.File, err error) {
	out := round{Written: []string{}, Removed: []string{}, Diagnostics: list.Lines(w.dir)}
	for _, file := range done {
		names := &out.Written
		if file.New == nil {
			names = &out.Removed
		}
		*names = append(*names, w.relative(file.Path))
	}
	if err != nil {
		out.Error = err.Error()
	}
	enc := json.NewEncoder(w.stdout)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(out) // standard output keeps its own errors
}

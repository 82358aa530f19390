package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/generate"
)

// The exit codes.
const (
	exitFine   = 0
	exitFound  = 1 // the user must change something: diagnostics, stale files
	exitFailed = 2 // could not run: usage, nothing loads, input and output
)

// errFound ends a command whose findings are printed already.
var errFound = errors.New("there are problems")

// collectAt has the garbage collector wait until the heap has grown fivefold. A
// run is short and ends before most garbage is worth collecting: this saves a
// fifth of its time for a few more megabytes.
const collectAt = 400

// run is the whole program: it executes one command line and returns the exit
// code.
func run(args []string, stdout, stderr io.Writer) int {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	return newApp(stdout, stderr).run(args)
}

// An app is one run of the command.
type app struct {
	stdout *output
	stderr io.Writer
	load   func(context.Context, generate.Config) (*generate.Result, error)

	dir     string // -C, then the absolute working directory
	tags    string
	format  string
	color   string
	verbose bool
	quiet   bool
}

func newApp(stdout, stderr io.Writer) *app {
	return &app{stdout: &output{w: stdout}, stderr: stderr, load: generate.Packages}
}

// path is where a name of the command line is, which -C counts for as well.
func (a *app) path(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(a.dir, name)
}

func (a *app) run(args []string) (code int) {
	defer func() {
		if cause := recover(); cause != nil {
			a.printBug(&generate.Bug{Cause: cause, Stack: debug.Stack()})
			code = exitFailed
		}
	}()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once

	root := a.rootCommand()
	root.SetArgs(append([]string{}, args...))
	err := root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // whatever it made fail
	}
	return a.exitCode(err)
}

// rootCommand builds the tree of commands. Without a verb it generates.
func (a *app) rootCommand() *cobra.Command {
	root := a.genCommand()
	root.Use = "handlergen [gen] [packages]"
	root.Short = "turn annotated Go functions into net/http adapters"
	root.Long = rootHelp
	root.Example = rootExample
	root.Args = rootArgs
	root.SilenceUsage, root.SilenceErrors = true, true
	root.CompletionOptions.DisableDefaultCmd = true // completion.go has ours
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return a.settle() }
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(badFlag)
	root.SetHelpCommand(helpCommand(root))

	flags := root.PersistentFlags()
	flags.StringVarP(&a.dir, "chdir", "C", "", "run as if started in `dir`")
	flags.StringVar(&a.color, "color", "auto", "colours: `when` is auto, always or never")
	flags.BoolVarP(&a.verbose, "verbose", "v", false, "print progress and timing")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "print nothing but problems")
	complete(root, "color", colors)

	root.AddCommand(
		a.genCommand(), a.checkCommand(), a.vetCommand(), a.listCommand(), a.explainCommand(),
		a.openapiCommand(), a.clientCommand(), a.watchCommand(),
		a.initCommand(), a.versionCommand(), a.completionCommand(),
	)
	return root
}

const rootHelp = `handlergen reads annotated Go functions and writes the net/http code around
them: one handlers_gen.go per package, with one exported function, Routes.

Packages are named as for the go command. Without any, it is the package in the
current directory under go generate, else ./...

Diagnostics go to standard error as text, or with --format json, sarif or github
to standard output. On GitHub Actions, github is the default.

Exit codes: 0 fine; 1 something has to be changed, as printed: diagnostics, or
files that check found stale; 2 it could not run: usage, nothing that loads,
files that cannot be read or written.`

const rootExample = `  handlergen                  generate for all packages below this directory
  handlergen ./users          for one package
  handlergen check            in CI: is everything up to date?
  handlergen watch            generate whenever files change
  handlergen list             all routes
  handlergen explain HG007    what a diagnostic means
  handlergen init             start with an example`

// rootArgs tells the pattern of a package from a verb that does not exist.
func rootArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && looksLikeVerb(args[0]) {
		return unknownCommand(cmd, args[0])
	}
	return nil
}

// looksLikeVerb reports whether a word is unlikely to be the pattern of a
// package: those have a slash or a dot, or are names that the go command
// reserves.
func looksLikeVerb(word string) bool {
	switch word {
	case "all", "std", "cmd", "work", "tool":
		return false
	}
	return !strings.ContainsAny(word, "./"+string(filepath.Separator))
}

func unknownCommand(cmd *cobra.Command, word string) error {
	var verbs []string
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" {
			verbs = append(verbs, c.Name())
		}
	}
	if near, ok := diag.Nearest(word, verbs); ok {
		return usagef("unknown command %q", word).withHint("did you mean %s?", near)
	}
	return usagef("unknown command %q", word).
		withHint("for the package in that directory write ./%s; for commands see handlergen help", word)
}

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help [command]",
		Short:   "print the help of a command",
		Example: "  handlergen help check",
		Args:    atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(root, rest[0])
			}
			return cmd.Help()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []cobra.Completion
			for _, c := range root.Commands() {
				names = append(names, cobra.CompletionWithDesc(c.Name(), c.Short))
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

// settle checks and completes the flags that all commands share.
func (a *app) settle() error {
	if err := oneOf("--color", a.color, colors); err != nil {
		return err
	}
	if err := a.settleFormat(); err != nil {
		return err
	}
	if a.verbose && a.quiet {
		return usagef("-v and -q exclude each other").withHint("leave out one of them")
	}
	dir, err := filepath.Abs(a.dir)
	if err != nil {
		return err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("-C: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("-C: %s is not a directory", dir)
	}
	a.dir = dir
	return nil
}

// exitCode says what the command's error means, and prints it if nobody has.
func (a *app) exitCode(err error) int {
	lost := a.stdout.err
	switch bug := (*generate.Bug)(nil); {
	case lost != nil && (err == nil || errors.Is(err, errFound) || errors.Is(err, lost)):
		a.printError(fmt.Errorf("write standard output: %w", lost))
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFound
	case errors.As(err, &bug):
		a.printBug(bug)
	default:
		a.printError(err)
	}
	return exitFailed
}

func (a *app) printError(err error) {
	fmt.Fprintf(a.stderr, "handlergen: %v\n", err)
	if usage := (*usageError)(nil); errors.As(err, &usage) && usage.hint != "" {
		fmt.Fprintf(a.stderr, "\thint: %s\n", usage.hint)
	}
}

// printBug asks for a report of a mistake of our own.
func (a *app) printBug(bug *generate.Bug) {
	fmt.Fprintf(a.stderr, "handlergen: internal error: %v\n", bug)
	fmt.Fprintln(a.stderr, "\tnothing was written; please report this: https://github.com/handlergen/handlergen/issues")
	if a.verbose && len(bug.Stack) > 0 {
		fmt.Fprintf(a.stderr, "\n%s", bug.Stack)
	} else if len(bug.Stack) > 0 {
		fmt.Fprintln(a.stderr, "\thint: run it again with -v for a stack trace to add to the report")
	}
}

package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/handlergen/handlergen/internal/diag"
)

// A usageError is a command line that makes no sense.
type usageError struct{ message, hint string }

func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) *usageError {
	return &usageError{message: fmt.Sprintf(format, args...)}
}

func (e *usageError) withHint(format string, args ...any) *usageError {
	e.hint = fmt.Sprintf(format, args...)
	return e
}

// badFlag adds a hint to what pflag has to say.
func badFlag(cmd *cobra.Command, err error) error {
	unknown := (*pflag.NotExistError)(nil)
	if !errors.As(err, &unknown) {
		return usagef("%v", err).withHint("see %s --help", cmd.CommandPath())
	}
	name, dashes := unknown.GetSpecifiedName(), "--"
	if cluster := unknown.GetSpecifiedShortnames(); cluster != "" {
		name, dashes = cluster, "-" // -json, as the go command would have it
	}
	e := usagef("unknown flag %s%s", dashes, name)
	if near, ok := diag.Nearest(name, flagNames(cmd)); ok {
		return e.withHint("did you mean --%s?", near)
	}
	return e.withHint("see %s --help", cmd.CommandPath())
}

func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// oneOf checks the value of a flag that knows only some.
func oneOf(flag, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	e := usagef("%s is %s, not %q", flag, orList(known), value)
	if near, ok := diag.Nearest(value, known); ok {
		return e.withHint("did you mean %s?", near)
	}
	return e
}

// orList joins words as in "text, json or sarif".
func orList(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// atMost limits the number of arguments.
func atMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > n {
			return usagef("%s does not take %q", cmd.CommandPath(), args[n]).
				withHint("see %s --help", cmd.CommandPath())
		}
		return nil
	}
}

// complete offers words for the value of a flag.
func complete(cmd *cobra.Command, flag string, words []string) {
	fixed := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, fixed); err != nil {
		panic(err)
	}
}

package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
)

const completionHelp = `Prints a script that teaches a shell to complete handlergen's commands, flags,
directories and diagnostic codes.

  bash        source <(handlergen completion bash)
  zsh         handlergen completion zsh > "${fpath[1]}/_handlergen"
  fish        handlergen completion fish > ~/.config/fish/completions/handlergen.fish
  powershell  handlergen completion powershell | Out-String | Invoke-Expression`

// completionCommand prints the script for a shell.
func (a *app) completionCommand() *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion " + strings.Join(shells, "|"),
		Short: "print a shell completion script",
		Long:  completionHelp,
		Example: `  handlergen completion bash > /etc/bash_completion.d/handlergen
  source <(handlergen completion zsh)`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("completion needs the name of a shell: %s", orList(shells))
			}
			if err := atMost(1)(cmd, args); err != nil {
				return err
			}
			return oneOf("the shell", args[0], shells)
		},
		ValidArgsFunction: cobra.FixedCompletions(shells, cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			return writeCompletion(cmd.Root(), args[0], a.stdout)
		},
	}
}

func writeCompletion(root *cobra.Command, shell string, w io.Writer) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	case "fish":
		return root.GenFishCompletion(w, true)
	default:
		return root.GenPowerShellCompletionWithDesc(w)
	}
}

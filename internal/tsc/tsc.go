// Package tsc compiles and runs clients in TypeScript for tests, which are
// skipped where there is no compiler or no node.
package tsc

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// strictest is what is checked of the clients, and of the modules that use them.
var strictest = map[string]any{
	"strict": true, "noUncheckedIndexedAccess": true, "exactOptionalPropertyTypes": true,
	"noImplicitOverride": true, "noPropertyAccessFromIndexSignature": true, "noImplicitReturns": true,
	"noFallthroughCasesInSwitch": true, "noUnusedLocals": true, "noUnusedParameters": true,
	"verbatimModuleSyntax": true, "isolatedModules": true, "erasableSyntaxOnly": true,
	"target": "ES2022", "module": "NodeNext", "lib": []string{"ES2022", "DOM", "DOM.Iterable"}, "types": []string{},
	"outDir": "js", "rootDir": ".",
}

// Compile compiles all modules in a directory and below to its subdirectory js,
// which it returns. What the compiler complains of fails the test.
func Compile(t *testing.T, dir string) (js string) {
	t.Helper()
	command, problem := find()
	if problem != nil {
		t.Skip(problem)
	}
	config, err := json.Marshal(map[string]any{"compilerOptions": strictest, "include": []string{"./**/*.ts"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"tsconfig.json": string(config), "package.json": `{"type": "module"}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], "--project", dir)...)
	cmd.Dir = os.TempDir() // npx looks for packages here
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tsc: %v\n%s", err, out)
	}
	return filepath.Join(dir, "js")
}

// Run has node run a compiled module, and returns what it prints. A status other
// than 0 fails the test.
func Run(t *testing.T, module string, args ...string) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{module}, args...)...).CombinedOutput()
	if err != nil {
		t.Errorf("node: %v\n%s", err, out)
	}
	return string(out)
}

// find returns the command of the compiler: that of npm, in a version that runs
// on Node 20.
var find = sync.OnceValues(func() ([]string, error) {
	npx, err := exec.LookPath("npx")
	if err != nil {
		return nil, errors.New("npx is not installed, which runs the compiler of TypeScript")
	}
	command := []string{npx, "--yes", "--package", "typescript@5.9.3", "tsc"}
	probe := exec.Command(command[0], append(command[1:], "--version")...)
	probe.Dir = os.TempDir()
	probe.Env = append(os.Environ(), "npm_config_fetch_retries=0") // where there is no network, that is soon known
	if out, err := probe.CombinedOutput(); err != nil {
		return nil, errors.New("npx cannot run tsc of typescript@5.9.3: " + strings.TrimSpace(string(out)))
	}
	return command, nil
})

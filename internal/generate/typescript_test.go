package generate_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handlergen/handlergen/internal/generate"
	"github.com/handlergen/handlergen/internal/model"
)

// unfetchable are the cases of which no client in TypeScript can be written, and
// what the diagnostics say.
var unfetchable = map[string]string{
	"body/json":     "fetch does not send a body with GET",
	"route/methods": "fetch does not send TRACE",
}

// TestTypeScript writes a client of every case, and has the compiler of
// TypeScript check all of them in one run.
func TestTypeScript(t *testing.T) {
	s := mustSuite(t, good)
	dir := filepath.Join(tmp, "typescript")
	for _, c := range s.cases {
		pkgs := s.packagesOf(c)
		if len(pkgs) == 0 || pkgs[0].File == model.TestFile {
			continue
		}
		cfg := generate.ClientConfig{Lang: "ts", Dir: filepath.Join(dir, c.name)}
		file, diags, err := generate.Client(pkgs, cfg)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if diff := cmp.Diff(unfetchable[c.name] != "", len(diags) > 0); diff != "" {
			t.Errorf("%s: a client cannot be written (-want +got):\n%s%s", c.name, diff, messages(diags))
		}
		if len(diags) > 0 {
			if got := messages(diags); !strings.Contains(got, unfetchable[c.name]) {
				t.Errorf("%s: %s, want %s", c.name, got, unfetchable[c.name])
			}
			continue
		}
		again, _, err := generate.Client(pkgs, cfg)
		if err != nil || string(again.New) != string(file.New) {
			t.Errorf("%s: the second client differs from the first: %v", c.name, err)
		}
		if err := writeFile(file.Path, file.New); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := compileTypeScript(t, dir); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}

// strictest is what tsc checks of the clients, and of the modules that use them.
var strictest = map[string]any{
	"strict": true, "noUncheckedIndexedAccess": true, "exactOptionalPropertyTypes": true,
	"noImplicitOverride": true, "noPropertyAccessFromIndexSignature": true, "noImplicitReturns": true,
	"noFallthroughCasesInSwitch": true, "noUnusedLocals": true, "noUnusedParameters": true,
	"verbatimModuleSyntax": true, "isolatedModules": true, "erasableSyntaxOnly": true,
	"target": "ES2022", "module": "NodeNext", "lib": []string{"ES2022", "DOM", "DOM.Iterable"}, "types": []string{},
	"outDir": "js",
}

// compileTypeScript compiles all modules in a directory to its subdirectory js.
// The test is skipped where there is no compiler.
func compileTypeScript(t *testing.T, dir string) (complaint string, err error) {
	t.Helper()
	tsc, problem := findTSC()
	if problem != nil {
		t.Skip(problem)
	}
	config, err := json.Marshal(map[string]any{"compilerOptions": strictest, "include": []string{"./**/*.ts"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"tsconfig.json": string(config), "package.json": `{"type": "module"}`} {
		if err := writeFile(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tsc[0], append(tsc[1:], "--project", dir)...)
	cmd.Dir = os.TempDir() // npx looks for packages here
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// findTSC returns the command of the compiler: that of npm, in a version that
// runs on Node 20.
var findTSC = sync.OnceValues(func() ([]string, error) {
	npx, err := exec.LookPath("npx")
	if err != nil {
		return nil, errors.New("npx is not installed, which runs the compiler of TypeScript")
	}
	tsc := []string{npx, "--yes", "--package", "typescript@5.9.3", "tsc"}
	if out, err := exec.Command(tsc[0], append(tsc[1:], "--version")...).CombinedOutput(); err != nil {
		return nil, errors.New("npx cannot run tsc of typescript@5.9.3: " + strings.TrimSpace(string(out)))
	}
	return tsc, nil
})

package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
)

const initHelp = `Starts using handlergen in the module of the current directory.

In a directory without Go files it writes handlers.go: two handlers and the
go:generate line. If the module has no main package yet, it also writes main.go
with a server for them: beside the handlers in the root of the module, or in
the root for handlers below it.

In a directory with Go files it writes nothing and says what to add. Nothing is
ever overwritten. The commands to type next are printed.

Without a go.mod it writes nothing, says how to make one, and the exit code is
2.`

// initCommand writes an example to start with.
func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init [dir]",
		Short: "start with an example",
		Long:  initHelp,
		Example: `  handlergen init
  handlergen init ./hello`,
		Args: atMost(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(_ *cobra.Command, args []string) error {
			dir := a.dir
			if len(args) == 1 {
				dir = a.path(args[0])
			}
			return a.init(dir)
		},
	}
}

func (a *app) init(dir string) error {
	module, err := findModule(dir)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return a.adviseExisting(dir, files)
	}
	return a.writeExample(module, dir)
}

// A goModule is the module that a directory belongs to.
type goModule struct{ dir, path string }

// findModule looks for go.mod in a directory, which need not exist yet, and
// those above it.
func findModule(dir string) (goModule, error) {
	for at := dir; ; at = filepath.Dir(at) {
		text, err := os.ReadFile(filepath.Join(at, "go.mod"))
		if err == nil {
			return goModule{at, modfile.ModulePath(text)}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return goModule{}, err
		}
		if at == filepath.Dir(at) {
			return goModule{}, usagef("there is no go.mod in %s or above", dir).
				withHint("write go mod init example.com/hello, then handlergen init again")
		}
	}
}

// adviseExisting says how to use handlergen in a package that there is.
func (a *app) adviseExisting(dir string, files []string) error {
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if bytes.Contains(text, []byte("//handlergen:")) {
			fmt.Fprintf(a.stdout, "%s has handlers already.\n", a.relative(name))
			a.printNext(nil)
			return nil
		}
	}
	fmt.Fprintf(a.stdout, existingAdvice, a.name(dir))
	a.printNext(nil)
	return nil
}

const existingAdvice = `%s has Go files, so nothing was written. Add one line below a package clause,

	//go:generate go tool handlergen

and a route above a function, for example

	//handlergen:route GET /hello/{name}
	func Hello(name string) string { return "Hello, " + name + "!" }
`

// name is a directory as people write it.
func (a *app) name(dir string) string {
	rel := filepath.ToSlash(a.relative(dir))
	switch {
	case rel == ".":
		return "this directory"
	case strings.HasPrefix(rel, "../"), filepath.IsAbs(dir) && rel == dir:
		return rel
	}
	return "./" + rel
}

// writeExample writes the handlers and, if the module has none, a server.
func (a *app) writeExample(module goModule, dir string) error {
	served, err := hasMain(module.dir)
	if err != nil {
		return err
	}
	if entries, _ := filepath.Glob(filepath.Join(module.dir, "*.go")); len(entries) > 0 {
		served = true // a package that is there is not to become main
	}
	pkg := packageName(dir)
	server := ""
	if !served {
		pkg, server = serverFor(module, dir, pkg)
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := a.writeNew(filepath.Join(dir, "handlers.go"), fmt.Sprintf(handlersExample, pkg)); err != nil {
		return err
	}
	if served {
		fmt.Fprintf(a.stdout, "\nServe it with http.ListenAndServe(\":3000\", %s.Routes()).\n", pkg)
		a.printNext(nil)
		return nil
	}
	if err := a.writeNew(filepath.Join(module.dir, "main.go"), server); err != nil {
		return err
	}
	rel := filepath.ToSlash(a.relative(module.dir))
	a.printNext([]string{"go run " + rel})
	fmt.Fprint(a.stdout, curlAdvice)
	return nil
}

// serverFor returns the package of the handlers and the main package that
// serves them: the same in the root of the module.
func serverFor(module goModule, dir, pkg string) (name, source string) {
	rel, err := filepath.Rel(module.dir, dir)
	if err != nil || rel == "." {
		return "main", fmt.Sprintf(serverExample, "", "Routes()")
	}
	importPath := path.Join(module.path, filepath.ToSlash(rel))
	return pkg, fmt.Sprintf(serverExample, "\n\t\""+importPath+"\"\n", pkg+".Routes()")
}

// writeNew writes a file that must not exist yet.
func (a *app) writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	fmt.Fprintf(a.stdout, "wrote %s\n", a.relative(name))
	return nil
}

// printNext prints the commands that make the handlers run.
func (a *app) printNext(more []string) {
	fmt.Fprint(a.stdout, "\nNext:\n\n")
	for _, line := range append([]string{
		"go get -tool github.com/handlergen/handlergen/cmd/handlergen",
		"go get github.com/handlergen/handlergen/runtime",
		"go generate ./...",
	}, more...) {
		fmt.Fprintf(a.stdout, "\t%s\n", line)
	}
}

const curlAdvice = `
and, while it runs:

	curl localhost:3000
	curl 'localhost:3000/hello?name=gopher'
`

// hasMain reports whether a module has a main package outside of testdata,
// vendor and the modules inside it.
func hasMain(root string) (bool, error) {
	found := false
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return skipDir(root, name)
		case !strings.HasSuffix(name, ".go"), strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.PackageClauseOnly)
		if err == nil && file.Name.Name == "main" {
			found = true
			return filepath.SkipAll
		}
		return nil
	})
	return found, err
}

// skipDir skips the directories that ./... skips.
func skipDir(root, dir string) error {
	base := filepath.Base(dir)
	switch {
	case dir == root:
		return nil
	case base == "testdata", base == "vendor", strings.HasPrefix(base, "."), strings.HasPrefix(base, "_"):
		return filepath.SkipDir
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
		return filepath.SkipDir
	}
	return nil
}

// packageName makes the name of a package from that of its directory.
func packageName(dir string) string {
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return -1
	}, filepath.Base(dir))
	if !token.IsIdentifier(name) || name == "main" || name == "runtime" {
		return "handlers"
	}
	return name
}

const handlersExample = `package %s

//go:generate go tool handlergen

import "github.com/handlergen/handlergen/runtime"

// HelloRequest is the query of GET /hello.
type HelloRequest struct {
	Name string ` + "`query:\"name\"`" + `
}

// Root greets everyone.
//
//handlergen:route GET /{$}
func Root() string { return "Hello, World!" }

// Hello greets someone by name: GET /hello?name=gopher.
//
//handlergen:route GET /hello
func Hello(q runtime.Query[HelloRequest]) string { return "Hello, " + q.Value.Name + "!" }
`

const serverExample = `package main

import (
	"context"
	"log"

	"github.com/handlergen/handlergen/runtime/serve"
%[1]s)

func main() {
	config := serve.Config{Addr: "localhost:3000"}
	if err := serve.Run(context.Background(), %[2]s, config); err != nil {
		log.Fatal(err)
	}
}
`

package generate

import (
	"fmt"
	"go/token"
	"path/filepath"
	"strings"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/emit"
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/parse"
	"github.com/handlergen/handlergen/internal/typescript"
)

// ClientFiles are the names of the files that clients consist of, by language.
var ClientFiles = map[string]string{"go": "client_gen.go", "ts": "client_gen.ts"}

// Int64Forms are how integers of 64 bits can come in TypeScript, the usual one
// first.
var Int64Forms = typescript.Int64s

// ClientConfig says what client is wanted, and where it belongs.
type ClientConfig struct {
	Lang    string // "go", "ts"
	Dir     string // absolute
	Package string // of Go: package name; empty for one after the directory
	Int64   string // of TypeScript: one of [Int64Forms]; empty for the first
}

// Client renders a client of all routes of the packages, and compares it with
// the file that is there. It writes nothing. What a client cannot call is a
// diagnostic; there is no file then.
func Client(pkgs []*model.Package, cfg ClientConfig) (*File, diag.List, error) {
	f := &File{Path: filepath.Join(cfg.Dir, ClientFiles[cfg.Lang])}
	old, foreign, err := readOutput(f.Path, hasHeader)
	if err != nil {
		return nil, nil, err
	}
	if foreign != "" {
		return nil, diag.List{foreignFile(f.Path, foreign)}, nil
	}
	render := goClient
	if cfg.Lang == "ts" {
		render = typeScriptClient
	}
	text, list, err := render(pkgs, cfg)
	if err != nil {
		return nil, nil, err
	}
	if len(list) > 0 {
		list.Sort()
		return nil, list, nil
	}
	f.Old, f.New = old, text
	return f, nil, nil
}

// goClient renders a client in Go.
func goClient(pkgs []*model.Package, cfg ClientConfig) ([]byte, diag.List, error) {
	c := emit.Client{Name: cfg.Package, Path: parse.ImportPath(cfg.Dir), Packages: pkgs}
	if c.Name == "" {
		c.Name = packageName(filepath.Base(cfg.Dir))
	}
	text, references, err := renderClient(c)
	if err != nil {
		return nil, nil, err
	}
	return text, unreachable(c, references), nil
}

// typeScriptClient renders a client in TypeScript. A panic in it is never the
// user's doing.
func typeScriptClient(pkgs []*model.Package, cfg ClientConfig) (text []byte, list diag.List, err error) {
	defer catchBug("", &err)
	text, obstacles := typescript.Client(pkgs, typescript.Config{Int64: cfg.Int64})
	for _, o := range obstacles {
		list = append(list, diag.Diagnostic{
			Code: diag.Unreachable, Pos: o.Pos,
			Message: fmt.Sprintf("a client in TypeScript cannot call %s: %s", o.Func, o.Reason),
			Hint:    "give the route another method, or keep it out of clients with hidden",
		})
	}
	return text, list, nil
}

// renderClient turns a client into its file. What goes wrong here is never the
// user's doing.
func renderClient(c emit.Client) (text []byte, references []emit.Reference, err error) {
	defer catchBug(c.Path, &err)
	text, references, err = emit.ClientPackage(c)
	if err != nil && len(unreachable(c, references)) == 0 {
		return nil, nil, &Bug{Package: c.Path, Cause: err}
	}
	return text, references, nil
}

// packageName makes the name of a package of that of its directory.
func packageName(dir string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', r == '_':
			return r
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return -1
	}, dir)
	name = strings.TrimLeft(name, "0123456789_")
	if !token.IsIdentifier(name) || name == "main" {
		return "client"
	}
	return name
}

// unreachable has a diagnostic for everything that the package of the client
// cannot refer to, once for each handler.
func unreachable(c emit.Client, references []emit.Reference) diag.List {
	var list diag.List
	seen := map[string]bool{}
	for _, r := range references {
		message, key := reason(c, r), r.Func+r.Name+r.Pos.String()
		if message == "" || seen[key] {
			continue
		}
		seen[key] = true
		list = append(list, diag.Diagnostic{
			Code: diag.Unreachable, Pos: r.Pos,
			Message: fmt.Sprintf("a client cannot call %s: %s", r.Func, message),
			Hint:    "move the type, or keep the route out of clients with hidden",
		})
	}
	return list
}

// reason says why something cannot be referred to, or nothing.
func reason(c emit.Client, r emit.Reference) string {
	noun := "type"
	if r.Field {
		noun = "field"
	}
	switch {
	case !token.IsExported(r.Name):
		return fmt.Sprintf("the %s %s is not exported", noun, r.Name)
	case r.PkgName == "main":
		return fmt.Sprintf("the %s %s is in a package main, which nothing can import", noun, r.Name)
	case r.PkgPath == c.Path:
		return fmt.Sprintf("the %s %s is in the package that the client would be", noun, r.Name)
	case !parse.MayImport(c.Path, r.PkgPath):
		return fmt.Sprintf("the %s %s is in %s, which %s may not import", noun, r.Name, r.PkgPath, orUnknown(c.Path))
	}
	return ""
}

func orUnknown(path string) string {
	if path == "" {
		return "a directory outside of modules"
	}
	return path
}

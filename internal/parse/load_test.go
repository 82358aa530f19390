package parse

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// unpack writes the files of an archive into a new directory. A module named
// example.com/m is added where there is no go.mod, and HEADER stands for the
// first line of generated files.
func unpack(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	files := txtar.Parse([]byte(archive)).Files
	if !strings.Contains(archive, "-- go.mod --") && !strings.Contains(archive, "-- go.work --") {
		files = append(files, txtar.File{Name: "go.mod", Data: []byte("module example.com/m\n\ngo 1.26\n")})
	}
	for _, file := range files {
		text := strings.ReplaceAll(string(file.Data), "HEADER", model.Header)
		write(t, filepath.Join(dir, filepath.FromSlash(file.Name)), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// offline is the environment of tests: no network, no settings from outside.
func offline(more ...string) []string {
	return append(os.Environ(), append([]string{
		"GOFLAGS=", "GOPROXY=off", "GOWORK=", "GO111MODULE=", "GOPACKAGESDRIVER=off", "GOTOOLCHAIN=local",
	}, more...)...)
}

// summary says what was found, a line each.
func summary(dir string, r *Result, err error) string {
	var b bytes.Buffer
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
		version := strings.TrimPrefix(runtime.Version(), "go")
		return strings.NewReplacer(dir, "DIR", version, "VERSION").Replace(b.String())
	}
	for _, pkg := range r.Packages {
		fmt.Fprintf(&b, "%s:", relativeTo(dir, filepath.Join(pkg.Dir, pkg.File)))
		for _, h := range pkg.Handlers {
			for _, route := range h.Routes {
				fmt.Fprintf(&b, " %s", route.Pattern)
			}
		}
		if pkg.Routes != "Routes" {
			fmt.Fprintf(&b, " (%s)", pkg.Routes)
		}
		fmt.Fprintln(&b)
	}
	for _, file := range r.Orphans {
		fmt.Fprintf(&b, "orphan %s\n", relativeTo(dir, file))
	}
	r.Diags.WriteText(&b, diag.TextOptions{Dir: dir})
	return strings.ReplaceAll(b.String(), dir, "DIR")
}

func relativeTo(dir, path string) string {
	rel, err := filepath.Rel(dir, path)
	if err != nil {
		return path
	}
	return filepath.ToSlash(rel)
}

// A loadCase is an archive, what to read of it, and what comes of that.
type loadCase struct {
	name     string
	archive  string
	patterns []string // none means ./...
	env      []string
	want     string
}

func TestPackages(t *testing.T) {
	for _, test := range loadCases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, test.archive)
			patterns := test.patterns
			if patterns == nil {
				patterns = []string{"./..."}
			}
			r, err := Packages(context.Background(), Config{Dir: dir, Patterns: patterns, Env: offline(test.env...)})
			want := strings.TrimPrefix(test.want, "\n")
			if diff := cmp.Diff(want, summary(dir, r, err)); diff != "" {
				t.Errorf("result differs (-want +got):\n%s", diff)
			}
		})
	}
}

var loadCases = []loadCase{
	{
		name: "no directives",
		archive: `
-- a.go --
package a
`,
	},
	{
		name: "routes are not generated yet",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }

var _, router = Routes(), Routes
-- cmd/main.go --
package main

import (
	"net/http"

	"example.com/m"
)

//handlergen:route GET /main
func Main() string { return "" }

func main() {
	app := a.Routes()
	http.ListenAndServe(":1", app)
	mux, other := Routes(1, app)
	for range mux {
		other()
	}
}
`,
		want: `
handlers_gen.go: /
cmd/handlers_gen.go: /main
`,
	},
	{
		name: "routes of a package that is not asked for, not generated yet",
		archive: `
-- a/a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- b/b.go --
package b

//handlergen:route GET /b
func Home() string { return "" }
-- c/c.go --
package c

type T int
-- cmd/main.go --
package main

import (
	. "example.com/m/a"
	renamed "example.com/m/b"
	"example.com/m/c"
)

//handlergen:route GET /main
func Main() string { return "" }

func main() {
	Routes()
	renamed.Routes()
	c.Routes()
}
`,
		patterns: []string{"./cmd"},
		want: `
cmd/main.go:15:4: undefined: c.Routes (HG040)
`,
	},
	{
		name: "nothing will declare routes",
		archive: `
-- a.go --
package a

//handlergen:state
type App struct{}

var router = Routes()
`,
		want: `
a.go:3:1: //handlergen:state has no effect: package a has no route (HG003)
`,
	},
	{
		name: "no directive after all",
		archive: `
-- a.go --
package a

const text = "//handlergen:route GET /"

var router = Routes()
`,
		want: `
a.go:5:14: undefined: Routes (HG040)
`,
	},
	{
		name: "stale output",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- handlers_gen.go --
HEADER

package a

import _ "example.com/gone"

func init() { Gone(); Home(1) }

func Home() {}
`,
		want: `
handlers_gen.go: /
`,
	},
	{
		name: "output with a syntax error",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- handlers_gen.go --
HEADER

package a

func Routes( {
<<<<<<< HEAD
`,
		want: `
handlers_gen.go: /
`,
	},
	{
		name: "output without a package clause",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- handlers_gen.go --
HEADER

pack
-- b/b.go --
package b

import "example.com/m"

//handlergen:route GET /b
func Home() string { return a.Home() }
-- b/handlers_gen.go --
-- b/handlers_gen_test.go --
HEADER
`,
		want: `
handlers_gen.go: /
b/handlers_gen.go: /b
orphan b/handlers_gen_test.go
`,
	},
	{
		name: "output of a package that was renamed",
		archive: `
-- a/a.go --
package renamed

//handlergen:route GET /
func Home() string { return "" }
-- a/handlers_gen.go --
HEADER

package a
-- b.go --
package b

import "example.com/m/a"

//handlergen:route GET /b
func Home() string { return renamed.Home() }
`,
		want: `
handlers_gen.go: /b
a/handlers_gen.go: /
`,
	},
	{
		name: "output that closes an import cycle",
		archive: `
-- api/api.go --
package api

//handlergen:route GET /
func Home() string { return "" }
-- api/handlers_gen.go --
HEADER

package api

import _ "example.com/m/domain"
-- domain/domain.go --
package domain

import "example.com/m/api"

//handlergen:route GET /domain
func Home() string { return api.Home() }
`,
		want: `
api/handlers_gen.go: /
domain/handlers_gen.go: /domain
`,
	},
	{
		name: "file of the user's with the name of output",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return home() }
-- handlers_gen.go --
package a

//handlergen:route GET /home
func home() string { return "" }
`,
		want: `
handlers_gen.go: / /home
`,
	},
	{
		name: "type errors",
		archive: `
-- a.go --
package a

import "fmt"

//handlergen:route GET /
//handlergen:rout GET /
func Home() string { return 1 }

func Home() {}

var router = Router()
-- b/b.go --
package b

//handlergen:route GET /
func Home() string { return "" }
`,
		want: `
b/handlers_gen.go: /
a.go:3:8: "fmt" imported and not used (HG040)
a.go:6:14: there is no directive //handlergen:rout (HG001)
	hint: did you mean //handlergen:route?
a.go:7:29: cannot use 1 (untyped int constant) as string value in return statement (HG040)
a.go:9:6: Home redeclared in this block (HG040)
	a.go:7:6: other declaration of Home
a.go:11:14: undefined: Router (HG040)
`,
	},
	{
		name: "syntax errors",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home( string { return 1 }
-- b.go --
package a

var x int = ""

func y() { x := }
`,
		want: `
a.go:4:19: missing ',' in parameter list (HG041)
b.go:5:17: expected operand, found '}' (HG041)
`,
	},
	{
		name: "a test of two packages",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- b_test.go --
package b
`,
		want: `
b_test.go:1:9: there are two packages in this directory, a and b (HG049)
	a.go:1:9: package a
`,
	},
	{
		name: "two packages in one directory",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- b.go --
package b
`,
		want: `
b.go:1:9: there are two packages in this directory, a and b (HG049)
	a.go:1:9: package a
`,
	},
	{
		name: "imports that there are not",
		archive: `
-- a.go --
package a

import (
	"example.com/gone/x"
	"example.com/m/none"
	"fmtx"
)

//handlergen:route GET /
func Home(x.T, none.T, fmtx.T) {}
-- b/b.go --
package b

//handlergen:route GET /
func Home() string { return "" }
`,
		want: `
b/handlers_gen.go: /
a.go:4:2: no required module provides package example.com/gone/x (HG049)
	hint: go get example.com/gone/x
a.go:5:2: no required module provides package example.com/m/none (HG049)
	hint: go get example.com/m/none
a.go:6:2: package fmtx is not in std (HG049)
`,
	},
	{
		name: "import cycle",
		archive: `
-- a/a.go --
package a

import "example.com/m/b"

//handlergen:route GET /
func Home() string { return b.X }
-- b/b.go --
package b

import "example.com/m/a"

const X = ""

var _ = a.Home
-- c/c.go --
package c

import "example.com/m/c"

//handlergen:route GET /
func Home() string { return c.Home() }
`,
		want: `
a/a.go:3:8: import cycle: example.com/m/a imports example.com/m/b imports example.com/m/a (HG049)
c/c.go:3:8: import cycle: example.com/m/c imports example.com/m/c (HG049)
`,
	},
	{
		name: "internal and main packages",
		archive: `
-- a.go --
package a

import (
	_ "example.com/m/cmd"
	_ "net/http/internal"
)

//handlergen:route GET /
func Home() string { return "" }
-- cmd/main.go --
package main
-- b/b.go --
package b

import _ "net/http/internal"

//handlergen:route GET /
func Home() (string, error) { return }
`,
		want: `
a.go:4:2: import "example.com/m/cmd" is a program, not an importable package (HG049)
b/b.go:3:8: use of internal package net/http/internal not allowed (HG049)
b/b.go:6:31: not enough return values: have (), want (string, error) (HG040)
`,
	},
	{
		name: "lines that say where they are from",
		archive: `
-- a.go --
//line a.y:100
package a

//handlergen:route GET /
func Home() string { return "" }

//line a.y:200

//handlergen:route GET /a status=ok
func A() string { return "" }
`,
		want: `
a.y:201: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
`,
	},
	{
		name:    "CRLF and BOM",
		archive: "-- a.go --\n\ufeffpackage a\r\n\r\n//handlergen:route GET /\r\n//handlergen:route GET /x status=ok\r\nfunc Home() string { return \"\" }\r\n",
		want: `
a.go:4:34: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
`,
	},
	{
		name:    "not UTF-8",
		archive: "-- a.go --\npackage a\n\n//handlergen:route GET /\nfunc Home() string { return \"\xff\" }\n",
		want: `
a.go:4:30: illegal UTF-8 encoding (HG041)
`,
	},
	{
		name: "build tags leave out all directives",
		archive: `
-- a.go --
package a
-- b.go --
//go:build never

package a

//handlergen:route GET /
func Home() string { return "" }
-- handlers_gen.go --
HEADER

package a
-- c/c.go --
//go:build never

package c

//handlergen:route GET /
func Home() string { return "" }
-- c/handlers_gen.go --
HEADER

package c
`,
	},
	{
		name: "orphans",
		archive: `
-- a/a.go --
package a
-- a/handlers_gen.go --
HEADER

package a
-- b/handlers_gen.go --
HEADER

package b
-- b/handlers_gen_test.go --
package b
-- c/c.go --
package c

//handlergen:route GET /
func Home() string { return "" }
-- c/handlers_gen_test.go --
HEADER

package c_test
-- d/d.go --
package d

const text = "handlergen:"
-- d/handlers_gen.go --
HEADER

package d
-- e/e.go --
package e

//handlergen:rout GET /
func Home() string { return "" }
-- e/handlers_gen.go --
HEADER

package e
-- testdata/handlers_gen.go --
HEADER

package f
`,
		want: `
c/handlers_gen.go: /
orphan a/handlers_gen.go
orphan b/handlers_gen.go
orphan c/handlers_gen_test.go
orphan d/handlers_gen.go
e/e.go:3:14: there is no directive //handlergen:rout (HG001)
	hint: did you mean //handlergen:route?
`,
	},
	{
		name: "handlers in tests",
		archive: `
-- both/a.go --
// Package a is grouped.
//
//handlergen:group /a
package a

//handlergen:route GET /
func Home() string { return "" }

//handlergen:route GET /user
func GetUser(user User) string { return "" }

type User struct{}

//handlergen:extractor
func ReadUser() User { return User{} }
-- both/a_test.go --
package a

//handlergen:route GET /test
func home(user User) string { return Home() }

var _, _ = testRoutes(), Routes()
-- inside/a.go --
package a

func Home() string { return "" }
-- inside/a_test.go --
package a

//handlergen:route GET /
func home() string { return Home() }

var _ = Routes()
-- inside/handlers_gen_test.go --
HEADER

package a_test

func Routes() { syntax error }
-- outside/a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- outside/a_test.go --
package a_test

import "example.com/m/outside"

//handlergen:route GET /
func home() string { return a.Home() }

var _, _ = Routes(), a.Routes()
-- alone/a_test.go --
package a

//handlergen:route GET /
func home() string { return "" }
-- text/a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- text/a_test.go --
package a

const text = "handlergen:"

var _ = Routes()
-- state/a.go --
package a

//handlergen:state
type App struct{}
-- state/a_test.go --
package a

//handlergen:route GET /
func (*App) home() string { return "" }
`,
		want: `
alone/handlers_gen_test.go: /
both/handlers_gen.go: /a/ /a/user
both/handlers_gen_test.go: /a/test (testRoutes)
inside/handlers_gen_test.go: /
outside/handlers_gen.go: /
outside/handlers_gen_test.go: /
state/handlers_gen_test.go: /
text/handlers_gen.go: /
`,
	},
	{
		name: "problems of a package and its tests",
		archive: `
-- a.go --
package a

//handlergen:route GET / status=ok
func Home() string { return "" }

func checked(next any) {}
-- a_test.go --
package a

//handlergen:route GET /test status=ok
func home() string { return Home() }
-- b/b.go --
package b

//handlergen:route GET / status=ok
func Home() string { return "" }
-- b/b_test.go --
package b

//handlergen:route GET /test
func home() string { return Home() }
`,
		want: `
a.go:3:33: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
a_test.go:3:37: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
b/b.go:3:33: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
`,
	},
	{
		name: "tests inside and outside",
		archive: `
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
-- a_test.go --
package a

//handlergen:route GET /a
func home() string { return Home() }
-- b_test.go --
package a_test

//handlergen:route GET /b
func home() string { return "" }
`,
		want: `
handlers_gen.go: /
handlers_gen_test.go: /a (testRoutes)
b_test.go:1:9: packages a and a_test both have directives in test files, and one of them can have handlers_gen_test.go (HG003)
	a_test.go:1:9: the other package
	hint: put the handlers of all test files into one of the two packages
`,
	},
	{
		name: "cgo",
		archive: `
-- a.go --
package a

// int one() { return 1; }
import "C"

//handlergen:route GET /one status=ok
func One() int { return int(C.one()) }
-- b.go --
package a

//handlergen:route GET /
func Home() string { return "" }
`,
		want: `
a.go:6:36: "ok" is not an HTTP status (HG039)
	hint: write a number from 200 to 599, such as status=201
`,
	},
	{
		name: "C that does not compile",
		archive: `
-- a.go --
package a

// int one() { return x }
import "C"

//handlergen:route GET /one
func One() int { return int(C.one()) }
`,
		want: `
a.go:4:8: cgo cannot read the C code of this package (HG049)
	hint: ./a.go: In function 'one':
	      ./a.go:3:21: error: 'x' undeclared (first use in this function)
	      3 | // int one() { return x }
`,
	},
	{
		name: "workspace",
		archive: `
-- go.work --
go 1.26

use (
	./one // first
	"./two"
)
-- one/go.mod --
module example.com/one

go 1.26
-- one/a.go --
package one

import "example.com/two/sub"

//handlergen:route GET /
func Home() string { return sub.X }
-- two/go.mod --
module example.com/two

go 1.26
-- two/sub/a.go --
package sub

const X = ""

//handlergen:route GET /
func Home() string { return "" }
`,
		patterns: []string{"./one", "example.com/two/..."},
		want: `
one/handlers_gen.go: /
two/sub/handlers_gen.go: /
`,
	},
	{
		name: "vendor",
		archive: `
-- go.mod --
module example.com/m

go 1.26

require example.com/v v1.0.0
-- a.go --
package a

import "example.com/v"

//handlergen:route GET /
func Home() string { return v.X }
-- vendor/modules.txt --
# example.com/v v1.0.0
## explicit; go 1.26
example.com/v
-- vendor/example.com/v/v.go --
package v

const X = ""

//handlergen:route GET /
func Home() string { return X }
`,
		want: `
handlers_gen.go: /
`,
	},
	{
		name: "no module",
		archive: `
-- go.work --
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
`,
		env: []string{"GOWORK=off"},
		want: `
error: load packages: go.mod file not found in current directory or any parent directory; see 'go help modules'
`,
	},
	{
		name: "newer module",
		archive: `
-- go.mod --
module example.com/m

go 1.99
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
`,
		want: `
error: load packages: go.mod requires go >= 1.99 (running go VERSION; GOTOOLCHAIN=local)
`,
	},
	{
		name: "broken go.mod",
		archive: `
-- go.mod --
mod example.com/m
-- a.go --
package a

//handlergen:route GET /
func Home() string { return "" }
`,
		want: `
error: load packages: errors parsing go.mod:
go.mod:1: unknown directive: mod
`,
	},
	{
		name:     "packages of other modules",
		archive:  "-- a.go --\npackage a\n",
		patterns: []string{"errors", "example.com/elsewhere"},
		want: `
error: example.com/elsewhere: no required module provides package example.com/elsewhere; to add it:
	go get example.com/elsewhere
`,
	},
	{
		name:     "package of the standard library",
		archive:  "-- a.go --\npackage a\n",
		patterns: []string{"errors"},
	},
}

// TestNewerGo reads what go/packages and go/types say of a package for a newer
// Go than that of this program.
func TestNewerGo(t *testing.T) {
	fset := token.NewFileSet()
	file, err := goparser.ParseFile(fset, "/m/a.go", "package a\n", 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg := &packages.Package{
		Name: "a", PkgPath: "example.com/m", GoFiles: []string{"/m/a.go"}, Fset: fset, Syntax: []*ast.File{file},
		Types: types.NewPackage("example.com/m", "a"), TypesInfo: &types.Info{},
		TypeErrors: []types.Error{{
			Fset: fset, Pos: file.Package, Msg: "package requires newer Go version go1.99 (application built with go1.26)",
		}},
		Errors: []packages.Error{{Pos: "-", Kind: packages.UnknownError, Msg: "This application uses version go1.26 of the " +
			"source-processing packages but runs version go1.99 of 'go list'. It may fail to process source files."}},
	}
	dir := &directory{path: "/m", marked: []string{"a.go"}}
	l := &loader{found: &scan{dirs: map[string]*directory{"/m": dir}}}
	list := l.problems(pkg, newUnit(pkg, dir))
	want := `
/m/a.go:1:1: this package is for go1.99, and handlergen was built with go1.26 (HG049)
	hint: build handlergen with go1.99, as go tool handlergen does
`
	var got bytes.Buffer
	list.WriteText(&got, diag.TextOptions{})
	if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

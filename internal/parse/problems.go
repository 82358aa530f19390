package parse

import (
	"fmt"
	"go/ast"
	goparser "go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/handlergen/handlergen/internal/diag"
)

// problems returns what is wrong with a package as loaded. Errors in our own
// output are none, nor that Routes is undefined: those are in u.missing.
func (l *loader) problems(pkg *packages.Package, u *unit) diag.List {
	c := &complaints{loader: l, unit: u, pkg: pkg}
	c.names()
	c.syntaxErrors()
	if len(c.list) == 0 {
		c.typeErrors()
		c.listErrors()
		if len(c.list) > 0 {
			p := &parser{source: u.source}
			p.collectDirectives()
			c.list = append(c.list, p.diags...)
		}
	}
	c.list.Sort()
	return c.list
}

// complaints gathers what the go command, the parser and the type checker say
// of one package.
type complaints struct {
	*loader
	*unit
	pkg  *packages.Package
	list diag.List
}

// add adds a diagnostic.
func (c *complaints) add(code diag.Code, pos, end token.Position, message string) *diag.Diagnostic {
	c.list = append(c.list, diag.Diagnostic{Code: code, Pos: pos, End: end, Message: message})
	return &c.list[len(c.list)-1]
}

// addGo adds what the go command says: a message, and what to do in the lines
// after it.
func (c *complaints) addGo(pos, end token.Position, text string) {
	lines := trimLines(text)
	for _, more := range []string{":", "to add it", "to add", ";"} {
		lines[0] = strings.TrimSpace(strings.TrimSuffix(lines[0], more))
	}
	message := inGOROOT.ReplaceAllString(lines[0], "")
	c.add(diag.LoadError, pos, end, message).Hint = strings.Join(lines[1:], "\n")
}

// inGOROOT matches where the standard library lacks a package.
var inGOROOT = regexp.MustCompile(` \(\S*[/\\]src[/\\]\S*\)$`)

// trimLines splits a text into lines without the space around them.
func trimLines(text string) []string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}

// isOurs reports whether a position is in a generated file.
func (c *complaints) isOurs(filename string) bool {
	dir, name := filepath.Split(filename)
	d, ok := c.found.dirs[filepath.Clean(dir)]
	return ok && slices.Contains(d.outputs, name)
}

// names reports files of another package in the same directory.
func (c *complaints) names() {
	for _, file := range c.files {
		if name := file.Name.Name; name != c.pkg.Name && c.pkg.Name != "" {
			d := c.add(diag.LoadError, c.fset.Position(file.Name.Pos()), c.fset.Position(file.Name.End()),
				fmt.Sprintf("there are two packages in this directory, %s and %s", c.pkg.Name, name))
			d.Related = c.firstNamed(c.pkg.Name)
		}
	}
}

func (c *complaints) firstNamed(name string) []diag.Related {
	for _, file := range c.files {
		if file.Name.Name == name {
			return []diag.Related{{Pos: c.fset.Position(file.Name.Pos()), Message: "package " + name}}
		}
	}
	return nil
}

// syntaxErrors reports what does not parse. Nothing else is worth saying then.
func (c *complaints) syntaxErrors() {
	for _, err := range c.pkg.Errors {
		if pos := c.position(err.Pos); err.Kind == packages.ParseError && !c.isOurs(pos.Filename) {
			c.add(diag.SyntaxError, pos, token.Position{}, err.Msg)
		}
	}
}

// position reads a position as go/packages writes it: "a.go:3:7", relative to
// where the go command ran, or "-".
func (c *complaints) position(text string) token.Position {
	pos := token.Position{Filename: text}
	var numbers []int
	for len(numbers) < 2 {
		i := strings.LastIndexByte(pos.Filename, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(pos.Filename[i+1:])
		if err != nil {
			break
		}
		numbers, pos.Filename = append([]int{n}, numbers...), pos.Filename[:i]
	}
	if pos.Filename == "" || pos.Filename == "-" {
		return token.Position{}
	}
	if !filepath.IsAbs(pos.Filename) {
		pos.Filename = filepath.Join(c.cfg.Dir, pos.Filename)
	}
	if len(numbers) > 0 {
		pos.Line = numbers[0]
	}
	if len(numbers) > 1 {
		pos.Column = numbers[1]
	}
	return pos
}

// typeErrors reports what does not type-check.
func (c *complaints) typeErrors() {
	var dotted []*ast.File // files in which Routes may come from a dot import
	kept := false
	for _, err := range c.pkg.TypeErrors {
		pos := c.fset.Position(err.Pos)
		if more, ok := strings.CutPrefix(err.Msg, "\t"); ok { // a place that the error before is about
			if kept && len(c.list) > 0 && !c.isOurs(pos.Filename) {
				d := &c.list[len(c.list)-1]
				d.Related = append(d.Related, diag.Related{Pos: pos, Message: more})
			}
			continue
		}
		kept = false
		file := c.fileAt(err.Pos)
		switch {
		case c.isOurs(pos.Filename) || otherName.MatchString(err.Msg):
		case c.lacksRoutes(err, file):
			dotted = append(dotted, file)
		case importsOnlyRoutes(err, file) && slices.Contains(dotted, file):
		default:
			kept = true
			c.typeError(err, pos, file)
		}
	}
}

// otherName matches what names has said already.
var otherName = regexp.MustCompile(`^package \w+; expected package \w+$`)

func (c *complaints) fileAt(pos token.Pos) *ast.File {
	i := slices.IndexFunc(c.pkg.Syntax, func(file *ast.File) bool { return file.FileStart <= pos && pos <= file.FileEnd })
	if i < 0 {
		return nil
	}
	return c.pkg.Syntax[i]
}

func (c *complaints) typeError(err types.Error, pos token.Position, file *ast.File) {
	end := c.fset.Position(endOf(file, err.Pos))
	if m := failedImport.FindStringSubmatch(err.Msg); m != nil {
		c.importError(m[1], m[2], pos, end)
		return
	}
	if m := newerGo.FindStringSubmatch(err.Msg); m != nil {
		c.needsNewer(m[2], m[1])
		return
	}
	// Of several lines the others say what was found and what was wanted.
	first, rest, more := strings.Cut(err.Msg, "\n")
	if more {
		first += ": " + strings.Join(trimLines(rest), ", ")
	}
	c.add(diag.TypeError, pos, end, first)
}

// failedImport matches what the type checker says of an import, and why.
var failedImport = regexp.MustCompile(`^could not import (\S+) \((.*)\)$`)

// importError reports an import that cannot be loaded, with the reason of the
// go command.
func (c *complaints) importError(path, reason string, pos, end token.Position) {
	switch dep := c.pkg.Imports[path]; {
	case path == "C":
		c.add(diag.LoadError, pos, end, "cgo cannot read the C code of this package").Hint = c.buildOutput()
	case strings.HasPrefix(reason, "import cycle: "): // a list error names all of it
	case dep != nil && len(dep.Errors) > 0:
		c.addGo(pos, end, dep.Errors[0].Msg)
	default:
		c.add(diag.LoadError, pos, end, "cannot import "+path+": "+reason)
	}
}

// importCycle reports a cycle that one of the user's imports belongs to.
func (c *complaints) importCycle(stack []string) {
	for i, path := range stack[:len(stack)-1] {
		if path != c.pkg.PkgPath {
			continue
		}
		for _, file := range c.files {
			for _, spec := range file.Imports {
				if importPath(spec) == stack[i+1] {
					c.add(diag.LoadError, c.fset.Position(spec.Pos()), c.fset.Position(spec.End()),
						"import cycle: "+strings.Join(stack, " imports "))
					return
				}
			}
		}
	}
}

func importPath(spec *ast.ImportSpec) string {
	path, _ := strconv.Unquote(spec.Path.Value) // what does not parse is reported as such
	return path
}

// buildOutput is what the compiler said of the package: its first lines.
func (c *complaints) buildOutput() string {
	for _, err := range c.pkg.Errors {
		if _, output, ok := strings.Cut(err.Msg, "\n"); ok && strings.HasPrefix(err.Msg, "# ") {
			lines := trimLines(output)
			return strings.Join(lines[:min(3, len(lines))], "\n")
		}
	}
	return ""
}

// endOf returns the end of the name, literal or import at a position.
func endOf(file *ast.File, pos token.Pos) token.Pos {
	end := token.NoPos
	if file == nil {
		return end
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if n == nil || end.IsValid() || pos < n.Pos() || n.End() <= pos {
			return false
		}
		switch n.(type) {
		case *ast.Ident, *ast.BasicLit, *ast.ImportSpec:
			if n.Pos() == pos {
				end = n.End()
			}
		}
		return true
	})
	return end
}

// lacksRoutes reports whether an error only says that Routes is undefined, of
// this package or of another one that handlergen generates for. It remembers
// the error in case that this package has no routes.
func (c *complaints) lacksRoutes(err types.Error, file *ast.File) bool {
	if !missingName.MatchString(err.Msg) || file == nil {
		return false
	}
	qualifier := qualifierAt(file, err.Pos)
	if qualifier == nil {
		if !c.importsAnnotated(file) {
			pos := c.fset.Position(err.Pos)
			end := c.fset.Position(endOf(file, err.Pos))
			c.missing = append(c.missing, diag.Diagnostic{Code: diag.TypeError, Pos: pos, End: end, Message: err.Msg})
		}
		return true
	}
	name, ok := c.info.Uses[qualifier].(*types.PkgName)
	return ok && c.isAnnotated(name.Imported().Path())
}

var missingName = regexp.MustCompile(`^undefined: (\w+\.)?(Routes|testRoutes)$`)

// qualifierAt returns the x of the x.Routes whose Routes is at a position.
func qualifierAt(file *ast.File, pos token.Pos) *ast.Ident {
	var found *ast.Ident
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Pos() == pos {
			found, _ = sel.X.(*ast.Ident)
		}
		return n != nil && found == nil && n.Pos() <= pos && pos < n.End()
	})
	return found
}

// importsAnnotated reports whether Routes may come from a dot import.
func (c *complaints) importsAnnotated(file *ast.File) bool {
	return slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
		return isDotted(spec) && c.isAnnotated(importPath(spec))
	})
}

func isDotted(spec *ast.ImportSpec) bool { return spec.Name != nil && spec.Name.Name == "." }

// isAnnotated reports whether an imported package may have directives.
func (c *complaints) isAnnotated(path string) bool {
	dep := c.pkg.Imports[path]
	if dep == nil || len(dep.GoFiles) == 0 {
		return false
	}
	return len(c.peek(filepath.Dir(dep.GoFiles[0])).marked) > 0
}

// importsOnlyRoutes reports whether an error says that a dot import is unused.
// It is if Routes is all that the file wants from it.
func importsOnlyRoutes(err types.Error, file *ast.File) bool {
	return file != nil && strings.HasSuffix(err.Msg, "imported and not used") &&
		slices.ContainsFunc(file.Imports, func(spec *ast.ImportSpec) bool {
			return isDotted(spec) && spec.Pos() <= err.Pos && err.Pos < spec.End()
		})
}

// listErrors reports what the go command says, apart from what the compiler or
// the type checker said already.
func (c *complaints) listErrors() {
	for _, err := range c.pkg.Errors {
		pos := c.position(err.Pos)
		switch {
		case err.Kind == packages.UnknownError:
			c.versionSkew(err.Msg)
		case err.Kind != packages.ListError || c.isKnown(err.Msg) || c.isOurs(pos.Filename):
		case twoPackages.MatchString(err.Msg):
			c.secondPackage(twoPackages.FindStringSubmatch(err.Msg))
		case strings.HasPrefix(err.Msg, cycleMessage):
			if _, stack, ok := strings.Cut(err.Msg, ": import stack: "); ok {
				c.importCycle(strings.Fields(strings.Trim(stack, "[]")))
			}
		case pos.Filename == "":
			c.addGo(c.start(), token.Position{}, err.Msg)
		case !slices.ContainsFunc(c.list, func(d diag.Diagnostic) bool { return d.Pos.Filename == pos.Filename && d.Pos.Line == pos.Line }):
			c.addGo(pos, token.Position{}, err.Msg)
		}
	}
}

const cycleMessage = "import cycle not allowed"

// isKnown reports whether a message of the go command repeats others, is about
// generated files alone, or is none of our business.
func (c *complaints) isKnown(message string) bool {
	for _, prefix := range []string{"# ", "build constraints exclude all Go files", "no Go files in"} {
		if strings.HasPrefix(message, prefix) {
			return true
		}
	}
	if missingEmbed.MatchString(message) {
		return true
	}
	d := c.found.dirs[c.dir]
	return d != nil && slices.ContainsFunc(d.outputs, func(name string) bool {
		return strings.Contains(message, filepath.Join(c.dir, name))
	})
}

// missingEmbed matches what the go command says of a go:embed without a file. It
// may be of the document that is about to be written; if not, the compiler says
// so too.
var missingEmbed = regexp.MustCompile(`^pattern \S+: no matching files found$`)

// twoPackages matches what the go command says of files of several packages in
// one directory.
var twoPackages = regexp.MustCompile(`^found packages (\S+) \((\S+)\) and (\S+) \((\S+)\) in `)

// secondPackage reports a file of another package that is not loaded, such as a
// test. Of those that are names has said so.
func (c *complaints) secondPackage(found []string) {
	path := filepath.Join(c.dir, found[4])
	if c.isOurs(path) || c.isOurs(filepath.Join(c.dir, found[2])) || slices.ContainsFunc(c.files, func(file *ast.File) bool { return file.Name.Name != c.pkg.Name }) {
		return
	}
	fset := token.NewFileSet()
	pos, end := token.Position{Filename: path, Line: 1, Column: 1}, token.Position{}
	if file, err := goparser.ParseFile(fset, path, nil, goparser.PackageClauseOnly); err == nil {
		pos, end = fset.Position(file.Name.Pos()), fset.Position(file.Name.End())
	}
	d := c.add(diag.LoadError, pos, end, fmt.Sprintf("there are two packages in this directory, %s and %s", found[1], found[3]))
	d.Related = c.firstNamed(found[1])
}

// start is the position of the package clause, for what has no other.
func (c *complaints) start() token.Position {
	if len(c.files) == 0 {
		return token.Position{Filename: c.dir}
	}
	return c.fset.Position(c.files[0].Package)
}

// versionSkew reports a go command that is newer than this program if there is
// something that this program does not understand.
func (c *complaints) versionSkew(message string) {
	if m := versions.FindStringSubmatch(message); m != nil && len(c.list) > 0 {
		c.needsNewer("go"+m[1], "go"+m[2])
	}
}

// needsNewer reports a package for a newer Go than that of this program.
func (c *complaints) needsNewer(has, needs string) {
	message := fmt.Sprintf("this package is for %s, and handlergen was built with %s", needs, has)
	if !slices.ContainsFunc(c.list, func(d diag.Diagnostic) bool { return d.Message == message }) {
		c.add(diag.LoadError, c.start(), token.Position{}, message).Hint = fmt.Sprintf(
			"build handlergen with %s, as go tool handlergen does", needs)
	}
}

var (
	newerGo  = regexp.MustCompile(`^package requires newer Go version (\S+) \(application built with (\S+)\)$`)
	versions = regexp.MustCompile(`version go(\S+) of the source-processing packages but runs version go(\S+) of`)
)

// Package parse reads annotated Go packages with full type information and
// decides what to generate for them. What it cannot decide, or must refuse, it
// reports with a position. It is the only place that understands user code.
package parse

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/model"
)

// A source is one package as loaded: what the user wrote, without our output.
type source struct {
	fset  *token.FileSet
	files []*ast.File // the user's, sorted by name
	types *types.Package
	info  *types.Info
	dir   string
	mod   string // directory of the module; empty if it is not known
	file  string // name of the generated file: model.File or model.TestFile

	// Of tests inside a package: its other files. Their handlers have another
	// generated file, and their problems are reported with that.
	others []*ast.File

	foreign *foreign // comments of what it imports; nil if no document wants them
}

// generatesRoutes reports whether another generated file of the package
// declares Routes.
func (s *source) generatesRoutes() bool { return len(s.others) > 0 }

// isOther reports whether a place is in a file that is read with others.
func (s *source) isOther(pos token.Pos) bool {
	return slices.ContainsFunc(s.others, func(file *ast.File) bool { return file.FileStart <= pos && pos < file.FileEnd })
}

// A parser reads one package.
type parser struct {
	*source
	diags      diag.List
	directives []directive // of the whole package, in source order
	state      state
	providers  []*provider
	reading    []*provider // those being read, each for the one before
	middleware []*middlewareFunc
	groups     grouping
	limits     []*limitKey
	handlers   []*handler
	out        *model.Package
	fields     map[token.Pos]*ast.Field // parameters and struct fields of the package; see fieldOf
	checks     checks
	describer  *describer
	declared   map[*types.TypeName]model.Declared // by schema directives
	said       map[ast.Node]model.Said            // by response and security directives; see saidOf

	unset                typeutil.Map // types of JSON bodies in which no field has a default
	encodable, decodable typeutil.Map // types that encoding/json can write, and read
}

// A directive is one //handlergen: line and what it stands on.
type directive struct {
	verb    string // "route"
	args    []arg
	pos     token.Pos // of the comment
	end     token.Pos
	verbPos token.Pos
	on      ast.Node // *ast.FuncDecl, *ast.TypeSpec or *ast.File; nil if it marks nothing
}

// An arg is one argument of a directive.
type arg struct {
	key      string // "status" of status=201; empty for a bare word
	value    string // "201"; of a bare word the word, unquoted
	pos      token.Pos
	valuePos token.Pos // of the value; equals pos for a bare word
	end      token.Pos
}

func (a arg) Pos() token.Pos       { return a.pos }
func (a arg) End() token.Pos       { return a.end }
func (d directive) Pos() token.Pos { return d.pos }
func (d directive) End() token.Pos { return d.end }

// A span is a stretch of source; every ast.Node is one.
type span interface {
	Pos() token.Pos
	End() token.Pos
}

// A note is a diagnostic under construction.
type note struct {
	p  *parser
	at int // index in p.diags
}

// report adds a diagnostic at a stretch of source.
func (p *parser) report(code diag.Code, at span, format string, args ...any) note {
	if p.isOther(at.Pos()) {
		p = &parser{source: p.source} // nobody looks there
	}
	p.diags = append(p.diags, diag.Diagnostic{
		Code: code, Pos: p.fset.Position(at.Pos()), End: p.fset.Position(at.End()),
		Message: fmt.Sprintf(format, args...),
	})
	return note{p, len(p.diags) - 1}
}

// related adds another place to a diagnostic.
func (n note) related(at span, format string, args ...any) note {
	d := &n.p.diags[n.at]
	d.Related = append(d.Related, diag.Related{
		Pos: n.p.fset.Position(at.Pos()), Message: fmt.Sprintf(format, args...),
	})
	return n
}

// hint says what to type instead. It comes last.
func (n note) hint(format string, args ...any) {
	n.p.diags[n.at].Hint = fmt.Sprintf(format, args...)
}

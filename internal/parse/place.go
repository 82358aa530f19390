package parse

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/handlergen/handlergen/internal/diag"
)

// A place is a set of kinds of declarations.
type place int

const (
	onFunc    place = 1 << iota // a function or method
	onType                      // any type
	onStruct                    // a struct type
	onVar                       // a variable of the package
	onPackage                   // the package clause
)

func (p place) String() string {
	var names []string
	for _, kind := range []struct {
		place
		name string
	}{{onFunc, "a function"}, {onType, "a type"}, {onStruct, "a struct type"}, {onVar, "a variable"}, {onPackage, "the package clause"}} {
		if p&kind.place != 0 {
			names = append(names, kind.name)
		}
	}
	return orList(names)
}

// docsOf maps doc comments to the declarations that can carry directives.
func docsOf(file *ast.File) map[*ast.CommentGroup]ast.Node {
	docs := map[*ast.CommentGroup]ast.Node{}
	if file.Doc != nil {
		docs[file.Doc] = file
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Doc != nil {
				docs[decl.Doc] = decl
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				doc := specDoc(decl.Tok, spec)
				if doc != nil {
					docs[doc] = spec
				}
				if decl.Doc != nil && !decl.Lparen.IsValid() && decl.Tok != token.CONST && decl.Tok != token.IMPORT {
					docs[decl.Doc] = spec
				}
			}
		}
	}
	return docs
}

// specDoc returns the doc comment of a type or variable.
func specDoc(tok token.Token, spec ast.Spec) *ast.CommentGroup {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		return spec.Doc
	case *ast.ValueSpec:
		if tok == token.VAR {
			return spec.Doc
		}
	}
	return nil
}

// placed ties a directive to the declaration whose doc comment it stands in.
func (c *collector) placed(d *directive, v *verb, group *ast.CommentGroup) bool {
	d.on = c.docs[group]
	if d.on == nil {
		c.stray(*d, v, group)
		return false
	}
	if v.on&c.placeOf(d.on) != 0 {
		return true
	}
	c.report(diag.MisplacedDirective, *d, "//handlergen:%s has no effect on %s", v.name, nameOf(d.on)).
		hint("it belongs in the doc comment of %s", v.on)
	return false
}

// placeOf says what kind of declaration a node is.
func (c *collector) placeOf(node ast.Node) place {
	switch node := node.(type) {
	case *ast.FuncDecl:
		return onFunc
	case *ast.File:
		return onPackage
	case *ast.TypeSpec:
		if c.isStruct(node) {
			return onType | onStruct
		}
		return onType
	case *ast.ValueSpec:
		return onVar
	}
	return 0
}

func (c *collector) isStruct(spec *ast.TypeSpec) bool {
	if c.types != nil {
		if obj := c.types.Scope().Lookup(spec.Name.Name); obj != nil {
			_, ok := obj.Type().Underlying().(*types.Struct)
			return ok
		}
	}
	_, ok := spec.Type.(*ast.StructType)
	return ok
}

// stray reports a directive that stands in no doc comment.
func (c *collector) stray(d directive, v *verb, group *ast.CommentGroup) {
	if where := c.inside(group); where != "" {
		c.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect %s", v.name, where).
			hint("it belongs in the doc comment of %s", v.on)
		return
	}
	n := c.report(diag.MisplacedDirective, d, "//handlergen:%s stands before no declaration", v.name)
	next := c.next(group)
	if next == nil || v.on&c.placeOf(next) == 0 {
		n.hint("it belongs in the doc comment of %s", v.on)
		return
	}
	n.hint("it belongs in the doc comment of %s: write it directly above, without an empty line between", nameOf(next))
}

// inside says in which declaration a comment stands, or returns an empty text.
func (c *collector) inside(group *ast.CommentGroup) string {
	for _, decl := range c.file.Decls {
		gen, _ := decl.(*ast.GenDecl)
		switch {
		case gen != nil && gen.Doc == group:
			return "on " + kindOf(gen)
		case group.Pos() < decl.Pos() || decl.End() <= group.Pos():
			continue
		case gen != nil:
			return insideOf(gen, group)
		default:
			return "inside " + nameOf(decl)
		}
	}
	return ""
}

// kindOf names a declaration of something that no directive stands on.
func kindOf(decl *ast.GenDecl) string {
	switch decl.Tok {
	case token.VAR:
		return "a variable"
	case token.CONST:
		return "a constant"
	case token.IMPORT:
		return "an import"
	}
	return "a group of types"
}

// insideOf names the part of a declaration whose comment group is.
func insideOf(decl *ast.GenDecl, group *ast.CommentGroup) string {
	where := "inside the declaration of " + kindOf(decl)
	ast.Inspect(decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.TypeSpec:
			if n.Pos() <= group.Pos() && group.End() <= n.End() {
				where = "inside " + nameOf(n)
			}
		case *ast.ValueSpec:
			if n.Doc == group {
				where = "on " + kindOf(decl)
			}
		case *ast.Field:
			if n.Doc == group || n.Comment == group {
				where = "on a field"
			}
		}
		return true
	})
	return where
}

// next returns the declaration that follows a comment.
func (c *collector) next(group *ast.CommentGroup) ast.Node {
	if group.End() <= c.file.Package {
		return c.file
	}
	for _, decl := range c.file.Decls {
		if decl.Pos() < group.End() {
			continue
		}
		if gen, ok := decl.(*ast.GenDecl); ok {
			if gen.Tok != token.TYPE || len(gen.Specs) == 0 {
				return nil
			}
			return gen.Specs[0]
		}
		return decl
	}
	return nil
}

// dropRoutes forgets the directives of handlers that have another generated
// file.
func (c *collector) dropRoutes() {
	kept := slices.DeleteFunc(c.directives[c.first:], func(d directive) bool { return slices.Contains(c.seen[d.on], "route") })
	c.directives = c.directives[:c.first+len(kept)]
}

// nameOf names a declaration in a message.
func nameOf(node ast.Node) string {
	switch node := node.(type) {
	case *ast.FuncDecl:
		if node.Recv != nil {
			return "the method " + node.Name.Name
		}
		return "the function " + node.Name.Name
	case *ast.TypeSpec:
		return "the type " + node.Name.Name
	case *ast.ValueSpec:
		return "the variable " + node.Names[0].Name
	}
	return "the package clause"
}

// checkDetails reports directives that detail a route where there is none.
func (c *collector) checkDetails() {
	for _, d := range c.directives[c.first:] {
		fn, ok := d.on.(*ast.FuncDecl)
		needs := findVerb(d.verb).details
		if !ok || len(needs) == 0 {
			continue
		}
		if slices.ContainsFunc(c.seen[fn], func(v string) bool { return slices.Contains(needs, v) }) {
			continue
		}
		c.report(diag.MisplacedDirective, d, "//handlergen:%s has no effect on %s, which has no //handlergen:%s",
			d.verb, nameOf(fn), orList(needs)).hint("add one, or remove this line")
	}
}

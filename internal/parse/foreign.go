package parse

import (
	"go/ast"
	goparser "go/parser"
	"go/token"
	"go/types"
	"path/filepath"
)

// foreign reads the files that declare what packages import, for the comments
// that export data lacks. Documents alone need those.
type foreign struct {
	fset  *token.FileSet
	files map[string]*foreignFile // by path; nil for those that cannot be read
}

// A foreignFile is one of them, by what is looked for in it.
type foreignFile struct {
	specs  map[string]foreignSpec
	fields map[foreignField]*ast.Field
}

// A foreignSpec is one type or constant that a file declares.
type foreignSpec struct {
	decl *ast.GenDecl
	spec ast.Spec
}

// A foreignField is where a field is declared: export data knows no columns.
type foreignField struct {
	line int
	name string
}

func newForeign() *foreign {
	return &foreign{fset: token.NewFileSet(), files: map[string]*foreignFile{}}
}

// foreignSpec returns the declaration of a type or constant of another package, or
// nothing if it cannot be read.
func (s *source) foreignSpec(obj types.Object) foreignSpec {
	if file := s.foreignFile(obj); file != nil {
		return file.specs[obj.Name()]
	}
	return foreignSpec{}
}

// foreignField returns the declaration of a field of another package, or nil.
func (s *source) foreignField(v *types.Var) *ast.Field {
	if file := s.foreignFile(v); file != nil {
		return file.fields[foreignField{s.fset.Position(v.Pos()).Line, v.Name()}]
	}
	return nil
}

// foreignFile returns the file that declares an object of another package. Those
// of the standard library have no absolute path, and are not read: they are of
// one release of Go, which documents do not depend on.
func (s *source) foreignFile(obj types.Object) *foreignFile {
	at := s.fset.Position(obj.Pos())
	if s.foreign == nil || obj.Pkg() == s.types || !filepath.IsAbs(at.Filename) {
		return nil
	}
	file, known := s.foreign.files[at.Filename]
	if !known {
		file = s.foreign.read(at.Filename)
		s.foreign.files[at.Filename] = file
	}
	return file
}

func (f *foreign) read(name string) *foreignFile {
	syntax, err := goparser.ParseFile(f.fset, name, nil, goparser.SkipObjectResolution|goparser.ParseComments)
	if err != nil {
		return nil
	}
	file := &foreignFile{specs: map[string]foreignSpec{}, fields: map[foreignField]*ast.Field{}}
	for _, decl := range syntax.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range gen.Specs {
				file.declare(gen, spec)
			}
		}
	}
	ast.Inspect(syntax, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok {
			f.enter(file, field)
		}
		return true
	})
	return file
}

func (f *foreignFile) declare(decl *ast.GenDecl, spec ast.Spec) {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		f.specs[s.Name.Name] = foreignSpec{decl, spec}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			f.specs[name.Name] = foreignSpec{decl, spec}
		}
	}
}

func (f *foreign) enter(file *foreignFile, field *ast.Field) {
	names := field.Names
	if len(names) == 0 {
		if name, ok := embeddedName(field.Type).(*ast.Ident); ok {
			names = []*ast.Ident{name}
		}
	}
	for _, name := range names {
		file.fields[foreignField{f.fset.Position(name.Pos()).Line, name.Name}] = field
	}
}

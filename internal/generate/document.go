package generate

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/handlergen/handlergen/internal/diag"
	"github.com/handlergen/handlergen/internal/openapi"
	"github.com/handlergen/handlergen/internal/parse"
)

// addDocument renders a document that a directive names.
func (r *Result) addDocument(doc parse.Document) error {
	old, foreign, err := readOutput(doc.File, openapi.IsOurs)
	if err != nil {
		return err
	}
	if foreign != "" {
		r.Diags = append(r.Diags, foreignDocument(doc, foreign))
		return nil
	}
	text, err := renderDocument(doc)
	if conflict := (*openapi.Conflict)(nil); errors.As(err, &conflict) {
		r.Diags = append(r.Diags, conflictingRoutes(doc, conflict))
		return nil
	}
	if misfits := openapi.Misfits(nil); errors.As(err, &misfits) {
		r.Diags = append(r.Diags, ExampleMisfits(misfits)...)
		return nil
	}
	if err != nil {
		return err
	}
	r.Files = append(r.Files, File{Path: doc.File, Old: old, New: text})
	return nil
}

// renderDocument turns the packages that a document covers into its text. What
// goes wrong here, but for conflicts and misfits, is never the user's doing.
func renderDocument(doc parse.Document) (text []byte, err error) {
	defer catchBug(doc.File, &err)
	built, err := openapi.Build(doc.Packages, openapi.Info{Title: doc.Title, Version: doc.Version, Description: doc.Description})
	if err != nil {
		return nil, err
	}
	text, err = openapi.Marshal(built, doc.Form)
	if err != nil {
		return nil, &Bug{Package: doc.File, Cause: err}
	}
	return text, nil
}

func foreignDocument(doc parse.Document, what string) diag.Diagnostic {
	return diag.Diagnostic{
		Code: diag.ForeignFile, Pos: doc.Pos, End: doc.End,
		Message: filepath.Base(doc.File) + " " + what + ", and the document belongs there",
		Hint:    "move it, or name another file; handlergen replaces only files that it wrote",
	}
}

// ExampleMisfits reports examples that a document cannot show.
func ExampleMisfits(misfits openapi.Misfits) diag.List {
	var list diag.List
	for _, m := range misfits {
		list = append(list, diag.Diagnostic{
			Code: diag.BadTag, Pos: m.Pos, End: m.End,
			Message: fmt.Sprintf("the example %q of %s is not %s", m.Text, m.Name, m.Kind),
			Hint:    "documents show it: write one that fits, or remove the tag",
		})
	}
	list.Sort()
	return list
}

func conflictingRoutes(doc parse.Document, c *openapi.Conflict) diag.Diagnostic {
	return diag.Diagnostic{
		Code: diag.BadDocument, Pos: doc.Pos, End: doc.End,
		Message: "the document cannot hold two answers to one request: " + c.Error(),
		Related: []diag.Related{
			{Pos: c.First.Pos, Message: "the first one"}, {Pos: c.Second.Pos, Message: "the second one"},
		},
		Hint: "hide one of the routes with hidden, or move the directive to the packages that it is for",
	}
}

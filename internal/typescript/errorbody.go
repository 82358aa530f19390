package typescript

import (
	"github.com/handlergen/handlergen/internal/model"
	"github.com/handlergen/handlergen/internal/wire"
)

// errorBody declares what errors hold: problem documents, or what errors
// functions make of errors.
func (w *writer) errorBody() {
	var forms []string
	for _, pkg := range w.pkgs {
		forms = append(forms, w.errorForms(pkg)...)
	}
	form := union(forms)
	if form == "" {
		form = "unknown"
	}
	w.print.line("")
	w.print.doc("What an error holds that is JSON.")
	w.print.line("export type ErrorBody = ", form, ";")
}

// errorForms lists what errors of a package look like as JSON.
func (w *writer) errorForms(pkg *model.Package) []string {
	if pkg.Errors == nil {
		w.use("problem")
		return []string{"Problem"}
	}
	for _, r := range pkg.Errors.Results {
		switch as := r.As.(type) {
		case model.JSON:
			return []string{w.typeOf(wire.Lookup(pkg, r.Encodes, model.Sent), model.Sent)}
		case model.Sealed:
			var forms []string
			for _, of := range wire.Implementations(as) {
				forms = append(forms, w.typeOf(wire.ImplementationSchema(pkg, of.Type), model.Sent))
			}
			return forms
		case model.Responder, model.HTTPHandler, model.Whole:
			return []string{"unknown"}
		}
	}
	return nil // texts, or nothing
}

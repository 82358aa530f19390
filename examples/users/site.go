package users

import (
	_ "embed"

	"github.com/handlergen/handlergen/contrib/docsui"
	"github.com/handlergen/handlergen/runtime"
)

//go:embed openapi.yaml
var document []byte

// Site returns the API, and its reference at /docs/.
func Site(app *App) *runtime.Router {
	return Routes(app).Handle("/docs/", docsui.New(document, docsui.Config{}))
}

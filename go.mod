module github.com/handlergen/handlergen

go 1.26.0

require (
	github.com/dave/jennifer v1.7.1
	github.com/spf13/cobra v1.10.2
	golang.org/x/tools v0.52.0
)

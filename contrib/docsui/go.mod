module github.com/handlergen/handlergen/contrib/docsui

go 1.26.0

require github.com/handlergen/handlergen/runtime v0.0.0

replace github.com/handlergen/handlergen/runtime => ../../runtime

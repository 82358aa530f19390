module github.com/handlergen/handlergen/examples

go 1.26.0

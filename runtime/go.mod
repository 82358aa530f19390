module github.com/handlergen/handlergen/runtime

go 1.26.0

module github.com/handlergen/handlergen/contrib

go 1.26.0

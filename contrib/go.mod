module github.com/handlergen/handlergen/contrib

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/golang-jwt/jwt/v5 v5.3.1
	github.com/handlergen/handlergen/runtime v0.0.0
	github.com/klauspost/compress v1.20.3
	github.com/rs/cors v1.11.1
	golang.org/x/time v0.16.0
)

replace github.com/handlergen/handlergen/runtime => ../runtime

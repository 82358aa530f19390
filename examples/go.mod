module github.com/handlergen/handlergen/examples

go 1.26.0

require (
	github.com/coder/websocket v1.8.15
	github.com/handlergen/handlergen v0.0.0-00010101000000-000000000000
	github.com/handlergen/handlergen/contrib v0.0.0
	github.com/handlergen/handlergen/contrib/docsui v0.0.0
	github.com/handlergen/handlergen/runtime v0.0.0
)

require (
	github.com/aymanbagabas/go-udiff v0.4.1 // indirect
	github.com/dave/jennifer v1.7.1 // indirect
	github.com/fsnotify/fsnotify v1.10.1 // indirect
	github.com/getkin/kin-openapi v0.152.0 // indirect
	github.com/go-openapi/jsonpointer v0.22.5 // indirect
	github.com/go-openapi/swag/jsonname v0.25.5 // indirect
	github.com/golang-jwt/jwt/v5 v5.3.1 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/oasdiff/yaml v0.1.3 // indirect
	github.com/oasdiff/yaml3 v0.0.16 // indirect
	github.com/rs/cors v1.11.1 // indirect
	github.com/santhosh-tekuri/jsonschema/v6 v6.0.3 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	github.com/spf13/pflag v1.0.9 // indirect
	github.com/sv-tools/openapi v1.4.0 // indirect
	go.yaml.in/yaml/v4 v4.0.0-rc.6 // indirect
	golang.org/x/mod v0.42.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.14.0 // indirect
	golang.org/x/time v0.16.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)

replace (
	github.com/handlergen/handlergen => ../
	github.com/handlergen/handlergen/contrib => ../contrib
	github.com/handlergen/handlergen/contrib/docsui => ../contrib/docsui
	github.com/handlergen/handlergen/runtime => ../runtime
)

tool github.com/handlergen/handlergen/cmd/handlergen

// Command hello serves the hello example on 127.0.0.1:3000.
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"github.com/handlergen/handlergen/examples/hello"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `stop it with Ctrl-C; try

	curl 'http://127.0.0.1:3000/'
	curl 'http://127.0.0.1:3000/hello?name=Gopher'
	curl 'http://127.0.0.1:3000/hello'              # 400: name is missing
	curl -X POST 'http://127.0.0.1:3000/hello'      # 405
	curl 'http://127.0.0.1:3000/nowhere'            # 404`

func main() {
	err := serve.Run(context.Background(), hello.Routes(), serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

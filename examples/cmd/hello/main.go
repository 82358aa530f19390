// Command hello serves the hello example on 127.0.0.1:3000.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/handlergen/handlergen/examples/hello"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:3000")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(`serving http://127.0.0.1:3000, stop it with Ctrl-C; try

	curl 'http://127.0.0.1:3000/'
	curl 'http://127.0.0.1:3000/hello?name=Gopher'
	curl 'http://127.0.0.1:3000/hello'              # 400: name is missing
	curl -X POST 'http://127.0.0.1:3000/hello'      # 405
	curl 'http://127.0.0.1:3000/nowhere'            # 404`)
	server := &http.Server{Handler: hello.Routes(), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}

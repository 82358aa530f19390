// Command chat serves the chat example on 127.0.0.1:3000.
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"github.com/handlergen/handlergen/examples/chat"
	"github.com/handlergen/handlergen/runtime/middleware"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `open http://127.0.0.1:3000 in two windows, or try

	curl http://127.0.0.1:3000/rooms
	curl 'http://127.0.0.1:3000/rooms/lobby?name=ada'   # 400: not a WebSocket

Who is silent for a minute is shown out, and so is everybody by Ctrl-C.`

func main() {
	router := chat.Routes(&chat.App{Rooms: chat.NewRooms()}).Layer(middleware.Trace(), middleware.Recover())
	err := serve.Run(context.Background(), router, serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

// Command users serves the users example on 127.0.0.1:3000, and its reference at
// /docs/. The administrator's token is "secret".
package main

import (
	"context"
	"fmt"
	"log"
	"net"

	"github.com/handlergen/handlergen/examples/users"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `stop it with Ctrl-C; open http://127.0.0.1:3000/docs/, or try

	curl -i http://127.0.0.1:3000/users -H 'Authorization: Bearer secret' \
		-H 'Content-Type: application/json' -d '{"name":"Ada","email":"ada@example.com","role":"editor"}'
	curl -i 'http://127.0.0.1:3000/users?role=editor&limit=10'
	curl -i -X PATCH http://127.0.0.1:3000/users/1 -H 'Authorization: Bearer secret' \
		-H 'Content-Type: application/json' -d '{"bio":null}'
	curl -i 'http://127.0.0.1:3000/users?page=0&limit=many'   # 400, both problems in one answer
	curl -i -X DELETE http://127.0.0.1:3000/users/1           # 401`

func main() {
	app := &users.App{Users: users.NewStore(), Admins: users.Admins{"secret": "root"}}
	err := serve.Run(context.Background(), users.Site(app), serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

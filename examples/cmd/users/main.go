// Command users serves the users example on 127.0.0.1:3000. The administrator's
// token is "secret".
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/handlergen/handlergen/examples/users"
)

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:3000")
	if err != nil {
		log.Fatal(err)
	}
	app := &users.App{Users: users.NewStore(), Admins: users.Admins{"secret": "root"}}
	fmt.Println(`serving http://127.0.0.1:3000, stop it with Ctrl-C; try

	curl -i http://127.0.0.1:3000/users -H 'Authorization: Bearer secret' \
		-H 'Content-Type: application/json' -d '{"name":"Ada","email":"ada@example.com","role":"editor"}'
	curl -i 'http://127.0.0.1:3000/users?role=editor&limit=10'
	curl -i -X PATCH http://127.0.0.1:3000/users/1 -H 'Authorization: Bearer secret' \
		-H 'Content-Type: application/json' -d '{"bio":null}'
	curl -i 'http://127.0.0.1:3000/users?page=0&limit=many'   # 400, both problems in one answer
	curl -i -X DELETE http://127.0.0.1:3000/users/1           # 401`)
	server := &http.Server{Handler: users.Routes(app), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.Serve(listener))
}

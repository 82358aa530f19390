// Command jwt serves the jwt example on 127.0.0.1:3000, with the user ada, whose
// password is "correct horse". Tokens are signed by a secret that is made anew
// each time.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"net"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/examples/jwt"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `stop it with Ctrl-C; try

	curl -i http://127.0.0.1:3000/api/user/profile                                # 401
	token=$(curl -s http://127.0.0.1:3000/api/login -H 'Content-Type: application/json' \
		-d '{"name":"ada","password":"correct horse"}' | sed 's/.*access_token":"//; s/".*//')
	curl -i http://127.0.0.1:3000/api/user/profile -H "Authorization: Bearer $token"
	curl -i http://127.0.0.1:3000/api/admin/users  -H "Authorization: Bearer $token"
	curl -i http://127.0.0.1:3000/api/session      -H "Authorization: Bearer $token"
	curl -i http://127.0.0.1:3000/api/session      -H "Authorization: Bearer x$token" # 401
	curl -i http://127.0.0.1:3000/api/greeting`

func main() {
	users := jwt.NewUsers()
	if err := users.Add("ada", "admin", "correct horse"); err != nil {
		log.Fatal(err)
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	router := jwt.Routes(jwt.NewApp(users, secret)).Layer(
		cors.New(cors.Config{
			Origins: []string{"http://localhost:5173"},
			Methods: []string{"PUT"},
			Headers: []string{"Authorization", "Content-Type"},
		}),
		compress.New(compress.Config{}),
	)
	err := serve.Run(context.Background(), router, serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

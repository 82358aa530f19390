// Command realworld serves Conduit, the RealWorld API, on 127.0.0.1:8080.
package main

import (
	"context"
	"crypto/rand"
	"flag"
	"log"
	"os"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	"github.com/handlergen/handlergen/runtime/serve"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the `address` to listen on")
	db := flag.String("db", "conduit.db", "the `file` of the database, or :memory:")
	flag.Parse()
	if flag.NArg() > 0 {
		log.Printf("what is %q? There are only flags:", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), *addr, *db); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, db string) error {
	app, err := conduit.Open(ctx, conduit.Config{DB: db, Secret: secret()})
	if err != nil {
		return err
	}
	defer app.Close()
	return serve.Run(ctx, app.Handler(), serve.Config{Addr: addr})
}

// secret returns what tokens are signed by: $CONDUIT_SECRET, or a new one, with
// which the tokens of before are worth nothing.
func secret() []byte {
	if secret := os.Getenv("CONDUIT_SECRET"); secret != "" {
		return []byte(secret)
	}
	return []byte(rand.Text() + rand.Text())
}

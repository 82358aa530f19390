// Command realworld serves Conduit, the API of RealWorld, on 127.0.0.1:8080 below
// /api. There is nothing to set up:
//
//	go run .
//	go run . --addr :8080 --db /var/lib/conduit.db
//	go run . --db :memory:
//
// Tokens are signed by the secret in $CONDUIT_SECRET, of at least 32 bytes. Without
// it they are by one that is made anew each time, and users have to log in again.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/handlergen/handlergen/examples/realworld/conduit"
	"github.com/handlergen/handlergen/runtime/serve"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the `address` to listen on")
	db := flag.String("db", "conduit.db", "the `file` of the database, or :memory:")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(flag.CommandLine.Output(), "unexpected argument %q\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}
	if err := run(context.Background(), *addr, *db); err != nil {
		log.Fatal(err)
	}
}

// run serves until the process is told to end.
func run(ctx context.Context, addr, db string) (err error) {
	secret, err := secret()
	if err != nil {
		return err
	}
	app, err := conduit.Open(ctx, conduit.Config{DB: db, Secret: secret})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, app.Close()) }()
	return serve.Run(ctx, app.Handler(), serve.Config{
		Addr:    addr,
		Started: func(at net.Addr) { fmt.Printf("stop it with Ctrl-C; try\n\n\tcurl -i http://%s/api/articles\n\n", at) },
	})
}

// secret returns what tokens are signed by.
func secret() ([]byte, error) {
	secret, given := os.LookupEnv("CONDUIT_SECRET")
	switch {
	case !given:
		return []byte(rand.Text() + rand.Text()), nil
	case len(secret) < 32:
		return nil, fmt.Errorf("$CONDUIT_SECRET has %d bytes, and needs 32", len(secret))
	}
	return []byte(secret), nil
}

// Command dropbox serves the dropbox example on 127.0.0.1:3000, with a folder
// that is removed at the end.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"

	"github.com/handlergen/handlergen/examples/dropbox"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `stop it with Ctrl-C; try

	curl -i http://127.0.0.1:3000/files/ -F note=hello -F file=@README.md
	curl -i http://127.0.0.1:3000/files/README.md -H 'Range: bytes=0-99'
	curl -OJ http://127.0.0.1:3000/files/README.md/save
	curl -i http://127.0.0.1:3000/files/ -F file=@README.md   # 409, it is there
	curl -i http://127.0.0.1:3000/files/ -F note=hello        # 422, no file
	head -c 2G /dev/zero | curl -i http://127.0.0.1:3000/files/count -F zeros=@-`

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	name, err := os.MkdirTemp("", "dropbox-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(name) }()
	folder, err := os.OpenRoot(name)
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	return serve.Run(context.Background(), dropbox.Routes(&dropbox.Box{Folder: folder}), serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
}

package ws_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/coder/websocket"

	"github.com/handlergen/handlergen/contrib/ws"
)

// A handler that echoes, and a client of package websocket that tries it.
func ExampleUpgrade() {
	ended := make(chan error)

	// //handlergen:route GET /echo
	echo := func(up ws.Upgrade) http.Handler {
		up.IdleTimeout = time.Minute
		up.MaxMessage = 64 << 10
		return up.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
			for message := range conn.Messages() {
				if err := conn.Write(ctx, message); err != nil {
					return
				}
			}
			ended <- conn.Err()
		})
	}

	server := httptest.NewServer(echo(ws.Upgrade{}))
	defer server.Close()

	ctx := context.Background()
	client, _, err := websocket.Dial(ctx, server.URL, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := client.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
		fmt.Println(err)
	}
	_, text, err := client.Read(ctx)
	fmt.Printf("%s %v\n", text, err)
	client.Close(websocket.StatusNormalClosure, "")
	fmt.Println("the end:", <-ended)

	response, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	fmt.Println(response.Status)
	// Output:
	// hello <nil>
	// the end: <nil>
	// 400 Bad Request
}

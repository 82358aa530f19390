package test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"
	"github.com/labstack/echo/v4"

	"github.com/handlergen/handlergen/contrib/echomux"
	"github.com/handlergen/handlergen/contrib/ginmux"
	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime"
)

// TestWebSockets opens connections below the routers of others, by a client of
// others.
func TestWebSockets(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	ended := make(chan error, 1)
	routes := runtime.NewRouter().Handle("/socket/{room}", ws.Upgrade{Config: ws.Config{Subprotocols: []string{"v1"}}}.OnUpgrade(
		func(ctx context.Context, conn *ws.Conn) {
			for message := range conn.Messages() {
				if err := conn.Write(ctx, message); err != nil {
					break
				}
			}
			ended <- conn.Err()
		}))
	mux, tree, engine, e := http.NewServeMux(), chi.NewRouter(), gin.New(), echo.New()
	routes.Register(mux)
	routes.Register(tree)
	routes.Register(ginmux.Wrap(engine))
	routes.Register(echomux.Wrap(e))
	for name, h := range map[string]http.Handler{"Router": routes, "ServeMux": mux, "chi": tree, "gin": engine, "echo": e} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(h)
			defer server.Close()
			dialer := websocket.Dialer{Subprotocols: []string{"v0", "v1"}, EnableCompression: true}
			url := strings.Replace(server.URL, "http", "ws", 1) + "/socket/7"
			conn, _, err := dialer.Dial(url, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetReadDeadline(time.Now().Add(30 * time.Second))
			if conn.Subprotocol() != "v1" {
				t.Errorf("the subprotocol is %q", conn.Subprotocol())
			}
			for _, size := range []int{0, 1, 1000, 100_000} {
				data := bytes.Repeat([]byte("ü"), size)
				for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
					if err := conn.WriteMessage(kind, data); err != nil {
						t.Fatal(err)
					}
					got, back, err := conn.ReadMessage()
					if got != kind || !bytes.Equal(back, data) || err != nil {
						t.Fatalf("%d bytes of type %d came back as %d of type %d: %v", len(data), kind, len(back), got, err)
					}
				}
			}
			farewell := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "bye")
			if err := conn.WriteMessage(websocket.CloseMessage, farewell); err != nil {
				t.Fatal(err)
			}
			if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
				t.Errorf("at the end: %v", err)
			}
			if err := <-ended; err != nil {
				t.Errorf("the server ends with %v", err)
			}

			_, response, err := dialer.Dial(url, http.Header{"Origin": {"https://evil.example"}})
			if err == nil || response == nil || response.StatusCode != http.StatusForbidden {
				t.Errorf("from another origin: %v, %v", response, err)
			}
		})
	}
}

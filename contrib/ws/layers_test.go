package ws_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/contrib/ws"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// TestLayers puts the layers of this project around a connection that lives
// longer than their timeouts.
func TestLayers(t *testing.T) {
	const timeout = 100 * time.Millisecond
	logged(t) // what Trace says
	chain := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := runtime.NewChain(w, next)
			defer c.End()
			answer := c.Next().Run(r)
			answer.Header.Set("X-Layer", "chain")
			answer.IntoResponse(w, r)
		})
	}
	for name, layers := range map[string][]func(http.Handler) http.Handler{
		"Recover":            {middleware.Recover()},
		"Trace":              {middleware.Trace()},
		"Timeout":            {middleware.Timeout(timeout)},
		"RequestBodyTimeout": {middleware.RequestBodyTimeout(timeout)},
		"bodies":             {middleware.ResponseBodyTimeout(timeout), middleware.BodyLimit(10), middleware.Decompress()},
		"compress and cors":  {compress.New(compress.Config{}), cors.New(cors.Permissive())},
		"a chain":            {chain},
		"all": {
			middleware.Trace(), middleware.Recover(), middleware.RequestID(), compress.New(compress.Config{}), cors.New(cors.Permissive()),
			chain, middleware.Timeout(timeout), middleware.BodyLimit(10), middleware.ConcurrencyLimit(1),
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &site{ended: make(chan error, 1)}
			router := runtime.NewRouter()
			router.Handle("GET /socket", ws.Upgrade{}.OnUpgrade(func(ctx context.Context, conn *ws.Conn) {
				echo(ctx, conn)
				s.ended <- conn.Err()
			}))
			s.start(t, router.Layer(layers...))
			p := s.connect(t)
			response := p.request(handshake("Accept-Encoding: gzip"))
			if response.StatusCode != 101 {
				t.Fatal(response.Status)
			}
			time.Sleep(3 * timeout)
			for range 3 {
				text := strings.Repeat("x", 10_000)
				p.send(frame(final|textual, []byte(text)))
				p.wants(textual, text)
			}
			p.send(closeFrame(1000, ""))
			p.wantsClose(1000)
			if err := s.end(t); err != nil {
				t.Error(err)
			}
		})
	}
}

// Command proxy serves the proxy example on 127.0.0.1:3000, and behind it, on
// 127.0.0.1:3001, a server that knows the weather.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/handlergen/handlergen/examples/proxy"
	"github.com/handlergen/handlergen/runtime/serve"
)

const advice = `stop it with Ctrl-C; try

	curl -i http://127.0.0.1:3000/weather/Oslo   # a handler returns the response
	curl -i http://127.0.0.1:3000/clock          # events, through a reverse proxy
	curl -i http://127.0.0.1:3000/weather/Slow   # 504`

func main() {
	behind := &http.Server{Addr: "127.0.0.1:3001", Handler: weather(), ReadHeaderTimeout: time.Second}
	go func() { log.Fatal(behind.ListenAndServe()) }()
	gateway := proxy.New(&url.URL{Scheme: "http", Host: behind.Addr}, time.Second)
	err := serve.Run(context.Background(), proxy.Routes(gateway), serve.Config{
		Addr:    "127.0.0.1:3000",
		Started: func(net.Addr) { fmt.Println(advice) },
	})
	if err != nil {
		log.Fatal(err)
	}
}

// weather is the server behind.
func weather() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /weather/{city}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("city") == "Slow" {
			<-r.Context().Done()
			return
		}
		_, _ = fmt.Fprintf(w, "It rains in %s.\n", r.PathValue("city"))
	})
	mux.HandleFunc("GET /clock", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			_, _ = fmt.Fprintf(w, "data: %s\n\n", time.Now().Format(time.TimeOnly))
			_ = http.NewResponseController(w).Flush()
			time.Sleep(time.Second)
		}
	})
	return mux
}

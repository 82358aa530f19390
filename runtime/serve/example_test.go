package serve_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/serve"
)

// In a program, a signal ends the server; here, the client does.
func ExampleRun() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ready", serve.Ready)
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "hello\n")
	})

	ctx, stop := context.WithCancel(context.Background())
	client := func(addr net.Addr) {
		defer stop()
		for _, path := range []string{"/ready", "/hello"} {
			resp, err := http.Get("http://" + addr.String() + path)
			if err != nil {
				fmt.Println(err)
				return
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			fmt.Printf("%s: %s", path, body)
		}
	}

	err := serve.Run(ctx, mux, serve.Config{
		Addr:    "127.0.0.1:0", // any free port
		Started: func(addr net.Addr) { go client(addr) },
		Logger:  slog.New(slog.DiscardHandler),
	})
	fmt.Println("ended:", err)
	// Output:
	// /ready: ready
	// /hello: hello
	// ended: <nil>
}

// A stream that looks at the end of the server does not have to be cut.
func ExampleRun_stream() {
	ticks := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		out := http.NewResponseController(w)
		ticker := time.NewTicker(time.Hour)
		defer ticker.Stop()
		for {
			fmt.Fprint(w, "data: tick\n\n")
			if out.Flush() != nil {
				return
			}
			select {
			case <-ticker.C:
			case <-r.Context().Done(): // the client has gone
				return
			case <-drain.Done(r.Context()): // the server goes
				return
			}
		}
	}

	ctx, stop := context.WithCancel(context.Background())
	client := func(addr net.Addr) {
		resp, err := http.Get("http://" + addr.String())
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		stop()
		io.ReadAll(resp.Body)
	}

	fmt.Println(serve.Run(ctx, http.HandlerFunc(ticks), serve.Config{
		Addr:    "127.0.0.1:0",
		Started: func(addr net.Addr) { go client(addr) },
		Logger:  slog.New(slog.DiscardHandler),
	}))
	// Output: <nil>
}

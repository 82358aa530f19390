package drain_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/handlergen/handlergen/runtime/drain"
)

// A long poll answers at once when the server ends, instead of keeping it.
func Example() {
	news := make(chan string) // none today
	poll := func(w http.ResponseWriter, r *http.Request) {
		select {
		case item := <-news:
			fmt.Fprintln(w, item)
		case <-drain.Done(r.Context()):
			w.WriteHeader(http.StatusNoContent) // the client asks again, elsewhere
		case <-r.Context().Done():
		}
	}

	group := drain.New()
	server := httptest.NewUnstartedServer(http.HandlerFunc(poll))
	server.Config.BaseContext = func(net.Listener) context.Context {
		return group.Context(context.Background())
	}
	server.Config.RegisterOnShutdown(group.Begin)
	server.Start()
	defer server.Close()

	answered := make(chan string)
	go func() {
		resp, err := http.Get(server.URL)
		if err != nil {
			answered <- err.Error()
			return
		}
		resp.Body.Close()
		answered <- resp.Status
	}()

	group.Begin() // as Shutdown does
	fmt.Println(<-answered)
	// Output: 204 No Content
}

// Work that goes on after the answer, and that the server waits for.
func ExampleDetach() {
	group := drain.New()
	mail := make(chan string, 1)
	signUp := func(w http.ResponseWriter, r *http.Request) {
		ctx, done := drain.Detach(r.Context())
		go func() {
			defer done()
			if ctx.Err() == nil {
				mail <- "welcome"
			}
		}()
		w.WriteHeader(http.StatusAccepted)
	}

	request, end := context.WithCancel(group.Context(context.Background()))
	signUp(httptest.NewRecorder(), httptest.NewRequestWithContext(request, "POST", "/users", nil))
	end()

	fmt.Println(group.Wait(context.Background()), <-mail)
	// Output: <nil> welcome
}

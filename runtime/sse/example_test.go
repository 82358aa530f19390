package sse_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/sse"
)

// The server ends its stream after each event. The client comes again, and says
// what it has seen, until the server wants no more of it.
func ExampleClient() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		news := map[string]runtime.Event{
			"":  {ID: "1", Data: "first", Retry: 10 * time.Millisecond},
			"1": {ID: "2", Data: "second", Name: "flash"},
		}
		event, ok := news[r.Header.Get("Last-Event-ID")]
		if !ok {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if err := runtime.WriteEventSeq(w, r, http.StatusOK, func(yield func(runtime.Event) bool) { yield(event) }); err != nil {
			runtime.WriteError(w, r, err)
		}
	}))
	defer server.Close()

	client := sse.Client{URL: server.URL}
	for event, err := range client.Events(context.Background()) {
		if err != nil {
			fmt.Println("failed:", err)
			return
		}
		fmt.Println(event.ID, event.Name, event.Data)
	}
	// Output:
	// 1  first
	// 2 flash second
}

// Read is for streams that come from elsewhere, such as answers to a POST that
// are not to be asked for again.
func ExampleRead() {
	answer := strings.NewReader("data: Hello,\n\ndata: World!\n\n")
	for event, err := range sse.Read(answer, 0) {
		if err != nil {
			fmt.Println("failed:", err)
			return
		}
		fmt.Println(event.Data)
	}
	// Output:
	// Hello,
	// World!
}

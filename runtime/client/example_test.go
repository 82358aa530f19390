package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/client"
)

// What a generated client does: it makes a request, and decodes the answer.
// Here it goes straight into a handler, as in a test.
func Example() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "7" {
			runtime.WriteError(w, r, runtime.Errorf(http.StatusNotFound, "there is no user %s", r.PathValue("id")))
			return
		}
		_, _ = io.WriteString(w, `{"name":"Ann"}`)
	})
	c := client.New("", client.WithHandler(mux))
	get := func(id int) (map[string]string, error) {
		req := client.NewRequest(http.MethodGet, "/users/{id}")
		req.Path("id", runtime.FormatInt(id))
		return client.JSON[map[string]string](c.Do(context.Background(), req))
	}

	user, err := get(7)
	fmt.Println(user["name"], err)

	_, err = get(8)
	if failed, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(failed.Status, failed.Title+":", failed.Detail)
	}
	// Output:
	// Ann <nil>
	// 404 Not Found: there is no user 8
}

// Edit adds to the requests of one call what a method has no parameter for.
func ExampleEdit() {
	c := client.New("", client.WithHandler(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.URL.Path, r.Header.Get("X-Trace"))
	})))
	ctx := client.Edit(context.Background(), func(r *http.Request) error {
		r.Header.Set("X-Trace", "abc")
		return nil
	})
	err := client.Nothing(c.Do(ctx, client.NewRequest(http.MethodPost, "/ping")))
	fmt.Println(err)
	// Output:
	// POST /ping abc
	// <nil>
}

package runtime_test

import (
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
)

// A handler that returns events answers with an event stream.
func ExampleEvent() {
	countdown := func() iter.Seq[runtime.Event] {
		return func(yield func(runtime.Event) bool) {
			for i := 2; i > 0; i-- {
				if !yield(runtime.Event{ID: fmt.Sprint(i), Data: fmt.Sprintf("%d\nto go", i)}) {
					return // the client has gone, or the server drains
				}
			}
			yield(runtime.Event{Name: "liftoff", Retry: time.Hour})
		}
	}

	// What follows is what generated code does.
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/countdown", nil)
	if err := runtime.WriteEventSeq(w, r, http.StatusOK, countdown()); err != nil {
		runtime.WriteError(w, r, err)
	}
	fmt.Print(w.Body)
	// Output:
	// id: 2
	// data: 2
	// data: to go
	//
	// id: 1
	// data: 1
	// data: to go
	//
	// event: liftoff
	// retry: 3600000
	// data:
}

// A handler that takes JSON lines reads its body value by value, and one that
// returns an iterator answers so.
func ExampleJSONLines() {
	type point struct{ X, Y int }
	sums := func(points runtime.JSONLines[point]) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for p, err := range points.Value {
				if !yield(p.X+p.Y, err) {
					return
				}
			}
		}
	}

	// What follows is what generated code does.
	w := httptest.NewRecorder()
	r := httptest.NewRequest("POST", "/sums", strings.NewReader("{\"X\":1,\"Y\":2}\n{\"X\":3,\"Y\":4}\n"))
	r.Header.Set("Content-Type", "application/x-ndjson")
	in := runtime.NewInput(w, r)
	points, err := runtime.ReadJSONLines[point](&in, runtime.DefaultBodyLimit, nil)
	if err != nil {
		runtime.WriteError(w, r, err)
		return
	}
	if err := runtime.WriteLines(w, r, http.StatusOK, sums(points)); err != nil {
		runtime.WriteError(w, r, err)
	}
	fmt.Print(w.Body)
	// Output:
	// 3
	// 7
}

// Two clients have read version 1. The second one to write is told that it has
// changed in the meantime.
func ExamplePreconditions() {
	version := 1
	save := func(conditions runtime.Preconditions) (runtime.ETag, error) {
		if err := conditions.Check(runtime.ETag(fmt.Sprint(version))); err != nil {
			return "", err
		}
		version++
		return runtime.ETag(fmt.Sprint(version)), nil
	}

	for range 2 {
		r := httptest.NewRequest("PUT", "/page", nil)
		r.Header.Set("If-Match", `"1"`)
		tag, err := save(runtime.ReadPreconditions(r))
		if err != nil {
			fmt.Println(runtime.StatusOf(err), err)
			continue
		}
		fmt.Println("saved as", tag)
	}
	// Output:
	// saved as 2
	// 412 the content is not the one that the request is for
}

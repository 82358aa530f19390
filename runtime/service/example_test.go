package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime/service"
)

func Example() {
	hello := service.Func(func(_ context.Context, name string) (string, error) {
		return "Hello, " + name + "!", nil
	})
	hello = service.ConcurrencyLimit(hello, 100)
	hello = service.Timeout(hello, time.Second)

	greeting, err := service.Do(context.Background(), hello, "World")
	fmt.Println(greeting, err)
	// Output: Hello, World! <nil>
}

// The layers of a server, from the outside to the inside: at most 100 requests
// wait, 10 are worked on, the others get 503; and nobody works for longer than
// a second.
func ExampleBuilder() {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "Hello, World!")
	})
	s := service.HTTP().
		LoadShed().
		Buffer(100).
		ConcurrencyLimit(10).
		Timeout(time.Second).
		Service(service.FromHandler(h))
	server := httptest.NewServer(service.ToHandler(s))
	defer server.Close()

	res, err := http.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	fmt.Println(res.Status)
	_, _ = io.Copy(os.Stdout, res.Body)
	// Output:
	// 200 OK
	// Hello, World!
}

// An http.Client whose requests are sent again when that may help.
func ExampleToRoundTripper() {
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()

	client := &http.Client{Transport: service.ToRoundTripper(service.HTTP().
		Timeout(time.Minute).
		Retry(&service.RetryPolicy[*http.Request, *http.Response]{}).
		Service(service.FromRoundTripper(nil)))}
	res, err := client.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer res.Body.Close()
	fmt.Println(res.Status, "after", tries, "tries")
	// Output: 200 OK after 3 tries
}

// A worker that takes a job only when the service has room for it.
func ExampleReserve() {
	jobs := []string{"one", "two"}
	s := service.ConcurrencyLimit(service.Func(func(_ context.Context, job string) (string, error) {
		return job + " is done", nil
	}), 1)

	work := func() error {
		ctx, release := service.Reserve(context.Background())
		defer release()
		if err := s.Ready(ctx); err != nil {
			return err
		}
		job := jobs[0]
		jobs = jobs[1:]
		res, err := s.Call(ctx, job)
		fmt.Println(res)
		return err
	}
	for len(jobs) > 0 {
		if err := work(); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// one is done
	// two is done
}

func ExampleLoadShed() {
	busy := make(chan struct{})
	s := service.NewBuilder[string, string]().
		LoadShed().
		ConcurrencyLimit(1).
		Func(func(_ context.Context, name string) (string, error) {
			busy <- struct{}{}
			<-busy
			return "Hello, " + name + "!", nil
		})

	first := make(chan string)
	go func() {
		greeting, _ := service.Do(context.Background(), s, "first")
		first <- greeting
	}()
	<-busy // with the first
	_, err := service.Do(context.Background(), s, "second")
	fmt.Println(err, errors.Is(err, service.ErrOverloaded))
	busy <- struct{}{}
	fmt.Println(<-first)
	// Output:
	// service overloaded true
	// Hello, first!
}

func ExampleRetry() {
	tries := 0
	flaky := service.Func(func(_ context.Context, name string) (string, error) {
		if tries++; tries < 3 {
			return "", errors.New("not now")
		}
		return "Hello, " + name + "!", nil
	})
	s := service.Retry(flaky, &service.RetryPolicy[string, string]{
		Attempts: 5,
		Backoff:  service.Exponential(time.Millisecond, 10*time.Millisecond, 0.5),
	})
	greeting, err := service.Do(context.Background(), s, "World")
	fmt.Println(greeting, err, tries)
	// Output: Hello, World! <nil> 3
}

// Services that come and go, each with a limit of its own.
func ExampleBalance() {
	named := func(name string) service.Service[int, string] {
		return service.Func(func(context.Context, int) (string, error) { return name, nil })
	}
	changes := make(chan service.Change[int, string], 2)
	changes <- service.Change[int, string]{Key: "10.0.0.1:80", Service: named("first")}
	s := service.Balance(service.Each(service.Changes(changes), service.NewBuilder[int, string]().ConcurrencyLimit(10).Stack()))

	fmt.Println(service.Do(context.Background(), s, 1))
	changes <- service.Change[int, string]{Key: "10.0.0.2:80", Service: named("second")}
	changes <- service.Change[int, string]{Key: "10.0.0.1:80"} // has gone
	fmt.Println(service.Do(context.Background(), s, 2))
	// Output:
	// first <nil>
	// second <nil>
}

func ExampleSteer() {
	read := service.Func(func(context.Context, *http.Request) (string, error) { return "read", nil })
	write := service.Func(func(context.Context, *http.Request) (string, error) { return "write", nil })
	s := service.Steer(func(r *http.Request) int {
		if r.Method == http.MethodGet {
			return 0
		}
		return 1
	}, read, write)
	for _, method := range []string{"GET", "POST"} {
		fmt.Println(service.Do(context.Background(), s, httptest.NewRequest(method, "/", nil)))
	}
	// Output:
	// read <nil>
	// write <nil>
}

// The types of requests and responses change on the way.
func ExampleMapRequest() {
	count := service.Func(func(_ context.Context, words []string) (int, error) { return len(words), nil })
	s := service.MapResponse(
		service.MapRequest(count, strings.Fields),
		func(n int) string { return fmt.Sprintf("%d words", n) },
	)
	fmt.Println(service.Do(context.Background(), s, "the quick brown fox"))
	// Output: 4 words <nil>
}

func ExampleCallAll() {
	square := service.ConcurrencyLimit(service.Func(func(_ context.Context, n int) (int, error) {
		return n * n, nil
	}), 2)
	for n, err := range service.CallAll(context.Background(), square, slices.Values([]int{1, 2, 3, 4})) {
		fmt.Println(n, err)
	}
	// Output:
	// 1 <nil>
	// 4 <nil>
	// 9 <nil>
	// 16 <nil>
}

// A gate lets one call through at a time.
type gate[Req, Res any] struct {
	service.Service[Req, Res]
	free chan struct{} // of one
	slot *service.Slot[struct{}]
}

func newGate[Req, Res any](s service.Service[Req, Res]) service.Service[Req, Res] {
	g := &gate[Req, Res]{Service: s, free: make(chan struct{}, 1)}
	g.slot = service.NewSlot(func(struct{}) { <-g.free })
	return g
}

func (g *gate[Req, Res]) Ready(ctx context.Context) error {
	if !g.slot.Kept(ctx) {
		if err := g.enter(ctx); err != nil {
			return err
		}
		g.slot.Keep(ctx, struct{}{})
	}
	return g.Service.Ready(ctx)
}

func (g *gate[Req, Res]) Call(ctx context.Context, req Req) (res Res, err error) {
	if _, ok := g.slot.Take(ctx); !ok {
		if err := g.enter(ctx); err != nil {
			return res, err
		}
	}
	defer func() { <-g.free }()
	return g.Service.Call(ctx, req)
}

func (g *gate[Req, Res]) enter(ctx context.Context) error {
	select { // first without a look at ctx
	case g.free <- struct{}{}:
		return nil
	default:
	}
	select {
	case g.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// A layer that keeps something between Ready and Call.
func ExampleSlot() {
	s := newGate(service.Func(func(_ context.Context, name string) (string, error) {
		return "Hello, " + name + "!", nil
	}))
	ctx, release := service.Reserve(context.Background())
	fmt.Println(s.Ready(ctx)) // the gate is ours
	fmt.Println(service.TryReady(context.Background(), s))
	release() // and we leave it
	fmt.Println(service.Do(context.Background(), s, "World"))
	// Output:
	// <nil>
	// false <nil>
	// Hello, World! <nil>
}

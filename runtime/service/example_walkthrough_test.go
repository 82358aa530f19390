package service_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime/service"
)

// hello is the application: a function from a request to a response.
func hello(ctx context.Context, r *http.Request) (*http.Response, error) {
	if r.URL.Path == "/slow" {
		select {
		case <-time.After(time.Hour):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     make(http.Header),
		Body:       io.NopCloser(strings.NewReader(`{"hello":"world"}`)),
	}, nil
}

// Timeout is a layer from scratch. It knows nothing of HTTP: it serves any
// service whose response is complete when Call returns. The body of one that
// comes over a network is not, and is read in a context that has ended by then;
// [service.Timeout] sees to that.
type Timeout[Req, Res any] struct {
	service.Service[Req, Res] // whose Ready is that of the Timeout
	After                     time.Duration
}

func (t Timeout[Req, Res]) Call(ctx context.Context, req Req) (Res, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, t.After, service.ErrTimeout)
	defer cancel()
	res, err := t.Service.Call(ctx, req)
	if errors.Is(err, context.DeadlineExceeded) {
		err = context.Cause(ctx)
	}
	return res, err
}

// JSONContentType is a layer for HTTP responses only. It serves whatever gives
// some, such as a Timeout around an application.
type JSONContentType struct {
	service.Service[*http.Request, *http.Response]
}

func (j JSONContentType) Call(ctx context.Context, r *http.Request) (*http.Response, error) {
	res, err := j.Service.Call(ctx, r)
	if err == nil {
		res.Header.Set("Content-Type", "application/json")
	}
	return res, err
}

// A handler, a timeout around it, a JSON service around that, served over the
// network; and at the other end a client, which is a service as well, with
// layers that make it impatient, persistent and polite.
func Example_walkthrough() {
	// The server. Layers are values with a service inside.
	var app service.Service[*http.Request, *http.Response]
	app = service.Func(hello)
	app = Timeout[*http.Request, *http.Response]{app, 10 * time.Millisecond}
	app = JSONContentType{app}
	server := httptest.NewServer(service.ToHandler(app))
	defer server.Close()

	// The client. What is around it needs to know neither that it is one, nor
	// what is around the server.
	var tries int
	var client service.Service[*http.Request, *http.Response]
	client = service.FromRoundTripper(server.Client().Transport)
	client = service.MapRequest(client, func(r *http.Request) *http.Request {
		tries++
		return r
	})
	client = service.Timeout(client, time.Minute)
	client = service.RateLimit(client, 2, 50*time.Millisecond)
	client = service.Retry(client, &service.RetryPolicy[*http.Request, *http.Response]{
		Attempts: 3,
		Backoff:  service.Exponential(time.Millisecond, time.Second, 0.5),
	})

	began := time.Now()
	for _, path := range []string{"/", "/slow"} {
		tries = 0
		r, err := http.NewRequest("GET", server.URL+path, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		res, err := service.Do(context.Background(), client, r)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		fmt.Println(path, res.StatusCode, res.Header.Get("Content-Type"), err)
		fmt.Println(string(body))
		fmt.Println("tries:", tries)
	}
	fmt.Println("four tries took two windows of the limit:", time.Since(began) >= 50*time.Millisecond)

	// Output:
	// / 200 application/json <nil>
	// {"hello":"world"}
	// tries: 1
	// /slow 504 application/problem+json <nil>
	// {"title":"Gateway Timeout","status":504}
	// tries: 3
	// four tries took two windows of the limit: true
}

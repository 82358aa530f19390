package sse_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/drain"
	"github.com/handlergen/handlergen/runtime/internal/leak"
	"github.com/handlergen/handlergen/runtime/sse"
)

// checkLeaks fails the test if goroutines are left when it ends.
func checkLeaks(t *testing.T) {
	t.Helper()
	leak.Check(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
}

// counting answers with the numbers after the one that the client has seen
// last. After a few it breaks off, in one way or another; after the last one it
// wants the client not to come again.
func counting(last int, connections *atomic.Int32) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r, stop := runtime.WithStream(w, r, 0)
		defer stop()
		n := connections.Add(1)
		seen, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
		if seen == last {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if n%5 == 4 {
			http.Error(w, "busy", http.StatusServiceUnavailable)
			return
		}
		err := runtime.WriteEvents(w, r, http.StatusOK, func(yield func(runtime.Event, error) bool) {
			if !yield(runtime.Event{Retry: time.Millisecond}, nil) {
				return
			}
			for i := seen + 1; i <= last; i++ {
				if !yield(runtime.Event{ID: strconv.Itoa(i), Data: fmt.Sprint("number ", i)}, nil) {
					return
				}
				switch {
				case i%7 == 0 && n%2 == 0:
					return
				case i%7 == 0:
					panic(http.ErrAbortHandler)
				}
			}
		})
		if err != nil {
			runtime.WriteError(w, r, err)
		}
	}
}

// TestNothingIsLost counts through ends, aborts and refusals, over HTTP/1.1 and
// HTTP/2, and through a relay.
func TestNothingIsLost(t *testing.T) {
	const last = 200
	var connections atomic.Int32
	count := func(t *testing.T, c sse.Client) {
		t.Helper()
		c.Retry = time.Millisecond
		want := 1
		for event, err := range c.Events(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			if event.ID != strconv.Itoa(want) || event.Data != fmt.Sprint("number ", want) {
				t.Fatalf("got %+v, want number %d", event, want)
			}
			want++
		}
		if want != last+1 {
			t.Errorf("the numbers end before %d", want)
		}
		if n := connections.Swap(0); n < 10 {
			t.Errorf("%d connections: nothing broke off", n)
		}
	}
	t.Run("HTTP/1.1", func(t *testing.T) {
		checkLeaks(t)
		s := httptest.NewServer(counting(last, &connections))
		defer s.Close()
		count(t, sse.Client{URL: s.URL, HTTP: s.Client()})
	})
	t.Run("HTTP/2", func(t *testing.T) {
		checkLeaks(t)
		s := httptest.NewUnstartedServer(counting(last, &connections))
		s.EnableHTTP2 = true
		s.StartTLS()
		defer s.Close()
		count(t, sse.Client{URL: s.URL, HTTP: s.Client()})
	})
	t.Run("relay", func(t *testing.T) {
		checkLeaks(t)
		s := httptest.NewServer(counting(last, &connections))
		defer s.Close()
		relay := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r, stop := runtime.WithStream(w, r, 0)
			defer stop()
			seen := r.Header.Get("Last-Event-ID")
			if seen == strconv.Itoa(last) {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			upstream := sse.Client{URL: s.URL, HTTP: s.Client(), LastEventID: seen, Retry: time.Millisecond}
			if err := runtime.WriteEvents(w, r, http.StatusOK, upstream.Events(r.Context())); err != nil {
				runtime.WriteError(w, r, err)
			}
		}))
		defer relay.Close()
		count(t, sse.Client{URL: relay.URL, HTTP: relay.Client()})
	})
}

// TestServerRestarts drains a server and starts another in its place: the client
// goes on where it was.
func TestServerRestarts(t *testing.T) {
	checkLeaks(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	numbers := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, stop := runtime.WithStream(w, r, 0)
		defer stop()
		seen, _ := strconv.Atoi(r.Header.Get("Last-Event-ID"))
		err := runtime.WriteEvents(w, r, http.StatusOK, func(yield func(runtime.Event, error) bool) {
			for i := seen + 1; yield(runtime.Event{ID: strconv.Itoa(i)}, nil); i++ {
				select {
				case <-time.After(time.Millisecond):
				case <-r.Context().Done():
					return
				}
			}
		})
		if err != nil {
			runtime.WriteError(w, r, err)
		}
	})
	start := func(listener net.Listener) *http.Server {
		group := drain.New()
		s := &http.Server{
			Handler: numbers, ErrorLog: log.New(io.Discard, "", 0),
			BaseContext: func(net.Listener) context.Context { return group.Context(context.Background()) },
		}
		s.RegisterOnShutdown(group.Begin)
		go s.Serve(listener)
		return s
	}
	server := start(listener)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c := sse.Client{URL: "http://" + address, HTTP: &http.Client{Transport: transport}, Retry: 10 * time.Millisecond, MaxRetry: 50 * time.Millisecond}
	want := 1
	for event, err := range c.Events(t.Context()) {
		if err != nil || event.ID != strconv.Itoa(want) {
			t.Fatalf("got %+v, %v, want number %d", event, err, want)
		}
		if want == 60 {
			break
		}
		if want%20 == 0 {
			if err := server.Shutdown(t.Context()); err != nil { // which does not wait for the stream
				t.Fatal(err)
			}
			if listener, err = net.Listen("tcp", address); err != nil {
				t.Fatal(err)
			}
			server = start(listener)
		}
		want++
	}
	if err := server.Shutdown(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRedirects follows each kind of redirect, and says there what it has seen.
func TestRedirects(t *testing.T) {
	checkLeaks(t)
	var connections atomic.Int32
	numbers := counting(20, &connections)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			statuses := []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect}
			http.Redirect(w, r, "/new", statuses[int(connections.Load())%len(statuses)])
			return
		}
		numbers(w, r)
	}))
	defer s.Close()
	want := 1
	c := sse.Client{URL: s.URL + "/old", HTTP: s.Client(), Retry: time.Millisecond}
	for event, err := range c.Events(t.Context()) {
		if err != nil || event.ID != strconv.Itoa(want) {
			t.Fatalf("got %+v, %v, want number %d", event, err, want)
		}
		want++
	}
	if want != 21 || connections.Load() < 4 {
		t.Errorf("the numbers end before %d, after %d connections", want, connections.Load())
	}
}

// TestStops ends clients in every state: none leaves anything behind.
func TestStops(t *testing.T) {
	checkLeaks(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/head":
			<-r.Context().Done()
		case "/events":
			if err := runtime.WriteEventSeq(w, r, http.StatusOK, func(yield func(runtime.Event) bool) {
				yield(runtime.Event{Data: "first"})
				<-r.Context().Done()
			}); err != nil {
				t.Error(err)
			}
		}
	}))
	defer s.Close()
	for _, path := range []string{"/head", "/events", "/wait"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		c := sse.Client{URL: s.URL + path, HTTP: s.Client()}
		if path == "/wait" {
			c.URL = "http://127.0.0.1:1"
		}
		var last error
		for event, err := range c.Events(ctx) {
			if last = err; err == nil && event.Data != "first" {
				t.Errorf("%s: got %+v", path, event)
			}
		}
		if !errors.Is(last, context.DeadlineExceeded) {
			t.Errorf("%s: ended with %v", path, last)
		}
		cancel()
	}
}

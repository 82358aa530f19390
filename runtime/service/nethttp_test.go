package service

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A wire is a network of one server, whose connections are pipes in memory, so
// that net/http itself runs on virtual time.
type wire struct {
	conns chan net.Conn
	once  sync.Once
	done  chan struct{}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.conns:
		return c, nil
	case <-w.done:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error   { w.once.Do(func() { close(w.done) }); return nil }
func (w *wire) Addr() net.Addr { return &net.IPAddr{} }

func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case w.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// onWire serves h, and returns the other end of the wire.
func onWire(t *testing.T, h http.Handler) httpService {
	w := &wire{conns: make(chan net.Conn), done: make(chan struct{})}
	server := &http.Server{Handler: h}
	ended := make(chan struct{})
	go func() { server.Serve(w); close(ended) }()
	client := &http.Transport{DialContext: w.dial}
	t.Cleanup(func() {
		client.CloseIdleConnections()
		server.Close()
		<-ended
	})
	return FromRoundTripper(client)
}

// The timeout of a client ends with the head. The body may take its time.
func TestTimeoutOverNetHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := HTTP().Timeout(time.Minute).Service(onWire(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/slow" {
				<-r.Context().Done()
				return
			}
			for i := range 3 {
				fmt.Fprintln(w, i)
				http.NewResponseController(w).Flush()
				time.Sleep(time.Hour)
			}
		})))
		began := time.Now()
		_, body, err := ask(t, client, "GET", "http://example.com/", nil)
		want(t, "body", body, "0\n1\n2\n")
		wantErr(t, "GET", err, nil)
		want(t, "time", time.Since(began), 3*time.Hour)

		began = time.Now()
		_, _, err = ask(t, client, "GET", "http://example.com/slow", nil)
		wantErr(t, "GET /slow", err, ErrTimeout)
		want(t, "time", time.Since(began), time.Minute)
	})
}

// A hedge over the network: the late request is cut off, and the other's body
// can be read.
func TestHedgeOverNetHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		requests := make(chan string, 10)
		s := Hedge(onWire(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			requests <- string(body)
			if len(requests) == 1 {
				<-r.Context().Done()
				requests <- "cut off"
				return
			}
			time.Sleep(time.Millisecond)
			io.WriteString(w, long)
		})), HedgeConfig[*http.Request]{Period: time.Hour}).(*hedge[*http.Request, *http.Response])
		for range 10 {
			s.latencies.add(time.Second)
		}
		time.Sleep(time.Hour)

		r := newRequest(t)
		r.Method, r.Body = "PUT", io.NopCloser(strings.NewReader("body"))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
		began := time.Now()
		res, err := Do(t.Context(), s, r)
		wantErr(t, "Do", err, nil)
		want(t, "time", time.Since(began), late(time.Second)+time.Millisecond)
		time.Sleep(time.Hour)
		body, err := io.ReadAll(res.Body)
		wantErr(t, "body", err, nil)
		want(t, "body", string(body), long)
		res.Body.Close()
		for _, wanted := range []string{"body", "body", "cut off"} {
			want(t, "the server saw", <-requests, wanted)
		}
	})
}

// The rest of a response that is not returned is not waited for.
func TestRetryOverAStalledConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		s := Retry(onWire(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if tries++; tries > 1 {
				return
			}
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusServiceUnavailable)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})), &RetryPolicy[*http.Request, *http.Response]{Backoff: every(time.Second)})
		began := time.Now()
		res, _, err := ask(t, s, "GET", "http://example.com/", nil)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%v, %v", res, err)
		}
		want(t, "time", time.Since(began), time.Second+discardTime)
	})
}

// A balancer of servers: one that fails is avoided by retries, one that is slow
// by its load.
func TestBalanceOverNetHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		seen := map[string]int{}
		serve := func(name string, status int, after time.Duration) httpService {
			return onWire(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				mu.Lock()
				seen[name]++
				mu.Unlock()
				time.Sleep(after)
				w.WriteHeader(status)
			}))
		}
		s := HTTP().
			Retry(&RetryPolicy[*http.Request, *http.Response]{Attempts: 100, Backoff: every(time.Millisecond), Budget: Unlimited}).
			Service(Balance(List(
				serve("good", 200, time.Millisecond),
				serve("slow", 200, time.Second),
				serve("bad", 503, time.Millisecond),
			)))
		var all sync.WaitGroup
		for range 300 {
			time.Sleep(5 * time.Millisecond)
			all.Go(func() {
				res, _, err := ask(t, s, "GET", "http://example.com/", nil)
				if err != nil || res.StatusCode != 200 {
					t.Errorf("%v, %v", res, err)
				}
			})
		}
		all.Wait()
		if seen["good"] < 200 || seen["slow"] == 0 || seen["slow"] > 50 || seen["bad"] == 0 {
			t.Errorf("requests: %v", seen)
		}
	})
}

package contrib_test

import (
	"bufio"
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/handlergen/handlergen/contrib/compress"
	"github.com/handlergen/handlergen/contrib/cors"
	"github.com/handlergen/handlergen/contrib/jwt"
	"github.com/handlergen/handlergen/contrib/ratelimit"
	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

var (
	key      = jwt.Key{Algorithm: jwt.HS256, Value: []byte("this is 32 bytes and not random!")}
	verifier = jwt.NewVerifier[jwt.RegisteredClaims](jwt.Config{Keys: []jwt.Key{key}})
)

// stack serves a router with all layers, each in its place.
func stack(t *testing.T, router *runtime.Router) *httptest.Server {
	t.Helper()
	router.RouteLayer(verifier.Require).Layer(
		middleware.RequestID(),
		middleware.Trace(middleware.TraceConfig{Logger: slog.New(slog.DiscardHandler)}),
		cors.New(cors.Config{Origins: []string{"https://app.example.com"}, Headers: []string{"Authorization"}}),
		middleware.Recover(),
		ratelimit.New(ratelimit.Config{Rate: ratelimit.Rate{Requests: 100, Per: time.Hour}}),
		compress.New(compress.Config{}),
		middleware.Timeout(time.Minute),
		middleware.BodyLimit(1<<20),
	)
	s := httptest.NewServer(router)
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, s *httptest.Server, path string) *http.Response {
	t.Helper()
	token, err := jwt.Sign(key, jwt.RegisteredClaims{Subject: "ada", ExpiresAt: jwt.At(time.Now().Add(time.Hour))})
	if err != nil {
		t.Fatal(err)
	}
	request, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+path, nil)
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Accept-Encoding", "gzip")
	request.Header.Set("Origin", "https://app.example.com")
	response, err := s.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if response.Header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("%s: the page may not read %s", path, response.Status)
	}
	return response
}

func TestStack(t *testing.T) {
	next := make(chan struct{})
	router := runtime.NewRouter().
		HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
			in := runtime.NewInput(w, r)
			claims, err := runtime.ReadExtension[jwt.RegisteredClaims](&in)
			if err != nil {
				t.Error(err)
			}
			io.WriteString(w, strings.Repeat("hello "+claims.Value.Subject+" ", 100))
		}).
		HandleFunc("GET /events", func(w http.ResponseWriter, r *http.Request) {
			err := runtime.WriteEventSeq(w, r, http.StatusOK, func(yield func(runtime.Event) bool) {
				for range 3 {
					if !yield(runtime.Event{Data: "tick"}) {
						return
					}
					<-next
				}
			})
			if err != nil {
				t.Error(err)
			}
		}).
		HandleFunc("GET /lines", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/x-ndjson")
			for range 3 {
				io.WriteString(w, "{}\n")
				http.NewResponseController(w).Flush()
				<-next
			}
		}).
		HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("oh") }).
		HandleFunc("GET /raw", func(w http.ResponseWriter, _ *http.Request) {
			conn, rw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Errorf("Hijack: %v", err)
				return
			}
			defer conn.Close()
			rw.WriteString("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: raw\r\nContent-Length: 3\r\n\r\nraw")
			rw.Flush()
		})
	s := stack(t, router)

	page := get(t, s, "/page")
	unzipped, err := gzip.NewReader(page.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(unzipped); err != nil || !strings.HasPrefix(string(text), "hello ada") {
		t.Errorf("page: %s, %v", text, err)
	}
	if page.Header.Get("RateLimit-Remaining") != "99" {
		t.Errorf("page: %s requests remain", page.Header.Get("RateLimit-Remaining"))
	}

	// Streams come as they are written: the handler waits for the client.
	events := get(t, s, "/events")
	if coding := events.Header.Get("Content-Encoding"); coding != "" {
		t.Errorf("events are encoded: %s", coding)
	}
	lines := bufio.NewReader(events.Body)
	for range 3 {
		for line := ""; line != "data: tick\n"; {
			if line, err = lines.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		next <- struct{}{}
	}
	values := get(t, s, "/lines")
	if coding := values.Header.Get("Content-Encoding"); coding != "gzip" {
		t.Errorf("lines are not encoded, but %q", coding)
	}
	if unzipped, err = gzip.NewReader(values.Body); err != nil {
		t.Fatal(err)
	}
	lines = bufio.NewReader(unzipped)
	for range 3 {
		if line, err := lines.ReadString('\n'); err != nil || line != "{}\n" {
			t.Fatalf("line %q, %v", line, err)
		}
		next <- struct{}{}
	}

	if raw := get(t, s, "/raw"); raw.StatusCode != 200 || raw.Header.Get("Access-Control-Allow-Origin") != "raw" {
		t.Errorf("raw: %s %v", raw.Status, raw.Header)
	}
	for path, want := range map[string]int{"/panic": 500, "/nowhere": 404} {
		response := get(t, s, path)
		if response.StatusCode != want || response.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %s %s", path, response.Status, response.Header.Get("Content-Type"))
		}
	}

	preflight, _ := http.NewRequestWithContext(t.Context(), "OPTIONS", s.URL+"/page", nil)
	preflight.Header.Set("Origin", "https://app.example.com")
	preflight.Header.Set("Access-Control-Request-Method", "GET")
	preflight.Header.Set("Access-Control-Request-Headers", "authorization")
	response, err := s.Client().Do(preflight)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != 204 || response.Header.Get("Access-Control-Allow-Headers") != "Authorization" {
		t.Errorf("preflight: %s %v", response.Status, response.Header)
	}
}

package compress_test

import (
	"crypto/sha256"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/contrib/compress"
)

// A step is one of those that a handler takes, and says what came of it.
type step struct {
	name string
	take func(w http.ResponseWriter) any
}

// randomSteps returns what some handler might do.
func randomSteps(random *rand.Rand) []step {
	var steps []step
	size := 0
	sizes := []int{0, 1, 31, 32, 33, 511, 512, 513, 3000, len(text)}
	for range random.IntN(6) {
		n := sizes[random.IntN(len(sizes))]
		switch random.IntN(8) {
		case 0:
			steps = append(steps, sendStatus([]int{200, 103, 404, 500, 206, 304, 204}[random.IntN(7)]))
			continue
		case 1:
			steps = append(steps, step{"flush", func(w http.ResponseWriter) any { return http.NewResponseController(w).Flush() }})
			continue
		case 2:
			steps = append(steps, setField("X-Late", "late"))
			continue
		case 3:
			steps = append(steps, step{fmt.Sprint("copy ", n), func(w http.ResponseWriter) any {
				return fmt.Sprint(io.Copy(w, struct{ io.Reader }{strings.NewReader(text[:n])}))
			}})
		default:
			steps = append(steps, step{fmt.Sprint("write ", n), func(w http.ResponseWriter) any {
				return fmt.Sprint(io.WriteString(w, text[:n]))
			}})
		}
		size += n
	}
	types := []string{"", "text/plain", "image/png", "text/event-stream"}
	if contentType := types[random.IntN(len(types))]; contentType != "" {
		steps = append([]step{setField("Content-Type", contentType)}, steps...)
	}
	switch random.IntN(5) {
	case 0: // sometimes more than there is
		steps = append([]step{setField("Content-Length", strconv.Itoa(size+random.IntN(2)))}, steps...)
	case 1:
		steps = append([]step{setField("Trailer", "X-Sum")}, append(steps, setField("X-Sum", "42"))...)
	}
	return steps
}

func sendStatus(status int) step {
	return step{strconv.Itoa(status), func(w http.ResponseWriter) any { w.WriteHeader(status); return nil }}
}

func setField(name, value string) step {
	return step{name + ": " + value, func(w http.ResponseWriter) any { w.Header().Set(name, value); return nil }}
}

// TestAsWithoutTheLayer has handlers that do all sorts of things. Neither they nor
// their clients notice the layer but by the coding.
func TestAsWithoutTheLayer(t *testing.T) {
	var bare, layered http.Handler
	type pair struct{ without, with server }
	pairs := []pair{
		{startProtocol(t, 1, &bare), startProtocol(t, 1, &layered)},
		{startProtocol(t, 2, &bare), startProtocol(t, 2, &layered)},
	}
	random := rand.New(rand.NewPCG(3, 4))
	for range 150 {
		steps := randomSteps(random)
		outcomes := make(chan string, 1)
		bare = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			var outcome []any
			for _, step := range steps {
				outcome = append(outcome, step.take(w))
			}
			outcomes <- fmt.Sprint(outcome)
		})
		layered = compress.New(compress.Config{})(bare)
		ask := func(s server, method, coding string) string {
			seen := s.ask(method, coding)
			if outcome := <-outcomes; method == http.MethodGet { // after HEAD, the client has gone
				seen += ", steps " + outcome
			}
			return seen
		}
		for _, pair := range pairs {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				want := ask(pair.without, method, "identity")
				for _, coding := range []string{"identity", "gzip", "zstd"} {
					if got := ask(pair.with, method, coding); got != want {
						t.Errorf("%s, %s, %v:\n%s, without the layer\n%s", method, coding, names(steps), got, want)
					}
				}
			}
		}
	}
}

func names(steps []step) []string {
	var names []string
	for _, step := range steps {
		names = append(names, step.name)
	}
	return names
}

// startProtocol serves a handler that changes, by HTTP/1.1 or HTTP/2.
func startProtocol(t *testing.T, version int, h *http.Handler) server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*h).ServeHTTP(w, r) }))
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // superfluous heads are among what handlers do
	if version == 2 {
		s.EnableHTTP2 = true
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return server{t, s}
}

// ask makes a request by the server's own client, and says what it sees.
func (s server) ask(method, coding string) string {
	s.Helper()
	request, err := http.NewRequestWithContext(s.Context(), method, s.URL, nil)
	if err != nil {
		s.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", coding)
	response, err := s.Client().Transport.RoundTrip(request)
	if err != nil {
		s.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	body := "cut off"
	switch {
	case err != nil:
	case method == http.MethodHead:
		body = "none"
	default:
		plain := answer{response, raw, nil}.plain(s.T)
		body = fmt.Sprintf("of %d bytes, %x", len(plain), sha256.Sum256([]byte(plain)))
	}
	return fmt.Sprintf("%d %q, late %q, trailer %q, body %s",
		response.StatusCode, response.Header["Content-Type"], response.Header["X-Late"], response.Trailer["X-Sum"], body)
}

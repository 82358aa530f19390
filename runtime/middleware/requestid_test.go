package middleware_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/handlergen/handlergen/runtime/middleware"
)

func TestRequestID(t *testing.T) {
	const made = "made"
	fixed := func(*http.Request) string { return made }
	none := func(*http.Request) string { return "" }
	type config = middleware.RequestIDConfig
	tests := []struct {
		name     string
		config   config
		incoming []string
		want     string // what the handler and the client get
	}{
		{"made", config{Make: fixed}, nil, made},
		{"trusted", config{Make: fixed}, []string{"from-proxy"}, "from-proxy"},
		{"trusted, all that is allowed", config{Make: fixed}, []string{"Root=1-67891233-abc;Self/+:@_~.,!#$%&()*{|}[]^?"}, "Root=1-67891233-abc;Self/+:@_~.,!#$%&()*{|}[]^?"},
		{"trusted, as long as can be", config{Make: fixed}, []string{strings.Repeat("x", 128)}, strings.Repeat("x", 128)},
		{"replaced", config{Make: fixed, Replace: true}, []string{"from-client"}, made},
		{"too long", config{Make: fixed}, []string{strings.Repeat("x", 129)}, made},
		{"empty", config{Make: fixed}, []string{""}, made},
		{"given twice", config{Make: fixed}, []string{"a", "b"}, made},
		{"a space", config{Make: fixed}, []string{"a b"}, made},
		{"a tab", config{Make: fixed}, []string{"a\tb"}, made},
		{"a quote", config{Make: fixed}, []string{`a"b`}, made},
		{"markup", config{Make: fixed}, []string{"<script>"}, made},
		{"a backslash", config{Make: fixed}, []string{`a\nb`}, made},
		{"not ASCII", config{Make: fixed}, []string{"ä"}, made},
		{"declined", config{Make: none}, nil, ""},
		{"declined, invalid", config{Make: none}, []string{"a b"}, ""},
		{"declined, trusted", config{Make: none}, []string{"kept"}, "kept"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			handler := func(_ http.ResponseWriter, r *http.Request) {
				if got := middleware.IDFrom(r.Context()); string(got) != test.want {
					t.Errorf("the context has %q", got)
				}
				if got := r.Header["X-Request-Id"]; test.want == "" && got != nil || test.want != "" && !slices.Equal(got, []string{test.want}) {
					t.Errorf("the header has %q", got)
				}
				if test.want != "" && string(extension[middleware.ID](t, r)) != test.want {
					t.Error("the extension is another")
				}
			}
			overEach(t, middleware.RequestID(test.config)(http.HandlerFunc(handler)), func(t *testing.T, server *httptest.Server) {
				r := request(t, server, "GET", "/", nil)
				if test.incoming != nil {
					r.Header["X-Request-Id"] = test.incoming
				}
				if got := send(t, server, r).Header.Get("X-Request-Id"); got != test.want {
					t.Errorf("the client gets %q", got)
				}
			})
		})
	}
}

// TestRequestIDMade makes ids by itself: other ones each time, which are valid.
func TestRequestIDMade(t *testing.T) {
	seen := make(map[string]bool)
	h := middleware.RequestID()(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for range 100 {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		id := w.Header().Get("X-Request-Id")
		if len(id) < 20 || seen[id] {
			t.Fatalf("made %q", id)
		}
		seen[id] = true
	}
}

// TestRequestIDAnswer has answers that have an id already, or must not have one.
func TestRequestIDAnswer(t *testing.T) {
	outside := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Trace", "outside")
			next.ServeHTTP(w, r)
		})
	}
	id := func(c middleware.RequestIDConfig) layer {
		c.Header, c.Make = "x-trace", func(*http.Request) string { return "made" }
		return middleware.RequestID(c)
	}
	own := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Trace", "own") })
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	tests := []struct {
		name    string
		handler http.Handler
		want    string
	}{
		{"another name", id(middleware.RequestIDConfig{})(nothing), "made"},
		{"set outside", outside(id(middleware.RequestIDConfig{})(nothing)), "outside"},
		{"set by the handler", id(middleware.RequestIDConfig{})(own), "own"},
		{"silent", id(middleware.RequestIDConfig{Silent: true})(nothing), ""},
		{"silent, set by the handler", id(middleware.RequestIDConfig{Silent: true})(own), "own"},
	}
	for _, test := range tests {
		w := httptest.NewRecorder()
		test.handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		if got := strings.Join(w.Header()["X-Trace"], ","); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// TestRequestIDLeavesTheRequest sees that nothing outside is changed.
func TestRequestIDLeavesTheRequest(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	middleware.RequestID()(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})).ServeHTTP(httptest.NewRecorder(), r)
	if r.Header.Get("X-Request-Id") != "" || middleware.IDFrom(r.Context()) != "" {
		t.Errorf("got %v", r.Header)
	}
}

func TestLogRequestID(t *testing.T) {
	var buf bytes.Buffer
	logger := slog.New(middleware.LogRequestID(slog.NewTextHandler(&buf, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	})))
	var ctx context.Context
	handler := func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() }
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("X-Request-Id", "r1")
	middleware.RequestID()(http.HandlerFunc(handler)).ServeHTTP(httptest.NewRecorder(), r)

	logger.InfoContext(ctx, "one", "a", 1)
	logger.With("b", 2).InfoContext(ctx, "two")
	logger.WithGroup("g").InfoContext(ctx, "three")
	logger.InfoContext(ctx, "four", "request_id", "own")
	logger.Info("five")
	logger.DebugContext(ctx, "six")
	want := `level=INFO msg=one a=1 request_id=r1
level=INFO msg=two b=2 request_id=r1
level=INFO msg=three g.request_id=r1
level=INFO msg=four request_id=own
level=INFO msg=five
`
	if buf.String() != want {
		t.Errorf("got\n%s", &buf)
	}

	// Other handlers have the same record.
	var record slog.Record
	record.AddAttrs(slog.Int("a", 1), slog.Int("b", 2), slog.Int("c", 3), slog.Int("d", 4), slog.Int("e", 5), slog.Int("f", 6))
	for _, key := range []string{"g", "h", "i"} {
		record.AddAttrs(slog.Int(key, 7))
		buf.Reset()
		for range 2 {
			logger.Handler().Handle(ctx, record)
		}
		if strings.Contains(buf.String(), "BUG") {
			t.Errorf("the record has been changed: %s", &buf)
		}
	}
}

func TestRequestIDConfig(t *testing.T) {
	mustPanic(t, `RequestID of a header named "a b"`, func() {
		middleware.RequestID(middleware.RequestIDConfig{Header: "a b"})
	})
}

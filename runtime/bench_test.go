package runtime

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

type user struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	Email   string    `json:"email"`
	Admin   bool      `json:"admin"`
	Score   float64   `json:"score"`
	Created time.Time `json:"created"`
}

func serveUser(w http.ResponseWriter, r *http.Request) {
	in := NewInput(w, r)

	id := ReadInt[int64](&in, in.Path("id"))
	if in.Failed() {
		in.Reject(w, r)
		return
	}

	out := user{ID: id, Name: "Jo Example", Email: "jo@example.com", Score: 1.5, Created: time.Unix(1e9, 0).UTC()}

	if err := WriteJSON(w, http.StatusOK, &out); err != nil {
		WriteError(w, r, err)
	}
}

func serveNewOrder(w http.ResponseWriter, r *http.Request) {
	in := NewInput(w, r)

	var body JSON[order]
	if err := in.ReadJSON(&body.Value, DefaultBodyLimit); err != nil {
		WriteError(w, r, err)
		return
	}

	out := body.Value

	if err := WriteJSON(w, http.StatusCreated, &out); err != nil {
		WriteError(w, r, err)
	}
}

func BenchmarkEndpoints(b *testing.B) {
	router := NewRouter()
	router.HandleFunc("GET /ping", func(w http.ResponseWriter, _ *http.Request) { WriteText(w, 200, "pong") })
	router.HandleFunc("GET /users/{id}", serveUser)
	router.HandleFunc("GET /items/{id}", serveSearch)
	router.HandleFunc("POST /orders", serveNewOrder)
	router.HandleFunc("POST /forms", serveForm)

	const body = `{"name":"n","items":[{"sku":"a","qty":1},{"sku":"b","qty":2}],"due":"2020-01-02T03:04:05Z","weight":1.5}`
	search := httptest.NewRequest("GET", "/items/42?text=golang&page=3&sort=desc&exact=true&score=1.5&status=7", nil)
	search.Header.Set("X-Request-Id", "req-1")
	search.Header.Set("Cookie", `theme=dark; sid=abc; lang=en`)
	form := httptest.NewRequest("POST", "/forms", nil)
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	tests := []struct {
		name string
		r    *http.Request
		body string
	}{
		{"ping", httptest.NewRequest("GET", "/ping", nil), ""},
		{"path-json", httptest.NewRequest("GET", "/users/42", nil), ""},
		{"search", search, ""},
		{"json-body", postJSON(""), body},
		{"form", form, "name=Jo+Example&age=42&x=1&y=2&z=3"},
		{"bad-path", httptest.NewRequest("GET", "/users/x", nil), ""},
		{"not-found", httptest.NewRequest("GET", "/none", nil), ""},
	}
	for _, test := range tests {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			w := &nullWriter{header: make(http.Header, 4)}
			reader := strings.NewReader(test.body)
			test.r.Body = io.NopCloser(reader)
			test.r.ContentLength = int64(len(test.body))
			for b.Loop() {
				reader.Reset(test.body)
				clear(w.header)
				router.ServeHTTP(w, test.r)
			}
		})
	}
}

func BenchmarkPairs(b *testing.B) {
	r := requestOf("text=golang&page=3&sort=desc&exact=true&score=1.5&status=7")
	b.ReportAllocs()
	for b.Loop() {
		in := NewInput(nil, r)
		n := 0
		for pair := in.Query(); pair.Next(); {
			n += len(pair.Value())
		}
		if n != 19 {
			b.Fatal(n)
		}
	}
}

func BenchmarkCookie(b *testing.B) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Cookie", `theme=dark; sid=abcdef; lang=en`)
	b.ReportAllocs()
	for b.Loop() {
		in := NewInput(nil, r)
		if p := in.Cookie("sid"); p.text != "abcdef" {
			b.Fatal(p)
		}
	}
}

// BenchmarkNext compares a middleware function with a plain one: what it costs
// to let a handler answer by itself, and on a goroutine of its own.
func BenchmarkNext(b *testing.B) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteText(w, http.StatusOK, "pong") })
	stamp := func(r *http.Request, next Next) (*Response, error) {
		res := next.Run(r)
		res.Header["X-Stamp"] = contentTypeText
		return res, nil
	}
	layers := []struct {
		name string
		h    http.Handler
	}{
		{"none", h},
		{"plain", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header()["X-Stamp"] = contentTypeText
			h.ServeHTTP(w, r)
		})},
		{"direct", directly(pass, h)},
		{"goroutine", through(stamp, h)},
		{"two goroutines", through(stamp, through(stamp, h))},
	}
	for _, layer := range layers {
		b.Run(layer.name, func(b *testing.B) {
			w := &nullWriter{header: make(http.Header, 4)}
			r := httptest.NewRequest("GET", "/", nil)
			b.ReportAllocs()
			for b.Loop() {
				layer.h.ServeHTTP(w, r)
			}
		})
	}
}

// BenchmarkRouter measures what it costs to find a route: with handlers that do
// nothing, and beside a ServeMux of the same routes.
func BenchmarkRouter(b *testing.B) {
	nothing := func(http.ResponseWriter, *http.Request) {}
	patterns := []string{
		"GET /ping", "GET /users", "POST /users", "GET /users/{id}", "PUT /users/{id}", "GET /users/{id}/files/{path...}", "/static/", "GET /{$}",
	}
	mux, router := http.NewServeMux(), NewRouter()
	for _, pattern := range patterns {
		mux.HandleFunc(pattern, nothing)
		router.HandleFunc(pattern, nothing)
	}
	withErrors := NewRouter().Merge(router).RenderErrors(func(http.ResponseWriter, *http.Request, error) {})
	routers := []struct {
		name   string
		router http.Handler
		prefix string
	}{
		{"ServeMux", mux, ""},
		{"Router", router, ""},
		{"errors", withErrors, ""},
		{"nested", NewRouter().Nest("/api", router), "/api"},
		{"nested-errors", NewRouter().Nest("/api", withErrors), "/api"},
	}
	for _, test := range routers {
		for _, path := range []string{"/ping", "/users/42", "/users/42/files/a/b", "/none"} {
			b.Run(test.name+path, func(b *testing.B) {
				b.ReportAllocs()
				w := &nullWriter{header: make(http.Header, 4)}
				r := httptest.NewRequest("GET", test.prefix+path, nil)
				for b.Loop() {
					clear(w.header)
					test.router.ServeHTTP(w, r)
				}
			})
		}
	}
}

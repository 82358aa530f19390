package middleware_test

import (
	"errors"
	"expvar"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

func ExampleAccept() {
	h := middleware.Accept("application/json")(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "{}")
	}))
	for _, accept := range []string{"text/html, application/*;q=0.9", "text/html"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 {}
	// 406 {"title":"Not Acceptable","status":406,"detail":"the Accept must allow application/json"}
}

// All requests share the value.
func ExampleAddExtension() {
	type Store struct{ name string }
	h := middleware.AddExtension(&Store{"notes"})(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		store, ok := runtime.FindExtension[*Store](r)
		fmt.Println(store.name, ok)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	// Output: notes true
}

// Handlers get the name of the user.
func ExampleBasicAuth() {
	users := middleware.Passwords(map[string]string{"ann": "correct horse"})
	h := middleware.BasicAuth(users, middleware.BasicAuthConfig{Realm: "notes"})(
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			user, _ := runtime.FindExtension[middleware.User](r)
			fmt.Fprint(w, "hello, ", user)
		}),
	)
	for _, password := range []string{"correct horse", "guess"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.SetBasicAuth("ann", password)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"), w.Body)
	}
	// Output:
	// 200  hello, ann
	// 401 Basic realm="notes", charset="UTF-8" {"title":"Unauthorized","status":401,"detail":"the credentials are wrong"}
}

// A browser says where a form comes from.
func ExampleCrossOrigin() {
	h := middleware.CrossOrigin(middleware.CrossOriginConfig{Trusted: []string{"https://pay.example.com"}})(
		http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
	)
	for _, origin := range []string{"https://example.com", "https://pay.example.com", "https://evil.example"} {
		r := httptest.NewRequest("POST", "https://example.com/notes", nil)
		r.Header.Set("Origin", origin)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(origin, w.Code)
	}
	// Output:
	// https://example.com 200
	// https://pay.example.com 200
	// https://evil.example 403
}

// A gauge that expvar publishes.
func ExampleInFlight() {
	var inFlight expvar.Int
	h := middleware.InFlight(inFlight.Add)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		fmt.Println("inside:", &inFlight)
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	fmt.Println("after:", &inFlight)
	// Output:
	// inside: 1
	// after: 0
}

func ExamplePropagateHeader() {
	h := middleware.PropagateHeader("Traceparent")(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println(w.Header().Get("Traceparent"))
	// Output: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
}

// What is said about a panic goes into the log, and what the handler has set is
// gone.
func ExampleRecover() {
	h := middleware.Recover(middleware.RecoverConfig{Logger: exampleLogger()})(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/csv")
			panic(errors.New("the table is gone"))
		}),
	)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/notes.csv", nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"), w.Body)
	// Output:
	// level=ERROR msg="handler panicked" method=GET path=/notes.csv panic="the table is gone"
	// 500 application/problem+json {"title":"Internal Server Error","status":500}
}

// An id from outside is kept if it can be put into a log as it is. What comes
// without one gets one.
func ExampleRequestID() {
	h := middleware.RequestID()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, middleware.IDFrom(r.Context()) == middleware.ID(w.Header().Get("X-Request-Id")))
	}))
	for _, id := range []string{"r-4711", `"><script>`} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("X-Request-Id", id)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Header().Get("X-Request-Id") == id, w.Body)
	}
	// Output:
	// true true
	// false true
}

// Trace masks what it is told to, and what is never for logs.
func ExampleSensitiveHeaders() {
	var h http.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	h = middleware.Trace(middleware.TraceConfig{
		Logger:        exampleLogger(),
		RequestLevel:  slog.LevelInfo,
		ResponseLevel: slog.LevelDebug,
		Headers:       true,
	})(h)
	h = middleware.SensitiveHeaders("X-Api-Key")(h)
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = ""
	r.Header.Set("Authorization", "Bearer t0ken")
	r.Header.Set("X-Api-Key", "s3cret")
	h.ServeHTTP(httptest.NewRecorder(), r)
	// Output: level=INFO msg="started processing request" method=GET path=/ proto=HTTP/1.1 remote="" headers.Authorization=[masked] headers.X-Api-Key=[masked]
}

// A hook gets what would have been logged.
func ExampleTrace() {
	h := middleware.Trace(middleware.TraceConfig{
		OnResponse: func(x *middleware.Exchange) {
			fmt.Println(x.Request.Method, x.Request.URL, x.Route, x.Status, x.Bytes)
		},
		OnFailure: func(x *middleware.Exchange) { fmt.Println("failed:", x.Status) },
	})(runtime.NewRouter().HandleFunc("GET /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "0" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		io.WriteString(w, "buy milk")
	}))
	for _, path := range []string{"/notes/7", "/notes/0"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	// Output:
	// GET /notes/7 /notes/{id} 200 8
	// GET /notes/0 /notes/{id} 500 0
	// failed: 500
}

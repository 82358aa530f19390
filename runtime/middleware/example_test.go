package middleware_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// exampleLogger logs what is the same each time.
func exampleLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case slog.TimeKey, "latency", "stack":
				return slog.Attr{}
			}
			return a
		},
	}))
}

// Five layers around a router. The request is refused by the innermost, and the
// outer ones see that.
func Example() {
	router := runtime.NewRouter().
		HandleFunc("POST /notes/{id}", func(w http.ResponseWriter, r *http.Request) {
			note, err := io.ReadAll(r.Body)
			if err != nil {
				runtime.RenderError(w, r, err)
				return
			}
			fmt.Fprintf(w, "note %s: %s", r.PathValue("id"), note)
		}).
		Layer(
			middleware.RequestID(),
			middleware.Trace(middleware.TraceConfig{Logger: exampleLogger()}),
			middleware.Recover(),
			middleware.Timeout(5*time.Second),
			middleware.BodyLimit(10),
		)

	for _, note := range []string{"buy milk", "buy milk and bread"} {
		r := httptest.NewRequest("POST", "/notes/7", strings.NewReader(note))
		r.Header.Set("X-Request-Id", "r-1")
		w := httptest.NewRecorder()
		router.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("X-Request-Id"), w.Body)
	}
	// Output:
	// level=INFO msg="finished processing request" method=POST path=/notes/7 route=/notes/{id} status=200 bytes=16 request_id=r-1
	// 200 r-1 note 7: buy milk
	// level=INFO msg="finished processing request" method=POST path=/notes/7 route=/notes/{id} status=413 bytes=96 request_id=r-1
	// 413 r-1 {"title":"Request Entity Too Large","status":413,"detail":"the body must have at most 10 bytes"}
}

// A check returns who has sent the request, and the handler gets that.
func ExampleBearerAuth() {
	type Account struct{ Name string }
	accounts := map[string]Account{"t0ken": {"ann"}}

	h := middleware.BearerAuth(func(_ *http.Request, token string) (Account, error) {
		account, ok := accounts[token] // of hashes, in earnest
		if !ok {
			return Account{}, middleware.ErrUnauthorized
		}
		return account, nil
	})(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		in := runtime.NewInput(w, r) // generated code does this for a parameter
		account, _ := runtime.ReadExtension[Account](&in)
		fmt.Fprint(w, "hello, ", account.Value.Name)
	}))

	for _, token := range []string{"t0ken", "guess"} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Body)
	}
	// Output:
	// 200 hello, ann
	// 401 {"title":"Unauthorized","status":401,"detail":"the credentials are wrong"}
}

// There is room for one request, and while it is served another one comes.
func ExampleLoadShed() {
	var h http.Handler
	h = middleware.LoadShed(1, middleware.LoadShedConfig{RetryAfter: 5 * time.Second})(
		http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			fmt.Println("meanwhile:", w.Code, w.Header().Get("Retry-After"), w.Body)
		}),
	)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Code)
	// Output:
	// meanwhile: 503 5 {"title":"Service Unavailable","status":503,"detail":"the server is busy"}
	// 200
}

func ExampleSetHeader() {
	h := middleware.SetHeader(
		middleware.HeaderRule{Name: "X-Content-Type-Options", Value: "nosniff"},
		middleware.HeaderRule{Name: "Cache-Control", Value: "no-store", Mode: middleware.IfMissing},
		middleware.HeaderRule{Name: "Vary", Value: "Accept", Mode: middleware.Append},
	)(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60")
		w.Header().Set("Vary", "Origin")
		io.WriteString(w, "hello")
	}))

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	fmt.Println(w.Header()["X-Content-Type-Options"], w.Header()["Cache-Control"], w.Header()["Vary"])
	// Output: [nosniff] [max-age=60] [Origin Accept]
}

// It goes around the router: the path is normal before a route is looked for.
func ExampleNormalizePath() {
	router := runtime.NewRouter().HandleFunc("GET /users/{id}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "user %s at %s", r.PathValue("id"), r.URL)
	})
	h := middleware.NormalizePath()(router)

	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/users/7/?tab=notes", nil))
	fmt.Println(w.Code, w.Body)
	// Output: 200 user 7 at /users/7?tab=notes
}

func ExampleLogHeader() {
	h := middleware.SensitiveHeaders("X-Api-Key")(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		exampleLogger().InfoContext(r.Context(), "called", "header", middleware.LogHeader(r.Context(), r.Header))
	}))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Cookie", "session=1")
	r.Header.Set("X-Api-Key", "s3cret")
	h.ServeHTTP(httptest.NewRecorder(), r)
	// Output: level=INFO msg=called header.Accept=text/html header.Cookie=[masked] header.X-Api-Key=[masked]
}

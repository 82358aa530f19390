package middleware_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/handlergen/handlergen/runtime"
	"github.com/handlergen/handlergen/runtime/middleware"
)

// tenant is what layers of these tests know of a request.
type tenant struct{ name string }

// extension returns the extension of type T.
func extension[T any](t *testing.T, r *http.Request) T {
	t.Helper()
	in := runtime.NewInput(nil, r)
	v, err := runtime.ReadExtension[T](&in)
	if err != nil {
		t.Error(err)
	}
	return v.Value
}

func TestAddExtension(t *testing.T) {
	shared := &tenant{"pointer"}
	handler := func(w http.ResponseWriter, r *http.Request) {
		if extension[*tenant](t, r) != shared {
			t.Error("not the one that was put in")
		}
		if got := extension[io.Writer](t, r); got != io.Discard {
			t.Errorf("got %v", got)
		}
		io.WriteString(w, extension[tenant](t, r).name)
	}
	h := stack(http.HandlerFunc(handler),
		middleware.AddExtension(tenant{"outer"}),
		middleware.AddExtension(shared),
		middleware.AddExtension(io.Discard),
		middleware.AddExtension(tenant{"inner"}),
	)
	r := httptest.NewRequest("GET", "/", nil)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Body.String() != "inner" {
		t.Errorf("got %q", w.Body)
	}
	in := runtime.NewInput(nil, r)
	if _, err := runtime.ReadExtension[tenant](&in); err == nil {
		t.Error("the request outside has been changed")
	}
}

// TestAddExtensionReplaced sees that the runtime's own function puts it where
// the layer does.
func TestAddExtensionReplaced(t *testing.T) {
	handler := func(_ http.ResponseWriter, r *http.Request) {
		if got := extension[tenant](t, runtime.WithExtension(r, tenant{"own"})); got.name != "own" {
			t.Errorf("got %v", got)
		}
	}
	middleware.AddExtension(tenant{"layer"})(http.HandlerFunc(handler)).ServeHTTP(nil, httptest.NewRequest("GET", "/", nil))
}

// TestPatternsComeBack looks at the request from outside of every layer that
// gives another request to what is inside, also when the handler panics.
func TestPatternsComeBack(t *testing.T) {
	captureLog(t)
	layers := map[string]layer{
		"AddExtension":       middleware.AddExtension(1),
		"BasicAuth":          middleware.BasicAuth(func(*http.Request, string, string) (int, error) { return 1, nil }),
		"BearerAuth":         middleware.BearerAuth(func(*http.Request, string) (int, error) { return 1, nil }),
		"BodyLimit":          middleware.BodyLimit(100),
		"Decompress":         middleware.Decompress(),
		"NormalizePath":      middleware.NormalizePath(),
		"RequestBodyTimeout": middleware.RequestBodyTimeout(patience),
		"RequestID":          middleware.RequestID(),
		"SensitiveHeaders":   middleware.SensitiveHeaders("X-A"),
		"SetHeader":          middleware.SetHeader(middleware.HeaderRule{Name: "X-A", Value: "1", Request: true}),
		"Timeout":            middleware.Timeout(patience),
	}
	for name, l := range layers {
		for _, value := range []any{nil, "boom"} {
			router := runtime.NewRouter()
			router.HandleFunc("POST /users/{id}", func(http.ResponseWriter, *http.Request) {
				if value != nil {
					panic(value)
				}
			})
			r := httptest.NewRequest("POST", "/users/1/", http.MaxBytesReader(nil, http.NoBody, 1))
			if name != "NormalizePath" {
				r.URL.Path = "/users/1"
			}
			r.Header.Set("Authorization", "Bearer x")
			if name == "BasicAuth" {
				r.SetBasicAuth("x", "y")
			}
			r.Header.Set("Content-Encoding", "gzip")
			w := httptest.NewRecorder()
			stack(router, middleware.Recover(), l).ServeHTTP(w, r)
			if got := runtime.ReadMatchedPath(r); got != "/users/{id}" || w.Code != 200 && value == nil {
				t.Errorf("%s, panic %v: got %d for %q", name, value, w.Code, got)
			}
		}
	}
}
